import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.errors import SettingsError
from faqbot.settings import Settings, load_settings
from tests.contract.conftest import rows, written
from tests.contract.test_web_inquiries import INQUIRY

SHOP, IDN, DEVELOPER = "https://shop.example.kr", "https://xn--hp4bo76a.xn--3e0b707e", "http://localhost:3000"
ALLOWED = [SHOP, IDN, DEVELOPER]
#: What a browser may send, or a program that plays one, and none of it is on the list.
FOREIGN = {
    "null": "null",
    "empty": "",
    "a star": "*",
    "another site": "https://evil.example",
    "ours as a prefix": f"{SHOP}.evil.example",
    "ours as a prefix without a dot": f"{SHOP}evil",
    "ours as a suffix": "https://evilshop.example.kr",
    "ours as a suffix behind a dash": "https://evil-shop.example.kr",
    "below ours": "https://evil.shop.example.kr",
    "above ours": "https://example.kr",
    "any sign for a dot": "https://shopxexample.kr",
    "another port": f"{SHOP}:8443",
    "the usual port written out": f"{SHOP}:443",
    "another port of a developer": "http://localhost:3001",
    "no port of a developer": "http://localhost.evil.example:3000",
    "another scheme": "http://shop.example.kr",
    "a scheme of its own": "file://shop.example.kr",
    "capitals": "https://SHOP.example.kr",
    "a scheme in capitals": "HTTPS://shop.example.kr",
    "a slash": f"{SHOP}/",
    "a path": f"{SHOP}/help",
    "a name before it": "https://shop.example.kr@evil.example",
    "two": f"{SHOP}, https://evil.example",
    "two with a space": f"{SHOP} https://evil.example",
    "hangul of an allowed name": "https://쇼핑.한국".encode().decode("latin-1"),
    "another name in the same script": "https://xn--hp4bo76a2.xn--3e0b707e",
    "a dot behind": f"{SHOP}.",
}
foreign = pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN.keys())
allowed = pytest.mark.parametrize("origin", ALLOWED)
TYPES = ["application/json", "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", None]


@pytest.fixture
def app(build):
    return build(Settings(origins=tuple(ALLOWED)))


def bodies(client: FlaskClient) -> dict[str, dict[str, object]]:
    """Path → what could be stored, for every operation that writes."""
    token = client.post("/v1/ask", json={"query": "환불은 며칠 걸리나요"}).get_json()["feedback_token"]
    return {
        "/v1/ask": {"query": "배송이 늦어요"},
        "/v1/feedback": {"token": token, "vote": 1},
        "/v1/choices": {"token": token, "id": "refund"},
        "/v1/inquiries": INQUIRY,
    }


def shared(response: TestResponse) -> dict[str, str]:
    """The headers by which a browser lets pages of another origin do something."""
    return {name: value for name, value in response.headers if name.startswith("Access-Control-")}


@foreign
def test_a_page_of_another_origin_can_write_nothing(app, client, database, origin):
    sent = bodies(client)
    written(app)
    before = rows(database, "SELECT * FROM queries")
    for path, body in sent.items():
        response = client.post(path, json=body, headers={"Origin": origin})
        assert (response.status_code, response.content_type, response.get_json()["code"]) == (403, "application/problem+json", "origin_not_allowed")
        assert shared(response) == {}
    written(app)
    assert rows(database, "SELECT * FROM queries") == before
    assert rows(database, "SELECT id FROM feedback UNION SELECT id FROM inquiries") == []


@pytest.mark.parametrize("content_type", TYPES)
def test_no_type_of_a_body_gets_a_foreign_page_past_its_origin(app, client, database, content_type):
    """Browsers send some types without asking first, so the answer to the question alone protects nobody."""
    body = b'{"query": "\xed\x99\x98\xeb\xb6\x88"}'
    response = client.post("/v1/ask", data=body, content_type=content_type, headers={"Origin": "https://evil.example"})
    assert (response.status_code, response.get_json()["code"]) == (403, "origin_not_allowed")
    written(app)
    assert rows(database, "SELECT count(*) FROM queries") == [(0,)]


@foreign
@pytest.mark.parametrize("path", ["/v1/popular", "/v1/faqs/none", "/v1/ask"])
def test_a_page_of_another_origin_can_read_nothing(client, origin, path):
    response = client.get(path, headers={"Origin": origin})
    assert shared(response) == {}
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@foreign
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/inquiries", "/v1/popular"])
def test_the_question_of_a_foreign_browser_is_answered_with_nothing(client, origin, path):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    response = client.options(path, headers=asked)
    assert (response.status_code, shared(response)) == (200, {})


