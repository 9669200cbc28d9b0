"""The review queue: clusters come and go, decisions stay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from faqbot.domain import Outcome, Reason
from faqbot.errors import MissingRecordError, StoreError
from faqbot.store import (
    Action,
    Cluster,
    Landing,
    OfferRow,
    QueryRecord,
    QueryRow,
    Retention,
    ReviewKind,
    ReviewOrder,
    ReviewState,
    Store,
    Trouble,
    Wording,
)
from tests.contract.store.conftest import NOW, QUERY, SUGGESTED, Clock

FALLBACK = QueryRecord("단골 할인 되나요", Outcome.FALLBACK, Reason.NOT_CONFIDENT, 0.12, ("refund", "late"), "0123456789abcdef")
DAY = timedelta(days=1)


def wording(text: str, *ages: float, key: str = "", **fields: object) -> Wording:
    """Asked so many days ago."""
    return Wording(key or text, text, tuple(sorted(NOW - age * DAY for age in ages or (1,))), {Trouble.FALLBACK: len(ages or (1,))}, **fields)


def cluster(*members: Wording | str, spam: str = "") -> Cluster:
    return Cluster(ReviewKind.UNANSWERED, "", tuple(wording(each) if isinstance(each, str) else each for each in members), spam)


def refresh(store: Store, *clusters: Cluster, since: datetime = NOW) -> dict[str, int]:
    """Item of each representative text, all states."""
    store.review.refresh(clusters, tuple(ReviewKind), "release", since)
    return {item.representative: item.id for kind in ReviewKind for item in store.review.page(None, kind=kind, limit=1000)}


def texts(store: Store, item_id: int) -> set[str]:
    return {each.text for each in store.review.wordings(item_id)}


# What is read


def test_queries_that_went_wrong_are_those_without_answer_refused_or_voted_against(store: Store) -> None:
    unanswered, refused, disliked = (store.record_query(each) for each in (FALLBACK, SUGGESTED, QUERY))
    store.record_choice(refused, None)
    store.record_feedback(disliked, -1)
    chosen, liked, waiting = (store.record_query(each) for each in (SUGGESTED, QUERY, SUGGESTED))
    store.record_choice(chosen, "cancel")
    store.record_feedback(liked, 1)
    found = {row.id: row for row in store.review.troubled()}
    assert {number: row.trouble for number, row in found.items()} == {
        unanswered: Trouble.FALLBACK,
        refused: Trouble.NONE_OF_THESE,
        disliked: Trouble.DISLIKED,
    }
    assert found[unanswered] == QueryRow(unanswered, "단골 할인 되나요", NOW, Trouble.FALLBACK, "refund", 0.12)
    assert waiting not in found


def test_offers_are_what_visitors_chose_and_near_ties_that_nobody_chose_from(store: Store) -> None:
    picked, refused, waiting, disliked = (store.record_query(SUGGESTED) for _ in range(4))
    store.record_choice(picked, "cancel")
    store.record_choice(refused, None)
    store.record_choice(disliked, "cancel")
    store.record_feedback(disliked, -1)
    store.record_query(replace(SUGGESTED, reason=Reason.SHARED_QUESTION))
    found = {row.id: row for row in store.review.offers()}
    assert set(found) == {picked, waiting}
    assert found[picked] == OfferRow(picked, "돈 언제 와요", NOW, "cancel", picked=True)
    assert (found[waiting].entry_id, found[waiting].picked) == ("refund", False)


def test_only_what_would_change_the_queue_is_news(store: Store, clock: Clock) -> None:
    assert not store.review.has_news("release")  # there is nothing to make a queue of
    assert store.review.refreshed_at() is None
    query_id = store.record_query(SUGGESTED)
    assert store.review.has_news("release")
    clock.advance(minutes=5)
    refresh(store, since=clock())
    assert store.review.refreshed_at() == clock()
    assert not store.review.has_news("release")
    store.record_query(QUERY)
    assert not store.review.has_news("release")  # it was answered
    assert store.review.has_news("another release")
    store.record_choice(query_id, "refund")
    assert store.review.has_news("release")
    clock.advance(minutes=5)
    refresh(store, since=clock())
    store.record_query(FALLBACK)
    assert store.review.has_news("release")
    clock.advance(minutes=5)
    refresh(store, since=clock())
    store.record_feedback(query_id, -1)
    assert store.review.has_news("release")
    clock.advance(minutes=5)
    refresh(store, since=clock())
    clock.advance(hours=24)
    assert store.review.has_news("release")  # trends are counted from today


# Clusters → items


def test_a_cluster_becomes_an_item_with_its_figures(store: Store) -> None:
    members = (wording("단골 할인", 0.5, 3, 8, 20, nearest="refund", closeness=0.3, now=Outcome.FALLBACK), wording("단골이면 깎아 주나요", 6.9))
    number = refresh(store, cluster(*members))["단골 할인"]
    (item,) = store.review.page(ReviewState.NEW)
    assert (item.id, item.size, item.total, item.recent, item.before, item.fresh, item.trend) == (number, 2, 5, 3, 1, 5, 2)
    assert (item.nearest, item.closeness, item.now, item.spam) == ("refund", 0.3, Outcome.FALLBACK, "")
    assert (item.first_seen, item.last_seen) == (NOW - 20 * DAY, NOW - 0.5 * DAY)
    assert item.troubles == {Trouble.FALLBACK: 5}
    assert (item.decided_by, item.decision, item.landing) == (None, None, None)
    assert [(each.text, each.count) for each in store.review.wordings(number)] == [("단골 할인", 4), ("단골이면 깎아 주나요", 1)]


def test_a_refresh_that_finds_the_same_writes_nothing(store: Store) -> None:
    clusters = [cluster("가", wording("나", 2, 3)), cluster("다")]
    refresh(store, *clusters)
    done = store.review.refresh(clusters, tuple(ReviewKind), "release", NOW)
    assert (done.added, done.changed, done.removed) == (0, 0, 0)


def test_an_item_keeps_its_id_when_its_cluster_grows(store: Store) -> None:
    number = refresh(store, cluster("가"))["가"]
    assert refresh(store, cluster(wording("나", 1, 2, 3), "가"))["나"] == number
    assert texts(store, number) == {"가", "나"}


def test_of_two_items_that_become_one_cluster_the_older_goes_on(store: Store) -> None:
    ids = refresh(store, cluster("가"), cluster("나", "다"))
    assert refresh(store, cluster("나", "다", "가")) == {"나": min(ids.values())}


def test_of_an_item_that_falls_apart_the_larger_part_goes_on_as_it(store: Store) -> None:
    number = refresh(store, cluster("가", "나", "다"))["가"]
    ids = refresh(store, cluster("가"), cluster("나", "다"))
    assert ids["나"] == number
    assert ids["가"] != number


def test_what_nobody_asks_any_more_and_nobody_decided_on_goes(store: Store) -> None:
    ids = refresh(store, cluster("가"), cluster("나"))
    assert refresh(store, cluster("나")) == {"나": ids["나"]}


def test_an_id_is_not_given_again(store: Store) -> None:
    first = refresh(store, cluster("가"))["가"]
    refresh(store)
    assert refresh(store, cluster("가"))["가"] != first


def test_kinds_that_were_not_looked_for_stay(store: Store) -> None:
    alternate = Cluster(ReviewKind.ALTERNATE, "refund", (wording("돈 언제 와요", picked=1),))
    refresh(store, cluster("가"), alternate)
    store.review.refresh([], [ReviewKind.UNANSWERED], "release", NOW)
    assert store.review.page(None) == ()
    (kept,) = store.review.page(None, kind=ReviewKind.ALTERNATE)
    assert (kept.subject, kept.picked) == ("refund", 1)


def test_one_wording_may_be_proposed_for_several_entries(store: Store) -> None:
    refresh(store, *(Cluster(ReviewKind.ALTERNATE, entry, (wording("돈 언제 와요"),)) for entry in ("refund", "late")))
    assert {item.subject for item in store.review.page(ReviewState.NEW, kind=ReviewKind.ALTERNATE)} == {"refund", "late"}


# Pages


def test_pages_are_sorted_as_asked(store: Store) -> None:
    refresh(store, cluster(wording("많다", 1, 8, 9, 10)), cluster(wording("새롭다", 0.1)), cluster(wording("는다", 2, 3, 4)))
    orders = {order: [item.representative for item in store.review.page(ReviewState.NEW, order)] for order in ReviewOrder}
    assert orders[ReviewOrder.FREQUENT] == ["많다", "는다", "새롭다"]
    assert orders[ReviewOrder.NEWEST] == ["새롭다", "많다", "는다"]
    assert orders[ReviewOrder.RISING] == ["는다", "새롭다", "많다"]
    assert [item.representative for item in store.review.page(ReviewState.NEW, limit=1, offset=1)] == ["는다"]
    assert store.review.page(ReviewState.NEW, limit=0) == ()


def test_what_looks_like_spam_is_folded_away_until_somebody_says_otherwise(store: Store) -> None:
    number = refresh(store, cluster("카지노", spam="advert"), cluster("가"))["카지노"]
    assert [item.representative for item in store.review.page(ReviewState.NEW)] == ["가"]
    assert [item.spam for item in store.review.page(ReviewState.SPAM)] == ["advert"]
    assert store.review.counts() == {**dict.fromkeys(ReviewState, 0), ReviewState.NEW: 1, ReviewState.SPAM: 1}
    store.review.decide([number], ReviewState.NEW, "민지")
    refresh(store, cluster("카지노", spam="advert"), cluster("가"))
    assert {item.representative for item in store.review.page(ReviewState.NEW)} == {"가", "카지노"}
    assert store.review.page(ReviewState.SPAM) == ()


# Decisions


def test_a_decision_says_who_when_and_what_came_of_it(store: Store, clock: Clock) -> None:
    ids = refresh(store, cluster("가"), cluster("나"))
    clock.advance(minutes=1)
    landing = Landing(Action.ATTACHED, "refund", 7)
    made = store.review.decide([ids["가"], ids["나"], ids["가"]], ReviewState.ACCEPTED, "민지", landing)
    assert made.items == (ids["가"], ids["나"])
    item = store.review.items([ids["나"]])[0]
    assert (item.state, item.decided_by, item.decided_at, item.decision) == (ReviewState.ACCEPTED, "민지", clock(), made.id)
    assert (item.landing, item.fresh) == (landing, 0)
    assert store.review.decision(made.id) == made
    assert store.review.decisions() == (made,)


@pytest.mark.parametrize("wrong", [0, -1, 999, 2**70])
def test_deciding_on_something_that_is_not_there_changes_nothing(store: Store, wrong: int) -> None:
    number = refresh(store, cluster("가"))["가"]
    with pytest.raises(MissingRecordError, match=str(wrong)):
        store.review.decide([number, wrong], ReviewState.IGNORED, "민지")
    assert store.review.items([number, wrong])[0].state is ReviewState.NEW
    with pytest.raises(MissingRecordError):
        store.review.undo(wrong, "민지")
    with pytest.raises(StoreError, match="고른 것이 없습니다"):
        store.review.decide([], ReviewState.IGNORED, "민지")


@pytest.mark.parametrize("state", [state for state in ReviewState if state is not ReviewState.NEW])
def test_a_decision_outlives_refreshes_and_queries(store: Store, state: ReviewState) -> None:
    number = refresh(store, cluster("가"))["가"]
    store.review.decide([number], state, "민지")
    refresh(store)  # its queries are gone
    (item,) = store.review.items([number])
    assert (item.state, item.total, item.decided_by) == (state, 0, "민지")
    assert refresh(store, cluster(wording("가", 0.1)), cluster("나"))["가"] == number
    assert store.review.items([number])[0].state is state


@pytest.mark.parametrize("state", [ReviewState.REJECTED, ReviewState.HELD, ReviewState.SPAM, ReviewState.IGNORED])
def test_what_was_put_aside_takes_in_new_wordings_of_the_same(store: Store, state: ReviewState) -> None:
    number = refresh(store, cluster("가"))["가"]
    store.review.decide([number], state, "민지")
    assert refresh(store, cluster(wording("나", 1, 2), "가")) == {"나": number}
    assert store.review.counts()[ReviewState.NEW] == 0


def test_what_was_accepted_takes_in_nothing(store: Store) -> None:
    """The new wording is in no draft, so it comes to the queue."""
    number = refresh(store, cluster("가"))["가"]
    store.review.decide([number], ReviewState.ACCEPTED, "민지", Landing(Action.DRAFTED, "new-1", 3))
    refresh(store, cluster("나", "가"))
    assert [item.representative for item in store.review.page(ReviewState.NEW)] == ["나"]
    assert texts(store, number) == {"가"}


def test_queries_after_a_decision_are_counted_as_fresh(store: Store, clock: Clock) -> None:
    number = refresh(store, cluster(wording("가", 1, 2)))["가"]
    store.review.decide([number], ReviewState.ACCEPTED, "민지")
    clock.advance(days=2)
    refresh(store, cluster(wording("가", 1, 2, -1)))  # one of tomorrow
    item = store.review.items([number])[0]
    assert (item.total, item.fresh) == (3, 1)


def test_an_open_item_does_not_swallow_a_decided_one(store: Store) -> None:
    ids = refresh(store, cluster("가"), cluster("나"))
    store.review.decide([ids["가"]], ReviewState.REJECTED, "민지")
    assert refresh(store, cluster("가", "나", "다")) == ids
    assert texts(store, ids["나"]) == {"나", "다"}


# Taking back


def test_undoing_restores_what_was_before_also_an_earlier_decision(store: Store) -> None:
    ids = refresh(store, cluster("가"), cluster("나", spam="advert"))
    held = store.review.decide([ids["가"]], ReviewState.HELD, "민지")
    before = store.review.items(list(ids.values()))
    made = store.review.decide(list(ids.values()), ReviewState.ACCEPTED, "수현", Landing(Action.CASE))
    done = store.review.undo(made.id, "민지")
    assert (set(done.restored), done.kept) == (set(ids.values()), ())
    assert store.review.items(list(ids.values())) == before
    assert store.review.items([ids["가"]])[0].decision == held.id
    assert store.review.decision(made.id).undone_by == "민지"


def test_undoing_leaves_alone_what_was_decided_again(store: Store) -> None:
    ids = refresh(store, cluster("가"), cluster("나"))
    first = store.review.decide(list(ids.values()), ReviewState.IGNORED, "민지")
    store.review.decide([ids["가"]], ReviewState.ACCEPTED, "수현")
    done = store.review.undo(first.id, "민지")
    assert (done.restored, done.kept) == ((ids["나"],), (ids["가"],))
    assert [item.state for item in store.review.items([ids["가"], ids["나"]])] == [ReviewState.ACCEPTED, ReviewState.NEW]


def test_a_decision_is_undone_once(store: Store) -> None:
    made = store.review.decide([refresh(store, cluster("가"))["가"]], ReviewState.IGNORED, "민지")
    store.review.undo(made.id, "민지")
    with pytest.raises(StoreError, match="이미 되돌렸습니다") as caught:
        store.review.undo(made.id, "수현")
    assert caught.value.code == "conflict"


# Retention


def test_texts_are_forgotten_with_their_queries_and_decisions_still_hold(store: Store, clock: Clock) -> None:
    ids = refresh(store, cluster(wording("가", 1)), cluster(wording("나", 1)), cluster(wording("다", -50)))
    store.review.decide([ids["가"]], ReviewState.IGNORED, "민지")
    clock.advance(days=90)
    store.purge(Retention())
    assert store.review.items([ids["나"]]) == ()
    (item,) = store.review.items([ids["가"]])
    assert (item.state, item.representative, texts(store, ids["가"])) == (ReviewState.IGNORED, "", set())
    assert texts(store, ids["다"]) == {"다"}
    assert store.review.has_news("release")  # what is left has to be counted anew
    assert refresh(store, cluster(wording("가", -89)))["가"] == ids["가"]
    assert store.review.items([ids["가"]])[0].state is ReviewState.IGNORED


# Sites and processes


def test_a_site_sees_and_changes_nothing_of_another(opened: Callable[..., Store]) -> None:
    one, other = opened("one"), opened("other")
    one.record_query(FALLBACK)
    number = refresh(one, cluster("가"))["가"]
    made = one.review.decide([number], ReviewState.HELD, "민지")
    assert other.review.troubled() == ()
    assert other.review.page(None) == ()
    assert other.review.items([number]) == ()
    assert other.review.wordings(number) == ()
    assert other.review.decision(made.id) is None
    for change in (lambda: other.review.decide([number], ReviewState.SPAM, "악의"), lambda: other.review.undo(made.id, "악의")):
        with pytest.raises(MissingRecordError):
            change()
    refresh(other, cluster("가"))
    refresh(other)
    assert one.review.items([number])[0].state is ReviewState.HELD
    assert texts(one, number) == {"가"}


def test_a_decision_made_while_a_refresh_was_planned_is_not_lost(store: Store, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> None:
    number = refresh(store, cluster("가"))["가"]
    desk, read, decided = opened(), store.review._clock, []

    def clock() -> datetime:
        """Between reading and writing somebody decides, once."""
        if not decided:
            decided.append(desk.review.decide([number], ReviewState.ACCEPTED, "민지"))
        return read()

    monkeypatch.setattr(store.review, "_clock", clock)
    refresh(store)
    assert store.review.items([number])[0].state is ReviewState.ACCEPTED


def test_a_greeting_without_an_answer_is_no_query_that_went_wrong(store: Store) -> None:
    store.record_query(replace(FALLBACK, text="안녕하세요", reason=Reason.NOTHING_ASKED))
    assert list(store.review.troubled()) == []
