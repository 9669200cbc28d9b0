"""The desk's pages about who may use it: one's own account, accounts and keys for owners, and the log."""

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.store import Role, Store
from faqbot.web.desk.cookies import LOCAL_COOKIE
from tests.contract.conftest import SEOUL
from tests.contract.page import page

WORDS, OTHER = "correct horse battery", "파란 우산과 커피 세 잔"
OURS = {"Origin": "http://localhost"}


@pytest.fixture
def client(app: Flask, store: Store) -> FlaskClient:
    """Of an owner."""
    store.accounts.create("minji", WORDS, Role.OWNER)
    client = app.test_client()
    client.set_cookie(LOCAL_COOKIE, store.accounts.start_session("minji"))
    return client


def send(client: FlaskClient, path: str, action: str, words: str, changes: dict[str, str] | None = None) -> TestResponse:
    """What comes when a form of a page is filled in and sent."""
    return page(client.get(path)).form(action, words).send(client, words, changes, headers=OURS)


def shown_once(response: TestResponse) -> str:
    return re.search(r'<pre class="code">(.*)</pre>', response.text)[1]


# One's own account


def change(client: FlaskClient, **fields: str) -> TestResponse:
    return send(client, "/admin/account", "/admin/account/password", "바꾸기", {"password": WORDS, "new": OTHER, "again": OTHER, **fields})


def test_who_changes_their_password_stays_logged_in_here_alone(client, store):
    before, elsewhere = client.get_cookie(LOCAL_COOKIE).value, store.accounts.start_session("minji")
    response = change(client)
    assert (response.status_code, response.location) == (303, "/admin/account?done=password")
    assert "비밀번호를 바꿨어요" in page(client.get(response.location)).text
    assert client.get_cookie(LOCAL_COOKIE).value != before
    assert store.accounts.session(before) is store.accounts.session(elsewhere) is None
    assert store.accounts.log_in("minji", OTHER, "")
    assert [(each.actor, each.action, each.subject) for each in store.audit.page()] == [("minji", "operator.password", "minji")]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"password": "wrong"}, "password", "지금 비밀번호가 맞지 않아요."),
        ({"new": "short", "again": "short"}, "new", "12자 이상"),
        ({"again": OTHER + "!"}, "again", "두 번 똑같이"),
        ({"new": " " * 20, "again": " " * 20}, "new", "12자 이상"),
    ],
)
def test_a_password_that_cannot_be_is_refused_at_its_field(client, store, fields, field, said):
    shown = page(change(client, **fields), 422)
    assert said in shown.text
    assert shown.with_id(f"f-{field}")["aria-invalid"] == "true"
    assert f"#f-{field}" in shown.hrefs()
    assert store.accounts.log_in("minji", WORDS, "")
    assert store.audit.page() == ()


def test_guessing_ones_own_password_is_throttled(client):
    assert [change(client, password="wrong").status_code for _ in range(6)] == [422] * 5 + [429]  # noqa: S106  # of nobody
    assert change(client).headers["Retry-After"] == "60"


# Accounts


def test_a_new_operator_logs_in_with_the_password_that_is_shown_once(client, store):
    response = send(client, "/admin/accounts", "/admin/accounts/operators", "만들기", {"name": " Jun ", "role": "publisher"})
    password = shown_once(response)
    assert "jun 계정을 만들었어요" in page(response).text
    assert store.accounts.log_in("jun", password, "")[1].role is Role.PUBLISHER
    assert password not in client.get("/admin/accounts").text
    assert (store.audit.page()[0].subject, store.audit.page()[0].after) == ("jun", {"role": "publisher"})


@pytest.mark.parametrize(("name", "said"), [("minji", "이미 있는 이름"), ("", "글자나 숫자로 시작"), ("<b>", "글자나 숫자로 시작")])
def test_a_name_that_cannot_be_is_refused_and_kept_to_be_mended(client, store, name, said):
    shown = page(send(client, "/admin/accounts", "/admin/accounts/operators", "만들기", {"name": name, "role": "owner"}), 422)
    assert said in shown.text
    assert shown.with_id("f-operator-name")["value"] == name
    assert len(store.accounts.operators()) == 1


