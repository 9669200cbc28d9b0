"""What the pages of the desk do to inquiries and notices, the command line does too, and the log says so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap.parts import build_store
from faqbot.cli import main
from faqbot.settings import Settings
from faqbot.store import InquiryState, NewInquiry, Store

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, [*arguments, "--var", str(tmp_path / "var")], input=typed, catch_exceptions=False, prog_name="faqbot")

    return invoke


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with build_store(Settings(var=tmp_path / "var")) as opened:
        yield opened


@pytest.fixture
def number(store: Store) -> str:
    return store.submit_inquiry(NewInquiry("결제가 두 번 됐어요"), "a-key-of-the-sender").number


def test_a_note_is_written_down_for_the_staff(run: Run, store: Store, number: str) -> None:
    assert run("inquiries", "note", number, "결제팀에 물어봄", "--author", "김상담").stdout == f"{number} 에 메모를 남겼습니다.\n"
    run("inquiries", "note", number, "-", typed="둘째 줄\n")
    inquiry = store.inquiry(number)
    assert [(note.author, note.text) for note in inquiry.notes] == [("김상담", "결제팀에 물어봄"), ("운영자", "둘째 줄")]
    assert inquiry.messages == ()


@pytest.mark.parametrize("command", ["note", "reply"])
def test_an_empty_text_is_a_usage_error(run: Run, store: Store, number: str, command: str) -> None:
    result = run("inquiries", command, number, " ")
    assert (result.exit_code, "비어 있습니다." in result.stderr) == (2, True)
    assert (store.inquiry(number).notes, store.inquiry(number).messages) == ((), ())


def test_a_state_is_moved_by_its_name(run: Run, store: Store, number: str) -> None:
    assert run("inquiries", "state", number, "in_progress").stdout == f"{number} 의 상태: 확인 중\n"
    assert store.inquiry(number).state is InquiryState.IN_PROGRESS
    assert run("inquiries", "state", number, "lost").exit_code == 2


def test_what_is_not_there_is_an_error_that_says_so(run: Run) -> None:
    for arguments in (("note", "20260301-AAAAAA", "메모"), ("state", "20260301-AAAAAA", "answered")):
        result = run("inquiries", *arguments)
        assert (result.exit_code, "20260301-AAAAAA" in result.stderr) == (1, True)


def test_everything_that_is_changed_stands_in_the_log(run: Run, store: Store, number: str) -> None:
    run("inquiries", "note", number, "메모")
    run("inquiries", "state", number, "in_progress")
    run("inquiries", "reply", number, "답")
    run("inquiries", "erase", number, "--yes")
    run("notice", "add", "휴무")
    run("notice", "remove", "1")
    entries = store.audit.page()[::-1]
    assert [entry.action for entry in entries] == [
        "inquiry.note", "inquiry.state", "inquiry.reply", "inquiry.erase", "notice.add", "notice.remove",
    ]  # fmt: skip
    assert all(entry.actor.startswith("cli") for entry in entries)
