"""Every route × every site: what one site has, each has, and nothing that is sent to one changes or opens anything of another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from faqbot import messages
from faqbot.corpus.draft import DraftTable
from faqbot.store import AttachedFile, DeskChanges, Store
from faqbot.store.engine import reading
from faqbot.store.schema import metadata
from faqbot.web.desk.rules import RULES
from faqbot.web.pages.rules import _PAGES
from faqbot.web.routes import OPERATIONS
from tests.contract.conftest import written
from tests.contract.desk import OURS
from tests.contract.sites.conftest import MARKS, QUERY, WORDS, Two, describe

#: Where the API of a site is, by the name that requests give it.
ROOTS = {"default": "/v1", "alpha": "/v1/sites/alpha", "beta": "/sites/beta/v1"}
API = [operation for operation in OPERATIONS if operation.path.startswith("/v1/")]
#: What these would do is begin a process, which gets the settings of its own site.
_BEGIN_PROCESSES = {"desk_train", "desk_api_train", "desk_release_gate", "desk_api_release_gate", "desk_review_refresh"}
#: These would end what the test asks with.
_END_SESSIONS = {"desk_log_in", "desk_log_out", "desk_change_password"}


def asked(client: FlaskClient, site: str) -> str:
    """The token of a reply."""
    return str(client.post(f"{ROOTS[site]}/ask", json={"query": QUERY}).json["feedback_token"])


def body_for(client: FlaskClient, name: str, site: str) -> dict[str, Any]:
    """What an operation takes."""
    inquiry = {"key": "k" * 32, "email": "a@example.kr", "question": "환불", "consent": True, "consent_version": messages.CONSENT_VERSION}
    known = {
        "ask": lambda: {"query": QUERY},
        "feedback": lambda: {"token": asked(client, site), "vote": 1},
        "choose": lambda: {"token": asked(client, site), "id": None},
        "inquire": lambda: inquiry,
        "suggest_unlogged": lambda: {"q": "환불"},
    }
    return known[name]()


@pytest.mark.parametrize("operation", API, ids=lambda operation: operation.name)
def test_what_the_api_of_one_site_does_that_of_every_site_does(two: Two, operation: Any) -> None:
    client, statuses = two.client(), {}
    for site, root in ROOTS.items():
        path = root + operation.path.removeprefix("/v1").replace("{id}", "refund")
        sent = {"json": body_for(client, operation.name, site)} if operation.has_body else {}
        statuses[site] = client.open(path, method=operation.method, **sent).status_code
    assert statuses == dict.fromkeys(ROOTS, operation.status)


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.endpoint)
def test_what_a_page_of_one_site_answers_that_of_every_site_answers(two: Two, page: Any) -> None:
    adapter, statuses = two.app.url_map.bind("localhost"), set()
    for site in ROOTS:
        values = {"entry_id": "refund", "path": "결제", "notice_id": two.notices.get(site, 10**6), "token": two.tokens.get(site, "x")}
        path = adapter.build(page.endpoint, {name: values[name] for name in next(two.app.url_map.iter_rules(page.endpoint)).arguments}, page.method)
        if site == "default" and {"notice_id", "token"} & set(next(two.app.url_map.iter_rules(page.endpoint)).arguments):
            continue  # it has no notice and no inquiry
        sent = {"data": {"query": QUERY, "q": QUERY}, "headers": OURS} if page.method == "POST" else {}
        response = two.client().open(path if site == "default" else f"/sites/{site}{path}", method=page.method, **sent)
        statuses.add(response.status_code)
    assert len(statuses) == 1
    assert statuses < {200, 303, 400, 404, 422}


@pytest.mark.parametrize("operation", API, ids=lambda operation: operation.name)
def test_pages_of_the_origins_of_one_site_may_use_its_api_alone(two: Two, operation: Any) -> None:
    client, origin, allowed = two.client(), "https://alpha.example.kr", {}
    asks = {"Origin": origin, "Access-Control-Request-Method": operation.method}
    for site, root in ROOTS.items():
        path = root + operation.path.removeprefix("/v1").replace("{id}", "refund")
        allowed[site] = client.options(path, headers=asks).headers.get("Access-Control-Allow-Origin")
        if operation.method == "POST" and site != "alpha":
            assert client.post(path, json={}, headers={"Origin": origin}).json["code"] == "origin_not_allowed"
    assert allowed == {"default": None, "alpha": origin, "beta": None}


@pytest.mark.parametrize(("setting", "name"), [("limit_questions", "ask"), ("limit_feedback", "feedback"), ("limit_inquiries", "inquire")])
def test_a_limit_of_one_site_is_its_own_and_is_not_used_up_on_another(two: Two, setting: str, name: str) -> None:
    client, path = two.client(), next(operation.path for operation in API if operation.name == name).removeprefix("/v1")
    bodies = {site: [body_for(client, name, site) for _ in range(2)] for site in ("alpha", "beta")}
    describe(two.settings.sites, "alpha", **{setting: "1/hour"})
    if name == "ask":
        describe(two.settings.sites, "beta", limit_questions="100/hour")
    statuses = {site: [client.post(ROOTS[site] + path, json=body).status_code for body in bodies[site]] for site in bodies}
    good = next(operation.status for operation in API if operation.name == name)
    assert statuses == {"alpha": [good, 429], "beta": [good, good]}


# Whoever is at home on one site and names what belongs to another


@pytest.fixture
def rich(two: Two) -> Two:
    """The first site has something of everything."""
    store, client = two.stores["alpha"], two.client()
    client.post("/v1/sites/alpha/feedback", json={"token": asked(client, "alpha"), "vote": -1, "text": MARKS["alpha"]})
    written(two.app)
    store.add_upload("k" * 32, AttachedFile("a.png", "image/png", b"\x89PNG"))
    DeskChanges(store, "owner-alpha").note(two.numbers["alpha"], MARKS["alpha"], "owner-alpha")
    store.drafts.save(DraftTable(), "owner-alpha", "처음", None)
    return two


def rows(store: Store, site: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything of a site that the database holds."""
    with reading(store.releases.engine) as connection:
        tables = [table for table in metadata.sorted_tables if "site" in table.c]
        return {table.name: sorted(map(tuple, connection.execute(select(table).where(table.c.site == site))), key=repr) for table in tables}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_that_an_owner_of_one_site_sends_changes_anything_of_another(rich: Two, store: Store) -> None:
    before, on_disk = rows(store, "alpha"), files(rich.settings.models / "alpha")
    assert [name for name in ("queries", "feedback", "inquiries", "notices", "operators", "api_keys", "audit_log", "draft_versions") if not before[name]] == []
    refused = [response for response in sent_to_beta(rich, before) if response.status_code >= 400]
    written(rich.app)
    assert len(refused) > 25
    assert [response.request.path for response in refused if response.status_code >= 500] == []
    assert rows(store, "alpha") == before
    assert files(rich.settings.models / "alpha") == on_disk


