"""A visitor's 1:1 inquiry: what it consents to, and from the form or the API into the store."""

from collections.abc import Collection, Sequence

from faqbot import messages, notify
from faqbot.domain import Outcome
from faqbot.errors import MissingRecordError
from faqbot.settings import Settings
from faqbot.store import NewInquiry, QueryRecord, StoredQuery, TranscriptItem
from faqbot.web import schema
from faqbot.web.contact import expected_answer
from faqbot.web.elsewhere import once_written
from faqbot.web.problems import RequestError
from faqbot.web.schema import FieldError, ProblemCode
from faqbot.web.visit import Visit


def consent_text(settings: Settings) -> str:
    """What a visitor agrees to."""
    days = settings.keep_inquiries
    return messages.CONSENT.format(kept=f"{days // 365}년" if days % 365 == 0 else f"{days}일")


def submit(visit: Visit, request: schema.InquiryRequest, files: Collection[int] = ()) -> schema.Received:
    """Store an inquiry once for each key, and tell whoever is to be told.

    Args:
        visit: the request's surroundings.
        request: what was written.
        files: ids of uploads that wait under the same key. Only our own form has any: the API takes no files.

    Raises:
        MissingRecordError: one of the files waits no more.
        RequestError: it consents to a text that is no longer ours.
        StoreError: it was not stored.
    """
    if request.consent_version != messages.CONSENT_VERSION:
        raise RequestError(ProblemCode.INVALID_REQUEST, [FieldError(field="consent_version", message=messages.CONSENT_CHANGED)])
    inquiry = NewInquiry(
        question=request.question.strip(),
        contact=request.email,
        consent_version=request.consent_version,
        category=request.category,
        background=request.background.strip(),
        error=request.error.strip(),
        tried=request.tried.strip(),
        transcript=transcript(visit, request.tokens),
    )
    receipt = visit.services.store.submit_inquiry(inquiry, request.key, files)
    if not receipt.repeated:
        visit.services.metrics.inquiry(visit.settings.site)
    notify.received(visit.settings, receipt, request.email)
    return schema.Received(
        number=receipt.number,
        status_url=f"{visit.base_url}/inquiry/{receipt.token}",
        expected=expected_answer(visit.settings, receipt.received_at),
    )


def transcript(visit: Visit, tokens: Sequence[str]) -> tuple[TranscriptItem, ...]:
    """The conversation that the tokens name, oldest first; what is no longer kept is left out.

    Raises:
        RequestError: a token is not ours or too old.
        StoreError: it cannot be read.
    """
    if tokens:
        visit.services.journal.catch_up()
    found = (_asked(visit, token) for token in dict.fromkeys(tokens))
    kept = sorted((query for query in found if query is not None), key=lambda query: query.asked_at)
    return tuple(TranscriptItem(query.asked_at, query.record.text, query.record.outcome, tuple(_questions(visit, _shown(query.record)))) for query in kept)


def _asked(visit: Visit, token: str) -> StoredQuery | None:
    query_id = visit.services.tokens.read(token)

    def find() -> StoredQuery:
        if (query := visit.services.store.query(query_id)) is None:
            raise MissingRecordError(f"질문 기록 {query_id} 이(가) 없습니다.")
        return query

    try:
        return once_written(visit.services.tokens, token, find)
    except MissingRecordError:
        return None


def _shown(record: QueryRecord) -> tuple[str, ...]:
    """Ids of the entries that a visitor saw: a fallback has candidates too, but shows none of them."""
    if record.answered is not None:
        return (record.answered,)
    return record.candidates if record.outcome is Outcome.SUGGEST else ()


def _questions(visit: Visit, entry_ids: Sequence[str]) -> list[str]:
    """What the entries ask, as far as they are still shown."""
    found = (visit.catalogue.find(entry_id) for entry_id in entry_ids)
    return [entry.question for entry, _ in filter(None, found)]
