"""A purge deletes exactly what is older than it may be kept."""

from collections.abc import Callable

import pytest

from faqbot.errors import MissingRecordError
from faqbot.store import Purged, Retention, Store, retention
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, Clock

KEEP = Retention(queries=90, feedback=365, inquiries=1095)


def fill(store: Store) -> tuple[int, str]:
    """A query with a vote, and an inquiry."""
    query_id = store.record_query(QUERY)
    store.record_feedback(query_id, 1)
    return query_id, store.submit_inquiry(INQUIRY, str(query_id)).number


@pytest.mark.parametrize(
    ("keep", "gone"),
    [(Retention(10, 99, 99), Purged(1, 0, 0)), (Retention(99, 10, 99), Purged(0, 1, 0)), (Retention(99, 99, 10), Purged(0, 0, 1))],
    ids=["queries", "feedback", "inquiries"],
)
def test_what_is_exactly_as_old_as_allowed_stays(store: Store, clock: Clock, keep: Retention, gone: Purged) -> None:
    fill(store)
    clock.advance(days=10)
    assert store.purge(keep) == Purged(0, 0, 0)
    clock.advance(microseconds=1)
    assert store.purge(keep) == gone


def test_only_the_older_ones_go(store: Store, clock: Clock) -> None:
    old = [fill(store) for _ in range(3)]
    clock.advance(days=91)
    new = [fill(store) for _ in range(2)]
    assert store.purge(KEEP) == Purged(3, 0, 0)
    assert [store.query(query_id) is None for query_id, _ in old + new] == [True] * 3 + [False] * 2
    clock.advance(days=1010)
    assert store.purge(KEEP) == Purged(2, 5, 3)
    assert [each.number for each in store.inquiries()] == [number for _, number in reversed(new)]


def test_a_vote_outlives_its_query(store: Store, clock: Clock) -> None:
    query_id, _ = fill(store)
    clock.advance(days=91)
    assert store.purge(KEEP) == Purged(1, 0, 0)
    assert store.feedback(query_id) is None
    with pytest.raises(MissingRecordError):
        store.record_feedback(query_id, -1)
    clock.advance(days=365)
    assert store.purge(KEEP) == Purged(0, 1, 0)


def test_a_vote_ages_from_the_last_time_it_was_given(store: Store, clock: Clock) -> None:
    query_id, _ = fill(store)
    clock.advance(days=80)
    store.record_feedback(query_id, -1)
    clock.advance(days=300)
    assert store.purge(KEEP) == Purged(1, 0, 0)


def test_an_inquiry_ages_from_its_last_change_and_takes_its_messages_along(store: Store, clock: Clock) -> None:
    _, number = fill(store)
    clock.advance(days=1000)
    store.reply(number, "늦었습니다", "이")
    clock.advance(days=1095)
    assert store.purge(KEEP).inquiries == 0
    clock.advance(seconds=1)
    assert store.purge(KEEP).inquiries == 1
    assert store.inquiry(number) is None


def test_erasing_does_not_prolong_the_keeping(store: Store, clock: Clock) -> None:
    _, number = fill(store)
    clock.advance(days=1000)
    store.erase(number)
    clock.advance(days=96)
    assert store.purge(KEEP).inquiries == 1


def test_more_than_one_chunk_is_deleted(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    for _ in range(7):
        store.record_query(QUERY)
    clock.advance(days=91)
    store.record_query(QUERY)
    assert store.purge(KEEP).queries == 7
    assert store.popular(NOW, 5) == [("refund", 1)]


def test_keeping_for_no_day_keeps_what_is_of_this_moment(store: Store, clock: Clock) -> None:
    fill(store)
    assert store.purge(Retention(0, 0, 0)) == Purged(0, 0, 0)
    clock.advance(microseconds=1)
    assert store.purge(Retention(0, 0, 0)) == Purged(1, 1, 1)


def test_inquiries_that_are_purged_leave_their_key_free(store: Store, clock: Clock, opened: Callable[..., Store]) -> None:
    first = store.submit_inquiry(INQUIRY, "key")
    clock.advance(days=1096)
    store.purge(KEEP)
    assert opened().submit_inquiry(INQUIRY, "key") != first
