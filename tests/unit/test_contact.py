"""The ways to a person: only what the operator set is offered, and what is said of now is true now."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from pydantic import AnyHttpUrl

from faqbot.web.contact import Contact, contact, expected_answer, opening_hours

#: Seen in Seoul: Monday, 10:00; at lunch; 추석, 10:00.
MONDAY = datetime(2026, 9, 21, 1, tzinfo=UTC)
LUNCH = datetime(2026, 9, 21, 3, 30, tzinfo=UTC)
CHUSEOK = datetime(2026, 9, 25, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Operator:
    phone: str = ""
    call_charge: str = ""
    hours: str = ""
    open_hours: str = ""
    closed_on_holidays: bool = True
    closed_days: tuple[date, ...] = ()
    timezone: str = "Asia/Seoul"
    chat_url: AnyHttpUrl | None = None
    email: str = ""
    inquiry_url: AnyHttpUrl | None = None
    inquiry_days: int = 0


FULL = Operator(
    phone="1588-0000",
    call_charge="수신자 부담",
    open_hours="월-금 09:00-18:00, 점심 12:00-13:00",
    chat_url=AnyHttpUrl("https://chat.example.kr/talk"),
    email="help@example.kr",
    inquiry_url=AnyHttpUrl("https://help.example.kr/inquiry"),
    inquiry_days=2,
)


def test_all_that_is_set_is_offered() -> None:
    assert contact(FULL, lambda: MONDAY) == Contact(
        phone="1588-0000",
        call_charge="수신자 부담",
        email="help@example.kr",
        chat_url="https://chat.example.kr/talk",
        inquiry_url="https://help.example.kr/inquiry",
        own_inquiry=False,
        hours="월-금 09:00-18:00, 점심 12:00-13:00",
        open_now=True,
        open_text="지금 상담할 수 있어요",
        expected="9월 23일(수)까지 답변해 드려요",
    )


def test_nothing_is_offered_where_nothing_is_set() -> None:
    offered = contact(Operator(), lambda: MONDAY).model_dump()
    assert offered.pop("own_inquiry")
    assert set(offered.values()) == {None}


@pytest.mark.parametrize(
    ("now", "open_now", "said"),
    [
        (LUNCH, False, "지금은 점심시간이에요. 13:00부터 상담해요"),
        (CHUSEOK, False, "오늘은 공휴일(추석)이라 쉬어요. 9월 28일(월) 09:00에 열어요"),
    ],
)
def test_what_is_said_is_of_the_moment_the_clock_shows(now: datetime, open_now: bool, said: str) -> None:
    now_offered = contact(FULL, lambda: now)
    assert (now_offered.open_now, now_offered.open_text) == (open_now, said)


def test_the_operators_own_words_for_the_hours_go_before() -> None:
    offered = contact(Operator(hours="평일 오전 9시부터 (명절 당일 제외)", open_hours="평일 09:00-18:00"), lambda: MONDAY)
    assert (offered.hours, offered.open_now) == ("평일 오전 9시부터 (명절 당일 제외)", True)


def test_hours_in_free_words_say_nothing_about_now() -> None:
    offered = contact(Operator(hours="평일 낮"), lambda: MONDAY)
    assert (offered.hours, offered.open_now, offered.open_text) == ("평일 낮", None, None)


def test_a_charge_is_named_with_a_number_only() -> None:
    assert contact(Operator(call_charge="수신자 부담"), lambda: MONDAY).call_charge is None


def test_an_answer_is_promised_in_weekdays_where_there_are_no_opening_hours() -> None:
    assert expected_answer(Operator(inquiry_days=2), datetime(2026, 9, 22, 1, tzinfo=UTC)) == "9월 28일(월)까지 답변해 드려요"


def test_the_operators_calendar_is_that_of_the_hours() -> None:
    operator = Operator(open_hours="매일 09:00-18:00", closed_on_holidays=False, closed_days=(date(2026, 9, 21),), timezone="America/New_York")
    hours = opening_hours(operator)
    assert hours is not None
    assert [hours.is_open(datetime(2026, 9, day, 14, tzinfo=UTC)) for day in (21, 22, 25)] == [False, True, True]


def test_the_sentences_may_be_english() -> None:
    offered = contact(FULL, lambda: MONDAY, "en")
    assert (offered.open_text, offered.expected) == ("We are open now", "We will answer by Wed, 23 September")
