"""The nouns of faqbot as frozen values. Standard library only."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """What the bot decided to do with a query."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    FALLBACK = "fallback"


class Level(StrEnum):
    """Confidence in words: high reaches the answer threshold, low stays below one in three."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reason(StrEnum):
    """Why the outcome is what it is."""

    CONFIDENT = "confident"
    EXACT = "exact"
    SHARED_QUESTION = "shared_question"
    SEVERAL_LIKELY = "several_likely"
    NOT_CONFIDENT = "not_confident"
    NOTHING_KNOWN = "nothing_known"
    NOTHING_ASKED = "nothing_asked"


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One answer and all questions that lead to it.

    `answer` is Markdown. `category` runs from general to special. `valid_from` and `valid_to` are inclusive days.
    """

    id: str
    question: str
    answer: str
    category: tuple[str, ...] = ()
    alternate_questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    short_title: str = ""
    link_url: str = ""
    link_label: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    updated_at: date | None = None
    enabled: bool = True

    @property
    def questions(self) -> tuple[str, ...]:
        """The question, then its alternates."""
        return (self.question, *self.alternate_questions)

    def is_valid_on(self, day: date) -> bool:
        """Whether the entry may be shown on that day.

        >>> FaqEntry("a", "설 연휴 배송은요?", "쉽니다.", valid_to=date(2026, 2, 18)).is_valid_on(date(2026, 2, 19))
        False
        """
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer, the stored question that matched, its score and its confidence.

    `score` orders candidates of one query and is not a probability. `confidence` is P(this entry answers), 0..1;
    the confidences of one reply sum to at most 1.
    """

    id: str
    question: str
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How the query was read: after normalization, with each correction as (typed, read)."""

    normalized: str
    corrections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The bot's decision on one query.

    `confidence` is P(the first candidate answers), 0 where there is none. `candidates` run best first, as many as were asked for.
    `shown` of them are for the visitor: one (answer), two to four (suggest), none (fallback).
    """

    query: str
    outcome: Outcome
    reason: Reason
    confidence: float
    level: Level
    candidates: tuple[Candidate, ...]
    shown: int
    interpretation: Interpretation
    release: str


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A query with the ids of every entry that answers it; none means out of scope."""

    query: str
    faq_ids: frozenset[str] = field(default_factory=frozenset)
    kind: str = ""

    @property
    def in_scope(self) -> bool:
        """Whether any entry answers it."""
        return bool(self.faq_ids)
