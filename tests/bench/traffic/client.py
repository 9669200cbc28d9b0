"""A client that sends each request when it is due, whether the server keeps up or not; what a request took counts from when it was due.

A client that waits for one answer before it asks again leaves out those who would have asked meanwhile, and a server that stalls looks well.
One thread, raw bytes over kept-alive connections: on a machine that client and server share, the client must cost little.
"""

import json
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from selectors import EVENT_READ, SelectSelector
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Number of a request → its bytes.
Say = Callable[[int], bytes]
#: Number of a request, status and body of its response.
Hear = Callable[[int, int, bytes], object]
#: Seconds that the last responses are waited for.
PATIENCE = 20.0
#: Counted as the status of a request whose connection was lost, or whose response did not come in time.
LOST = 0
#: Number of no request.
NOTHING = -1
#: Bytes that are read at once, and seconds between two looks at the clock where nothing is due.
_READ, _MOMENT = 1 << 16, 0.5


@dataclass(frozen=True)
class Heard:
    """What became of requests.

    Attributes:
        millis: of those that were answered with 2xx, in the order of their responses, from when the request was due.
        statuses: how many responses had which; LOST for none.
        rate: responses a second.
        again: requests that were sent a second time, for the server had closed the idle connection that they went over.
        late: milliseconds by which the client itself was late with 99 of 100 requests.
        cpu: milliseconds of the client's own time for a request.
    """

    millis: Floats
    statuses: Counter[int]
    rate: float
    again: int
    late: float
    cpu: float

    @property
    def failed(self) -> int:
        """Requests without a 2xx."""
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 300)

    def percentile(self, percent: float) -> float:
        """Milliseconds; infinite where nothing was answered."""
        return float(np.percentile(self.millis, percent)) if len(self.millis) else np.inf

    def to_json(self) -> dict[str, Any]:
        """For a process that waits for this one."""
        return {**vars(self), "millis": self.millis.round(3).tolist(), "statuses": {str(status): count for status, count in self.statuses.items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Heard":
        """Of what `to_json` made."""
        return cls(**data | {"millis": np.array(data["millis"]), "statuses": Counter({int(status): count for status, count in data["statuses"].items()})})


def steady(rate: float, seconds: float) -> Floats:
    """When requests are due, in seconds from the beginning, that many a second."""
    return np.arange(round(rate * seconds)) / rate


def saying(requests: Sequence[bytes]) -> Say:
    """One of the requests after the other, over and over."""
    return lambda number: requests[number % len(requests)]


def post(path: str, data: Any) -> bytes:
    """A POST of JSON as it goes over the wire."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class _Connection:
    __slots__ = ("data", "is_used", "number", "sock")

    def __init__(self, port: int, source: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""
        self.number = NOTHING
        self.is_used = False


class Connections:
    """So many at most, opened where they are wanted, and each free again once its response is whole.

    Args:
        port: of the server, on this machine.
        most: at once.
        sources: addresses to come from, one connection after the other.
    """

    def __init__(self, port: int, most: int, sources: Sequence[str]) -> None:
        self._port, self._most, self._sources = port, most, cycle(sources)
        self._takes_last = len(sources) == 1
        self._idle: deque[_Connection] = deque()
        self._open = 0
        self._selector = SelectSelector()  # waits microseconds where epoll waits a whole millisecond

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open

    @property
    def busy(self) -> int:
        """How many wait for a response."""
        return self._open - len(self._idle)

    @property
    def has_free(self) -> bool:
        """Whether a request could be sent now."""
        return bool(self._idle) or self._open < self._most

    def send(self, number: int, data: bytes) -> None:
        """Over the one that was busy last, so that a fast process gets more; over the one that has been idle for longest where each has its own source."""
        if self._idle and (self._takes_last or self._open == self._most):
            connection = self._idle.pop() if self._takes_last else self._idle.popleft()
        else:
            connection = _Connection(self._port, next(self._sources))
            self._open += 1
            self._selector.register(connection.sock, EVENT_READ, connection)
        connection.number = number
        with suppress(OSError):  # it will be seen to be closed
            connection.sock.sendall(data)

    def arrived(self, timeout: float) -> Iterator[tuple[int, bytes | None]]:
        """Number and response of requests, b"" where the connection was lost, None where it was closed while it was idle, so that the server never saw the request."""
        for key, _ in self._selector.select(timeout):
            connection: _Connection = key.data
            piece = _piece(connection.sock)
            connection.data += piece
            if piece and _end(connection.data) is None:
                continue
            number, data = connection.number, connection.data
            connection.number, connection.data = NOTHING, b""
            if not piece or b"\r\nconnection: close" in data[: data.find(b"\r\n\r\n")].lower():
                self._part(connection, number)
            else:
                self._idle.append(connection)
            if number != NOTHING:
                yield number, data if piece else None if connection.is_used and not data else b""
            connection.is_used = True

    def close(self) -> None:
        """Part with all."""
        for key in list(self._selector.get_map().values()):
            key.data.sock.close()
        self._selector.close()

    def _part(self, connection: _Connection, number: int) -> None:
        self._selector.unregister(connection.sock)
        connection.sock.close()
        self._open -= 1
        if number == NOTHING:
            self._idle.remove(connection)


class Client:
    """Asks once; a request that finds no connection free waits for one, and that counts.

    Args:
        port: of the server, on this machine.
        connections: at most.
        sources: addresses to come from.
    """

    def __init__(self, port: int, connections: int, sources: Sequence[str] = ("127.0.0.1",)) -> None:
        self._connections = Connections(port, connections, sources)
        self._again: deque[int] = deque()
        self._repeated = 0
        self._sent = 0
        self._is_behind = False
        self._answered: list[float] = []
        self._late: list[float] = []
        self._statuses: Counter[int] = Counter()

    @property
    def open(self) -> int:
        """Connections that there are now."""
        return self._connections.open

    @property
    def busy(self) -> int:
        """Requests that wait for a response now."""
        return self._connections.busy

    def run(self, say: Say, hear: Hear, due: Floats, seconds: float = np.inf) -> Heard:
        """Send requests when they are due, none after so many seconds, and hear the responses out."""
        times, began, cpu = due.tolist(), time.perf_counter(), time.process_time()
        last = min(seconds, times[-1] if times else 0.0) + PATIENCE
        while (now := time.perf_counter() - began) < last:
            if now >= seconds:
                del times[self._sent :]
            self._send_due(times, now, say)
            if self._sent >= len(times) and not self._connections.busy:
                break
            for number, data in self._connections.arrived(self._until_due(times, now)):
                self._take(number, data, times, began, hear)
        self._statuses[LOST] += self._connections.busy
        took = time.perf_counter() - began
        self._connections.close()
        return Heard(
            millis=np.array(self._answered) * 1000,
            statuses=+self._statuses,
            rate=self._statuses.total() / took,
            again=self._repeated,
            late=float(np.percentile(self._late, 99)) * 1000 if self._late else 0.0,
            cpu=(time.process_time() - cpu) * 1000 / max(1, self._sent),
        )

    def _send_due(self, times: Sequence[float], now: float, say: Say) -> None:
        while self._again and self._connections.has_free:
            number = self._again.popleft()
            self._connections.send(number, say(number))
        while self._sent < len(times) and times[self._sent] <= now:
            if not self._connections.has_free:
                self._is_behind = True
                return
            if not self._is_behind:
                self._late.append(now - times[self._sent])
            self._connections.send(self._sent, say(self._sent))
            self._sent += 1
        self._is_behind = False

    def _until_due(self, times: Sequence[float], now: float) -> float:
        """Seconds until there is something to send, or a moment where there is nothing or no way."""
        is_waiting = self._sent < len(times) and self._connections.has_free
        return max(0.0, times[self._sent] - now) if is_waiting else _MOMENT

    def _take(self, number: int, data: bytes | None, times: Sequence[float], began: float, hear: Hear) -> None:
        if data is None:
            self._again.append(number)
            self._repeated += 1
            return
        status = int(data[9:12]) if data else LOST
        self._statuses[status] += 1
        if 200 <= status < 300:
            self._answered.append(time.perf_counter() - began - times[number])
        hear(number, status, data[data.find(b"\r\n\r\n") + 4 :])


def _piece(sock: socket.socket) -> bytes:
    """What has arrived; nothing at the end of the connection."""
    try:
        return sock.recv(_READ)
    except OSError:
        return b""


def _end(data: bytes) -> int | None:
    """Where the head of a response ends that is whole; None for a part of one."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    lower = data[:head].lower()
    at = lower.find(b"content-length:")
    length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return head if len(data) >= head + 4 + length else None
