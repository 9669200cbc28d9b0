"""오늘 in the desk: the counts of a period are those of what happened in it, and what waits for a person is there with a way to it."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot.corpus.draft import DraftTable
from faqbot.domain import Outcome, Reason
from faqbot.evaluation.findings import Check, State
from faqbot.evaluation.gate import GateReport
from faqbot.store import Cluster, NewInquiry, NewRelease, QueryRecord, ReviewKind, Role, Wording
from tests.contract.conftest import ENTRIES, NOW, RELEASE
from tests.contract.desk import as_operator
from tests.contract.page import Page, page


@pytest.fixture
def app(build, settings, tmp_path: Path) -> Flask:
    """Behind it no release lies on disk but what a test puts there."""
    return build(settings.model_copy(update={"models": tmp_path / "models", "var": tmp_path / "var"}))


@pytest.fixture
def viewer(app, store) -> FlaskClient:
    return as_operator(app, store, Role.VIEWER)


def asked(store, outcome: Outcome, times: int, days_ago: int = 0) -> list[int]:
    at, entry = NOW - timedelta(days=days_ago, hours=1), "late" if outcome is Outcome.ANSWER else None
    reason = {Outcome.ANSWER: Reason.CONFIDENT, Outcome.SUGGEST: Reason.SEVERAL_LIKELY, Outcome.FALLBACK: Reason.NOT_CONFIDENT}[outcome]
    return store.record_queries([QueryRecord("질문", outcome, reason, 0.5, ("late",), RELEASE, answered=entry, asked_at=at) for _ in range(times)])


def seen(client: FlaskClient, query: str = "") -> Page:
    return page(client.get(f"/admin{query}"))


def flat(found: Page) -> str:
    return " ".join(found.text.split())


def test_a_desk_without_anything_has_nothing_to_do(viewer):
    text = flat(seen(viewer))
    assert "지금 할 일이 없어요" in text
    assert "질문 0 지난 기간 0" in text


def test_where_there_is_enough_shares_are_shown_and_else_counts(viewer, store):
    asked(store, Outcome.ANSWER, 15)
    asked(store, Outcome.FALLBACK, 5)
    asked(store, Outcome.ANSWER, 3, days_ago=8)
    asked(store, Outcome.FALLBACK, 1, days_ago=8)
    text = flat(seen(viewer))
    assert "질문 20 지난 기간 4" in text
    assert "바로 답함 15 (75%) 지난 기간 3 / 4" in text
    assert "답 못 함 5 (25%) 지난 기간 1 / 4" in text


def test_thirty_days_hold_what_seven_do_not(viewer, store):
    asked(store, Outcome.SUGGEST, 2, days_ago=20)
    assert "후보를 보임 0 / 0" in flat(seen(viewer))
    assert "후보를 보임 2 / 2" in flat(seen(viewer, "?days=30"))
    assert len([row for row in seen(viewer, "?days=30").all("th") if row.get("scope") == "row"]) == 30


@pytest.mark.parametrize("query", ["?days=0", "?days=x", "?days=365"])
def test_other_periods_are_seven_days(viewer, query):
    assert len([row for row in seen(viewer, query).all("th") if row.get("scope") == "row"]) == 7


def test_votes_and_refused_suggestions_are_counted(viewer, store, clock):
    up, down = asked(store, Outcome.ANSWER, 2)
    store.record_feedback(up, 1)
    store.record_feedback(down, -1)
    (refused,) = asked(store, Outcome.SUGGEST, 1)
    store.record_choice(refused, None)
    clock.advance(minutes=1)
    text = flat(seen(viewer))
    assert "도움이 됨 1 / 2" in text
    assert "찾는 것이 없다고 함 1 / 1" in text


def test_every_number_leads_to_its_list(viewer, store):
    asked(store, Outcome.ANSWER, 1)
    for href in seen(viewer).hrefs():
        if href.startswith("/admin"):
            assert viewer.get(href).status_code in {200, 303}, href


def test_the_chart_has_a_name_a_description_and_a_table(viewer, store):
    asked(store, Outcome.ANSWER, 2)
    found = seen(viewer)
    chart = next(each for each in found.all("svg") if each.get("role") == "img")
    assert [("title", {"id": name}) in found.tags or ("desc", {"id": name}) in found.tags for name in chart["aria-labelledby"].split()] == [True, True]
    assert "가장 많은 날은 2026-03-01, 2건." in found.text
    assert found.all("table")
    assert not [each for _, each in found.tags if "style" in each]


def test_what_waits_for_a_person_is_named_with_a_way_to_it(viewer, store):
    store.submit_inquiry(NewInquiry("배송이 늦어요", "a@example.kr", "1"), "key-of-a-sender-0001")
    (query,) = asked(store, Outcome.ANSWER, 1)
    store.record_feedback(query, -1)
    wordings = (Wording("환급", "환급", (NOW,)),)
    store.review.refresh([Cluster(ReviewKind.UNANSWERED, "", wordings), Cluster(ReviewKind.ALTERNATE, "late", wordings)], ReviewKind, RELEASE, NOW)
    found = seen(viewer)
    for words in ("아직 보지 않은 1:1 문의 1건", "도움이 안 됐다는 피드백 1건", "새로 모인 답 못 한 질문 1묶음", "새로 찾은 다른 질문 제안 1개"):
        assert words in found.text, words
    assert {"/admin/inquiries?state=received", "/admin/feedback", "/admin/questions", "/admin/questions?kind=alternate"} <= set(found.hrefs())


def test_a_red_gate_and_an_untrained_draft_are_named(viewer, store):
    gate = GateReport(
        "f" * 16, RELEASE, "2026-03-01T00:00:00+00:00", (Check("cases", "시험 질문", State.RED, 1, 1.0, 0.0, "하나도 틀리면 안 됨", "하나가 틀렸어요"),)
    )
    store.drafts.log_release(NewRelease("f" * 16, "minji", gate=gate.to_json()))
    store.drafts.save(DraftTable(ENTRIES), "minji", "처음", None)
    text = seen(viewer).text
    assert "마지막에 학습한 릴리스가 점검에서 걸렸어요" in text
    assert "초안에 아직 학습하지 않은 변경이 있어요" in text
