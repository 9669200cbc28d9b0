"""Who gets into the desk: nobody without a session or a key, before anything else happens; and everybody as far as their role goes."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy import insert
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from faqbot.settings import Settings
from faqbot.store import Role, Store
from faqbot.store.credentials import hash_password
from faqbot.store.engine import writing
from faqbot.store.schema import operators as operator_table
from faqbot.web.desk.cookies import HOST_COOKIE, LOCAL_COOKIE
from faqbot.web.desk.frame import MENU, ROLE_HINTS, ROLE_NAMES
from faqbot.web.desk.rules import PAGES, RULES
from tests.contract.clock import Clock
from tests.contract.conftest import NOW, Build, locked
from tests.contract.page import page

WORDS = "correct horse battery"
OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
FOREIGN = [
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8000"},
    {"Origin": "https://localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
#: What opens nothing, as a cookie and as a key.
NOTHINGS = ["", " ", "null", "undefined", "None", "true", "0", "[]", "{}", '""', "%00", "a" * 43, "가" * 43, "fq_abcdefgh_" + "a" * 43, "fq__", "' OR 1=1 --"]


class Unread:
    """A body that nobody may look at."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readline = readlines = readinto = read
    __iter__ = read

    def close(self) -> None: ...


def desk_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if re.match(r"/(v1/)?admin(/|$)", rule.rule)]


def path_of(app: Flask, rule: Rule) -> str:
    return app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))


def unread(client: FlaskClient, method: str, path: str, **headers: str) -> TestResponse:
    """What comes back for twenty megabytes of a form, none of which may be read."""
    environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(20 * 2**20), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    return client.open(path, method=method, environ_overrides=environ, headers=headers)


@cache
def words_hashed() -> str:
    """Once for all tests: it is slow on purpose."""
    return hash_password(WORDS)


@pytest.fixture
def operators(store: Store) -> dict[Role, str]:
    """One of each role, logged in: their tokens."""
    known = {"site": "default", "password_hash": words_hashed(), "created_at": NOW, "password_at": NOW}
    with writing(store._engine) as connection:
        connection.execute(insert(operator_table), [{"name": f"the-{role}", "role": role.value, **known} for role in Role])
    return {role: store.accounts.start_session(f"the-{role}") for role in Role}


@pytest.fixture
def reached(app: Flask) -> Flask:
    """The app with nothing behind the gate but a word."""
    for rule in desk_rules(app):
        app.view_functions[rule.endpoint] = lambda **_: "reached"
    return app


