"""What is stored and what is asked for, as frozen values. Every datetime is timezone-aware; what comes out of the store is in UTC."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, Self

from faqbot.domain import Outcome, Reason

#: 1: the answer helped, -1: it did not.
Vote = Literal[1, -1]


class Via(StrEnum):
    """How a query came to be asked: typed, or by choosing something that was shown."""

    TYPED = "typed"
    SUGGESTION = "suggestion"
    CANDIDATE = "candidate"
    RELATED = "related"
    CATEGORY = "category"
    RETRY = "retry"


class FeedbackReason(StrEnum):
    """Why an answer did not help, in the visitor's choice."""

    NOT_RELEVANT = "not_relevant"
    NOT_SOLVED = "not_solved"
    OUTDATED = "outdated"


class InquiryState(StrEnum):
    """How far an inquiry is."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """One query and the decision on it. `text` is masked before it gets here.

    `confidence` is P(the first candidate answers), 0..1. `candidates` are entry ids, best first. `answered` is the entry whose answer was shown at once.
    `id` (1 … 2^62, random) and `asked_at` are for callers that give a query its name before they store it; otherwise the store does.
    """

    text: str
    outcome: Outcome
    reason: Reason
    confidence: float
    candidates: tuple[str, ...]
    release: str
    via: Via = Via.TYPED
    answered: str | None = None
    id: int | None = None
    asked_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Texts, numbers and lists only."""
        return asdict(self) | {"asked_at": self.asked_at.isoformat() if self.asked_at else None}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `to_json` gave.

        Raises:
            LookupError, TypeError, ValueError: it is no record.
        """
        asked_at = datetime.fromisoformat(data["asked_at"]) if data["asked_at"] else None
        enums = {"outcome": Outcome(data["outcome"]), "reason": Reason(data["reason"]), "via": Via(data["via"])}
        return cls(**data | enums | {"candidates": tuple(data["candidates"]), "asked_at": asked_at})


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A query with what the visitor chose afterwards; its id and time stand here, not in the record. `chose_at` without `chosen` means: none of these."""

    id: int
    asked_at: datetime
    record: QueryRecord
    chosen: str | None = None
    chose_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """A vote. `text` is masked before it gets here."""

    vote: Vote
    reason: FeedbackReason | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """The last vote on a query, with the entry it is about: the chosen one, else the answered one."""

    query_id: int
    entry_id: str | None
    release: str
    vote: Vote
    reason: FeedbackReason | None
    text: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class TranscriptItem:
    """One turn before an inquiry: what was typed, when, and the questions that were shown for it."""

    asked_at: datetime
    query: str
    outcome: Outcome
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewInquiry:
    """Everything a visitor gives with an inquiry. The whole of it is encrypted at rest.

    `contact` is where the answer goes, `consent_version` names the text that was agreed to. An erased inquiry has an empty one.
    """

    question: str = ""
    contact: str = ""
    consent_version: str = ""
    category: str = ""
    background: str = ""
    error: str = ""
    tried: str = ""
    transcript: tuple[TranscriptItem, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that comes with an inquiry. `name` is for people and for saving, `media_type` is what its bytes are: both are checked by the caller."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file without its bytes; `size` is how many they are."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an inquiry is stored.

    `number` (`20261127-K7Q2MX`) can be read aloud; `token` is secret, 43 characters that may stand in a URL, 256 bits.
    `repeated` tells that the same key had been submitted before; it does not take part in comparison.
    """

    number: str
    token: str
    received_at: datetime
    repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A reply to the visitor or a note among staff; empty in an erased inquiry."""

    written_at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry as it stands. `answered_at` is set while the state is answered. Messages, notes and attachments run oldest first.

    `changed_at` is when it was received or last replied to, noted or moved; retention counts from there.
    """

    number: str
    state: InquiryState
    received_at: datetime
    changed_at: datetime
    answered_at: datetime | None
    erased_at: datetime | None
    content: NewInquiry
    messages: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Something all visitors should see from the day `starts` to the day `ends`, both inclusive in the site's time zone; without `ends` until it is removed."""

    title: str
    body_markdown: str
    starts: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A stored notice."""

    id: int
    title: str
    body_markdown: str
    starts: date
    ends: date | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that records are kept: queries from being asked, feedback from the vote, inquiries from their last change."""

    queries: int = 90
    feedback: int = 365
    inquiries: int = 1095


@dataclass(frozen=True, slots=True)
class Purged:
    """How many records a purge deleted; `uploads` are files whose inquiry was never sent, `releases` candidates that nobody published."""

    queries: int
    feedback: int
    inquiries: int
    uploads: int = 0
    releases: int = 0
