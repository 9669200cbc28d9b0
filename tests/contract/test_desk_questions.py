"""답 못 한 질문 in the desk: what is decided lands in the draft at once, all or none, and can be taken back; nobody else than an editor decides."""

import csv
import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER, DraftTable
from faqbot.domain import Outcome, Reason
from faqbot.retrieval.live import LiveRelease
from faqbot.settings import Settings
from faqbot.store import Cluster, QueryRecord, ReviewItem, ReviewKind, ReviewState, Role, Trouble, Wording
from faqbot.web import create_app
from tests.contract.conftest import ENTRIES, NOW, RELEASE, SECRET
from tests.contract.desk import OURS, as_operator, log, send
from tests.contract.page import Page, page

HOUR = timedelta(hours=1)
WHERE = "/admin/questions"


@pytest.fixture
def app(build, settings, tmp_path: Path) -> Flask:
    """Behind it no release lies on disk but what a test puts there."""
    return build(settings.model_copy(update={"models": tmp_path / "models", "var": tmp_path / "var"}))


@pytest.fixture
def editor(app, store) -> FlaskClient:
    store.drafts.save(DraftTable(ENTRIES), "minji", "처음", None)
    return as_operator(app, store, Role.EDITOR)


def wording(text: str, count: int = 1, nearest: str | None = "refund", closeness: float = 0.4, **more) -> Wording:
    asked = tuple(NOW - (count - turn) * HOUR for turn in range(count))
    return Wording(text, text, asked, more.pop("troubles", {Trouble.FALLBACK: count}), nearest=nearest, closeness=closeness, **more)


def found(store, *clusters: Cluster) -> tuple[ReviewItem, ...]:
    """The queue with these clusters in it; items in their order."""
    store.review.refresh(clusters, ReviewKind, RELEASE, NOW)
    items = {(item.kind, item.representative): item for kind in ReviewKind for item in store.review.page(None, limit=1000, kind=kind)}
    return tuple(items[cluster.kind, cluster.representative] for cluster in clusters)


def unanswered(text: str, count: int = 1, *others: Wording, spam: str = "", **more) -> Cluster:
    return Cluster(ReviewKind.UNANSWERED, "", (wording(text, count, **more), *others), spam)


def draft(store) -> DraftTable:
    return DraftTable.from_json(store.drafts.head().table)


def shown(client: FlaskClient, path: str = WHERE, status: int = 200) -> Page:
    return page(client.get(path), status)


def decide(client: FlaskClient, do: str, *items: ReviewItem, path: str = f"{WHERE}/decide", **more: str) -> TestResponse:
    return client.post(path, data={"do": do, "id": [str(item.id) for item in items], **more}, headers=OURS)


def state(store, item: ReviewItem) -> ReviewState:
    return store.review.items([item.id])[0].state


# What is listed


def test_an_empty_queue_says_so(editor):
    assert "볼 것이 없어요" in shown(editor).text


def test_an_item_tells_what_was_said_how_often_and_what_is_near(editor, store):
    other = wording("돈 언제 줘요", 2)
    found(store, unanswered("환급은 언제 되나요", 3, other, closeness=0.4, now=Outcome.SUGGEST))
    text = shown(editor).text
    for words in (
        "환급은 언제 되나요",
        "5건",
        "이번 주 5건 (지난주보다 +5)",
        "답 못 함 5",
        "가까움",
        "환불은 며칠 걸리나요?",
        "지금은 후보로 보여요",
        "돈 언제 줘요",
        "다른 말 1가지",
    ):
        assert words in text, words


def test_the_most_frequent_stand_first_or_the_newest(editor, store):
    old = Wording("흔한 질문", "흔한 질문", tuple(NOW - timedelta(days=3) for _ in range(9)))
    found(store, Cluster(ReviewKind.UNANSWERED, "", (old,)), unanswered("어제 것"))
    frequent, newest = shown(editor).text, shown(editor, f"{WHERE}?order=newest").text
    assert frequent.index("흔한 질문") < frequent.index("어제 것")
    assert newest.index("어제 것") < newest.index("흔한 질문")


