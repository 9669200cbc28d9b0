"""What a gate judges and what it says: frozen values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from faqbot.domain import LabelledQuery
from faqbot.evaluation.run import Prediction


class State(StrEnum):
    """Of a check: passed, not passed, or nothing to check."""

    GREEN = "green"
    RED = "red"
    SKIPPED = "skipped"


class Change(StrEnum):
    """What became of a query: right → wrong, wrong → right, another outcome, or its entry is gone."""

    WORSE = "worse"
    BETTER = "better"
    BAND = "band"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name: a stable word for programs.
        label: for people.
        state: whether it passed.
        n: of how many things it speaks.
        before: figure of the published release; None where there is none.
        after: of the candidate.
        limit: what makes it red, for people.
        reason: what was found, for people.
    """

    name: str
    label: str
    state: State
    n: int
    before: float | None
    after: float | None
    limit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visitor got: the first candidate, what was done with it, and the confidence."""

    entry: str
    outcome: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Flip:
    """One query that ends otherwise.

    Attributes:
        change: how.
        source: name of the check it belongs to.
        query: what is asked.
        entry: id of the entry it is about, "" for none.
        question: of that entry.
        category: of that entry, as the table writes it.
        before: None where it was not asked.
        after: None where it was not asked.
        note: what more there is to say.
    """

    change: Change
    source: str
    query: str
    entry: str
    question: str
    category: str
    before: Seen | None = None
    after: Seen | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled query with what both releases made of it; `before` is None where nothing is published."""

    label: LabelledQuery
    before: Prediction | None
    after: Prediction


@dataclass(frozen=True, slots=True)
class Reworded:
    """Whether a question in other words leads where it leads as it is, in both releases."""

    kind: str
    question: str
    text: str
    entry: str
    before: bool | None
    after: bool


@dataclass(frozen=True, slots=True)
class Strayed:
    """An answer that no longer fits its question: it was another entry's (`moved_from`), or speaks of nothing that the question asks about ("")."""

    entry: str
    moved_from: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a gate judges.

    Attributes:
        candidate: id.
        published: id of the release that serves, "" for none.
        entries: id → (question, category as the table writes it), of both releases.
        target: precision that answers aim at, 0..1.
        labelled: every labelled query, answered by bots that were calibrated without it.
        lost: labelled queries whose entries are gone.
        cases: queries that must or must not be answered, as visitors would get them.
        stored: questions of the candidate typed exactly, labelled with their entry; `before` only where the published one holds it too.
        former: questions that entries had and no longer have, labelled with their entry.
        reworded: see Reworded.
        answers_changed: how many entries have another answer.
        strayed: those of them that no longer fit.
        held: how many entries the published release has; 0 where nobody looked.
        removed: ids of those of them that the candidate does not have, in the order of the published release.
    """

    candidate: str
    published: str
    entries: Mapping[str, tuple[str, str]]
    target: float
    labelled: Sequence[Pair] = ()
    lost: Sequence[LabelledQuery] = ()
    cases: Sequence[Pair] = ()
    stored: Sequence[Pair] = ()
    former: Sequence[Pair] = ()
    reworded: Sequence[Reworded] = ()
    answers_changed: int = 0
    strayed: Sequence[Strayed] = ()
    held: int = 0
    removed: Sequence[str] = ()
