"""An inquiry as plain text."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from faqbot import messages
from faqbot.settings import Settings
from faqbot.store import Inquiry, Message, NewInquiry, TranscriptItem
from faqbot.web.pages.days import korean_moment
from faqbot.web.pages.uploads import size_text


def as_text(inquiry: Inquiry, settings: Settings) -> str:
    """Everything that the writer of the inquiry may see of it, parts under headings."""
    zone = ZoneInfo(settings.timezone)
    parts = [_part(f"{settings.title} {messages.INQUIRY_PAGE}", "\n".join(_head(inquiry, zone)))]
    if inquiry.erased_at:
        return "\n\n".join([*parts, messages.ERASED]) + "\n"
    parts += [_part(title, text) for title, text in _written(inquiry.content) if text]
    if inquiry.attachments:
        parts.append(_part(messages.FILES_FIELD, "\n".join(f"{each.name} ({size_text(each.size)})" for each in inquiry.attachments)))
    parts += [_part(f"{messages.REPLIES} · {korean_moment(reply.written_at, zone)}", _reply(reply)) for reply in inquiry.messages]
    if inquiry.content.transcript:
        parts.append(_part(messages.TRANSCRIPT, "\n".join(_turn(item, zone) for item in inquiry.content.transcript)))
    return "\n\n".join(parts) + "\n"


def _head(inquiry: Inquiry, zone: ZoneInfo) -> Iterator[str]:
    yield f"{messages.NUMBER}: {inquiry.number}"
    yield f"{messages.RECEIVED_AT}: {korean_moment(inquiry.received_at, zone)}"
    yield f"{messages.STATE_NOW}: {messages.STATE[inquiry.state]}"


def _written(content: NewInquiry) -> Iterator[tuple[str, str]]:
    yield messages.CATEGORY_FIELD, content.category.replace(">", " › ")
    yield messages.QUESTION_FIELD, content.question
    yield messages.BACKGROUND_FIELD, content.background
    yield messages.ERROR_FIELD, content.error
    yield messages.TRIED_FIELD, content.tried
    yield messages.REACHED_AT, content.contact


def _reply(reply: Message) -> str:
    return f"{reply.text}\n{reply.author}".strip()


def _turn(item: TranscriptItem, zone: ZoneInfo) -> str:
    shown = "".join(f"\n  - {question}" for question in item.shown)
    return f"{korean_moment(item.asked_at, zone)} {item.query}\n  {messages.ASKED_AND_GOT[item.outcome]}{shown}"


def _part(title: str, text: str) -> str:
    return f"■ {title}\n{text}"