def test_what_looks_like_spam_is_folded_away_and_named(editor, store):
    found(store, unanswered("카지노 가입", spam="advert"), unanswered("환급 언제"))
    assert "카지노" not in shown(editor).text
    text = shown(editor, f"{WHERE}?state=spam").text
    assert "카지노 가입" in text
    assert "광고 같음" in text


@pytest.mark.parametrize("query", ["kind=x", "state=x", "order=x", "page=0", "page=99", "page=x", "decision=999"])
def test_an_address_that_names_nothing_shows_the_queue(editor, store, query):
    found(store, unanswered("환급 언제"))
    assert "환급 언제" in shown(editor, f"{WHERE}?{query}").text


def test_a_viewer_reads_and_cannot_decide(app, store):
    (item,) = found(store, unanswered("환급 언제"))
    viewer = as_operator(app, store, Role.VIEWER)
    seen = shown(viewer)
    assert "환급 언제" in seen.text
    assert not [each for each in seen.all("input") if each.get("name") == "id"]
    for path in ("decide", "undo", "refresh", "attach", "new"):
        assert send(viewer, f"{WHERE}/{path}", do="ignore", id=str(item.id)).status_code == 403
    assert state(store, item) is ReviewState.NEW


# Deciding


@pytest.mark.parametrize(
    ("do", "becomes"),
    [("ignore", ReviewState.IGNORED), ("hold", ReviewState.HELD), ("spam", ReviewState.SPAM), ("reject", ReviewState.REJECTED), ("new", ReviewState.NEW)],
)
def test_chosen_items_get_a_state_in_bulk_and_the_next_ones_come(editor, store, do, becomes):
    chosen, others = found(store, *(unanswered(f"질문 {n}") for n in range(60)))[:50], 10
    response = decide(editor, do, *chosen)
    assert response.status_code == 303
    assert {state(store, item) for item in chosen} == {becomes}
    after = shown(editor, response.headers["Location"])
    assert "50묶음을" in after.text
    if do != "new":
        assert len([each for each in after.all("input") if each.get("type") == "checkbox"]) == others
    assert log(store)[0][:2] == ("editor", "review.decide")


def test_a_bulk_decision_is_taken_back_from_the_page_it_leads_to(editor, store):
    items = found(store, unanswered("가"), unanswered("나"))
    after = shown(editor, decide(editor, "ignore", *items).headers["Location"])
    response = after.form(f"{WHERE}/undo", "되돌리기").send(editor, "되돌리기", headers=OURS)
    assert "되돌렸어요." in shown(editor, response.headers["Location"]).text
    assert [state(store, item) for item in items] == [ReviewState.NEW] * 2
    assert log(store)[0][1] == "review.undo"


def test_one_click_attaches_an_item_to_the_entry_that_is_near(editor, store):
    item, other = found(store, unanswered("환급은 언제 되나요"), unanswered("딴 것"))
    seen = shown(editor)
    form = seen.form(f"{WHERE}/decide", "가까운 FAQ에 붙이기")
    button = next(each for each in form.buttons if each.value == f"nearest:{item.id}")
    response = send(editor, f"{WHERE}/decide", do=button.value)
    assert draft(store).entry("refund").alternate_questions == ("환불 기간", "환급은 언제 되나요")
    assert (state(store, item), state(store, other)) == (ReviewState.ACCEPTED, ReviewState.NEW)
    after = shown(editor, response.headers["Location"]).text
    assert "1묶음을 다른 질문으로 붙였어요 → refund" in after


