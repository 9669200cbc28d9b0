"""The bot's reply → the response."""

from faqbot import messages
from faqbot.domain import Candidate, Interpretation, Outcome, Reply
from faqbot.settings import Settings
from faqbot.web import schema
from faqbot.web.entries import answer, short_title
from faqbot.web.visit import Visit


def ask_response(reply: Reply, visit: Visit) -> schema.AskResponse:
    """Everything a client needs to show a reply of the visit's bot; all its candidates are listed."""
    return schema.AskResponse(
        request_id=visit.request_id,
        release=reply.release,
        outcome=reply.outcome,
        confidence=reply.confidence,
        level=reply.level,
        reason=reply.reason,
        answer=answer(*visit.catalogue[reply.candidates[0].id]) if reply.outcome is Outcome.ANSWER else None,
        candidates=tuple(_candidate(candidate, visit) for candidate in reply.candidates),
        fallback=_fallback(reply, visit.settings) if reply.outcome is Outcome.FALLBACK else None,
        interpretation=_interpretation(reply.interpretation),
        message=(messages.SUGGEST | messages.FALLBACK).get(reply.reason),
    )


def _candidate(candidate: Candidate, visit: Visit) -> schema.Candidate:
    entry, _ = visit.catalogue[candidate.id]
    return schema.Candidate(id=candidate.id, question=candidate.question, short_title=short_title(entry), confidence=candidate.confidence)


def _fallback(reply: Reply, settings: Settings) -> schema.Fallback:
    return schema.Fallback(
        reason=reply.reason,
        message=messages.FALLBACK[reply.reason],
        inquiry_url=str(settings.inquiry_url) if settings.inquiry_url else None,
        phone=settings.phone or None,
        hours=settings.hours or None,
    )


def _interpretation(interpretation: Interpretation) -> schema.Interpretation:
    corrections = tuple(schema.Correction(typed=typed, read=read) for typed, read in interpretation.corrections)
    return schema.Interpretation(normalized=interpretation.normalized, corrections=corrections)
