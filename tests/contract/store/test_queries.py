"""Queries, choices, votes and what is popular."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store import Feedback, FeedbackReason, QueryRecord, Retention, Store, StoredQuery, Via
from tests.contract.store.conftest import NOW, QUERY, SUGGESTED, Clock


def test_a_query_comes_back_as_it_was_recorded(store: Store) -> None:
    record = replace(SUGGESTED, via=Via.RETRY, candidates=("fee/a", "수수료 2"))
    query_id = store.record_query(record)
    assert store.query(query_id) == StoredQuery(query_id, NOW, record)
    assert store.query(query_id).asked_at.tzinfo is UTC


@pytest.mark.parametrize("query_id", [0, -1, 999, 2**63, 2**70])
def test_a_query_that_is_not_kept_is_none(store: Store, query_id: int) -> None:
    assert store.query(query_id) is None
    assert store.feedback(query_id) is None


@pytest.mark.parametrize("query_id", [0, -1, 999, 2**63, 2**70])
def test_choosing_and_voting_on_a_query_that_is_not_kept_is_an_error(store: Store, query_id: int) -> None:
    with pytest.raises(MissingRecordError, match="질문 기록"):
        store.record_choice(query_id, "refund")
    with pytest.raises(MissingRecordError, match="질문 기록"):
        store.record_feedback(query_id, 1)


def test_ids_are_not_used_again_after_deletion(store: Store, clock: Clock) -> None:
    """A vote on a query that is gone must not land on another."""
    first = store.record_query(QUERY)
    clock.advance(days=91)
    assert store.purge(Retention()).queries == 1
    assert store.record_query(QUERY) != first
    assert store.query(first) is None


def test_a_batch_is_stored_under_the_ids_and_times_it_brings(store: Store, clock: Clock) -> None:
    batch = [replace(QUERY, id=2**62, asked_at=NOW - timedelta(hours=1)), replace(SUGGESTED, id=7), QUERY]
    ids = store.record_queries(batch)
    assert ids[:2] == [2**62, 7]
    assert store.query(2**62) == StoredQuery(2**62, NOW - timedelta(hours=1), QUERY)
    assert store.query(7) == StoredQuery(7, NOW, SUGGESTED)
    assert store.query(ids[2]) == StoredQuery(ids[2], NOW, QUERY)
    assert store.record_queries([]) == []


def test_a_batch_that_is_tried_again_changes_nothing_and_brings_what_was_missing(store: Store) -> None:
    store.record_query(replace(QUERY, id=7))
    store.record_choice(7, "cancel")
    before = store.query(7)
    assert store.record_queries([replace(SUGGESTED, id=7), replace(SUGGESTED, id=8)]) == [7, 8]
    assert store.query(7) == before
    assert store.query(8).record == SUGGESTED


def test_a_batch_is_stored_as_a_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(StoreError):
        store.record_queries([replace(QUERY, id=7), replace(QUERY, id=8, asked_at=NOW.replace(tzinfo=None))])
    assert store.query(7) is None


def test_the_last_choice_counts(store: Store, clock: Clock) -> None:
    query_id = store.record_query(SUGGESTED)
    store.record_choice(query_id, "refund")
    clock.advance(seconds=5)
    store.record_choice(query_id, None)
    assert store.query(query_id) == StoredQuery(query_id, NOW, SUGGESTED, chosen=None, chose_at=NOW + timedelta(seconds=5))


def test_no_choice_and_none_of_these_differ(store: Store) -> None:
    asked, refused = store.record_query(SUGGESTED), store.record_query(SUGGESTED)
    store.record_choice(refused, None)
    assert store.query(asked).chose_at is None
    assert store.query(refused).chose_at == NOW


def test_the_last_vote_counts(store: Store, clock: Clock) -> None:
    query_id = store.record_query(QUERY)
    store.record_feedback(query_id, -1, FeedbackReason.OUTDATED, "작년 이야기예요")
    clock.advance(minutes=1)
    store.record_feedback(query_id, 1)
    assert store.feedback(query_id) == Feedback(query_id, "refund", QUERY.release, 1, None, "", NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("record", "choices", "entry"), [(QUERY, (), "refund"), (SUGGESTED, ("cancel",), "cancel"), (SUGGESTED, (), None), (QUERY, (None,), None)]
)
def test_a_vote_is_about_the_chosen_entry_else_the_answered_one(store: Store, record: QueryRecord, choices: tuple[str | None, ...], entry: str | None) -> None:
    query_id = store.record_query(record)
    for choice in choices:
        store.record_choice(query_id, choice)
    store.record_feedback(query_id, -1, FeedbackReason.NOT_SOLVED)
    assert store.feedback(query_id).entry_id == entry


def test_a_query_without_vote_has_no_feedback(store: Store) -> None:
    assert store.feedback(store.record_query(QUERY)) is None


def test_popular_counts_each_query_at_the_entry_where_it_ended(store: Store) -> None:
    for answered, choices in [("b", ()), ("b", ()), ("a", ()), (None, ("c",)), ("b", ("c",)), ("b", (None,)), (None, ()), (None, ("나",))]:
        query_id = store.record_query(replace(QUERY, answered=answered))
        for choice in choices:
            store.record_choice(query_id, choice)
    assert store.popular(NOW, 10) == [("b", 2), ("c", 2), ("a", 1), ("나", 1)]
    assert store.popular(NOW, 1) == [("b", 2)]
    assert store.popular(NOW, 0) == store.popular(NOW, -1) == []


def test_popular_ties_run_by_code_point_on_every_database(store: Store) -> None:
    entries = ["b", "A", "a", "B", "_", "가", "10", "9"]
    for entry in entries:
        store.record_query(replace(QUERY, answered=entry))
    assert [entry for entry, _ in store.popular(NOW, 10)] == sorted(entries)


def test_popular_begins_at_the_given_moment(store: Store, clock: Clock) -> None:
    store.record_query(QUERY)
    clock.advance(seconds=1)
    store.record_query(QUERY)
    assert store.popular(NOW, 5) == [("refund", 2)]
    assert store.popular(NOW + timedelta(microseconds=1), 5) == [("refund", 1)]
    assert store.popular(NOW + timedelta(seconds=2), 5) == []