def sent_to_beta(rich: Two, before: dict[str, list[tuple[object, ...]]]) -> Iterator[TestResponse]:
    """Every rule of the desk that changes something, as an owner of the second site, about what is the first one's."""
    client, release = rich.client("beta"), (rich.settings.models / "alpha" / "CURRENT").read_text(encoding="ascii").strip()
    version, vote = (before[name][0][0] for name in ("draft_versions", "feedback"))
    named = {
        "name": "owner-alpha", "prefix": before["api_keys"][0][2], "notice_id": rich.notices["alpha"], "number": rich.numbers["alpha"], "upload_id": "0" * 32, "release": release,
    }  # fmt: skip
    form = {
        **named, "text": "남의 것", "note": "남의 것", "seen": "0", "state": "answered", "role": "viewer", "password": WORDS, "id": "refund", "entry": "refund",
        "case": vote, "item": 1, "items": "1", "decision": 1, "version": version, "why": "시험", "serving": release, "answer": 0.9, "suggest": 0.3,
    }  # fmt: skip
    adapter = rich.app.url_map.bind("localhost")
    for rule in RULES:
        if rule.method != "POST" or rule.endpoint in _BEGIN_PROCESSES | _END_SESSIONS:
            continue
        arguments = next(rich.app.url_map.iter_rules(rule.endpoint)).arguments
        path = f"/sites/beta{adapter.build(rule.endpoint, {name: named[name] for name in arguments}, 'POST')}"
        if rule.path.startswith("/v1/"):
            yield client.post(path, json={"release": release, "why": "시험"}, headers={"Authorization": f"Bearer {rich.keys['beta']}"})
        else:
            yield client.post(path, data=form, headers=OURS)


def test_a_file_that_waits_on_one_site_comes_along_with_no_inquiry_of_another(rich: Two) -> None:
    describe(rich.settings.sites, "beta", attachments=2)
    file = rich.stores["alpha"].add_upload("k" * 32, AttachedFile("비밀.png", "image/png", b"\x89PNG"))
    form = {"key": "k" * 32, "email": "a@example.kr", "question": "환불", "consent": "on", "consent_version": messages.CONSENT_VERSION, "file": str(file)}
    assert "비밀.png" not in rich.client().post("/sites/beta/inquiry/review", data=form, headers=OURS).text
    rich.client().post("/sites/beta/inquiry/send", data=form, headers=OURS)
    assert [each.attachments for each in rich.stores["beta"].inquiries() if each.attachments] == []


def test_an_inquiry_takes_no_conversation_of_another_site_along(two: Two) -> None:
    client = two.client()
    body = body_for(client, "inquire", "beta") | {"tokens": [asked(client, "alpha")]}
    assert client.post("/v1/sites/beta/inquiries", json=body).json["code"] == "invalid_token"


def test_the_same_key_of_an_inquiry_on_two_sites_makes_two_inquiries(two: Two) -> None:
    client = two.client()
    numbers = [client.post(f"{ROOTS[site]}/inquiries", json=body_for(client, "inquire", site)).json["number"] for site in ("alpha", "beta")]
    assert [two.stores[site].inquiry(number).number for site, number in zip(("alpha", "beta"), numbers, strict=True)] == numbers
