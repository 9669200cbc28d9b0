"""gunicorn around the app: workers are forked from one warmed process, so Kiwi's 500 MB exist once."""

import ctypes
import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from faqbot.settings import Settings
from faqbot.web import metrics_folder
from faqbot.web.crowd import most_connections
from faqbot.web.gunicorn_log import GunicornLogger
from faqbot.web.listening import BACKLOG, bind, listen, opened
from faqbot.web.retirement import Order, Retirement
from faqbot.web.worker import Worker

#: Threads of a worker. Kiwi holds the interpreter lock, so more would only take turns; slow clients cost none.
THREADS = 4
#: Seconds a worker may be silent before it is replaced; no query takes a tenth of one.
TIMEOUT = 30
#: Seconds in-flight requests have to finish when the server stops; what is left of twenty is for the records that wait to be written.
GRACE = 14
#: Seconds an idle connection is kept for its next request.
KEEPALIVE = 5
#: Requests after which a worker is replaced by a fresh one, and up to how many more, so that two are not replaced at once. No leak is known; this bounds one.
MAX_REQUESTS, JITTER = 100_000, 20_000
#: Where memory is a file system.
_MEMORY = Path("/dev/shm")  # noqa: S108  # only the name of an unlinked file is ever there

#: "Drop packets that open a connection": load the flags of TCP, keep SYN and ACK, drop where SYN stands alone.
_NO_NEW = ((0x30, 0, 0, 13), (0x54, 0, 0, 0x12), (0x15, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))
_SO_ATTACH_FILTER = 26


class _Arbiter(Arbiter):  # type: ignore[misc]  # gunicorn ships no types
    def stop(self, graceful: bool = True) -> None:
        """Workers take what was connected before, and nothing is connected after: a connection that nobody takes would be one whose request is lost."""
        if graceful and not (self.reexec_pid or self.master_pid or self.systemd):
            for listener in self.LISTENERS:
                _turn_away(listener.sock)
        super().stop(graceful)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app

    def run(self) -> None:
        _Arbiter(self).run()


def run(
    app: Flask,
    settings: Settings,
    notify: Callable[[str], None],
    in_worker: Callable[[], Callable[[], bool]],
    port: socket.socket | None = None,
    before_fork: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT; the release must be loaded already.

    Args:
        app: to serve.
        settings: host, port, workers.
        notify: gets one sentence once the port is open.
        in_worker: starts what each worker needs of its own, for threads do not survive a fork; gives what tells whether the worker has memory to itself
            that one forked now would share. Where there are several, such a worker is replaced a minute or two later.
        port: bound already; taken here otherwise.
        before_fork: brings the process that workers are forked from up to date; never raises.

    Raises:
        SettingsError: the port cannot be had.
    """
    listener = port or bind(settings)
    listen(listener, settings)
    doors = [listener, *_metrics_door(settings)]
    mine = {
        "bind": [f"fd://{door.detach()}" for door in doors],  # gunicorn opens no address beside a socket that it is handed
        "when_ready": lambda _: notify(opened(settings)),
        "pre_fork": lambda _, _worker: before_fork(),
        "child_exit": lambda _, worker: metrics_folder.forget_worker(worker.pid),
    }
    _Server(app, options(settings, in_worker) | mine).run()


def _metrics_door(settings: Settings) -> list[socket.socket]:
    """The port of metrics, open; none where they are not served.

    Raises:
        SettingsError: the port cannot be had.
    """
    if not settings.metrics_port:
        return []
    there = settings.model_copy(update={"host": settings.metrics_host, "port": settings.metrics_port})
    door = bind(there)
    listen(door, there)
    return [door]


def options(settings: Settings, in_worker: Callable[[], Callable[[], bool]]) -> dict[str, Any]:
    """Settings of gunicorn; `in_worker` as in `run`."""
    order = Order(heartbeats())
    return {
        "backlog": BACKLOG,
        "workers": settings.workers,
        "worker_class": Worker,
        "threads": THREADS,
        "worker_connections": most_connections(),
        "timeout": TIMEOUT,
        "graceful_timeout": GRACE,
        "keepalive": KEEPALIVE,
        "max_requests": MAX_REQUESTS,
        "max_requests_jitter": JITTER,
        "preload_app": True,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # which headers of a proxy count is for `trusted_proxies` alone to say
        "post_worker_init": lambda worker: worker.retire_by(Retirement(in_worker(), settings.workers, order)),
        "http_parser": "python",  # the same one wherever it is installed
        "limit_request_line": 8190,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        "umask": 0o077,
        "loglevel": "warning",
        "logger_class": GunicornLogger,
        "worker_tmp_dir": heartbeats(),
    }


def heartbeats(memory: Path = _MEMORY) -> str | None:
    """A folder in memory for the files that workers touch to show that they live: on a slow disk a stall would look like a dead worker.

    None, which is the system's folder for temporary files, where there is no such folder or nothing may be written there.
    """
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK | os.X_OK) else None


def _turn_away(listener: socket.socket) -> None:
    """Let the system ignore whoever wants to connect, until the port is closed and they are refused. Elsewhere than on Linux a last few may be reset."""
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in _NO_NEW)
    held = ctypes.create_string_buffer(code, len(code))
    with suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(_NO_NEW), ctypes.addressof(held)))