@allowed
def test_a_page_of_an_allowed_origin_can_do_everything(client, origin):
    for path, body in bodies(client).items():
        response = client.post(path, json=body, headers={"Origin": origin})
        assert response.status_code in {200, 201, 204}
        assert shared(response) == {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After, X-Request-ID"}
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@allowed
@pytest.mark.parametrize("path", ["/v1/popular", "/v1/notices", "/v1/contact", "/v1/suggest?q=환불", "/v1/categories", "/v1/faqs", "/v1/faqs/refund"])
def test_a_page_of_an_allowed_origin_can_read_everything(client, origin, path):
    response = client.get(path, headers={"Origin": origin})
    assert response.headers["Access-Control-Allow-Origin"] == origin
    again = client.get(path, headers={"Origin": origin, "If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, origin)


@allowed
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/inquiries", "/v1/popular"])
def test_the_question_of_an_allowed_browser_is_answered_for_two_hours(client, origin, path):
    response = client.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"})
    assert response.status_code == 200
    assert shared(response) == {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "7200",
        "Access-Control-Expose-Headers": "Retry-After, X-Request-ID",
    }


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/v1/ask", {}, 422), ("/v1/feedback", {"token": "1", "vote": 1}, 422), ("/v1/none", {}, 404), ("/v1/popular", {}, 405), ("/v1/ask", {"query": ""}, 422)],
)
def test_an_allowed_page_can_read_what_went_wrong(client, path, body, status):
    response = client.post(path, json=body, headers={"Origin": SHOP})
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (status, SHOP)


def test_an_allowed_page_can_read_that_we_broke_and_when_to_try_again(app, live):
    client = app.test_client()
    live.held = None
    assert client.post("/v1/ask", json={"query": "환불"}, headers={"Origin": SHOP}).headers["Access-Control-Allow-Origin"] == SHOP
    app.view_functions["ask"] = lambda: 1 / 0
    response = client.post("/v1/ask", headers={"Origin": SHOP})
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (500, SHOP)


@pytest.mark.parametrize("headers", [{}, {"Origin": SHOP}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/popular", "/v1/none", "/livez", "/openapi.json"])
def test_a_cache_keeps_origins_apart_and_no_cookie_is_ever_wanted(client, headers, method, path):
    response = client.open(path, method=method, headers=headers)
    assert "Origin" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers.get("Access-Control-Allow-Origin") != "*"


def test_a_program_sends_no_origin_and_is_served(client):
    for path, body in bodies(client).items():
        response = client.post(path, json=body)
        assert response.status_code in {200, 201, 204}
        assert shared(response) == {}


def test_our_own_pages_need_no_list(client):
    response = client.post("/v1/ask", json={"query": "환불"}, headers={"Origin": "http://localhost"})
    assert (response.status_code, shared(response)) == (200, {})


@pytest.mark.parametrize("origin", ["http://localhost:8080", "https://localhost", "http://localhost.evil.example"])
def test_our_own_name_at_another_port_or_scheme_is_foreign(client, origin):
    assert client.post("/v1/ask", json={"query": "환불"}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    ("public_url", "origin"),
    [
        ("https://help.example.kr", "https://help.example.kr"),
        ("https://help.example.kr/", "https://help.example.kr"),
        ("https://HELP.example.kr:443/faq", "https://help.example.kr"),
        ("https://help.example.kr:8443", "https://help.example.kr:8443"),
        ("https://쇼핑.한국", IDN),
    ],
)
def test_our_own_pages_behind_a_proxy_have_the_public_address(build, public_url, origin):
    client = build(Settings(public_url=public_url)).test_client()
    assert client.post("/v1/ask", json={"query": "환불"}, headers={"Origin": origin}).status_code == 200
    assert client.post("/v1/ask", json={"query": "환불"}, headers={"Origin": "https://evil.example"}).status_code == 403


@foreign
def test_without_a_list_every_other_origin_is_foreign(build, origin):
    assert build(Settings()).test_client().post("/v1/ask", json={"query": "환불"}, headers={"Origin": origin}).status_code == 403


@allowed
@pytest.mark.parametrize("path", ["/", "/faq/refund", "/none", "/static/page.css"])
def test_no_page_for_people_is_shared_with_other_origins(client, origin, path):
    with client.get(path, headers={"Origin": origin}) as response:
        assert shared(response) == {}
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "origin", ["*", "null", "https://*.example.kr", f"{SHOP}/", f"{SHOP}/help", "https://SHOP.example.kr", "shop.example.kr", "https://쇼핑.한국", "ftp://a.kr"]
)
def test_an_origin_that_no_browser_would_send_is_refused_at_the_start(origin):
    with pytest.raises(SettingsError, match="FAQBOT_ORIGINS"):
        load_settings({"origins": (SHOP, origin)})


def test_a_variable_lists_origins_with_commas(monkeypatch):
    monkeypatch.setenv("FAQBOT_ORIGINS", f" {SHOP}, {DEVELOPER} ,")
    assert load_settings().origins == (SHOP, DEVELOPER)