def test_a_bulk_attachment_is_one_version_and_goes_back_with_the_decision(editor, store):
    items, before = found(store, unanswered("환급 언제"), unanswered("돈 언제"), unanswered("환불금 언제")), store.drafts.head().id
    response = decide(editor, "attach", *items, path=f"{WHERE}/attach", entry="late")
    assert draft(store).entry("late").alternate_questions == ("환급 언제", "돈 언제", "환불금 언제")
    assert len(store.drafts.versions()) == 2
    after = shown(editor, response.headers["Location"])
    location = after.form(f"{WHERE}/undo", "되돌리기").send(editor, "되돌리기", headers=OURS).headers["Location"]
    assert "초안도 바로 앞 판으로 되돌렸어요." in shown(editor, location).text
    assert (store.drafts.head().id, draft(store).entry("late").alternate_questions) == (before, ())


def test_each_goes_to_the_entry_that_is_nearest_to_it_in_one_version(editor, store):
    chosen = found(store, unanswered("환급 언제"), unanswered("안 와요", nearest="late"), unanswered("돈 언제"))
    before = store.drafts.head().id
    form = shown(editor).form(f"{WHERE}/decide")
    assert "각각 가장 가까운 FAQ에 붙이기" in [button.strip() for button in shown(editor).text.splitlines()]
    response = decide(editor, "nearest", *chosen)
    assert form.action == f"{WHERE}/decide"
    assert {entry: draft(store).entry(entry).alternate_questions[-2:] for entry in ("refund", "late")} == {
        "refund": ("환급 언제", "돈 언제"), "late": ("안 와요",),
    }  # fmt: skip
    assert len(store.drafts.versions()) == 2
    assert [item.landing.entry_id for item in store.review.items([item.id for item in chosen])] == ["refund", "late", "refund"]
    assert log(store)[0][4]["entries"] == ["refund", "late"]
    after = shown(editor, response.headers["Location"])
    assert "3묶음을 다른 질문으로 붙였어요" in after.text
    after.form(f"{WHERE}/undo").send(editor, "되돌리기", headers=OURS)
    assert store.drafts.head().id == before
    assert {state(store, item) for item in chosen} == {ReviewState.NEW}


def test_where_one_is_near_to_nothing_nothing_is_attached(editor, store):
    chosen = found(store, unanswered("환급 언제"), unanswered("주차 되나요", nearest=None))
    seen = page(decide(editor, "nearest", *chosen), 422)
    assert f"가까운 FAQ가 없는 묶음이 1개 있습니다({chosen[1].id})" in seen.text
    assert len([each for each in seen.all("input") if "checked" in each]) == 2
    assert (len(store.drafts.versions()), state(store, chosen[0])) == (1, ReviewState.NEW)


def test_the_draft_stays_where_somebody_changed_it_since(editor, store):
    (item,) = found(store, unanswered("환급 언제"))
    after = shown(editor, decide(editor, "nearest", item).headers["Location"])
    store.drafts.save(draft(store).without({"late"}), "jun", "지움", store.drafts.head().id)
    location = after.form(f"{WHERE}/undo", "되돌리기").send(editor, "되돌리기", headers=OURS).headers["Location"]
    assert "초안은 그대로예요" in shown(editor, location).text
    assert draft(store).entry("late") is None


def test_an_entry_is_looked_for_without_scripts_and_the_chosen_items_stay_chosen(editor, store):
    items = found(store, unanswered("환급 언제"), unanswered("돈 언제"))
    chosen = "&".join(f"id={item.id}" for item in items)
    seen = shown(editor, f"{WHERE}/attach?{chosen}&q=배송이")
    radios = [each["value"] for each in seen.all("input") if each.get("type") == "radio"]
    assert radios[0] == "late"
    form = seen.form(f"{WHERE}/attach", "다른 질문으로 붙이기")
    assert form.values("id") == [str(item.id) for item in items]
    form.send(editor, "다른 질문으로 붙이기", headers=OURS)
    assert draft(store).entry("late").alternate_questions == ("환급 언제", "돈 언제")


