"""Whoever names what belongs to somebody else is told that it is not there: ids, tokens, receipts and files of others, and of other sites."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot import messages
from faqbot.settings import Settings
from faqbot.store import AttachedFile, DeskChanges, NewInquiry, Role, Store, open_store
from faqbot.web import create_app
from faqbot.web.desk.cookies import LOCAL_COOKIE
from tests.contract.clock import Clock
from tests.contract.conftest import FakeLive, written
from tests.contract.desk import OURS, as_operator

KEY = "a-key-that-only-its-sender-knows"
INQUIRY = {"email": "a@example.kr", "question": "환불해 주세요", "consent": True, "consent_version": messages.CONSENT_VERSION}


@pytest.fixture
def other(database: Path, live: FakeLive, secret: bytes, clock: Clock, tmp_path: Path) -> Iterator[tuple[Flask, Store]]:
    """Another site in the same database, with the same secret."""
    with open_store(f"sqlite:///{database}", secret, "other", clock) as opened:
        made = create_app(live, Settings(site="other", models=tmp_path / "m", var=tmp_path / "v", attachments=2), opened, secret, clock)
        yield made, opened
        written(made)


def asked(client: FlaskClient) -> str:
    return client.post("/v1/ask", json={"query": "배송이 늦어요"}).get_json()["feedback_token"]


def test_a_feedback_token_of_another_site_opens_nothing(app, client, other):
    token = asked(other[0].test_client())
    for path, body in (("/v1/feedback", {"vote": 1}), ("/v1/choices", {"id": None})):
        response = client.post(path, json={"token": token, **body})
        assert (response.status_code, response.get_json()["code"]) == (422, "invalid_token")
    assert client.post("/v1/inquiries", json=INQUIRY | {"key": KEY, "tokens": [token]}).get_json()["code"] == "invalid_token"


def test_a_session_and_a_key_of_another_site_open_nothing(app, store, other):
    as_operator(app, store, Role.OWNER)
    other[1].accounts.create("owner", "correct horse battery", Role.OWNER)
    client = app.test_client()
    client.set_cookie(LOCAL_COOKIE, other[1].accounts.start_session("owner"))
    _, key = other[1].accounts.create_key("sync", Role.OWNER, "cli")
    assert client.get("/admin").status_code == 401
    assert client.get("/v1/admin/me", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_a_receipt_of_another_site_shows_nothing(app, client, other):
    token = other[1].submit_inquiry(NewInquiry("다른 사이트의 문의", "a@example.kr", "1"), KEY).token
    assert other[0].test_client().get(f"/inquiry/{token}").status_code == 200
    assert [client.get(f"/inquiry/{token}{ending}").status_code for ending in ("", ".txt")] == [404, 404]


def test_an_inquiry_and_its_files_of_another_site_are_not_there_in_the_desk(app, store, other):
    file = other[1].add_upload(KEY, AttachedFile("a.png", "image/png", b"\x89PNG"))
    number = other[1].submit_inquiry(NewInquiry("다른 사이트의 문의", "a@example.kr", "1"), KEY, [file]).number
    client = as_operator(app, store, Role.OWNER)
    assert {client.get(f"/admin/inquiries/{number}{path}").status_code for path in ("", "/files/1", "/erase")} == {404}
    for path, form in (
        ("reply", {"text": "x", "seen": "0"}),
        ("notes", {"note": "x"}),
        ("state", {"state": "answered"}),
        ("export", {}),
        ("erase", {"number": number}),
    ):
        assert client.post(f"/admin/inquiries/{number}/{path}", data=form, headers=OURS).status_code == 404
    assert number not in client.get("/admin/inquiries").text
    assert other[1].inquiry(number).content.question == "다른 사이트의 문의"


def test_accounts_keys_notices_and_drafts_of_another_site_are_not_there(app, store, other):
    other[1].accounts.create("stranger", "correct horse battery", Role.EDITOR)
    key, _ = other[1].accounts.create_key("sync", Role.OWNER, "cli")
    client = as_operator(app, store, Role.OWNER)
    paths = [f"/admin/accounts/operators/stranger/{each}" for each in ("password", "role", "disable", "enable")] + [f"/admin/accounts/keys/{key.prefix}/revoke"]
    assert {client.post(path, data={"role": "viewer"}, headers=OURS).status_code for path in paths} == {404}
    assert "stranger" not in client.get("/admin/accounts").text


@pytest.mark.parametrize("sent", ["x" * 43, "", "0", "../", "%00", "' OR 1=1", "a" * 5000, "가" * 43])
def test_a_receipt_that_nobody_was_given_shows_nothing(client, sent):
    assert client.get(f"/inquiry/{sent}.txt").status_code in {404, 405}
    assert client.get(f"/inquiry/x{sent}").status_code == 404


def test_a_receipt_shows_its_own_inquiry_without_notes_and_no_other(store, client):
    first, second = (store.submit_inquiry(NewInquiry(text, "a@example.kr", "1"), f"{KEY}{text}") for text in ("첫 문의", "둘째 문의"))
    DeskChanges(store, "owner").note(first.number, "내부 메모", "owner")
    shown = client.get(f"/inquiry/{first.token}").text
    assert ("첫 문의" in shown, "둘째 문의" in shown, "내부 메모" in shown, second.token in shown) == (True, False, False, False)


def test_a_receipt_and_a_session_cannot_be_guessed(store):
    tokens = {store.submit_inquiry(NewInquiry("환불", "a@example.kr", "1"), f"{KEY}{n}").token for n in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_a_file_that_waits_under_another_key_comes_along_with_no_inquiry(build, store):
    client = build(Settings(attachments=2)).test_client()
    file = store.add_upload("the-key-of-somebody-else-0000000", AttachedFile("비밀.png", "image/png", b"\x89PNG"))
    form = {**{name: value for name, value in INQUIRY.items() if name != "consent"}, "consent": "on", "key": "k" * 32, "file": str(file)}
    assert client.post("/inquiry/review", data=form, headers=OURS).status_code in {200, 422}
    assert "비밀.png" not in client.post("/inquiry/review", data=form, headers=OURS).text
    client.post("/inquiry/send", data=form, headers=OURS)
    assert all(not each.attachments for each in store.inquiries())


@pytest.mark.parametrize("vote", ["9" * 18, "0", "1"])
def test_a_vote_and_a_question_that_are_not_there_are_not_found(app, store, vote):
    client = as_operator(app, store, Role.OWNER)
    assert client.post("/admin/feedback", data={"case": vote}, headers=OURS).status_code == 404
    assert client.post("/admin/notices/" + vote + "/remove", headers=OURS).status_code == 404
