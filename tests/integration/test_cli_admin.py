"""Accounts and keys as an operator types them."""

import contextlib
import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap.parts import build_store
from faqbot.cli import main
from faqbot.settings import Settings
from faqbot.store import Role, Store

WORDS, OTHER = "correct horse battery", "파란 우산과 커피 세 잔"

Run = Callable[..., Result]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def run(var: Path) -> Run:
    """Runs a command line on the folder of the test; what is no error for people ends the test."""

    def invoke(*arguments: str, typed: str | None = None, code: int = 0) -> Result:
        done = CliRunner().invoke(main, ["admin", *arguments, "--var", str(var)], input=typed, catch_exceptions=False, prog_name="faqbot")
        assert done.exit_code == code, done.output
        return done

    return invoke


@pytest.fixture
def store(var: Path) -> Iterator[Store]:
    with build_store(Settings(var=var)) as opened:
        yield opened


def test_the_first_account_is_an_owners_and_the_next_may_only_look(run, store):
    assert "계정을 만들었습니다: minji (소유자)" in run("create", "Minji", typed=f"{WORDS}\n").output
    assert "계정을 만들었습니다: 김준 (보기)" in run("create", "김준", typed=OTHER).output
    run("create", "sua", "--role", "publisher", typed=f"{WORDS}\r\n")
    assert [(each.name, each.role) for each in store.accounts.operators()] == [("minji", Role.OWNER), ("sua", Role.PUBLISHER), ("김준", Role.VIEWER)]
    assert store.accounts.log_in("minji", WORDS, "")
    assert store.accounts.log_in("김준", OTHER, "")
    assert store.accounts.log_in("sua", WORDS, "")


@pytest.mark.parametrize("typed", ["", "\n", "short\n", " " * 30, "\x00" * 20])
def test_without_a_good_password_there_is_no_account(run, store, typed):
    assert "오류: 비밀번호는 12자 이상" in run("create", "minji", typed=typed, code=1).output
    assert not store.accounts.exist()
    assert store.audit.page() == ()


def test_a_password_that_was_typed_in_two_ways_is_asked_for_again_and_whoever_stops_is_answered_in_korean(var):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "faqbot", "admin", "create", "minji", "--var", str(var)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=os.environ | {"PYTHONUTF8": "1"}) as process:
        os.close(theirs)
        shown = b""
        for prompt, typed in (("비밀번호: ", WORDS), ("한 번 더: ", OTHER), ("적어 주세요.\r\n비밀번호: ", "\x04")):
            while not shown.endswith(prompt.encode()):
                assert select.select([ours], [], [], 60)[0], shown.decode()
                shown += os.read(ours, 1000)
            os.write(ours, typed.encode() + (b"" if typed == "\x04" else b"\n"))
        assert process.wait(60) == 1
        with contextlib.suppress(OSError):  # nobody is at the other end of the terminal any more
            while more := os.read(ours, 1000):
                shown += more
    os.close(ours)
    assert "두 번 적은 비밀번호가 서로 다릅니다." in shown.decode()
    assert shown.decode().endswith("그만두었습니다.\r\n")


def test_no_command_takes_a_password_as_an_argument(run):
    assert "선택지가 없습니다" in run("create", "minji", "--password", WORDS, code=2).output
    assert "남는 말이 있습니다" in run("create", "minji", WORDS, code=2).output


def test_a_password_is_replaced_and_ends_every_session(run, store):
    store.accounts.create("minji", WORDS, Role.OWNER)
    token = store.accounts.start_session("minji")
    assert OTHER not in run("password", "minji", typed=OTHER).output
    assert store.accounts.session(token) is None
    assert store.accounts.log_in("minji", OTHER, "")


def test_accounts_are_shut_opened_and_given_roles(run, store):
    run("create", "minji", typed=WORDS)
    assert "소유자가 한 사람은" in run("disable", "minji", code=1).output
    run("create", "jun", typed=WORDS)
    run("role", "jun", "owner")
    assert "faqbot admin enable minji" in run("disable", "minji").output
    assert re.search(r"minji +소유자 +막음", run("list").output)
    run("enable", "minji")
    assert [(each["name"], each["role"], each["disabled_at"]) for each in json.loads(run("list", "--json").output)] == [
        ("jun", "owner", None),
        ("minji", "owner", None),
    ]


@pytest.mark.parametrize(
    "arguments", [("password", "nobody"), ("disable", "nobody"), ("enable", "nobody"), ("role", "nobody", "owner"), ("key", "revoke", "none")]
)
def test_what_is_not_there_is_said_to_be_missing(run, arguments):
    assert "오류: " in run(*arguments, typed=WORDS, code=1).output


def test_a_key_is_printed_once_and_alone_so_that_it_can_be_piped(run, store):
    done = run("key", "create", "excel", "--role", "editor", "--days", "30")
    key = done.stdout.strip()
    assert store.accounts.key(key).role is Role.EDITOR
    assert "다시 볼 수 없습니다" in done.stderr
    listed = run("key", "list").output
    prefix = store.accounts.all_keys()[0].prefix
    assert key not in listed
    assert re.search(rf"{prefix}  excel +편집 +사용", listed)
    run("key", "revoke", prefix)
    assert store.accounts.key(key) is None
    assert "폐기" in run("key", "list").output
    made = json.loads(run("key", "create", "excel", "--json").output)
    assert store.accounts.key(made["key"]).prefix == made["prefix"]
    assert "730일까지" in run("key", "create", "excel", "--days", "9999", code=1).output


def test_every_change_is_in_the_log_with_the_user_of_the_system(run, store, monkeypatch):
    monkeypatch.setenv("LOGNAME", "operator-of-the-host")
    run("create", "minji", typed=WORDS)
    run("create", "jun", typed=WORDS)
    run("role", "jun", "editor")
    run("password", "jun", typed=OTHER)
    run("disable", "jun")
    run("enable", "jun")
    run("key", "create", "excel")
    run("key", "revoke", store.accounts.all_keys()[0].prefix)
    logged = json.loads(run("log", "--json").output)
    assert [each["action"] for each in reversed(logged)] == [
        "operator.create", "operator.create", "operator.role", "operator.password", "operator.disable", "operator.enable", "key.create", "key.revoke",
    ]  # fmt: skip
    assert {each["actor"] for each in logged} == {"cli:operator-of-the-host"}
    assert WORDS not in json.dumps(logged)
    assert len(run("log", "--action", "operator.create").output.splitlines()) == 2
    assert "  역할 바꾸기  jun  역할: 보기 → 편집\n" in run("log").output
    assert run("log", "--action", "계정 만들기").output == run("log", "--action", "operator.create").output != ""


def test_empty_lists_say_so(run):
    assert "faqbot admin create" in run("list").output
    assert "키가 없습니다" in run("key", "list").output
    assert "기록이 없습니다" in run("log").output


def test_a_user_of_the_system_without_a_name_is_no_obstacle(run, store, monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 987_654)
    run("create", "minji", typed=WORDS)
    assert store.audit.page()[0].actor == "cli"
