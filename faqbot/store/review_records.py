"""What the learning loop finds, what is decided on it, and the figures of the desk, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from faqbot.domain import Outcome
from faqbot.store.records import Feedback, StoredQuery


class ReviewKind(StrEnum):
    """What a cluster of wordings is.

    unanswered: queries that were not or badly answered; it has no subject. alternate: wordings that may become alternate questions of the entry that is
    the subject. synonym: words of the base that may mean the same as the word that is the subject.
    """

    UNANSWERED = "unanswered"
    ALTERNATE = "alternate"
    SYNONYM = "synonym"


class ReviewState(StrEnum):
    """What a person decided. Whatever is not new is a decision, and so is new where somebody put it back."""

    NEW = "new"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"
    SPAM = "spam"
    IGNORED = "ignored"


class Trouble(StrEnum):
    """What went wrong with a query: nothing was found, the visitor chose none of these, or voted against the answer."""

    FALLBACK = "fallback"
    NONE_OF_THESE = "none_of_these"
    DISLIKED = "disliked"


class ReviewOrder(StrEnum):
    """How a page is sorted, ties by id."""

    FREQUENT = "frequent"
    NEWEST = "newest"
    RISING = "rising"


class Action(StrEnum):
    """What came of something that was accepted."""

    ATTACHED = "attached"
    DRAFTED = "drafted"
    CASE = "case"
    SYNONYM = "synonym"


@dataclass(frozen=True, slots=True)
class Landing:
    """Where something accepted landed: as alternate question of an entry, as a new entry, as a test case (of an entry, or of none) or as a synonym.

    `version` is the version of the draft that it made; None where the draft held it already.
    """

    action: Action
    entry_id: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A query that went wrong. `nearest` is the entry that was ranked first, `confidence` P(it answers), 0..1."""

    id: int
    text: str
    asked_at: datetime
    trouble: Trouble
    nearest: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A query for which an entry was offered beside others. `picked` tells that the visitor chose it; otherwise it was the first and nothing was chosen."""

    id: int
    text: str
    asked_at: datetime
    entry_id: str
    picked: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it.

    Attributes:
        key: what two texts share that are the same wording; not readable.
        text: as it was said most often.
        asked: when, ascending; as many as there were queries.
        troubles: how many of them went wrong in which way.
        picked: how many of the visitors chose the subject.
        nearest: entry that was ranked first at last.
        closeness: 0..1; of an unanswered wording P(nearest answers), of an alternate one the share of those who chose anything that chose the subject,
            of a synonym its similarity.
        now: what the release that serves makes of it; None where it was not asked.
    """

    key: str
    text: str
    asked: tuple[datetime, ...]
    troubles: Mapping[Trouble, int] = field(default_factory=dict)
    picked: int = 0
    nearest: str | None = None
    closeness: float = 0.0
    now: Outcome | None = None

    @property
    def count(self) -> int:
        """How often it was said."""
        return len(self.asked)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Wordings that mean the same, the one that stands for them first. `spam` says why it looks like spam, "" where it does not."""

    kind: ReviewKind
    subject: str
    wordings: tuple[Wording, ...]
    spam: str = ""

    @property
    def representative(self) -> str:
        """The text that stands for them."""
        return self.wordings[0].text

    @property
    def total(self) -> int:
        """Queries."""
        return sum(wording.count for wording in self.wordings)


@dataclass(frozen=True, slots=True)
class StoredWording:
    """A wording that belongs to a review item; the text is empty once all its queries have been kept long enough."""

    text: str
    count: int
    picked: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A cluster as it is kept.

    Attributes:
        id: stays the same as long as it exists.
        kind, subject: as in ReviewKind.
        state: what was decided.
        representative: the text that stands for it.
        size: distinct wordings.
        total: queries that are still kept.
        recent, before: queries of the seven days before the last refresh, and of the seven before those.
        fresh: queries since the decision; all of them where nothing was decided.
        picked: visitors that chose the subject.
        troubles: how many queries went wrong in which way.
        nearest, closeness: as in Wording, of the representative; by the release that serves where `now` is set.
        now: what the release that serves makes of the representative; None where it was not asked.
        spam: why it looks like spam, "" where it does not or where somebody decided otherwise.
        first_seen, last_seen: first and last query.
        decided_by, decided_at, decision: who and when, and the id to undo it by; None where nothing was decided.
        landing: what came of it.
    """

    id: int
    kind: ReviewKind
    subject: str
    state: ReviewState
    representative: str
    size: int
    total: int
    recent: int
    before: int
    fresh: int
    picked: int
    troubles: Mapping[Trouble, int]
    nearest: str | None
    closeness: float
    now: Outcome | None
    spam: str
    first_seen: datetime
    last_seen: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: int | None = None
    landing: Landing | None = None

    @property
    def trend(self) -> int:
        """How many more were asked in the last seven days than in the seven before; negative where there were fewer."""
        return self.recent - self.before


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on one or more items. `undone_at` is set once it was taken back."""

    id: int
    state: ReviewState
    items: tuple[int, ...]
    landing: Landing | None
    decided_by: str
    decided_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a decision did: the items that are as they were before, and those that stay because somebody decided on them again."""

    decision: Decision
    restored: tuple[int, ...]
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh changed in the queue: items that are new, that have other figures, and that are gone because nobody decided on them."""

    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class FeedbackItem:
    """A vote in the inbox, with its query where that is still kept, and who dealt with it; a vote that was changed since is not dealt with."""

    id: int
    feedback: Feedback
    query: StoredQuery | None
    handled_by: str | None
    handled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a period. `asked` is the sum of answered, suggested and fallback; a greeting asks nothing. `none_of_these` are suggestions that were all refused."""

    asked: int = 0
    answered: int = 0
    suggested: int = 0
    fallback: int = 0
    none_of_these: int = 0
    up: int = 0
    down: int = 0
    inquiries: int = 0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Figures of one day in the site's time zone."""

    day: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Usage:
    """What happened to one entry: shown at all, as the answer, chosen among others, votes, and when it was last shown."""

    shown: int = 0
    answered: int = 0
    chosen: int = 0
    up: int = 0
    down: int = 0
    last_shown: datetime | None = None


def landing_to_json(landing: Landing | None) -> dict[str, Any] | None:
    """For a column of JSON."""
    return {"action": landing.action.value, "entry_id": landing.entry_id, "version": landing.version} if landing else None


def landing_from_json(data: Mapping[str, Any] | None) -> Landing | None:
    """What landing_to_json made."""
    return Landing(Action(data["action"]), data["entry_id"], data["version"]) if data else None