def test_an_owner_gives_roles_and_takes_them(client, store):
    store.accounts.create("jun", OTHER, Role.VIEWER)
    response = send(client, "/admin/accounts", "/admin/accounts/operators/jun/role", "바꾸기", {"role": "editor"})
    assert "역할을 바꿨어요" in page(client.get(response.location)).text
    assert store.accounts.operator("jun").role is Role.EDITOR
    assert (store.audit.page()[0].before, store.audit.page()[0].after) == ({"role": "viewer"}, {"role": "editor"})


def test_an_owner_shuts_an_account_and_opens_it_again(client, store):
    store.accounts.create("김준", OTHER, Role.EDITOR)
    token = store.accounts.start_session("김준")
    action = next(form.action for form in page(client.get("/admin/accounts")).forms if form.action.endswith("/disable") and "minji" not in form.action)
    assert client.post(action, headers=OURS).location == "/admin/accounts?done=disable"
    assert store.accounts.session(token) is None
    assert client.post(action.replace("/disable", "/enable"), headers=OURS).location == "/admin/accounts?done=enable"
    assert store.accounts.operator("김준").disabled_at is None
    assert [each.action for each in store.audit.page()] == ["operator.enable", "operator.disable"]


def test_a_forgotten_password_is_replaced_by_one_that_is_shown_once(client, store):
    store.accounts.create("jun", OTHER, Role.EDITOR)
    response = send(client, "/admin/accounts", "/admin/accounts/operators/jun/password", "새로 정하기")
    assert store.accounts.log_in("jun", shown_once(response), "")
    assert client.post("/admin/accounts/operators/minji/password", headers=OURS).location == "/admin/account"


@pytest.mark.parametrize(("path", "form"), [("disable", {}), ("role", {"role": "viewer"})])
def test_the_last_owner_cannot_shut_everybody_out(client, store, path, form):
    response = client.post(f"/admin/accounts/operators/minji/{path}", data=form, headers=OURS)
    assert "소유자가 한 사람은" in page(response, 409).text
    assert client.get("/admin/accounts").status_code == 200
    assert store.audit.page() == ()


@pytest.mark.parametrize(
    "path", ["operators/nobody/role", "operators/nobody/disable", "operators/nobody/enable", "operators/nobody/password", "keys/none/revoke"]
)
def test_what_is_not_there_is_not_found(client, path):
    response = client.post(f"/admin/accounts/{path}", data={"role": "viewer"}, headers=OURS)
    assert "찾을 수 없음" in page(response, 404).text


@pytest.mark.parametrize("role", ["", "root", "OWNER", "owner "])
def test_a_role_that_is_none_is_refused(client, store, role):
    assert client.post("/admin/accounts/operators", data={"name": "jun", "role": role}, headers=OURS).status_code == 400
    assert client.post("/admin/accounts/keys", data={"name": "sync", "role": role, "days": "1"}, headers=OURS).status_code == 400
    assert len(store.accounts.operators()) == 1


# Keys


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(client, store):
    response = send(client, "/admin/accounts", "/admin/accounts/keys", "키 만들기", {"name": "excel-sync", "role": "editor", "days": "30"})
    key = shown_once(response)
    assert store.accounts.key(key).role is Role.EDITOR
    assert key not in client.get("/admin/accounts").text
    prefix = store.accounts.all_keys()[0].prefix
    revoked = send(client, "/admin/accounts", f"/admin/accounts/keys/{prefix}/revoke", "폐기")
    assert "키를 폐기했어요" in page(client.get(revoked.location)).text
    assert store.accounts.key(key) is None
    assert [(each.action, each.subject) for each in store.audit.page()] == [("key.revoke", prefix), ("key.create", prefix)]


