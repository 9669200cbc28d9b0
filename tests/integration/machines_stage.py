"""Several machines on one: a PostgreSQL with a synchronous standby, Redis, HAProxy, and replicas of faqbot with addresses of their own."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

from faqbot import messages
from tests.contract import services
from tests.contract.services import dying, free_port, haproxy, wait_until
from tests.contract.store import postgres

PROGRAM = Path(sys.executable).with_name("faqbot")
#: Seconds from the start of a replica to its first answer, Kiwi's loading included; for a request; and until what was sent is acknowledged at last.
START, REQUEST, AT_LAST = 120, 20, 60
QUERY = "환불은 며칠 걸리나요?"


@contextmanager
def postgres_folder(name: str) -> Iterator[Path]:
    """Not pytest's: the user of PostgreSQL could not enter it."""
    with tempfile.TemporaryDirectory(prefix=f"faqbot-{name}-", ignore_cleanup_errors=True) as made:
        if os.geteuid() == 0:
            shutil.chown(made, "postgres", "postgres")
        Path(made).chmod(0o755)
        yield Path(made)


class Node:
    """One PostgreSQL of the cluster."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["-D", self.folder / "data", "-h", "127.0.0.1", "-p", self.port, "-k", self.folder, "-F", *self._options]
        with (self.folder / "log").open("ab") as log:
            command = postgres._as_its_user(postgres._programs() / "postgres", *options)
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=postgres._environment())

    def hang(self, how: signal.Signals) -> None:
        """All its processes stand still (SIGSTOP), or go on (SIGCONT)."""
        assert self._process is not None
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if stat.read_text().rpartition(")")[2].split()[1] == str(self._process.pid):
                    os.kill(int(stat.parent.name), how)
        self._process.send_signal(how)

    def end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(REQUEST)
            self._process = None


class Cluster:
    """A primary whose commits wait for a standby, unless it is alone."""

    def __init__(self, folder: Path, *, is_alone: bool = False) -> None:
        self._is_alone = is_alone
        self._password = secrets.token_hex(16)
        for name in ("primary", "standby"):
            (folder / name).mkdir()
            if os.geteuid() == 0:
                shutil.chown(folder / name, "postgres", "postgres")
        self.primary = Node(folder / "primary", *(() if is_alone else ("-c", "synchronous_standby_names=*")))
        self.standby = Node(folder / "standby", "-c", "wal_retrieve_retry_interval=200ms")
        postgres._init(self.primary.folder, self._password)

    @property
    def address(self) -> str:
        """Of both; a client finds the one that writes."""
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in (self.primary, self.standby))
        return f"postgresql://postgres:{self._password}@/postgres?{hosts}&target_session_attrs=read-write"

    def start(self) -> None:
        # Nothing is committed before there is a standby, so the first connection writes nothing.
        self.primary.start()
        wait_until(lambda: self._is_open(self.primary))
        if self._is_alone:
            return
        origin = f"host=127.0.0.1 port={self.primary.port} user=postgres password={self._password}"
        backup = [postgres._programs() / "pg_basebackup", "-d", origin, "-D", self.standby.folder / "data", "-R", "-X", "stream", "-c", "fast", "--no-sync"]
        subprocess.run(postgres._as_its_user(*backup), check=True, capture_output=True, cwd=self.standby.folder, env=postgres._environment())
        self.standby.start()
        wait_until(lambda: self.ask(self.primary, "SELECT sync_state FROM pg_stat_replication") == [("sync",)])

    def promote(self) -> None:
        """The primary is gone for good; the standby takes its place."""
        self.primary.end(signal.SIGKILL)
        assert self.ask(self.standby, "SELECT pg_promote(true, 30)") == [(True,)]

    def ask(self, node: Node, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(f"host=127.0.0.1 port={node.port} user=postgres password={self._password} dbname=postgres", connect_timeout=2) as connection:
            return connection.execute(statement).fetchall()

    def end(self) -> None:
        for node in (self.primary, self.standby):
            node.end(signal.SIGQUIT)

    def _is_open(self, node: Node) -> bool:
        with suppress(psycopg.OperationalError):
            return self.ask(node, "SELECT 1") == [(1,)]
        return False


class Machine:
    """A replica with an address, models and data of its own."""

    def __init__(self, folder: Path, host: str, settings: dict[str, str]) -> None:
        self.folder = folder
        self.host, self.port = host, free_port(host)
        limits = {f"FAQBOT_LIMIT_{name}": "1000000/minute" for name in ("QUESTIONS", "FEEDBACK", "INQUIRIES")}
        own = {"FAQBOT_HOST": host, "FAQBOT_PORT": str(self.port), "FAQBOT_MODELS": str(folder / "models"), "FAQBOT_VAR": str(folder / "var")}
        self._environment = {**os.environ, **settings, **limits, **own}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            command = dying(PROGRAM, "serve", "--workers", "1")
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment, start_new_session=True)

    def kill(self) -> None:
        """All its processes at once, as if the power had gone."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(REQUEST)
            self._process = None

    def tell(self, how: signal.Signals) -> None:
        """A signal to its main process."""
        if self._process is not None:
            self._process.send_signal(how)

    def has_ended(self) -> bool:
        """Whether its main process has ended; its workers have, then."""
        return self._process is None or self._process.poll() is not None

    def release(self) -> str:
        """Of the release that serves here; "" while nothing does."""
        with suppress(OSError, HTTPException, LookupError, ValueError):
            return str(json.loads(send(self.host, self.port, "GET", "/readyz")[1])["release"])
        return ""

    @property
    def log(self) -> str:
        """What its server said."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def run(self, *arguments: str, site: str = "default") -> None:
        """A command on this machine."""
        environment = self._environment | {"FAQBOT_SITE": site}
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=environment, timeout=START, check=False)
        assert done.returncode == 0, done.stderr


class Balancer:
    """HAProxy in front of machines, as README tells to set it up."""

    def __init__(self, folder: Path, machines: list[Machine]) -> None:
        self.port = free_port()
        self._folder = folder
        servers = "\n".join(f"  server m{n} {machine.host}:{machine.port} check" for n, machine in enumerate(machines))
        self._file = folder / "haproxy.cfg"
        self._file.write_text(CONFIGURATION.format(port=self.port, servers=servers))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "haproxy.log").open("ab") as log:
            self._process = subprocess.Popen(haproxy(self._file), stdout=log, stderr=log)
        wait_until(self._is_open)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(REQUEST)

    def _is_open(self) -> bool:
        with suppress(OSError, HTTPException):
            return send("127.0.0.1", self.port, "GET", "/readyz")[0] == 200
        return False


#: Only what may be done twice is tried again on another machine: asking. An inquiry is tried again by its sender, who repeats its key.
CONFIGURATION = """
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  option redispatch 1
  retries 3
