"""T17: bytes that two parsers may read as two different things. One request in is one request to the app, or none; and the server goes on."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from ssl import SSLContext

import pytest

from tests.contract.nginx import insecure, nginx_before
from tests.contract.raw import PATIENCE, exchange, free_port, wait_for_port

pytestmark = pytest.mark.slow

#: Serves an app that writes down each request that reaches it: by its method, its path and the length of its body.
SERVER = """
import sys
from flask import Flask, request
from faqbot.settings import load_settings
from faqbot.web.{module} import run
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 16_384
@app.before_request
def note():
    with open(sys.argv[2], "a") as log:
        print(request.method, request.path, len(request.get_data()), file=log, flush=True)
    return "ok"
run(app, load_settings(dict(port=int(sys.argv[1]), workers=1)), lambda _: None, lambda: None)
"""
_HEAD = b"POST /first HTTP/1.1\r\nHost: a\r\n"
_INNER = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def post(*headers: bytes, body: bytes) -> bytes:
    return _HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


def both(body: bytes, coding: bytes = b"Transfer-Encoding: chunked", length: int | None = None) -> bytes:
    return post(b"Content-Length: " + str(len(body) if length is None else length).encode(), coding, body=body)


#: Name → bytes. Where a server takes the whole as one request, the body holds what was to be smuggled.
CORPUS = {
    "CL.TE": both(b"0\r\n\r\n" + _INNER),
    "TE.CL": both(b"%x\r\n" % len(_INNER) + _INNER + b"\r\n0\r\n\r\n", length=4),
    "TE.TE, second one unknown": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: cow", body=b"0\r\n\r\n" + _INNER),
    "TE twice": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + _INNER),
    "TE with a space before the colon": both(b"0\r\n\r\n" + _INNER, b"Transfer-Encoding : chunked"),
    "TE after a tab": both(b"0\r\n\r\n" + _INNER, b"Transfer-Encoding:\x0bchunked"),
    "TE folded": both(b"0\r\n\r\n" + _INNER, b"Transfer-Encoding:\r\n chunked"),
    "TE in quotes": both(b"0\r\n\r\n" + _INNER, b'Transfer-Encoding: "chunked"'),
    "TE that ends otherwise": both(b"0\r\n\r\n" + _INNER, b"Transfer-Encoding: chunked, identity"),
    "TE with an underscore": both(b"0\r\n\r\n" + _INNER, b"Transfer_Encoding: chunked"),
    "TE behind a bare carriage return": both(b"0\r\n\r\n" + _INNER, b"X: y\rTransfer-Encoding: chunked"),
    "TE behind a bare line feed": both(b"0\r\n\r\n" + _INNER, b"X: y\nTransfer-Encoding: chunked"),
    "TE in HTTP/1.0": both(b"0\r\n\r\n" + _INNER).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "two lengths": post(b"Content-Length: 0", b"Content-Length: %d" % len(_INNER), body=_INNER),
    "two equal lengths": post(b"Content-Length: 3", b"Content-Length: 3", body=b"abc"),
    "two lengths in one": post(b"Content-Length: 0, %d" % len(_INNER), body=_INNER),
    "a negative length": post(b"Content-Length: -1", body=_INNER),
    "a length with a sign": post(b"Content-Length: +0", body=_INNER),
    "a length in hex": post(b"Content-Length: 0x0", body=_INNER),
    "a length with an underscore": post(b"Content-Length: 0_0", body=_INNER),
    "a length with a space": post(b"Content-Length : 0", body=_INNER),
    "a length of 5,000 digits": post(b"Content-Length: " + b"9" * 5000, body=_INNER),
    "a chunk size with a sign": post(b"Transfer-Encoding: chunked", body=b"+0\r\n\r\n" + _INNER),
    "a chunk size in hex notation": post(b"Transfer-Encoding: chunked", body=b"0x0\r\n\r\n" + _INNER),
    "a chunk size with an underscore": post(b"Transfer-Encoding: chunked", body=b"0_0\r\n\r\n" + _INNER),
    "a chunk extension with a line feed": post(b"Transfer-Encoding: chunked", body=b"0;a\nb\r\n\r\n" + _INNER),
    "a chunk without its end": post(b"Transfer-Encoding: chunked", body=b"3\r\nabcXX0\r\n\r\n" + _INNER),
    "a chunk longer than it says": post(b"Transfer-Encoding: chunked", body=b"1\r\nabc\r\n0\r\n\r\n" + _INNER),
    "a chunk size that overflows": post(b"Transfer-Encoding: chunked", body=b"ffffffffffffffff1\r\nabc\r\n0\r\n\r\n" + _INNER),
    "two hosts": b"GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET /first HTTP/1.1\r\n\r\n",
    "a header without a name": b"GET /first HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
    "a header that is folded": b"GET /first HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
    "a header with NUL": b"GET /first HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
    "bare line feeds": b"GET /first HTTP/1.1\nHost: a\n\n",
    "a bare line feed at the end": b"GET /first HTTP/1.1\r\nHost: a\n\r\n",
    "a space at the beginning": b" GET /first HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target with a space": b"GET /first /second HTTP/1.1\r\nHost: a\r\n\r\n",
    "another version": b"GET /first HTTP/9.9\r\nHost: a\r\n\r\n",
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100 + b"\r\n\r\n",
    "a header of 70 KB": b"GET /first HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "a target of 20 KB": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "200 headers": b"GET /first HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "a body with GET": b"GET /first HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(_INNER) + _INNER,
    "an absolute target": b"GET http://b/first HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT": b"CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n",
    "TRACE": b"TRACE /first HTTP/1.1\r\nHost: a\r\n\r\n",
    "a method in lower case": b"get /first HTTP/1.1\r\nHost: a\r\n\r\n",
    "an upgrade": b"GET /first HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
}


class Running:
    """A server with its log."""

    def __init__(self, port: int, log: Path, tls: SSLContext | None = None) -> None:
        self.port = port
        self.log = log
        self.tls = tls

    def hear(self, sent: bytes, patience: float = PATIENCE) -> tuple[list[str], list[int]]:
        """What reaches the app for these bytes, and the statuses that come back."""
        self.log.write_text("", encoding="utf-8")
        received = exchange(self.port, sent, patience, self.tls)
        return self.log.read_text(encoding="utf-8").splitlines(), [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]


@contextmanager
def running(module: str, folder: Path) -> Iterator[Running]:
    port, log = free_port(), folder / "requests"
    log.touch()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FAQBOT_")}
    with (
        (folder / "log").open("wb") as out,
        subprocess.Popen([sys.executable, "-c", SERVER.format(module=module), str(port), str(log)], stdout=out, stderr=out, env=environment) as process,
    ):
        try:
            wait_for_port(port)
            yield Running(port, log)
        finally:
            process.terminate()
            process.wait(40)


@pytest.fixture(scope="module", params=["server", "threaded", "nginx"], ids=["gunicorn", "waitress", "nginx"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(request.param)
    with running("server" if request.param == "nginx" else request.param, folder) as found:
        if request.param != "nginx":
            yield found
            return
        with nginx_before(found.port, folder) as port:
            yield Running(port, found.log, insecure())


@pytest.mark.parametrize("sent", CORPUS.values(), ids=CORPUS.keys())
def test_bytes_that_can_be_read_in_two_ways_are_one_request_or_none(server: Running, sent: bytes) -> None:
    heard, statuses = server.hear(sent, 2.0)  # some are never answered
    if server.tls:  # nginx frames anew what it takes for a request, so whatever reaches the app is one that it knows of and answers
        assert len(heard) <= len(statuses)
    else:
        assert [line for line in heard if "smuggled" in line] == []
        assert len(heard) <= 1
    assert [status for status in statuses if status == 500] == []
    assert server.hear(b"GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")[0] == ["GET /after 0"]


def test_a_method_is_the_one_of_the_request_line(server: Running) -> None:
    heard, _ = server.hear(b"GET /first HTTP/1.1\r\nHost: a\r\nX-HTTP-Method-Override: DELETE\r\nX-Method-Override: PUT\r\nConnection: close\r\n\r\n")
    assert heard == ["GET /first 0"]
