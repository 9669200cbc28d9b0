import gzip
import json
import unicodedata
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from faqbot.web.intake import MAX_BODY

JSON = "application/json"


def post(client: FlaskClient, body: bytes, content_type: str | None = JSON, **headers: str) -> TestResponse:
    return client.post("/v1/ask", data=body, content_type=content_type, headers=headers)


def refusal(response: TestResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    return response.status_code, response.get_json()["code"]


BODIES = {
    "990 nested brackets": b"[" * 990 + b"]" * 990,
    "a query of 990 nested objects": b'{"query": ' + b'{"a":' * 990 + b"1" + b"}" * 990 + b"}",
    "brackets as deep as a body may be": b"[" * MAX_BODY,
    "NaN": b'{"query": "a", "limit": NaN}',
    "a repeated name": b'{"query": "a", "query": "b"}',
    "UTF-16": '{"query": "환불"}'.encode("utf-16"),
    "a byte order mark": '{"query": "환불"}'.encode("utf-8-sig"),
    "bad UTF-8": b'{"query": "\xff"}',
    "a lone surrogate": b'{"query": "\\ud800"}',
    "nothing": b"",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_no_strict_json_object_is_a_bad_request(client, body):
    assert refusal(post(client, body)) in {(400, "invalid_json"), (422, "invalid_request")}


@pytest.mark.parametrize("value", [None, 0, 1.5, True, [], ["환불"], {}, {"text": "환불"}])
def test_a_query_that_is_no_string_is_refused(client, value):
    response = post(client, json.dumps({"query": value}).encode())
    assert refusal(response) == (422, "invalid_request")
    assert response.get_json()["errors"] == [{"field": "query", "message": "글자여야 합니다."}]


@pytest.mark.parametrize("body", [None, 0, True, "환불", [], [{"query": "환불"}]])
def test_a_body_that_is_no_object_is_refused(client, body):
    response = post(client, json.dumps(body).encode())
    assert refusal(response) == (422, "invalid_request")
    assert response.get_json()["errors"] == [{"field": "", "message": "이름과 값으로 된 JSON 객체여야 합니다."}]


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({}, "query", "꼭 있어야 합니다."),
        ({"query": "a", "limit": 0}, "limit", "1 이상이어야 합니다."),
        ({"query": "a", "limit": 11}, "limit", "10 이하여야 합니다."),
        ({"query": "a", "limit": 10**400}, "limit", "10 이하여야 합니다."),
        ({"query": "a", "limit": "3"}, "limit", "정수여야 합니다."),
        ({"query": "a", "limit": True}, "limit", "정수여야 합니다."),
        ({"query": "a", "limit": 2.5}, "limit", "정수여야 합니다."),
        ({"query": "a", "limit": None}, "limit", "정수여야 합니다."),
        ({"query": "a", "category": None}, "category", "글자여야 합니다."),
        ({"query": "a", "category": "가" * 201}, "category", "200자 이내여야 합니다."),
        ({"query": "a", "<script>": 1}, "", "모르는 항목이 있습니다. openapi.json에 있는 이름만 쓸 수 있습니다."),
    ],
)
def test_a_field_against_the_schema_is_named(client, fields, field, message):
    response = post(client, json.dumps(fields).encode())
    assert refusal(response) == (422, "invalid_request")
    assert response.get_json()["errors"] == [{"field": field, "message": message}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "empty"),
        ("  \n\t　", "empty"),
        ("\0", "empty"),
        ("\u200b\u202e\ufeff", "empty"),
        ("가나" * 151, "too_long"),
        ("ㅋ" * 1201, "too_long"),
        ("😀a" * 600, "too_long"),
    ],
)
def test_a_query_that_the_bot_refuses_says_why(client, query, code):
    response = post(client, json.dumps({"query": query}).encode())
    assert refusal(response) == (422, code)
    assert [error["field"] for error in response.get_json()["errors"]] == ["query"]


