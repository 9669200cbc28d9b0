"""Opening hours: what an operator writes is read or refused, never guessed; a visitor is told the truth about now."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.web.hours import SEOUL, Hours, day_text, parse_hours, public_holiday
from faqbot.web.week import Day, Span, parse_week
from faqbot.web.week_words import DAY_NAMES, EXAMPLE

OFFICE = "월-금 09:00-18:00, 점심 12:00-13:00"
RIGHT_FORM = f'이렇게 적으세요: "{EXAMPLE}"'


def seoul(*moment: int) -> datetime:
    """A moment by the clock of Seoul."""
    return datetime(*moment, tzinfo=ZoneInfo(SEOUL))


def shown(text: str) -> str:
    """A week as one line: days with the same openings together, closed ones left out, `공휴일` where the text speaks of it."""
    week = parse_week(text)
    days: dict[Day, list[str]] = {}
    for name, day in zip(DAY_NAMES, (*week.days, week.holiday), strict=True):
        if day is not None and (day.openings or name == "공휴일"):
            days.setdefault(day, []).append(name)
    return " ".join("".join(names) + "=" + (",".join(map(clock, day.openings)) or "휴무") for day, names in days.items())


def clock(span: Span) -> str:
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (span.start, span.end))


READ = {
    "월-금 09:00-18:00, 점심 12:00-13:00": "월화수목금=09:00-12:00,13:00-18:00",
    "평일 9시-18시, 토 10:00~14:00": "월화수목금=09:00-18:00 토=10:00-14:00",
    "매일 09:00-22:00": "월화수목금토일=09:00-22:00",
    "09:00-22:00": "월화수목금토일=09:00-22:00",
    "24시간": "월화수목금토일=00:00-24:00",
    "평일 24시간, 주말 00:00-24:00": "월화수목금토일=00:00-24:00",
    "18:00-02:00": "월화수목금토일=18:00-26:00",
    "금 18:00-자정": "금=18:00-24:00",
    "토 자정-정오": "토=00:00-12:00",
    "월,수,금 9-18": "월수금=09:00-18:00",
    "월수금 09:00-18:00, 화·목 13:00-20:00": "월수금=09:00-18:00 화목=13:00-20:00",
    "토~월 10:00-20:00": "월토일=10:00-20:00",
    "월요일부터 금요일까지 오전 9시부터 오후 6시까지": "월화수목금=09:00-18:00",
    "평일 오전 9시 30분 ~ 오후 5시반": "월화수목금=09:30-17:30",
    "평일 9:00 am - 6:00 PM": "월화수목금=09:00-18:00",
    "주말 오후 1시-5시": "토일=13:00-17:00",
    "토 낮 12시-저녁 8시": "토=12:00-20:00",
    "토 밤 10시-새벽 6시": "토=22:00-30:00",
    "토 18시-2시": "토=18:00-26:00",
    "토 20시-13시": "토=20:00-37:00",
    "토 9:00-0:00": "토=09:00-24:00",
    "금 저녁 6시-밤 12시, 토 밤 12시-밤 2시": "금=18:00-24:00 토=00:00-02:00",
    "월–금 09:00～18:00": "월화수목금=09:00-18:00",
    "평일　０９：００－１８：００": "월화수목금=09:00-18:00",
    "운영시간 : 평일 10:00 ~ 17:00 (점심시간 12:30 ~ 13:30)": "월화수목금=10:00-12:30,13:30-17:00",
    "평일 09:00-18:00\n토 10:00-14:00": "월화수목금=09:00-18:00 토=10:00-14:00",
    "평일 09:00-18:00 토 10:00-14:00": "월화수목금=09:00-18:00 토=10:00-14:00",
    "평일 09:00-12:00, 13:00-18:00": "월화수목금=09:00-12:00,13:00-18:00",
    "평일 09:00-12:00 13:00-18:00": "월화수목금=09:00-12:00,13:00-18:00",
    "월 09:00-12:00, 월 13:00-18:00": "월=09:00-12:00,13:00-18:00",
    "매일 09:00-18:00, 토 10:00-14:00": "월화수목금일=09:00-18:00 토=10:00-14:00",
    "토 10:00-14:00, 매일 09:00-18:00": "월화수목금일=09:00-18:00 토=10:00-14:00",
    "매일 09:00-18:00, 일 휴무": "월화수목금토=09:00-18:00",
    "정기휴무: 일요일, 09:00-18:00": "월화수목금토=09:00-18:00",
    "월-금 09:00-18:00 휴무: 금요일": "월화수목=09:00-18:00",
    "매일 09:00-18:00, 일 휴무 토 10:00-14:00": "월화수목금=09:00-18:00 토=10:00-14:00",
    "일요일 휴무 09:00-18:00": "월화수목금토=09:00-18:00",
    "평일 09:00-18:00, 주말 및 공휴일은 휴무입니다": "월화수목금=09:00-18:00 공휴일=휴무",
    "09:00-18:00 (토, 일, 공휴일 휴무)": "월화수목금=09:00-18:00 공휴일=휴무",
    "월-금 (공휴일 제외) 09:00-18:00": "월화수목금=09:00-18:00 공휴일=휴무",
    "평일 09:00-18:00, 주말·공휴일 10:00-17:00": "월화수목금=09:00-18:00 토일공휴일=10:00-17:00",
    "주말·공휴일 10:00-17:00, 공휴일 휴무": "토일=10:00-17:00 공휴일=휴무",
}


@pytest.mark.parametrize(("text", "week"), READ.items())
def test_hours_are_read_as_operators_write_them(text: str, week: str) -> None:
    assert shown(text) == week


BREAKS = {
    "평일 09:00-18:00 점심 12:00-13:00": "월화수목금=09:00-12:00,13:00-18:00",
    "평일 09:00-18:00 점심시간 (12:00-13:00)": "월화수목금=09:00-12:00,13:00-18:00",
    "09:00-18:00 점심시간 (12:00-13:00)": "월화수목금토일=09:00-12:00,13:00-18:00",
    "평일 09:00-18:00 (12:00-13:00 점심시간 제외)": "월화수목금=09:00-12:00,13:00-18:00",
    "평일 09:00-18:00 (12:00-13:00 제외)": "월화수목금=09:00-12:00,13:00-18:00",
    "점심 12:00-13:00, 평일 09:00-18:00": "월화수목금=09:00-12:00,13:00-18:00",
    "평일 09:00-18:00, 점심 12시~1시": "월화수목금=09:00-12:00,13:00-18:00",
    "평일 09:00-18:00, 점심 12:00-01:00": "월화수목금=09:00-12:00,13:00-18:00",
    "평일 09:00-18:00, 점심 1시-2시": "월화수목금=09:00-13:00,14:00-18:00",
    "평일 09:00-18:00, 점심 12:00-13:00, 휴게 15:00-15:10": "월화수목금=09:00-12:00,13:00-15:00,15:10-18:00",
    "월 18:00-02:00, 휴게 00:00-00:30": "월=18:00-24:00,24:30-26:00",
    "월 18:00-02:00, 휴게 23:30-00:30": "월=18:00-23:30,24:30-26:00",
    "매일 09:00-18:00 일 휴무 점심 12:00-13:00": "월화수목금토=09:00-12:00,13:00-18:00",
    # it belongs to the times before it …
    "평일 09:00-18:00, 점심 12:00-13:00, 토 10:00-14:00": "월화수목금=09:00-12:00,13:00-18:00 토=10:00-14:00",
    "평일 09:00-18:00, 토 10:00-14:00, 점심 12:00-13:00": "월화수목금=09:00-12:00,13:00-18:00 토=10:00-12:00,13:00-14:00",
    # … unless it names days
    "매일 09:00-18:00, 평일 점심 12:00-13:00": "월화수목금=09:00-12:00,13:00-18:00 토일=09:00-18:00",
    "점심(평일) 12:00-13:00, 매일 09:00-18:00": "월화수목금=09:00-12:00,13:00-18:00 토일=09:00-18:00",
    "월-금 (점심 12:00-13:00, 공휴일 제외) 09:00-18:00": "월화수목금=09:00-12:00,13:00-18:00 공휴일=휴무",
}


@pytest.mark.parametrize(("text", "week"), BREAKS.items())
def test_a_break_is_taken_out_of_the_times_it_belongs_to(text: str, week: str) -> None:
    assert shown(text) == week


REFUSED = {
    "": "상담하는 요일과 시각이 없습니다.",
    " \n": "상담하는 요일과 시각이 없습니다.",
    "연중무휴": "상담하는 요일과 시각이 없습니다.",
    "매일 휴무": "상담하는 요일과 시각이 없습니다.",
    "공휴일 10:00-12:00": "상담하는 요일과 시각이 없습니다.",
    "월-금": "'월·화·수·목·금' 뒤에 시각이 없습니다.",
    "월-금 09:00-18:00, 토": "'토' 뒤에 시각이 없습니다.",
    "월-금 09:00-18:00, 점심": "쉬는 시간 뒤에 시각이 없습니다.",
    "월-금 09:00-18:00, 휴무": "쉬는 시간은 시각을, 휴무는 요일을 함께 적어야 합니다.",
    "월-금 09:00-18:00 (점심시간 제외)": "쉬는 시간은 시각을, 휴무는 요일을 함께 적어야 합니다.",
    "월-금 09:00": "'09:00': 시작과 끝 시각을 함께 적어야 합니다.",
    "월-금 09:00-": "'09:00': 시작과 끝 시각을 함께 적어야 합니다.",
    "월-금-토 10:00-12:00": "'-': 앞뒤에 요일이나 시각이 하나씩 있어야 합니다.",
    "평일-토 10:00-12:00": "'-': 앞뒤에 요일이나 시각이 하나씩 있어야 합니다.",
    "월-공휴일 10:00-12:00": "'공휴일': 요일의 범위에 넣을 수 없습니다.",
    "25:00-26:00": "'25:00': 없는 시각입니다.",
    "09:00-18:60": "'18:60': 없는 시각입니다.",
    "09:00-24:30": "'24:30': 없는 시각입니다.",
    "오전 13시-18시": "'오전 13시': 없는 시각입니다.",
    "09:00-09:00": "'09:00-09:00': 시작과 끝이 같습니다. 하루 종일이면 \"24시간\"으로 적으세요.",
    "월 09:00-18:00, 점심 12:00-12:00": "'12:00-12:00': 시작과 끝이 같습니다.",
    "월 09:00-18:00, 점심 19:00-20:00": "'19:00-20:00': 쉬는 시간은 상담 시간 안에 있어야 합니다.",
    "월 09:00-18:00, 화 점심 12:00-13:00": "'12:00-13:00': 쉬는 시간은 상담 시간 안에 있어야 합니다.",
    "점심 12:00-13:00": "'12:00-13:00': 쉬는 시간은 상담 시간 안에 있어야 합니다.",
    "월 12:00-13:00, 점심 12:00-13:00": "'12:00-13:00': 쉬는 시간이 상담 시간을 모두 덮습니다.",
    "월-수 09:00-18:00, 수-금 10:00-18:00": "'수': 시간이 서로 다르게 두 번 적혀 있거나 겹칩니다.",
    "월 09:00-18:00, 월 휴무": "'월': 시간이 서로 다르게 두 번 적혀 있거나 겹칩니다.",
    "월 09:00-18:00, 17:00-20:00": "'월': 시간이 서로 다르게 두 번 적혀 있거나 겹칩니다.",
    "매주 첫째 토요일 09:00-13:00": "'첫째': 알 수 없는 말입니다.",
    "12월 25일 휴무": "'12월': 알 수 없는 말입니다.",
    "1588-0000": "'1588-0000': 알 수 없는 말입니다.",
    "평일 9:0-18:00": "'9:0-18:00': 알 수 없는 말입니다.",
    "Mon-Fri 09:00-18:00": "'Mon-Fri': 알 수 없는 말입니다.",
}


@pytest.mark.parametrize(("text", "complaint"), REFUSED.items())
def test_what_cannot_be_used_is_named_and_the_right_form_shown(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="이렇게 적으세요") as refusal:
        parse_hours(text)
    assert str(refusal.value) == f"{complaint} {RIGHT_FORM}"


@pytest.mark.parametrize("times", ["9시-6시", "오전 9시-6시", "9:00-6:00", "9-6", "12시-1시", "13시-5시", "1시-5시", "1:00-5:00"])
def test_times_that_may_be_morning_or_evening_are_refused(times: str) -> None:
    with pytest.raises(ValueError, match="이렇게 적으세요") as refusal:
        parse_hours(f"월-금 {times}")
    assert str(refusal.value) == f"'{times}': 오전인지 오후인지 알 수 없습니다. 오후 6시는 \"18:00\"으로 적으세요. {RIGHT_FORM}"


def test_the_right_form_is_right() -> None:
    assert shown(EXAMPLE) == "월화수목금=09:00-12:00,13:00-18:00"


@given(st.text(alphabet="월화금토일평매주말공휴점심무시분반오전후간09123:-~, ()·\n", max_size=40))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        days, refusal = parse_week(text).days, RIGHT_FORM
    except ValueError as error:
        days, refusal = (), str(error)
    assert refusal.endswith(RIGHT_FORM)
    for day in days:
        assert all(span.start < span.end for span in day.openings)
        assert all(before.end <= after.start for before, after in zip(day.openings, day.openings[1:], strict=False))


def test_a_long_text_is_refused_at_once() -> None:
    begun = time.process_time()
    for text in ("월," * 20_000, "9" * 40_000, " " * 40_000 + "?", "오전 " * 10_000):
        with pytest.raises(ValueError, match="이렇게 적으세요"):
            parse_hours(text)
    assert time.process_time() - begun < 5


# Now.


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (seoul(2026, 9, 21, 8, 59, 59), False),
        (seoul(2026, 9, 21, 9, 0), True),
        (seoul(2026, 9, 21, 11, 59, 59, 999_999), True),
        (seoul(2026, 9, 21, 12, 0), False),
        (seoul(2026, 9, 21, 12, 59, 59), False),
        (seoul(2026, 9, 21, 13, 0), True),
        (seoul(2026, 9, 21, 17, 59, 59), True),
        (seoul(2026, 9, 21, 18, 0), False),
        (seoul(2026, 9, 20, 10, 0), False),
        (datetime(2026, 9, 21, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 9, 20, 20, 0, tzinfo=ZoneInfo("America/New_York")), True),
    ],
)
def test_the_first_minute_is_open_and_the_minute_of_closing_is_not(at: datetime, is_open: bool) -> None:
    assert parse_hours(OFFICE).is_open(at) is is_open


def test_times_past_midnight_belong_to_the_day_they_begin_on() -> None:
    hours = parse_hours("금 18:00-02:00")
    assert [hours.is_open(seoul(2026, 9, 18, hour)) for hour in (1, 17, 18, 23)] == [False, False, True, True]
    assert [hours.is_open(seoul(2026, 9, 19, hour)) for hour in (0, 1, 2, 18)] == [True, True, False, False]


def test_a_night_that_ends_on_a_holiday_is_open_and_one_that_begins_on_it_is_not() -> None:
    hours = parse_hours("18:00-02:00")
    assert hours.is_open(seoul(2026, 10, 9, 1))  # 한글날, the night of the 8th
    assert not hours.is_open(seoul(2026, 10, 9, 19))
    assert not hours.is_open(seoul(2026, 10, 10, 1))


def test_24_hours_are_open_at_midnight() -> None:
    hours = parse_hours("24시간")
    assert all(hours.is_open(seoul(2026, 9, 21) + timedelta(minutes=minutes)) for minutes in range(-2, 3))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        parse_hours(OFFICE).is_open(datetime(2026, 9, 21, 9))  # noqa: DTZ001


# Holidays.

HOLIDAYS = {
    date(2026, 1, 1): "신정",
    date(2026, 2, 16): "설 연휴",
    date(2026, 2, 17): "설날",
    date(2026, 2, 18): "설 연휴",
    date(2026, 3, 1): "삼일절",
    date(2026, 3, 2): "삼일절 대체공휴일",
    date(2026, 5, 1): "노동절",
    date(2026, 5, 5): "어린이날",
    date(2026, 5, 24): "부처님오신날",
    date(2026, 5, 25): "부처님오신날 대체공휴일",
    date(2026, 6, 3): "지방선거일",
    date(2026, 6, 6): "현충일",
    date(2026, 7, 17): "제헌절",
    date(2026, 8, 15): "광복절",
    date(2026, 8, 17): "광복절 대체공휴일",
    date(2026, 9, 24): "추석 연휴",
    date(2026, 9, 25): "추석",
    date(2026, 9, 26): "추석 연휴",
    date(2026, 10, 3): "개천절",
    date(2026, 10, 5): "개천절 대체공휴일",
    date(2026, 10, 9): "한글날",
    date(2026, 12, 25): "성탄절",
    date(2027, 1, 1): "신정",
    date(2027, 2, 6): "설 연휴",
    date(2027, 2, 7): "설날",
    date(2027, 2, 8): "설 연휴",
    date(2027, 2, 9): "설날 대체공휴일",
    date(2027, 3, 1): "삼일절",
    date(2027, 5, 1): "노동절",
    date(2027, 5, 3): "노동절 대체공휴일",
    date(2027, 5, 5): "어린이날",
    date(2027, 5, 13): "부처님오신날",
    date(2027, 6, 6): "현충일",
    date(2027, 7, 17): "제헌절",
    date(2027, 7, 19): "제헌절 대체공휴일",
    date(2027, 8, 15): "광복절",
    date(2027, 8, 16): "광복절 대체공휴일",
    date(2027, 9, 14): "추석 연휴",
    date(2027, 9, 15): "추석",
    date(2027, 9, 16): "추석 연휴",
    date(2027, 10, 3): "개천절",
    date(2027, 10, 4): "개천절 대체공휴일",
    date(2027, 10, 9): "한글날",
    date(2027, 10, 11): "한글날 대체공휴일",
    date(2027, 12, 25): "성탄절",
    date(2027, 12, 27): "성탄절 대체공휴일",
}


def test_the_holidays_of_2026_and_2027_are_these_and_no_others() -> None:
    days = (date(2026, 1, 1) + timedelta(days=days) for days in range(2 * 365))
    assert {day: name for day in days if (name := public_holiday(day))} == HOLIDAYS


def test_two_holidays_on_a_day_are_both_named() -> None:
    assert public_holiday(date(2025, 5, 5)) == "부처님오신날·어린이날"


def test_days_of_general_elections_are_holidays() -> None:
    assert (public_holiday(date(2025, 6, 3)), public_holiday(date(2028, 4, 12))) == ("대통령 선거일", "국회의원 선거일")


@pytest.mark.parametrize("day", [day for day in HOLIDAYS if day.weekday() < 5])
def test_a_help_centre_is_closed_on_every_holiday(day: date) -> None:
    assert not parse_hours("24시간").is_open(seoul(day.year, day.month, day.day, 12))


def test_an_operator_may_open_on_holidays() -> None:
    at = seoul(2026, 9, 25, 10)
    assert parse_hours(OFFICE, closed_on_holidays=False).is_open(at)
    assert not parse_hours(OFFICE).is_open(at)


@pytest.mark.parametrize("text", ["연중무휴 24시간", "365일 24시간 운영", "24시간 연중무휴", "09:00-22:00, 연중무휴"])
def test_whoever_writes_that_no_day_is_off_is_open_on_holidays(text: str) -> None:
    assert parse_hours(text, closed_on_holidays=True).is_open(seoul(2026, 9, 25, 12))


def test_hours_written_for_holidays_go_before_the_setting() -> None:
    holiday, weekday = seoul(2026, 9, 25, 9, 30), seoul(2026, 9, 23, 9, 30)
    for closed_on_holidays in (True, False):
        later = parse_hours("평일 09:00-18:00, 주말·공휴일 10:00-17:00", closed_on_holidays=closed_on_holidays)
        assert (later.is_open(holiday), later.is_open(holiday + timedelta(hours=1)), later.is_open(weekday)) == (False, True, True)
        closed = parse_hours("평일 09:00-18:00, 공휴일 휴무", closed_on_holidays=closed_on_holidays)
        assert (closed.is_open(holiday), closed.is_open(weekday)) == (False, True)


def test_closed_days_are_closed_whatever_else_is_written() -> None:
    hours = parse_hours("연중무휴 24시간", closed_days=[date(2026, 9, 22), date(2026, 9, 25)])
    assert [hours.is_open(seoul(2026, 9, day, 12)) for day in (21, 22, 23, 25)] == [True, False, True, False]


# The next opening.


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (seoul(2026, 9, 21, 8, 59), seoul(2026, 9, 21, 9)),
        (seoul(2026, 9, 21, 9), seoul(2026, 9, 21, 9)),
        (seoul(2026, 9, 21, 10, 15), seoul(2026, 9, 21, 10, 15)),
        (seoul(2026, 9, 21, 12), seoul(2026, 9, 21, 13)),
        (seoul(2026, 9, 21, 18), seoul(2026, 9, 22, 9)),
        (seoul(2026, 9, 23, 18), seoul(2026, 9, 28, 9)),  # 추석
        (seoul(2027, 2, 5, 18), seoul(2027, 2, 10, 9)),  # 설날 and its substitute
        (seoul(2026, 12, 31, 18), seoul(2027, 1, 4, 9)),
    ],
)
def test_the_next_opening_leaves_out_breaks_nights_weekends_and_holidays(at: datetime, opening: datetime) -> None:
    assert parse_hours(OFFICE).next_opening(at) == opening


def test_there_is_no_next_opening_where_a_year_is_closed() -> None:
    closed_days = [date(2026, 9, 21) + timedelta(days=days) for days in range(400)]
    hours = parse_hours(OFFICE, closed_days=closed_days)
    assert hours.next_opening(seoul(2026, 9, 21, 10)) is None
    assert hours.describe(seoul(2026, 9, 21, 10)) == "오늘은 쉬는 날이에요"


def test_the_next_opening_is_told_in_the_zone_of_the_help_centre() -> None:
    opening = parse_hours(OFFICE).next_opening(datetime(2026, 9, 21, 10, tzinfo=UTC))
    assert str(opening) == "2026-09-22 09:00:00+09:00"


TEXTS = st.sampled_from(
    [
        OFFICE,
        "24시간",
        "18:00-02:00, 휴게 23:45-00:30",
        "토 01:30-02:30, 일 02:30-03:00, 03:00-03:30",
        "월 22:00-21:00, 수 00:00-24:00",
        "주말·공휴일 10:00-17:00, 평일 09:00-18:00",
        "금 13:00-14:00",
    ]
)
ZONES = st.sampled_from([SEOUL, "UTC", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"])
#: Steps of fifteen minutes: every border of the texts is one, and every shift of a clock.
STEP = timedelta(minutes=15)
#: Three years, so that time changes, leap day and turns of the year are in it.
MOMENTS = st.integers(0, 3 * 366 * 96).map(lambda steps: datetime(2026, 1, 1, tzinfo=UTC) + steps * STEP)
#: The hours round time changes, which chance would rarely find.
CHANGES = st.builds(
    lambda change, steps: change + steps * STEP,
    st.sampled_from(
        [datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, tzinfo=UTC)]
    ),
    st.integers(-200, 50),
)


@given(TEXTS, ZONES, st.booleans(), MOMENTS | CHANGES)
def test_the_next_opening_is_open_and_nothing_before_it_is(text: str, zone: str, closed_on_holidays: bool, at: datetime) -> None:
    hours = parse_hours(text, timezone=zone, closed_on_holidays=closed_on_holidays)
    opening = hours.next_opening(at)
    assert opening is not None
    assert opening >= at
    assert hours.is_open(opening)
    while at < opening:
        assert not hours.is_open(at), at
        at += STEP


@given(TEXTS, ZONES, MOMENTS | CHANGES)
def test_what_is_said_agrees_with_what_is(text: str, zone: str, at: datetime) -> None:
    hours = parse_hours(text, timezone=zone)
    opening = hours.next_opening(at)
    assert (hours.describe(at) == "지금 상담할 수 있어요") == hours.is_open(at)
    assert hours.is_open(at) or f"{opening:%H:%M}" in hours.describe(at)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[str, list[tuple[int, int] | None]]:
    """A text, and start and end in minutes of each day."""
    days = draw(st.lists(st.none() | st.tuples(st.integers(0, 1439), st.integers(1, 1440)), min_size=7, max_size=7).filter(any))
    spans = [None if day is None else (day[0], day[0] + day[1] if day[1] < 1440 else day[0] + 720) for day in days]
    parts = [f"{DAY_NAMES[number]} {_clock(start)}{draw(st.sampled_from(['-', '~', ' ~ ']))}{_clock(end)}" for number, (start, end) in _there(spans)]
    return ", ".join(draw(st.permutations(parts))), spans


def _there(spans: list[tuple[int, int] | None]) -> list[tuple[int, tuple[int, int]]]:
    return [(number, span) for number, span in enumerate(spans) if span is not None]


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


@given(weeks(), st.integers(1440, 8 * 1440 - 1))
def test_a_week_is_open_exactly_when_its_text_says(week: tuple[str, list[tuple[int, int] | None]], minute: int) -> None:
    text, spans = week
    monday = seoul(2026, 11, 2)  # after Sunday, and without holidays
    day = minute // 1440
    said = any(span is not None and span[0] <= minute - begun * 1440 < span[1] for begun in (day - 1, day) for span in [spans[begun % 7]])
    assert parse_hours(text).is_open(monday + timedelta(minutes=minute)) is said


# Time changes: New York's clocks skip from 02:00 to 03:00 on 2026-03-08 and have 01:00 to 02:00 twice on 2026-11-01.


def test_a_day_opens_by_the_clock_before_and_after_a_time_change() -> None:
    hours = parse_hours("매일 09:00-18:00", timezone="America/New_York")
    openings = [hours.next_opening(datetime(2026, 3, day, 6, tzinfo=UTC)) for day in (7, 8)]
    assert [opening and opening.astimezone(UTC) for opening in openings] == [datetime(2026, 3, 7, 14, tzinfo=UTC), datetime(2026, 3, 8, 13, tzinfo=UTC)]


def test_a_night_is_an_hour_shorter_or_longer_where_the_clock_changes() -> None:
    hours = parse_hours("토 22:00-06:00", timezone="America/New_York")

    def length(evening: datetime) -> int:
        return sum(hours.is_open(evening + timedelta(hours=step)) for step in range(24))

    zone = ZoneInfo("America/New_York")
    nights = [datetime(2026, month, day, 20, tzinfo=zone).astimezone(UTC) for month, day in ((3, 7), (6, 13), (10, 31))]
    assert [length(night) for night in nights] == [7, 8, 9]


def test_times_that_the_clock_skips_have_no_opening() -> None:
    hours = parse_hours("일 02:30-03:00", timezone="America/New_York")
    assert hours.next_opening(datetime(2026, 3, 7, 12, tzinfo=UTC)) == datetime(2026, 3, 15, 2, 30, tzinfo=ZoneInfo("America/New_York"))


def test_an_hour_that_the_clock_shows_twice_is_told_apart() -> None:
    hours = parse_hours("일 01:30-03:00", timezone="America/New_York")
    first, second = (datetime(2026, 11, 1, 1, 15, tzinfo=ZoneInfo("America/New_York"), fold=fold) for fold in (0, 1))
    assert (hours.is_open(first), hours.is_open(second)) == (False, True)
    assert hours.next_opening(first) == datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    assert hours.next_opening(second) == second


def test_an_opening_that_a_skipped_hour_delays_does_not_hide_one_of_the_next_day() -> None:
    hours = parse_hours("토 22:00-02:00, 휴게 23:30-00:30, 일 01:00-02:00", timezone="America/Havana")  # midnight to 01:00 is skipped
    assert hours.next_opening(datetime(2026, 3, 8, 4, 45, tzinfo=UTC)) == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_the_day_is_that_of_the_help_centre() -> None:
    at = datetime(2026, 9, 25, 15, 30, tzinfo=UTC)  # the 26th in Seoul, the 25th in Honolulu
    assert parse_hours("토 00:00-01:00", closed_on_holidays=False).is_open(at)
    assert not parse_hours("토 00:00-01:00", timezone="Pacific/Honolulu", closed_on_holidays=False).is_open(at)


# What is said.


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (seoul(2026, 9, 21, 10), "지금 상담할 수 있어요"),
        (seoul(2026, 9, 21, 12), "지금은 점심시간이에요. 13:00부터 상담해요"),
        (seoul(2026, 9, 21, 12, 59), "지금은 점심시간이에요. 13:00부터 상담해요"),
        (seoul(2026, 9, 21, 8, 59), "지금은 상담 시간이 아니에요. 오늘 09:00에 열어요"),
        (seoul(2026, 9, 20, 23), "지금은 상담 시간이 아니에요. 내일(월) 09:00에 열어요"),
        (seoul(2026, 9, 19, 10), "지금은 상담 시간이 아니에요. 9월 21일(월) 09:00에 열어요"),
        (seoul(2026, 9, 23, 18), "지금은 상담 시간이 아니에요. 9월 28일(월) 09:00에 열어요"),
        (seoul(2026, 9, 25, 10), "오늘은 공휴일(추석)이라 쉬어요. 9월 28일(월) 09:00에 열어요"),
        (seoul(2026, 9, 25, 12, 30), "오늘은 공휴일(추석)이라 쉬어요. 9월 28일(월) 09:00에 열어요"),
        (seoul(2026, 8, 17, 10), "오늘은 공휴일(광복절 대체공휴일)이라 쉬어요. 내일(화) 09:00에 열어요"),
        (seoul(2026, 6, 3, 10), "오늘은 공휴일(지방선거일)이라 쉬어요. 내일(목) 09:00에 열어요"),
        (seoul(2026, 12, 31, 20), "지금은 상담 시간이 아니에요. 2027년 1월 4일(월) 09:00에 열어요"),
        (seoul(2027, 1, 1, 0), "오늘은 공휴일(신정)이라 쉬어요. 1월 4일(월) 09:00에 열어요"),
    ],
)
def test_a_visitor_is_told_whether_somebody_is_there_and_when(at: datetime, said: str) -> None:
    assert parse_hours(OFFICE).describe(at) == said


def test_a_holiday_is_no_reason_where_the_weekday_is_closed_anyway() -> None:
    assert parse_hours(OFFICE).describe(seoul(2026, 3, 1, 10)) == "지금은 상담 시간이 아니에요. 3월 3일(화) 09:00에 열어요"


def test_a_closed_day_is_said_to_be_one() -> None:
    hours = parse_hours(OFFICE, closed_days=[date(2026, 9, 22)])
    assert hours.describe(seoul(2026, 9, 22, 10)) == "오늘은 쉬는 날이에요. 내일(수) 09:00에 열어요"


def test_a_break_that_is_no_lunch_is_not_called_so() -> None:
    assert parse_hours("18:00-02:00, 휴게 23:30-00:30").describe(seoul(2026, 9, 22, 0, 15)) == "지금은 쉬는 시간이에요. 00:30부터 상담해요"


def test_a_break_at_the_end_of_a_day_is_its_end() -> None:
    hours = parse_hours("평일 09:00-18:00, 토 09:00-13:00, 점심 12:00-13:00")
    assert hours.describe(seoul(2026, 9, 19, 12, 30)) == "지금은 상담 시간이 아니에요. 9월 21일(월) 09:00에 열어요"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (seoul(2026, 9, 21, 10), "We are open now"),
        (seoul(2026, 9, 21, 12), "We are at lunch and back at 13:00"),
        (seoul(2026, 9, 20, 23), "We are closed now. We open tomorrow (Mon) at 09:00"),
        (seoul(2026, 9, 25, 10), "We are closed today for a public holiday (Chuseok). We open Mon, 28 September at 09:00"),
        (seoul(2026, 12, 31, 20), "We are closed now. We open Mon, 4 January 2027 at 09:00"),
    ],
)
def test_a_visitor_may_be_told_in_english(at: datetime, said: str) -> None:
    assert parse_hours(OFFICE).describe(at, "en") == said


def test_a_day_two_days_ahead_is_named_by_its_date() -> None:
    assert day_text(date(2026, 3, 1), date(2026, 2, 27)) == "3월 1일(일)"


# The promise to an inquiry.


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        (seoul(2026, 9, 14, 10), 1, date(2026, 9, 15)),
        (seoul(2026, 9, 14, 23), 2, date(2026, 9, 16)),
        (seoul(2026, 9, 18, 10), 2, date(2026, 9, 22)),
        (seoul(2026, 9, 19, 10), 2, date(2026, 9, 22)),
        (seoul(2026, 9, 22, 10), 2, date(2026, 9, 28)),  # 추석
        (seoul(2026, 12, 30, 10), 2, date(2027, 1, 4)),
        (datetime(2026, 9, 14, 16, tzinfo=UTC), 1, date(2026, 9, 16)),  # the 15th in Seoul
    ],
)
def test_the_promise_counts_open_weekdays_after_the_day_of_the_inquiry(at: datetime, days: int, expected: date) -> None:
    assert parse_hours(OFFICE).expected_day(at, days) == expected


def test_the_promise_counts_neither_weekends_nor_holidays_though_they_are_open() -> None:
    hours = parse_hours("연중무휴 24시간", closed_on_holidays=False)
    assert hours.expected_day(seoul(2026, 9, 23, 10), 2) == date(2026, 9, 29)


def test_the_promise_leaves_out_closed_days_and_weekdays_without_hours() -> None:
    assert parse_hours("월·수·금 09:00-18:00", closed_days=[date(2026, 9, 16)]).expected_day(seoul(2026, 9, 14, 10), 2) == date(2026, 9, 21)


def test_where_only_the_weekend_is_open_its_days_count() -> None:
    assert parse_hours("토 10:00-14:00").expected_day(seoul(2026, 9, 14, 10), 2) == date(2026, 10, 10)  # 추석 and 개천절 are Saturdays


def test_the_promise_is_said_in_a_sentence() -> None:
    hours = parse_hours(OFFICE)
    assert hours.expected_text(seoul(2026, 9, 14, 10), 1) == "내일(화)까지 답변해 드려요"
    assert hours.expected_text(seoul(2026, 9, 22, 10), 2) == "9월 28일(월)까지 답변해 드려요"
    assert hours.expected_text(seoul(2026, 9, 22, 10), 2, "en") == "We will answer by Mon, 28 September"


@given(MOMENTS, st.integers(1, 10))
def test_more_days_are_never_promised_earlier(at: datetime, days: int) -> None:
    hours: Hours = parse_hours(OFFICE)
    sooner, later = hours.expected_day(at, days), hours.expected_day(at, days + 1)
    assert at.astimezone(ZoneInfo(SEOUL)).date() < sooner < later
    assert sooner.weekday() < 5
    assert not public_holiday(sooner)
