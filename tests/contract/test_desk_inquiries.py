"""문의함 in the desk: finding an inquiry, answering it, and what each role may do with it."""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from faqbot.domain import Outcome
from faqbot.settings import Settings
from faqbot.store import MAX_MESSAGE, AttachedFile, InquiryState, NewInquiry, Role, Store, TranscriptItem
from tests.contract.conftest import NOW, Build
from tests.contract.desk import OURS, as_operator, log, send
from tests.contract.page import Page, page

INQUIRY = NewInquiry(
    question="결제가 두 번 됐어요\n확인해 주세요 <b>",
    contact="minji.kim@example.kr",
    consent_version="2026-11-1",
    category="결제>환불",
    background="어제 앱에서 결제했습니다",
    error="ERR-4017",
    tried="앱을 다시 깔았어요",
    transcript=(TranscriptItem(NOW - timedelta(minutes=3), "두 번 결제", Outcome.SUGGEST, ("결제 취소 방법", "환불은 며칠 걸리나요?")),),
)
ANSWER = "카드 결제는 3일 걸립니다.\n\n1. 내 주문\n2. 환불 현황 (https://pay.example.kr/refund)\n\n환불 보기: https://pay.example.kr"


@pytest.fixture
def number(store: Store) -> str:
    return store.submit_inquiry(INQUIRY, "the-key-of-the-sender").number


@pytest.fixture
def editor(app, store) -> FlaskClient:
    return as_operator(app, store, Role.EDITOR)


@pytest.fixture
def publisher(app, store) -> FlaskClient:
    return as_operator(app, store, Role.PUBLISHER)


def shown(client: FlaskClient, number: str, query: str = "", status: int = 200) -> Page:
    return page(client.get(f"/admin/inquiries/{number}{query}"), status)


def numbers(client: FlaskClient, query: str = "") -> list[str]:
    """Receipt numbers in the order of the list."""
    hrefs = page(client.get(f"/admin/inquiries{query}")).hrefs()
    return [href.rpartition("/")[2] for href in hrefs if href and href.startswith("/admin/inquiries/")]


def reply(client: FlaskClient, number: str, text: str = "취소했습니다.", **form: str):
    return send(client, f"/admin/inquiries/{number}/reply", **{"text": text, "author": "고객센터", "seen": "0"} | form)


# The list


def test_without_inquiries_the_list_says_so(editor):
    assert "아직 문의가 없어요" in page(editor.get("/admin/inquiries")).text


def test_the_list_goes_by_state_with_the_newest_first_and_says_how_many_there_are(editor, store, clock):
    sent = []
    for turn in range(4):
        clock.advance(minutes=1)
        sent.append(store.submit_inquiry(NewInquiry(f"질문 {turn}"), f"{turn:020}").number)
    store.set_state(sent[0], InquiryState.IN_PROGRESS)
    store.reply(sent[1], "답", "고객센터")
    assert numbers(editor) == sent[::-1]
    assert numbers(editor, "?state=received") == [sent[3], sent[2]]
    assert numbers(editor, "?state=in_progress") == [sent[0]]
    assert numbers(editor, "?state=answered") == [sent[1]]
    assert numbers(editor, "?state=lost") == sent[::-1]
    text = page(editor.get("/admin/inquiries")).text
    assert all(words in " ".join(text.split()) for words in ("모두 4", "접수 2", "확인 중 1", "답변 완료 1"))


def test_a_long_list_has_pages_that_keep_what_was_asked_for(editor, store):
    sent = {store.submit_inquiry(NewInquiry(f"{turn}"), f"{turn:020}").number for turn in range(30)}
    first = page(editor.get("/admin/inquiries?state=received"))
    (onward,) = [link["href"] for link in first.all("a") if link.get("rel") == "next"]
    assert "state=received" in onward
    pages = [numbers(editor, f"?state=received&page={turn}") for turn in (1, 2)]
    assert [len(each) for each in pages] == [25, 5]
    assert set(pages[0] + pages[1]) == sent
    assert numbers(editor, "?page=99") == numbers(editor, "?page=2")
    assert numbers(editor, "?page=-1") == numbers(editor, "?page=x") == numbers(editor)


def test_an_inquiry_is_found_by_any_part_of_its_number_as_people_type_it(editor, store, number):
    store.submit_inquiry(NewInquiry("다른 것"), "another-key-of-a-sender")
    for typed in (number, number.lower(), f" {number} ", number[-6:], number[-6:].lower()):
        assert numbers(editor, f"?number={typed}") == [number]
    assert "접수 번호가 없어요" in page(editor.get("/admin/inquiries?number=%25")).text
    assert numbers(editor, f"?number={number}&state=answered") == []


def test_what_is_not_late_does_not_say_so(editor, number):
    assert "늦음" not in page(editor.get("/admin/inquiries")).text
    assert "까지 답장" in shown(editor, number).text


