"""피드백 in the desk: what helped nobody comes first and does not go away before somebody dealt with it; a test case of it is one click."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER, DraftTable
from faqbot.domain import Outcome, Reason
from faqbot.store import FeedbackReason, QueryRecord, Role
from tests.contract.conftest import ENTRIES, RELEASE
from tests.contract.desk import OURS, as_operator, log, send
from tests.contract.page import Page, page

WHERE = "/admin/feedback"


@pytest.fixture
def app(build, settings, tmp_path: Path) -> Flask:
    """Behind it no release lies on disk but what a test puts there."""
    return build(settings.model_copy(update={"models": tmp_path / "models", "var": tmp_path / "var"}))


@pytest.fixture
def editor(app, store) -> FlaskClient:
    store.drafts.save(DraftTable(ENTRIES), "minji", "처음", None)
    return as_operator(app, store, Role.EDITOR)


def answered(store, text: str, entry: str = "late") -> int:
    return store.record_query(QueryRecord(text, Outcome.ANSWER, Reason.CONFIDENT, 0.93, (entry,), RELEASE, answered=entry))


def voted(store, text: str, vote: int = -1, reason: FeedbackReason | None = None, said: str = "", entry: str = "late") -> int:
    """Id of the vote."""
    store.record_feedback(answered(store, text, entry), vote, reason, said)
    return max(item.id for item in store.review.feedback_inbox(limit=100))


def shown(client: FlaskClient, query: str = "") -> Page:
    return page(client.get(f"{WHERE}{query}"))


def draft(store) -> DraftTable:
    return DraftTable.from_json(store.drafts.head().table)


def test_without_votes_the_page_says_so(editor):
    assert "여기에 맞는 피드백이 없어요" in shown(editor).text


def test_a_vote_tells_what_was_asked_shown_and_said(editor, store):
    voted(store, "언제 와요", reason=FeedbackReason.NOT_SOLVED, said="주소를\n바꿨는데요")
    text = shown(editor).text
    for words in ("언제 와요", "관련은 있지만 해결되지 않았어요", "주소를\n바꿨는데요", "보여 준 답: 배송이 늦어요", RELEASE, "신뢰도 93%"):
        assert words in text, words


def test_what_was_offered_is_told_where_nothing_was_answered(editor, store):
    query = store.record_query(QueryRecord("늦어요 환불", Outcome.SUGGEST, Reason.SEVERAL_LIKELY, 0.4, ("late", "refund"), RELEASE))
    store.record_feedback(query, -1)
    assert "후보로 보인 것: 배송이 늦어요 / 환불은 며칠 걸리나요?" in shown(editor).text


def test_votes_against_wait_and_votes_for_are_asked_for(editor, store):
    voted(store, "좋은 답", 1)
    voted(store, "나쁜 답")
    assert ("나쁜 답" in shown(editor).text, "좋은 답" in shown(editor).text) == (True, False)
    both = shown(editor, "?vote=").text
    assert both.index("나쁜 답") < both.index("좋은 답")


def test_the_reason_is_a_filter(editor, store):
    voted(store, "딴 얘기", reason=FeedbackReason.NOT_RELEVANT)
    voted(store, "낡은 답", reason=FeedbackReason.OUTDATED)
    text = shown(editor, "?reason=outdated").text
    assert ("낡은 답" in text, "딴 얘기" in text) == (True, False)


def test_votes_are_dealt_with_in_bulk_and_opened_again(editor, store):
    ids = [voted(store, f"질문 {n}") for n in range(3)]
    response = editor.post(WHERE, data={"do": "handled", "id": ids[:2], "vote": "down", "handled": "no"}, headers=OURS)
    after = page(editor.get(response.headers["Location"]))
    assert ("질문 0" in after.text, "질문 2" in after.text) == (False, True)
    assert "처리한 것으로 표시했어요." in after.text
    assert log(store)[0] == ("editor", "feedback.handle", f"feedback {ids[0]} {ids[1]}", None, {"handled": True})
    editor.post(WHERE, data={"do": "reopen", "id": ids[0], "vote": "down", "handled": "yes"}, headers=OURS)
    assert "질문 0" in shown(editor).text


@pytest.mark.parametrize(
    ("reason", "leads"), [(FeedbackReason.NOT_SOLVED, True), (FeedbackReason.OUTDATED, True), (None, True), (FeedbackReason.NOT_RELEVANT, False)]
)
def test_an_answer_that_did_not_solve_it_leads_to_its_entry_and_a_foreign_one_to_the_lab(editor, store, reason, leads):
    voted(store, "언제 와요", reason=reason)
    hrefs = [href or "" for href in shown(editor).hrefs()]
    assert any("/admin/faqs/edit?id=late" in href for href in hrefs) == leads
    assert any(href.startswith("/admin/lab?q=") for href in hrefs)


@pytest.mark.parametrize(
    ("reason", "expects", "kind"),
    [(FeedbackReason.NOT_SOLVED, frozenset({"late"}), MUST_ANSWER), (FeedbackReason.NOT_RELEVANT, frozenset(), MUST_NOT_ANSWER)],
)
def test_one_click_makes_a_test_case_and_another_takes_it_out(editor, store, reason, expects, kind):
    voted(store, "언제 와요", reason=reason)
    before = store.drafts.head().id
    response = shown(editor).form(WHERE, "시험 질문으로").send(editor, "시험 질문으로", headers=OURS)
    assert [(case.query, case.faq_ids, case.kind) for case in draft(store).queries] == [("언제 와요", expects, kind)]
    assert [line[:2] for line in log(store)[:2]] == [("editor", "feedback.handle"), ("editor", "draft.case")]
    after = page(editor.get(response.headers["Location"]))
    assert "언제 와요" not in after.text
    assert store.review.feedback_inbox()[0].handled_by == "editor"
    undone = after.form(f"{WHERE}/undo").send(editor, "되돌리기", headers=OURS)
    assert store.drafts.head().id == before
    assert "언제 와요" in page(editor.get(undone.headers["Location"])).text
    assert log(store)[0] == ("editor", "feedback.handle", f"feedback {store.review.feedback_inbox()[0].id}", None, {"handled": False})


def test_a_vote_that_was_dealt_with_before_stays_so_when_its_case_is_taken_out(editor, store):
    number = voted(store, "언제 와요")
    store.review.mark_feedback([number], "jun")
    response = send(editor, WHERE, case=str(number), handled="yes")
    page(editor.get(response.headers["Location"])).form(f"{WHERE}/undo").send(editor, "되돌리기", headers=OURS)
    assert (store.review.feedback_item(number).handled_by, draft(store).queries) == ("jun", ())


def test_a_draft_that_somebody_changed_since_keeps_the_case_and_the_mark(editor, store):
    response = send(editor, WHERE, case=str(voted(store, "언제 와요")))
    store.drafts.save(draft(store).without({"refund"}), "minji", "지움", store.drafts.head().id)
    undone = page(editor.get(response.headers["Location"])).form(f"{WHERE}/undo").send(editor, "되돌리기", headers=OURS)
    assert "되돌리지 않았어요" in page(editor.get(undone.headers["Location"])).text
    assert (len(draft(store).queries), store.review.feedback_inbox()[0].handled_by) == (1, "editor")


def test_the_same_case_twice_makes_no_version(editor, store):
    number = str(voted(store, "언제 와요"))
    send(editor, WHERE, case=number)
    assert "done=same" in send(editor, WHERE, case=number).headers["Location"]
    assert len(store.drafts.versions()) == 2


def test_a_case_of_an_entry_that_is_gone_is_refused(editor, store):
    store.drafts.save(draft(store).without({"late"}), "minji", "지움", store.drafts.head().id)
    number = str(voted(store, "언제 와요"))
    assert "초안에 FAQ 'late'" in page(send(editor, WHERE, case=number), 422).text


def test_nothing_chosen_is_said(editor, store):
    voted(store, "언제 와요")
    assert "하나 이상 골라 주세요" in page(send(editor, WHERE, do="handled"), 422).text


@pytest.mark.parametrize("form", [{"case": "999"}, {"case": "x"}, {"id": "x"}])
def test_votes_that_are_not_there_are_not_dealt_with(editor, form):
    assert send(editor, WHERE, **form).status_code in {400, 404}


def test_a_viewer_reads_and_changes_nothing(app, store):
    number = voted(store, "언제 와요")
    viewer = as_operator(app, store, Role.VIEWER)
    seen = shown(viewer)
    assert "언제 와요" in seen.text
    assert "시험 질문으로" not in seen.text
    assert send(viewer, WHERE, do="handled", id=str(number)).status_code == 403
    assert send(viewer, "/admin/cases/new", text="x", must="not").status_code == 403


# The page of one case


def test_a_case_is_made_for_another_entry_that_was_looked_for(editor, store):
    seen = page(editor.get("/admin/cases/new?text=돈 언제&from=feedback&q=환불"))
    form = seen.form("/admin/cases/new", "시험 질문으로")
    form.send(editor, "시험 질문으로", headers=OURS, changes={"entry": "refund"})
    assert [(case.query, case.faq_ids) for case in draft(store).queries] == [("돈 언제", frozenset({"refund"}))]


def test_a_case_of_another_entry_deals_with_the_vote_it_comes_from(editor, store):
    number, before = voted(store, "언제 와요"), store.drafts.head().id
    (href,) = [href for href in shown(editor).hrefs() if href.startswith("/admin/cases/new")]
    response = (
        page(editor.get(f"{href}&q=환불")).form("/admin/cases/new", "시험 질문으로").send(editor, "시험 질문으로", headers=OURS, changes={"entry": "refund"})
    )
    assert store.review.feedback_item(number).handled_by == "editor"
    page(editor.get(response.headers["Location"])).form("/admin/cases/undo").send(editor, "되돌리기", headers=OURS)
    assert (store.drafts.head().id, store.review.feedback_item(number).handled_by) == (before, None)


def test_a_case_of_a_vote_that_is_gone_is_refused(editor, store):
    assert "피드백 999" in page(send(editor, "/admin/cases/new", text="환불", must="not", vote="999"), 422).text
    assert send(editor, "/admin/cases/new", text="환불", must="not", vote="x").status_code == 400
    assert draft(store).queries == ()


def test_a_case_can_be_taken_out_where_it_was_made(editor, store):
    before = store.drafts.head().id
    response = send(editor, "/admin/cases/new", text="대통령", must="not")
    after = page(editor.get(response.headers["Location"]))
    location = after.form("/admin/cases/undo").send(editor, "되돌리기", headers=OURS).headers["Location"]
    assert "되돌렸어요" in page(editor.get(location)).text
    assert store.drafts.head().id == before


@pytest.mark.parametrize("form", [{"text": "", "must": "not"}, {"text": "환불 배송 " * 60, "must": "not"}, {"text": "환불", "must": "answer"}])
def test_what_is_no_case_is_refused(editor, store, form):
    assert send(editor, "/admin/cases/new", **form).status_code == 422
    assert draft(store).queries == ()