frontend all
  bind 127.0.0.1:{port}
  default_backend machines
backend machines
  balance roundrobin
  option httpchk GET /readyz
  http-check expect status 200
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  retry-on all-retryable-errors
  http-request disable-l7-retry unless {{ path_reg ^(/sites/[^/]+)?/v1/(sites/[^/]+/)?ask$ }}
  stick-table type ipv6 size 10k expire 8h
  stick on src if {{ path_reg ^(/sites/[^/]+)?/(v1/(sites/[^/]+/)?)?admin }}
  timeout check 5s
  default-server inter 500ms fall 3 rise 1 on-marked-down shutdown-sessions
{servers}
"""


def send(host: str, port: int, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    """Status and text of a response."""
    with closing(HTTPConnection(host, port, timeout=REQUEST)) as connection:
        connection.request(method, path, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()


@dataclass(slots=True)
class Seen:
    """What clients saw.

    Attributes:
        replies: (release, text of the answer) of every question that was answered.
        failures: when a question that failed was sent and given up (monotonic), and why.
        receipts: key of an inquiry → its number; each was sent once more after that and gave the same.
        votes: how many were acknowledged.
        problems: what must not be.
    """

    replies: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[float, float, str]] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    votes: int = 0
    problems: list[str] = field(default_factory=list)


class Clients:
    """Ask, write and vote through the balancer until they are told to stop, and then end what they have begun."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._loop, args=(work,)) for work in (self._ask, self._ask, self._write, self._write, self._vote)]
        self.seen = Seen()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(AT_LAST + REQUEST)

    def _loop(self, work: Callable[[], None]) -> None:
        while not self._stop.wait(0.02):
            work()

    def read_notices(self) -> None:
        """Something else that needs the database; whatever comes of it."""
        with suppress(OSError, HTTPException):
            send("127.0.0.1", self._port, "GET", "/v1/notices")

    def _ask(self) -> str | None:
        began = time.monotonic()
        try:
            status, text = send("127.0.0.1", self._port, "POST", "/v1/ask", {"query": QUERY})
        except (OSError, HTTPException) as error:
            self.seen.failures.append((began, time.monotonic(), type(error).__name__))
            return None
        if status != 200:
            self.seen.failures.append((began, time.monotonic(), f"{status} {text[:200]}"))
            return None
        reply = json.loads(text)
        self.seen.replies.append((reply["release"], reply["answer"]["answer_text"]))
        return str(reply["feedback_token"])

    def _write(self) -> None:
        key = secrets.token_hex(16)
        needed = {"email": "minji.kim@example.kr", "question": "결제가 두 번 됐어요", "consent": True, "consent_version": messages.CONSENT_VERSION}
        numbers = [self._at_last("/v1/inquiries", {"key": key, **needed}, 201) for _ in range(2)]
        if None in numbers or numbers[0]["number"] != numbers[1]["number"]:
            self.seen.problems.append(f"inquiry {key}: {numbers}")
            return
        self.seen.receipts[key] = numbers[0]["number"]

    def _vote(self) -> None:
        token = self._ask()
        if token is not None and self._at_last("/v1/feedback", {"token": token, "vote": 1}, 204, patience=5) is not None:
            self.seen.votes += 1

    def _at_last(self, path: str, body: dict[str, Any], status: int, patience: float = AT_LAST) -> dict[str, Any] | None:
        """What is answered with that status at last, as a client does that tries again; None where it never is."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with suppress(OSError, HTTPException):
                found, text = send("127.0.0.1", self._port, "POST", path, body)
                if found == status:
                    return dict(json.loads(text or "{}"))
                if found not in {404, 502, 503, 504}:
                    self.seen.problems.append(f"{path}: {found} {text[:200]}")
                    return None
            time.sleep(0.2)
        return None


def missing() -> str:
    """What would have to be there, empty where all of it is."""
    found = (services.missing("haproxy", "haproxy"), services.missing("redis-server", "redis-server"), "" if postgres._programs() else postgres.missing())
    return " ".join(filter(None, found))
