"""What is counted, and on which port it can be read."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot.errors import StoreError
from faqbot.settings import Settings
from faqbot.store import Store
from tests.contract.conftest import RELEASE, Build, FakeLive, locked, written
from tests.contract.services import wait_until

PORT = 9464


@pytest.fixture
def app(build: Build, settings: Settings) -> Flask:
    return build(settings.model_copy(update={"metrics_port": PORT, "trusted_proxies": 1, "limit_feedback": "1/minute"}))


@pytest.fixture
def scrape(client: FlaskClient) -> Callable[[], dict[str, float]]:
    """All numbers by name and labels."""

    def read() -> dict[str, float]:
        text = client.get("/metrics", environ_overrides={"SERVER_PORT": str(PORT)}).text
        return {name: float(value) for name, value in re.findall(r"^([^#\s].*) (\S+)$", text, re.MULTILINE)}

    return read


def ask(client: FlaskClient, query: str = "환불 기간") -> str:
    return client.post("/v1/ask", json={"query": query}).get_json()["feedback_token"]


def test_decisions_are_counted_by_their_outcome(client: FlaskClient, scrape: Callable[[], dict[str, float]]):
    for query in ("환불 기간", "환불 기간", "아무 상관 없는 말"):
        ask(client, query)
    numbers = scrape()
    assert numbers['faqbot_answers_total{outcome="answer",site="default"}'] == 2
    assert numbers['faqbot_answers_total{outcome="fallback",site="default"}'] == 1
    assert numbers["faqbot_ask_duration_seconds_count"] == 3


def test_a_greeting_counts_as_no_fallback(client: FlaskClient, scrape: Callable[[], dict[str, float]]):
    ask(client, "안녕하세요")
    numbers = scrape()
    assert numbers['faqbot_answers_total{outcome="nothing_asked",site="default"}'] == 1
    assert numbers['faqbot_answers_total{outcome="fallback",site="default"}'] == 0


def test_requests_are_timed_by_rule_and_class_of_status_and_never_by_path(client: FlaskClient, scrape: Callable[[], dict[str, float]]):
    for path in ("/v1/faqs/refund", "/v1/faqs/010-9876-5432", "/010-9876-5432", "/v1/suggest?q=010-9876-5432"):
        client.get(path)
    client.open("/v1/ask", method="SECRET9876")
    numbers = scrape()
    counted = {name: value for name, value in numbers.items() if name.startswith("faqbot_http_request_duration_seconds_count")}
    assert counted == {
        'faqbot_http_request_duration_seconds_count{endpoint="get_faq",method="GET",status="2xx"}': 1,
        'faqbot_http_request_duration_seconds_count{endpoint="get_faq",method="GET",status="4xx"}': 1,
        'faqbot_http_request_duration_seconds_count{endpoint="none",method="GET",status="4xx"}': 1,
        'faqbot_http_request_duration_seconds_count{endpoint="suggest",method="GET",status="2xx"}': 1,
        'faqbot_http_request_duration_seconds_count{endpoint="none",method="other",status="4xx"}': 1,
    }
    assert "9876" not in str(numbers)


def test_nothing_is_in_flight_once_everything_is_answered(client: FlaskClient, scrape: Callable[[], dict[str, float]]):
    for path in ("/", "/nowhere", "/v1/faqs"):
        client.get(path)
    assert scrape()["faqbot_http_requests_in_flight"] == 0


def test_votes_and_refused_requests_are_counted(client: FlaskClient, scrape: Callable[[], dict[str, float]]):
    token = ask(client)
    for vote in (-1, 1):
        client.post("/v1/feedback", json={"token": token, "vote": vote})
    numbers = scrape()
    assert (numbers['faqbot_votes_total{site="default",vote="down"}'], numbers['faqbot_votes_total{site="default",vote="up"}']) == (1, 0)
    assert numbers['faqbot_rate_limited_total{endpoint="feedback"}'] == 1


def test_a_database_that_fails_is_counted_by_what_is_wrong(client: FlaskClient, app: Flask, database: Path, scrape: Callable[[], dict[str, float]]):
    token = ask(client)
    written(app)
    with locked(database):
        assert client.post("/v1/feedback", json={"token": token, "vote": 1}).status_code == 503
    assert scrape()['faqbot_store_failures_total{code="busy"}'] == 1


def test_queries_that_wait_for_the_database_are_counted(
    client: FlaskClient, app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch, scrape: Callable[[], dict[str, float]]
):
    journal = app.extensions["faqbot"].journal.journal
    write = journal._write

    def down(_: object) -> None:
        raise StoreError("꺼져 있습니다.", code="unreachable")

    monkeypatch.setattr(journal, "_write", down)
    ask(client)
    journal.catch_up()
    assert scrape()["faqbot_journal_waiting"] == 1
    monkeypatch.setattr(journal, "_write", write)
    ask(client)
    wait_until(lambda: scrape()["faqbot_journal_waiting"] == 0)


def test_the_release_that_serves_is_named(scrape: Callable[[], dict[str, float]]):
    numbers = scrape()
    assert numbers[f'faqbot_index_info{{release="{RELEASE}",site="default"}}'] == 1
    assert numbers['faqbot_index_entries{site="default"}'] == 8


def test_without_a_release_there_are_numbers_all_the_same(live: FakeLive, scrape: Callable[[], dict[str, float]]):
    live.held = None
    numbers = scrape()
    assert [name for name in numbers if name.startswith("faqbot_index_")] == [
        'faqbot_index_swaps_total{outcome="taken"}', 'faqbot_index_swaps_total{outcome="refused"}',
        'faqbot_index_swaps_created{outcome="taken"}', 'faqbot_index_swaps_created{outcome="refused"}',
    ]  # fmt: skip
    assert numbers["faqbot_memory_bytes"] > 10_000_000


@pytest.mark.parametrize("headers", [{}, {"Host": f"help.example.kr:{PORT}"}, {"X-Forwarded-Host": f"help.example.kr:{PORT}", "X-Forwarded-Port": str(PORT)}])
def test_visitors_find_no_metrics_whatever_port_they_name(client: FlaskClient, headers: dict[str, str]):
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 404
    assert "faqbot_" not in response.text.replace("faqbot_answers", "")


@pytest.mark.parametrize("path", ["/", "/v1/faqs", "/admin", "/metrics/"])
def test_the_port_of_metrics_has_nothing_else(client: FlaskClient, path: str):
    response = client.get(path, environ_overrides={"SERVER_PORT": str(PORT)})
    assert (response.status_code, response.text) == (404, "")


def test_without_a_port_there_are_no_metrics_anywhere(build: Build, settings: Settings):
    client = build(settings).test_client()
    assert {client.get("/metrics", environ_overrides={"SERVER_PORT": str(port)}).status_code for port in (0, 80, PORT)} == {404}
