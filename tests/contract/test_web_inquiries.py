import json
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot import messages
from faqbot.domain import Outcome
from faqbot.settings import Settings
from faqbot.store import InquiryState, NewInquiry, Retention, TranscriptItem, open_store
from faqbot.web import create_app
from faqbot.web.intake import MAX_BODY, MAX_INQUIRY
from faqbot.web.tokens import Tokens
from tests.contract.conftest import NOW, SECRET, locked, rows, written

INQUIRY = {
    "key": "a-key-of-the-sender",
    "email": "minji.kim@example.kr",
    "question": "결제가 두 번 됐어요",
    "category": "결제>환불",
    "background": "어제 앱에서 결제했습니다",
    "error": "ERR-4017",
    "tried": "앱을 다시 깔았어요",
    "consent": True,
    "consent_version": messages.CONSENT_VERSION,
}
LEAST = {name: INQUIRY[name] for name in ("key", "email", "question", "consent", "consent_version")}


def send(client: FlaskClient, **fields: object) -> TestResponse:
    return client.post("/v1/inquiries", json={**INQUIRY, **fields})


def ask(client: FlaskClient, query: str) -> str:
    """The token of the reply."""
    return client.post("/v1/ask", json={"query": query}).get_json()["feedback_token"]


def refusal(response: TestResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    return response.status_code, response.get_json()["code"]


def count(database: Path) -> int:
    return rows(database, "SELECT count(*) FROM inquiries")[0][0]


# What is stored


def test_an_inquiry_is_stored_with_everything_that_was_sent(client, store):
    response = send(client)
    assert (response.status_code, response.content_type) == (201, "application/json")
    stored = store.inquiry(response.get_json()["number"])
    assert (stored.state, stored.received_at) == (InquiryState.RECEIVED, NOW)
    assert stored.content == NewInquiry(
        question=INQUIRY["question"],
        contact=INQUIRY["email"],
        consent_version=messages.CONSENT_VERSION,
        category=INQUIRY["category"],
        background=INQUIRY["background"],
        error=INQUIRY["error"],
        tried=INQUIRY["tried"],
    )


def test_the_least_that_an_inquiry_needs_is_enough(client):
    assert client.post("/v1/inquiries", json=LEAST).status_code == 201


def test_an_inquiry_may_be_declared_as_text(client):
    assert client.post("/v1/inquiries", data=json.dumps(INQUIRY), content_type="text/plain").status_code == 201


def test_a_receipt_says_where_its_status_is_and_when_an_answer_comes(client, store):
    """Sunday the first is a holiday, and the Monday after it stands in for it."""
    receipt = send(client).get_json()
    assert receipt["number"].startswith("20260301-")
    assert receipt["status_url"].startswith("http://localhost/inquiry/")
    assert "3월 4일" in receipt["expected"]
    assert store.inquiry_by_token(receipt["status_url"].rpartition("/")[2]).number == receipt["number"]


def test_the_status_has_the_address_that_visitors_see(build):
    client = build(Settings(public_url="https://help.example.kr/")).test_client()
    assert send(client).get_json()["status_url"].startswith("https://help.example.kr/inquiry/")


def test_a_site_that_promises_no_answer_says_null(build):
    assert send(build(Settings(inquiry_days=0)).test_client()).get_json()["expected"] is None


def test_the_status_page_of_a_receipt_opens(build):
    client = build(Settings()).test_client()
    assert client.get(send(client).get_json()["status_url"]).status_code == 200


@pytest.mark.parametrize("host", ["faq_bot:8000", "", "help.example.kr/x", "a@evil.example", "help.example.kr:99999"])
def test_a_host_that_cannot_be_leaves_an_address_that_leads_back_here(client: FlaskClient, host: str) -> None:
    response = client.post("/v1/inquiries", json=INQUIRY, headers={"Host": host})
    address = response.get_json()["status_url"]
    assert address.startswith("/inquiry/")
    assert client.get(address).status_code == 200


def test_blank_ends_are_not_stored(client, store):
    number = send(client, question="  결제가 두 번\n", background=" \n").get_json()["number"]
    assert (store.inquiry(number).content.question, store.inquiry(number).content.background) == ("결제가 두 번", "")


# Once


def test_the_same_key_gives_the_same_receipt_and_one_inquiry(client, clock, database):
    first = send(client)
    clock.advance(days=3)
    again = send(client, question="다른 질문")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert count(database) == 1


def test_another_key_is_another_inquiry(client, database):
    assert send(client).get_json()["number"] != send(client, key="another-key-of-the-sender").get_json()["number"]
    assert count(database) == 2


def test_the_same_key_in_eight_threads_at_once_gives_one_receipt_and_one_inquiry(live, database, clock):
    with open_store(f"sqlite:///{database}", SECRET, "default", clock, busy_timeout=30) as store, ThreadPoolExecutor(8) as pool:
        app = create_app(live, Settings(limit_inquiries="100/hour"), store, SECRET, clock)
        responses = list(pool.map(lambda _: send(app.test_client()), range(24)))
    assert {response.status_code for response in responses} == {201}
    assert len({response.text for response in responses}) == 1
    assert count(database) == 1


# What is refused


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"consent": False}, "consent"),
        ({"consent": None}, "consent"),
        ({"consent": "true"}, "consent"),
        ({"consent": 1}, "consent"),
        ({"consent_version": ""}, "consent_version"),
        ({"consent_version": "2020-01-1"}, "consent_version"),
        ({"email": ""}, "email"),
        ({"email": "minji.kim"}, "email"),
        ({"email": "minji.kim@example"}, "email"),
        ({"email": "minji kim@example.kr"}, "email"),
        ({"email": "a@b@example.kr"}, "email"),
        ({"email": "minji\x1ekim@example.kr"}, "email"),
        ({"email": "minji.kim@example\x85.kr"}, "email"),
        ({"email": "minji.kim@example.kr\n"}, "email"),
        ({"email": "minji.kim@example.kr\r\nBcc: all@example.kr"}, "email"),
        ({"email": "a" * 250 + "@example.kr"}, "email"),
        ({"email": ["minji.kim@example.kr"]}, "email"),
        ({"question": ""}, "question"),
        ({"question": " \n\t"}, "question"),
        ({"question": "\u200b\ufeff"}, "question"),
        ({"question": "가" * 2001}, "question"),
        ({"background": "가" * 3001}, "background"),
        ({"error": "가" * 3001}, "error"),
        ({"tried": "가" * 3001}, "tried"),
        ({"category": "가" * 201}, "category"),
        ({"key": "short"}, "key"),
        ({"key": "a" * 101}, "key"),
        ({"tokens": ["a"] * 11}, "tokens"),
        ({"tokens": [""]}, "tokens"),
        ({"tokens": "a"}, "tokens"),
        ({"phone": "010-1234-5678"}, ""),
    ],
)
def test_an_inquiry_against_the_schema_names_the_field_and_is_not_stored(client, database, fields, field):
    response = send(client, **fields)
    assert refusal(response) == (422, "invalid_request")
    assert {error["field"] for error in response.get_json()["errors"]} == {field}
    assert count(database) == 0