@pytest.mark.parametrize("days", ["", "0", "731", "-1", "x", "１", "9" * 50])
def test_a_key_without_sensible_days_is_refused(client, store, days):
    response = client.post("/admin/accounts/keys", data={"name": "sync", "role": "viewer", "days": days}, headers=OURS)
    assert page(response, 422).with_id("f-days")["aria-invalid"] == "true"
    assert store.accounts.all_keys() == ()


def test_a_third_key_of_a_name_is_refused(client, store):
    for _ in range(2):
        store.accounts.create_key("sync", Role.VIEWER, "minji")
    response = client.post("/admin/accounts/keys", data={"name": "sync", "role": "viewer", "days": "1"}, headers=OURS)
    assert "이미 2개 있습니다" in page(response, 422).text


def test_the_list_of_keys_tells_what_still_opens(client, store, clock):
    for name in ("a", "b", "c"):
        store.accounts.create_key(name, Role.VIEWER, "minji", days=1 if name == "b" else 9)
    store.accounts.revoke_key(store.accounts.all_keys()[0].prefix)
    clock.advance(days=2)
    client.set_cookie(LOCAL_COOKIE, store.accounts.start_session("minji"))
    shown = page(client.get("/admin/accounts")).text
    assert [shown.count(words) for words in ("쓰는 중", "폐기됨", "기한 지남")] == [1, 1, 1]


# The log


def test_the_log_shows_who_did_what_and_what_changed(client, store):
    store.audit.write(
        "<b>jun", "operator.role", "<i>", {"role": "viewer", "same": 1, "disabled": False}, {"role": "editor", "same": 1, "disabled": True, "list": [1, "환불"]}
    )
    store.audit.write("cli:root", "unknown.action", "7", "전", "후")
    shown = page(client.get("/admin/audit")).text
    words = " ".join(shown.split())
    assert "<b>jun" in words
    assert "역할: 보기 → 편집" in words
    assert 'list: [1, "환불"]' in words
    assert "막음: 아니요 → 예" in words
    assert "same" not in words
    assert "unknown.action 7 전 → 후" in words
    assert f"{datetime(2026, 3, 1, 8, 30, tzinfo=SEOUL):%Y-%m-%d %H:%M}" in words


def test_the_log_is_read_page_by_page_and_by_action(client, store):
    for number in range(120):
        store.audit.write("minji", "many", f"row-{number}-")
    store.audit.write("minji", "one", "single")
    first = page(client.get("/admin/audit?action=many"))
    assert ("row-119-" in first.text, "row-69-" in first.text, "single" in first.text, "1 / 3쪽" in first.text) == (True, False, False, True)
    assert "/admin/audit?page=2&action=many" in first.hrefs()
    assert "row-0-" in page(client.get("/admin/audit?action=many&page=3")).text
    assert page(client.get("/admin/audit?action=one")).form("/admin/audit").value("action") == "one"


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=99999999999999", "page=²", "action=%00", "action=nothing", "action=a&action=b", "done=<b>"]
)
def test_strange_addresses_show_the_log_all_the_same(client, query):
    assert page(client.get(f"/admin/audit?{query}")).title.startswith("기록")


def test_the_log_has_no_form_that_changes_it(client, store):
    store.audit.write("minji", "a", "1")
    assert {form.action for form in page(client.get("/admin/audit")).forms} == {"/admin/logout", "/admin/audit"}


def test_every_page_has_one_heading_a_title_and_marks_where_one_is(client):
    for path in ("/admin", "/admin/account", "/admin/accounts", "/admin/audit", "/admin/nothing"):
        response = client.get(path)
        shown = page(response, response.status_code)
        assert len(shown.all("h1")) == 1
        assert shown.title.endswith(" · 네이버페이 도움말 운영")
        current = {link["href"] for link in shown.all("a") if link.get("aria-current") == "page"}
        assert current == ({path} if path in {"/admin", "/admin/accounts", "/admin/audit"} else set())
