"""`faqbot serve` with the embedded core: two workers, forked before either has spoken to it."""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from faqbot.retrieval.bot import Bot
from tests.bench.traffic.questions import variant
from tests.contract.candidates.milvus_core import wait_until

pytestmark = pytest.mark.slow
QUERY = "환불 며칠 걸려요"
WORKERS = 2
#: Seconds for a start, Kiwi's loading included.
START = 120.0


class Server:
    """A running one, its log, and the core's process."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path, file: Path) -> None:
        self.process = process
        self.port = port
        self._log = log
        self._file = file
        self._asked = 0

    def log(self) -> str:
        return self._log.read_text()

    def ask(self) -> dict[str, object]:
        """The same question in another text each time, for what was asked before needs no candidates."""
        self._asked += 1
        query = variant(QUERY, self._asked)
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("POST", "/v1/ask", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log()
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def core(self) -> int:
        """Process that has the file open."""
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = place.read_bytes().split(b"\0")
                if words[0].endswith(b"/milvus") and str(self._file).encode() in words:
                    return int(place.parent.name)
        raise LookupError(self._file)

    def built(self) -> bool:
        """Whether the process beside the workers said that the release is in the engine."""
        with suppress(FileNotFoundError):
            return "올렸습니다" in (self._log.parent / "var" / "engine.log").read_text()
        return False

    def linked(self) -> int:
        """How many processes beside the core hold its socket: what /proc/net/unix counts as connected to it."""
        try:
            core = self.core()
        except LookupError:  # not there yet
            return 0
        name = next(word for word in Path(f"/proc/{core}/cmdline").read_text().split("\0") if word.startswith("unix:")).removeprefix("unix:")
        lines = Path("/proc/net/unix").read_text().splitlines()
        return sum(line.endswith(name) and line.split()[5] == "03" for line in lines)


@pytest.fixture(scope="module")
def server(milvus_python: Path, trained_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    models = shutil.copytree(trained_site, tmp_path_factory.mktemp("linked") / "default").parent
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log, file = models / "server.log", models / "candidates.db"
    environment = {**os.environ, "FAQBOT_VAR": str(models / "var"), "FAQBOT_CANDIDATES": f"milvus://{file}", "FAQBOT_LIMIT_QUESTIONS": "100000/minute"}
    command = [milvus_python, "-m", "faqbot", "serve", "--models", models, "--port", str(port), "--workers", str(WORKERS)]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out, env=environment) as process:
        running = Server(process, port, log, file)
        try:
            wait_until(running.is_ready, START)
            yield running
        finally:
            process.terminate()
            process.wait(60)


def everyone_linked(server: Server) -> bool:
    server.ask()
    return server.built() and server.linked() == WORKERS


def test_every_worker_links_to_the_core_after_its_fork_and_answers_go_on_when_the_core_is_killed(server: Server, bot: Bot) -> None:
    wait_until(lambda: everyone_linked(server), START)
    reply = bot.ask(QUERY)
    answered = [server.ask() for _ in range(20)]
    assert {(each["outcome"], each["confidence"]) for each in answered} == {(reply.outcome, answered[0]["confidence"])}
    os.kill(server.core(), signal.SIGKILL)
    after = [server.ask() for _ in range(20)]
    assert {json.dumps(each["candidates"]) for each in after} == {json.dumps(answered[-1]["candidates"])}
    wait_until(lambda: "그동안" in server.log())