QUERIES = [
    "\u202e환불",
    "환\u200b불",
    unicodedata.normalize("NFD", "환불"),
    "환불\0\x1b[31m",
    "ㅋ" * 1200,
    "가나" * 150,
    "'; DROP TABLE faq;--",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "😀",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_strange_query_is_a_query(client, query):
    assert post(client, json.dumps({"query": query}).encode()).status_code == 200


def test_the_largest_body_is_read_and_one_byte_more_is_not(client):
    body = json.dumps({"query": "환불"}).encode()
    assert post(client, body.ljust(MAX_BODY)).status_code == 200
    assert refusal(post(client, body.ljust(MAX_BODY + 1))) == (413, "too_large")


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b" " * 20_000_000, json.dumps({"query": "ㅋ" * 100_000}).encode(), json.dumps({"query": "😀" * 10_000}).encode()],
    ids=["100,000 brackets", "20 MB", "100,000 times ㅋ", "10,000 emoji"],
)
def test_a_body_above_the_limit_is_not_read(client, body):
    stream = BytesIO(body)
    response = client.post("/v1/ask", input_stream=stream, content_type=JSON, content_length=len(body))
    assert refusal(response) == (413, "too_large")
    assert stream.tell() == 0


def test_a_body_above_the_limit_without_a_length_is_cut_off(client):
    stream = BytesIO(b'{"query": "a"}'.ljust(1_000_000))
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    response = client.post("/v1/ask", input_stream=stream, content_type=JSON, environ_overrides=chunked)
    assert refusal(response) == (413, "too_large")
    assert stream.tell() <= 2 * MAX_BODY


def test_a_body_without_a_length_may_be_as_large_as_one_with(client):
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    stream = BytesIO(b'{"query": "a"}'.ljust(MAX_BODY))
    assert client.post("/v1/ask", input_stream=stream, content_type=JSON, environ_overrides=chunked).status_code == 200


@pytest.mark.parametrize(
    "content_type", [None, "", "text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", "json"]
)
def test_a_body_that_is_not_declared_as_json_is_refused(client, content_type):
    assert refusal(post(client, '{"query": "환불"}'.encode(), content_type)) == (415, "unsupported_media_type")


def test_a_charset_with_the_type_is_no_reason_to_refuse(client):
    assert post(client, '{"query": "환불"}'.encode(), "Application/JSON; charset=utf-8").status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip"])
def test_a_compressed_body_is_refused(client, coding):
    assert refusal(post(client, gzip.compress(b'{"query": "a"}'), **{"Content-Encoding": coding})) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/v1/faqs?limit=0", "limit"),
        ("/v1/faqs?limit=101", "limit"),
        ("/v1/faqs?limit=1e1", "limit"),
        ("/v1/faqs?limit=%EF%BC%95", "limit"),
        ("/v1/faqs?limit=9999999999", "limit"),
        ("/v1/faqs?limit=" + "9" * 5000, "limit"),
        ("/v1/faqs?limit=", "limit"),
        ("/v1/faqs?offset=-1", "offset"),
        ("/v1/faqs?limit=1&limit=2", "limit"),
        ("/v1/faqs?category=a&category=b", "category"),
        ("/v1/faqs?debug=1", ""),
        ("/v1/suggest?q=" + "a" * 101, "q"),
    ],
)
def test_a_parameter_against_the_schema_is_named(client, url, field):
    response = client.get(url)
    assert refusal(response) == (422, "invalid_request")
    assert [error["field"] for error in response.get_json()["errors"]] == [field]


def test_the_path_wins_over_a_parameter_of_its_name(client):
    assert client.get("/v1/faqs/refund?id=cancel").get_json()["id"] == "refund"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%5capp.py", "/static/%00", "/static//etc/passwd", "/static/"])
def test_nothing_beside_the_static_files_is_served(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/%2f..", "/v1//faqs", "/v1/faqs/", "//faq/refund", "/faq//refund", "/static//page.css", "/faq"]
)
def test_no_path_is_ever_redirected(client, path):
    with client.get(environ_overrides={"PATH_INFO": path}) as response:
        assert response.status_code in {200, 404}


#: Names that no domain can have. Werkzeug takes some of them for good, and its client fails at them.
HOSTS = ["a" * 64, "a..b", ".a", "xn--", "xn--a.kr", "xn--" + "a" * 70, "a b", '"><script>', "a:b:c", ":80", "[::1"]


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/v1/contact", 200), ("/nowhere", 404), ("/embed", 200)])
def test_a_host_that_cannot_be_breaks_no_page(client, path, status):
    asked = EnvironBuilder(path).get_environ()
    assert {run_wsgi_app(client.application, asked | {"HTTP_HOST": host})[1] for host in HOSTS} == {status_line(status)}


def status_line(status: int) -> str:
    return f"{status} {HTTP_STATUS_CODES[status].upper()}"