def client_of(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie(LOCAL_COOKIE, token)
    return client


def log_in(client: FlaskClient, name: str = "the-owner", words: str = WORDS, **form: str) -> TestResponse:
    return client.post("/admin/login", data={"name": name, "password": words, **form}, headers=OURS)


# The table


def test_table_and_url_map_name_the_same_rules(app):
    known = {(rule.path, rule.endpoint, rule.method) for rule in RULES}
    found = {(rule.rule, rule.endpoint, method) for rule in desk_rules(app) for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert found == known
    assert len({rule.endpoint for rule in RULES}) == len(RULES)


def test_only_the_log_in_is_open():
    assert {rule.endpoint for rule in RULES if rule.role is None} == {"desk_login", "desk_log_in"}


def test_nothing_is_changed_by_looking():
    assert {rule.method for rule in PAGES} == {"GET", "POST"}
    assert all(rule.endpoint.startswith("desk_") for rule in RULES)


def test_the_menu_leads_to_pages_without_variables_each_once():
    listed = [each for each in PAGES if each.menu]
    assert all(each.method == "GET" and "<" not in each.path and each.menu in MENU for each in listed)
    assert len({each.menu for each in listed}) == len(listed)
    assert set(ROLE_NAMES) == set(ROLE_HINTS) == set(Role)


# Nobody


def test_nothing_opens_to_nobody_and_no_body_is_read(app, operators):
    client, seen = app.test_client(), 0
    for rule, method in product(desk_rules(app), METHODS):
        response = unread(client, method, path_of(app, rule))
        assert response.status_code == 401, (method, rule.rule)
        assert response.headers["WWW-Authenticate"]
        assert response.headers["Cache-Control"] == "no-store"
        seen += 1
    assert seen >= len(RULES)


@pytest.mark.parametrize("path", ["/admin/nothing", "/admin/a/b/c", "/v1/admin", "/v1/admin/nothing", "/admin/../v1", "/admin/%00", "/admin/%ff"])
@pytest.mark.parametrize("method", METHODS)
def test_what_is_not_there_looks_like_what_is(app, operators, method, path):
    assert unread(app.test_client(), method, path).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"--x", "content_type": "multipart/form-data; boundary=" + "x" * 5000},
        {"data": b'{"a":', "content_type": "application/json"},
        {"data": b"\xff\xfe%zz&&&=", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"name=a&password=b", "content_type": "text/plain"},
        {"data": b"name=a", "content_type": "application/x-www-form-urlencoded", "environ_overrides": {"CONTENT_LENGTH": "600"}},
        {"data": b"name=a", "content_type": "application/x-www-form-urlencoded", "environ_overrides": {"CONTENT_LENGTH": "x"}},
        {"data": b"", "content_type": ""},
    ],
)
def test_a_broken_body_changes_nothing(app, operators, body):
    client = app.test_client()
    for rule in desk_rules(app):
        assert client.open(path_of(app, rule), method="POST", headers=OURS, **body).status_code == 401, rule.rule


@pytest.mark.parametrize("sent", NOTHINGS)
def test_nothing_like_a_token_or_a_key_opens_anything(app, operators, sent):
    client = app.test_client()
    for name in (LOCAL_COOKIE, HOST_COOKIE):
        assert client.get("/admin", headers={"Cookie": f"{name}={sent}"}).status_code == 401
    for scheme in ("Bearer ", "bearer ", "Bearer", "Basic ", "", "Bearer Bearer "):
        assert client.get("/v1/admin/me", headers={"Authorization": (scheme + sent).encode("utf-8").decode("latin-1")}).status_code == 401


