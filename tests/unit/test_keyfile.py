import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from faqbot.bootstrap.parts import build_store, is_loopback, secret_key
from faqbot.cli import main
from faqbot.errors import SettingsError
from faqbot.settings import MIN_SECRET, Settings, load_settings
from faqbot.store.keyfile import read_or_make_key

GIVEN = "a key that the operator has given"
ELSEWHERE = ["0.0.0.0", "::", "192.168.0.7", "help.example.kr", ""]  # noqa: S104  # what an operator may write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "secret.key"


def settings(path: Path, **fields: object) -> Settings:
    return Settings(var=path.parent, **fields)  # type: ignore[arg-type]


# The file


def test_where_there_is_none_a_key_is_made_once(path: Path) -> None:
    key = read_or_make_key(path, may_make=True)
    assert len(key) == 64
    assert read_or_make_key(path, may_make=True) == read_or_make_key(path, may_make=False) == path.read_bytes() == key


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    assert read_or_make_key(tmp_path / "a" / "key", may_make=True) != read_or_make_key(tmp_path / "b" / "key", may_make=True)


def test_only_its_owner_can_read_it_and_nothing_else_is_left(path: Path) -> None:
    read_or_make_key(path, may_make=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


def test_processes_that_make_it_at_once_get_the_same(path: Path) -> None:
    program = (
        f"from pathlib import Path; from faqbot.store.keyfile import read_or_make_key; input(); print(read_or_make_key(Path({str(path)!r}), may_make=True))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        printed = set(pool.map(lambda process: process.communicate("\n", timeout=60)[0], processes))
    assert printed == {f"{path.read_bytes()}\n"}


def test_threads_that_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for turn in range(20):
            path = tmp_path / str(turn) / "secret.key"
            assert len(set(pool.map(lambda _, path=path: read_or_make_key(path, may_make=True), range(8)))) == 1


def test_a_key_that_was_copied_with_a_line_break_is_the_same_key(path: Path) -> None:
    key = read_or_make_key(path, may_make=True)
    path.write_bytes(key + b"\r\n")
    assert read_or_make_key(path, may_make=False) == key


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * (MIN_SECRET - 1), b"x" * (MIN_SECRET - 1) + b"\n\n\n"])
def test_a_key_that_is_too_short_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"{path} 이\\(가\\) {MIN_SECRET}자보다 짧습니다. 백업에서 되돌리세요."):
        read_or_make_key(path, may_make=True)
    assert path.read_bytes() == content


def test_where_none_may_be_made_none_is(path: Path) -> None:
    with pytest.raises(SettingsError, match="읽거나 만들 수 없습니다"):
        read_or_make_key(path, may_make=False)
    assert not path.parent.exists()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(SettingsError, match=str(tmp_path / "var")):
        read_or_make_key(tmp_path / "var" / "secret.key", may_make=True)


# Where it comes from


def test_a_key_that_is_set_wins_and_none_is_made(path: Path) -> None:
    assert secret_key(settings(path, secret_key=GIVEN)) == GIVEN.encode()
    assert not path.parent.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_where_only_this_machine_connects_a_key_is_made(path: Path, host: str) -> None:
    assert secret_key(settings(path, host=host)) == path.read_bytes()


@pytest.mark.parametrize("host", ELSEWHERE)
def test_where_other_machines_connect_a_key_must_be_set(path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match=r"^FAQBOT_SECRET_KEY: 다른 컴퓨터에서 접속을 받으려면 비밀 키가 있어야 합니다"):
        secret_key(settings(path, host=host))
    assert not path.parent.exists()


def test_where_other_machines_connect_a_key_that_is_there_is_taken(path: Path) -> None:
    key = read_or_make_key(path, may_make=True)
    assert secret_key(settings(path, host="0.0.0.0")) == key  # noqa: S104
    assert secret_key(settings(path, host="0.0.0.0", secret_key=GIVEN)) == GIVEN.encode()  # noqa: S104


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", True), ("::1", True), ("localhost", True), *((host, False) for host in ELSEWHERE)])
def test_only_this_machine_is_a_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_store_is_opened_with_the_key_of_its_folder(path: Path) -> None:
    with build_store(settings(path)):
        assert sorted(file.name for file in path.parent.glob("*")) == ["faqbot.db", "in-use.lock", "secret.key"]


# As the operator meets it


@pytest.mark.parametrize("key", ["short", "x" * (MIN_SECRET - 1)])
def test_a_key_that_is_set_too_short_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("FAQBOT_SECRET_KEY", key)
    with pytest.raises(SettingsError, match="비밀 키가 짧습니다") as caught:
        load_settings()
    assert key not in str(caught.value)


def test_no_secret_is_shown_with_the_settings() -> None:
    shown = repr(Settings(secret_key=GIVEN, database_url="postgresql://faqbot:hunter2@db/faqbot", rate_limit_storage="redis://:hunter2@cache"))
    assert GIVEN not in shown
    assert "hunter2" not in shown


def test_serving_other_machines_without_a_key_is_refused_before_anything_is_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path / "var"))
    table = tmp_path / "faq.csv"
    table.write_text("질문,답변\n환불은 며칠 걸리나요?,사흘 걸립니다.\n", encoding="utf-8")
    command = ["serve", "--host", "0.0.0.0", "--models", str(tmp_path / "models"), "--faq", str(table)]  # noqa: S104
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("오류: FAQBOT_SECRET_KEY: 다른 컴퓨터에서 접속을 받으려면")
    assert sorted(tmp_path.iterdir()) == [table]
