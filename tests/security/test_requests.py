"""Addresses, methods, headers and bodies that are made to be read as something else."""

import re
from io import BytesIO
from itertools import product
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.errors import SettingsError
from faqbot.settings import Settings, load_settings
from faqbot.store import NewInquiry, Role
from faqbot.web.desk.cookies import HOST_COOKIE, LOCAL_COOKIE
from tests.contract.desk import OURS, as_operator

#: Ways out of a folder, and into files of the system.
TRAVERSALS = tuple(
    f"{up}{file}"
    for up, file in product(
        ("../", "../../../../", "..%2f", "..%252f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "..;/", "....//", "..%00/", "..%c0%af", "%c0%ae%c0%ae/", "/", "//", "\\", "C:\\", "~/"),
        ("app.py", "etc/passwd", "templates/home.html", ".env"),
    )
)  # fmt: skip
ELSEWHERE = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example", "/%2f/evil.example", "/%5cevil.example", "//evil.example/%2e%2e",
    "/.//evil.example", "/admin/..//evil.example", "/admin/%2e%2e//evil.example", "/admin@evil.example", "/admin\t//evil.example", "/admin/\r\nLocation: //evil.example", "javascript:alert(1)",
    "data:text/html,x", "/admin?next=//evil.example", "/ADMIN//evil.example", "／／evil.example", "/admin/。。//evil.example", "", "evil.example", "@evil.example", "?//evil.example", "#//evil.example",
)  # fmt: skip
ORIGINS = (
    "null", "https://shop.example.kr.evil.example", "https://evilshop.example.kr", "https://shop.example.kr:443", "https://shop.example.kr:8443", "http://shop.example.kr", "HTTPS://SHOP.EXAMPLE.KR",
    "https://shop.example.kr.", "https://shop.example.kr/", "https://shop.example.kr@evil.example", "https://ｓhop.example.kr", "https://xn--shop.example.kr", "https://shop%2eexample.kr",
    "https://sub.shop.example.kr", "file://", "", "*", "https://shop.example.kr https://evil.example", "https://shop.example.kr, https://evil.example", "https://shop_example.kr", "capacitor://shop.example.kr",
)  # fmt: skip
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


def header(text: str) -> str:
    """As a server hands it over."""
    return text.encode("utf-8").decode("latin-1")


@pytest.mark.parametrize("path", ["/static/", "/widget/", "/faq/", "/category/", "/inquiry/", "/v1/faqs/", "/notice/", "/"])
def test_no_address_leads_out_of_a_folder(client: FlaskClient, path):
    for way in TRAVERSALS:
        for sent in (f"{path}{way}", f"{path}x/{way}", quote(f"{path}{way}", safe="/")):
            with client.get(environ_overrides={"PATH_INFO": header(sent.replace("%2f", "/").replace("%2e", ".").replace("%5c", "\\"))}) as response:
                assert response.status_code in {200, 404}, sent
                assert b"root:" not in response.data
                assert b"create_app" not in response.data
                assert response.status_code == 404 or urlsplit(sent).path.strip("/") in {"", "inquiry"} or "home.html" not in response.text


@pytest.mark.parametrize("kind", ["faqs.csv", "draft.exe", "draft.", "draft.csv.xlsx"])
def test_a_kind_of_file_that_there_is_not_is_not_found(app, store, kind):
    assert as_operator(app, store, Role.OWNER).get(f"/admin/publish/{kind}").status_code == 404


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_logging_in_leads_to_the_desk_and_nowhere_else(app, store, onward):
    store.accounts.create("owner", "correct horse battery", Role.OWNER)
    response = app.test_client().post("/admin/login", data={"name": "owner", "password": "correct horse battery", "next": onward}, headers=OURS)
    assert response.status_code == 303
    assert re.fullmatch(r"/admin(?:\?next=//evil\.example)?", response.location)


def test_no_response_leads_to_another_host(app, client, store):
    operator = as_operator(app, store, Role.OWNER)
    for where, who in product(ELSEWHERE, (client, operator)):
        for path in (where, f"/admin{where}", f"/faq{where}", f"/inquiry{where}", f"/inquiry/review{where}", "/admin/login"):
            response = who.get(environ_overrides={"PATH_INFO": header(path) or "/"}, query_string={"next": where, "url": where, "redirect": where})
            assert response.status_code not in {301, 302, 303, 307, 308} or urlsplit(response.location).netloc == "", path


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_origin_that_is_not_to_the_letter_one_of_the_list_is_foreign(build, origin):
    client = build(Settings(origins="https://shop.example.kr")).test_client()
    sent = {"Origin": header(origin)}
    responses = [client.get("/v1/faqs", headers=sent), client.options("/v1/ask", headers=sent), client.post("/v1/ask", json={"query": "환불"}, headers=sent)]
    assert [name for each in responses for name, _ in each.headers if name.startswith("Access-Control")] == []
    assert responses[2].status_code == 403
    assert all("Origin" in each.vary for each in responses)


@pytest.mark.parametrize("name", OVERRIDES)
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_no_header_makes_another_method_of_a_request(app, store, client, name, method):
    operator = as_operator(app, store, Role.OWNER)
    number = store.submit_inquiry(NewInquiry("환불", "a@example.kr", "1"), "a key of sixteen and more").number
    assert client.get("/v1/ask", headers={name: method}).status_code == 405
    assert operator.get(f"/admin/inquiries/{number}/erase?_method={method}", headers={name: method, **OURS}).status_code == 200
    assert store.inquiry(number).erased_at is None


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "PATCH", "DELETE", "PUT", "BREW"])
def test_no_other_method_does_anything_or_gives_back_what_was_sent(client, method):
    for path in ("/", "/v1/ask", "/faq/refund", "/static/page.css", "/inquiry"):
        response = client.open(path, method=method, headers={"X-Sent": "a-secret", "Cookie": "a=a-secret"}, data=b"a-secret")
        assert (response.status_code, "a-secret" in response.text) == (405, False)


