"""The operations of the API: a visit and a request in, a response out. Flask is not needed to call them."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, thread_time

from faqbot import messages
from faqbot.domain import Outcome, Reply
from faqbot.errors import MissingRecordError, ReleaseError, StoreError
from faqbot.korean.normalize import normalize
from faqbot.privacy import LABELS, Masked, mask
from faqbot.retrieval.canary import require_answers
from faqbot.retrieval.tracing import trace
from faqbot.store import QueryRecord, Via, new_query_id
from faqbot.web import draining, entries, inquiring, schema
from faqbot.web.elsewhere import once_written
from faqbot.web.hours import language
from faqbot.web.notices import site_notice
from faqbot.web.problems import RequestError, log_failure
from faqbot.web.replies import ask_response
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

#: The most that `Reply.shown` can be.
_MOST_SHOWN = 4
#: Entries that others ask most.
_POPULAR = 8


def ask(visit: Visit, request: schema.AskRequest) -> schema.AskResponse:
    """Decide on a query, and write down what was decided.

    Raises:
        QueryError: empty, too long or not text.
    """
    masked = mask(request.query)
    query, limit, category = _impersonal(request.query, masked), max(request.limit, _MOST_SHOWN), entries.split_category(request.category)
    reply = _decided(visit, query, limit, category, literal=request.literal, is_kept=not masked.kinds)
    listed = reply.candidates[: max(request.limit, reply.shown)]
    token = _written_down(visit, reply, masked.text, request.via)
    return ask_response(replace(reply, candidates=listed), visit, token, is_masked=bool(masked.kinds), lang=language(request.lang))


def _decided(visit: Visit, query: str, limit: int, category: tuple[str, ...], *, literal: bool, is_kept: bool) -> Reply:
    """The bot's reply, measured; kept for whoever asks the same, unless it was personal.

    Raises:
        QueryError: empty, too long or not text.
    """
    catalogue, services = visit.catalogue, visit.services
    began, began_work = perf_counter(), thread_time()
    reply = (catalogue.reply if is_kept else catalogue.bot.ask)(query, limit, category, literal=literal)
    seconds = perf_counter() - began
    services.metrics.reply(visit.settings.site, reply, seconds)
    visit.notes.update(release=reply.release, outcome=reply.outcome.value, bot_ms=round(seconds * 1000, 1))
    if services.slow.is_slow(seconds):
        took = {"request": visit.request_id, "release": reply.release, "ms": round(seconds * 1000, 1), "cpu_ms": round((thread_time() - began_work) * 1000, 1)}
        services.slow.tell(took, lambda: trace(catalogue.bot, query, category, literal=literal))
    return reply


def _impersonal(query: str, masked: Masked) -> str:
    """The query without personal data, and without the labels that a client put in its place; the query itself where nothing else was typed."""
    text = masked.text
    for label in LABELS.values():
        text = text.replace(label, " ")
    return text if text.strip() else query


def _written_down(visit: Visit, reply: Reply, text: str, via: Via) -> str:
    """The token of the query, whose masked text is written down."""
    query_id = new_query_id()
    candidates = tuple(candidate.id for candidate in reply.candidates[:_MOST_SHOWN])
    visit.services.journal.put(
        QueryRecord(
            text=normalize(text),
            outcome=reply.outcome,
            reason=reply.reason,
            confidence=reply.confidence,
            candidates=candidates,
            release=reply.release,
            via=via,
            answered=candidates[0] if reply.outcome is Outcome.ANSWER else None,
            id=query_id,
            asked_at=visit.services.clock(),
        )
    )
    return visit.services.tokens.sign(query_id)


def feedback(visit: Visit, request: schema.FeedbackRequest) -> None:
    """Keep a vote; the last one on a reply counts.

    Raises:
        RequestError: the token is not ours or too old.
        StoreError: it was not stored.
    """
    query_id = visit.services.tokens.read(request.token)
    _about_query(visit, request.token, lambda: visit.services.store.record_feedback(query_id, request.vote, request.reason, mask(request.text).text))
    visit.services.metrics.vote(visit.settings.site, request.vote)


def choose(visit: Visit, request: schema.ChoiceRequest) -> None:
    """Keep which candidate was chosen; the last choice counts.

    Raises:
        RequestError: the token is not ours or too old, or no entry has that id.
        StoreError: it was not stored.
    """
    query_id = visit.services.tokens.read(request.token)
    if request.id is not None and visit.catalogue.find(request.id) is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    _about_query(visit, request.token, lambda: visit.services.store.record_choice(query_id, request.id))


def _about_query(visit: Visit, token: str, record: Callable[[], None]) -> None:
    """Record something about a query, which may itself still wait to be written, here or in another process.

    Raises:
        StoreError: it was not stored.
    """
    is_written = visit.services.journal.catch_up()
    try:
        if is_written:
            once_written(visit.services.tokens, token, record)
        else:
            record()
    except MissingRecordError as error:
        if is_written:
            raise
        raise StoreError("질문 기록이 아직 저장되지 않아 그에 대한 것도 저장하지 못했습니다.", code="busy") from error


def inquire(visit: Visit, request: schema.InquiryRequest) -> schema.Received:
    """Store an inquiry; what is answered here is on disk.

    Raises:
        RequestError: the consent is another's.
        StoreError: it was not stored.
    """
    return inquiring.submit(visit, request)


def popular(visit: Visit, _: schema.NoInput) -> schema.PopularFaqs:
    """What others ask most; before anything was asked, what the table begins with."""
    return schema.PopularFaqs(items=tuple(entries.faq_item(entry) for entry in visit.popular(_POPULAR)))


def list_notices(visit: Visit, _: schema.NoInput) -> schema.Notices:
    """The notices of today.

    Raises:
        StoreError: they cannot be read.
    """
    return schema.Notices(items=tuple(site_notice(notice) for notice in visit.services.store.notices(visit.services.local_now().date())))


def show_contact(visit: Visit, parameters: schema.ContactParameters) -> schema.Channels:
    """The ways to a person, and what an inquiry must consent to."""
    offered = visit.contact_in(language(parameters.lang)).model_dump()
    return schema.Channels(**offered, consent_version=messages.CONSENT_VERSION, consent_text=inquiring.consent_text(visit.settings))


def list_faqs(visit: Visit, parameters: schema.FaqsParameters) -> schema.FaqList:
    """A part of the entries; none for an unknown category."""
    found = visit.catalogue.visible(entries.split_category(parameters.category))
    part = found[parameters.offset : parameters.offset + parameters.limit]
    return schema.FaqList(items=tuple(entries.faq_item(entry) for entry in part), total=len(found))


def get_faq(visit: Visit, parameters: schema.FaqParameters) -> schema.Answer:
    """One entry with its answer.

    Raises:
        RequestError: unknown, or not valid today.
    """
    found = visit.catalogue.find(parameters.id)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return entries.answer(*found)


def list_categories(visit: Visit, _: schema.NoInput) -> schema.Categories:
    """The tree of categories."""
    return entries.categories(visit.catalogue.visible())


def suggest(visit: Visit, parameters: schema.SuggestParameters) -> schema.Suggestions:
    """Entries for what is typed so far; none for nothing."""
    return schema.Suggestions(items=tuple(entries.faq_item(entry) for entry in visit.catalogue.bot.suggest(parameters.q, parameters.limit)))


def suggest_unlogged(visit: Visit, request: schema.TypedSoFar) -> schema.Suggestions:
    """The same for what is typed in a body, which no address shows."""
    return suggest(visit, schema.SuggestParameters(q=request.q, limit=request.limit))


def livez(_visit: Visit, _: schema.NoInput) -> schema.Alive:
    """The process answers; a release is not needed."""
    return schema.Alive(status="ok")


def readyz(visit: Visit, _: schema.NoInput) -> schema.Ready:
    """A release is loaded and answers its own questions, and this process is not about to end.

    Raises:
        ReleaseError: nothing usable is published, or it does not find its own questions.
        RequestError: the process ends, or the release fails to answer.
    """
    if draining.has_begun():
        raise RequestError(ProblemCode.DRAINING)
    bot = visit.catalogue.bot
    try:
        require_answers(bot)
    except ReleaseError:
        raise
    except Exception as error:
        log_failure(error)
        raise RequestError(ProblemCode.NOT_READY) from error
    return schema.Ready(status="ready", release=bot.release)
