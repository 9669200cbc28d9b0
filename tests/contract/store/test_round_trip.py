"""What is stored comes back: any text, any moment, any zone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faqbot.domain import Outcome
from faqbot.errors import StoreError
from faqbot.store import NewInquiry, NewNotice, Store, TranscriptItem
from faqbot.store.schema import storable
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, Clock

#: The store only grows in these tests, so examples may share it.
shared = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(st.characters())
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(lambda microseconds, zone: (NOW + timedelta(microseconds=microseconds)).astimezone(zone), st.integers(-(10**15), 10**15), zones)
items = st.builds(TranscriptItem, moments, texts, st.sampled_from(Outcome), st.lists(texts, max_size=3).map(tuple))
contents = st.builds(NewInquiry, texts, texts, texts, texts, texts, texts, texts, st.lists(items, max_size=3).map(tuple))
keys = count()

SAMPLES = [
    "환불은 며칠 걸리나요? 🙏🏽👨‍👩‍👧",
    normalize("NFD", "환불 각하 뷁"),
    "한자 漢字, 전각 ＡＢＣ, ㅋㅋㅠㅠ, \u202e거꾸로\u202c, ‍",
    "'; DROP TABLE inquiries; -- \\ % _ \"",
    "줄\r\n바꿈\t탭\u2028\u2029",
    "",
    " 앞뒤 ",
]


@pytest.mark.parametrize("text", SAMPLES)
def test_korean_as_it_is_typed_comes_back_code_point_for_code_point(store: Store, text: str) -> None:
    query_id = store.record_query(replace(QUERY, text=text, candidates=(text,), answered=text))
    store.record_choice(query_id, text)
    store.record_feedback(query_id, 1, None, text)
    receipt = store.submit_inquiry(NewInquiry(*[text] * 7), text)
    store.reply(receipt.number, text, text)
    notice = store.add_notice(NewNotice(f"공지{text}", text, NOW.date()))
    assert store.query(query_id).record == replace(QUERY, text=text, candidates=(text,), answered=text)
    assert store.query(query_id).chosen == store.feedback(query_id).text == store.feedback(query_id).entry_id == text
    found = store.inquiry_by_token(receipt.token)
    assert found.content == NewInquiry(*[text] * 7)
    assert (found.messages[0].text, found.messages[0].author) == (text, text)
    assert store.all_notices() == (notice,)
    assert (notice.title, notice.body_markdown) == (f"공지{text}", text)


@shared
@given(content=contents)
def test_every_inquiry_comes_back_exactly(store: Store, content: NewInquiry) -> None:
    receipt = store.submit_inquiry(content, f"key {next(keys)}")
    assert store.inquiry(receipt.number).content == content


@shared
@given(text=texts, entries=st.lists(texts, max_size=5))
def test_every_query_is_stored_with_signs_for_what_no_database_holds(store: Store, text: str, entries: list[str]) -> None:
    query_id = store.record_query(replace(QUERY, text=text, candidates=tuple(entries), answered=text))
    found = store.query(query_id).record
    assert found == replace(QUERY, text=storable(text), candidates=tuple(map(storable, entries)), answered=storable(text))


@given(text=st.text())
def test_storable_leaves_text_without_nul_alone(text: str) -> None:
    assert storable(text) == text.replace("\x00", "\ufffd")


@given(text=st.text(st.sampled_from("a가😀\x00\ud83d\ude00")))
def test_what_is_storable_can_be_written_as_utf8_and_is_settled(text: str) -> None:
    assert "\x00" not in storable(text).encode().decode()
    assert storable(storable(text)) == storable(text)


@shared
@given(moment=moments)
def test_every_moment_comes_back_in_utc(store: Store, clock: Clock, moment: datetime) -> None:
    clock.now = moment
    asked_at = store.query(store.record_query(QUERY)).asked_at
    assert asked_at == moment
    assert asked_at.tzinfo is UTC
    receipt = store.submit_inquiry(INQUIRY, f"moment {next(keys)}")
    assert receipt.received_at == moment
    assert receipt.received_at.tzinfo is UTC
    assert receipt.number.startswith(f"{moment:%Y%m%d}-")


@shared
@given(first=moments, second=moments)
def test_moments_are_compared_as_moments_whatever_their_zone(store: Store, clock: Clock, first: datetime, second: datetime) -> None:
    clock.now = first
    query_id = store.record_query(replace(QUERY, answered=f"entry {next(keys)}"))
    answered = store.query(query_id).record.answered
    assert (answered in dict(store.popular(second, 10_000))) is (first >= second)


@pytest.mark.parametrize(
    "act",
    [lambda store: store.record_query(QUERY), lambda store: store.submit_inquiry(INQUIRY, "key"), lambda store: store.popular(NOW.replace(tzinfo=None), 1)],
)
def test_a_moment_without_zone_is_refused(store: Store, clock: Clock, act: Callable[[Store], object]) -> None:
    clock.now = NOW.replace(tzinfo=None)
    with pytest.raises(StoreError):
        act(store)
    assert store.inquiries() == ()
