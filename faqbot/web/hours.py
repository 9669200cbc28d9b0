"""Opening hours of a help centre: whether somebody answers now, when next, and by which day an inquiry is answered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from holidays import country_holidays

from faqbot.web.week import Day, Span, Week, parse_week
from faqbot.web.week_words import Pause

Language = Literal["ko", "en"]

SEOUL = "Asia/Seoul"
_ONE_DAY = timedelta(days=1)
#: Days that are looked at for the next opening; beyond them there is none.
_HORIZON = 366


@dataclass(frozen=True)
class Hours:
    """A week of openings in a time zone, and the days on which it does not hold.

    Attributes:
        week: the openings.
        zone: where they are meant; an opening that the clock of a time change skips begins as much later.
        closed_on_holidays: whether public holidays of South Korea are closed; what the week says of them goes before.
        closed_days: further days without openings. An opening belongs to the day on which it begins.
    """

    week: Week
    zone: ZoneInfo
    closed_on_holidays: bool = True
    closed_days: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether somebody answers at that moment, which must have a time zone; the minute of closing is closed."""
        return any(start <= at < end for start, end in self._around(at))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment, in the zone, from `at` on at which somebody answers: `at` itself where that is now, None where it is not within a year."""
        today = self._local(at).date()
        for days in range(-1, _HORIZON):
            day = today + days * _ONE_DAY
            if any(at < end for _, end in self._openings(day)):
                near = (*self._openings(day), *self._openings(day + _ONE_DAY))  # where a clock skips midnight, the next day may open before the night does
                return self._local(min(max(start, at) for start, end in near if at < end))
        return None

    def expected_day(self, at: datetime, business_days: int) -> date:
        """The day until which an inquiry that comes at `at` is answered.

        The day on which it comes does not count. Days count on which there are openings, but no Saturday, Sunday or public holiday; where all openings are at
        the weekend, those days count.

        Args:
            at: when it comes.
            business_days: from 1; how many days count.
        """
        at_weekends_only = not any(day.openings for day in self.week.days[:5])
        day, left = self._local(at).date(), business_days
        while left > 0:
            day += _ONE_DAY
            if (at_weekends_only or day.weekday() < 5) and self._plan(day).openings and not public_holiday(day):
                left -= 1
        return day

    def describe(self, at: datetime, lang: Language = "ko") -> str:
        """One or two sentences for a visitor: open, or why not and from when."""
        say = _SENTENCES[lang]
        if self.is_open(at):
            return say["open"]
        for pause, end in self._pauses(at):
            return say[pause].format(time=f"{end:%H:%M}")
        today, opening = self._local(at).date(), self.next_opening(at)
        closed = self._why_closed(today, lang)
        if opening is None:
            return closed
        when = day_text(opening.date(), today, lang)
        return f"{closed}. {say['opens'].format(day=when, time=f'{opening:%H:%M}')}"

    def expected_text(self, at: datetime, business_days: int, lang: Language = "ko") -> str:
        """One sentence that promises the answer to an inquiry."""
        day = self.expected_day(at, business_days)
        return _SENTENCES[lang]["expected"].format(day=day_text(day, self._local(at).date(), lang))

    def _why_closed(self, today: date, lang: Language) -> str:
        """A sentence without its full stop. A holiday or closed day is the reason only where the weekday would have been open."""
        say = _SENTENCES[lang]
        if self._plan(today).openings or not self.week.days[today.weekday()].openings:
            return say["closed"]
        holiday = public_holiday(today, lang)
        return say["holiday"].format(name=holiday) if holiday else say["closed_day"]

    def _plan(self, day: date) -> Day:
        """What begins on a day of the calendar."""
        usual = self.week.days[day.weekday()]
        if day in self.closed_days:
            return Day()
        if public_holiday(day) is None:
            return usual
        if self.week.holiday is not None:
            return self.week.holiday
        return Day() if self.closed_on_holidays and not self.week.all_year else usual

    def _openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Start and end of what begins on a day; a time change may skip it."""
        moments = (self._moments(day, span) for span in self._plan(day).openings)
        return ((start, end) for start, end in moments if start < end)

    def _around(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings of the day before, which may pass midnight, and of the day."""
        today = self._local(at).date()
        yield from self._openings(today - _ONE_DAY)
        yield from self._openings(today)

    def _pauses(self, at: datetime) -> Iterator[tuple[Pause, datetime]]:
        """The break at that moment, if it is one, with its end in the zone."""
        today = self._local(at).date()
        for day in (today - _ONE_DAY, today):
            for gap in self._plan(day).breaks:
                start, end = self._moments(day, gap.span)
                if start <= at < end:
                    yield gap.pause, self._local(end)

    def _moments(self, day: date, span: Span) -> tuple[datetime, datetime]:
        """In UTC, for moments of one zone are compared by their clocks, which a time change turns back."""
        midnight = datetime.combine(day, time(), self.zone)
        return (midnight + timedelta(minutes=span.start)).astimezone(UTC), (midnight + timedelta(minutes=span.end)).astimezone(UTC)

    def _local(self, at: datetime) -> datetime:
        """The same moment in the zone.

        Raises:
            ValueError: the moment has no time zone.
        """
        if at.utcoffset() is None:
            raise ValueError(f"a moment needs a time zone: {at!r}")
        return at.astimezone(self.zone)


def parse_hours(text: str, *, timezone: str = SEOUL, closed_on_holidays: bool = True, closed_days: Iterable[date] = ()) -> Hours:
    """Opening hours as an operator writes them, in the calendar they hold in.

    Raises:
        ValueError: a Korean sentence that names what cannot be used and shows the right form.

    >>> hours = parse_hours("월-금 09:00-18:00, 점심 12:00-13:00")
    >>> hours.describe(datetime(2026, 9, 25, 1, 0, tzinfo=UTC))
    '오늘은 공휴일(추석)이라 쉬어요. 9월 28일(월) 09:00에 열어요'
    """
    return Hours(parse_week(text), ZoneInfo(timezone), closed_on_holidays, frozenset(closed_days))


# Public holidays of South Korea.

_LIBRARY_LANGUAGE: dict[Language, str] = {"ko": "ko", "en": "en_US"}
#: Names of the law → names that people use, and whole days of a feast by one name.
_KOREAN_NAMES = (
    ("신정연휴", "신정"),
    ("기독탄신일", "성탄절"),
    ("설날 전날", "설 연휴"),
    ("설날 다음날", "설 연휴"),
    ("추석 전날", "추석 연휴"),
    ("추석 다음날", "추석 연휴"),
    ("대체 휴일", "대체공휴일"),
)


def public_holiday(day: date, lang: Language = "ko") -> str | None:
    """The name of the public holiday, substitute and election days included; None where the day is none.

    >>> public_holiday(date(2026, 8, 17)), public_holiday(date(2026, 8, 18))
    ('광복절 대체공휴일', None)
    """
    return _public_holidays(day.year, lang).get(day)


@cache
def _public_holidays(year: int, lang: Language) -> Mapping[date, str]:
    """Of one year, made once and never changed: the library's own mapping grows while it is read, which threads must not see."""
    found = country_holidays("KR", years=year, expand=False, language=_LIBRARY_LANGUAGE[lang])
    return MappingProxyType({day: _plain(name) for day, name in found.items()})


def _plain(name: str) -> str:
    for official, plain in _KOREAN_NAMES:
        name = name.replace(official, plain)
    return name.replace("; ", "·")


# Sentences.


def language(tag: str) -> Language:
    """The language of our sentences for whoever reads a language: English for English, Korean for any other.

    >>> language("en-US"), language("ko"), language("ja")
    ('en', 'ko', 'ko')
    """
    return "en" if tag.casefold().split("-")[0] == "en" else "ko"


_SENTENCES: dict[Language, dict[str, str]] = {
    "ko": {
        "open": "지금 상담할 수 있어요",
        Pause.LUNCH: "지금은 점심시간이에요. {time}부터 상담해요",
        Pause.REST: "지금은 쉬는 시간이에요. {time}부터 상담해요",
        "closed": "지금은 상담 시간이 아니에요",
        "holiday": "오늘은 공휴일({name})이라 쉬어요",
        "closed_day": "오늘은 쉬는 날이에요",
        "opens": "{day} {time}에 열어요",
        "expected": "{day}까지 답변해 드려요",
    },
    "en": {
        "open": "We are open now",
        Pause.LUNCH: "We are at lunch and back at {time}",
        Pause.REST: "We are on a break and back at {time}",
        "closed": "We are closed now",
        "holiday": "We are closed today for a public holiday ({name})",
        "closed_day": "We are closed today",
        "opens": "We open {day} at {time}",
        "expected": "We will answer by {day}",
    },
}
KOREAN_DAYS = "월화수목금토일"
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ENGLISH_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def day_text(day: date, today: date, lang: Language = "ko") -> str:
    """A day as one says it today; the year is named where it is another.

    >>> [day_text(day, date(2026, 12, 31)) for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 4))]
    ['오늘', '내일(금)', '2027년 1월 4일(월)']
    """
    other_year = day.year != today.year
    if lang == "en":
        name = _ENGLISH_DAYS[day.weekday()]
        near = {0: "today", 1: f"tomorrow ({name})"}
        far = f"{name}, {day.day} {_ENGLISH_MONTHS[day.month - 1]}" + (f" {day.year}" if other_year else "")
    else:
        name = KOREAN_DAYS[day.weekday()]
        near = {0: "오늘", 1: f"내일({name})"}
        far = (f"{day.year}년 " if other_year else "") + f"{day.month}월 {day.day}일({name})"
    return near.get((day - today).days, far)
