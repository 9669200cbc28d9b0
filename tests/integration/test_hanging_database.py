"""A PostgreSQL that hangs, neither answering nor refusing: the server goes on answering, ends in its time, and loses nothing that it took."""

import json
import secrets
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.contract.services import require, wait_until
from tests.contract.store import postgres
from tests.integration.machines_stage import QUERY, START, Cluster, Machine, postgres_folder, send

pytestmark = pytest.mark.slow

#: Seconds in which a server ends that was told to, whatever hangs.
STOP = 20
#: Questions asked while it hangs.
ASKED = 40


@pytest.fixture
def folder() -> Iterator[Path]:
    with postgres_folder("hanging") as made:
        yield made


def spooled(machine: Machine) -> list[str]:
    """Texts of the queries that lie on the machine's disk."""
    lines = [line for file in (machine.folder / "var" / "spool").glob("*.jsonl") for line in file.read_text(encoding="ascii").splitlines()]
    return [json.loads(line)["record"]["text"] for line in lines]


def ask(machine: Machine, query: str) -> int:
    """The status of the reply."""
    return send(machine.host, machine.port, "POST", "/v1/ask", {"query": query})[0]


def read_notices(machine: Machine) -> None:
    """Something that waits for the database, whatever becomes of it."""
    with suppress(OSError, HTTPException):
        send(machine.host, machine.port, "GET", "/v1/notices")


def test_a_server_whose_database_hangs_ends_in_its_time_and_what_was_asked_is_written_later(folder: Path, bare_site: Path) -> None:
    require("" if postgres._programs() else postgres.missing())
    with ExitStack() as ending:
        cluster = Cluster(folder, is_alone=True)
        ending.callback(cluster.end)
        cluster.start()
        machine = Machine(folder / "one", "127.0.0.4", {"FAQBOT_DATABASE_URL": cluster.address, "FAQBOT_SECRET_KEY": secrets.token_urlsafe(48)})
        ending.callback(machine.kill)
        shutil.copytree(bare_site, machine.folder / "models" / "default")
        machine.start()
        wait_until(machine.release, START)
        ask(machine, QUERY)
        wait_until(lambda: cluster.ask(cluster.primary, "SELECT count(*) FROM queries") == [(1,)])  # over a connection that is kept from now on
        cluster.primary.hang(signal.SIGSTOP)
        ending.callback(cluster.primary.hang, signal.SIGCONT)
        queries = [f"{QUERY} {number}" for number in range(ASKED)]
        statuses = {ask(machine, query) for query in queries[: ASKED // 2]}  # these wait behind one that is being written
        waiting = [threading.Thread(target=read_notices, args=(machine,)) for _ in range(6)]
        for thread in waiting:
            thread.start()
        statuses |= {ask(machine, query) for query in queries[ASKED // 2 :]}  # and for these there is no connection left
        machine.tell(signal.SIGTERM)
        wait_until(machine.has_ended, STOP)
        left = spooled(machine)
        cluster.primary.hang(signal.SIGCONT)
        for thread in waiting:
            thread.join(STOP)
        machine.start()
        wait_until(machine.release, START)
        ask(machine, QUERY)  # with the first question it looks for what was left
        wait_until(lambda: not spooled(machine), START)
        written = [text for (text,) in cluster.ask(cluster.primary, "SELECT text FROM queries")]
    assert statuses == {200}
    assert sorted(left) == sorted(queries)
    assert sorted(text for text in written if text != QUERY) == sorted(queries)
