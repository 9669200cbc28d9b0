"""The feedback inbox, and the counts of the desk."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from faqbot.domain import Reason
from faqbot.errors import MissingRecordError
from faqbot.store import FeedbackReason, Figures, Retention, Store, Usage
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, SEOUL, SUGGESTED, Clock
from tests.contract.store.test_review import FALLBACK

DAY = timedelta(days=1)


def test_the_inbox_shows_votes_against_first_with_query_and_release(store: Store, clock: Clock) -> None:
    liked, disliked, again = (store.record_query(each) for each in (QUERY, QUERY, replace(SUGGESTED, release="fedcba9876543210")))
    store.record_feedback(disliked, -1, FeedbackReason.NOT_SOLVED, "작년 이야기예요")
    clock.advance(minutes=1)
    store.record_feedback(liked, 1)
    clock.advance(minutes=1)
    store.record_choice(again, "cancel")
    store.record_feedback(again, -1, FeedbackReason.NOT_RELEVANT)
    found = store.review.feedback_inbox()
    assert [item.query.id for item in found] == [again, disliked, liked]
    assert found[0].feedback.release == "fedcba9876543210"
    assert found[0].feedback.entry_id == "cancel"
    assert found[0].query == store.query(again)
    assert found[1].feedback == store.feedback(disliked)
    assert [item.query.id for item in store.review.feedback_inbox(vote=-1, reason=FeedbackReason.NOT_SOLVED)] == [disliked]
    assert [item.query.id for item in store.review.feedback_inbox(limit=1, offset=1)] == [disliked]
    assert (store.review.feedback_count(), store.review.feedback_count(vote=1)) == (3, 1)


def test_a_vote_is_dealt_with_by_somebody_until_the_visitor_changes_it(store: Store, clock: Clock) -> None:
    query_id = store.record_query(QUERY)
    store.record_feedback(query_id, -1)
    number = store.review.feedback_inbox()[0].id
    clock.advance(minutes=1)
    store.review.mark_feedback([number], "민지")
    (item,) = store.review.feedback_inbox(handled=True)
    assert (item.id, item.handled_by, item.handled_at) == (number, "민지", clock())
    assert store.review.feedback_inbox(handled=False) == ()
    clock.advance(minutes=1)
    store.record_feedback(query_id, 1)
    (item,) = store.review.feedback_inbox(handled=False)
    assert item.handled_by is None
    store.review.mark_feedback([number], "수현")
    store.review.mark_feedback([number], "수현", handled=False)
    assert store.review.feedback_count(handled=True) == 0


def test_one_vote_is_found_by_its_id_as_the_inbox_shows_it(store: Store, opened: Callable[..., Store]) -> None:
    store.record_feedback(store.record_query(QUERY), -1, FeedbackReason.NOT_SOLVED)
    store.record_feedback(store.record_query(SUGGESTED), 1)
    for item in store.review.feedback_inbox():
        store.review.mark_feedback([item.id], "민지", handled=item.feedback.vote == 1)
        assert store.review.feedback_item(item.id) in store.review.feedback_inbox()
        assert opened("other").review.feedback_item(item.id) is None
    assert [store.review.feedback_item(number) for number in (0, -1, 999, 2**70)] == [None] * 4


def test_marking_votes_that_are_not_there_marks_none(store: Store) -> None:
    store.record_feedback(store.record_query(QUERY), -1)
    number = store.review.feedback_inbox()[0].id
    with pytest.raises(MissingRecordError, match="피드백 999"):
        store.review.mark_feedback([number, 999], "민지")
    assert store.review.feedback_count(handled=True) == 0
    store.review.mark_feedback([], "민지")


def test_a_vote_stays_in_the_inbox_after_its_query(store: Store, clock: Clock) -> None:
    store.record_feedback(store.record_query(QUERY), -1)
    store.review.mark_feedback([store.review.feedback_inbox()[0].id], "민지")
    clock.advance(days=91)
    store.purge(Retention())
    (item,) = store.review.feedback_inbox()
    assert (item.query, item.feedback.entry_id, item.handled_by) == (None, "refund", "민지")
    clock.advance(days=300)
    store.purge(Retention())
    assert store.review.feedback_inbox() == ()


def test_who_only_greets_asked_nothing_and_missed_nothing(store: Store) -> None:
    store.record_query(replace(FALLBACK, text="안녕하세요", reason=Reason.NOTHING_ASKED))
    store.record_query(FALLBACK)
    assert store.review.figures(NOW, NOW + DAY) == Figures(asked=1, fallback=1)


def test_figures_count_what_came_in_the_period(store: Store, clock: Clock) -> None:
    answered, suggested, _ = (store.record_query(each) for each in (QUERY, SUGGESTED, FALLBACK))
    store.record_choice(suggested, None)
    store.record_feedback(answered, 1)
    store.record_feedback(suggested, -1)
    store.submit_inquiry(INQUIRY, "key")
    clock.advance(days=1)
    store.record_query(QUERY)
    assert store.review.figures(NOW, NOW + DAY) == Figures(3, 1, 1, 1, 1, 1, 1, 1)
    assert store.review.figures(NOW + DAY, NOW + 2 * DAY) == Figures(asked=1, answered=1)
    assert store.review.figures(NOW - DAY, NOW) == Figures()


def test_days_are_those_of_the_sites_zone(store: Store) -> None:
    """08:30 in Seoul is still the day before in UTC."""
    store.record_query(QUERY)
    store.record_query(replace(QUERY, asked_at=NOW.replace(hour=0, minute=0)))
    store.record_query(replace(QUERY, asked_at=NOW.replace(hour=0, minute=0) - timedelta(minutes=40)))
    found = store.review.daily(date(2026, 11, 26), date(2026, 11, 28), SEOUL)
    assert [(each.day.day, each.figures.asked) for each in found] == [(26, 1), (27, 2), (28, 0)]
    assert store.review.daily(date(2026, 11, 28), date(2026, 11, 26), SEOUL) == ()


def test_usage_tells_how_each_entry_was_shown_chosen_and_voted_on(store: Store, clock: Clock) -> None:
    answered, suggested = store.record_query(QUERY), store.record_query(SUGGESTED)
    store.record_query(FALLBACK)  # shows nothing
    store.record_choice(suggested, "cancel")
    store.record_feedback(suggested, -1)
    store.record_feedback(answered, 1)
    clock.advance(minutes=1)
    store.record_query(SUGGESTED)
    assert store.review.usage(NOW, NOW + DAY) == {
        "cancel": Usage(shown=2, answered=0, chosen=1, up=0, down=1, last_shown=clock()),
        "refund": Usage(shown=3, answered=1, chosen=0, up=1, down=0, last_shown=clock()),
    }
    assert store.review.usage(NOW - DAY, NOW) == {}


def test_inbox_and_figures_of_a_site_know_no_other(opened: Callable[..., Store]) -> None:
    one, other = opened("one"), opened("other")
    one.record_feedback(one.record_query(QUERY), -1)
    number = one.review.feedback_inbox()[0].id
    assert other.review.feedback_inbox() == ()
    assert other.review.figures(NOW - DAY, NOW + DAY) == Figures()
    assert other.review.usage(NOW - DAY, NOW + DAY) == {}
    with pytest.raises(MissingRecordError):
        other.review.mark_feedback([number], "악의")
