"""One client is one client, whatever it claims and wherever it asks."""

import ipaddress
import os
import shutil
import socket
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from faqbot.settings import Settings
from tests.security.hostile import missing

QUERY = {"query": "배송이 늦어요"}
#: Bytes of memory for a hundred thousand clients of the last hour, in one process.
MOST = 120_000_000


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The address of a Redis of our own."""
    if shutil.which("redis-server") is None:
        missing("redis-server 가 없습니다: apt-get install redis-server 를 실행하세요")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)) as connection:
            connection.sendall(b"PING\r\n")
            if connection.recv(5) == b"+PONG":
                return
        time.sleep(0.05)
    pytest.fail("Redis did not start")


def ask(client: FlaskClient, address: str, **headers: str) -> int:
    return client.post("/v1/ask", json=QUERY, environ_overrides={"REMOTE_ADDR": address}, headers=headers).status_code


@pytest.mark.slow
def test_with_redis_all_workers_count_one_client_together(build, tmp_path):
    with redis_server(tmp_path) as address:
        workers = [build(Settings(limit_questions="3/hour", rate_limit_storage=address)).test_client() for _ in range(4)]
        assert [ask(worker, "203.0.113.7") for worker in workers] == [200, 200, 200, 429]
        assert [ask(worker, "203.0.113.8") for worker in workers] == [200, 200, 200, 429]


def test_whoever_has_a_network_is_one_client_with_all_its_addresses(build):
    client = build(Settings(limit_questions="3/hour")).test_client()
    network = ipaddress.ip_network("2001:db8:1:2::/64")
    assert [ask(client, str(network[n * 7919])) for n in range(1, 6)] == [200, 200, 200, 429, 429]
    assert ask(client, "::ffff:203.0.113.7") == 200
    assert [ask(client, address) for address in ("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7")] == [200, 200, 429]


@pytest.mark.parametrize("claimed", ["", "127.0.0.1", "198.51.100.1, 198.51.100.2", "unknown", "_hidden", "[::1]:80", "'; --", "a" * 4000])
def test_no_claim_makes_another_client(build, claimed):
    client = build(Settings(limit_questions="2/hour")).test_client()
    names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP")
    assert [ask(client, "203.0.113.7", **dict.fromkeys(names, f"{claimed}{n}")) for n in range(4)] == [200, 200, 429, 429]


def test_a_hundred_thousand_clients_take_a_bounded_memory(build):
    app = build(Settings())
    (limiter,) = app.extensions["limiter"]
    tracemalloc.start()
    try:
        for n in range(20_000):
            limiter.storage.incr(f"LIMITER/2001:db8:{n >> 8:x}:{n & 0xFF:x}::/inquire/10/1/hour", 3600)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used < MOST / 5


def test_a_log_in_takes_as_much_work_for_a_name_that_nobody_has(store):
    from faqbot.store import credentials  # noqa: PLC0415

    assert credentials._decoy().split("$")[1:4] == credentials.hash_password("correct horse battery").split("$")[1:4]
    assert os.environ.get("FAQBOT_SECRET_KEY") is None
