"""`faqbot serve` as an operator watches it: metrics of all workers, a log for programs, and nothing of what visitors typed in either."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import yaml

from faqbot.retrieval.release import current_id
from tests.integration.test_server import PROGRAM, REQUEST, STOP, Server, inquiry, serve, wait_until

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[2] / "faqbot" / "deploy"
#: Numbers and addresses of nobody, in the forms that people type them in.
PLANTED = (
    "900101-1234567", "９００１０１－１２３４５６７", "900101 - 1234567", "9 0 0 1 0 1 1 2 3 4 5 6 7", "구공공일공일 일이삼사오육칠", "900101\n1234567",
    "010-9876-5432", "０１０－９８７６－５４３２", "010 9876 5432", "0 1 0 9 8 7 6 5 4 3 2", "공일공 구팔칠육 오사삼이", "010-9876-\n5432", "+82 10-9876-5432", "010.9876.5432",
    "4111-1111-1111-1111", "４１１１ １１１１ １１１１ １１１１", "4111 1111\n1111 1111", "hong.gildong@example.kr", "hong.gildong＠example.kr",
    "국민은행 계좌 123456-78-901234", "여권 M12345678", "운전면허 11-20-123456-78",
)  # fmt: skip
#: What is left of them however they are spaced, cut and spelt.
RAW = re.compile(r"900101\W*1234567|9012345|구공공일|9876\W*5432|구팔칠육|4111\W*1111|gildong|123456\W*78\W*9012|M12345678|20\W*123456\W*78")


@pytest.fixture(scope="module")
def port() -> int:
    """Of the metrics."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def models(trained_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(trained_site, tmp_path_factory.mktemp("watched") / "default").parent


@pytest.fixture(scope="module")
def server(models: Path, port: int) -> Iterator[Server]:
    with serve(models, FAQBOT_METRICS_PORT=str(port), FAQBOT_LOG_FORMAT="json", FAQBOT_SLOW_QUERY_MS="1") as running:
        yield running


