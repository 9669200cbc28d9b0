"""The table that an operator works on."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER, Changes, DraftTable, answerable, changes
from faqbot.domain import FaqEntry, LabelledQuery

A, B, C = (FaqEntry(i, f"{i} 질문이 있나요?", f"{i} 답변") for i in "abc")
ENTRIES = st.builds(
    FaqEntry,
    id=st.text(min_size=1),
    question=st.text(),
    answer=st.text(),
    category=st.lists(st.text(), max_size=2).map(tuple),
    alternate_questions=st.lists(st.text(), max_size=2).map(tuple),
    keywords=st.lists(st.text(), max_size=2).map(tuple),
    valid_from=st.none() | st.dates(),
    valid_to=st.none() | st.dates(),
    updated_at=st.none() | st.dates(),
    enabled=st.booleans(),
)
QUERIES = st.builds(LabelledQuery, query=st.text(), faq_ids=st.frozensets(st.text(), max_size=3), kind=st.text())


@given(st.builds(DraftTable, st.lists(ENTRIES, max_size=3).map(tuple), st.text(), st.text(), st.lists(QUERIES, max_size=3).map(tuple)))
def test_a_table_is_the_same_after_it_was_json(table: DraftTable) -> None:
    assert DraftTable.from_json(json.loads(json.dumps(table.to_json()))) == table


def test_a_changed_entry_takes_the_place_of_the_old_one_and_a_new_one_comes_last() -> None:
    changed = replace(B, answer="새 답변")
    assert DraftTable((A, B)).with_entries([C, changed]).entries == (A, changed, C)


def test_queries_of_a_removed_entry_stay_for_it_may_come_back() -> None:
    table = DraftTable((A, B), queries=(LabelledQuery("에이", frozenset("a")),))
    assert table.without("a") == DraftTable((B,), queries=table.queries)


def test_what_is_said_of_the_same_query_is_replaced() -> None:
    old, new, other = LabelledQuery("에이", frozenset("a")), LabelledQuery("에이", frozenset("b"), MUST_ANSWER), LabelledQuery("비", frozenset("b"))
    assert DraftTable(queries=(old,)).with_queries([other, new]).queries == (new, other)
    assert DraftTable(queries=(new, other)).without_queries(["에이"]).queries == (other,)


def test_an_entry_is_found_by_its_id() -> None:
    assert DraftTable((A, B)).entry("b") == B
    assert DraftTable((A, B)).entry("c") is None


def test_changes_name_what_visitors_see_differently() -> None:
    found = changes([A, B, C], [replace(A, enabled=False), B, replace(C, valid_to=date(2026, 3, 1)), replace(A, id="d")])
    assert found == Changes(added=("d",), removed=("a",), changed=("c",), unchanged=1)
    assert found.counts() == {"added": 1, "removed": 1, "changed": 1, "unchanged": 1}


def test_a_query_that_lost_its_last_entry_is_set_aside_and_others_keep_what_is_left() -> None:
    both, gone, far = LabelledQuery("둘", frozenset("ab")), LabelledQuery("하나", frozenset("b")), LabelledQuery("날씨")
    usable, lost = answerable([both, gone, far], [A, replace(B, enabled=False)])
    assert usable == (LabelledQuery("둘", frozenset("a")), far)
    assert lost == (gone,)


def test_what_must_not_be_answered_is_labelled_with_no_entry_and_never_lost() -> None:
    usable, lost = answerable([LabelledQuery("욕", frozenset("z"), MUST_NOT_ANSWER)], [A])
    assert usable == (LabelledQuery("욕", kind=MUST_NOT_ANSWER),)
    assert lost == ()
