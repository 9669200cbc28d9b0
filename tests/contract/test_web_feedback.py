import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.test import TestResponse

from faqbot import messages
from faqbot.domain import Outcome, Reason
from faqbot.settings import Settings
from faqbot.store import FeedbackReason, QueryRecord, Retention, Via
from faqbot.web.tokens import MAX_AGE, Tokens
from tests.contract.conftest import NOW, RELEASE, locked, rows, written
from tests.contract.test_web_inquiries import INQUIRY

ANSWERED, SUGGESTED, UNKNOWN = "환불은 며칠 걸리나요", "환불 기간 취소", "zzz 999"


def ask(client: FlaskClient, query: str, **fields: object) -> str:
    """The token of the reply."""
    return client.post("/v1/ask", json={"query": query, **fields}).get_json()["feedback_token"]


def vote(client: FlaskClient, token: str, value: object = 1, **fields: object) -> TestResponse:
    return client.post("/v1/feedback", json={"token": token, "vote": value, **fields})


def choose(client: FlaskClient, token: str, entry_id: str | None) -> TestResponse:
    return client.post("/v1/choices", json={"token": token, "id": entry_id})


def refusal(response: TestResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    return response.status_code, response.get_json()["code"]


@pytest.fixture
def named(app):
    """The id of the query that a token names."""
    return app.extensions["faqbot"].tokens.read


def test_what_was_asked_is_written_down_as_it_was_decided(app, client, store, named):
    token = ask(client, SUGGESTED, via="retry", limit=10)
    written(app)
    stored = store.query(named(token))
    assert (stored.asked_at, stored.record.text, stored.record.via, stored.record.release) == (NOW, SUGGESTED, Via.RETRY, RELEASE)
    assert (stored.record.outcome, stored.record.reason, stored.record.answered) == (Outcome.SUGGEST, Reason.SEVERAL_LIKELY, None)
    assert set(stored.record.candidates) == {"refund", "cancel"}
    assert (stored.chosen, stored.chose_at) == (None, None)


def test_what_was_answered_is_written_down_with_its_entry_and_confidence(app, client, store, named):
    token = ask(client, ANSWERED)
    written(app)
    record = store.query(named(token)).record
    assert (record.outcome, record.reason, record.answered, record.confidence) == (Outcome.ANSWER, Reason.EXACT, "refund", 0.99)


def test_what_is_refused_is_not_written_down(app, client, database):
    for query in ("", "  ", "가나" * 151):
        assert client.post("/v1/ask", json={"query": query}).status_code == 422
    written(app)
    assert rows(database, "SELECT count(*) FROM queries") == [(0,)]


def test_no_query_is_written_down_with_personal_data(app, client, store, named):
    token = ask(client, "환불은 며칠 걸리나요 010-9753-8642")
    written(app)
    assert store.query(named(token)).record.text == "환불은 며칠 걸리나요 [전화번호]"


def test_a_vote_is_kept_with_the_entry_and_the_release_it_is_about(client, store, named):
    token = ask(client, ANSWERED)
    response = vote(client, token, -1, reason="outdated", text="요즘은 하루 걸려요")
    assert (response.status_code, response.data) == (204, b"")
    kept = store.feedback(named(token))
    assert (kept.vote, kept.reason, kept.text) == (-1, FeedbackReason.OUTDATED, "요즘은 하루 걸려요")
    assert (kept.entry_id, kept.release, kept.given_at) == ("refund", RELEASE, NOW)


def test_a_vote_may_follow_its_reply_at_once_however_slow_the_disk_is(build, store, monkeypatch):
    """The reply did not wait for the disk, so the vote waits for the query."""
    record = store.record_queries

    def slowly(records: Sequence[QueryRecord]) -> list[int]:
        Event().wait(0.1)
        return record(records)

    monkeypatch.setattr(store, "record_queries", slowly)
    client = build(Settings()).test_client()
    assert vote(client, ask(client, ANSWERED)).status_code == 204
    assert choose(client, ask(client, SUGGESTED), "refund").status_code == 204
    assert client.post("/v1/inquiries", json={**INQUIRY, "tokens": [ask(client, SUGGESTED)]}).status_code == 201
    assert [item.query for item in store.inquiries()[0].content.transcript] == [SUGGESTED]


def test_the_last_vote_counts(client, store, named, database):
    token = ask(client, ANSWERED)
    for value in (1, -1, 1, -1):
        assert vote(client, token, value).status_code == 204
    assert store.feedback(named(token)).vote == -1
    assert rows(database, "SELECT count(*) FROM feedback") == [(1,)]


def test_the_text_of_a_vote_is_masked(client, store, named):
    token = ask(client, ANSWERED)
    vote(client, token, -1, text="전화 주세요 010-9753-8642, 900101-1234567")
    assert store.feedback(named(token)).text == "전화 주세요 [전화번호], [주민등록번호]"


def test_a_choice_is_kept_and_the_last_one_counts(client, store, named):
    token = ask(client, SUGGESTED)
    for entry_id in ("cancel", None, "refund"):
        assert choose(client, token, entry_id).status_code == 204
        stored = store.query(named(token))
        assert (stored.chosen, stored.chose_at) == (entry_id, NOW)


def test_a_vote_after_a_choice_is_about_what_was_chosen(client, store, named):
    token = ask(client, SUGGESTED)
    choose(client, token, "cancel")
    vote(client, token, 1)
    assert store.feedback(named(token)).entry_id == "cancel"


@pytest.mark.parametrize("entry_id", ["none", "old", "soon", ""])
def test_what_is_not_shown_today_cannot_be_chosen(app, client, store, named, entry_id):
    token = ask(client, SUGGESTED)
    written(app)
    assert refusal(choose(client, token, entry_id)) == (404, "not_found")
    assert store.query(named(token)).chose_at is None


def aged(secret: bytes, age: timedelta) -> str:
    """A token that was signed that long ago."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - int(age.total_seconds())

    return str(URLSafeTimedSerializer(secret, salt="faqbot.reply.default", signer=Signer).dumps(1))


@pytest.fixture
def forged(client, secret) -> list[str]:
    """Tokens that we never gave out, or too long ago."""
    token = ask(client, ANSWERED)
    swapped = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    other = [Tokens(b"another secret of the same length", "default").sign(1), Tokens(secret, "another").sign(1)]
    return [swapped, token[1:], f"{token}.", "1", "환불", "\0", "=" * 500, *other, aged(secret, timedelta(seconds=MAX_AGE + 60))]


def test_a_token_that_is_not_ours_or_too_old_is_refused_and_nothing_is_stored(client, forged, database):
    for token in forged:
        assert refusal(vote(client, token)) == (422, "invalid_token")
        assert refusal(choose(client, token, "refund")) == (422, "invalid_token")
    assert rows(database, "SELECT count(*) FROM feedback") == [(0,)]
    assert rows(database, "SELECT count(*) FROM queries WHERE chose_at IS NOT NULL") == [(0,)]


def test_a_token_of_a_query_that_is_not_kept_any_more_names_nothing(app, client, store, clock):
    token = ask(client, ANSWERED)
    written(app)
    clock.advance(days=2)
    store.purge(Retention(queries=1))
    assert refusal(vote(client, token)) == (404, "not_found")
    assert refusal(choose(client, token, "refund")) == (404, "not_found")


def test_a_token_is_good_in_every_process_of_the_site(build, app, client):
    token = ask(client, ANSWERED)
    written(app)
    assert vote(build(Settings()).test_client(), token).status_code == 204


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"vote": 0}, "vote"),
        ({"vote": 2}, "vote"),
        ({"vote": "1"}, "vote"),
        ({"vote": True}, "vote"),
        ({"vote": None}, "vote"),
        ({"vote": [1]}, "vote"),
        ({"vote": 1, "reason": "ugly"}, "reason"),
        ({"vote": 1, "text": "가" * 1001}, "text"),
        ({"vote": 1, "text": None}, "text"),
        ({"vote": 1, "token": ""}, "token"),
        ({"vote": 1, "token": "a" * 501}, "token"),
        ({"vote": 1, "stars": 5}, ""),
        ({}, "vote"),
    ],
)
def test_a_vote_against_the_schema_names_the_field(client, database, fields, field):
    response = client.post("/v1/feedback", json={"token": ask(client, ANSWERED), **fields})
    assert refusal(response) == (422, "invalid_request")
    assert [error["field"] for error in response.get_json()["errors"]] == [field]
    assert rows(database, "SELECT count(*) FROM feedback") == [(0,)]


def test_a_vote_of_one_written_as_a_decimal_is_a_vote(client):
    body = f'{{"token": "{ask(client, ANSWERED)}", "vote": 1.0}}'
    assert client.post("/v1/feedback", data=body, content_type="application/json").status_code == 204


def test_a_choice_must_say_what_was_chosen(client):
    response = client.post("/v1/choices", json={"token": ask(client, SUGGESTED)})
    assert refusal(response) == (422, "invalid_request")
    assert [error["field"] for error in response.get_json()["errors"]] == ["id"]


def not_stored(response: TestResponse) -> None:
    """The response says that nothing was stored and when to try again."""
    assert refusal(response) == (503, "not_stored")
    assert response.headers["Retry-After"] == "5"
    assert response.get_json()["detail"] == messages.PROBLEM["not_stored"][1]


def test_while_the_store_is_locked_a_vote_is_never_called_stored(app, client, store, named, database):
    token = ask(client, SUGGESTED)
    written(app)
    with locked(database):
        not_stored(vote(client, token))
        not_stored(choose(client, token, "refund"))
    assert store.feedback(named(token)) is None
    assert store.query(named(token)).chose_at is None
    assert (vote(client, token).status_code, choose(client, token, "refund").status_code) == (204, 204)


def test_while_the_store_is_locked_asking_is_answered_and_what_was_asked_is_written_down_afterwards(app, client, store, named, database):
    with locked(database):
        tokens = [ask(client, query) for query in (ANSWERED, SUGGESTED, UNKNOWN)]
        assert rows(database, "SELECT count(*) FROM queries") == [(0,)]
    written(app)
    assert [store.query(named(token)).record.outcome for token in tokens] == [Outcome.ANSWER, Outcome.SUGGEST, Outcome.FALLBACK]
    assert vote(client, tokens[0]).status_code == 204


def test_while_the_store_is_gone_asking_is_answered(client, store, database):
    """Not even an error of the operator's own, such as a dropped table, stops an answer."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE queries RENAME TO gone")
        assert client.post("/v1/ask", json={"query": ANSWERED}).get_json()["outcome"] == "answer"
        assert client.get("/v1/popular").get_json()["items"][0]["id"] == "refund"
        connection.execute("ALTER TABLE gone RENAME TO queries")


def test_a_store_that_fails_tells_visitors_nothing_about_itself(app: Flask, client, database):
    token = ask(client, ANSWERED)
    written(app)
    with locked(database):
        text = vote(client, token).text
    assert "sqlite" not in text.lower()
    assert str(database) not in text


def test_a_missing_release_stops_no_vote(app, client, live):
    token = ask(client, ANSWERED)
    live.held = None
    assert vote(client, token).status_code == 204
    assert choose(client, token, None).status_code == 204
    assert refusal(choose(client, token, "refund")) == (503, "not_ready")