@tried(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")))
def test_no_text_opens_anything(app, operators, sent):
    client = app.test_client()
    assert client.get("/admin", headers={"Cookie": f"{LOCAL_COOKIE}={sent}; {HOST_COOKIE}={sent}"}).status_code == 401
    assert client.get("/v1/admin/me", headers={"Authorization": f"Bearer {sent}"}).status_code == 401


def test_a_session_of_another_kind_is_none(app, operators, store):
    _, key = store.accounts.create_key("sync", Role.OWNER, "cli")
    assert client_of(app, key).get("/admin").status_code == 401
    assert app.test_client().get("/v1/admin/me", headers={"Authorization": f"Bearer {operators[Role.OWNER]}"}).status_code == 401


def test_a_program_is_told_in_a_problem_and_a_person_gets_the_form(app, operators):
    client = app.test_client()
    response = client.get("/v1/admin/me")
    assert (response.content_type, response.get_json()["code"]) == ("application/problem+json", "unauthorized")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="faqbot"'
    shown = page(client.get("/admin/audit?action=key.create&page=2"), 401)
    assert shown.form("/admin/login").value("next") == "/admin/audit?action=key.create&page=2"


def test_a_store_that_fails_lets_nobody_in(app, operators, store):
    token = operators[Role.OWNER]
    store.accounts.session = lambda _: (_ for _ in ()).throw(RuntimeError)  # type: ignore[method-assign,assignment]
    assert client_of(app, token).get("/admin").status_code == 500


# Roles


@pytest.mark.parametrize("role", Role)
def test_every_rule_opens_to_those_whose_role_covers_it_and_no_body_of_others_is_read(reached, operators, role):
    client = client_of(reached, operators[role])
    for rule in RULES:
        path = path_of(reached, next(reached.url_map.iter_rules(rule.endpoint)))
        response = unread(client, rule.method, path, **OURS)
        may = rule.role is None or role.covers(rule.role)
        assert (response.status_code, response.text == "reached") == ((200, True) if may else (403, False)), (role, rule.endpoint)


@pytest.mark.parametrize("role", Role)
def test_a_key_opens_the_api_as_far_as_its_role_goes_and_no_page(reached, store, role):
    _, key = store.accounts.create_key("sync", role, "cli")
    for rule in RULES:
        path = path_of(reached, next(reached.url_map.iter_rules(rule.endpoint)))
        response = unread(reached.test_client(), rule.method, path, Authorization=f"Bearer {key}")
        if path.startswith("/v1/"):
            assert response.status_code == (200 if role.covers(rule.role) else 403), rule.endpoint
        elif rule.role is not None:
            assert response.status_code == 401, rule.endpoint


def test_roles_cover_those_below_them():
    order = [Role.VIEWER, Role.EDITOR, Role.PUBLISHER, Role.OWNER]
    assert all(one.covers(other) == (order.index(one) >= order.index(other)) for one, other in product(order, order))


def test_a_rule_outside_the_table_opens_to_nobody(app, operators):
    app.add_url_rule("/admin/forgotten", "forgotten", lambda: "reached")
    assert client_of(app, operators[Role.OWNER]).get("/admin/forgotten").status_code == 403


def test_who_may_not_is_told_so(app, operators):
    client = client_of(app, operators[Role.VIEWER])
    assert "권한이 없음" in page(client.get("/admin/accounts"), 403).text
    assert "계정" not in [words.strip() for words in page(client.get("/admin")).text.split("\n")]
    assert "/admin/accounts" not in page(client.get("/admin")).hrefs()
    assert "/admin/accounts" in page(client_of(app, operators[Role.OWNER]).get("/admin")).hrefs()


def test_a_role_that_was_taken_away_opens_nothing_any_more(app, operators, store):
    client = client_of(app, operators[Role.OWNER])
    store.accounts.create("jun", WORDS, Role.OWNER)
    assert client.get("/admin/accounts").status_code == 200
    store.accounts.set_role("the-owner", Role.VIEWER)
    assert client.get("/admin/accounts").status_code == 401
    assert client_of(app, store.accounts.start_session("the-owner")).get("/admin/accounts").status_code == 403


def test_a_key_tells_whom_it_opens_for(app, store):
    key, text = store.accounts.create_key("sync", Role.EDITOR, "cli")
    response = app.test_client().get("/v1/admin/me", headers={"Authorization": f"bearer {text}"})
    assert response.get_json() == {"name": f"key:{key.prefix}", "role": "editor", "via": "key"}


def test_a_wrong_key_is_not_made_good_by_a_cookie(app, operators):
    client = client_of(app, operators[Role.OWNER])
    assert client.get("/v1/admin/me").get_json() == {"name": "the-owner", "role": "owner", "via": "session"}
    assert client.get("/v1/admin/me", headers={"Authorization": "Bearer fq_abcdefgh_" + "a" * 43}).status_code == 401
    assert client.get("/v1/admin/me", headers={"Authorization": "Basic YTpi"}).status_code == 200  # a proxy's own log-in


def test_a_revoked_and_an_expired_key_open_nothing(app, store, clock):
    (one, first), (_, second) = (store.accounts.create_key(name, Role.OWNER, "cli", 1) for name in ("a", "b"))
    client = app.test_client()
    store.accounts.revoke_key(one.prefix)
    assert [client.get("/v1/admin/me", headers={"Authorization": f"Bearer {key}"}).status_code for key in (first, second)] == [401, 200]
    clock.advance(days=1)
    assert client.get("/v1/admin/me", headers={"Authorization": f"Bearer {second}"}).status_code == 401


# Foreign pages


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_a_foreign_page_is_refused_unread(reached, operators, headers):
    client = client_of(reached, operators[Role.OWNER])
    for rule in RULES:
        if rule.method != "GET":
            path = path_of(reached, next(reached.url_map.iter_rules(rule.endpoint)))
            response = unread(client, rule.method, path, **headers)
            assert (response.status_code, "reached" in response.text) == (403, False), rule.endpoint


@pytest.mark.parametrize(
    "headers", [OURS, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]
)
def test_a_form_of_ours_is_heard(app, operators, headers):
    client = client_of(app, operators[Role.OWNER])
    assert client.post("/admin/logout", headers=headers).status_code == 303


def test_behind_a_proxy_the_origin_is_the_public_one(build: Build, store, operators):
    app = build(Settings(public_url="https://help.example.kr"))
    client = app.test_client()
    client.set_cookie(HOST_COOKIE, operators[Role.OWNER], domain="help.example.kr")
    sent = {"base_url": "http://help.example.kr", "headers": {"Origin": "https://help.example.kr", "Cookie": f"{HOST_COOKIE}={operators[Role.OWNER]}"}}
    assert client.post("/admin/logout", **sent).status_code == 303


@pytest.mark.parametrize("headers", FOREIGN)
def test_nobody_is_logged_in_from_a_foreign_page(app, operators, headers):
    response = app.test_client().post("/admin/login", data={"name": "the-owner", "password": WORDS}, headers=headers)
    assert (response.status_code, "Set-Cookie" in response.headers) == (403, False)


# Logging in and out


@pytest.fixture
def client(app: Flask, operators: dict[Role, str]) -> FlaskClient:
    return app.test_client()


def test_logging_in_leads_to_the_page_that_was_asked_for(client, store):
    response = page(client.get("/admin/audit?page=1"), 401).form("/admin/login").send(client, "로그인", {"name": "the-viewer", "password": WORDS}, headers=OURS)
    assert (response.status_code, response.location) == (303, "/admin/audit?page=1")
    assert client.get("/admin/audit?page=1").status_code == 200
    assert (store.audit.page()[0].action, store.audit.page()[0].actor) == ("session.start", "the-viewer")


@pytest.mark.parametrize(
    "onward",
    ["", "//evil.example", "/\\evil.example", "https://evil.example/admin", "/admin/../..//evil.example", "/admin\\@evil.example", "/admin\r\nX: y", "/adminx", "/", "/admin//evil.example", "admin", "/admin/한글", "javascript:alert(1)", "/admin/" + "a" * 3000],
)  # fmt: skip
def test_logging_in_leads_nowhere_else(client, onward):
    assert log_in(client, next=onward).location == "/admin"


def test_the_cookie_is_for_the_server_alone(client):
    cookie = log_in(client).headers["Set-Cookie"]
    assert re.fullmatch(rf"{LOCAL_COOKIE}=[A-Za-z0-9_-]{{43}}; HttpOnly; Path=/; SameSite=Lax", cookie)


@pytest.mark.parametrize("public_url", [None, "https://help.example.kr"])
def test_over_https_the_cookie_is_bound_to_the_host(build: Build, operators, public_url):
    client = build(Settings(public_url=public_url)).test_client(use_cookies=False)
    data = {"name": "the-owner", "password": WORDS}
    base_url = "https://help.example.kr" if public_url is None else "http://help.example.kr"
    response = client.post("/admin/login", data=data, base_url=base_url, headers={"Origin": "https://help.example.kr"})
    cookie = response.headers["Set-Cookie"]
    assert re.fullmatch(rf"{HOST_COOKIE}=[A-Za-z0-9_-]{{43}}; Secure; HttpOnly; Path=/; SameSite=Lax", cookie)
    sent = {"Cookie": cookie.partition(";")[0]}
    assert client.get("/admin", base_url=base_url, headers=sent).status_code == 200
    other = {"Cookie": sent["Cookie"].replace(HOST_COOKIE, LOCAL_COOKIE)}
    assert client.get("/admin", base_url=base_url, headers=other).status_code == 401


@pytest.mark.parametrize("host", ["help.example.kr", "192.168.0.7:8000", "127.0.0.1.evil.example"])
def test_no_password_is_asked_for_or_heard_over_an_open_network(client, host):
    shown = page(client.get("/admin", base_url=f"http://{host}"), 401)
    assert "https 주소로 열어 주세요" in shown.text
    assert shown.forms == []
    data = {"name": "the-owner", "password": WORDS}
    response = client.post("/admin/login", data=data, base_url=f"http://{host}", headers={"Origin": f"http://{host}"})
    assert (response.status_code, "Set-Cookie" in response.headers) == (403, False)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "127.8.8.8"])
