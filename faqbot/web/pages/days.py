"""Days and moments as people write them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from faqbot.web.hours import KOREAN_DAYS


def korean_day(day: date) -> str:
    """A day.

    >>> korean_day(date(2026, 3, 1))
    '2026년 3월 1일'
    """
    return f"{day.year}년 {day.month}월 {day.day}일"


def korean_moment(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the clock of a zone.

    >>> from datetime import UTC
    >>> korean_moment(datetime(2026, 3, 1, 15, 4, tzinfo=UTC), ZoneInfo("Asia/Seoul"))
    '2026년 3월 2일(월) 00:04'
    """
    local = moment.astimezone(zone)
    return f"{korean_day(local)}({KOREAN_DAYS[local.weekday()]}) {local:%H:%M}"


def filters(timezone: Callable[[], str]) -> dict[str, Callable[..., Any]]:
    """For templates; the zone is that of the site at hand."""
    return {"day": korean_day, "moment": lambda moment: korean_moment(moment, ZoneInfo(timezone()))}
