"""gunicorn's threaded worker, in which a slow client costs no thread and a stop drops nothing that was sent."""

import logging
import socket
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import PollableMethodQueue, TConn, ThreadWorker

from faqbot.store.attempts import network
from faqbot.web import draining
from faqbot.web.arrival import Arrival, Stage, asks
from faqbot.web.body import Body
from faqbot.web.crowd import OUT_OF_FILES, SPARE
from faqbot.web.retirement import Retirement
from faqbot.web.sockets import READ, SEND_BUFFER, arrived, bound, refuse, unsent
from faqbot.web.turns import Turns

#: Seconds for a request to arrive, from the first look at its connection: a page's, or a phone's in a tunnel.
ARRIVE = 20.0
#: Seconds that a thread works on one connection at most, the rest of a large file and a slow reader included; then it is cut.
SERVE = 120.0
#: Seconds a closed connection is still read, so that the client gets the last response instead of a reset.
LINGER = 2.0
#: Seconds between two looks for those that took too long.
SWEEP = 0.25
#: Seconds a stopping worker still takes what was sent before the stop.
LAST_CALL = 0.3
#: What is no 400.
_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (LimitRequestLine, 414),
    (LimitRequestHeaders, 431),
    (ExpectationFailed, 417),
    (UnsupportedTransferCoding, 501),
)
_log = logging.getLogger(__name__)


class _Threads:
    """One that answers questions, and others for what may take a while.

    Answers are work of the processor, which threads of a process do not share but fight for. The one waits for nobody: a question is here whole,
    its answer goes into the connection's buffer, and no database is read for it.
    """

    def __init__(self, others: int) -> None:
        self.answering, self.others = Turns[Any](1), Turns[Any](others)

    def shutdown(self, wait: bool) -> None:  # noqa: ARG002  # what gunicorn calls its pool with
        """Take no more requests."""
        self.answering.shutdown()
        self.others.shutdown()


