"""`faqbot serve` as a program: two workers on a real release, and another one published under load."""

import dataclasses
import json
import os
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import pytest

import faqbot
from faqbot import messages
from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id
from faqbot.training.prior import shipped_prior
from faqbot.training.publish import publish
from faqbot.training.train import Plan, train
from tests.counted import counted

pytestmark = pytest.mark.slow

PROGRAM = Path(sys.executable).with_name("faqbot")
WORKERS = 2
#: Seconds from the start to the first answer, Kiwi's loading included; and for a stop, requests in flight included.
START, STOP = 90, 40
#: Seconds in which every worker serves what was published.
PROMISE = 2.0
#: Seconds a single request may take.
REQUEST = 20
QUERY = "환불 며칠 걸려요"


class Server:
    """A running `faqbot serve`."""

    def __init__(self, process: subprocess.Popen, port: int, database: Path) -> None:
        self.process = process
        self.port = port
        self.database = database

    def send(self, method: str, path: str, body: str | None = None, content_type: str = "application/json") -> tuple[int, str]:
        """Status and text of a response."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=REQUEST)) as connection:
            connection.request(method, path, None if body is None else body.encode(), {"Content-Type": content_type})
            response = connection.getresponse()
            return response.status, response.read().decode()

    def request(self, method: str, path: str, body: str | None = None, content_type: str = "application/json") -> str:
        """What a request that succeeds gets."""
        status, text = self.send(method, path, body, content_type)
        assert status == 200, text
        return text

    def post(self, path: str, **fields: object) -> tuple[int, str]:
        return self.send("POST", path, json.dumps(fields))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What is in the database, past the server."""
        with closing(sqlite3.connect(self.database, timeout=REQUEST)) as connection:
            return connection.execute(statement).fetchall()

    def ask(self, query: str, limit: int = 3) -> dict[str, Any]:
        return json.loads(self.request("POST", "/v1/ask", json.dumps({"query": query, "limit": limit})))

    def is_ready(self) -> bool:
        assert self.process.poll() is None, "the server ended before it was ready"
        with suppress(OSError):
            return json.loads(self.request("GET", "/readyz"))["status"] == "ready" and len(self.workers()) == WORKERS
        return False

    def workers(self) -> list[int]:
        """Process ids of the server's children."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if stat.read_text().rpartition(")")[2].split()[1] == str(self.process.pid):
                    found.append(int(stat.parent.name))
        return sorted(found)

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Every other worker stands still."""
        others = [pid for pid in self.workers() if pid != worker]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)


