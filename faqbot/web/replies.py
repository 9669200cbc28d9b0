"""The bot's reply → the response."""

from typing import Literal

from faqbot import messages
from faqbot.domain import Candidate, Interpretation, Outcome, Reply
from faqbot.korean.josa import with_josa
from faqbot.korean.normalize import normalize
from faqbot.web import entries, schema
from faqbot.web.hours import Language
from faqbot.web.related import related
from faqbot.web.visit import Visit

#: Categories offered where there is no answer.
_CATEGORIES = 8


def ask_response(reply: Reply, visit: Visit, token: str, *, is_masked: bool, lang: Language = "ko") -> schema.AskResponse:
    """Everything a client needs to show a reply of the visit's bot; all its candidates are listed.

    Args:
        reply: as the bot decided.
        visit: of the request.
        token: of the query.
        is_masked: whether the query held personal data.
        lang: of the sentences about the ways to a person.
    """
    is_answer, is_fallback = reply.outcome is Outcome.ANSWER, reply.outcome is Outcome.FALLBACK
    return schema.AskResponse(
        request_id=visit.request_id,
        release=reply.release,
        outcome=reply.outcome,
        confidence=reply.confidence,
        level=reply.level,
        reason=reply.reason,
        answer=entries.answer(*visit.catalogue[reply.candidates[0].id]) if is_answer else None,
        candidates=tuple(_candidate(candidate, visit) for candidate in reply.candidates),
        shown=min(reply.shown, len(reply.candidates)),
        related=related(visit.catalogue, reply.candidates[0].id, reply.candidates) if is_answer else (),
        fallback=_fallback(reply, visit) if is_fallback else None,
        categories=visit.catalogue.top_categories[:_CATEGORIES] if is_fallback else (),
        interpretation=_interpretation(reply.interpretation),
        notices=_notices(reply, is_masked=is_masked),
        message=(messages.SUGGEST | messages.FALLBACK).get(reply.reason),
        contact=visit.contact_in(lang),
        feedback_token=token,
    )


def _candidate(candidate: Candidate, visit: Visit) -> schema.Candidate:
    entry, _ = visit.catalogue[candidate.id]
    return schema.Candidate(
        id=candidate.id,
        question=candidate.question,
        short_title=entries.short_title(entry),
        category=entries.category_text(entry),
        confidence=candidate.confidence,
    )


def _fallback(reply: Reply, visit: Visit) -> schema.Fallback:
    return schema.Fallback(
        reason=reply.reason,
        message=messages.FALLBACK[reply.reason],
        inquiry_url=visit.contact.inquiry_url,
        phone=visit.contact.phone,
        hours=visit.contact.hours,
    )


def _interpretation(interpretation: Interpretation) -> schema.Interpretation:
    corrections = tuple(schema.Correction(typed=typed, read=read) for typed, read in interpretation.corrections)
    return schema.Interpretation(normalized=interpretation.normalized, corrections=corrections)


def _notices(reply: Reply, *, is_masked: bool) -> tuple[schema.ReplyNotice, ...]:
    """How the query was read otherwise than typed, and whether it held personal data. Words of the wrong layout make one notice with the whole query."""
    corrections = reply.interpretation.corrections
    slips = [(typed, read) for typed, read in corrections if typed.isascii() != read.isascii()]
    layout = [(normalize(reply.query), reply.interpretation.normalized)] if len(slips) > 1 else slips
    notices = [_read_as("layout", typed, read) for typed, read in layout]
    notices += [_read_as("spelling", typed, read) for typed, read in corrections if (typed, read) not in slips]
    if is_masked:
        notices.append(schema.ReplyNotice(type="personal_data", message=messages.MASKED))
    return tuple(notices)


def _read_as(kind: Literal["layout", "spelling"], typed: str, read: str) -> schema.ReplyNotice:
    return schema.ReplyNotice(type=kind, typed=typed, read=read, message=messages.READ_AS.format(read=with_josa(f"'{read}'", "으로")))