@pytest.mark.parametrize("field", sorted(LEAST))
def test_what_an_inquiry_needs_must_be_there(client, database, field):
    response = client.post("/v1/inquiries", json={name: value for name, value in LEAST.items() if name != field})
    assert refusal(response) == (422, "invalid_request")
    assert response.get_json()["errors"] == [{"field": field, "message": "꼭 있어야 합니다."}]
    assert count(database) == 0


def test_consent_to_a_text_that_has_changed_is_no_consent(client):
    response = send(client, consent_version="2025-01-1")
    assert response.get_json()["errors"] == [{"field": "consent_version", "message": messages.CONSENT_CHANGED}]


def test_everything_that_is_wrong_is_told_at_once(client):
    fields = [error["field"] for error in send(client, email="x", question="", consent=False).get_json()["errors"]]
    assert sorted(fields) == ["consent", "email", "question"]


@pytest.mark.parametrize("escaped", [True, False])
def test_an_inquiry_with_everything_at_its_longest_is_stored(client, store, escaped):
    longest = {"question": "😀" * 2000, "background": "😀" * 3000, "error": "😀" * 3000, "tried": "😀" * 3000, "category": "😀" * 200}
    body = json.dumps({**INQUIRY, **longest, "tokens": [ask(client, "환불")] * 10}, ensure_ascii=escaped).encode()
    response = client.post("/v1/inquiries", data=body, content_type="application/json")
    assert response.status_code == 201
    assert store.inquiry(response.get_json()["number"]).content.tried == longest["tried"]