def text(port: int) -> str:
    """What Prometheus gets."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=REQUEST)) as connection:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert response.status == 200
        return response.read().decode()


def scrape(port: int) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^([^#\s].*) (\S+)$", text(port), re.MULTILINE)}


def log(models: Path) -> list[dict[str, Any]]:
    """Lines of the log; those for the person who started the server are no JSON."""
    return [json.loads(line) for line in (models / "server.log").read_text(encoding="utf-8").splitlines() if line.startswith("{")]


def replace(path: Path, content: bytes) -> None:
    """As a publication does: whoever looks sees the old or the new."""
    new = path.with_name("CURRENT.new")
    new.write_bytes(content)
    new.replace(path)


def personal(words: str) -> list[str]:
    """What of the planted is in there, full-width letters read as plain ones."""
    return RAW.findall(unicodedata.normalize("NFKC", words))


def raw(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), REQUEST) as connection:
        connection.sendall(sent)
        received = b""
        with suppress(OSError):
            while piece := connection.recv(65536):
                received += piece
        return received


def test_what_every_worker_answered_is_added_up_and_outlives_the_worker(server: Server, port: int) -> None:
    before = scrape(port)
    for worker in server.workers():
        with server.only(worker):
            for _ in range(3):
                server.ask("환불은 며칠 걸리나요?")
    name = 'faqbot_answers_total{outcome="answer",site="default"}'
    assert scrape(port)[name] == before[name] + 6
    gone = server.workers()[0]
    os.kill(gone, signal.SIGKILL)
    wait_until(lambda: gone not in server.workers() and server.is_ready(), REQUEST)
    after = scrape(port)
    assert (after[name], after["faqbot_workers"], after["faqbot_http_requests_in_flight"]) == (before[name] + 6, 2, 0)


def test_the_state_of_the_server_is_told(server: Server, models: Path, port: int) -> None:
    numbers = scrape(port)
    assert numbers[f'faqbot_index_info{{release="{current_id(models / "default")}",site="default"}}'] == 1
    assert numbers['faqbot_index_stale{site="default"}'] == 0
    assert 100_000_000 < numbers["faqbot_memory_bytes"] < 3_000_000_000
    assert numbers["faqbot_open_files"] > 5
    assert numbers["faqbot_disk_free_bytes"] > 0


def test_every_number_of_dashboard_and_alerts_is_one_that_a_server_tells(server: Server, port: int) -> None:
    server.ask("환불은 며칠 걸리나요?")
    wait_until((server.database.parent / "maintained").exists, REQUEST)
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    alerts = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))
    asked = {target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())}
    asked |= {rule["expr"] for group in alerts["groups"] for rule in group["rules"]}
    asked |= {variable["query"]["query"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"}
    named = {name for expression in asked for name in re.findall(r"faqbot_\w+", expression)}
    assert len(named) > 20
    assert named - {name.partition("{")[0] for name in scrape(port)} == set()
    assert {name.removesuffix("_info") for name in re.findall(r"^# TYPE (faqbot_\w+?)(?:_total)? ", text(port), re.MULTILINE)} >= {
        "faqbot_index",
        "faqbot_build",
    }


def test_the_example_for_prometheus_names_the_alerts_and_the_port_that_readme_names() -> None:
    example = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    assert example["rule_files"] == ["alerts.yml"]
    (target,) = example["scrape_configs"][0]["static_configs"][0]["targets"]
    assert f"FAQBOT_METRICS_PORT={target.rpartition(':')[2]}" in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_a_request_can_be_followed_from_the_response_through_the_log(server: Server, models: Path) -> None:
    reply = server.ask("환불은 며칠 걸리나요?!")  # asked nowhere else here: what was asked before is never slow
    wait_until(
        lambda: {line["logger"] for line in log(models) if line.get("request") == reply["request_id"]} == {"faqbot.web.access", "faqbot.web.slow"}, REQUEST
    )
    (line,) = (line for line in log(models) if line.get("request") == reply["request_id"] and line["logger"] == "faqbot.web.access")
    assert (line["method"], line["endpoint"], line["status"], line["outcome"], line["release"]) == ("POST", "ask", 200, "answer", reply["release"])


def test_nothing_personal_that_visitors_send_is_in_log_metrics_or_database(server: Server, models: Path, port: int) -> None:
    before = len(log(models))
    for number, planted in enumerate(PLANTED):
        said = f"제 번호는 {planted} 인데 환불해 주세요"
        token = server.ask(said)["feedback_token"]
        server.request("POST", "/", urlencode({"query": said}), "application/x-www-form-urlencoded")
        assert server.post("/v1/feedback", token=token, vote=-1, text=said)[0] == 204
        sent = inquiry(f"planted number {number:04}", email="hong.gildong@example.kr", question=said, background=said, error=said, tried=said, tokens=[token])
        assert server.post("/v1/inquiries", **sent)[0] == 201
        for path in (
            f"/v1/suggest?q={quote(said)}",
            f"/v1/faqs/{quote(planted)}",
            f"/{quote(planted)}",
            f"/category/{quote(planted)}",
            f"/inquiry/{quote(planted)}",
        ):
            server.send("GET", path)
        server.post("/v1/ask", query=said, category=planted, via=planted)
        server.send("POST", "/v1/ask", json.dumps({"query": said})[:-2])
    raw(server.port, b"GET /?q=010-9876-5432 900101-1234567 HTTP/1.1\r\n\r\n")
    raw(server.port, b"GET / HTTP/1.1\r\nHost: x\r\n900101-1234567 9: 1\r\n\r\n")
    raw(server.port, b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n900101-1234567\r\n")
    raw(port, b"GET /010-9876-5432?900101-1234567 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    wait_until(lambda: server.rows("SELECT count(*) FROM queries WHERE text LIKE '%환불해%'")[0][0] >= 2 * len(PLANTED), REQUEST)
    told = (models / "server.log").read_text(encoding="utf-8", errors="surrogateescape")
    assert "refused by the parser" in told
    assert personal(told + text(port)) == []
    kept = [file.read_bytes().decode("utf-8", "replace") for file in server.database.parent.glob("faqbot.db*")]
    assert personal("\n".join(kept)) == []
    assert [line for line in log(models)[before:] if line["level"] == "ERROR" and line["logger"].startswith("faqbot.")] == []


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_form_that_was_kept_would_be_found(planted: str) -> None:
    assert personal(planted) or personal(re.sub(r"\s", "", planted))


def test_the_doctor_finds_nothing_to_mend_at_a_server_that_runs(server: Server, models: Path, port: int) -> None:
    settings = {"FAQBOT_VAR": str(models / "var"), "FAQBOT_METRICS_PORT": str(port)}
    command = [PROGRAM, "doctor", "--json", "--models", models, "--port", str(server.port)]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
    found = {check["name"]: check["found"] for check in json.loads(done.stdout)["checks"]}
    assert "답하고 있습니다" in found["port"]
    assert "답하고 있습니다" in found["metrics"]


def test_a_release_that_is_refused_is_seen_from_outside(server: Server, models: Path, port: int) -> None:
    current, refused = models / "default" / "CURRENT", 'faqbot_index_swaps_total{outcome="refused"}'
    before, published = scrape(port)[refused], current.read_bytes()
    replace(current, b"0" * 16)
    try:
        wait_until(lambda: scrape(port)[refused] == before + 2, REQUEST)
        assert scrape(port)['faqbot_index_stale{site="default"}'] == 1
    finally:
        replace(current, published)
    assert scrape(port)['faqbot_index_stale{site="default"}'] == 0


def test_a_server_that_ends_leaves_no_metrics_behind(trained_site: Path, tmp_path: Path, port: int) -> None:
    models = shutil.copytree(trained_site, tmp_path / "default").parent
    with socket.create_server(("127.0.0.1", 0)) as free:
        other = free.getsockname()[1]
    before = set(Path("/dev/shm").glob("faqbot-metrics-*"))  # noqa: S108
    with serve(models, FAQBOT_METRICS_PORT=str(other)) as server:
        (made,) = set(Path("/dev/shm").glob("faqbot-metrics-*")) - before  # noqa: S108
        server.process.terminate()
        assert server.process.wait(STOP) == 0
    assert not made.exists()
