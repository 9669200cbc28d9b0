import json
import logging

import pytest
from flask import abort

from faqbot import messages
from faqbot.web.problems import STATUS
from faqbot.web.schema import Problem, ProblemCode

PRIVATE = "제 번호는 010-1234-5678"


def test_every_problem_has_a_status_and_words():
    assert set(STATUS) == set(ProblemCode) == set(messages.PROBLEM)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1", 404, "not_found"),
        ("GET", "/v1/<script>alert(1)</script>", 404, "not_found"),
        ("GET", "/v1/ask", 405, "method_not_allowed"),
        ("PUT", "/v1/ask", 405, "method_not_allowed"),
        ("TRACE", "/v1/faqs", 405, "method_not_allowed"),
        ("POST", "/livez", 405, "method_not_allowed"),
        ("DELETE", "/readyz", 405, "method_not_allowed"),
        ("POST", "/openapi.json", 405, "method_not_allowed"),
        ("POST", "/v1/ask", 415, "unsupported_media_type"),
        ("GET", "/v1/faqs?limit=x", 422, "invalid_request"),
    ],
)
def test_every_error_of_the_api_is_a_problem(client, method, path, status, code):
    response = client.open(path, method=method)
    title, detail = messages.PROBLEM[code]
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    body = response.get_json()
    body.pop("errors", None)
    assert body.pop("request_id") == response.headers["X-Request-ID"]
    assert body == {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}


def test_a_problem_without_fields_has_no_errors():
    assert "errors" not in json.loads(Problem(title="", status=404, detail="", code=ProblemCode.NOT_FOUND, request_id="0").model_dump_json())


@pytest.mark.parametrize(
    ("path", "allowed"), [("/v1/ask", {"POST", "OPTIONS"}), ("/v1/faqs", {"GET", "HEAD", "OPTIONS"}), ("/", {"GET", "HEAD", "POST", "OPTIONS"})]
)
def test_a_method_that_is_not_allowed_names_those_that_are(client, path, allowed):
    response = client.delete(path)
    assert (response.status_code, set(response.allow)) == (405, allowed)


@pytest.mark.parametrize("path", ["/v1/faqs", "/v1/ask", "/", "/livez"])
def test_options_answers_with_what_is_allowed(client, path):
    response = client.options(path)
    assert (response.status_code, response.data) == (200, b"")
    assert "OPTIONS" in response.allow


@pytest.mark.parametrize("path", ["/v1/faqs", "/v1/faqs/none", "/readyz", "/", "/nowhere", "/static/page.css"])
def test_head_is_get_without_a_body(client, path):
    with client.head(path) as head, client.get(path) as get:
        assert (head.status_code, head.data, head.content_type) == (get.status_code, b"", get.content_type)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/faqs"), ("GET", "/v1/faqs/refund"), ("GET", "/v1/categories"), ("GET", "/v1/suggest?q=a"), ("GET", "/readyz"), ("POST", "/v1/ask")],
)
def test_without_a_release_the_api_is_not_ready_and_tells_no_path(client, live, method, path):
    live.held = None
    response = client.open(path, method=method, json={"query": "환불"} if method == "POST" else None)
    assert (response.status_code, response.get_json()["code"]) == (503, "not_ready")
    assert "/srv" not in response.text


@pytest.fixture
def broken(app):
    def fail() -> None:
        raise RuntimeError(PRIVATE)

    app.add_url_rule("/v1/broken", "broken", fail)
    app.add_url_rule("/broken", "broken_page", fail)
    app.add_url_rule("/v1/status/<int:code>", "status", abort)
    return app.test_client()


@pytest.mark.parametrize("path", ["/v1/broken", "/broken"])
def test_an_unexpected_error_is_told_to_nobody_and_logged_without_its_text(broken, caplog, path):
    with caplog.at_level(logging.DEBUG):
        response = broken.get(path)
    assert response.status_code == 500
    assert PRIVATE not in response.text + caplog.text
    assert f"request {response.headers['X-Request-ID']} failed: RuntimeError" in caplog.text
    assert "test_web_problems.py" in caplog.text


def test_a_redirect_is_no_problem(client):
    response = client.get(base_url="http://localhost/help", environ_overrides={"PATH_INFO": ""})
    assert (response.status_code, response.location) == (308, "http://localhost/help/")


@pytest.mark.parametrize(("status", "code"), [(400, "bad_request"), (406, "bad_request"), (431, "bad_request"), (501, "internal_error"), (413, "too_large")])
def test_what_flask_refuses_on_its_own_keeps_its_status(broken, status, code):
    response = broken.get(f"/v1/status/{status}")
    assert (response.status_code, response.get_json()["status"], response.get_json()["code"]) == (status, status, code)


def test_no_query_is_ever_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/ask", json={"query": PRIVATE})
        client.post("/v1/ask", json={"query": PRIVATE * 100})
        client.post("/", data={"query": PRIVATE})
        client.get(f"/v1/suggest?q={PRIVATE}")
    assert "1234" not in caplog.text


@pytest.mark.parametrize("marker", ["zqxj<b>", "zqxj"])
def test_no_error_of_the_api_repeats_what_was_sent(client, marker):
    sent = [
        client.get(f"/v1/{marker}"),
        client.get(f"/v1/faqs/{marker}"),
        client.get(f"/v1/faqs?limit={marker}"),
        client.get(f"/v1/faqs?{marker}=1"),
        client.post("/v1/ask", json={"query": marker, marker: marker}),
        client.post("/v1/ask", json={"query": [marker]}),
        client.post("/v1/ask", json={"query": marker * 300}),
        client.post("/v1/ask", data=marker, content_type=marker),
        client.post("/v1/ask", data=marker, content_type="application/json"),
        client.open("/v1/faqs", method=marker[:4]),
    ]
    assert all(response.status_code >= 400 and "zqxj" not in response.text for response in sent)
