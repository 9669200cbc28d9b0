"""Measured rows as a table for people and as JSON for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HEAD = ("name", "size", "ours", "yardstick", "ratio", "target", "")


@dataclass(frozen=True)
class Row:
    """One figure beside its yardstick.

    Attributes:
        name: what was measured.
        size: entries of the base.
        unit: of `ours` and `yardstick`.
        target: of their ratio; None where the figure is only shown.
        at_least: whether a higher ratio is better; it is a lower one otherwise.
        note: for people, behind the table's columns.
        details: for the JSON alone.
    """

    name: str
    size: int
    unit: str
    ours: float
    yardstick: float
    target: float | None = None
    at_least: bool = False
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours over the yardstick."""
        return self.ours / self.yardstick

    @property
    def verdict(self) -> str:
        """ok, miss, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "ok" if (self.ratio >= self.target if self.at_least else self.ratio <= self.target) else "miss"

    def cells(self) -> tuple[str, ...]:
        """As in HEAD, then the note."""
        target = "" if self.target is None else f"{'>=' if self.at_least else '<='} {self.target:g}"
        amounts = (f"{amount(self.ours)} {self.unit}", f"{amount(self.yardstick)} {self.unit}", f"{self.ratio:.2f}")
        return (self.name, f"{self.size:,}", *amounts, target, self.verdict, self.note)

    def to_json(self) -> dict[str, Any]:
        """Everything, ratio and verdict included."""
        return {**vars(self), "ratio": self.ratio, "verdict": self.verdict}


def amount(value: float) -> str:
    """Three significant digits or all of the whole ones.

    >>> amount(1234.5), amount(12.345), amount(0.5)
    ('1,234', '12.3', '0.50')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows: Sequence[Row]) -> str:
    """One line a row."""
    return aligned([(*HEAD, "note"), *(row.cells() for row in rows)], left=(0, 6, 7))


def split_table(rows: Sequence[Row]) -> str:
    """Where the time of `ask` goes: stages down, sizes across; empty without such rows."""
    splits = {row.size: row.details["split"] for row in rows if "split" in row.details}
    if not splits:
        return ""
    stages = list(next(iter(splits.values())))
    lines = [("ask, p50 µs", *(f"{size:,}" for size in splits))]
    lines += [(stage, *(amount(split[stage]) for split in splits.values())) for stage in stages]
    return aligned(lines, left=(0,))


def aligned(lines: Sequence[Sequence[str]], left: Sequence[int]) -> str:
    """Cells in columns; those of the numbered columns begin at the left."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    padded = ([cell.ljust(w) if i in left else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))] for line in lines)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)
