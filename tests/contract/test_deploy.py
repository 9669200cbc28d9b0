"""The files that `faqbot deploy-files` writes, judged by the programs that read them."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPSConnection
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from flask import Flask, request
from werkzeug.serving import make_server

from faqbot.cli import main
from faqbot.deploy.files import deploy_files, write_files
from faqbot.errors import SettingsError
from faqbot.settings import Settings
from tests.contract.nginx import insecure, nginx_before
from tests.contract.raw import free_port, needed

HAPROXY, ANALYZE = "/usr/sbin/haproxy", "/usr/bin/systemd-analyze"


@pytest.fixture(scope="module")
def contents() -> dict[str, str]:
    return deploy_files(Settings(public_url="https://help.example.kr", port=8123, title="100% 도움말\n; $x"), "faqbot", {})


def test_the_command_writes_them_into_a_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["deploy-files", str(tmp_path / "out"), "--port", "8123", "--user", "help"])
    assert done.exit_code == 0, done.output
    assert {"nginx.conf", "faqbot.service", "haproxy.cfg"} <= {file.name for file in (tmp_path / "out").iterdir()}
    assert "User=help\n" in (tmp_path / "out/faqbot.service").read_text(encoding="utf-8")


def test_what_is_there_is_overwritten_only_when_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("mine")
    with pytest.raises(SettingsError, match=r"이미 있는 파일이 있어 아무것도 쓰지 않았습니다: nginx\.conf"):
        write_files(tmp_path, {"haproxy.cfg": "new", "nginx.conf": "new"})
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("nginx.conf", "mine")]
    write_files(tmp_path, {"nginx.conf": "new"}, force=True)
    assert (tmp_path / "nginx.conf").read_text() == "new"


def test_nothing_is_left_to_fill_in(contents: dict[str, str]) -> None:
    assert [name for name in ("nginx.conf", "faqbot.service", "haproxy.cfg") if "$$" in contents[name] or "${" in contents[name]] == []
    assert "server 127.0.0.1:8123;" in contents["nginx.conf"]
    assert "server_name help.example.kr;" in contents["nginx.conf"]


def test_a_folder_whose_name_would_mean_something_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="설정 파일에 적을 수 없는 글자가 있는 폴더입니다"):
        deploy_files(Settings(models=tmp_path / "a;b"), "faqbot", {})


def test_the_unit_has_every_variable_that_is_set_and_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shops").mkdir()
    (tmp_path / "own.toml").write_text("", encoding="utf-8")
    given = {
        "SITES": "shops",
        "PUBLIC_URL": "https://help.example.kr",
        "TITLE": '5% "도움" \\ $x',
        "CONFIG": "own.toml",
        "VAR": "v",
        "SECRET_KEY": "0123456789abcdef" * 3,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"FAQBOT_{name}", value)
    done = CliRunner().invoke(main, ["deploy-files", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    lines = [line for line in (tmp_path / "out/faqbot.service").read_text(encoding="utf-8").splitlines() if line.startswith('Environment="')]
    assert lines == [
        f'Environment="FAQBOT_MODELS={tmp_path}/models"',
        f'Environment="FAQBOT_VAR={tmp_path}/v"',
        f'Environment="FAQBOT_CONFIG={tmp_path}/own.toml"',
        'Environment="FAQBOT_PUBLIC_URL=https://help.example.kr"',
        f'Environment="FAQBOT_SITES={tmp_path}/shops"',
        'Environment="FAQBOT_TITLE=5%% \\"도움\\" \\\\ $x"',
    ]


def test_haproxy_reads_its_file(contents: dict[str, str], tmp_path: Path) -> None:
    needed(HAPROXY, "haproxy")
    (tmp_path / "haproxy.cfg").write_text(contents["haproxy.cfg"], encoding="utf-8")
    done = subprocess.run([HAPROXY, "-c", "-f", tmp_path / "haproxy.cfg"], capture_output=True, text=True, check=False)
    assert (done.returncode, "[WARNING]" in done.stderr) == (0, False), done.stderr


def test_systemd_reads_its_file_and_finds_the_service_confined(contents: dict[str, str], tmp_path: Path) -> None:
    needed(ANALYZE, "systemd")
    unit = tmp_path / "faqbot.service"
    unit.write_text(contents["faqbot.service"].replace("User=faqbot", "User=daemon").replace("Group=faqbot", "Group=daemon"), encoding="utf-8")
    done = subprocess.run([ANALYZE, "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "faqbot" in line] == []
    assert done.returncode == 0
    rated = subprocess.run([ANALYZE, "security", "--offline=true", "--threshold=20", unit], capture_output=True, text=True, check=False)
    assert rated.returncode == 0, rated.stdout[-300:]


@pytest.fixture(scope="module")
def heard() -> list[dict[str, str]]:
    """Headers of the requests that reached the app."""
    return []


@pytest.fixture(scope="module")
def nginx(heard: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    app = Flask(__name__)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def echo(path: str) -> str:
        request.get_data()
        heard.append(dict(request.headers))
        return path

    inner = free_port()
    server = make_server("127.0.0.1", inner, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with nginx_before(inner, tmp_path_factory.mktemp("nginx")) as port:
            yield port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(20)


def send(port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    with closing(HTTPSConnection("127.0.0.1", port, timeout=20, context=insecure())) as connection:
        connection.request(method, path, body, {"Host": "help.example.kr", **(headers or {})})
        response = connection.getresponse()
        response.read()
        return response.status, dict(response.headers)


def test_what_a_client_says_of_its_address_never_reaches_the_app(nginx: int, heard: list[dict[str, str]]) -> None:
    claimed = {
        "X-Forwarded-For": "203.0.113.7, 10.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=1.2.3.4",
        "X-Request-ID": "mine",
    }
    assert send(nginx, "GET", "/", headers=claimed)[0] == 200
    told = heard[-1]
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"], told["X-Forwarded-Host"]) == ("127.0.0.1", "https", "help.example.kr")
    assert "Forwarded" not in told
    assert len(told["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/v1/ask", 64 * 1024, 200),
        ("/v1/ask", 64 * 1024 + 1, 413),
        ("/v1/inquiries", 200 * 1024, 200),
        ("/v1/inquiries", 300 * 1024, 413),
        ("/admin/publish/upload", 20_000_000, 200),
        ("/v1/admin/imports", 20_000_000, 200),
        ("/v1/sites/shop/inquiries", 200 * 1024, 200),
        ("/sites/shop/v1/inquiries", 200 * 1024, 200),
        ("/sites/shop/inquiry/review", 200 * 1024, 200),
        ("/sites/shop/admin/publish/upload", 20_000_000, 200),
        ("/v1/sites/shop/admin/imports", 20_000_000, 200),
        ("/v1/sites/shop/ask", 64 * 1024 + 1, 413),
        ("/sites/shop/nowhere/admin", 20_000_000, 413),
        ("/nowhere", 20_000_000, 413),
    ],
)
def test_a_body_may_be_as_large_as_its_address_needs(nginx: int, path: str, size: int, status: int) -> None:
    try:
        assert send(nginx, "POST", path, b"a" * size)[0] == status
    except (BrokenPipeError, ConnectionResetError):
        assert status == 413  # it hung up before all was sent


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/sites/shop/ask", "/sites/shop/v1/ask", "/sites/shop/admin/login"])
def test_who_asks_without_a_pause_is_told_to_wait(nginx: int, path: str) -> None:
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: send(nginx, "POST", path, b"{}")[0], range(120)))
    assert {200, 429} == set(statuses)


def test_metrics_are_not_for_everybody(nginx: int) -> None:
    assert send(nginx, "GET", "/metrics")[0] == 404


def test_the_log_of_nginx_holds_no_query(nginx: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    send(nginx, "GET", "/?query=secretword")
    log = next(tmp_path_factory.getbasetemp().glob("nginx*/access.log")).read_text()
    assert ('"GET /"' in log, "secretword" in log) == (True, False)
