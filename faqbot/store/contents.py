"""What is sealed in an inquiry ↔ JSON text."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from faqbot.domain import Outcome
from faqbot.store.records import Message, NewInquiry, TranscriptItem
from faqbot.store.schema import to_utc


def inquiry_to_json(inquiry: NewInquiry) -> str:
    """All fields, so that one added later does not hide in the clear."""
    return json.dumps(inquiry_to_dict(inquiry), ensure_ascii=False)


def inquiry_from_json(text: str) -> NewInquiry:
    """Fields that were not known when it was written keep their defaults."""
    fields = json.loads(text)
    return NewInquiry(**{**fields, "transcript": tuple(_item(each) for each in fields["transcript"])})


def inquiry_to_dict(inquiry: NewInquiry) -> dict[str, Any]:
    """Texts, lists and dicts only."""
    transcript = [{**asdict(item), "asked_at": to_utc(item.asked_at).isoformat(), "shown": list(item.shown)} for item in inquiry.transcript]
    return {**asdict(inquiry), "transcript": transcript}


def message_to_json(author: str, text: str) -> str:
    """Who wrote what."""
    return json.dumps({"author": author, "text": text}, ensure_ascii=False)


def message_from_json(text: str, written_at: datetime) -> Message:
    """The message with the time that stands beside it."""
    return Message(written_at=written_at, **json.loads(text))


def _item(fields: dict[str, Any]) -> TranscriptItem:
    return TranscriptItem(datetime.fromisoformat(fields["asked_at"]), fields["query"], Outcome(fields["outcome"]), tuple(fields["shown"]))
