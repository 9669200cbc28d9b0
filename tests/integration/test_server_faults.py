"""`faqbot serve` on a disk that is full, read-only or broken, and on a release that is gone: answers go on, nothing is called stored that is not, and it mends itself."""

import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.cli import main
from faqbot.retrieval.release import current_id
from tests.faults import harness
from tests.faults.cases import Stock
from tests.faults.harness import traced
from tests.faults.kills import kill_server
from tests.integration.test_server import QUERY, REQUEST, Server, inquiry, serve

pytestmark = pytest.mark.slow

#: Bytes of the disk that gets full.
DISK = 8_000_000


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A small file system of its own; None where this user may not mount one."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", folder], capture_output=True, check=False).returncode == 0
    yield folder if mounted else None
    if mounted:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="module")
def models(bare_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(bare_site, tmp_path_factory.mktemp("broken") / "default").parent


@pytest.fixture(scope="module")
def server(models: Path, disk: Path | None) -> Iterator[Server]:
    """One whose var folder is on that disk. Every test leaves it as it was."""
    settings = {"FAQBOT_VAR": str(disk)} if disk else {}
    with serve(models, **settings) as running:
        running.database = (disk or models / "var") / "faqbot.db"
        yield running


def require(reason: str) -> None:
    """Skip where something is missing on this machine; a failure under CI."""
    if reason:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def send(server: Server, key: str) -> tuple[int, str, str | None, str]:
    """Status, type, Retry-After and code of the answer to an inquiry."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=REQUEST)) as connection:
        connection.request("POST", "/v1/inquiries", json.dumps(inquiry(key)).encode(), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.headers["Retry-After"], json.loads(response.read()).get("code", "")


REFUSED = (503, "application/problem+json", "5", "not_stored")


def count(server: Server) -> int:
    return int(server.rows("SELECT count(*) FROM inquiries")[0][0])


@contextmanager
def full(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with filler.open("wb") as handle:
        for size in (65536, 4096, 1):
            try:
                while True:
                    os.write(handle.fileno(), b"x" * size)
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


def test_on_a_full_disk_answers_go_on_and_nothing_is_called_stored(server: Server, disk: Path | None) -> None:
    require("" if disk else "작은 디스크를 마운트할 수 없습니다: 관리자(root)로 실행하세요")
    token, before = server.ask(QUERY)["feedback_token"], count(server)
    with full(disk):
        sent = [send(server, f"sent to a full disk {n}") for n in range(12)]
        assert {server.ask(QUERY)["outcome"] for _ in range(10)} == {"answer"}
        stored = count(server)
        assert sent.count(REFUSED) == 12 - (stored - before)
        assert REFUSED in sent
        assert server.post("/v1/feedback", token=token, vote=1)[0] in {204, 503}
    assert [send(server, f"sent to a full disk {n}")[0] for n in range(12)] == [201] * 12
    assert count(server) == before + 12


@pytest.mark.parametrize("error", ["EROFS", "EIO", "ENOSPC", "EDQUOT"])
def test_while_the_disk_refuses_every_write_inquiries_get_503_and_then_one_number(server: Server, error: str, tmp_path: Path) -> None:
    require(harness.missing())
    before, key = count(server), f"sent while every write is {error}"
    writes = ["-e", "trace=pwrite64,ftruncate,fdatasync,fsync", "-e", f"inject=pwrite64,ftruncate,fdatasync,fsync:error={error}"]
    with traced(server.workers(), tmp_path / "log", *writes):
        assert {send(server, key) for _ in range(4)} == {REFUSED}
        assert {server.ask(QUERY)["outcome"] for _ in range(5)} == {"answer"}
    assert [send(server, key)[0] for _ in range(3)] == [201] * 3
    assert count(server) == before + 1


def test_an_inquiry_is_on_the_disk_before_it_is_acknowledged(server: Server, tmp_path: Path) -> None:
    """What survives a loss of power: the log of the write-ahead is synced after its last write and before the first byte of the 201."""
    require(harness.missing())
    with traced(server.workers(), tmp_path / "log", "-e", "trace=pwrite64,fdatasync,fsync,sendto,sendmsg,write,writev"):
        assert send(server, "sent under a magnifying glass")[0] == 201
    calls = (tmp_path / "log").read_text(errors="replace").splitlines()
    answered = next(n for n, call in enumerate(calls) if "201 CREATED" in call)
    written = max(n for n, call in enumerate(calls[:answered]) if "pwrite64" in call and "faqbot.db-wal" in call)
    synced = [n for n, call in enumerate(calls) if re.search(r"f(data)?sync\(\d+<[^>]*faqbot\.db-wal>\) += 0", call)]
    assert any(written < n < answered for n in synced)


@pytest.mark.parametrize(
    "harm",
    [
        lambda site: shutil.rmtree(site / current_id(site)),
        lambda site: (site / "CURRENT").unlink(),
        lambda site: (site / "CURRENT").write_bytes(b"\xff\xfe"),
        lambda site: (site / "CURRENT").write_text("0" * 16),
        lambda site: (site / current_id(site) / "entries.json").rename(site / "moved.json"),
        lambda site: [os.truncate(path, 0) for path in (site / current_id(site)).iterdir()],
        lambda site: [path.write_bytes(b"\xff" * path.stat().st_size) for path in (site / current_id(site)).iterdir()],
    ],
    ids=["release gone", "CURRENT gone", "CURRENT garbage", "CURRENT elsewhere", "file gone", "files cut short in place", "files overwritten in place"],
)
def test_a_release_that_is_harmed_on_the_disk_answers_on(server: Server, models: Path, harm: Callable[[Path], object]) -> None:
    reply, site = server.ask(QUERY), models / "default"
    whole = shutil.copytree(site, models / "whole")
    harm(site)
    try:
        for worker in server.workers():
            with server.only(worker):
                asked = [server.ask(QUERY) for _ in range(3)]
                assert {(each["release"], each["confidence"]) for each in asked} == {(reply["release"], reply["confidence"])}
    finally:
        shutil.rmtree(site)
        whole.rename(site)


def test_with_a_damaged_database_answers_go_on_and_it_is_restored_when_the_server_is_stopped(bare_site: Path, tmp_path: Path) -> None:
    models = shutil.copytree(bare_site, tmp_path / "models" / "default").parent
    places = ["--models", str(models), "--var", str(models / "var")]

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    with serve(models) as server:
        assert send(server, "sent before the damage")[0] == 201
        assert run("backup", str(tmp_path / "backup.zip"), *places).exit_code == 0
        for end in ("", "-wal"):
            path = Path(f"{server.database}{end}")
            if path.exists():
                path.write_bytes(os.urandom(path.stat().st_size))
        assert {send(server, f"sent into the damage {n}")[0] for n in range(6)} <= {201, 503}  # SQLite cannot tell what others do to its file
        assert {server.ask(QUERY)["outcome"] for _ in range(5)} == {"answer"}
        assert "서버를 멈추고" in run("restore", str(tmp_path / "backup.zip"), "--yes", *places).stderr
    assert "faqbot restore 백업.zip" in run("maintain", *places[2:]).stderr
    assert run("restore", str(tmp_path / "backup.zip"), "--yes", *places).exit_code == 0
    assert server.rows("SELECT count(*) FROM inquiries") == [(1,)]


def test_a_server_that_is_killed_with_all_its_processes_loses_and_doubles_no_inquiry(bare_site: Path, tmp_path: Path) -> None:
    """One kill here, many with `make kills`."""
    stock = Stock.make(tmp_path / "stock", bare_site)
    assert kill_server(stock.copy(tmp_path / "run"), random.Random(0)) > 0  # noqa: S311