def test_on_this_machine_no_https_is_needed(client, host):
    data = {"name": "the-owner", "password": WORDS}
    response = client.post("/admin/login", data=data, base_url=f"http://{host}", headers={"Origin": f"http://{host}"})
    assert response.status_code == 303


def test_logging_in_ends_the_session_before_and_takes_over_no_token_of_others(client, store, app):
    log_in(client)
    before = client.get_cookie(LOCAL_COOKIE).value
    log_in(client)
    assert client.get_cookie(LOCAL_COOKIE).value != before
    assert store.accounts.session(before) is None
    chosen = "x" * 43
    other = client_of(app, chosen)
    log_in(other)
    assert other.get_cookie(LOCAL_COOKIE).value != chosen
    assert store.accounts.session(chosen) is None


def test_logging_out_ends_the_session_and_says_so(client, store):
    log_in(client)
    token = client.get_cookie(LOCAL_COOKIE).value
    response = client.post("/admin/logout", headers=OURS)
    assert client.get_cookie(LOCAL_COOKIE) is None
    assert store.accounts.session(token) is None
    assert "로그아웃했어요" in page(client.get(response.location), 401).text
    assert client_of(client.application, token).get("/admin").status_code == 401


def test_who_is_logged_in_is_not_asked_again(client):
    log_in(client)
    assert client.get("/admin/login").location == "/admin"
    assert client.get("/admin/").location == "/admin"


