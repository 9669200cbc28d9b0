"""The words of opening hours: what an operator writes → days, ranges of time, breaks. Standard library only."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

#: How opening hours are written, as messages show it.
EXAMPLE = "월-금 09:00-18:00, 점심 12:00-13:00"

#: Numbers of days: Monday is 0, Sunday 6, a public holiday 7.
Days = frozenset[int]
DAY_NAMES = ("월", "화", "수", "목", "금", "토", "일", "공휴일")
HOLIDAY = 7
EVERY_DAY: Days = frozenset(range(HOLIDAY))
_NAMED: dict[str, Days] = {"평일": frozenset(range(5)), "주중": frozenset(range(5)), "주말": frozenset({5, 6}), "매일": EVERY_DAY}


class Pause(StrEnum):
    """What a break is for."""

    LUNCH = "lunch"
    REST = "rest"


class Mark(Enum):
    """A word that is neither day, time nor break."""

    TO = "to"
    STOP = "stop"
    ASIDE = "aside"
    ASIDE_ENDS = "aside ends"
    CLOSED = "closed"
    ALL_YEAR = "all year"


@dataclass(frozen=True)
class Clock:
    """A moment of the day as written.

    Attributes:
        minutes: since midnight, 0..1440, read as a 24-hour clock where nothing says which half of the day it is.
        marked: whether it says so (`오후 6시`).
        loose: whether it may mean twelve hours later: `6시` and `6:00` may, `06:00` and `18시` may not.
    """

    minutes: int
    marked: bool = True
    loose: bool = False


@dataclass(frozen=True)
class Range:
    """From one moment to another, as written."""

    start: Clock
    end: Clock
    text: str


#: What a text is made of.
Piece = Range | Days | Pause | Mark

_ALL_DAY = Range(Clock(0), Clock(1440), "24시간")

_TOKEN = re.compile(
    r"""
    (?P<all_day> 24\s*시간 | (?:하루\s*)?종일 )
  | (?P<all_year> 연중\s*무휴 | 365\s*일 )
  | (?P<clock> 정오 | 자정
      | (?: (?P<before>오전|오후|새벽|아침|낮|저녁|밤|[ap]m) \s* )?
        (?<!\d) (?P<hour>\d{1,2}) (?!\d)
        (?: \s*:\s*(?P<minute>\d\d)(?!\d) | \s*시(?!간) (?: \s*(?P<minutes>\d{1,2})\s*분 | \s*(?P<half>반) )? | (?!\s*[:월일년주회]) )
        (?: \s*(?P<after>[ap]m)\b )? )
  | (?P<holiday> (?:법정\s*)?공휴일 )
  | (?P<named> 평일 | 주중 | 주말 | 매일 )
  | (?P<lunch> 점심 (?:\s*시간)? )
  | (?P<rest> (?:휴게|휴식|쉬는|브레이크) \s* (?:시간|타임)? )
  | (?P<closed> (?:정기\s*)?휴무일? | 휴업 | 쉽니다 | 쉬어요 | 쉼 | 제외 )
  | (?P<to> - | 부터 | 에서 )
  | (?P<aside> [(\[] )
  | (?P<aside_ends> [)\]] )
  | (?P<stop> [,;/|·.&+\n] | 및 | 과 | 와 )
  | (?P<day> [월화수목금토일] (?:요일)? )
  | (?P<filler> [^\S\n]+ | : | 까지 | 에는 | 은 | 는 | 매주 | (?:상담|운영|영업|업무|이용) (?:\s*시간)? | 고객센터 | 가능 | 입니다 | 합니다 )
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Dashes and dots as keyboards and documents have them; ᆞ is what NFKC makes of ㆍ.
_LOOKALIKES = str.maketrans(dict.fromkeys("‐‑‒–—―−~〜∼", "-") | dict.fromkeys("ᆞ•‧∙", "·"))
_MORNING = frozenset({"오전", "새벽", "아침", "am"})


def refusal(what: str) -> ValueError:
    """An error that says what is wrong, as a sentence, and shows the right form."""
    return ValueError(f'{what} 이렇게 적으세요: "{EXAMPLE}"')


