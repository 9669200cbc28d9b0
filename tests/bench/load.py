"""A load generator that leaves the CPU to the server: raw requests over kept-alive connections, one thread, a selector."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np


@dataclass(frozen=True)
class Load:
    """What a server got through: requests a second, and milliseconds of each request."""

    rate: float
    requests: int
    millis: np.ndarray


@dataclass
class _Connection:
    sock: socket.socket
    sent: float = 0.0
    received: bytearray = field(default_factory=bytearray)


def get(path: str) -> bytes:
    """A GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def post_json(path: str, body: bytes) -> bytes:
    """A POST of JSON as it goes over the wire."""
    return f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def drive(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Load:
    """Keep every connection busy with one request after the other, for that long.

    Raises:
        RuntimeError: a response is not 200, or a connection was closed.
    """
    upcoming = cycle(requests)
    took: list[float] = []
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
        try:
            start = time.perf_counter()
            for connection in opened:
                selector.register(connection.sock, selectors.EVENT_READ, connection)
                _send(connection, upcoming)
            while time.perf_counter() - start < seconds:
                for key, _ in selector.select(timeout=seconds):
                    if _is_complete(key.data):
                        took.append(time.perf_counter() - key.data.sent)
                        _send(key.data, upcoming)
            return Load(len(took) / (time.perf_counter() - start), len(took), np.array(took) * 1000)
        finally:
            for connection in opened:
                connection.sock.close()


def _send(connection: _Connection, upcoming: Iterator[bytes]) -> None:
    connection.received.clear()
    connection.sent = time.perf_counter()
    connection.sock.sendall(next(upcoming))


def _is_complete(connection: _Connection) -> bool:
    """Takes what has arrived; whether that completes the response."""
    received = connection.received
    part = connection.sock.recv(65536)
    received += part
    head = received.find(b"\r\n\r\n")
    if not part or (head >= 0 and not received.startswith(b"HTTP/1.1 200")):
        raise RuntimeError(f"no good response: {bytes(received[:300])!r}")
    if head < 0:
        return False
    field_name = b"content-length:"
    at = received.lower().find(field_name, 0, head)
    return len(received) >= head + 4 + int(received[at + len(field_name) : received.find(b"\r\n", at)])