@pytest.mark.parametrize(("name", "words"), [("the-owner", "wrong"), ("nobody", WORDS), ("the-owner", WORDS.upper()), ("the-owner", " "), ("\x00", "\x00")])
def test_a_wrong_log_in_says_the_same_whatever_was_wrong(client, name, words):
    shown = page(log_in(client, name, words), 401)
    assert "이름이나 비밀번호가 맞지 않습니다." in shown.text
    assert words.strip("\x00 ") not in shown.text or not words.strip("\x00 ")
    assert client.get("/admin").status_code == 401


def test_a_password_is_never_given_back(client):
    shown = page(log_in(client, "<b>name", "a secret that nobody knows"), 401)
    assert "a secret that nobody knows" not in str(shown.tags)
    assert shown.form("/admin/login").value("name") == "<b>name"


@pytest.mark.parametrize("form", [{}, {"name": "the-owner"}, {"password": WORDS}, {"name": "", "password": ""}, {"name": ["a", "b"], "password": ["", WORDS]}])
def test_a_log_in_with_something_missing_is_none(client, form):
    assert client.post("/admin/login", data=form, headers=OURS).status_code == 401


def test_after_five_failures_a_client_must_wait(client, clock: Clock):
    for _ in range(5):
        assert log_in(client, words="wrong").status_code == 401
    response = log_in(client)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert "60초 뒤에" in page(response, 429).text
    clock.advance(seconds=60)
    assert log_in(client).status_code == 303


def test_every_worker_counts_the_same_failures(build: Build, settings, client):
    others = [build(settings).test_client() for _ in range(2)]
    statuses = [log_in(each, words="wrong").status_code for each in (*others, *others, *others)]
    assert statuses == [401] * 5 + [429]


def test_a_failed_log_in_is_logged_without_name_and_password(client, caplog):
    log_in(client, "mistyped-secret", "another-secret")
    assert "log-in refused: wrong" in caplog.text
    assert "secret" not in caplog.text