def pieces(text: str) -> Iterator[Piece]:
    """What the text is made of, in its order; ranges are put together. "" has nothing.

    Raises:
        ValueError: a word that is none of ours, a moment that no clock shows, half a range.

    >>> [sorted(days) for days in pieces("토·일, 월~수") if isinstance(days, frozenset)]
    [[5], [6], [0, 1, 2]]
    """
    words = list(_words(text))
    at = 0
    while at < len(words):
        piece, length = _piece(words[at : at + 3])
        yield piece
        at += length


def _piece(ahead: Sequence[tuple[Clock | Piece, str]]) -> tuple[Piece, int]:
    """The piece with which the words begin, and how many of them it takes."""
    match ahead:
        case [(Clock() as start, first), (Mark.TO, _), (Clock() as end, last)]:
            return Range(start, end, f"{first}-{last}"), 3
        case [(frozenset() as first_day, _), (Mark.TO, _), (frozenset() as last_day, _)] if len(first_day) == len(last_day) == 1:
            return _days_between(*first_day, *last_day), 3
    piece, written = ahead[0]
    if isinstance(piece, Clock):
        raise refusal(f"'{written}': 시작과 끝 시각을 함께 적어야 합니다.")
    if piece is Mark.TO:
        raise refusal(f"'{written}': 앞뒤에 요일이나 시각이 하나씩 있어야 합니다.")
    return piece, 1


def _days_between(first: int, last: int) -> Days:
    if HOLIDAY in (first, last):
        raise refusal("'공휴일': 요일의 범위에 넣을 수 없습니다.")
    return frozenset((first + step) % HOLIDAY for step in range((last - first) % HOLIDAY + 1))


def _words(text: str) -> Iterator[tuple[Clock | Piece, str]]:
    """Meaning and wording of each word but fillers."""
    normalized = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES).strip()
    at = 0
    while at < len(normalized):
        match = _TOKEN.match(normalized, at)
        if match is None:
            unknown = re.split(r"[\s,)]", normalized[at:], maxsplit=1)[0] or normalized[at]
            raise refusal(f"'{unknown}': 알 수 없는 말입니다.")
        at = match.end()
        if match.lastgroup != "filler":
            yield _MEANING[match.lastgroup or ""](match), match.group()


def _clock(match: re.Match[str]) -> Clock:
    if match["hour"] is None:
        return Clock(720 if match.group() == "정오" else 0)
    hour, minute = int(match["hour"]), 30 if match["half"] else int(match["minute"] or match["minutes"] or 0)
    mark = (match["before"] or match["after"] or "").lower()
    if hour > 24 or minute > 59 or (hour == 24 and minute) or (mark in _MORNING and hour > 12):
        raise refusal(f"'{match.group()}': 없는 시각입니다.")
    as_24_hours = match["minute"] is not None and len(match["hour"]) == 2
    return Clock(_hour(hour, mark) * 60 + minute, marked=bool(mark), loose=not mark and 1 <= hour <= 12 and not as_24_hours)


def _hour(hour: int, mark: str) -> int:
    """The hour of the day, 0..24; `밤 12시` is the midnight before, and after a range's start that is the one after."""
    if mark in _MORNING:
        return hour % 12
    if mark == "밤":
        return hour % 12 if hour == 12 or hour < 6 else hour % 12 + 12
    if mark == "낮":
        return hour + 12 if hour < 7 else hour
    return hour + 12 if mark and hour < 12 else hour


_MEANING: dict[str, Callable[[re.Match[str]], Clock | Piece]] = {
    "all_day": lambda _: _ALL_DAY,
    "all_year": lambda _: Mark.ALL_YEAR,
    "clock": _clock,
    "holiday": lambda _: frozenset({HOLIDAY}),
    "named": lambda match: _NAMED[match.group()],
    "lunch": lambda _: Pause.LUNCH,
    "rest": lambda _: Pause.REST,
    "closed": lambda _: Mark.CLOSED,
    "to": lambda _: Mark.TO,
    "aside": lambda _: Mark.ASIDE,
    "aside_ends": lambda _: Mark.ASIDE_ENDS,
    "stop": lambda _: Mark.STOP,
    "day": lambda match: frozenset({DAY_NAMES.index(match.group()[0])}),
}
