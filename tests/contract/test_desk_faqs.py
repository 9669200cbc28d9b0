"""FAQ and dictionaries in the desk: what an editor changes is a version of the draft that can be taken back, and never what somebody else wrote meanwhile."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import faqbot
from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry, Outcome, Reason
from faqbot.store import QueryRecord, Role
from tests.contract.desk import OURS, log, send
from tests.contract.draft_site import DraftSite, open_site
from tests.contract.page import Page, page

EDIT = "/admin/faqs/edit"


@pytest.fixture
def site(bare_site: Path, tmp_path: Path) -> Iterator[DraftSite]:
    with open_site(bare_site, tmp_path) as opened:
        yield opened


@pytest.fixture
def editor(site: DraftSite) -> FlaskClient:
    return site.client(Role.EDITOR)


def listed(client: FlaskClient, **asked: str) -> Page:
    return page(client.get("/admin/faqs", query_string=asked))


def draft(site: DraftSite) -> DraftTable:
    return DraftTable.from_json(site.store.drafts.head().table)


def shown(found: Page) -> set[str]:
    """Ids of the entries on the page."""
    return {href.partition("?id=")[2] for href in found.hrefs() if href and href.startswith(f"{EDIT}?id=")}


def save(client: FlaskClient, entry_id: str, **changes: str):
    return page(client.get(EDIT, query_string={"id": entry_id})).form(EDIT, "저장").send(client, "초안에 저장하기", changes, headers=OURS)


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"q": "환불 3일"}, {"refund"}),
        ({"q": "택배"}, {"late"}),
        ({"category": "결제"}, {"refund", "cancel"}),
        ({"category": "결제>취소"}, {"cancel"}),
        ({"show": "off"}, {"phone"}),
        ({"q": "없는 말"}, set()),
        ({"show": "edited"}, set()),
    ],
)
def test_entries_are_found_by_words_category_and_kind(site, editor, small_table, asked, ids):
    site.store.drafts.save(DraftTable(small_table), "jun", "올림", None)
    assert shown(listed(editor, **asked)) == ids


def test_a_line_says_what_an_entry_has_and_lacks(site, editor, small_table):
    site.store.drafts.save(DraftTable((*small_table, FaqEntry("bare", "맨질문", "답", alternate_questions=("다르게", "또"))), "", "", ()), "jun", "올림", None)
    text = listed(editor, q="맨질문").text
    assert "질문 3 · 답변 · 분류 없음" in text
    assert "아직 공개 전" in text


def test_usage_stands_beside_the_entry_and_silence_too(site, editor):
    assert "90일 동안 한 번도 안 보였어요" in listed(editor, q="택배").text
    site.store.record_queries([QueryRecord("배송", Outcome.ANSWER, Reason.CONFIDENT, 0.9, ("late",), "r", answered="late")] * 2)
    assert "보임 2 · 바로 답함 2 · 골라 봄 0 · 도움이 됨 0 · 도움이 안 됨 0" in listed(editor, q="택배").text
    assert "late" not in shown(listed(editor, show="unseen"))


def test_no_page_says_by_a_picture_alone_what_a_font_may_lack():
    sources = [path for kind in ("*.html", "*.py") for path in (Path(faqbot.__file__).parent / "web").rglob(kind)]
    assert not [path.name for path in sources if re.search("[\U0001f000-\U0001faff]", path.read_text(encoding="utf-8"))]


def test_an_edit_is_a_version_with_its_line_in_the_log_and_a_way_back(site, editor):
    response = save(editor, "late", answer="사흘\n걸립니다.", alternate_questions="택배가 아직 안 왔어요\n언제 와요")
    assert response.headers["Location"] == f"{EDIT}?id=late&done=saved"
    entry = draft(site).entry("late")
    assert (entry.answer, entry.alternate_questions, entry.category) == ("사흘\n걸립니다.", ("택배가 아직 안 왔어요", "언제 와요"), ("배송",))
    ((_, action, subject, before, after),) = log(site.store)
    assert (action, subject, before["answer"], after["answer"]) == ("faq.edit", "late", "보통 이틀 안에 도착합니다.", "사흘\n걸립니다.")
    save(editor, "late", answer="나흘")
    listed(editor).form("/admin/publish/undo").send(editor, "되돌리기", headers=OURS)
    assert draft(site).entry("late").answer == "사흘\n걸립니다."


def test_saving_without_a_change_makes_no_version(site, editor):
    save(editor, "late", answer="나흘")
    before = site.store.drafts.head().id
    assert save(editor, "late").headers["Location"].endswith("done=same")
    assert site.store.drafts.head().id == before


def test_every_column_of_an_entry_survives_the_form(site, editor, small_table):
    save(editor, "refund", short_title="환불")
    old, new = small_table[0], draft(site).entry("refund")
    assert {name for name in old.__dataclass_fields__ if getattr(old, name) != getattr(new, name)} == {"short_title"}


@pytest.mark.parametrize(
    ("field", "typed", "what"),
    [
        ("question", " ", "질문을 적어 주세요"),
        ("answer", "", "답변을 적어 주세요"),
        ("link_url", "javascript:alert(1)", ""),
        ("valid_to", "2026-02-30", "달력에 없는 날"),
        ("valid_from", "내일", "날짜로 읽을 수 없습니다"),
    ],
)
def test_what_the_reader_of_tables_refuses_stands_beside_its_field_and_the_input_stays(site, editor, field, typed, what):
    response = save(editor, "late", short_title="그대로", **{field: typed})
    found = page(response, 422)
    assert found.with_id(f"f-{field}")["aria-invalid"] == "true"
    assert what in found.text
    assert found.form(EDIT, "저장").value("short_title") == "그대로"
    assert site.store.drafts.head() is None


def test_an_edit_on_top_of_anothers_is_shown_first_and_goes_through_then(site, editor, small_table):
    head = site.store.drafts.save(DraftTable(small_table), "jun", "올림", None)
    mine = page(editor.get(EDIT, query_string={"id": "late"}))
    other = DraftTable(small_table).with_entries([FaqEntry("late", "배송이 늦어요", "준이 고침")])
    site.store.drafts.save(other, "jun", "고침", head.id)
    refused = page(mine.form(EDIT, "저장").send(editor, "저장", {"answer": "내가 고침"}, headers=OURS), 409)
    assert "jun" in refused.text
    assert "준이 고침" in refused.text.replace("\n", "")
    assert draft(site).entry("late").answer == "준이 고침"
    assert refused.form(EDIT, "저장").value("answer") == "내가 고침"
    refused.form(EDIT, "저장").send(editor, "저장", headers=OURS)
    assert draft(site).entry("late").answer == "내가 고침"


def test_a_new_entry_gets_an_id_of_its_own(site, editor, small_table):
    form = page(editor.get("/admin/faqs/new")).form("/admin/faqs/new")
    form.send(editor, "저장", {"question": "교환되나요?", "answer": "네"}, headers=OURS)
    (added,) = draft(site).ids - {entry.id for entry in small_table}
    assert draft(site).entry(added).question == "교환되나요?"
    again = page(editor.get("/admin/faqs/new")).form("/admin/faqs/new")
    refused = page(again.send(editor, "저장", {"id": "late", "question": "또", "answer": "네"}, headers=OURS), 422)
    assert refused.with_id("f-id")["aria-invalid"] == "true"


def test_an_entry_can_be_put_out_of_use_back_and_deleted(site, editor):
    off = page(editor.get(EDIT, query_string={"id": "late"})).form("/admin/faqs/enabled")
    off.send(editor, "사용하지 않기", headers=OURS)
    assert not draft(site).entry("late").enabled
    page(editor.get(EDIT, query_string={"id": "late"})).form("/admin/faqs/enabled").send(editor, "다시 사용하기", headers=OURS)
    assert draft(site).entry("late").enabled
    page(editor.get("/admin/faqs/remove?id=late")).form("/admin/faqs/remove").send(editor, "지우기", headers=OURS)
    assert draft(site).entry("late") is None
    assert [action for _, action, *_ in log(site.store)] == ["faq.remove", "faq.enabled", "faq.enabled"]


def test_whether_an_entry_is_in_use_is_told_in_words_where_the_draft_is_compared(editor):
    page(editor.get(EDIT, query_string={"id": "late"})).form("/admin/faqs/enabled").send(editor, "사용하지 않기", headers=OURS)
    assert "<del>예</del> → <ins>아니요</ins>" in editor.get(EDIT, query_string={"id": "late"}).text
    assert "<del>예</del> → <ins>아니요</ins>" in editor.get("/admin/publish/draft").text


def test_an_entry_without_an_answer_cannot_be_put_into_use(site, editor, small_table):
    head = site.store.drafts.save(DraftTable((*small_table, FaqEntry("new-1", "새 질문", "", enabled=False))), "jun", "올림", None)
    response = send(editor, "/admin/faqs/enabled", head=str(head.id), entry="new-1", enabled="true")
    assert page(response, 422).with_id("f-answer")["aria-invalid"] == "true"
    assert not draft(site).entry("new-1").enabled


@pytest.mark.parametrize("path", [f"{EDIT}?id=none", "/admin/faqs/remove?id=none", f"{EDIT}"])
def test_what_is_not_there_is_not_found(editor, path):
    assert editor.get(path).status_code == 404


def test_a_viewer_reads_and_changes_nothing(site):
    viewer = site.client(Role.VIEWER)
    found = page(viewer.get(EDIT, query_string={"id": "late"}))
    assert not [form for form in found.forms if form.action == EDIT and form.buttons]
    for path in (EDIT, "/admin/faqs/new", "/admin/faqs/enabled", "/admin/faqs/remove", "/admin/faqs/words"):
        assert send(viewer, path, head="", entry="late").status_code == 403
    assert site.store.drafts.head() is None


def test_a_form_that_was_cut_short_empties_no_dictionary(site, editor):
    before = editor.get("/admin/faqs/words").text
    assert editor.post("/admin/faqs/words", data={"head": "", "user_words": "네이버페이\tNNP"}, headers=OURS).status_code == 400
    assert editor.get("/admin/faqs/words").text == before


def test_dictionaries_are_saved_as_a_version_when_every_line_can_be_read(site, editor):
    form = page(editor.get("/admin/faqs/words")).form("/admin/faqs/words")
    form.send(editor, "저장", {"user_words": "하늘마켓\tNNP\n", "synonyms": "=\tcommon\t환불\t돈 돌려받기\n"}, headers=OURS)
    assert (draft(site).user_words, draft(site).synonyms) == ("하늘마켓\tNNP\n", "=\tcommon\t환불\t돈 돌려받기\n")
    again = page(editor.get("/admin/faqs/words")).form("/admin/faqs/words")
    refused = page(again.send(editor, "저장", {"synonyms": "환불 = 돈"}, headers=OURS), 422)
    assert refused.with_id("f-synonyms")["aria-invalid"] == "true"
    assert refused.form("/admin/faqs/words").value("synonyms") == "환불 = 돈"
    assert draft(site).synonyms == "=\tcommon\t환불\t돈 돌려받기\n"
