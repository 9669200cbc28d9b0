"""A week of opening hours, read from what an operator writes: `월-금 09:00-18:00, 점심 12:00-13:00`. Standard library only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from faqbot.web.week_words import DAY_NAMES, EVERY_DAY, HOLIDAY, Days, Mark, Pause, Piece, Range, pieces, refusal

#: Minutes.
_HALF_DAY, _DAY = 720, 1440
#: Minutes since midnight: before it nobody opens who does not say 새벽 or write a 24-hour clock.
_EARLY = 360


@dataclass(frozen=True, order=True)
class Span:
    """From `start` up to `end`, both in minutes since the midnight with which its day begins.

    Attributes:
        start: from 0; what follows a break after midnight begins above 1440.
        end: above `start`; above 1440 it is on the next day.
    """

    start: int
    end: int


@dataclass(frozen=True)
class Break:
    """A pause between two openings of a day: one ends where it starts, one starts where it ends."""

    span: Span
    pause: Pause


@dataclass(frozen=True)
class Day:
    """The openings that begin on a day, breaks taken out, in order and apart; a day without openings is closed."""

    openings: tuple[Span, ...] = ()
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True)
class Week:
    """What the text says.

    Attributes:
        days: Monday to Sunday; at least one has openings.
        holiday: a public holiday, where the text gives its hours or closes it; None where it does not say.
        all_year: whether it says that no public holiday closes (`연중무휴`).
    """

    days: tuple[Day, ...]
    holiday: Day | None = None
    all_year: bool = False


def parse_week(text: str) -> Week:
    """Read opening hours.

    Times without a day are for the days of the times before, and for every day where there are none. A day that is in two groups has the times of the narrower
    one (`매일 09:00-18:00, 토 10:00-14:00`). A break belongs to the times before it, unless it names days. Times may pass midnight (`18:00-02:00`) and belong to
    the day on which they begin. Nothing is guessed: `9시-6시` is refused, for six may be in the evening or in the morning.

    Raises:
        ValueError: a Korean sentence that names what cannot be used and shows the right form.

    >>> week = parse_week("평일 9시-18시, 토 10:00~14:00")
    >>> week.days[4], week.days[5].openings, week.days[6].openings
    (Day(openings=(Span(start=540, end=1080),), breaks=()), (Span(start=600, end=840),), ())
    """
    found = list(pieces(text))
    groups, cuts = _read(_clauses(_asides_last(found)))
    plans = [_plan(number, groups, cuts) for number in range(HOLIDAY + 1)]
    for cut in cuts:
        if not any(cut in plan.cuts and _without(plan.spans, [cut]) != list(plan.spans) for plan in plans):
            raise refusal(f"'{cut.text}': 쉬는 시간은 상담 시간 안에 있어야 합니다.")
    days = tuple(_day(plan) for plan in plans)
    if not any(day.openings for day in days[:HOLIDAY]):
        raise refusal("상담하는 요일과 시각이 없습니다.")
    says_holiday = any(HOLIDAY in group.days for group in groups)
    return Week(days[:HOLIDAY], days[HOLIDAY] if says_holiday else None, all_year=Mark.ALL_YEAR in found)


# Pieces → clauses: what stands between two commas, or begins with another day.


@dataclass(frozen=True)
class _Clause:
    days: Days = frozenset()
    ranges: tuple[Range, ...] = ()
    pause: Pause | None = None
    closed: bool = False


def _asides_last(found: Sequence[Piece]) -> list[Piece]:
    """`월-금 (공휴일 제외) 09:00-18:00` closes the holiday, not Monday: what is closed in brackets goes to the end."""
    kept: list[Piece] = []
    closing: list[Piece] = []
    at = 0
    while at < len(found):
        end = found.index(Mark.ASIDE_ENDS, at) + 1 if found[at] is Mark.ASIDE and Mark.ASIDE_ENDS in found[at:] else at + 1
        inside = found[at:end]
        closes = Mark.CLOSED in inside[:-1] and not any(isinstance(piece, Range) for piece in inside)
        (closing if closes else kept).extend([Mark.STOP, *inside] if closes else inside)
        at = end
    return kept + closing


def _clauses(found: Sequence[Piece]) -> Iterator[_Clause]:
    clause = _Clause()
    for piece, following in zip_longest(found, found[1:]):
        if _begins(clause, piece, following):
            yield clause
            clause = _Clause()
        clause = _with(clause, piece)
    yield clause


def _begins(clause: _Clause, piece: Piece, following: Piece | None) -> bool:
    """Whether a piece begins a clause of its own, if one may be under way."""
    if isinstance(piece, frozenset):
        return bool(clause.ranges) or (clause.closed and bool(clause.days))
    if isinstance(piece, Pause):  # `월-금 09:00-18:00 점심 12:00-13:00`, but `12:00-13:00 점심시간`
        return clause.closed or (bool(clause.ranges) and (bool(clause.days) or following is Mark.ASIDE or isinstance(following, Range)))
    if isinstance(piece, Range):
        return clause.closed
    if piece is Mark.CLOSED:
        return bool(clause.days and clause.ranges) and clause.pause is None
    return piece in (Mark.STOP, Mark.ASIDE, Mark.ASIDE_ENDS)


def _with(clause: _Clause, piece: Piece) -> _Clause:
    if isinstance(piece, frozenset):
        return replace(clause, days=clause.days | piece)
    if isinstance(piece, Pause):
        return replace(clause, pause=piece)
    if isinstance(piece, Range):
        return replace(clause, ranges=(*clause.ranges, piece))
    return replace(clause, closed=clause.closed or piece is Mark.CLOSED)


# Clauses → groups of days with the same times, and cuts, which are breaks before they meet a day.


@dataclass(frozen=True)
class _Group:
    """Days and their times; none where they are closed."""

    days: Days
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class _Cut:
    """A break as written.

    Attributes:
        days: those it names; empty where it belongs to the groups before it.
        after: how many groups stand before it.
    """

    span: Span
    pause: Pause
    text: str
    days: Days
    after: int


def _read(clauses: Iterable[_Clause]) -> tuple[list[_Group], list[_Cut]]:
    groups: list[_Group] = []
    cuts: list[_Cut] = []
    days, pause, latest = Days(), None, EVERY_DAY
    for clause in clauses:
        days, pause = days | clause.days, clause.pause or pause
        if clause.ranges and (pause or clause.closed):
            cuts += [_Cut(_break_span(written), pause or Pause.REST, written.text, days, len(groups)) for written in clause.ranges]
        elif clause.ranges:
            groups.append(_Group(days or latest, tuple(map(_span, clause.ranges))))
        elif clause.closed and days and not pause:
            groups.append(_Group(days))
        elif clause.closed:
            raise refusal("쉬는 시간은 시각을, 휴무는 요일을 함께 적어야 합니다.")
        else:
            continue  # days, or the name of a break, whose times come next
        latest = days if clause.ranges and days else latest
        days, pause = Days(), None
    if days or pause:
        raise refusal(f"{f'{_names(days)!r}' if days else '쉬는 시간'} 뒤에 시각이 없습니다.")
    return groups, cuts


def _names(days: Days) -> str:
    return "·".join(DAY_NAMES[number] for number in sorted(days))


def _span(written: Range) -> Span:
    """Minutes of times.

    Raises:
        ValueError: times that may be read in two ways, or have no length.
    """
    start, end = written.start.minutes % _DAY, written.end.minutes
    if written.start.minutes == end:
        raise refusal(f"'{written.text}': 시작과 끝이 같습니다. 하루 종일이면 \"24시간\"으로 적으세요.")
    afternoon_too = written.end.loose and end <= start < end + _HALF_DAY
    if afternoon_too and written.start.marked and start >= _HALF_DAY:
        return Span(start, end + _HALF_DAY)  # `오후 1시-5시`
    if afternoon_too or (written.start.loose and start < _EARLY):
        raise refusal(f"'{written.text}': 오전인지 오후인지 알 수 없습니다. 오후 6시는 \"18:00\"으로 적으세요.")
    return Span(start, end if end > start else end + _DAY)


def _break_span(written: Range) -> Span:
    """Minutes of a break, which is never half a day long: `점심 12시-1시` ends at 13:00, `점심 1시-2시` begins then."""
    start, end = written.start.minutes % _DAY, written.end.minutes
    if written.start.minutes == end:
        raise refusal(f"'{written.text}': 시작과 끝이 같습니다.")
    if written.start.loose and start < _EARLY:
        start += _HALF_DAY
    if not written.end.marked and end <= start < end + _HALF_DAY:
        end += _HALF_DAY
    return Span(start, end if end > start else end + _DAY)


# Groups → days.


@dataclass(frozen=True)
class _Plan:
    spans: tuple[Span, ...]
    cuts: tuple[_Cut, ...]


def _plan(number: int, groups: Sequence[_Group], cuts: Sequence[_Cut]) -> _Plan:
    """Times and breaks of a day.

    Raises:
        ValueError: two groups hold the day and neither is part of the other, or their times do not fit together.
    """
    beside = frozenset() if number == HOLIDAY else frozenset({HOLIDAY})  # `매일 09:00-18:00, 일·공휴일 휴무`: Sunday is a part of every day
    holding = {group: group.days - beside for group in groups if number in group.days}
    if not holding:
        return _Plan((), ())
    narrowest = min(holding.values(), key=len)
    chosen = [group for group, days in holding.items() if days == narrowest]
    spans = sorted(span for group in chosen for span in group.spans)
    closed_too = spans and not all(group.spans for group in chosen)
    if closed_too or not all(narrowest <= days for days in holding.values()) or any(before.end > after.start for before, after in pairwise(spans)):
        raise refusal(f"'{DAY_NAMES[number]}': 시간이 서로 다르게 두 번 적혀 있거나 겹칩니다.")
    own = [cut for cut in cuts if (number in cut.days if cut.days else not cut.after or any(group in chosen for group in groups[: cut.after]))]
    return _Plan(tuple(spans), tuple(own))


def _day(plan: _Plan) -> Day:
    openings = _without(plan.spans, plan.cuts)
    if plan.spans and not openings:
        raise refusal(f"'{plan.cuts[0].text}': 쉬는 시간이 상담 시간을 모두 덮습니다.")
    starts, ends = {span.start for span in openings}, {span.end for span in openings}
    breaks = [Break(span, cut.pause) for cut in plan.cuts for span in _moments(cut) if span.start in ends and span.end in starts]
    return Day(tuple(openings), tuple(breaks))


def _moments(cut: _Cut) -> tuple[Span, Span]:
    """A break of times that pass midnight may be before or after it."""
    return cut.span, Span(cut.span.start + _DAY, cut.span.end + _DAY)


def _without(spans: Iterable[Span], cuts: Iterable[_Cut]) -> list[Span]:
    left = list(spans)
    for gap in (moment for cut in cuts for moment in _moments(cut)):
        parts = [part for span in left for part in ((span.start, min(span.end, gap.start)), (max(span.start, gap.end), span.end))]
        left = [Span(start, end) for start, end in parts if start < end]
    return left
