"""`faqbot serve` in bad company: slow clients, signals, crashes, a port that is taken. Nothing that was sent is lost, nobody waits for another."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from pathlib import Path
from typing import Self

import pytest

from faqbot.web.crowd import BESIDE
from tests.counted import counted
from tests.integration import test_server as stage
from tests.integration.test_server import PROGRAM, QUERY, REQUEST, START, WORKERS, Server, serve, wait_until
from tests.site_copies import copy_release

pytestmark = pytest.mark.slow

#: Clients that are slow at once, and what each worker's threads are fewer than.
SLOW = 50
#: Seconds in which a worker would end that waits for nobody, or a second one beside it.
LONG_ENOUGH = 3.0
#: Seconds after which a stop is no graceful one any more.
STOP = 20
BODY = json.dumps({"query": QUERY})


@pytest.fixture(scope="module")
def models(bare_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(bare_site, tmp_path_factory.mktemp("served") / "default").parent


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[Server]:
    """One for all tests that leave it running."""
    with serve(models, **counted()) as running:
        yield running


@pytest.fixture
def own(bare_site: Path, tmp_path: Path) -> Path:
    """A models folder for a server of the test's own."""
    return shutil.copytree(bare_site, tmp_path / "models" / "default").parent


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=REQUEST)


def head(length: int | str, *lines: str) -> bytes:
    return "\r\n".join(["POST /v1/ask HTTP/1.1", "Host: a", "Content-Type: application/json", f"Content-Length: {length}", *lines, "", ""]).encode()


CHUNKED = b"POST /v1/ask HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
#: What a slow client has sent, and waits.
UNFINISHED = {
    "nothing": b"",
    "half a request line": b"POST /v1/a",
    "half of the headers": b"POST /v1/ask HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "half a body": head(100) + b'{"query": ',
    "half a body after 100-continue": head(100, "Expect: 100-continue"),
    "half a chunk": CHUNKED + b'40\r\n{"query": ',
    "chunks without an end": CHUNKED + b"1\r\n{\r\n" * 5,
    "a body too large, and half of it": head(20_000_000) + b" " * 600_000,
    "a second request on a connection that was kept": b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /li",
    "a request to close, and does not close": b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "requests without reading a response": b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 15,
}


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED.keys())
def test_fifty_clients_that_are_slow_keep_nobody_waiting(server: Server, sent: bytes) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(connect(server))) for _ in range(SLOW)]
        for client in slow:
            client.settimeout(2)
            with suppress(OSError):  # who is refused at once is slow no more
                client.sendall(sent)
        assert {server.ask(QUERY)["outcome"] for _ in range(20)} == {"answer"}


