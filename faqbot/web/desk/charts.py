"""Charts of the desk as numbers for a template: no style and no script, only places in an SVG. Pure."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from faqbot.store import DayFigures

#: Units of the SVG.
WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 28
#: Days that are named below the chart at most.
_NAMED = 8


class Bar(NamedTuple):
    """A piece of a column; `kind` is 1 for answered, 2 for suggested, 3 for not answered."""

    kind: int
    x: float
    y: float
    width: float
    height: float


class Tick(NamedTuple):
    """A place on an axis with its words."""

    at: float
    words: str


class DayChart(NamedTuple):
    """Columns of days, answered below, suggested on it, unanswered on top.

    Attributes:
        bars: pieces of the columns that are not empty.
        days: of the x axis.
        counts: of the y axis.
        description: the whole in a sentence.
    """

    bars: tuple[Bar, ...]
    days: tuple[Tick, ...]
    counts: tuple[Tick, ...]
    description: str
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def day_chart(daily: Sequence[DayFigures]) -> DayChart:
    """The chart of some days, one at least.

    >>> from datetime import date
    >>> from faqbot.store import Figures
    >>> [bar.kind for bar in day_chart([DayFigures(date(2026, 3, 1), Figures(asked=3, answered=2, fallback=1))]).bars]
    [1, 3]
    """
    top = top_of(max((day.figures.asked for day in daily), default=0))
    step, scale = (WIDTH - _LEFT - _RIGHT) / max(1, len(daily)), (HEIGHT - _TOP - _BOTTOM) / top
    bars, every = [], math.ceil(len(daily) / _NAMED)
    for place, day in enumerate(daily):
        base = float(HEIGHT - _BOTTOM)
        for kind, count in enumerate((day.figures.answered, day.figures.suggested, day.figures.fallback), start=1):
            if count:
                base -= count * scale
                bars.append(Bar(kind, round(_LEFT + step * (place + 0.15), 1), round(base, 1), round(step * 0.7, 1), round(count * scale, 1)))
    days = tuple(
        Tick(round(_LEFT + step * (place + 0.5), 1), f"{day.day.month}.{day.day.day}")
        for place, day in enumerate(daily)
        if (len(daily) - 1 - place) % every == 0
    )
    counts = tuple(Tick(round(HEIGHT - _BOTTOM - count * scale, 1), f"{count:,}") for count in (0, top // 2, top))
    busiest = max(daily, key=lambda day: day.figures.asked)
    total = sum(day.figures.asked for day in daily)
    said = f"{daily[0].day:%Y-%m-%d}부터 {daily[-1].day:%Y-%m-%d}까지 모두 {total:,}건. 가장 많은 날은 {busiest.day:%Y-%m-%d}, {busiest.figures.asked:,}건."
    return DayChart(tuple(bars), days, counts, said)


def top_of(most: int) -> int:
    """An even round number that nothing reaches beyond, for the y axis.

    >>> top_of(0), top_of(3), top_of(47), top_of(1201)
    (2, 4, 50, 2000)
    """
    size = int(10 ** max(0, len(str(most)) - 1))
    return next(top for factor in (1, 2, 4, 5, 6, 8, 10, 20) if (top := factor * size) >= most and top % 2 == 0)
