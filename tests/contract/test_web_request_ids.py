"""One number for a request, from the proxy to the log."""

import logging
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot.settings import Settings
from tests.contract.conftest import Build, FakeLive

GIVEN = "7f000001-8296-4f7b-0a69-000300000790"


@pytest.fixture
def behind(build: Build, settings: Settings) -> FlaskClient:
    return build(settings.model_copy(update={"trusted_proxies": 1})).test_client()


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Fields of the lines about requests."""
    return [record.fields for record in caplog.records if record.name == "faqbot.web.access"]


@pytest.mark.parametrize("given", [GIVEN, "ae500c18bde04db0b01b7e61a550be66", "7F000001:8296_7F00001E:1F90_4F7B0A69_0003:790"])
def test_the_number_of_a_trusted_proxy_is_kept(behind: FlaskClient, given: str):
    assert behind.get("/v1/faqs", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 129, "빈칸 없는 번호여야 합니다", "a" * 20 + "\u2028", "+82-10-9876-5432", "900101-1234567-0", "x" * 20 + " y"]
)
def test_a_number_of_another_form_or_that_may_be_somebodys_is_replaced(behind: FlaskClient, given: str):
    response = behind.get("/v1/faqs", headers={"X-Request-ID": given.encode().decode("latin-1")})
    assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-ID"])


def test_without_a_trusted_proxy_nobody_gives_numbers(client: FlaskClient):
    assert client.get("/v1/faqs", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"] != GIVEN


def test_reply_header_and_log_have_the_same_number(client: FlaskClient, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    response = client.post("/v1/ask", json={"query": "환불 기간"})
    (line,) = lines(caplog)
    assert response.get_json()["request_id"] == response.headers["X-Request-ID"]
    assert {name: line[name] for name in ("method", "endpoint", "status", "site", "outcome", "release")} == {
        "method": "POST", "endpoint": "ask", "status": 200, "site": "default", "outcome": "answer", "release": response.get_json()["release"],
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/faqs/nowhere", "/v1/ask", "/nothing", "/v1/nothing"])
def test_a_problem_says_the_number_that_is_in_the_header(client: FlaskClient, path: str):
    response = client.get(path)
    number = response.headers["X-Request-ID"]
    assert number in response.text if path.startswith("/v1") else response.status_code == 404


def test_the_line_of_a_request_has_no_word_path_or_address_of_the_visitor(client: FlaskClient, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    for path in ("/v1/faqs/secret9753", "/secret9753?q=secret9753", "/v1/suggest?q=secret9753", "/category/secret9753"):
        client.get(path, headers={"Referer": "https://secret9753.example.kr", "User-Agent": "secret9753"}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    client.post("/v1/ask", json={"query": "secret9753"})
    client.open("/", method="SECRET9753")
    assert len(lines(caplog)) == 6
    told = caplog.text + str([record.__dict__ for record in caplog.records])
    assert "9753" not in told
    assert "192.0.2" not in told


def test_who_watches_the_server_fills_no_log_until_something_is_wrong(app: Flask, live: FakeLive, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    client = app.test_client()
    for path in ("/livez", "/readyz"):
        client.get(path)
    assert lines(caplog) == []
    live.held = None
    client.get("/readyz")
    assert [line["status"] for line in lines(caplog)] == [503]


def test_requests_are_not_told_where_the_settings_say_so(build: Build, settings: Settings, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    build(settings.model_copy(update={"access_log": False})).test_client().get("/v1/faqs")
    assert lines(caplog) == []
