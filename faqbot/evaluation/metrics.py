"""Figures over judged replies. Pure; definitions as in the field's selective classification literature, and only the simulated calibration floor depends on the order of queries."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from faqbot.domain import Outcome

#: Equal-count bins of the expected calibration error.
BINS = 15
#: Draws behind the calibration floor.
DRAWS = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """One reply beside its label.

    Attributes:
        confidence: of the reply, 0..1.
        rank: 0-based rank of the first right candidate, None when there is none.
        in_scope: whether any entry answers the query.
        outcome: of the reply.
        kind: of the query, "" when unknown.
    """

    confidence: float
    rank: int | None
    in_scope: bool
    outcome: Outcome
    kind: str = ""

    @property
    def correct(self) -> bool:
        """Whether the first candidate answers; never for an out-of-scope query."""
        return self.rank == 0

    @property
    def helped(self) -> bool:
        """Answered rightly, or the right entry is among the first three suggested."""
        return (self.outcome is Outcome.ANSWER and self.correct) or (self.outcome is Outcome.SUGGEST and self.rank is not None and self.rank < 3)


def figures(judged: Sequence[Judged]) -> dict[str, float | int | None]:
    """Every figure by name; None where its denominator is empty.

    hit@k and mrr@10 over in-scope queries; auroc: chance that a correct query has more confidence than one that is not; coverage@p: see `coverage`;
    ece: expected calibration error in BINS bins of equal count, ece_floor: what a perfectly calibrated bot would show, ece_excess: √(ece² - floor²).
    """
    inside, outside = [j for j in judged if j.in_scope], [j for j in judged if not j.in_scope]
    answers = [j for j in judged if j.outcome is Outcome.ANSWER]
    error, floor = calibration_error(judged), calibration_floor(judged)
    return {
        "in_scope": len(inside),
        "out_of_scope": len(outside),
        **{f"hit@{k}": share([j.rank is not None and j.rank < k for j in inside]) for k in (1, 3, 5)},
        "mrr@10": share([1 / (j.rank + 1) if j.rank is not None and j.rank < 10 else 0.0 for j in inside]),
        "auroc": auroc([j.confidence for j in judged if j.correct], [j.confidence for j in judged if not j.correct]),
        "auroc_scope": auroc([j.confidence for j in inside], [j.confidence for j in outside]),
        "coverage@p90": coverage(judged, 0.90) if inside else None,
        "coverage@p95": coverage(judged, 0.95) if inside else None,
        "ece": error,
        "ece_floor": floor,
        "ece_excess": None if error is None or floor is None else math.sqrt(max(0.0, error**2 - floor**2)),
        "brier": share([(j.confidence - j.correct) ** 2 for j in judged]),
        "answered": share([j.outcome is Outcome.ANSWER for j in inside]),
        "answer_precision": share([j.correct for j in answers]),
        "false_answer": share([j.outcome is Outcome.ANSWER for j in outside]),
        "fallback_out": share([j.outcome is Outcome.FALLBACK for j in outside]),
        "helped": share([j.helped for j in inside]),
    }


def by_kind(judged: Sequence[Judged]) -> dict[str, dict[str, float | int | None]]:
    """Figures of each kind of query, kinds in alphabetical order."""
    kinds = sorted({j.kind for j in judged if j.kind})
    return {kind: figures([j for j in judged if j.kind == kind]) for kind in kinds}


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a positive exceeds a negative, ties half (Mann-Whitney); None when a side is empty.

    >>> auroc([0.9, 0.8], [0.8, 0.1])
    0.875
    """
    if not positive or not negative:
        return None
    ordered = sorted([(value, True) for value in positive] + [(value, False) for value in negative])
    total, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        total += (start + 1 + end) / 2 * sum(is_positive for _, is_positive in ordered[start:end])
        start = end
    n, m = len(positive), len(negative)
    return (total - n * (n + 1) / 2) / (n * m)


def coverage(judged: Sequence[Judged], precision: float) -> float:
    """Share of the in-scope queries answered rightly at the lowest confidence down to which all answers together keep the precision; 0 when no cut does."""
    ordered = sorted(judged, key=lambda j: -j.confidence)
    in_scope = sum(j.in_scope for j in judged)
    best, right = 0.0, 0
    for n, j in enumerate(ordered, 1):
        right += j.correct
        ends_here = n == len(ordered) or ordered[n].confidence != j.confidence
        if ends_here and right / n >= precision:
            best = right / in_scope
    return best


def calibration_error(judged: Sequence[Judged]) -> float | None:
    """Mean gap of confidence and accuracy over BINS bins of equal count; None for no replies."""
    return _calibration_error([j.confidence for j in judged], [j.correct for j in judged])


def calibration_floor(judged: Sequence[Judged]) -> float | None:
    """The error that a perfectly calibrated bot with these confidences would show by chance: mean of DRAWS seeded draws."""
    if not judged:
        return None
    rng = random.Random(0)  # noqa: S311  # a simulation, not a secret
    confidences = [j.confidence for j in judged]
    return sum(_calibration_error(confidences, [rng.random() < c for c in confidences]) or 0.0 for _ in range(DRAWS)) / DRAWS


def _calibration_error(confidences: Sequence[float], correct: Sequence[bool]) -> float | None:
    n = len(confidences)
    if not n:
        return None
    seen: dict[float, list[bool]] = {}
    for confidence, is_correct in zip(confidences, correct, strict=True):
        seen.setdefault(confidence, []).append(is_correct)
    shared = {confidence: sum(group) / len(group) for confidence, group in seen.items()}  # equal confidences share their accuracy
    ordered = sorted(confidences)
    error = 0.0
    for b in range(BINS):
        part = ordered[b * n // BINS : (b + 1) * n // BINS]
        if part:
            error += abs(sum(part) / len(part) - sum(shared[c] for c in part) / len(part)) * len(part) / n
    return error


def share(values: Sequence[float | bool]) -> float | None:
    """Mean of values, share of what is true; None of nothing."""
    return sum(values) / len(values) if values else None