def test_the_nearest_entry_is_offered_first(editor, store):
    (item,) = found(store, unanswered("늦게 와요", nearest="late"))
    radios = [each for each in shown(editor, f"{WHERE}/attach?id={item.id}").all("input") if each.get("type") == "radio"]
    assert (radios[0]["value"], "checked" in radios[0]) == ("late", True)


def test_an_entry_that_only_the_draft_has_is_found(editor, store):
    items = found(store, unanswered("환급 언제"), unanswered("멤버십"))
    decide(editor, "draft", items[1], path=f"{WHERE}/new", question="멤버십은 어떻게 가입하나요?", answer="앱에서요.")
    radios = [each["value"] for each in shown(editor, f"{WHERE}/attach?id={items[0].id}&q=멤버십").all("input") if each.get("type") == "radio"]
    assert radios == ["new-1"]


def test_a_new_entry_begins_with_the_question_and_is_off_until_it_has_an_answer(editor, store):
    (item,) = found(store, unanswered("멤버십 가입", 3, wording("멤버십 어떻게 들어요", 2)))
    form = shown(editor, f"{WHERE}/new?id={item.id}").form(f"{WHERE}/new", "초안에 넣기")
    assert form.value("question") == "멤버십 가입"
    form.send(editor, "초안에 넣기", headers=OURS)
    entry = draft(store).entry("new-1")
    assert (entry.question, entry.alternate_questions, entry.enabled) == ("멤버십 가입", ("멤버십 어떻게 들어요",), False)


def test_a_new_entry_without_a_question_is_refused_and_what_was_typed_stays(editor, store):
    (item,) = found(store, unanswered("멤버십 가입"))
    seen = page(decide(editor, "draft", item, path=f"{WHERE}/new", question=" ", answer="앱에서요."), 422)
    assert "질문을 적어 주세요." in seen.text
    assert seen.form(f"{WHERE}/new").value("answer") == "앱에서요."
    assert state(store, item) is ReviewState.NEW


def test_items_become_test_cases_of_an_entry_or_of_none(editor, store):
    must, must_not = found(store, unanswered("환급 언제"), unanswered("대통령이 누구야"))
    decide(editor, "case", must, path=f"{WHERE}/attach", entry="refund")
    decide(editor, "never", must_not)
    cases = {each.query: (each.faq_ids, each.kind) for each in draft(store).queries}
    assert cases == {"환급 언제": (frozenset({"refund"}), MUST_ANSWER), "대통령이 누구야": (frozenset(), MUST_NOT_ANSWER)}


def test_a_proposal_is_accepted_for_its_own_entry_and_the_retraining_is_proposed(editor, store):
    proposals = (
        Cluster(ReviewKind.ALTERNATE, "late", (wording("택배 언제", 4, picked=3),)),
        Cluster(ReviewKind.ALTERNATE, "refund", (wording("환급", 2, picked=1),)),
    )
    items = found(store, *proposals)
    assert "3명이 고름" in shown(editor, f"{WHERE}?kind=alternate").text
    response = decide(editor, "accept", *items, kind="alternate")
    assert (draft(store).entry("late").alternate_questions, draft(store).entry("refund").alternate_questions) == (("택배 언제",), ("환불 기간", "환급"))
    after = shown(editor, response.headers["Location"])
    assert "/admin/publish" in after.hrefs()
    assert "이런 질문(6건)" in after.text


def test_a_proposal_is_rejected_in_bulk(editor, store):
    items = found(store, Cluster(ReviewKind.ALTERNATE, "late", (wording("택배 언제", 4, picked=3),)))
    decide(editor, "reject", *items, kind="alternate")
    assert "택배 언제" in shown(editor, f"{WHERE}?kind=alternate&state=rejected").text
    assert draft(store).entry("late").alternate_questions == ()


def test_a_synonym_is_accepted_into_the_dictionary_of_the_draft(editor, store):
    items = found(store, Cluster(ReviewKind.SYNONYM, "환불", (wording("환급", 4),)))
    decide(editor, "accept", *items, kind="synonym")
    assert draft(store).synonyms == ">\tcommon\t환급\t환불\n"


