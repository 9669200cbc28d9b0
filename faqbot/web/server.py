"""gunicorn around the app: workers are forked from one warmed process, so Kiwi's 500 MB exist once."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from faqbot.settings import Settings
from faqbot.web import metrics_folder
from faqbot.web.gunicorn_log import GunicornLogger

#: Threads of a worker. Kiwi holds the interpreter lock, so they only keep slow clients from blocking fast ones.
THREADS = 4
#: Seconds a worker may be silent before it is replaced; no query takes a tenth of one.
TIMEOUT = 30
#: Seconds in-flight requests have to finish when the server stops.
GRACE = 20


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


def run(app: Flask, settings: Settings, notify: Callable[[str], None], in_worker: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; the release must be loaded already.

    Args:
        app: to serve.
        settings: host, port, workers.
        notify: gets one sentence once the port is open.
        in_worker: starts what each worker needs of its own, for threads do not survive a fork.
    """
    opened = f"http://{_bind(settings)} 에서 열었습니다. 멈추려면 Ctrl+C 를 누르세요."
    hooks = {"when_ready": lambda _: notify(opened), "child_exit": lambda _, worker: metrics_folder.forget_worker(worker.pid)}
    _Server(app, options(settings, in_worker) | hooks).run()


def _bind(settings: Settings) -> str:
    """host:port, IPv6 addresses in brackets."""
    return f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"


def _metrics(settings: Settings) -> list[str]:
    """Where metrics are served, host:port; none where they are not."""
    return [_bind(settings.model_copy(update={"host": settings.metrics_host, "port": settings.metrics_port}))] if settings.metrics_port else []


def options(settings: Settings, in_worker: Callable[[], None]) -> dict[str, Any]:
    """Settings of gunicorn; `in_worker` as in `run`."""
    return {
        "bind": [_bind(settings), *_metrics(settings)],
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": TIMEOUT,
        "graceful_timeout": GRACE,
        "preload_app": True,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # which headers of a proxy count is for `trusted_proxies` alone to say
        "post_worker_init": lambda _: in_worker(),
        "limit_request_line": 8190,
        "loglevel": "warning",
        "logger_class": GunicornLogger,
        "worker_tmp_dir": "/dev/shm",  # noqa: S108  # heartbeats belong in memory; on a slow disk a fsync stall would look like a dead worker
    }