@contextmanager
def serve(models: Path, *options: str | Path, **settings: str) -> Iterator[Server]:
    """Starts a server on a free port, with its database beside the models, waits until it is ready, and ends it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [PROGRAM, "serve", "--models", models, "--port", str(port), "--workers", str(WORKERS), *options]
    # One client asks here what a hundred ask elsewhere.
    limits = {f"FAQBOT_LIMIT_{name}": "1000000/minute" for name in ("QUESTIONS", "FEEDBACK", "INQUIRIES")}
    environment = {**os.environ, "FAQBOT_VAR": str(models / "var"), **limits, **settings}
    with (models / "server.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        server = Server(process, port, models / "var" / "faqbot.db")
        try:
            wait_until(server.is_ready, START)
            yield server
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} seconds"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def models(trained_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(trained_site, tmp_path_factory.mktemp("served") / "default").parent


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[Server]:
    """One for all tests that only ask."""
    with serve(models, **counted()) as running:
        yield running


def test_the_page_asks(server: Server) -> None:
    page = server.request("GET", "/")
    assert "<form" in page
    assert "고객센터 도움말" in page


def test_the_page_answers(server: Server) -> None:
    page = server.request("POST", "/", urlencode({"query": "환불은 며칠 걸리나요?"}), "application/x-www-form-urlencoded")
    assert "<strong>영업일 3일</strong>" in page


def test_the_api_answers(server: Server, models: Path) -> None:
    reply = server.ask("환불은 며칠 걸리나요?")
    assert (reply["outcome"], reply["answer"]["id"], reply["release"]) == ("answer", "refund", current_id(models / "default"))


@pytest.mark.parametrize("query", [QUERY, "수수료는 얼마인가요?", "카드 결제 취소", "도착이 늦네요", "뷁뚫꿿"])
def test_the_api_has_the_numbers_of_python_to_the_last_bit(server: Server, models: Path, query: str) -> None:
    served, reply = server.ask(query, limit=10), faqbot.load(models).ask(query, limit=10)
    assert served["confidence"] == reply.confidence
    assert [(c["id"], c["confidence"]) for c in served["candidates"]] == [(c.id, c.confidence) for c in reply.candidates]


def test_every_worker_gives_the_same_reply(server: Server) -> None:
    replies = []
    for worker in server.workers():
        with server.only(worker):
            replies.append({**server.ask(QUERY), "request_id": "", "feedback_token": ""})
    assert len(replies) == WORKERS
    assert replies[0] == replies[1]


def test_clients_at_once_get_the_same_replies(server: Server) -> None:
    queries = [QUERY, "배송이 늦어요", "수수료는 얼마인가요?", "뷁뚫꿿"]
    alone = {query: server.ask(query)["confidence"] for query in queries}
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(server.ask, queries * 20))
    assert [reply["confidence"] for reply in replies] == [alone[query] for query in queries * 20]


def inquiry(key: str, **fields: object) -> dict[str, Any]:
    needed = {"email": "minji.kim@example.kr", "question": "결제가 두 번 됐어요", "consent": True, "consent_version": messages.CONSENT_VERSION}
    return {"key": key, **needed, **fields}


def test_what_every_worker_was_asked_is_written_down(server: Server) -> None:
    for number, worker in enumerate(server.workers()):
        with server.only(worker):
            server.ask(f"물은 것 {number}")
    expected = [(f"물은 것 {number}",) for number in range(WORKERS)]
    wait_until(lambda: server.rows("SELECT text FROM queries WHERE text LIKE '물은 것%' ORDER BY text") == expected, REQUEST)


def test_what_one_worker_answered_can_be_voted_on_at_another(server: Server) -> None:
    one, other = server.workers()
    with server.only(one):
        token = server.ask("다른 곳에서 평가할 질문")["feedback_token"]
    wait_until(lambda: server.rows("SELECT 1 FROM queries WHERE text = '다른 곳에서 평가할 질문'"), REQUEST)
    with server.only(other):
        assert server.post("/v1/feedback", token=token, vote=1) == (204, "")


def test_an_inquiry_that_is_sent_to_all_workers_at_once_is_one(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: server.post("/v1/inquiries", **inquiry("sent to all at once")), range(16)))
    (response,) = set(responses)
    assert response[0] == 201
    number = json.loads(response[1])["number"]
    assert server.rows(f"SELECT count(*) FROM inquiries WHERE number = '{number}'") == [(1,)]  # noqa: S608


def test_while_somebody_else_locks_the_database_questions_are_answered_and_inquiries_are_not_called_stored(server: Server) -> None:
    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(6) as pool:
            inquiries = [pool.submit(server.post, "/v1/inquiries", **inquiry(f"sent while it is locked {n}")) for n in range(3)]
            assert {server.ask("배송이 늦어요")["outcome"] for _ in range(20)} == {"answer"}
            assert {future.result()[0] for future in inquiries} == {503}
    assert server.post("/v1/inquiries", **inquiry("sent while it is locked 0"))[0] == 201


def test_the_key_of_a_server_is_its_owners_only(server: Server) -> None:
    assert {file.name: file.stat().st_mode & 0o077 for file in server.database.parent.glob("[sf]*")}.items() >= {("secret.key", 0), ("faqbot.db", 0)}


def test_what_was_kept_long_enough_is_deleted_when_a_server_starts(server: Server) -> None:
    wait_until((server.database.parent / "maintained").exists, REQUEST)


class Clients:
    """Ask again and again until they are told to stop, and keep (when it was asked, the release that answered, or what went wrong)."""

    def __init__(self, server: Server, n: int = 3) -> None:
        self._server = server
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._loop) for _ in range(n)]
        self.asked: list[tuple[float, str]] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(REQUEST)

    def _loop(self) -> None:
        while not self._stopped.wait(0.01):
            began = time.monotonic()
            try:
                self.asked.append((began, self._server.ask(QUERY)["release"]))
            except (OSError, HTTPException, AssertionError) as error:
                self.asked.append((began, repr(error)))


@pytest.fixture(scope="module")
def trained_twice(bare_site: Path, small_table: tuple[FaqEntry, ...], analyzer: KiwiAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A site with a second release that is not published yet, and its id."""
    site = shutil.copytree(bare_site, tmp_path_factory.mktemp("twice") / "default")
    changed = (dataclasses.replace(small_table[0], answer="이제 하루 걸립니다."), *small_table[1:])
    plan = Plan(Targets(0.9, 0.3), publish=False)
    done = train(changed, (), Dictionaries((), ()), site=site, analyzer=analyzer, prior=shipped_prior(), plan=plan)
    return site, done.release


