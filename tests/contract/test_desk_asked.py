"""들어온 질문 in the desk: every query is listed as it is kept, by how it ended, when, and what was shown; a file of it runs no formula."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from faqbot.domain import Outcome, Reason
from faqbot.store import FeedbackReason, QueryRecord, Role
from tests.contract.conftest import NOW, RELEASE, written
from tests.contract.desk import as_operator
from tests.contract.page import Page, page

WHERE = "/admin/asked"
ANSWERED = QueryRecord("언제 와요", Outcome.ANSWER, Reason.CONFIDENT, 0.93, ("late",), RELEASE, answered="late")
SUGGESTED = QueryRecord("늦어요 환불", Outcome.SUGGEST, Reason.SEVERAL_LIKELY, 0.4, ("late", "refund"), RELEASE)
LOST = QueryRecord("주차 되나요", Outcome.FALLBACK, Reason.NOT_CONFIDENT, 0.1, ("late",), RELEASE)


@pytest.fixture
def viewer(app, store) -> FlaskClient:
    return as_operator(app, store, Role.VIEWER)


def ask(store, record: QueryRecord, text: str = "", days_ago: float = 0) -> int:
    return store.record_query(replace(record, text=text or record.text, asked_at=NOW - timedelta(days=days_ago)))


def shown(client: FlaskClient, query: str = "", status: int = 200) -> Page:
    return page(client.get(f"{WHERE}{query}"), status)


def listed(client: FlaskClient, query: str = "", status: int = 200) -> list[str]:
    """Texts of the queries on the page, in their order."""
    text = shown(client, query, status).text
    found = [line.strip() for line in text.splitlines() if line.strip() in {"언제 와요", "늦어요 환불", "주차 되나요"} or line.strip().startswith("질문 ")]
    return list(dict.fromkeys(found))


def test_without_queries_the_page_says_so(viewer):
    assert "여기에 맞는 질문이 없어요" in shown(viewer).text


def test_a_query_tells_when_how_it_ended_what_was_shown_and_what_came_of_it(viewer, store):
    query = ask(store, SUGGESTED)
    store.record_choice(query, "refund")
    store.record_feedback(query, -1, FeedbackReason.OUTDATED)
    text = " ".join(shown(viewer).text.split())
    for words in (
        "늦어요 환불", "후보를 보임", "도움이 안 됨", "내용이", "후보로 보인 것: 배송이 늦어요 / 환불은 며칠 걸리나요?", "고른 것: 환불은 며칠 걸리나요?",
        "2026-03-01 08:30", "신뢰도 40%", f"릴리스 {RELEASE}", "1건",
    ):  # fmt: skip
        assert words in text, words


def test_the_latest_come_first_a_page_at_a_time(viewer, store):
    for n in range(60):
        ask(store, LOST, f"질문 {n:02d}", days_ago=n / 24)
    assert listed(viewer) == [f"질문 {n:02d}" for n in range(50)]
    assert f"{WHERE}?page=2&outcome=fallback" in shown(viewer, "?outcome=fallback").hrefs()
    assert listed(viewer, "?page=2") == listed(viewer, "?page=99") == [f"질문 {n:02d}" for n in range(50, 60)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["언제 와요", "늦어요 환불", "주차 되나요"]),
        ("?outcome=answer", ["언제 와요"]),
        ("?outcome=suggest", ["늦어요 환불"]),
        ("?outcome=none", ["늦어요 환불"]),
        ("?outcome=fallback", ["주차 되나요"]),
        ("?outcome=x", ["언제 와요", "늦어요 환불", "주차 되나요"]),
        ("?from=2026-02-28", ["언제 와요", "늦어요 환불"]),
        ("?to=2026-02-28", ["늦어요 환불", "주차 되나요"]),
        ("?from=2026-02-28&to=2026-02-28", ["늦어요 환불"]),
        ("?entry=refund", ["늦어요 환불"]),
        ("?entry=late", ["언제 와요", "늦어요 환불"]),
        ("?entry=late&outcome=answer", ["언제 와요"]),
        ("?entry=nothing", []),
    ],
)
def test_each_filter_shows_what_it_names(viewer, store, query, expected):
    ask(store, ANSWERED)
    store.record_choice(ask(store, SUGGESTED, days_ago=1), None)
    ask(store, LOST, days_ago=3)
    assert listed(viewer, query) == expected


def test_a_greeting_is_shown_as_one_and_not_among_what_was_missed(viewer, store):
    ask(store, replace(LOST, reason=Reason.NOTHING_ASKED), "질문 아님")
    assert '<span class="chip">인사나 감사뿐</span>' in viewer.get(f"{WHERE}?outcome=greeting").text
    assert ",인사나 감사뿐," in viewer.get(f"{WHERE}.csv").text
    assert listed(viewer, "?outcome=fallback") == []


def test_a_day_begins_where_the_site_is(viewer, store):
    ask(store, ANSWERED, days_ago=8.4 / 24)  # ten past midnight there, the day before in UTC
    assert listed(viewer, "?from=2026-03-01") == ["언제 와요"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?from=2026-02-30", "2026-03-01처럼"),
        ("?to=x", "2026-03-01처럼"),
        ("?from=9999-12-31&to=0001-01-01", "2026-03-01처럼"),
        ("?from=2026-03-02&to=2026-03-01", "시작하는 날보다 앞"),
    ],
)
def test_days_that_are_none_are_told_beside_the_field_and_stay(viewer, query, said):
    seen = shown(viewer, query, 422)
    assert said in seen.text
    assert seen.form(WHERE).value(query[1:].partition("=")[0]) == query.partition("=")[2].partition("&")[0]


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?entry=%00", "?entry=%ED%A0%BD", "?entry='--", f"?entry={'x' * 3000}"])
def test_strange_addresses_show_a_page(viewer, store, query):
    ask(store, ANSWERED)
    assert shown(viewer, query).title.startswith("들어온 질문")


def test_every_count_of_today_leads_to_as_many_queries(viewer, store):
    for record, times in ((ANSWERED, 3), (SUGGESTED, 2), (LOST, 4)):
        for n in range(times):
            query = ask(store, record, f"질문 {record.outcome}{n}", days_ago=0.1 + n)
            if record is SUGGESTED and n:
                store.record_choice(query, None)
    ask(store, ANSWERED, "질문 한참 전", days_ago=8)
    ask(store, replace(LOST, reason=Reason.NOTHING_ASKED), "질문 아님", days_ago=0.1)
    for href, count in zip([href for href in page(viewer.get("/admin")).hrefs() if href.startswith(WHERE)], (9, 3, 2, 4, 1), strict=True):
        assert len(listed(viewer, href.removeprefix(WHERE))) == count, href


def test_what_a_visitor_typed_is_listed_masked(app, viewer):
    app.test_client().post("/v1/ask", json={"query": "제 번호는 010-9988-7700 인데 환불 되나요"})
    written(app)
    text = shown(viewer).text
    assert ("환불 되나요" in text, "7700" in text) == (True, False)
    assert "7700" not in viewer.get(f"{WHERE}.csv").text


def test_a_file_holds_what_is_looked_at_and_no_formula(viewer, store):
    store.record_feedback(ask(store, ANSWERED, "=1+1"), 1)
    store.record_choice(ask(store, SUGGESTED, days_ago=1), None)
    ask(store, LOST, days_ago=10)
    response = viewer.get(f"{WHERE}.csv?from=2026-02-20")
    assert "attachment" in response.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(response.data.decode("utf-8-sig")))
    assert head[:3] == ["언제", "질문", "결과"]
    assert rows == [
        ["2026-03-01 08:30", "’=1+1", "바로 답함", "late", "", "93%", "도움이 됨", "", RELEASE],
        ["2026-02-28 08:30", "늦어요 환불", "찾는 것이 없다고 함", "late, refund", "", "40%", "", "", RELEASE],
    ]


def test_texts_of_visitors_are_no_markup(viewer, store):
    ask(store, LOST, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in viewer.get(WHERE).text


def test_an_editor_makes_a_test_case_of_a_query_and_comes_back(app, store, viewer):
    ask(store, ANSWERED)
    editor = as_operator(app, store, Role.EDITOR)
    (href,) = [href for href in shown(editor).hrefs() if href.startswith("/admin/cases/new")]
    assert WHERE in page(editor.get(href)).hrefs()
    assert not [href for href in shown(viewer).hrefs() if href.startswith("/admin/cases/new")]


def test_nobody_reads_it_without_logging_in(client, store):
    ask(store, ANSWERED)
    store.accounts.create("minji", "correct horse battery", Role.OWNER)
    for path in (WHERE, f"{WHERE}.csv"):
        response = client.get(path)
        assert response.status_code == 401
        assert "언제 와요" not in response.text
