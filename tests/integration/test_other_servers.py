"""The same app in other servers: waitress where there is no fork, and a gunicorn of the operator's own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.counted import counted
from tests.integration import test_server as stage
from tests.integration.test_server import PROGRAM, QUERY, REQUEST, START, STOP, Server, end, serve, wait_until

pytestmark = pytest.mark.slow

#: What Windows lacks, taken away from this system before anything of ours is imported.
WITHOUT_FORK = """
import os, sys, warnings
warnings.simplefilter("ignore")  # filelock says that it has no lock of the system left
for name in ("fcntl", "gunicorn", "pwd", "grp", "resource", "termios"):
    sys.modules[name] = None
for name in ("fork", "register_at_fork", "killpg", "nice", "getsid", "setsid"):
    delattr(os, name)
from faqbot.cli import main
main()
"""


@pytest.fixture
def models(bare_site: Path, tmp_path: Path) -> Path:
    return shutil.copytree(bare_site, tmp_path / "models" / "default").parent


@pytest.fixture
def without_fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`faqbot` is a program that finds neither gunicorn nor fork."""
    program = tmp_path / "faqbot"
    program.write_text(f"#!{sys.executable}\n{WITHOUT_FORK}", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(stage, "PROGRAM", program)
    monkeypatch.setattr(stage, "WORKERS", 1)
    monkeypatch.setattr(Server, "workers", lambda server: [server.process.pid])


@pytest.mark.usefixtures("without_fork")
def test_a_system_without_fork_serves_follows_a_publication_and_stops(models: Path, tmp_path: Path) -> None:
    table = tmp_path / "faq.csv"
    table.write_text("id,질문,답변\nrefund,환불은 며칠 걸리나요?,사흘 걸립니다.\n", encoding="utf-8")
    with serve(models, **counted()) as server:
        assert server.ask(QUERY)["candidates"][0]["id"] == "refund"
        assert server.post("/v1/ask", query="가" * 17_000)[0] == 413
        subprocess.run([PROGRAM, "train", "--faq", table, "--models", models], check=True, capture_output=True, timeout=START)
        wait_until(lambda: server.ask("환불은 며칠 걸리나요?")["answer"]["answer_text"] == "사흘 걸립니다.", REQUEST)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(STOP) == 0
    assert "waitress로 엽니다" not in (models / "server.log").read_text(encoding="utf-8")


@pytest.mark.usefixtures("without_fork")
def test_a_port_that_is_taken_is_said_in_words_without_fork_too(models: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [stage.PROGRAM, "serve", "--models", models, "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=START, check=False, env={**os.environ, "FAQBOT_VAR": str(models / "var")})
    assert done.returncode == 1
    assert "다른 프로그램이 이미 쓰고 있는 포트입니다" in done.stderr


@contextmanager
def own_gunicorn(models: Path, *options: str, **settings: str) -> Iterator[Server]:
    """As README shows it, with nothing said of proxies: it believes every program of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        Path(sys.executable).with_name("gunicorn"),
        "--preload",
        "--workers",
        "1",
        "--no-control-socket",
        "--bind",
        f"127.0.0.1:{port}",
        *options,
        "faqbot.wsgi:app()",
    ]
    environment = {**os.environ, "FAQBOT_MODELS": str(models), "FAQBOT_VAR": str(models / "var"), **settings}
    with (models / "server.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        server = Server(process, port, models / "var" / "faqbot.db")
        try:
            wait_until(lambda: is_ready(server), START)
            yield server
        finally:
            end(process)


def test_over_a_socket_without_ports_no_host_leads_to_the_metrics(models: Path) -> None:
    with own_gunicorn(models, "--bind", f"unix:{models / 'socket'}", FAQBOT_METRICS_PORT="9464"), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(models / "socket"))
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: help.example.kr:9464\r\nConnection: close\r\n\r\n")
        with client.makefile("rb") as received:
            assert b" 404 " in received.readline()


def is_ready(server: Server) -> bool:
    assert server.process.poll() is None, "the server ended before it was ready"
    try:
        return server.send("GET", "/readyz")[0] == 200
    except OSError:
        return False


CLAIMS = [
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Ssl": "on"},
    {"X-Forwarded-Protocol": "ssl"},
    {"X-Forwarded-Host": "evil.example"},
    {"SCRIPT_NAME": "/v1"},
]


def test_a_gunicorn_of_ones_own_believes_no_header_unless_a_proxy_is_said_to_be_there(models: Path) -> None:
    with own_gunicorn(models, **counted()) as server:
        for claimed in CLAIMS:
            assert inquiry_url(server, claimed) == f"http://127.0.0.1:{server.port}/inquiry", claimed


def test_a_gunicorn_of_ones_own_believes_the_proxy_that_is_said_to_be_there(models: Path) -> None:
    told = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "help.example.kr"}
    with own_gunicorn(models, FAQBOT_TRUSTED_PROXIES="1") as server:
        assert inquiry_url(server, told) == "https://help.example.kr/inquiry"
        assert inquiry_url(server, {**told, "X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "off"}) == "http://help.example.kr/inquiry"


def inquiry_url(server: Server, headers: dict[str, str]) -> str:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=REQUEST)) as connection:
        connection.request("GET", "/v1/contact", headers=headers)
        return json.load(connection.getresponse())["inquiry_url"]
