"""The list of queries: every filter finds what it names and nothing else, the latest first, and quickly."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from faqbot.domain import Outcome, Reason
from faqbot.store import AskedQuery, AskedWanted, FeedbackReason, QueryRecord, Store
from tests.contract.store.conftest import NOW, QUERY, SUGGESTED, Clock
from tests.contract.store.test_review import FALLBACK

DAY = timedelta(days=1)
ANY = AskedWanted()


def texts(store: Store, wanted: AskedWanted = ANY) -> list[str]:
    found = store.asked(wanted)
    assert store.count_asked(wanted) == len(found)
    return [each.query.record.text for each in found]


def ask(store: Store, text: str, record: QueryRecord = QUERY, days_ago: float = 0, **changes: object) -> int:
    return store.record_query(replace(record, text=text, asked_at=NOW - days_ago * DAY, **changes))


def test_without_queries_there_are_none(store: Store) -> None:
    assert texts(store) == []


def test_the_latest_come_first_page_by_page(store: Store) -> None:
    for n in range(5):
        ask(store, f"{n}", days_ago=n)
    assert [each.query.record.text for each in store.asked(ANY, 2, 2)] == ["2", "3"]
    assert store.asked(ANY, 2, 5) == ()
    assert store.count_asked(ANY) == 5


def test_a_query_comes_with_its_vote_and_what_was_shown(store: Store) -> None:
    liked, disliked, silent, lost = (store.record_query(each) for each in (QUERY, SUGGESTED, SUGGESTED, FALLBACK))
    store.record_feedback(liked, 1)
    store.record_choice(disliked, "cancel")
    store.record_feedback(disliked, -1, FeedbackReason.OUTDATED)
    found = {each.query.id: each for each in store.asked(ANY)}
    assert [(found[query].vote, found[query].reason, found[query].shown) for query in (liked, disliked, silent, lost)] == [
        (1, None, ("refund",)), (-1, FeedbackReason.OUTDATED, ("refund", "cancel")), (None, None, ("refund", "cancel")), (None, None, ()),
    ]  # fmt: skip
    assert found[disliked] == AskedQuery(store.query(disliked), -1, FeedbackReason.OUTDATED)


def test_each_outcome_is_a_filter(store: Store) -> None:
    for record in (QUERY, SUGGESTED, FALLBACK):
        ask(store, record.outcome.value, record)
    for outcome in Outcome:
        assert texts(store, AskedWanted(outcome)) == [outcome.value]


def test_none_of_these_are_suggestions_that_were_all_refused(store: Store) -> None:
    for text, chosen in (("골랐음", "refund"), ("모두 아님", None)):
        store.record_choice(ask(store, text, SUGGESTED), chosen)
    store.record_choice(ask(store, "답", QUERY), None)
    ask(store, "안 고름", SUGGESTED)
    assert texts(store, AskedWanted(none_of_these=True)) == ["모두 아님"]
    assert [each.is_refused for each in store.asked(AskedWanted(none_of_these=True))] == [True]
    assert sum(each.is_refused for each in store.asked(ANY)) == 1
    assert texts(store, AskedWanted(Outcome.ANSWER, none_of_these=True)) == []


def test_a_greeting_is_a_filter_of_its_own_and_no_miss(store: Store) -> None:
    ask(store, "안녕하세요", FALLBACK, reason=Reason.NOTHING_ASKED)
    ask(store, "주차 되나요", FALLBACK)
    assert texts(store, AskedWanted(nothing_asked=True)) == ["안녕하세요"]
    assert texts(store, AskedWanted(nothing_asked=False)) == ["주차 되나요"]
    assert texts(store, AskedWanted(Outcome.FALLBACK)) == ["주차 되나요"]
    assert [each.is_greeting for each in store.asked(AskedWanted(nothing_asked=True))] == [True]


def test_a_period_holds_its_beginning_and_not_its_end(store: Store) -> None:
    for days in (3, 2, 1, 0):
        ask(store, f"{days}", days_ago=days)
    assert texts(store, AskedWanted(since=NOW - 2 * DAY, until=NOW)) == ["1", "2"]
    assert texts(store, AskedWanted(since=NOW - DAY)) == ["0", "1"]
    assert texts(store, AskedWanted(until=NOW - 2 * DAY)) == ["3"]


@pytest.mark.parametrize("entry", ["refund", 'a"b', "환불", "50%_", "a\\"])
def test_an_entry_is_found_where_it_was_shown_or_chosen_and_nowhere_else(store: Store, entry: str) -> None:
    ask(store, "답", QUERY, 3, answered=entry, candidates=(entry,))
    ask(store, "후보", SUGGESTED, 2, candidates=("x", entry))
    store.record_choice(ask(store, "고름", SUGGESTED, 1, candidates=("x",)), entry)
    ask(store, "보이지 않음", FALLBACK, candidates=(entry,))
    for other in (f"{entry}2", f"2{entry}", entry.upper() if entry != entry.upper() else f"{entry} ", f'{entry}"', entry[:-1]):
        ask(store, "다른 것", SUGGESTED, candidates=(other,))
    assert texts(store, AskedWanted(entry_id=entry)) == ["고름", "후보", "답"]


def test_strange_ids_find_nothing(store: Store) -> None:
    ask(store, "후보", SUGGESTED)
    for entry in ("\x00", "\ud83d", "%", "[", "x" * 100_000):
        assert texts(store, AskedWanted(entry_id=entry)) == []


def test_filters_hold_together(store: Store) -> None:
    for days in (0, 1):
        ask(store, f"후보 {days}", SUGGESTED, days)
        ask(store, f"답 {days}", QUERY, days)
    assert texts(store, AskedWanted(Outcome.SUGGEST, since=NOW - DAY / 2, entry_id="cancel")) == ["후보 0"]


def test_other_sites_see_nothing_of_it(store: Store, opened: Callable[..., Store]) -> None:
    store.record_feedback(ask(store, "우리 것"), 1)
    assert texts(opened("other")) == []


def test_a_page_of_a_hundred_thousand_takes_no_time(store: Store, clock: Clock) -> None:
    reasons = {Outcome.ANSWER: Reason.CONFIDENT, Outcome.SUGGEST: Reason.SEVERAL_LIKELY, Outcome.FALLBACK: Reason.NOT_CONFIDENT}
    outcomes = [Outcome.ANSWER] * 6 + [Outcome.SUGGEST] * 3 + [Outcome.FALLBACK]
    for start in range(0, 100_000, 5_000):
        records = []
        for n in range(start, start + 5_000):
            outcome, entry = outcomes[n % 10], f"faq-{n % 300}"
            answered = entry if outcome is Outcome.ANSWER else None
            asked_at = NOW - timedelta(seconds=77 * n)
            records.append(QueryRecord("환불은 며칠 걸리나요?", outcome, reasons[outcome], 0.5, (entry, "x"), "0" * 16, answered=answered, asked_at=asked_at))
        store.record_queries(records)
    for wanted in (ANY, AskedWanted(Outcome.FALLBACK), AskedWanted(none_of_these=True), AskedWanted(since=NOW - DAY), AskedWanted(entry_id="faq-7")):
        began = time.perf_counter()
        store.count_asked(wanted)
        store.asked(wanted, 50)
        assert time.perf_counter() - began < 2.0, wanted  # a busy machine; 0.02 to 0.5 where nothing else runs
