"""Measured figures beside their targets, and the arithmetic of what grows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.report import aligned, amount

HEAD = ("figure", "measured", "target", "", "note")


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        name: what was measured.
        value: in `unit`.
        target: of the value; None where it is only shown.
        at_least: whether higher is better; lower is otherwise.
        note: for people.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the target is met; where there is none, it is."""
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    def cells(self) -> tuple[str, ...]:
        """As in HEAD."""
        if self.target is None:
            return (self.name, f"{amount(self.value)} {self.unit}", "", "", self.note)
        sign = ">=" if self.at_least else "<="
        return (self.name, f"{amount(self.value)} {self.unit}", f"{sign} {self.target:g}", "met" if self.is_met else "missed", self.note)


def table(figures: Sequence[Figure]) -> str:
    """One line a figure."""
    return aligned([HEAD, *(figure.cells() for figure in figures)], left=(0, 3, 4))


def growth(seconds: Sequence[float], values: Sequence[float]) -> float:
    """How much the line through the values rises from the first moment to the last, as a share of where it begins; 0 for fewer than two.

    >>> growth([0, 10, 20], [100, 105, 110])
    0.1
    """
    if len(values) < 2:
        return 0.0
    slope, start = np.polyfit(np.asarray(seconds) - seconds[0], values, 1)
    return round(float(slope * (seconds[-1] - seconds[0]) / start), 9)


def floor_rise(values: Sequence[float]) -> float:
    """The least of the last third over the least of the first, as a difference: what comes and goes does not count, what is never given back does.

    >>> floor_rise([20, 35, 20, 31, 20, 33]), floor_rise([20, 35, 21, 31, 22, 33])
    (0, 2)
    """
    third = max(1, len(values) // 3)
    return min(values[-third:]) - min(values[:third])