def test_a_body_above_the_limit_of_inquiries_is_refused(client, database):
    body = json.dumps(INQUIRY).encode().ljust(MAX_INQUIRY + 1)
    assert refusal(client.post("/v1/inquiries", data=body, content_type="application/json")) == (413, "too_large")
    assert client.post("/v1/inquiries", data=body[:-1], content_type="application/json").status_code == 201


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/feedback", "/v1/choices"])
def test_only_inquiries_may_be_that_large(client, path):
    assert refusal(client.post(path, data=b" " * (MAX_BODY + 1), content_type="application/json")) == (413, "too_large")


def test_a_refusal_repeats_nothing_that_was_sent(client):
    assert "zqxj" not in send(client, email="zqxj", question="zqxj" * 1000, consent_version="zqxj", zqxj="zqxj").text


# The store is down


def test_while_the_store_is_locked_an_inquiry_is_never_called_stored(client, database):
    with locked(database):
        response = send(client)
        assert refusal(response) == (503, "not_stored")
        assert response.headers["Retry-After"] == "5"
        assert "sqlite" not in response.text.lower()
    assert count(database) == 0


def test_the_same_key_after_a_failure_stores_the_inquiry_once(client, database):
    with locked(database):
        send(client)
    assert [send(client).status_code for _ in range(2)] == [201, 201]
    assert count(database) == 1


def test_asking_is_answered_while_inquiries_cannot_be_stored(client, database):
    with locked(database):
        assert send(client).status_code == 503
        assert client.post("/v1/ask", json={"query": "배송이 늦어요"}).get_json()["outcome"] == "answer"


def test_an_inquiry_that_was_answered_for_is_on_disk(client, database, tmp_path):
    """A copy of the files at that moment, as after a loss of power, holds it."""
    number = send(client).get_json()["number"]
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in database.parent.glob(f"{database.name}*"):
        if not file.name.endswith("-shm"):
            (copy / file.name).write_bytes(file.read_bytes())
    assert rows(copy / database.name, "SELECT number FROM inquiries") == [(number,)]


# The conversation before


def test_the_conversation_before_comes_along_oldest_first(client, store, clock):
    tokens = []
    for query in ("환불은 며칠 걸리나요", "환불 기간 취소", "없는 말"):
        tokens.append(ask(client, query))
        clock.advance(minutes=1)
    number = send(client, tokens=[tokens[2], tokens[0], tokens[1], tokens[0]]).get_json()["number"]
    first, second, third = store.inquiry(number).content.transcript
    assert first == TranscriptItem(NOW, "환불은 며칠 걸리나요", Outcome.ANSWER, ("환불은 며칠 걸리나요?",))
    assert (second.query, second.outcome, set(second.shown)) == ("환불 기간 취소", Outcome.SUGGEST, {"환불은 며칠 걸리나요?", "결제 취소 방법"})
    assert (third.query, third.outcome, third.shown) == ("없는 말", Outcome.FALLBACK, ())


def test_a_fallback_that_had_candidates_showed_none(client, store):
    reply = client.post("/v1/ask", json={"query": "어쩌고 늦어요 저쩌고 그래서 말이죠"}).get_json()
    assert (reply["outcome"], reply["shown"]) == ("fallback", 0)
    assert reply["candidates"]
    (item,) = store.inquiry(send(client, tokens=[reply["feedback_token"]]).get_json()["number"]).content.transcript
    assert item.shown == ()


def test_the_conversation_may_be_from_a_moment_ago(client, store):
    number = send(client, tokens=[ask(client, f"환불 {turn}") for turn in range(10)]).get_json()["number"]
    assert [item.query for item in store.inquiry(number).content.transcript] == [f"환불 {turn}" for turn in range(10)]


def test_the_conversation_has_no_personal_data(client, store):
    number = send(client, tokens=[ask(client, "010-9753-8642 로 전화 주세요")]).get_json()["number"]
    assert [item.query for item in store.inquiry(number).content.transcript] == ["[전화번호] 로 전화 주세요"]


def test_what_is_no_longer_kept_of_a_conversation_is_left_out(app, client, store, clock):
    old = ask(client, "환불은 며칠 걸리나요")
    written(app)
    clock.advance(days=2)
    store.purge(Retention(queries=1))
    number = send(client, tokens=[old, ask(client, "배송이 늦어요")]).get_json()["number"]
    assert [item.query for item in store.inquiry(number).content.transcript] == ["배송이 늦어요"]