def personal(app, client, store) -> list[TestResponse]:
    receipt = store.submit_inquiry(NewInquiry("환불", "a@example.kr", "1"), "a key of sixteen and more")
    operator = as_operator(app, store, Role.OWNER)
    pages = [
        operator.get(rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/admin", "/v1/admin")) and "GET" in rule.methods and not rule.arguments
    ]
    return [
        *pages,
        client.get(f"/inquiry/{receipt.token}"),
        client.get(f"/inquiry/{receipt.token}.txt"),
        client.post("/v1/ask", json={"query": "환불"}),
        operator.get(f"/admin/inquiries/{receipt.number}"),
    ]


def test_what_is_one_persons_is_kept_by_no_cache(app, client, store):
    responses = personal(app, client, store)
    assert len(responses) > 25
    assert {each.headers["Cache-Control"] for each in responses} == {"no-store"}
    assert all({"Cookie", "Authorization"} <= set(each.vary) for each in responses if "admin" in each.request.path)


def test_no_page_that_a_token_opens_tells_its_address_to_others(client, store):
    token = store.submit_inquiry(NewInquiry("환불", "a@example.kr", "1"), "a key of sixteen and more").token
    response = client.get(f"/inquiry/{token}")
    assert (response.headers["Referrer-Policy"], response.headers["X-Robots-Tag"]) == ("no-referrer", "noindex")


def test_the_answer_box_sends_no_cookie_and_no_address_of_the_page(client):
    script = client.get("/widget/v1.js").text
    assert re.search(r"credentials:\s*[\"'`]omit", script)
    assert not re.search(r"document\.cookie|localStorage|sessionStorage|location\.(?:href|search)|token=|[?&]query=", script)


def test_what_is_typed_is_suggested_for_without_standing_in_an_address(client):
    assert "suggest?" not in client.get("/widget/v1.js").text
    sent = client.post("/v1/suggest", data='{"q": "환불", "limit": 1}'.encode(), content_type="text/plain")
    assert sent.get_json() == client.get("/v1/suggest?q=환불&limit=1").get_json() != {"items": []}
    assert client.post("/v1/suggest", json={"q": "환불"}, headers={"Origin": "https://evil.example"}).status_code == 403


FLOODS = {
    "parts": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 100_000 + b"--x--\r\n",
    "line feeds": b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + b"\n" * 5_000_000 + b"\r\n--x--\r\n",
    "carriage returns": b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + b"\r" * 5_000_000 + b"\r\n--x--\r\n",
    "almost the boundary": b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + b"\r\n--" * 1_000_000 + b"\r\n--x--\r\n",
    "headers": b"--x\r\n" + b"A: b\r\n" * 500_000 + b"\r\n\r\n--x--\r\n",
    "a header without end": b"--x\r\nContent-Disposition: " + b"a" * 5_000_000,
    "no end": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 5_000_000,
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_of_parts_is_answered_and_keeps_nothing(build, store, kind):
    client = build(Settings(attachments=2)).test_client()
    response = client.post(
        "/inquiry/review", input_stream=BytesIO(FLOODS[kind]), content_length=len(FLOODS[kind]), content_type="multipart/form-data; boundary=x", headers=OURS
    )
    assert response.status_code in {400, 413, 422}
    assert store.inquiries() == ()


@pytest.mark.parametrize("boundary", ["", '"', "x" * 8000, "x;boundary=y", "\x01", "--", " "])
def test_a_strange_boundary_is_no_form(build, boundary):
    client = build(Settings(attachments=2)).test_client()
    response = client.post("/inquiry/review", data=b"--x--\r\n", content_type=f"multipart/form-data; boundary={boundary}", headers=OURS)
    assert response.status_code in {400, 413, 422}


@pytest.mark.parametrize("key", ["short", " " * 40, "\t" * 40, "a" * 64, "ab" * 32, "0" * 43, " short but with many spaces      ", "changeme" * 3])
def test_a_secret_key_that_is_none_is_refused_at_the_start(monkeypatch, key):
    monkeypatch.setenv("FAQBOT_SECRET_KEY", key)
    with pytest.raises(SettingsError, match="FAQBOT_SECRET_KEY") as refused:
        load_settings()
    assert key not in str(refused.value)


@pytest.mark.parametrize("path", ["/admin", "/v1/admin/me"])
def test_a_session_that_somebody_else_chose_opens_nothing(app, store, path):
    as_operator(app, store, Role.OWNER)
    client = app.test_client()
    for name in (LOCAL_COOKIE, HOST_COOKIE):
        client.set_cookie(name, "x" * 43)
    assert client.get(path).status_code == 401
    assert client.get(f"{path}?{LOCAL_COOKIE}={store.accounts.start_session('owner')}").status_code == 401


def test_two_sessions_of_one_operator_live_and_end_apart(app, store):
    first, second = as_operator(app, store, Role.OWNER), app.test_client()
    second.set_cookie(LOCAL_COOKIE, store.accounts.start_session("owner"))
    assert first.post("/admin/logout", headers=OURS).status_code == 303
    assert (first.get("/admin").status_code, second.get("/admin").status_code) == (401, 200)
