"""Bytes on a socket, for what no HTTP library would send, and programs that may be missing."""

import os
import socket
import time
from contextlib import closing, suppress
from pathlib import Path
from ssl import SSLContext

import pytest

#: Seconds for a program to start and for one exchange.
PATIENCE = 20.0


def needed(program: str, package: str) -> None:
    """Skip where a program is missing, saying what to install; fail where everything must be there."""
    if not Path(program).exists():
        message = f"{program} 이(가) 없습니다: apt-get install {package} 를 실행하세요"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


def free_port() -> int:
    """A port that nobody has right now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Until somebody listens."""
    until = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < until, f"nobody listens on {port}"
        time.sleep(0.05)


def exchange(port: int, sent: bytes, patience: float = PATIENCE, tls: SSLContext | None = None, quiet: float = 0.5) -> bytes:
    """What comes back for these bytes until the other side closes or says nothing for a while."""
    received = b""
    plain = socket.create_connection(("127.0.0.1", port), timeout=patience)
    with closing(tls.wrap_socket(plain) if tls else plain) as connection, suppress(OSError):
        connection.sendall(sent)
        while piece := connection.recv(65536):
            received += piece
            connection.settimeout(quiet)
    return received