def test_a_token_of_somebody_else_is_refused_and_nothing_is_stored(client, database, secret):
    for token in ("1", Tokens(b"another secret of the same length", "default").sign(1), Tokens(secret, "another").sign(1)):
        assert refusal(send(client, tokens=[token])) == (422, "invalid_token")
    assert count(database) == 0


# Nobody else reads it


#: What people type of themselves, and what none of it may leave in a file or a log.
PLANTED = {
    "010-9753-8642": ["9753", "8642"],
    "01086429753": ["8642", "9753"],
    "＋８２ １０ ９７５３ ８６４２": ["９７５３", "8642"],
    "02)975-8642": ["975-8642"],
    "860312-2975318": ["860312", "2975318"],
    "8603122975318": ["8603122975318"],
    "860312 2975318": ["860312", "2975318"],
    "８６０３１２－２９７５３１８": ["８６０３１２", "2975318"],
    "860312–2975318": ["860312", "2975318"],
    "860312ㅡ2975318": ["860312", "2975318"],
    "860312 - 2975318": ["860312", "2975318"],
    "8 6 0 3 1 2 2 9 7 5 3 1 8": ["6 0 3 1 2", "60312"],
    "860312-\u200b2975318": ["860312", "2975318"],
    "팔육공삼일이 다시 이구칠오삼일팔": ["팔육공삼일이", "이구칠오삼일팔"],
    "minji.kim@example.kr": ["minji.kim"],
}


@pytest.mark.parametrize("planted", PLANTED)
def test_personal_data_is_found_in_no_file_and_no_log(app, client, store, database, caplog, planted):
    said = f"제 것은 {planted} 입니다"
    with caplog.at_level(logging.DEBUG):
        token = ask(client, said)
        client.post("/", data={"query": said})
        client.post("/v1/feedback", json={"token": token, "vote": -1, "text": said})
        client.post("/v1/feedback", json={"token": said, "vote": -1})
        assert send(client, question=said, background=said, error=said, tried=said, email="minji.kim@example.kr", tokens=[token]).status_code == 201
        send(client, question=said, email=planted, consent=False)
        client.post("/v1/inquiries", data=said.encode(), content_type="application/json")
        with locked(database):
            client.post("/v1/feedback", json={"token": token, "vote": -1, "text": said})
            send(client, question=said, key="another-key-of-the-sender")
            ask(client, said)
        written(app)
    files = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert "제 것은 [".encode() in files
    assert caplog.text
    for needle in [planted, *PLANTED[planted]]:
        assert needle.encode() not in files
        assert needle not in caplog.text


def test_an_inquiry_and_the_way_to_it_are_unreadable_in_the_files(client, store, database):
    receipt = send(client).get_json()
    store.reply(receipt["number"], "확인해 보겠습니다", "김상담")
    files = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert receipt["number"].encode() in files
    sent = (INQUIRY[name] for name in ("key", "email", "question", "category", "background", "error", "tried"))
    for text in (*sent, "확인해 보겠습니다", "김상담", receipt["status_url"].rpartition("/")[2]):
        assert text.encode() not in files


def test_the_files_can_be_read_by_their_owner_only(client, database, tmp_path):
    send(client)
    with open_store(f"sqlite:///{tmp_path}/new/faqbot.db", SECRET, "default", lambda: NOW) as store:
        store.submit_inquiry(NewInquiry("질문"), "a-key-of-the-sender")
        files = list((tmp_path / "new").iterdir())
        assert {file.stat().st_mode & 0o077 for file in files} == {0}


def test_a_status_address_cannot_be_guessed_from_another(client):
    tokens = {send(client, key=f"{turn:020}").get_json()["status_url"].rpartition("/")[2] for turn in range(8)}
    assert len(tokens) == 8
    assert {len(token) for token in tokens} == {43}


@pytest.mark.parametrize("statement", ["UPDATE inquiries SET sealed = X'00'", "DROP TABLE messages"])
def test_a_damaged_store_gives_no_receipt_that_leads_nowhere(client, database, statement):
    """What is called received can be read again, or nothing is called received."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        send(client)
        connection.execute(statement)
    status = client.get(send(client).get_json()["status_url"]).status_code
    assert status in {200, 503}