def test_what_was_sent_when_the_session_was_over_is_said_to_be_lost(client):
    assert "저장하지 않았어요" in page(client.post("/admin/account/password", data={"new": "a"}, headers=OURS), 401).text


def test_a_session_ends_by_itself(client, clock: Clock):
    log_in(client)
    clock.advance(hours=1, minutes=59)
    assert client.get("/admin").status_code == 200
    clock.advance(hours=2)
    assert client.get("/admin").status_code == 401


def test_a_busy_database_keeps_nobody_out_who_is_logged_in(client, database, clock: Clock):
    log_in(client)
    clock.advance(minutes=5)
    with locked(database):
        assert client.get("/admin").status_code == 200


# Off


def test_without_anybody_the_desk_is_off(app):
    client = app.test_client()
    for rule, method in product(desk_rules(app), ("GET", "POST")):
        response = unread(client, method, path_of(app, rule))
        assert response.status_code == 404, rule.rule
    assert "faqbot admin create" in client.get("/admin/anything").text
    assert client.get("/v1/admin/me").get_json()["code"] == "not_found"


# Headers


@pytest.fixture
def everywhere(app: Flask, operators: dict[Role, str]) -> Iterator[TestResponse]:
    """What comes back, to nobody and to the owner, from what is there and what is not."""
    clients = [app.test_client(), client_of(app, operators[Role.OWNER]), client_of(app, operators[Role.VIEWER])]
    paths = ["/admin", "/admin/login", "/admin/audit", "/admin/accounts", "/admin/nothing", "/admin/account/password", "/v1/admin/me", "/v1/admin/x"]
    return [client.open(path, method=method) for client, path, method in product(clients, paths, ["GET", "POST", "OPTIONS"])]


def test_nothing_of_the_desk_is_kept_by_any_cache(everywhere):
    for response in everywhere:
        assert response.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "Authorization"} <= set(response.vary)
        assert "Access-Control-Allow-Origin" not in response.headers


def test_pages_that_embed_the_answer_box_have_no_business_in_the_desk(build: Build, store, operators):
    client = build(Settings(origins="https://shop.example.kr")).test_client()
    _, key = store.accounts.create_key("sync", Role.OWNER, "cli")
    headers = {"Origin": "https://shop.example.kr", "Authorization": f"Bearer {key}"}
    assert "Access-Control-Allow-Origin" in client.get("/v1/faqs", headers=headers).headers
    for response in (client.get("/v1/admin/me", headers=headers), client.options("/v1/admin/me", headers={"Origin": headers["Origin"]})):
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_every_response_of_the_desk_is_secured(everywhere):
    for response in everywhere:
        is_api = response.request.path.startswith("/v1")
        assert response.headers["Content-Security-Policy"] == ("default-src 'none'; frame-ancestors 'none'" if is_api else POLICY)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response.headers["X-Robots-Tag"] == "noindex"


def test_no_page_of_the_desk_has_a_style_or_script_within(everywhere):
    for response in everywhere:
        if response.mimetype == "text/html" and response.status_code != 303:
            shown = page(response, response.status_code)
            assert not any("style" in attributes or any(name.startswith("on") for name in attributes) for _, attributes in shown.tags)
            assert shown.scripts.strip() == ""
            assert all(tag["href"].startswith("/static/desk.") for tag in shown.all("link"))


def test_files_of_the_desk_are_kept_for_ever_by_their_content(client):
    sheet = next(tag["href"] for tag in page(client.get("/admin"), 401).all("link") if tag["rel"] == "stylesheet")
    with client.get(sheet) as kept, client.get(sheet + "x") as other:
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert other.headers["Cache-Control"] == "no-cache"


def test_visitors_get_no_cookie_and_the_pages_they_had(client):
    assert "Set-Cookie" not in client.get("/").headers
    assert client.get("/administrator").status_code == 404