def test_what_is_later_than_promised_says_so_until_it_is_answered(app, store, number, clock):
    clock.advance(days=10)
    editor = as_operator(app, store, Role.EDITOR)
    assert "늦음" in page(editor.get("/admin/inquiries")).text
    assert "늦음" in shown(editor, number).text
    store.reply(number, "답", "고객센터")
    assert "늦음" not in page(editor.get("/admin/inquiries")).text


# One of them


def test_an_inquiry_is_shown_with_all_that_was_written(editor, store, number):
    store.add_note(number, "결제팀이 확인함", "박상담")
    store.reply(number, "취소했습니다.\n확인해 주세요.", "고객센터")
    text = shown(editor, number.lower()).text
    for words in (number, *INQUIRY.question.splitlines(), INQUIRY.contact, "결제 › 환불", INQUIRY.background, INQUIRY.error, INQUIRY.tried):
        assert words in text
    for words in ("두 번 결제", "비슷한 질문을 보여 드렸어요", "결제 취소 방법", "결제팀이 확인함", "박상담", "취소했습니다.\n확인해 주세요."):
        assert words in text


@pytest.mark.parametrize("rest", ["", "/erase"])
def test_a_number_that_nobody_has_is_not_found(publisher, rest):
    assert publisher.get(f"/admin/inquiries/20260301-AAAAAA{rest}").status_code == 404


@pytest.mark.parametrize("what", ["reply", "notes", "state", "erase", "export"])
def test_nothing_can_be_done_to_a_number_that_nobody_has(publisher, what):
    assert send(publisher, f"/admin/inquiries/20260301-AAAAAA/{what}", text="답", note="메모", state="answered").status_code == 404


# Replies


def test_a_reply_answers_the_inquiry_and_its_writer_sees_it(editor, store, number):
    response = reply(editor, number, " 취소했습니다.\r\n확인해 주세요. ")
    assert (response.status_code, response.headers["Location"]) == (303, f"/admin/inquiries/{number}?done=replied")
    assert "답장을 보냈어요." in page(editor.get(response.headers["Location"])).text
    inquiry = store.inquiry(number)
    assert inquiry.state is InquiryState.ANSWERED
    assert [(message.author, message.text) for message in inquiry.messages] == [("고객센터", "취소했습니다.\n확인해 주세요.")]


def test_the_log_tells_who_replied_and_no_word_of_it(editor, store, number, database):
    reply(editor, number, "비밀스러운 답")
    assert log(store) == [("editor", "inquiry.reply", number, {"state": "received", "replies": 0}, {"state": "answered", "replies": 1})]
    assert "비밀" not in repr(store.audit.page())


def test_a_reply_goes_out_under_a_name_for_visitors_not_that_of_the_account(editor, store, number):
    reply(editor, number, author="  김 상담 ")
    reply(editor, number, author="", seen="1")
    assert [message.author for message in store.inquiry(number).messages] == ["김 상담", "고객센터"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("text", " \r\n ", "내용이 비어 있습니다."),
        ("text", "가" * (MAX_MESSAGE + 1), "5,000자까지 쓸 수 있습니다. 지금 5,001자입니다."),
        ("author", "가" * 41, "보내는 이름은 40자까지입니다."),
    ],
)
def test_a_reply_that_cannot_be_keeps_what_was_typed_and_stores_nothing(editor, store, number, field, typed, said):
    failed = page(reply(editor, number, **{field: typed}), 422)
    assert said in failed.text
    assert failed.with_id(f"f-{field}")["aria-invalid"] == "true"
    assert failed.form(f"/admin/inquiries/{number}/reply").value(field) == typed.strip()
    assert store.inquiry(number).messages == ()


def test_the_longest_reply_fits_the_form(editor, store, number):
    assert reply(editor, number, "가" * MAX_MESSAGE).status_code == 303


def test_two_who_answer_at_once_do_not_both_answer_unseen(editor, store, number):
    form = shown(editor, number).form(f"/admin/inquiries/{number}/reply")
    store.reply(number, "먼저 나간 답", "박상담")
    second = page(form.send(editor, "답장 보내기", {"text": "나중 답"}, headers=OURS), 422)
    assert len(store.inquiry(number).messages) == 1
    assert "먼저 나간 답" in second.text
    again = second.form(f"/admin/inquiries/{number}/reply")
    assert again.value("text") == "나중 답"
    again.send(editor, "답장 보내기", headers=OURS)
    assert [message.text for message in store.inquiry(number).messages] == ["먼저 나간 답", "나중 답"]


