"""Entries ↔ JSON."""

from datetime import date
from typing import Any

from faqbot.domain import FaqEntry


def entry_to_json(entry: FaqEntry) -> dict[str, Any]:
    """All fields, days as ISO text."""
    return {name: (value.isoformat() if isinstance(value := getattr(entry, name), date) else value) for name in FaqEntry.__dataclass_fields__}


def entry_from_json(data: dict[str, Any]) -> FaqEntry:
    """The reverse of entry_to_json."""
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("valid_from", "valid_to", "updated_at")}
    lists = {name: tuple(data[name]) for name in ("category", "alternate_questions", "keywords")}
    return FaqEntry(**{**data, **days, **lists})