@pytest.fixture(scope="module")
def small(bare_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may open few files, and so holds few connections; visitors may send files."""
    folder = tmp_path_factory.mktemp("small")
    program = folder / "faqbot"
    program.write_text(f'#!/bin/sh\nulimit -n {BESIDE + 50}\nexec "{PROGRAM}" "$@"\n')
    program.chmod(0o700)
    models = shutil.copytree(bare_site, folder / "models" / "default").parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "PROGRAM", program)
        with serve(models, **counted(), FAQBOT_ATTACHMENTS="1") as running:
            yield running


@pytest.mark.parametrize("sent", [b"", head(100) + b"{", b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"], ids=["nothing", "half a body", "a request, and stays"])
def test_more_connections_than_a_worker_holds_keep_nobody_waiting_and_end_no_worker(small: Server, sent: bytes) -> None:
    workers = small.workers()
    with ExitStack() as stack:
        waiting = [stack.enter_context(closing(connect(small))) for _ in range(400)]
        for client in waiting:
            with suppress(OSError):  # who waited longest has made room
                client.sendall(sent)
        assert {small.ask(QUERY)["outcome"] for _ in range(20)} == {"answer"}
        waiting[0].setblocking(False)  # it was told by now
        with suppress(ConnectionError):
            while waiting[0].recv(65536):
                pass
    assert small.workers() == workers


def test_files_that_are_sent_slowly_keep_nobody_waiting(small: Server) -> None:
    lines = (
        "POST /inquiry/review HTTP/1.1", f"Host: 127.0.0.1:{small.port}", "Sec-Fetch-Site: same-origin", "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 4000000", "", "--x", 'Content-Disposition: form-data; name="files"; filename="a.txt"', "", "a" * 300_000,
    )  # fmt: skip
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(closing(connect(small))).sendall("\r\n".join(lines).encode())
        assert {small.ask(QUERY)["outcome"] for _ in range(20)} == {"answer"}


def test_a_client_that_sends_byte_by_byte_is_answered(server: Server) -> None:
    with closing(connect(server)) as client:
        for byte in head(len(BODY)) + BODY.encode():
            client.send(bytes([byte]))
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_waits_to_be_told_to_continue_is_told(server: Server) -> None:
    with closing(connect(server)) as client:
        client.sendall(head(len(BODY), "Expect: 100-continue"))
        assert client.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        client.sendall(BODY.encode())
        wait_for(client, b"200 OK")


def wait_for(client: socket.socket, wanted: bytes) -> bytes:
    data = b""
    while wanted not in data:
        piece = client.recv(65536)
        assert piece, f"closed after {data!r}"
        data += piece
    return data


def test_requests_that_are_sent_in_one_go_are_answered_in_their_order(server: Server) -> None:
    with closing(connect(server)) as client:
        client.sendall(
            b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n" + head(len(BODY)) + BODY.encode() + b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        data = b""
        while piece := client.recv(65536):
            data += piece
    assert re.findall(rb"HTTP/1\.1 (\d+) ", data) == [b"200", b"200", b"404"]


def test_a_body_that_is_too_large_is_refused_before_it_is_all_there(server: Server) -> None:
    with closing(connect(server)) as client:
        client.sendall(head(20_000_000) + b" " * 300_000)
        assert b"413" in client.recv(100)


def test_headers_that_are_too_large_are_a_problem(server: Server) -> None:
    with closing(connect(server)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        with suppress(OSError):
            for _ in range(64):
                client.sendall(b"X-Long: " + b"a" * 1000 + b"\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 431 Refused\r\nContent-Type: application/problem+json\r\n")


def test_a_port_that_is_taken_is_said_in_words_and_at_once(server: Server, own: Path) -> None:
    command = [PROGRAM, "serve", "--models", own, "--port", str(server.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=START, check=False, env={**os.environ, "FAQBOT_VAR": str(own / "var")})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"오류: FAQBOT_PORT={server.port}: 다른 프로그램이 이미 쓰고 있는 포트입니다. 그 프로그램을 끄거나 faqbot serve --port 로 다른 포트를 주세요.\n"
    )


class Traffic:
    """Clients that ask without a pause, every other one on a connection that it keeps; each request ends in `answered` or is listed in `lost`.

    Who cannot connect has sent nothing, and tries again.
    """

    def __init__(self, server: Server, clients: int = 6) -> None:
        self._server = server
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(kept,)) for kept in (True, False) * (clients // 2)]
        self.answered: Counter[int] = Counter()
        self.lost: list[str] = []
        self.refused = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        wait_until(lambda: self.answered.total() > 50, START)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(REQUEST)

    def more(self, n: int) -> None:
        """Wait for so many further answers."""
        wanted = self.answered.total() + n
        wait_until(lambda: self.answered.total() >= wanted, START)

    def _ask(self, is_kept: bool) -> None:
        connection: HTTPConnection | None = None
        while not self._stopped.is_set():
            fresh = connection is None or connection.sock is None
            connection = connection or HTTPConnection("127.0.0.1", self._server.port, timeout=REQUEST)
            try:
                if fresh:
                    connection.connect()
            except OSError:
                self.refused += 1
                self._stopped.wait(0.02)
                continue
            try:
                connection.request("POST", "/v1/ask", BODY, {"Content-Type": "application/json"})
                response = connection.getresponse()
                response.read()
                self.answered[response.status] += 1
            except (OSError, HTTPException) as error:
                # A kept connection may be closed while it is idle, at any time and by any server: who is told nothing sends again.
                if fresh or not isinstance(error, (RemoteDisconnected, ConnectionError)):
                    self.lost.append(repr(error))
                connection.close()
            if not is_kept:
                connection.close()
        if connection:
            connection.close()


def test_a_stop_under_load_loses_no_request_and_takes_at_most_twenty_seconds(own: Path) -> None:
    with serve(own) as server, Traffic(server) as traffic:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(STOP) == 0
        wait_until(lambda: traffic.refused > 0, REQUEST)
    assert (traffic.lost, set(traffic.answered)) == ([], {200})


def test_a_request_that_was_begun_before_a_stop_is_answered(own: Path) -> None:
    with serve(own) as server, closing(connect(server)) as client:
        client.sendall(head(len(BODY)))
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_refused(server.port), REQUEST)
        client.sendall(BODY.encode())
        assert b"Connection: close" in wait_for(client, b"\r\n\r\n")
        assert server.process.wait(STOP) == 0


def is_refused(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_while_it_stops_a_server_says_that_it_is_not_ready_and_alive(own: Path) -> None:
    def get(connection: HTTPConnection, path: str) -> tuple[int, str | None, str]:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers["Retry-After"], response.read().decode()

    with serve(own) as server, ExitStack() as stack:
        one, *others = [stack.enter_context(closing(HTTPConnection("127.0.0.1", server.port, timeout=REQUEST))) for _ in range(4)]
        assert [get(connection, "/readyz")[0] for connection in (one, *others)] == [200] * 4
        server.process.send_signal(signal.SIGTERM)
        found = [get(one, "/readyz")]
        while found[-1][0] == 200:
            found.append(get(one, "/readyz"))
        assert found[-1][:2] == (503, "5")
        assert json.loads(found[-1][2])["code"] == "draining"
        assert [get(connection, "/livez")[0] for connection in others] == [200] * 3


@pytest.fixture
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has servers started by a program that runs a line of Python first."""

    def begin_with(line: str) -> None:
        program = tmp_path / "faqbot"
        program.write_text(
            f"#!{sys.executable}\nfrom faqbot.cli import main\nfrom faqbot.web import retirement, server, worker\n{line}\nmain()\n", encoding="utf-8"
        )
        program.chmod(0o755)
        monkeypatch.setattr(stage, "PROGRAM", program)

    return begin_with


def test_a_worker_that_is_recycled_under_load_loses_no_request(own: Path, hasty: Callable[[str], None]) -> None:
    hasty("server.MAX_REQUESTS, server.JITTER, retirement.PAUSE = 60, 20, 0.1")
    with serve(own) as server:
        first = server.workers()
        with Traffic(server) as traffic:
            wait_until(lambda: not set(first) & set(server.workers()), START)
            traffic.more(200)
    assert (traffic.lost, set(traffic.answered)) == ([], {200})


def test_after_a_publication_workers_that_share_its_memory_take_the_place_of_the_others_and_no_request_is_lost(own: Path, hasty: Callable[[str], None]) -> None:
    hasty("retirement.RETIRE, retirement.PAUSE = 0.5, 0.5")
    with serve(own) as server:
        first = server.workers()
        with Traffic(server) as traffic:
            new = copy_release(own / "default", own / "default", "다른 판입니다.")
            wait_until(lambda: not set(first) & set(server.workers()) and len(server.workers()) == WORKERS, START)
            traffic.more(200)
            second = server.workers()
        assert server.ask(QUERY)["release"] == new
        assert server.workers() == second  # those that were forked with it stay
    assert (traffic.lost, set(traffic.answered)) == ([], {200})


def test_a_worker_that_is_replaced_waits_for_slow_clients_and_meanwhile_another_answers(own: Path, hasty: Callable[[str], None]) -> None:
    hasty("retirement.RETIRE, retirement.PAUSE, server.GRACE, worker.ARRIVE = 0, 0.5, 1, 120")

    def is_told_to_go(connection: HTTPConnection) -> bool:
        connection.request("GET", "/livez")
        response = connection.getresponse()
        response.read()
        return response.headers["Connection"] == "close"

    with serve(own) as server, ExitStack() as stack:
        first = server.workers()
        slow = [stack.enter_context(closing(connect(server))) for _ in range(20)]
        for client in slow:
            client.sendall(head(len(BODY)))
        copy_release(own / "default", own / "default", "다른 판입니다.")
        kept = [stack.enter_context(closing(HTTPConnection("127.0.0.1", server.port, timeout=REQUEST))) for _ in range(20)]
        wait_until(lambda: any(is_told_to_go(connection) for connection in kept), START)
        until = time.monotonic() + LONG_ENOUGH
        while time.monotonic() < until:
            assert server.ask(QUERY)["outcome"] == "answer"
        assert server.workers() == first
        for client in slow:
            client.sendall(BODY.encode())
            wait_for(client, b"200 OK")


@pytest.mark.parametrize("sign", [signal.SIGABRT, signal.SIGKILL])
def test_a_worker_that_crashes_under_load_takes_at_most_what_it_was_at_with_it_and_is_replaced(server: Server, sign: signal.Signals) -> None:
    victim, *_ = server.workers()
    with Traffic(server) as traffic:
        os.kill(victim, sign)
        wait_until(lambda: victim not in server.workers() and len(server.workers()) == WORKERS, START)
        traffic.more(100)
    assert len(traffic.lost) <= 6
    assert set(traffic.answered) == {200}


def said(body: bytes, *lines: str) -> bytes:
    return head(len(body), *lines) + body


JSON_TYPE = b"Content-Type: application/json\r\n"
BODIES: dict[str, tuple[bytes, int]] = {
    "990 brackets": (said(b"[" * 990 + b"]" * 990), 400),
    "100,000 brackets": (said(b"[" * 100_000), 413),
    "20 MB": (head(20_000_000) + b" " * 300_000, 413),
    "a number of 5,000 digits": (said(b'{"query": "a", "limit": ' + b"9" * 5000 + b"}"), 400),
    "NaN": (said(b'{"query": "a", "limit": NaN}'), 400),
    "1e999": (said(b'{"query": "a", "limit": 1e999}'), 400),
    "a name twice": (said(b'{"query": "a", "query": "b"}'), 400),
    "a lone surrogate": (said(b'{"query": "\\ud800"}'), 400),
    "UTF-16": (said('{"query": "환불"}'.encode("utf-16")), 400),
    "a byte order mark": (said('{"query": "환불"}'.encode("utf-8-sig")), 400),
    "gzip": (said(b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"), 415),
    "gzip in transfer": (CHUNKED.replace(b"chunked", b"gzip, chunked") + b"0\r\n\r\n", 400),
    "no content type": (said(BODY.encode()).replace(JSON_TYPE, b""), 415),
    "a chunk that is none": (CHUNKED + b"zz\r\n\r\n", 400),
    "a chunk that goes on": (CHUNKED + b"1\r\n{{{{\r\n0\r\n\r\n", 400),
    "another expectation": (said(BODY.encode(), "Expect: the unexpected"), 417),
}


@pytest.mark.parametrize(("sent", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_not_as_it_should_be_is_a_problem_and_no_flaw(server: Server, sent: bytes, status: int) -> None:
    with closing(connect(server)) as client:
        client.sendall(sent)
        received = wait_for(client, b"\r\n\r\n")
    assert received.split(b" ", 2)[1] == str(status).encode()
    assert b"Content-Type: application/problem+json\r\n" in received