def test_a_reply_is_told_to_the_command_that_the_site_names(build: Build, store, number, tmp_path: Path):
    told = tmp_path / "told.json"
    program = f"import sys, pathlib; pathlib.Path({str(told)!r}).write_bytes(sys.stdin.buffer.read())"
    app = build(Settings(notify_command=f'{sys.executable} -c "{program}"', public_url="http://localhost"))
    reply(as_operator(app, store, Role.EDITOR), number)
    until = time.monotonic() + 10
    while not (told.exists() and told.read_bytes()) and time.monotonic() < until:
        time.sleep(0.02)
    event = json.loads(told.read_bytes())
    assert (event["event"], event["number"], event["email"]) == ("inquiry.answered", number, INQUIRY.contact)


# Answers of entries


def test_entries_near_the_inquiry_are_offered_with_their_answers(editor, store):
    number = store.submit_inquiry(NewInquiry("환불은 며칠 걸리나요?"), "the-key-of-the-sender").number
    form_page = shown(editor, number)
    assert f"/admin/inquiries/{number}?answer=refund#f-text" in form_page.hrefs()
    assert ANSWER in form_page.text
    assert form_page.form(f"/admin/inquiries/{number}/reply").value("text") == ""


def test_a_chosen_answer_stands_in_the_reply_as_text(editor, number):
    form = shown(editor, number, "?answer=refund").form(f"/admin/inquiries/{number}/reply")
    assert form.value("text") == ANSWER


def test_entries_are_found_by_what_an_editor_types(editor, number):
    found = shown(editor, number, "?q=배송이+늦어요")
    assert f"/admin/inquiries/{number}?answer=late&q=배송이+늦어요#f-text" in map(unquote, filter(None, found.hrefs()))
    assert "찾은 FAQ가 없어요" in shown(editor, number, "?q=ㅁㄴㅇㄹㅁㄴ").text


@pytest.mark.parametrize("entry", ["old", "soon", "nobody", "", "../etc", "가" * 300])
def test_what_visitors_are_not_shown_today_is_not_put_into_a_reply(editor, number, entry):
    assert shown(editor, number, f"?answer={entry}").form(f"/admin/inquiries/{number}/reply").value("text") == ""


def test_no_entry_brings_a_script_or_a_bad_link_into_a_reply(editor, number):
    text = shown(editor, number, "?answer=<i>").form(f"/admin/inquiries/{number}/reply").value("text")
    assert text == "<script>alert(2)</script> x"


def test_without_a_release_an_inquiry_can_still_be_answered(editor, store, number, live):
    live.held = None
    assert "FAQ의 답을 가져오기" not in shown(editor, number, "?answer=refund").text
    assert reply(editor, number).status_code == 303
    assert len(store.inquiry(number).messages) == 1


# Notes and states


def test_a_note_is_for_the_staff_alone_and_bears_the_name_of_the_account(editor, store, number):
    assert send(editor, f"/admin/inquiries/{number}/notes", note=" 결제팀에 물어봄 ").headers["Location"].endswith("?done=noted")
    inquiry = store.inquiry(number)
    assert [(note.author, note.text) for note in inquiry.notes] == [("editor", "결제팀에 물어봄")]
    assert inquiry.state is InquiryState.RECEIVED
    assert store.inquiry_by_token(store.submit_inquiry(INQUIRY, "the-key-of-the-sender").token).notes == ()
    assert log(store) == [("editor", "inquiry.note", number, {"notes": 0}, {"notes": 1})]


@pytest.mark.parametrize("typed", ["", "  ", "가" * (MAX_MESSAGE + 1)])
def test_a_note_that_cannot_be_keeps_what_was_typed(editor, store, number, typed):
    failed = page(send(editor, f"/admin/inquiries/{number}/notes", note=typed), 422)
    assert failed.form(f"/admin/inquiries/{number}/notes").value("note") == typed.strip()
    assert failed.with_id("f-note")["aria-invalid"] == "true"
    assert store.inquiry(number).notes == ()


def test_a_state_is_moved_once_and_the_log_says_from_where(editor, store, number):
    form = shown(editor, number).form(f"/admin/inquiries/{number}/state")
    assert [button.value for button in form.buttons] == ["in_progress", "answered"]
    for _ in range(2):
        assert form.send(editor, "확인 중", headers=OURS).status_code == 303
    assert store.inquiry(number).state is InquiryState.IN_PROGRESS
    assert log(store) == [("editor", "inquiry.state", number, {"state": "received"}, {"state": "in_progress"})]


@pytest.mark.parametrize("state", ["", "lost", "RECEIVED"])
def test_a_state_that_is_none_changes_nothing(editor, store, number, state):
    assert send(editor, f"/admin/inquiries/{number}/state", state=state).status_code == 422
    assert log(store) == []


# Export


def test_the_export_holds_everything_and_is_a_file(editor, store, number):
    store.add_note(number, "결제팀이 확인함", "박상담")
    response = send(editor, f"/admin/inquiries/{number}/export", **{"as": "json"})
    assert json.loads(response.data) == store.export(number)
    assert response.headers["Content-Disposition"] == f'attachment; filename="inquiry-{number}.json"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