@pytest.fixture
def two(trained_twice: tuple[Path, str], tmp_path: Path) -> tuple[Path, str, str]:
    """A copy of them, the models folder that they are in, and the ids of both releases."""
    site, new = trained_twice
    copy = shutil.copytree(site, tmp_path / "models" / "default")
    return copy.parent, current_id(copy), new


def test_a_published_release_is_served_by_all_workers_in_time_and_no_request_fails(two: tuple[Path, str, str]) -> None:
    models, old, new = two
    with serve(models) as server:
        with Clients(server) as clients:
            wait_until(lambda: len(clients.asked) > 20, START)
            publish(models / "default", new)
            published = time.monotonic()
            wait_until(lambda: clients.asked[-1][0] > published + PROMISE + 1, START)
        assert {release for _, release in clients.asked} == {old, new}
        assert {release for began, release in clients.asked if began > published + PROMISE} == {new}
        assert len(server.workers()) == WORKERS
        for worker in server.workers():
            with server.only(worker):
                assert server.ask("환불은 며칠 걸리나요?")["answer"]["answer_text"] == "이제 하루 걸립니다."


def test_a_worker_that_is_started_after_a_publication_never_answers_from_the_release_of_before(two: tuple[Path, str, str]) -> None:
    models, old, new = two
    with serve(models) as server:
        first = server.workers()
        publish(models / "default", new)
        os.kill(first[0], signal.SIGKILL)
        wait_until(lambda: len({*server.workers()} - {*first}) == 1, START)
        (started,) = {*server.workers()} - {*first}
        with server.only(started):
            assert server.ask(QUERY)["release"] == new != old


def test_who_asks_a_hundred_questions_at_once_waits_for_them_and_nobody_else_does(trained_site: Path, tmp_path: Path) -> None:
    models = shutil.copytree(trained_site, tmp_path / "default").parent
    with serve(models) as server, server.only(worker := server.workers()[0]):
        os.kill(worker, signal.SIGSTOP)  # all of them have come before the first is answered
        many = [asking(server.port, "127.0.0.1", f"{number} " + "할수있게되어지는것이" * 29) for number in range(100)]
        one = asking(server.port, "127.0.0.2", QUERY)
        os.kill(worker, signal.SIGCONT)
        assert one.recv(15) == b"HTTP/1.1 200 OK"
        answered, _, _ = select.select(many, [], [], 0)
        assert len(answered) < len(many) / 2
        for connection in (*many, one):
            connection.close()


def asking(port: int, address: str, query: str) -> socket.socket:
    """A connection from an address over which a question was sent."""
    connection = socket.create_connection(("127.0.0.1", port), REQUEST, (address, 0))
    body = json.dumps({"query": query}).encode()
    connection.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    return connection


def test_a_rolled_back_release_is_served_again(two: tuple[Path, str, str]) -> None:
    models, old, new = two
    publish(models / "default", new)
    with serve(models) as server:
        assert server.ask(QUERY)["release"] == new
        subprocess.run([PROGRAM, "releases", "--models", models, "rollback"], check=True, timeout=60, capture_output=True)
        wait_until(lambda: server.ask(QUERY)["release"] == old, PROMISE + REQUEST)


