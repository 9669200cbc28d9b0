"""Does another wording of the same question get the same reply? Every question of a base, asked as it is and in every perturbation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random
from typing import Any
from unicodedata import east_asian_width

from faqbot.domain import FaqEntry, Outcome
from faqbot.evaluation.grammar import Grammar
from faqbot.evaluation.perturbations import KINDS, PERTURBATIONS, perturbed
from faqbot.evaluation.run import Prediction, predict
from faqbot.korean.normalize import normalize
from faqbot.korean.terms import question_key
from faqbot.retrieval.bot import Bot

#: Least share of perturbed texts that keep the first candidate; a kind that is not here has no target.
SAME_FIRST = {"spacing": 0.99, "endings": 0.99, "nfd": 0.99, "width": 0.99, "punctuation": 0.99, "typo": 0.98, "keyboard": 0.95}
#: Highest mean change of confidence, for every kind.
CHANGE = 0.05
#: Examples of each row.
WORST = 5

_COLUMNS = ("무엇을 바꿨나", "바꾼 글", "첫 후보 같음", "목표", "신뢰도 변화", "목표", "결과 바뀜")
_WIDTHS = (24, 9, 14, 8, 14, 8, 12)

Track = Callable[[str, Sequence[str]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What became of one reply: each pair is (for the question as it is, for the perturbed text).

    Attributes:
        question: as it is, normalized.
        text: perturbed.
        first: id of the first candidate, "" for none.
        confidence: 0..1.
        outcome: of the reply.
        is_same: whether the first candidate stayed, or is another entry that holds this very question.
    """

    question: str
    text: str
    first: tuple[str, str]
    confidence: tuple[float, float]
    outcome: tuple[Outcome, Outcome]
    is_same: bool

    @property
    def change(self) -> float:
        """How far the confidence moved, 0..1."""
        return abs(self.confidence[1] - self.confidence[0])

    def line(self) -> str:
        """It all, for reading."""
        before, after = (f"{first or '없음'} {c:.1%} {outcome}" for first, c, outcome in zip(self.first, self.confidence, self.outcome, strict=True))
        return f"{self.question} → {self.text}: {before} → {after}"


@dataclass(frozen=True, slots=True)
class Row:
    """What one perturbation did, or all of a kind together.

    Attributes:
        kind: a key of KINDS.
        name: of the perturbation, "" for the whole kind.
        label: for people.
        n: texts that it changed. With none the figures are None.
        same_first: share of them with the same first candidate.
        change: mean change of confidence.
        outcome_changed: share of them with another outcome.
        worst: up to WORST of those with another first candidate, or else with another outcome, the largest change of confidence first.
    """

    kind: str
    name: str
    label: str
    n: int
    same_first: float | None
    change: float | None
    outcome_changed: float | None
    worst: tuple[Reaction, ...]

    @property
    def targets(self) -> tuple[float | None, float]:
        """Least same_first, None where there is no target, and highest change."""
        return SAME_FIRST.get(self.kind), CHANGE

    def to_json(self) -> dict[str, Any]:
        """All fields, with the targets beside the figures."""
        same_first, change = self.targets
        return {**asdict(self), "target_same_first": same_first, "target_change": change}


def questions_of(entries: Iterable[FaqEntry]) -> list[str]:
    """Different questions and alternate questions, in entry order; the first wording of those that differ in spaces and signs alone."""
    found: dict[str, str] = {}
    for entry in entries:
        for question in entry.questions:
            found.setdefault(question_key(normalize(question)), question)
    return list(found.values())


def sampled(questions: Sequence[str], n: int | None) -> list[str]:
    """At most n of the questions, in their order, the same ones each time; all of them for None."""
    if n is None or n >= len(questions):
        return list(questions)
    return [questions[i] for i in sorted(Random(0).sample(range(len(questions)), n))]  # noqa: S311  # a sample, not a secret


def perturb(bot: Bot, grammar: Grammar, questions: Sequence[str], track: Track = lambda _, items: items) -> list[Row]:
    """Ask every question as it is and in every perturbation.

    Args:
        bot: is asked.
        grammar: the bot's analyzer; endings and particles are found with it.
        questions: stored ones or others.
        track: shows how far it is.

    Returns:
        For each kind the row of all its perturbations, then one for each where it has several; in the order of PERTURBATIONS.
    """
    reactions: dict[tuple[str, str], list[Reaction]] = {(p.kind, p.name): [] for p in PERTURBATIONS}
    for question in track("바꾼 말로 묻는 중", questions):
        text = normalize(question)
        changed = perturbed(text, grammar)
        before, *after = predict(bot, [text, *(other for _, other in changed)])
        for (perturbation, _), prediction in zip(changed, after, strict=True):
            reactions[perturbation.kind, perturbation.name].append(_reaction(before, prediction, frozenset(bot.entries[i].id for i in bot.holding(text))))
    return [row for kind in KINDS for row in _rows(kind, reactions)]


def lines(rows: Sequence[Row]) -> list[str]:
    """The rows as a table with the targets in columns of their own, then the worst examples of each kind; "-" where there is no figure."""
    examples = [[f"\n{row.label}: 가장 크게 달라진 글", *(f"  {reaction.line()}" for reaction in row.worst)] for row in rows if row.worst and not row.name]
    return [_aligned(_COLUMNS), *(_aligned(_cells(row)) for row in rows), *(line for example in examples for line in example)]


def _cells(row: Row) -> list[str]:
    same_first, change = row.targets
    figures = (row.same_first, same_first, row.change, change, row.outcome_changed)
    return [f"  {row.label}" if row.name else row.label, f"{row.n:,}", *("-" if figure is None else f"{figure:.3f}" for figure in figures)]


def _aligned(cells: Sequence[str]) -> str:
    """Cells under one another, the first on the left: a Hangul letter is two columns wide."""
    pads = [" " * (width - sum(1 + (east_asian_width(c) in "WF") for c in cell)) for cell, width in zip(cells, _WIDTHS, strict=True)]
    return "".join([cells[0] + pads[0], *(pad + cell for pad, cell in zip(pads[1:], cells[1:], strict=True))])


def _reaction(before: Prediction, after: Prediction, holders: frozenset[str]) -> Reaction:
    first = _first(before), _first(after)
    is_same = first[0] == first[1] or holders.issuperset(first)
    return Reaction(before.query, after.query, first, (before.confidence, after.confidence), (before.outcome, after.outcome), is_same)


def _first(prediction: Prediction) -> str:
    return prediction.candidates[0].id if prediction.candidates else ""


def _rows(kind: str, reactions: Mapping[tuple[str, str], Sequence[Reaction]]) -> list[Row]:
    parts = [p for p in PERTURBATIONS if p.kind == kind]
    whole = _row(kind, "", KINDS[kind], [reaction for part in parts for reaction in reactions[kind, part.name]])
    return [whole, *(_row(kind, part.name, part.label, reactions[kind, part.name]) for part in parts if part.name)]


def _row(kind: str, name: str, label: str, reactions: Sequence[Reaction]) -> Row:
    n = len(reactions)
    moved = [r for r in reactions if not r.is_same or r.outcome[0] is not r.outcome[1]]
    return Row(
        kind,
        name,
        label,
        n,
        sum(r.is_same for r in reactions) / n if n else None,
        sum(r.change for r in reactions) / n if n else None,
        sum(r.outcome[0] is not r.outcome[1] for r in reactions) / n if n else None,
        tuple(sorted(moved, key=lambda r: (r.is_same, -r.change, r.question, r.text))[:WORST]),
    )