class _Finished(PollableMethodQueue):  # type: ignore[misc]  # gunicorn ships no types
    """What threads say once they are done, even when nobody listens any more: no other file may have the number of the pipe's then."""

    def close(self) -> None:
        """Leave it open."""


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Requests are collected by the main loop, which waits for all clients at once; a thread gets one that is here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method_queue = _Finished()
        self._served: dict[TConn, float] = {}
        self._lingering: deque[TConn] = deque()
        self._unready: deque[TConn] = deque()
        self._swept, self._is_crowded = 0.0, False
        self._most: int = self.max_requests  # type: ignore[has-type]  # gunicorn ships no types
        self.max_requests = sys.maxsize
        self._retirement: Retirement | None = None

    def retire_by(self, retirement: Retirement) -> None:
        """End when that says so, and not at once after many requests as gunicorn's worker does: others may be ending."""
        self._retirement = retirement

    def get_thread_pool(self) -> "_Threads":
        """Two kinds of them in place of gunicorn's."""
        return _Threads(self.cfg.threads)

    def load_wsgi(self) -> None:
        """The app, to which a body that is no HTTP is one that ended too early."""
        super().load_wsgi()
        app: WSGIApplication = self.wsgi  # type: ignore[has-type]  # gunicorn ships no types

        def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            environ["wsgi.input"] = Body(environ["wsgi.input"])
            return app(environ, start_response)

        self.wsgi = guarded

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Say in `/readyz` that this process ends, and begin to."""
        draining.begin()
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool) -> None:
        """A worker that stops first takes the connections that were made before: nobody else may be there to do it."""
        if not enabled and not self.alive and self._accepting:
            until = time.monotonic() + LAST_CALL
            while (left := until - time.monotonic()) > 0:
                self.wait_for_and_dispatch_events(timeout=left)
            for conn in (*self.pending_conns, *self._unready):
                if conn in self._unready or not conn.arrival:  # it does not read, or a browser may have opened it just in case
                    conn.timeout = min(conn.timeout, until + LINGER)
        super().set_accept_enabled(enabled)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait with room for whoever comes next: of those that are waited for, the one that took longest goes, so that waiting for many keeps nobody out."""
        while (self._is_crowded or self.nr_conns > self.worker_connections - SPARE) and self._make_room():
            self._is_crowded = False
        super().wait_for_and_dispatch_events(timeout)

    def _make_room(self) -> bool:
        """Hang up on one, first on those that were answered; False where there are only such as are being answered."""
        waiting = next(filter(None, (self.keepalived_conns, self._lingering, self._unready, self.pending_conns)), None)
        if waiting:
            conn = waiting[0]
            self._leave(waiting, conn)
            self._hang_up(conn)
        return bool(waiting)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection. Where the system has no file left for it, it waits until there is one."""
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in OUT_OF_FILES:
                raise
            self._is_crowded = True

    def enqueue_req(self, conn: TConn) -> None:
        """Take care of a connection that is new, that says something again, or whose next request came with the last one."""
        if not conn.initialized:
            bound(conn.sock)
            conn.init()
        conn.sock.setblocking(False)
        conn.arrival = Arrival()
        conn.timeout = time.monotonic() + ARRIVE
        stage: Stage | None = conn.arrival.add(conn.parser.unreader.take_buffered())
        if stage is Stage.PARTIAL and (piece := arrived(conn.sock)) is not None:
            stage = conn.arrival.add(piece) if piece else None
        if stage is not Stage.PARTIAL:
            self._settle(conn, stage)
            return
        self._encourage(conn)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """More of a request."""
        piece = arrived(client)
        if piece is None:
            return
        stage = conn.arrival.add(piece) if piece else None
        if stage is Stage.PARTIAL:
            self._encourage(conn)
        else:
            self._leave(self.pending_conns, conn)
            self._settle(conn, stage)

    def _settle(self, conn: TConn, stage: Stage | None) -> None:
        """Do what the end of waiting asks for; None where the client has gone, whatever it began."""
        if stage is Stage.WHOLE and not self._may_begin(conn):
            conn.timeout = time.monotonic() + (ARRIVE if conn.arrival.is_whole else SERVE)
            self._unready.append(conn)
        elif stage is Stage.WHOLE:
            request = conn.arrival.take()
            conn.parser.unreader.unread(request)
            conn.data_ready = True
            self._served[conn] = time.monotonic() + SERVE
            self._hand_over(conn, request)
        elif stage is None:
            self._hang_up(conn)
        else:
            refuse(conn.sock, 431 if stage is Stage.HEAD_TOO_LARGE else 400, uuid4().hex)
            self._linger(conn)

    def _hand_over(self, conn: TConn, request: bytes) -> None:
        """Give a request to the threads, a question to the one that answers questions."""
        threads = self.tpool.answering if conn.arrival.is_whole and asks(request) else self.tpool.others
        future = threads.submit(_network(conn.client), partial(self.handle, conn))
        future.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def _may_begin(self, conn: TConn) -> bool:
        """Whether a thread can be spared: not for a client that asks on without reading, for which it would wait, nor for one upload more than half of them read."""
        reading = sum(not each.arrival.is_whole for each in self._served)
        return unsent(conn.sock) <= SEND_BUFFER // 2 and (conn.arrival.is_whole or reading < max(1, self.cfg.threads // 2))

    def _encourage(self, conn: TConn) -> None:
        if conn.arrival.expects:
            conn.arrival.expects = False
            with suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """A thread is done. gunicorn's own way to close would hold up everybody until this client closes too."""
        self._served.pop(conn, None)
        if fs.cancelled() or fs.exception() or not fs.result():
            self._linger(conn)
        else:
            super().finish_request(conn, fs)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """A request whose body was not waited for is the last one of its connection: a thread would have to read the rest."""
        return keepalive and conn.arrival.is_whole and super()._keepalive_after(conn, keepalive)

    def murder_pending(self) -> None:
        """Part with those that took too long: to send, to close, or to let a thread finish. Looks at all of them a few times a second."""
        now = time.monotonic()
        if now < self._swept + SWEEP:
            return
        self._swept = now
        self._retire(now)
        for conn in [conn for conn in self._unready if conn.timeout > now]:
            if self._may_begin(conn):
                self._unready.remove(conn)
                self._settle(conn, Stage.WHOLE)
        for waiting in (self.pending_conns, self._lingering, self._unready):
            for conn in [conn for conn in waiting if conn.timeout <= now]:
                self._leave(waiting, conn)
                self._hang_up(conn)
        for conn in [conn for conn, deadline in self._served.items() if deadline <= now]:
            del self._served[conn]
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RDWR)  # the thread that reads or writes it gets an end or an error

    def _retire(self, now: float) -> None:
        if self._retirement and self._retirement.is_due(now, has_done=self.nr >= self._most):
            self.alive = False
            if self.cfg.workers > 1:  # others answer meanwhile, so a large file may be sent to its end
                self.cfg.set("graceful_timeout", int(SERVE))

    def _leave(self, waiting: deque[TConn], conn: TConn) -> None:
        waiting.remove(conn)
        with suppress(KeyError, ValueError, OSError):
            self.poller.unregister(conn.sock)

    def _linger(self, conn: TConn) -> None:
        """Close as RFC 9112 asks: say that we are done, read on for a moment, then close."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._hang_up(conn)
            return
        conn.timeout = time.monotonic() + LINGER
        self._lingering.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._discard, conn))

    def _discard(self, conn: TConn, client: socket.socket) -> None:
        try:
            is_over = not client.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self._leave(self._lingering, conn)
            self._hang_up(conn)

    def _hang_up(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:  # noqa: ARG002  # gunicorn's signature
        """Answer what is no HTTP with a problem. Nothing that was sent goes into the response or the log: it may hold a query."""
        number = uuid4().hex
        ours = not isinstance(exc, (ParseException, TimeoutError, ConnectionError)) or isinstance(exc, (InvalidResponseHeader, InvalidResponseHeaderName))
        if ours:
            _log.error("request %s failed outside the app: %s\n%s", number, type(exc).__name__, "".join(traceback.format_tb(exc.__traceback__)))
        else:
            _log.warning("request %s refused by the parser: %s", number, type(exc).__name__)
        refuse(client, 500 if ours else next((status for kind, status in _STATUS if isinstance(exc, kind)), 400), number)


def _network(client: Any) -> str:
    """Whose turn a connection of that address takes; those over a Unix socket are all of one program."""
    return network(client[0]) if isinstance(client, tuple) else ""
