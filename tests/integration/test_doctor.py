"""`faqbot doctor` on installations that are broken for real, one thing at a time."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from faqbot.bootstrap.parts import build_live, build_store
from faqbot.cli import main
from faqbot.retrieval.release import CURRENT, current_id
from faqbot.settings import Settings
from faqbot.store import NewInquiry, health
from tests.contract.store import postgres

NEEDS = {"redis": "redis-server 가 없습니다: apt-get install redis-server 를 실행하세요", "mount": "마운트할 수 없습니다: root 로 실행하세요"}

Doctor = Callable[..., dict[str, dict[str, Any]]]


def missing(what: str) -> None:
    """Skip, or fail where everything has to be there."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NEEDS[what])


@pytest.fixture
def home(bare_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a release, a database and a key, in which commands run, and a port that is free."""
    shutil.copytree(bare_site, tmp_path / "models" / "default")
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("FAQBOT_PORT", str(free.getsockname()[1]))
    build_store(Settings(var=Path("data/var"))).close()
    return tmp_path


@pytest.fixture
def doctor(home: Path) -> Doctor:
    """Runs it: name → what was found. The exit code is looked at here, for all tests."""

    def run(*options: str, **settings: str) -> dict[str, dict[str, Any]]:
        done = CliRunner(env={f"FAQBOT_{name.upper()}": value for name, value in settings.items()}).invoke(main, ["doctor", "--json", *options])
        told = json.loads(done.stdout)
        fails = [check for check in told["checks"] if check["state"] == "fail"]
        assert (done.exit_code, told["ok"]) == (int(bool(fails)), not fails)
        assert [check for check in told["checks"] if check["state"] in {"fail", "warn"} and not check["found"] + check["next_step"]] == []
        return {check["name"]: check for check in told["checks"]}

    return run


def failing(found: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, check in found.items() if check["state"] == "fail"]


@contextmanager
def tmpfs(folder: Path, options: str) -> Iterator[None]:
    """Something else is mounted there."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False).returncode:
        missing("mount")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_nothing_is_to_be_mended_where_all_is_well(doctor: Doctor):
    found = doctor()
    assert failing(found) == []
    assert {name for name, check in found.items() if check["state"] == "ok"} >= {
        "settings",
        "var",
        "models",
        "key",
        "release",
        "analyzer",
        "database",
        "clock",
        "port",
    }


def test_the_report_for_people_says_what_to_do(home: Path):
    (home / "data/var/secret.key").chmod(0o644)
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 1
    assert "[고칠 것] data/var/secret.key: 다른 사용자도 비밀 키를 읽을 수 있습니다 (권한 644)\n    → chmod 600 data/var/secret.key" in done.stdout
    assert "고칠 것 1개" in done.stdout


def test_nothing_is_changed_by_looking(home: Path, doctor: Doctor):
    def state() -> dict[str, bytes]:
        return {str(file): file.read_bytes() for file in sorted(home.rglob("*")) if file.is_file() and not file.name.endswith(("-wal", "-shm"))}

    before = state()
    doctor()
    assert state() == before
    shutil.rmtree(home / "data")
    assert failing(doctor()) == []
    assert not (home / "data").exists()


def test_settings_that_cannot_be_read_are_all_that_is_told(doctor: Doctor):
    found = doctor(port="x")
    assert list(found) == ["settings"]
    assert "FAQBOT_PORT='x': 정수여야 합니다" in found["settings"]["found"]


def test_a_var_folder_that_cannot_be_written_fails(home: Path, doctor: Doctor):
    with tmpfs(home / "data/var", "ro"):
        found = doctor()
    assert "쓸 수 없습니다(Read-only file system)" in found["var"]["found"]
    assert "var" in failing(found)


def test_a_models_folder_that_cannot_be_written_still_answers(home: Path, doctor: Doctor):
    with tmpfs(home / "models", "size=8m"):
        shutil.copytree(home / "data", home / "models" / "x")
        subprocess.run(["mount", "-o", "remount,ro", home / "models"], check=True)
        assert doctor()["models"]["state"] == "warn"


def test_a_disk_that_is_nearly_full_fails(home: Path, doctor: Doctor):
    with tmpfs(home / "data/var", "size=1m"):
        assert "disk" in failing(doctor())


def test_a_database_without_its_key_fails_and_no_new_key_is_made(home: Path, doctor: Doctor):
    (home / "data/var/secret.key").unlink()
    found = doctor()
    assert failing(found) == ["key"]
    assert "새로 만들면 이미 받은 문의를 읽을 수 없습니다" in found["key"]["next_step"]
    assert not (home / "data/var/secret.key").exists()


def test_another_key_than_inquiries_were_sealed_with_fails(doctor: Doctor):
    with build_store(Settings()) as store:
        store.submit_inquiry(NewInquiry("환불", "a@example.kr", "1"), "a key of sixteen characters")
    assert failing(doctor()) == []
    found = doctor(secret_key="another key, 32 bytes and longer than that")  # noqa: S106  # of the test
    assert failing(found) == ["database"]
    assert "지금의 비밀 키로 열 수 없습니다" in found["database"]["found"]


def test_a_key_that_can_be_guessed_is_worth_a_look(doctor: Doctor):
    assert doctor(secret_key="abcdefghij" * 4)["key"]["state"] == "warn"


def test_others_may_only_connect_where_a_key_is_set(home: Path, doctor: Doctor):
    shutil.rmtree(home / "data")
    found = doctor("--host", "0.0.0.0")  # noqa: S104  # not bound to for long
    assert "key" in failing(found)
    assert {found[name]["state"] for name in ("exposure", "public_url")} == {"warn"}


@pytest.mark.parametrize(("file", "said"), [("entries.json", "digest"), ("posting_rows.npy", "digest"), ("manifest.json", "학습하세요")])
def test_a_release_that_is_damaged_fails(home: Path, doctor: Doctor, file: str, said: str):
    path = home / "models/default" / current_id(home / "models/default") / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = doctor()
    assert failing(found) == ["release"]
    assert said in found["release"]["found"]


def test_every_site_of_the_server_is_looked_at(home: Path, doctor: Doctor):
    (home / "sites").mkdir()
    for site, text in (("good", ""), ("untrained", ""), ("foreign", "port = 80"), ("damaged", "")):
        (home / "sites" / f"{site}.toml").write_text(text, encoding="utf-8")
    for site in ("good", "damaged"):
        shutil.copytree(home / "models" / "default", home / "models" / site)
    (home / "models" / "damaged" / current_id(home / "models" / "damaged") / "entries.json").write_text("[]", encoding="utf-8")
    found = doctor(sites="sites")
    assert {name: check["state"] for name, check in found.items() if name.startswith("site")} == {
        "site damaged": "fail", "site foreign": "fail", "site untrained": "warn", "sites": "ok",
    }  # fmt: skip
    assert "4곳 가운데 1곳이 답합니다" in found["sites"]["found"]


def test_no_release_fails(home: Path, doctor: Doctor):
    (home / "models/default" / CURRENT).unlink()
    assert "공개된 릴리스가 없습니다" in doctor()["release"]["found"]


def test_a_locked_database_fails(home: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "PATIENCE", 0.1)
    with closing(sqlite3.connect(home / "data/var/faqbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = doctor()
    assert failing(found) == ["database"]
    assert "잠겨 있습니다" in found["database"]["found"]


def test_a_damaged_database_fails(home: Path, doctor: Doctor):
    database = home / "data/var/faqbot.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\x5a" * 4096 * 3
    database.write_bytes(content)
    found = doctor()
    assert failing(found) == ["database"]
    assert "손상" in found["database"]["found"]


@pytest.mark.parametrize(("version", "state", "said"), [("0001", "warn", "서버를 켜면 저절로 올립니다"), ("9999", "fail", "새 버전에서 만들어졌습니다")])
def test_tables_of_another_version_are_told(home: Path, doctor: Doctor, version: str, state: str, said: str):
    with closing(sqlite3.connect(home / "data/var/faqbot.db")) as connection, connection:
        connection.execute("UPDATE faqbot_version SET version_num = ?", (version,))
    found = doctor()["database"]
    assert found["state"] == state
    assert said in found["found"] + found["next_step"]


def test_postgresql_is_looked_at_and_one_that_cannot_write_fails(doctor: Doctor):
    if reason := postgres.missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    with postgres.server() as server, postgres.database(server) as address:
        build_store(Settings(database_url=address)).close()
        assert doctor(database_url=address)["database"]["state"] == "ok"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET default_transaction_read_only = on")
        assert "읽기만 할 수 있습니다" in doctor(database_url=address)["database"]["found"]
    found = doctor(database_url=address)["database"]
    assert found["state"] == "fail"
    assert "연결하지 못했습니다" in found["found"]
    assert address.split(":")[2].split("@")[0] not in str(found), "no password"


def test_redis_counts_for_all_processes_and_one_that_is_down_fails(doctor: Doctor, tmp_path: Path):
    program = shutil.which("redis-server")
    if not program:
        missing("redis")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"redis://:hunter2@127.0.0.1:{port}"
    with subprocess.Popen([program, "--port", str(port), "--requirepass", "hunter2", "--save", "", "--dir", tmp_path], stdout=subprocess.DEVNULL) as redis:
        try:
            until = time.monotonic() + 20
            while doctor(rate_limit_storage=address)["limits"]["state"] != "ok":
                assert time.monotonic() < until
        finally:
            redis.terminate()
    found = doctor(rate_limit_storage=address)
    assert failing(found) == ["limits"]
    assert "hunter2" not in str(found)


def test_processes_that_count_apart_are_worth_a_look(doctor: Doctor):
    assert doctor()["limits"]["state"] == "warn"
    assert "limits" not in doctor(workers="1")


@pytest.mark.parametrize("name", [CURRENT, "manifest.json"])
def test_a_clock_that_is_behind_what_was_done_before_fails(home: Path, doctor: Doctor, name: str):
    site, ahead = home / "models/default", time.time() + 3 * 86_400
    if name == CURRENT:
        os.utime(site / CURRENT, (ahead, ahead))
    else:
        path = site / current_id(site) / name
        manifest = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(manifest | {"created": datetime.fromtimestamp(ahead, UTC).isoformat()}), encoding="utf-8")
    assert "clock" in failing(doctor())


def test_the_time_that_counts_is_told(doctor: Doctor):
    assert "(America/New_York)" in doctor(timezone="America/New_York")["clock"]["found"]


def test_the_day_of_the_site_decides_which_entries_are_valid(home: Path):
    days = {build_live(Settings(timezone=zone))._today() for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago")}
    assert len(days) == 2, "25 hours apart, it is never the same day"


def test_a_port_that_somebody_else_took_fails(doctor: Doctor):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = doctor("--port", str(taken.getsockname()[1]), metrics_port=str(taken.getsockname()[1] ^ 1))
    assert "port" in failing(found)
    assert "Address already in use" in found["port"]["found"]


def test_opening_hours_that_a_server_refuses_fail(doctor: Doctor):
    found = doctor(open_hours="평일 9-6")
    assert "hours" in failing(found)
    assert found["hours"]["found"].startswith("FAQBOT_OPEN_HOURS='평일 9-6': ")
    assert "hours" not in doctor(open_hours="월-금 09:00-18:00")


def test_metrics_that_others_can_read_are_worth_a_look(doctor: Doctor):
    assert doctor(metrics_port="9464", metrics_host="0.0.0.0")["metrics_exposure"]["state"] == "warn"  # noqa: S104
    assert "metrics_exposure" not in doctor(metrics_port="9464")


@pytest.mark.parametrize(("workers", "state"), [("1", "warn"), ("2", "ok"), ("64", "warn")])
def test_workers_are_compared_with_processors(doctor: Doctor, workers: str, state: str):
    assert doctor(workers=workers)["workers"]["state"] == state


def test_work_that_was_not_done_for_days_is_worth_a_look(home: Path, doctor: Doctor):
    done = home / "data/var/maintained"
    done.touch()
    assert doctor()["upkeep"]["state"] == "ok"
    os.utime(done, (time.time() - 5 * 86_400,) * 2)
    assert doctor()["upkeep"]["state"] == "warn"


def test_the_age_of_the_newest_backup_is_told(home: Path, doctor: Doctor):
    folder = home / "backups"
    assert doctor()["backups"]["state"] == "skip"
    assert doctor("--backups", str(folder))["backups"]["state"] == "fail"
    folder.mkdir()
    new = folder / "faqbot-default-20261127T000000Z.zip"
    new.touch()
    assert doctor("--backups", str(folder))["backups"]["state"] == "ok"
    os.utime(new, (time.time() - 5 * 86_400,) * 2)
    assert doctor("--backups", str(folder))["backups"]["state"] == "warn"
