import dataclasses

import pytest

from faqbot.retrieval.live import Serving
from faqbot.store import NewNotice
from tests.contract.conftest import ENTRIES, TODAY, rows, serve, written

#: What every release gives otherwise, and what it does not touch.
OF_RELEASE = ["/v1/faqs", "/v1/faqs/refund", "/v1/categories", "/v1/suggest?q=환불", "/v1/popular"]
GET = [*OF_RELEASE, "/v1/notices", "/v1/contact", "/livez", "/readyz", "/openapi.json"]


@pytest.mark.parametrize("path", GET)
def test_who_has_it_already_gets_nothing_but_that(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"
    assert again.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", GET)
def test_the_tag_is_the_same_as_long_as_the_content_is(client, path):
    assert client.get(path).headers["ETag"] == client.get(path).headers["ETag"] == client.head(path).headers["ETag"]


@pytest.mark.parametrize("path", GET)
def test_two_processes_have_the_same_tags(build, settings, path):
    one, other = (build(settings).test_client().get(path) for _ in range(2))
    assert one.headers["ETag"] == other.headers["ETag"]


def test_a_tag_that_a_proxy_weakened_and_one_of_several_are_good(client):
    tag = client.get("/v1/faqs").headers["ETag"]
    for sent in (f"W/{tag}", f'"other", {tag}', "*"):
        assert client.get("/v1/faqs", headers={"If-None-Match": sent}).status_code == 304


@pytest.mark.parametrize("sent", ['"other"', "", "no tag", '"'])
def test_another_tag_gets_the_content(client, sent):
    response = client.get("/v1/faqs", headers={"If-None-Match": sent})
    assert (response.status_code, response.get_json()["total"]) == (200, 6)


@pytest.mark.parametrize("path", OF_RELEASE)
def test_another_release_has_another_tag(client, live, space_analyzer, path):
    tag = client.get(path).headers["ETag"]
    changed = dataclasses.replace(ENTRIES[0], question="환불은 언제 되나요?", answer="하루 걸립니다.", category=("환불",))
    live.held = serve((changed, *ENTRIES[1:]), space_analyzer)
    response = client.get(path, headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


def test_readiness_tells_one_release_from_another_with_the_same_content(client, live, serving):
    tag = client.get("/readyz").headers["ETag"]
    newer = dataclasses.replace(serving.release, id="f" * 16, manifest={"analyzer": "spaces"})
    live.held = Serving(newer, newer.bot(serving.bot._reader.analyzer))
    response = client.get("/readyz", headers={"If-None-Match": tag})
    assert (response.status_code, response.get_json()["release"]) == (200, "f" * 16)


def test_a_new_notice_has_another_tag(client, store):
    tag = client.get("/v1/notices").headers["ETag"]
    store.add_notice(NewNotice("안내", "", TODAY))
    assert client.get("/v1/notices", headers={"If-None-Match": tag}).status_code == 200


def test_a_new_day_has_another_tag(client, store, clock):
    store.add_notice(NewNotice("하루만", "", TODAY, TODAY))
    tag = client.get("/v1/notices").headers["ETag"]
    clock.advance(days=1)
    assert client.get("/v1/notices", headers={"If-None-Match": tag}).get_json() == {"items": []}


@pytest.mark.parametrize("path", ["/v1/faqs/none", "/v1/faqs?limit=0", "/v1/none", "/v1/ask"])
def test_an_error_has_no_tag(client, path):
    assert "ETag" not in client.get(path).headers


def test_a_reply_has_no_tag_and_is_kept_by_nobody(client):
    response = client.post("/v1/ask", json={"query": "환불"}, headers={"If-None-Match": "*"})
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in response.headers


def test_what_was_kept_answers_for_no_write(app, client, database):
    """A precondition of a reader stops nobody from being counted."""
    client.post("/v1/ask", json={"query": "배송이 늦어요"}, headers={"If-None-Match": "*"})
    written(app)
    assert rows(database, "SELECT count(*) FROM queries") == [(1,)]