def test_the_export_as_text_has_the_notes_too(editor, store, number):
    store.add_note(number, "결제팀이 확인함", "박상담")
    response = send(editor, f"/admin/inquiries/{number}/export", **{"as": "text"})
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="inquiry-{number}.txt"'
    for words in (number, INQUIRY.question, INQUIRY.contact, "■ 내부 메모 · 2026-03-01 08:30 · 박상담\n결제팀이 확인함"):
        assert words in response.text


def test_whoever_takes_an_inquiry_out_stands_in_the_log(editor, store, number):
    send(editor, f"/admin/inquiries/{number}/export", **{"as": "json"})
    assert log(store) == [("editor", "inquiry.export", number, None, None)]


# Attachments


@pytest.fixture
def with_file(store: Store) -> str:
    """The number of an inquiry with a file that a browser would like to run."""
    added = store.add_upload("the-key-of-the-sender", AttachedFile("영수증 <1>.html", "image/png", b"<script>alert(1)</script>"))
    return store.submit_inquiry(INQUIRY, "the-key-of-the-sender", [added]).number


def test_a_file_is_saved_under_its_name_and_never_shown(editor, with_file):
    assert f"/admin/inquiries/{with_file}/files/1" in shown(editor, with_file).hrefs()
    response = editor.get(f"/admin/inquiries/{with_file}/files/1")
    assert response.data == b"<script>alert(1)</script>"
    assert response.content_type == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "UTF-8''%EC%98%81%EC%88%98%EC%A6%9D%20%3C1%3E.html" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("n", [0, 2, 99])
def test_a_file_that_is_not_there_is_not_found(editor, with_file, n):
    assert editor.get(f"/admin/inquiries/{with_file}/files/{n}").status_code == 404


# Erasing


def test_erasing_asks_for_the_number_and_then_nothing_is_left(publisher, store, number):
    store.reply(number, "답", "고객센터")
    form = shown(publisher, f"{number}/erase").form(f"/admin/inquiries/{number}/erase")
    response = form.send(publisher, "모두 지우기", {"number": f" {number.lower()} "}, headers=OURS)
    assert response.headers["Location"] == f"/admin/inquiries/{number}?done=erased"
    after = page(publisher.get(response.headers["Location"]))
    assert "내용을 모두 지웠어요" in after.text
    assert all(words not in after.text for words in ("결제가 두 번", INQUIRY.contact, "ERR-4017"))
    assert store.inquiry(number).content == NewInquiry()
    assert log(store)[0] == ("publisher", "inquiry.erase", number, {"state": "answered", "replies": 1}, {"erased": True})


@pytest.mark.parametrize("typed", ["", "20260301", "20260301-AAAAAA", "예"])
def test_without_the_number_nothing_is_erased(publisher, store, number, typed):
    failed = page(send(publisher, f"/admin/inquiries/{number}/erase", number=typed), 422)
    assert "접수 번호가 달라요." in failed.text
    assert failed.form(f"/admin/inquiries/{number}/erase").value("number") == typed
    assert store.inquiry(number).content == INQUIRY
    assert log(store) == []


def test_an_erased_inquiry_offers_nothing_and_takes_nothing(publisher, store, number):
    store.erase(number)
    after = shown(publisher, number, "?answer=refund")
    assert {form.action for form in after.forms} == {"/admin/logout", f"/admin/inquiries/{number}/export"}
    assert reply(publisher, number).status_code == 404
    assert send(publisher, f"/admin/inquiries/{number}/notes", note="메모").status_code == 404
    assert "내용을 지운 문의" in page(publisher.get("/admin/inquiries")).text


# Roles


def test_an_editor_answers_and_does_not_erase(editor, store, number):
    form_page = shown(editor, number)
    assert f"/admin/inquiries/{number}/erase" not in form_page.hrefs()
    assert editor.get(f"/admin/inquiries/{number}/erase").status_code == 403
    assert send(editor, f"/admin/inquiries/{number}/erase", number=number).status_code == 403
    assert store.inquiry(number).content == INQUIRY


def test_a_viewer_reads_and_does_nothing_else(app, store, number):
    viewer = as_operator(app, store, Role.VIEWER)
    form_page = shown(viewer, number)
    assert INQUIRY.contact in form_page.text
    assert {form.action for form in form_page.forms} == {"/admin/logout"}
    for what in ("reply", "notes", "state", "export", "erase"):
        assert send(viewer, f"/admin/inquiries/{number}/{what}", text="답", note="메모", state="answered", number=number).status_code == 403
    assert (store.inquiry(number).messages, store.inquiry(number).notes, log(store)) == ((), (), [])
