"""Lines of the log: one record is one record, whoever wrote what is in it, and exceptions say where and not what."""

import io
import json
import logging
from collections.abc import Callable

import pytest

from faqbot.errors import QueryError, StoreError
from faqbot.web.logs import JsonLines, TextFormatter, _Quiet

HOSTILE = '환불\n2026-01-01 ERROR 가짜\r\x1b[2J\u2028둘째 줄\u202e뒤집기\x85\ud800"}, {"'


@pytest.fixture(params=[TextFormatter, JsonLines])
def formatter(request: pytest.FixtureRequest) -> logging.Formatter:
    return request.param()


def record(message: str, *args: object, name: str = "faqbot.web.test", **extra: object) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(name, logging.WARNING, "file.py", 1, message, args, None, extra=extra)


def failed(work: Callable[[], object]) -> logging.LogRecord:
    try:
        work()
    except Exception as error:  # noqa: BLE001  # whatever it is
        return logging.getLogger("faqbot.web.test").makeRecord(
            "faqbot.web.test", logging.ERROR, "file.py", 1, "it failed", (), (type(error), error, error.__traceback__)
        )
    raise AssertionError


def test_nothing_that_is_logged_can_begin_a_line_of_its_own(formatter: logging.Formatter):
    first, *rest = formatter.format(record("%s", HOSTILE)).splitlines()
    assert "환불" in first
    assert [line for line in rest if not line.startswith("    ")] == []


def test_what_is_invisible_or_breaks_an_encoding_is_written_as_an_escape(formatter: logging.Formatter):
    line = formatter.format(record("%s", HOSTILE))
    line.encode()
    assert [mark for mark in "\r\x1b\u2028\u202e\x85" if mark in line] == []
    assert "\\u2028" in line


def test_a_line_of_json_is_an_object_with_time_level_message_and_fields():
    line = JsonLines().format(record("%s", HOSTILE, fields={"request": "a" * 32, "status": 200, "text": HOSTILE}))
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"], told["status"], told["text"]) == ("WARNING", "faqbot.web.test", HOSTILE, 200, HOSTILE)
    assert told["time"].endswith("+00:00")


def test_a_line_for_people_ends_with_the_fields():
    assert TextFormatter().format(record("POST ask 200", fields={"request": "abc", "ms": 3.2})).endswith(" WARNING POST ask 200 request=abc ms=3.2")


def test_an_exception_is_told_by_its_kind_and_place_and_not_by_its_words(formatter: logging.Formatter):
    first, second = "010-9876-5432", "민지"

    def work() -> None:
        try:
            int(first)
        except ValueError as error:
            raise KeyError(second) from error

    line = formatter.format(failed(work))
    assert all(word in line for word in ("it failed", "ValueError", "KeyError", "test_logs.py"))
    assert [word for word in ("9876", "민지'", "Traceback") if word in line] == []


def test_our_own_errors_are_told_in_full_but_for_those_about_a_query(formatter: logging.Formatter):
    def store() -> None:
        raise StoreError("디스크가 가득 찼습니다.", code="full")

    words = "비밀"

    def query() -> None:
        raise QueryError(words, code="empty")

    assert "StoreError: 디스크가 가득 찼습니다." in formatter.format(failed(store))
    assert words not in formatter.format(failed(query))


@pytest.mark.parametrize(
    ("name", "message", "args"),
    [
        ("gunicorn.error", "Invalid request from ip=192.0.2.7: Invalid HTTP request line: 'GET /?q=010-9876-5432'", ()),
        ("gunicorn.error", "Error handling request %s %s", ("GET", "/?q=010-9876-5432")),
        ("waitress", "Exception while serving %s", ("/?q=010-9876-5432",)),
        ("faqbot_app", "Exception on %s [%s]", ("/010-9876-5432", "GET")),
    ],
)
def test_what_other_programs_quote_of_a_request_is_left_out(formatter: logging.Formatter, name: str, message: str, args: tuple[str, ...]):
    line = formatter.format(record(message, *args, name=name))
    assert "what was sent is left out" in line
    assert "9876" not in line
    assert "192.0.2.7" not in line


def test_a_log_that_cannot_be_written_repeats_nothing_elsewhere(capsys: pytest.CaptureFixture[str]):
    stream = io.StringIO()
    stream.close()
    handler = _Quiet(stream)
    handler.handle(record("secret %s", "9753"))
    assert capsys.readouterr() == ("", "")
