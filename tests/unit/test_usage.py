"""A command typed wrongly is answered in Korean, with what to type instead, and help is Korean throughout."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from faqbot.cli import main


def said(*arguments: str) -> list[str]:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian"], "trian이라는 명령이 없습니다. train을 쓰려던 것인가요?"),
        (["notice", "ad"], "ad라는 명령이 없습니다. add를 쓰려던 것인가요?"),
        (["train", "--fag", "a.csv"], "--fag라는 선택지가 없습니다. --faq를 쓰려던 것인가요?"),
        (["train"], "--faq를 적어 주세요."),
        (["train", "--faq"], "--faq 뒤에 값을 적어 주세요."),
        (["check"], "FILE를 적어 주세요."),
        (["check", "."], "FILE: '.' 은(는) 폴더입니다. 그 안의 파일을 적어 주세요."),
        (["serve", "--port", "팔천"], "--port: '팔천' 은(는) 수가 아닙니다. 숫자로 적어 주세요."),
        (["inquiries", "list", "--limit", "0"], "--limit: 0은 쓸 수 없습니다. 1 이상 1000 이하의 수를 적어 주세요."),
        (["evaluate", "--sample", "0"], "--sample: 0은 쓸 수 없습니다. 1 이상의 수를 적어 주세요."),
        (["admin", "role", "민지", "boss"], "ROLE: 'boss' 은(는) 쓸 수 없습니다. 'viewer', 'editor', 'publisher', 'owner' 가운데 하나를 적어 주세요."),
        (["notice", "add", "휴무", "--to", "2027.2.10"], "--to: 날짜 '2027.2.10' 을(를) 읽을 수 없습니다. 2027-02-10 처럼 적어 주세요."),
        (["ask", "배송", "언제", "와요"], "남는 말이 있습니다: 언제 와요. 띄어 쓴 말은 큰따옴표로 묶어 주세요."),
        (["ask"], "QUERY 하나를 주거나, --batch 파일과 --out 파일을 함께 주세요."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_is_said_first(arguments: list[str], message: str) -> None:
    assert said(*arguments)[0] == f"오류: {message}"


def test_a_file_that_is_not_there_is_looked_for_in_a_folder_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        said("check", "내표.csv")[0] == f"오류: FILE: 파일 '내표.csv' 을(를) 찾을 수 없습니다. 이름과 폴더가 맞는지 확인하세요. 지금 폴더는 {tmp_path} 입니다."
    )


def test_how_to_write_the_command_follows(tmp_path: Path) -> None:
    assert said("check", str(tmp_path / "none.csv"))[1:] == ["사용법: main check [옵션] FILE", "더 알아보기: main check --help"]


def _commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in group.commands.items():
        yield from _commands(command, *path, name) if isinstance(command, click.Group) else [(*path, name)]


@pytest.mark.parametrize("path", list(_commands(main)), ids=" ".join)
def test_the_frame_of_every_help_is_korean(path: tuple[str, ...]) -> None:
    text = CliRunner().invoke(main, [*path, "--help"], catch_exceptions=False).output
    assert text.startswith("사용법: main")
    assert "이 도움말을 보이고 끝냅니다." in text
    assert re.findall(r"Usage:|Options:|Commands:|OPTIONS|COMMAND|ARGS|Show this|Show the|default:|required|\bx[<>]=?", text) == []


def test_help_says_what_is_needed_the_default_and_the_range() -> None:
    assert "[꼭 적어야 함]" in CliRunner().invoke(main, ["train", "--help"]).output
    assert "[기본: 50; 1 이상 1000 이하]" in CliRunner().invoke(main, ["inquiries", "list", "--help"]).output


@pytest.mark.parametrize("command", ["train", "check", "import"])
def test_help_names_every_kind_of_table_that_is_read(command: str) -> None:
    text = " ".join(CliRunner().invoke(main, [command, "--help"]).output.split())
    assert "CSV, TSV, XLSX, JSON, 도움말 페이지" in text


def test_a_group_without_a_command_shows_its_help() -> None:
    assert "1:1 문의를 보고, 답하고, 지웁니다." in CliRunner().invoke(main, ["inquiries"]).output
