"""Servers that a test starts itself, and what it says where their programs are missing."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

#: Seconds for a server to start or stop.
PATIENCE = 20.0


def require(reason: str) -> None:
    """Skip, saying what is missing; where everything has to be there, fail."""
    if reason:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def missing(program: str, package: str) -> str:
    """What would have to be there, empty where it is."""
    return "" if shutil.which(program, path=_PATH) else f"{program}이(가) 없습니다: apt-get install {package} 을 실행하세요"


#: Debian keeps servers where not every user looks.
_PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"


class Redis:
    """A Redis on a free port that keeps nothing on the disk; it can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(dying(shutil.which("redis-server", path=_PATH), *options), stdout=log, stderr=log)
        wait_until(self._is_open)

    def silence(self) -> None:
        """Take connections and answer nothing, as a machine that hangs does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process = None

    def _is_open(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False


def haproxy(configuration: Path) -> list[str]:
    """The command that runs HAProxy in the foreground."""
    return dying(shutil.which("haproxy", path=_PATH), "-db", "-f", configuration)


def dying(*command: object) -> list[str]:
    """A command that ends with the process that started it, however that ends."""
    return ["setpriv", "--pdeathsig=KILL", *map(str, command)]


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} seconds"
        time.sleep(0.05)
