"""Files of inquiries and messages about replies, as an operator types it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap.parts import build_store
from faqbot.cli import main
from faqbot.settings import Settings
from faqbot.store import AttachedFile, NewInquiry, Store

FILE = AttachedFile("화면.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(2000))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="faqbot")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path / "var"))
    with build_store(Settings(var=tmp_path / "var")) as opened:
        yield opened


@pytest.fixture
def number(store: Store) -> str:
    return store.submit_inquiry(NewInquiry("왜요?", "minji@example.kr"), "key", [store.add_upload("key", FILE)]).number


def test_show_lists_the_files_and_its_json_leaves_out_the_bytes(number: str) -> None:
    assert "[첨부 1] 화면.png · image/png · 2,008바이트" in run("inquiries", "show", number).stdout
    assert json.loads(run("inquiries", "show", number, "--json").stdout)["attachments"] == [{"name": "화면.png", "type": "image/png", "size": 2008}]


def test_show_says_nothing_of_files_where_there_are_none(store: Store) -> None:
    number = store.submit_inquiry(NewInquiry("왜요?"), "another key").number
    assert "첨부" not in run("inquiries", "show", number).stdout


def test_a_file_is_written_for_the_operator_alone_and_over_nothing(number: str, tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    written = run("inquiries", "attachment", number, "1", "--out", str(out))
    assert (written.exit_code, out.read_bytes(), out.stat().st_mode & 0o777) == (0, FILE.data, 0o600)
    assert f"화면.png (image/png, 2,008바이트)을(를) {out} 에 저장했습니다." in written.stdout
    out.write_bytes(b"mine")
    again = run("inquiries", "attachment", number, "1", "--out", str(out))
    assert again.exit_code == 1
    assert "에 저장할 수 없습니다" in again.stderr
    assert out.read_bytes() == b"mine"


@pytest.mark.parametrize("n", ["2", "99"])
def test_a_file_that_is_not_there_is_told(number: str, tmp_path: Path, n: str) -> None:
    result = run("inquiries", "attachment", number, n, "--out", str(tmp_path / "a"))
    assert result.exit_code == 1
    assert f"{n}번 첨부 파일이 없습니다" in result.stderr
    assert not (tmp_path / "a").exists()


def test_a_reply_is_told_before_the_command_ends(number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "told"
    monkeypatch.setenv("FAQBOT_NOTIFY_COMMAND", f"{sys.executable} -c \"import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())\" {out}")
    monkeypatch.setenv("FAQBOT_PUBLIC_URL", "https://help.example.kr")
    assert run("inquiries", "reply", number, "그래서요").exit_code == 0
    told = json.loads(out.read_bytes())
    assert (told["event"], told["number"], told["email"]) == ("inquiry.answered", number, "minji@example.kr")
    assert told["status_url"].startswith("https://help.example.kr/inquiry/")


def test_a_reply_stands_though_nobody_could_be_told(store: Store, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_NOTIFY_COMMAND", "/no/such/program")
    assert run("inquiries", "reply", number, "그래서요").exit_code == 0
    assert store.inquiry(number).messages[0].text == "그래서요"
