"""Figures of releases as people read them. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

#: Below this many, counts say more than shares.
SMALL = 20


class Figures(NamedTuple):
    """What labelled queries said of a release when they did not calibrate it, in words; "–" where a figure has no meaning.

    Attributes:
        n: how many they are.
        first: share whose first candidate is right.
        precision: share of the answers, at the threshold, that are right.
        coverage: share of the queries with an answer in the table that are answered at once.
        excess: how far confidence is off, beyond chance.
    """

    n: int
    first: str
    precision: str
    coverage: str
    excess: str


def figures_of(found: Mapping[str, Any]) -> Figures | None:
    """Figures of `faqbot.evaluation.metrics.figures` in words; None without labelled queries.

    >>> figures_of({"in_scope": 8, "out_of_scope": 2, "hit@1": 0.75, "answered": 0.5, "false_answer": 0.0, "answer_precision": 1.0, "ece_excess": 0.021})
    Figures(n=10, first='6/8', precision='4/4', coverage='4/8', excess='2.1%p')
    >>> figures_of({}) is None
    True
    """
    inside, outside = found.get("in_scope") or 0, found.get("out_of_scope") or 0
    if not inside + outside:
        return None
    answers = round((found.get("answered") or 0) * inside + (found.get("false_answer") or 0) * outside)
    excess = found.get("ece_excess")
    return Figures(
        inside + outside,
        figure(found.get("hit@1"), inside),
        figure(found.get("answer_precision"), answers),
        figure(found.get("answered"), inside),
        "–" if excess is None else f"{100 * excess:.1f}%p",
    )


def figure(value: float | None, n: int) -> str:
    """A share of n for people: counts where n is small.

    >>> figure(0.875, 8), figure(0.875, 800), figure(None, 8)
    ('7/8', '87.5%', '–')
    """
    if value is None:
        return "–"
    count = value * n
    return f"{round(count)}/{n}" if 0 < n < SMALL and abs(count - round(count)) < 1e-6 else f"{value:.1%}"
