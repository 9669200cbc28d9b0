"""Somebody is told of inquiries, and nothing waits or fails because of it."""

import json
import logging
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faqbot import notify
from faqbot.notify import CommandNotifier, Event, Happened, LogNotifier
from faqbot.settings import Settings
from faqbot.store import InquiryState, NewInquiry, Store, open_store

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
EVENT = Event(Happened.RECEIVED, "20260301-AAAAAA", InquiryState.RECEIVED, NOW.isoformat(), "민지@example.kr", None)
KEEP = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/faqbot.db", b"a secret of 32 bytes for the test", "default", lambda: NOW) as opened:
        yield opened


def python(program: str, *arguments: str, limit: float = 20) -> CommandNotifier:
    return CommandNotifier((sys.executable, "-c", program, *arguments), limit)


def settings(out: Path, **others: str) -> Settings:
    return Settings(notify_command=f"{sys.executable} -c \"{KEEP}\" '{out}'", **others)


def waited(out: Path) -> dict[str, str]:
    """What the command was given, when it has it all."""
    for _ in range(400):
        try:
            return json.loads(out.read_bytes())
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
    raise AssertionError("the command was not run")


def test_a_command_gets_one_json_object(tmp_path: Path) -> None:
    out = tmp_path / "told me"
    python(KEEP, str(out)).tell(EVENT).join()
    assert json.loads(out.read_bytes()) == {
        "event": "inquiry.received",
        "number": "20260301-AAAAAA",
        "state": "received",
        "time": "2026-03-01T08:30:00+00:00",
        "email": "민지@example.kr",
        "status_url": None,
    }


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    told = notify.notifier(Settings(notify_command=f"{sys.executable} -c 'import sys; assert sys.argv[1:] == [\"$HOME; a\", \"b c\"]' '$HOME; a' 'b c'"))
    assert told.command[3:] == ("$HOME; a", "b c")
    assert notify._failure(told.command, b"", 20) == ""


@pytest.mark.parametrize(
    ("notifier", "why"),
    [
        (CommandNotifier(("/no/such/program",)), "cannot be started"),
        (python("raise SystemExit(3)"), "ended with 3"),
        (python("import time; time.sleep(60)", limit=0.3), "took more than 0.3 seconds"),
        (python("import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])", limit=0.5), "took more than 0.5 seconds"),
    ],
    ids=["missing", "fails", "hangs", "its child hangs"],
)
def test_a_failure_is_logged_without_the_address(caplog: pytest.LogCaptureFixture, notifier: CommandNotifier, why: str) -> None:
    begun = time.monotonic()
    thread = notifier.tell(EVENT)
    assert time.monotonic() - begun < 0.2, "telling waits for nothing"
    thread.join(20)
    assert not thread.is_alive()
    assert f"inquiry.received 20260301-AAAAAA: the notify command failed: it {why}" in caplog.text
    assert "민지" not in caplog.text


def test_a_command_that_reads_nothing_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    python("").tell(EVENT).join()
    assert caplog.text == ""


def test_our_secrets_are_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_SECRET_KEY", "a secret of thirty-two bytes or more")
    monkeypatch.setenv("MAIL_HOST", "mail.example.kr")
    out = tmp_path / "environment"
    python("import os, sys; open(sys.argv[1], 'w').write(repr(dict(os.environ)))", str(out)).tell(EVENT).join()
    assert "a secret of thirty-two" not in out.read_text()
    assert "mail.example.kr" in out.read_text()


def test_without_a_command_the_log_is_told_and_not_the_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert isinstance(notify.notifier(Settings()), LogNotifier)
    notify.notifier(Settings()).tell(EVENT)
    assert "inquiry.received 20260301-AAAAAA" in caplog.text
    assert "민지" not in caplog.text


def test_a_reply_is_told_with_the_address_of_the_status_page(store: Store, tmp_path: Path) -> None:
    receipt = store.submit_inquiry(NewInquiry("왜요?", "minji@example.kr"), "key")
    store.reply(receipt.number, "그래서요", "이")
    out = tmp_path / "told"
    notify.answered(settings(out, public_url="https://help.example.kr/faq/"), store, receipt.number.lower()).join()
    told = json.loads(out.read_bytes())
    assert (told["event"], told["state"], told["number"], told["email"]) == ("inquiry.answered", "answered", receipt.number, "minji@example.kr")
    assert told["status_url"] == f"https://help.example.kr/faq/inquiry/{receipt.token}"
    assert told.keys() == {"event", "number", "state", "time", "email", "status_url"}


def test_an_inquiry_that_is_erased_or_unknown_is_not_told_of(store: Store) -> None:
    number = store.submit_inquiry(NewInquiry("왜요?", "minji@example.kr"), "key").number
    store.erase(number)
    assert notify.answered(Settings(notify_command="/no/such"), store, number) is None
    assert notify.answered(Settings(notify_command="/no/such"), store, "20260301-AAAAAA") is None


def test_an_inquiry_is_told_of_once(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "told"
    first = store.submit_inquiry(NewInquiry("왜요?"), "key")
    notify.received(settings(out), first, "minji@example.kr")
    told = waited(out)
    assert (told["event"], told["number"], told["status_url"]) == ("inquiry.received", first.number, None)
    out.unlink()
    notify.received(settings(out), store.submit_inquiry(NewInquiry("왜요?"), "key"), "minji@example.kr")
    time.sleep(0.3)
    assert not out.exists()


def test_a_command_with_an_open_quote_is_refused() -> None:
    with pytest.raises(ValueError, match="따옴표가 맞지 않습니다"):
        Settings(notify_command="tell 'me")
