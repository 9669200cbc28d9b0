"""The ways to a person: telephone, chat, mail and inquiry, and whether somebody is there now."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field

from faqbot.web.hours import Hours, Language, parse_hours

#: Whose days are counted where an operator gives no opening hours.
_OFFICE = "평일 09:00-18:00"


class ContactSettings(Protocol):
    """What an operator sets; empty is not offered."""

    @property
    def phone(self) -> str:
        """As it is written: `1588-0000`."""

    @property
    def call_charge(self) -> str:
        """Who pays for a call: `수신자 부담`."""

    @property
    def hours(self) -> str:
        """Hours as a free text; empty shows `open_hours`."""

    @property
    def open_hours(self) -> str:
        """Hours that `parse_hours` reads; empty says nothing about now."""

    @property
    def closed_on_holidays(self) -> bool:
        """Whether public holidays are closed."""

    @property
    def closed_days(self) -> Sequence[date]:
        """Further closed days."""

    @property
    def timezone(self) -> str:
        """IANA name of the zone of `open_hours`."""

    @property
    def chat_url(self) -> AnyHttpUrl | str | None:
        """A chat."""

    @property
    def email(self) -> str:
        """An address for mail."""

    @property
    def inquiry_url(self) -> AnyHttpUrl | str | None:
        """The page for inquiries."""

    @property
    def inquiry_days(self) -> int:
        """Business days in which an inquiry is answered; 0 promises nothing."""


class Contact(BaseModel):
    """The ways to a person, at the moment of the request."""

    model_config = ConfigDict(frozen=True)

    phone: str | None = Field(description="고객센터 전화번호.")
    call_charge: str | None = Field(description="통화료를 누가 내는지. 전화번호가 없으면 없습니다.")
    email: str | None = Field(description="고객센터 이메일 주소.")
    chat_url: str | None = Field(description="채팅 상담 주소.")
    inquiry_url: str | None = Field(description="1:1 문의 페이지.")
    own_inquiry: bool = Field(description="그 페이지가 이 서버의 것인지. 따로 정한 문의 페이지가 있으면 거짓입니다.")
    hours: str | None = Field(description="상담 시간.")
    open_now: bool | None = Field(description="지금 상담하는지. 상담 시간을 모르면 없습니다.")
    open_text: str | None = Field(description="지금 상담하는지, 아니면 언제부터인지 알리는 말.")
    expected: str | None = Field(description="지금 문의하면 언제까지 답하는지 알리는 말.")


def contact(settings: ContactSettings, clock: Callable[[], datetime], lang: Language = "ko") -> Contact:
    """What a visitor can do now.

    Args:
        settings: the operator's.
        clock: gives the moment, with a time zone.
        lang: of the sentences; what the operator wrote stays as it is.
    """
    now, hours = clock(), opening_hours(settings)
    return Contact(
        phone=settings.phone or None,
        call_charge=(settings.phone and settings.call_charge) or None,
        email=settings.email or None,
        chat_url=_text(settings.chat_url),
        inquiry_url=_text(settings.inquiry_url),
        own_inquiry=settings.inquiry_url is None,
        hours=settings.hours or settings.open_hours or None,
        open_now=hours.is_open(now) if hours else None,
        open_text=hours.describe(now, lang) if hours else None,
        expected=expected_answer(settings, now, lang),
    )


def opening_hours(settings: ContactSettings) -> Hours | None:
    """Opening hours in the operator's calendar; None where none are set."""
    return _parsed(settings.open_hours, settings) if settings.open_hours else None


def expected_answer(settings: ContactSettings, at: datetime, lang: Language = "ko") -> str | None:
    """The promise to an inquiry that comes at that moment; None where none is made. Without opening hours, weekdays count."""
    if not settings.inquiry_days:
        return None
    return _answering_hours(settings).expected_text(at, settings.inquiry_days, lang)


def expected_day(settings: ContactSettings, at: datetime) -> date | None:
    """The day of that promise."""
    return _answering_hours(settings).expected_day(at, settings.inquiry_days) if settings.inquiry_days else None


def _answering_hours(settings: ContactSettings) -> Hours:
    return _parsed(settings.open_hours or _OFFICE, settings)


def _parsed(text: str, settings: ContactSettings) -> Hours:
    return _read_once(text, settings.timezone, settings.closed_on_holidays, tuple(settings.closed_days))


@lru_cache(maxsize=64)
def _read_once(text: str, timezone: str, closed_on_holidays: bool, closed_days: tuple[date, ...]) -> Hours:
    """The same for every request: settings do not change while a server runs."""
    return parse_hours(text, timezone=timezone, closed_on_holidays=closed_on_holidays, closed_days=closed_days)


def _text(url: AnyHttpUrl | str | None) -> str | None:
    return str(url) if url else None