def test_what_was_asked_before_a_stop_is_written_down_and_tokens_outlive_the_server(bare_site: Path, tmp_path: Path) -> None:
    models = shutil.copytree(bare_site, tmp_path / "default").parent
    with serve(models) as server:
        tokens = [server.ask(f"물은 것 {number}")["feedback_token"] for number in range(20)]
        end(server.process)
        assert server.rows("SELECT count(*) FROM queries") == [(20,)]
    with serve(models) as server:
        assert [server.post("/v1/feedback", token=token, vote=1)[0] for token in tokens] == [204] * 20


@pytest.fixture(scope="module")
def configured(bare_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose settings are not the usual ones; its folder of data is named by the command."""
    models = shutil.copytree(bare_site, tmp_path_factory.mktemp("configured") / "default").parent
    settings = {"FAQBOT_LIMIT_QUESTIONS": "1/hour", "FAQBOT_ORIGINS": "https://shop.example.kr", "FAQBOT_TRUSTED_PROXIES": "1"}
    with serve(models, "--var", models / "elsewhere", **settings) as running:
        yield running


def test_pages_of_listed_origins_and_limits_come_from_the_settings(configured: Server) -> None:
    statuses = [configured.post("/v1/ask", query="환불")[0] for _ in range(2 * WORKERS + 1)]
    assert statuses.count(429) >= WORKERS
    with closing(HTTPConnection("127.0.0.1", configured.port, timeout=REQUEST)) as connection:
        connection.request("GET", "/v1/popular", headers={"Origin": "https://shop.example.kr"})
        assert connection.getresponse().headers["Access-Control-Allow-Origin"] == "https://shop.example.kr"


def test_database_and_key_are_where_the_command_says(configured: Server) -> None:
    usual = configured.database.parent
    assert {"faqbot.db", "secret.key"} <= {file.name for file in usual.with_name("elsewhere").iterdir()}
    assert not usual.exists()


@pytest.mark.parametrize(("named", "base"), [("server", "http://127.0.0.1:{port}"), ("configured", "https://help.example.kr")])
def test_headers_of_a_proxy_count_only_where_one_is_said_to_be(named: str, base: str, request: pytest.FixtureRequest) -> None:
    """gunicorn, left to itself, believes every program of this machine."""
    running: Server = request.getfixturevalue(named)
    claimed = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "help.example.kr", "X-Forwarded-For": "203.0.113.7"}
    with closing(HTTPConnection("127.0.0.1", running.port, timeout=REQUEST)) as connection:
        connection.request("GET", "/v1/contact", headers=claimed)
        contact = json.load(connection.getresponse())
    assert contact["inquiry_url"] == base.format(port=running.port) + "/inquiry"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_leaves_nothing_behind(bare_site: Path, tmp_path: Path, sign: signal.Signals) -> None:
    models = shutil.copytree(bare_site, tmp_path / "default").parent
    with serve(models) as server:
        workers = server.workers()
        server.process.send_signal(sign)
        assert server.process.wait(STOP) == 0
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), REQUEST)  # an orphan is reaped by the system, whenever that gets to it
        with pytest.raises(ConnectionRefusedError):
            server.request("GET", "/livez")


def test_serve_trains_first_where_nothing_usable_is_published(tmp_path: Path) -> None:
    table = tmp_path / "faq.csv"
    table.write_text("id,질문,답변\nrefund,환불은 며칠 걸리나요?,사흘 걸립니다.\n", encoding="utf-8")
    models = tmp_path / "models"
    models.mkdir()
    with serve(models, "--faq", table) as server:
        assert server.ask("환불은 며칠 걸리나요?")["answer"]["answer_text"] == "사흘 걸립니다."
    log = (models / "server.log").read_text()
    assert f"{models / 'default'}: 공개된 릴리스가 없습니다." in log
    assert f"지금 {table} 를 학습합니다." in log
    assert f"http://127.0.0.1:{server.port} 에서 열었습니다. 멈추려면 Ctrl+C 를 누르세요." in log
