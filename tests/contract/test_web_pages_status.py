"""The page of an inquiry: how far it is, for whoever holds its address and nobody else."""

import pytest

from faqbot import messages
from faqbot.domain import Outcome
from faqbot.settings import Settings
from faqbot.store import InquiryState, NewInquiry, TranscriptItem
from tests.contract.conftest import NOW
from tests.contract.page import page

INQUIRY = NewInquiry(
    question="환불이 안 <b>와요",
    contact="gildong@example.kr",
    consent_version=messages.CONSENT_VERSION,
    category="결제>환불",
    tried="물어봤어요",
    transcript=(TranscriptItem(NOW, "환불 취소", Outcome.SUGGEST, ("결제 취소 방법",)),),
)


@pytest.fixture
def client(build):
    return build(Settings(title="쇼핑몰 도움말", inquiry_days=2)).test_client()


@pytest.fixture
def receipt(store):
    return store.submit_inquiry(INQUIRY, "a key of 16 chars")


@pytest.fixture
def address(receipt) -> str:
    return f"/inquiry/{receipt.token}"


def step(status) -> int:
    """Index of the step at hand."""
    steps = [attributes for attributes in status.all("li") if attributes.get("class") == "reached"]
    assert "aria-current" in steps[-1]
    return len(steps) - 1


def test_the_page_shows_number_promise_and_everything_that_was_sent(client, address, receipt):
    status = page(client.get(address))
    shown = (
        receipt.number,
        "2026년 3월 1일(일) 08:30",
        "3월 4일(수)까지",
        "환불이 안 <b>와요",
        "결제 › 환불",
        "물어봤어요",
        "gildong@example.kr",
        "환불 취소",
        "결제 취소 방법",
    )
    assert [words for words in shown if words not in status.text] == []
    assert messages.KEEP_ADDRESS in status.text
    assert messages.NO_REPLIES in status.text
    assert step(status) == 0


def test_the_page_follows_the_inquiry(client, address, receipt, store, clock):
    store.set_state(receipt.number, InquiryState.IN_PROGRESS)
    working = page(client.get(address))
    assert (step(working), messages.STATUS_HEADING["in_progress"] in working.text) == (1, True)
    clock.advance(hours=3)
    store.add_note(receipt.number, "까다로운 손님", "직원")
    store.reply(receipt.number, "환불했어요.\n<i>확인</i>해 주세요.", "상담원 김")
    answered = page(client.get(address))
    assert step(answered) == 2
    assert all(
        words in answered.text for words in (messages.STATUS_HEADING["answered"], "환불했어요.\n<i>확인</i>해 주세요.", "상담원 김", "2026년 3월 1일(일) 11:30")
    )
    assert "까다로운" not in answered.text
    assert messages.EXPECTED not in answered.text


def test_the_promised_day_is_said_as_of_today(client, address, clock):
    clock.advance(days=2)
    assert "내일(수)까지" in page(client.get(address)).text


def test_a_promise_that_was_not_kept_is_owned_up_to(client, address, receipt, store, clock):
    clock.advance(days=4)
    assert messages.OVERDUE.format(day="3월 4일(수)") in page(client.get(address)).text
    store.reply(receipt.number, "늦었어요.", "상담원")
    assert "늦어지고" not in page(client.get(address)).text


def test_without_a_promise_no_day_is_named(build, address):
    assert messages.EXPECTED not in page(build(Settings(inquiry_days=0)).test_client().get(address)).text


def test_the_page_is_for_nobody_else(client, address):
    for path in (address, f"{address}.txt"):
        headers = client.get(path).headers
        assert (headers["Cache-Control"], headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-store", "no-referrer", "noindex")
        assert "ETag" not in headers
    assert page(client.get(address)).is_noindex


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: token.swapcase(), lambda _: "x" * 43, lambda token: token + ".html"])
def test_another_address_shows_nothing(client, receipt, change):
    page(client.get(f"/inquiry/{change(receipt.token)}"), 404)
    assert client.get(f"/inquiry/{change(receipt.token)}.txt").status_code == 404


def test_the_number_alone_shows_nothing(client, receipt):
    page(client.get(f"/inquiry/{receipt.number}"), 404)


def test_the_same_can_be_kept_as_a_text(client, address, receipt, store, clock):
    assert f"{address}.txt" in page(client.get(address)).hrefs()
    store.reply(receipt.number, "환불했어요.", "상담원 김")
    store.add_note(receipt.number, "까다로운 손님", "직원")
    response = client.get(f"{address}.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="inquiry-{receipt.number}.txt"'
    shown = (
        receipt.number,
        "쇼핑몰 도움말",
        "환불이 안 <b>와요",
        "결제 › 환불",
        "gildong@example.kr",
        "환불했어요.",
        "상담원 김",
        "환불 취소",
        "- 결제 취소 방법",
        "답변 완료",
    )
    assert [words for words in shown if words not in response.text] == []
    assert "까다로운" not in response.text
    assert messages.BACKGROUND_FIELD not in response.text


def test_an_erased_inquiry_keeps_its_number_and_nothing_else(client, address, receipt, store):
    store.reply(receipt.number, "환불했어요.", "상담원 김")
    store.erase(receipt.number)
    for text in (page(client.get(address)).text, client.get(f"{address}.txt").text):
        assert receipt.number in text
        assert messages.ERASED in text
        assert not any(words in text for words in ("환불", "gildong", "상담원"))


def test_the_page_needs_no_release(client, address, live):
    live.held = None
    page(client.get(address))


def test_a_store_that_is_down_is_no_missing_inquiry(client, address, store, database):
    store.close()
    database.write_bytes(b"not a database")
    page(client.get(address), 503)
