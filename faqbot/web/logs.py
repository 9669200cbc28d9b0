"""The log of a server: lines for people or JSON for programs, with the request that they are about. What an exception says is left out, for it may quote a visitor."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context
from pythonjsonlogger.json import JsonFormatter

from faqbot.errors import FaqbotError, QueryError
from faqbot.settings import Settings

#: What could end a line, hide text, turn it around or break its encoding: control characters, separators of lines, invisible marks, halves of characters.
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
#: What other programs write about a request that they could not read or answer: behind these words comes what was sent, address and path included.
_QUOTES = ("Invalid request from ip=", "Error handling request", "Exception while serving", "Exception on ")


class _Careful(logging.Formatter):
    """What both formats have in common."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the library's name
        """Where it arose, without what it says; our own errors are written for operators and quote nobody."""
        return "\n".join(_told(ei[1]))

    def message(self, record: logging.LogRecord) -> str:
        """The message, without what other programs quote in it."""
        text = record.getMessage()
        return next((f"{start} (what was sent is left out)" for start in _QUOTES if text.startswith(start)), text) if _is_foreign(record) else text


class TextFormatter(_Careful):
    """One line a record; what follows an end of line inside it is indented, so that nothing in it can pass for another record."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = [self.message(record), *(f"{name}={value}" for name, value in _fields(record).items())]
        text = f"{self.formatTime(record)} {record.levelname} {' '.join(told)}"
        if record.exc_info and record.exc_info[1]:
            text += "\n" + self.formatException(record.exc_info)
        return visible(text).replace("\n", "\n    ")


class JsonLines(_Careful, JsonFormatter):
    """One JSON object a record."""

    def __init__(self) -> None:
        JsonFormatter.__init__(self, json_ensure_ascii=False)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:  # noqa: ARG002  # what the library would add of an exception
        """Time in UTC, level, logger, process, message, and the record's own fields."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data |= {"time": moment, "level": record.levelname, "logger": record.name, "process": record.process, "message": self.message(record)}
        log_data |= _fields(record)
        if record.exc_info and record.exc_info[1]:
            log_data["exception"] = self.formatException(record.exc_info).splitlines()

    def jsonify_log_record(self, log_data: Mapping[str, Any]) -> str:
        """The line: what JSON allows to stand in a string and a terminal or a reader of lines would take otherwise is escaped too."""
        return visible(super().jsonify_log_record(dict(log_data)))


class _Quiet(logging.StreamHandler[Any]):
    """Where a line cannot be written, as on a full disk, the library would print the record's arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's name
        """Nothing: there is nowhere to tell it."""


def configure(settings: Settings) -> None:
    """Write all logs of this process to standard error in the format of the settings, warnings of Python too; our own from INFO on, others' from WARNING on."""
    handler = _Quiet(sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextFormatter())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("faqbot").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def visible(text: str) -> str:
    r"""The text with unsafe characters as escapes that JSON reads too; ends of lines stay.

    >>> visible("환불\u2028\x1b[2J")
    '환불\\u2028\\u001b[2J'
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """The request at hand, and what the record says in `fields`."""
    request = {"request": g.request_id} if has_request_context() and "request_id" in g else {}
    return request | getattr(record, "fields", {})


def _is_foreign(record: logging.LogRecord) -> bool:
    return not record.name.startswith("faqbot.")


def _told(error: BaseException | None) -> Iterator[str]:
    """An exception and those that led to it, the first one first."""
    if error is None:
        return
    yield from _told(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    yield from "".join(traceback.format_tb(error.__traceback__)).splitlines()
    yield ": ".join(filter(None, (type(error).__name__, _said(error))))


def _said(error: BaseException) -> str:
    """What may be told of its words: ours, and the system's without a name of a file."""
    if isinstance(error, OSError):
        return error.strerror or ""
    return str(error) if isinstance(error, FaqbotError) and not isinstance(error, QueryError) else ""