@pytest.mark.parametrize(("do", "said"), [("ignore", "고른 것이 없습니다"), ("nearest", "고른 것이 없습니다"), ("never", "고른 것이 없습니다")])
def test_nothing_chosen_is_said(editor, store, do, said):
    found(store, unanswered("환급 언제"))
    assert said in page(decide(editor, do), 422).text


@pytest.mark.parametrize("path", ["attach", "new"])
def test_nothing_chosen_leads_back_to_the_queue(editor, store, path):
    found(store, unanswered("환급 언제"))
    assert "고른 것이 없습니다" in shown(editor, f"{WHERE}/{path}?do=", 422).text


def test_an_item_that_is_gone_is_said_and_the_others_stay(editor, store):
    (item,) = found(store, unanswered("환급 언제"))
    response = editor.post(f"{WHERE}/decide", data={"do": "ignore", "id": [str(item.id), "999"]}, headers=OURS)
    assert "999" in page(response, 422).text
    assert state(store, item) is ReviewState.NEW


def test_an_entry_that_the_draft_lacks_cannot_be_attached_to(editor, store):
    (item,) = found(store, unanswered("환급 언제"))
    assert "초안에 FAQ 'gone'" in page(decide(editor, "attach", item, path=f"{WHERE}/attach", entry="gone"), 422).text
    assert state(store, item) is ReviewState.NEW


@pytest.mark.parametrize("form", [{"do": "x", "id": "1"}, {"do": "ignore", "id": "x"}, {"do": "ignore", "id": "-1"}, {"do": "ignore:<b>"}])
def test_what_no_page_of_ours_sends_is_refused(editor, form):
    assert send(editor, f"{WHERE}/decide", **form).status_code == 400


def test_the_texts_of_visitors_are_no_markup_and_no_formula(editor, store):
    found(store, unanswered("=HYPERLINK(1)"), unanswered("<script>alert(1)</script>"))
    seen = shown(editor)
    assert "<script>alert(1)</script>" in seen.text
    response = editor.get(f"{WHERE}.csv")
    table = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert {row[1] for row in table[1:]} == {"’=HYPERLINK(1)", "<script>alert(1)</script>"}
    assert "attachment" in response.headers["Content-Disposition"]


def test_no_words_of_visitors_stand_in_the_log(editor, store):
    items = found(store, unanswered("비밀스러운 질문"), unanswered("또 하나"))
    decide(editor, "nearest", items[0])
    decide(editor, "ignore", items[1])
    assert "비밀스러운" not in str(log(store))


def test_a_page_of_fifty_is_made_in_half_a_second(editor, store):
    found(store, *(unanswered(f"질문 {n}", 2, wording(f"물음 {n}")) for n in range(60)))
    began = time.process_time()
    shown(editor)
    assert time.process_time() - began < 0.5


@pytest.mark.slow
def test_the_queue_is_made_anew_in_a_process_of_its_own(trained_site, analyzer, tmp_path, store, database, clock):
    settings = Settings(models=trained_site.parent, var=tmp_path / "var", database_url=f"sqlite:///{database}", secret_key=SECRET.decode())
    app = create_app(LiveRelease(trained_site, lambda _: analyzer), settings, store, SECRET, clock)
    editor = as_operator(app, store, Role.EDITOR)
    store.record_query(QueryRecord("멤버십 등급이 궁금해요", Outcome.FALLBACK, Reason.NOTHING_KNOWN, 0.0, (), trained_site.name))
    first, second = (send(editor, f"{WHERE}/refresh").headers["Location"] for _ in range(2))
    assert ("done=refreshing" in first, "done=busy" in second) == (True, True)
    deadline = time.monotonic() + 60
    while store.review.refreshed_at() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert "멤버십 등급이 궁금해요" in shown(editor).text
