"""waitress around the app, where gunicorn cannot be: one process with threads, for a system that does not fork."""

import re
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from faqbot.settings import Settings
from faqbot.web import draining
from faqbot.web.arrival import MOST_HEAD
from faqbot.web.listening import BACKLOG, bind, opened

#: Threads. Kiwi holds the interpreter lock, so more would only take turns; slow clients cost none.
THREADS = 4
#: Seconds after which an idle connection is closed, and connections at once.
IDLE, CONNECTIONS = 30, 1000
#: Bytes of any body; the app has its own, smaller limits.
MOST = 160 * 1024 * 1024

#: The headers that say where a body ends.
_FRAMING = re.compile(rb"^(?:transfer-encoding|content-length)[ \t]*:(?:[^\r\n]*\r\n[ \t])?", re.IGNORECASE | re.MULTILINE)


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    def parse_header(self, header_plus: bytes) -> None:
        """Refuse what says twice where its body ends, or over two lines: a proxy in front may have read it in the other way."""
        found = _FRAMING.findall(header_plus)
        if len(found) > 1 or any(line.endswith((b" ", b"\t")) and b"\n" in line for line in found):
            raise ParsingError("ambiguous framing")
        super().parse_header(header_plus)


class _Channel(HTTPChannel):  # type: ignore[misc]  # as above
    parser_class = _Parser


def run(
    app: Flask,
    settings: Settings,
    notify: Callable[[str], None],
    in_worker: Callable[[], object],
    port: socket.socket | None = None,
    before_fork: Callable[[], None] | None = None,  # noqa: ARG001  # nobody is forked here
) -> None:
    """Serve until SIGTERM, SIGINT or Ctrl+Break; what `faqbot.web.server.run` does, in one process whatever `workers` says.

    Raises:
        SettingsError: the port cannot be had.
    """
    server = create_server(app, sockets=[port or bind(settings)], **options())
    server.channel_class = _Channel
    for name in ("SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    in_worker()
    if settings.workers > 1:
        notify("이 시스템에는 gunicorn이 없어 waitress로 엽니다. 서버 프로세스는 하나입니다.")
    notify(opened(settings))
    with suppress(KeyboardInterrupt):
        server.run()  # ends the requests that are being answered
    server.close()


def options() -> dict[str, Any]:
    """Settings of waitress."""
    return {
        "threads": THREADS,
        "backlog": BACKLOG,
        "channel_timeout": IDLE,
        "cleanup_interval": 5,
        "connection_limit": CONNECTIONS,
        "max_request_header_size": MOST_HEAD,
        "max_request_body_size": MOST,
        "clear_untrusted_proxy_headers": False,  # which headers of a proxy count is for `trusted_proxies` alone to say
        "ident": None,
        "asyncore_use_poll": hasattr(select, "poll"),
    }


def _stop(*_: object) -> None:
    draining.begin()
    raise KeyboardInterrupt
