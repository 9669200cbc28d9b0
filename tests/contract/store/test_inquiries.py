"""Inquiries: receipt, state, messages, erasing, export."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store import Inquiry, InquiryState, Message, NewInquiry, Store
from faqbot.store.numbers import ALPHABET, receipt_number
from tests.contract.store.conftest import INQUIRY, NOW, SECRET, Clock


def test_an_inquiry_comes_back_as_it_was_submitted(store: Store) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key")
    assert store.inquiry(receipt.number) == Inquiry(
        number=receipt.number, state=InquiryState.RECEIVED, received_at=NOW, changed_at=NOW, answered_at=None, erased_at=None, content=INQUIRY
    )
    assert receipt.received_at == NOW
    assert receipt.received_at.tzinfo is UTC


def test_an_inquiry_may_have_a_question_only(store: Store) -> None:
    assert store.inquiry(store.submit_inquiry(NewInquiry("왜요?"), "key").number).content == NewInquiry("왜요?")


def test_a_number_begins_with_the_day_where_the_site_is(store: Store) -> None:
    day, drawn = store.submit_inquiry(INQUIRY, "key").number.split("-")
    assert day == "20261127"
    assert NOW.astimezone(UTC).day == 26
    assert len(drawn) == 6
    assert set(drawn) <= set(ALPHABET)


def test_numbers_use_nothing_that_is_mistaken_when_read_aloud() -> None:
    assert not set("0O1I") & set(ALPHABET)
    assert len(set(ALPHABET)) == 32
    drawn = "".join(receipt_number(NOW.date()).partition("-")[2] for _ in range(2000))
    assert set(drawn) == set(ALPHABET)


@pytest.mark.parametrize("typed", ["{}", " {}\n", "{lower}", "{spaced}"])
def test_a_number_is_found_as_a_person_types_it(store: Store, typed: str) -> None:
    number = store.submit_inquiry(INQUIRY, "key").number
    assert store.inquiry(typed.format(number, lower=number.lower(), spaced=number.replace("-", " - "))).number == number


def test_a_token_is_long_random_and_fit_for_urls(store: Store) -> None:
    tokens = {store.submit_inquiry(INQUIRY, f"key {turn}").token for turn in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 43 and token.replace("-", "").replace("_", "").isalnum() and token.isascii() for token in tokens)


def test_an_inquiry_is_found_by_its_token(store: Store) -> None:
    first, second = store.submit_inquiry(INQUIRY, "a"), store.submit_inquiry(INQUIRY, "b")
    assert store.inquiry_by_token(first.token).number == first.number
    assert store.inquiry_by_token(second.token).number == second.number


@pytest.mark.parametrize("text", ["", "x", "' OR 1=1 --", "\x00", "\ud800", "가" * 10_000, "%"])
def test_unknown_numbers_and_tokens_find_nothing(store: Store, text: str) -> None:
    store.submit_inquiry(INQUIRY, "key")
    assert store.inquiry(text) is None
    assert store.inquiry_by_token(text) is None


def test_the_same_key_gives_the_same_receipt_and_one_inquiry(store: Store, clock: Clock) -> None:
    first = store.submit_inquiry(INQUIRY, "key")
    clock.advance(days=2)
    again = store.submit_inquiry(replace(INQUIRY, question="다른 글"), "key")
    assert again == first
    assert (first.repeated, again.repeated) == (False, True)
    assert [each.content for each in store.inquiries()] == [INQUIRY]


def test_another_key_is_another_inquiry(store: Store) -> None:
    assert store.submit_inquiry(INQUIRY, "a").number != store.submit_inquiry(INQUIRY, "b").number
    assert len(store.inquiries()) == 2


@pytest.mark.parametrize("key", ["", "\x00", "\ud800", "열쇠" * 5000])
def test_any_text_may_be_a_key(store: Store, key: str) -> None:
    assert store.submit_inquiry(INQUIRY, key) == store.submit_inquiry(INQUIRY, key)
    assert len(store.inquiries()) == 1


def test_a_number_that_is_taken_is_drawn_anew(store: Store) -> None:
    numbers = iter(["20261127-AAAAAA", "20261127-AAAAAA", "20261127-BBBBBB"])
    store._inquiries = replace(store._inquiries, draw=lambda _: next(numbers))
    assert store.submit_inquiry(INQUIRY, "a").number == "20261127-AAAAAA"
    second = store.submit_inquiry(INQUIRY, "b")
    assert second.number == "20261127-BBBBBB"
    assert store.inquiry_by_token(second.token).number == second.number


def test_running_out_of_numbers_is_an_error_and_stores_nothing(store: Store) -> None:
    store._inquiries = replace(store._inquiries, draw=lambda _: "20261127-AAAAAA")
    store.submit_inquiry(INQUIRY, "a")
    with pytest.raises(StoreError, match="다시 보내 주세요"):
        store.submit_inquiry(INQUIRY, "b")
    assert len(store.inquiries()) == 1


def test_a_reply_answers_the_inquiry(store: Store, clock: Clock) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key")
    clock.advance(hours=3)
    store.reply(receipt.number, "한 건을 취소했습니다 🙇", "상담원 이")
    found = store.inquiry_by_token(receipt.token)
    later = NOW + timedelta(hours=3)
    assert found.messages == (Message(later, "상담원 이", "한 건을 취소했습니다 🙇"),)
    assert (found.state, found.received_at, found.changed_at, found.answered_at) == (InquiryState.ANSWERED, NOW, later, later)


def test_messages_run_oldest_first(store: Store) -> None:
    number = store.submit_inquiry(INQUIRY, "key").number
    for text in ("하나", "둘", "셋"):
        store.reply(number, text, "이")
    assert [message.text for message in store.inquiry(number).messages] == ["하나", "둘", "셋"]


def test_notes_are_for_staff_only(store: Store) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key")
    store.add_note(receipt.number, "단골입니다", "박")
    assert store.inquiry(receipt.number).notes == (Message(NOW, "박", "단골입니다"),)
    assert store.inquiries()[0].notes == (Message(NOW, "박", "단골입니다"),)
    assert store.inquiry_by_token(receipt.token).notes == ()
    assert store.inquiry_by_token(receipt.token).messages == ()


def test_a_note_leaves_the_state(store: Store) -> None:
    number = store.submit_inquiry(INQUIRY, "key").number
    store.set_state(number, InquiryState.IN_PROGRESS)
    store.add_note(number, "확인 중", "박")
    assert store.inquiry(number).state is InquiryState.IN_PROGRESS


def test_answered_at_is_when_the_state_became_answered(store: Store, clock: Clock) -> None:
    number = store.submit_inquiry(INQUIRY, "key").number
    store.set_state(number, InquiryState.ANSWERED)
    clock.advance(days=1)
    store.reply(number, "덧붙입니다", "이")
    assert store.inquiry(number).answered_at == NOW
    store.set_state(number, InquiryState.IN_PROGRESS)
    assert store.inquiry(number).answered_at is None
    assert store.inquiry(number).changed_at == NOW + timedelta(days=1)


def test_inquiries_run_latest_first_in_pages(store: Store, clock: Clock) -> None:
    numbers = []
    for turn in range(5):
        numbers.insert(0, store.submit_inquiry(INQUIRY, str(turn)).number)
        clock.advance(seconds=turn % 2)  # some at the same moment
    store.reply(numbers[1], "네", "이")
    listed = store.inquiries()
    assert [each.number for each in listed] == numbers
    assert [each.number for each in listed if each.messages] == [numbers[1]]
    assert [each.number for each in store.inquiries(limit=2, offset=3)] == numbers[3:]
    assert [each.number for each in store.inquiries(InquiryState.ANSWERED)] == [numbers[1]]
    assert [each.number for each in store.inquiries(InquiryState.RECEIVED)] == [numbers[0], *numbers[2:]]
    assert store.inquiries(InquiryState.IN_PROGRESS) == store.inquiries(limit=0) == store.inquiries(limit=-1) == store.inquiries(offset=5) == ()


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.reply("20261127-AAAAAA", "네", "이"),
        lambda store: store.add_note("20261127-AAAAAA", "네", "이"),
        lambda store: store.set_state("20261127-AAAAAA", InquiryState.ANSWERED),
        lambda store: store.erase("20261127-AAAAAA"),
        lambda store: store.export("20261127-AAAAAA"),
    ],
    ids=["reply", "add_note", "set_state", "erase", "export"],
)
def test_what_is_done_to_an_unknown_number_is_an_error(store: Store, act: Callable[[Store], object]) -> None:
    with pytest.raises(MissingRecordError, match="접수번호 20261127-AAAAAA 인 문의가 없습니다") as caught:
        act(store)
    assert caught.value.code == "missing"


def test_erasing_keeps_number_dates_and_state_only(store: Store, clock: Clock) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key")
    store.reply(receipt.number, "네", "이")
    store.add_note(receipt.number, "단골", "박")
    clock.advance(days=1)
    store.erase(receipt.number)
    empty = (Message(NOW, "", ""),)
    erased = Inquiry(receipt.number, InquiryState.ANSWERED, NOW, NOW, NOW, NOW + timedelta(days=1), NewInquiry(), empty, empty)
    assert store.inquiry(receipt.number) == erased
    assert store.inquiry_by_token(receipt.token) == replace(erased, notes=())
    assert store.inquiries() == (erased,)


def test_erasing_again_changes_nothing(store: Store, clock: Clock) -> None:
    number = store.submit_inquiry(INQUIRY, "key").number
    store.erase(number)
    before = store.inquiry(number)
    clock.advance(days=1)
    store.erase(number)
    assert store.inquiry(number) == before


def test_nothing_can_be_written_into_an_erased_inquiry(store: Store) -> None:
    number = store.submit_inquiry(INQUIRY, "key").number
    store.erase(number)
    for write in (store.reply, store.add_note):
        with pytest.raises(MissingRecordError, match="지워졌습니다"):
            write(number, "네", "이")
    assert store.inquiry(number).messages == ()


def test_export_is_all_that_is_stored_as_json(store: Store, clock: Clock) -> None:
    number = store.submit_inquiry(INQUIRY, "key").number
    clock.advance(hours=1)
    store.reply(number, "네", "이")
    store.add_note(number, "단골", "박")
    exported = store.export(number)
    assert (
        json.loads(json.dumps(exported))
        == exported
        == {
            "number": number,
            "state": "answered",
            "received_at": "2026-11-26T23:30:15.123456+00:00",
            "changed_at": "2026-11-27T00:30:15.123456+00:00",
            "answered_at": "2026-11-27T00:30:15.123456+00:00",
            "erased_at": None,
            "question": "결제가 두 번 됐어요",
            "contact": "minji.kim@example.kr",
            "consent_version": "2026-11-01",
            "category": "결제>환불",
            "background": "어제 앱에서 결제했습니다",
            "error": "ERR-4017",
            "tried": "앱을 다시 깔았어요",
            "transcript": [
                {
                    "asked_at": "2026-11-26T23:27:15.123456+00:00",
                    "query": "두 번 결제",
                    "outcome": "suggest",
                    "shown": ["결제 취소 방법", "환불은 며칠 걸리나요?"],
                }
            ],
            "messages": [{"written_at": "2026-11-27T00:30:15.123456+00:00", "author": "이", "text": "네"}],
            "notes": [{"written_at": "2026-11-27T00:30:15.123456+00:00", "author": "박", "text": "단골"}],
        }
    )


def test_another_secret_cannot_read_and_says_so(store: Store, opened: Callable[..., Store]) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key")
    stranger = opened(secret=b"another secret of 32 bytes or so")
    for read in (lambda: stranger.inquiry(receipt.number), stranger.inquiries, stranger.reseal, lambda: stranger.submit_inquiry(INQUIRY, "key")):
        with pytest.raises(StoreError, match="비밀 키") as caught:
            read()
        assert caught.value.code == "secret"


def test_an_old_secret_still_reads_and_gives_the_old_token(store: Store, opened: Callable[..., Store]) -> None:
    receipt = store.submit_inquiry(INQUIRY, "key")
    turned = opened(secret=b"the next secret, also of 32 byte", old_secrets=(SECRET,))
    assert turned.inquiry_by_token(receipt.token).content == INQUIRY
    assert turned.submit_inquiry(INQUIRY, "key") == receipt


def test_after_resealing_the_old_secret_can_be_thrown_away(store: Store, opened: Callable[..., Store]) -> None:
    receipts = [store.submit_inquiry(INQUIRY, str(turn)) for turn in range(3)]
    store.reply(receipts[0].number, "네", "이")
    store.erase(receipts[1].number)
    before = [store.inquiry(each.number) for each in receipts]
    new = b"the next secret, also of 32 byte"
    opened(secret=new, old_secrets=(SECRET,)).reseal()
    alone = opened(secret=new)
    assert [alone.inquiry_by_token(each.token) for each in receipts] == before
    with pytest.raises(StoreError):
        store.inquiry(receipts[0].number)


@pytest.mark.parametrize("secrets", [{"secret": b""}, {"secret": SECRET[1:]}, {"old_secrets": (b"",)}])
def test_a_secret_that_can_be_guessed_is_refused(opened: Callable[..., Store], secrets: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="32바이트 이상") as caught:
        opened(**secrets)
    assert caught.value.code == "secret"
