"""Two versions of a table: what becomes of each entry, and which words change."""

import time
from dataclasses import replace
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from faqbot.corpus.diff import Kind, Status, compare, word_diff
from faqbot.domain import FaqEntry

A, B, C = FaqEntry("a", "환불 되나요?", "네"), FaqEntry("b", "배송은요?", "이틀"), FaqEntry("c", "쿠폰은요?", "한 장")

TEXT = st.lists(st.sampled_from(["환불", "배송", "은", "3일", " ", "  ", "\n", "\t", "."]), max_size=20).map("".join)
ENTRIES = st.lists(
    st.builds(FaqEntry, st.sampled_from("abcdef"), st.sampled_from(["가", "나", "다", "라", "가 "]), st.sampled_from(["1", "2"])),
    max_size=6,
    unique_by=lambda each: each.id,
)


def statuses(old, new):
    return [(each.status.value, each.entry.id) for each in compare(old, new).entries]


class TestEntries:
    def test_the_same_table_changes_nothing(self):
        found = compare([A, B], [A, B])
        assert (found.is_empty, found.dropped_share, found.counts[Status.UNCHANGED]) == (True, 0, 2)

    def test_entries_come_in_the_order_of_the_new_table_and_removed_ones_last(self):
        assert statuses([A, B], [C, replace(A, answer="아니요")]) == [("new", "c"), ("changed", "a"), ("removed", "b")]

    def test_columns_that_differ_are_named_in_table_order_as_the_table_writes_them(self):
        new = replace(A, answer="아니요", category=("결제", "환불"), alternate_questions=("가", "나"), valid_to=date(2026, 3, 1), enabled=False)
        (found,) = compare([A], [new]).entries
        assert [(change.column, change.before, change.after) for change in found.changes] == [
            ("category", "", "결제>환불"), ("alternate_questions", "", "가|나"), ("answer", "네", "아니요"), ("valid_to", "", "2026-03-01"), ("enabled", "true", "false"),
        ]  # fmt: skip

    def test_an_entry_with_another_id_is_found_by_its_question(self):
        (found,) = compare([A], [replace(A, id="x", question=" 환불  되나요? ", answer="아니요")]).entries
        assert (found.status, found.old, [change.column for change in found.changes]) == (Status.CHANGED, A, ["id", "question", "answer"])

    def test_the_id_decides_before_the_question(self):
        old = [A, replace(B, question=A.question)]
        assert [each.old.id for each in compare(old, [replace(old[1], answer="x"), replace(old[0], answer="y")]).entries] == ["b", "a"]

    def test_an_entry_found_by_its_id_is_not_sought_by_its_question(self):
        assert statuses([A, replace(A, id="x")], [A]) == [("unchanged", "a"), ("removed", "x")]

    def test_each_old_entry_is_taken_once(self):
        assert statuses([A], [replace(A, id="x"), replace(A, id="y")]) == [("changed", "x"), ("duplicate", "y")]

    def test_a_new_entry_that_asks_what_an_earlier_one_asks_is_a_duplicate(self):
        found = compare([], [A, replace(A, id="x")]).entries[1]
        assert (found.status, found.duplicate_of) == (Status.DUPLICATE, "a")

    def test_present_entries_that_share_a_question_are_no_news(self):
        shared = [A, replace(A, id="x", category=("판매자",))]
        found = compare(shared, shared)
        assert (found.is_empty, [each.duplicate_of for each in found.entries]) == (True, ["", "a"])

    def test_the_dropped_share_is_of_the_present_entries(self):
        assert compare([A, B, C, replace(A, id="d", question="라")], [A, FaqEntry("e", "마", "바")]).dropped_share == 0.75
        assert compare([], [A]).dropped_share == 0
        assert compare([A], []).dropped_share == 1

    @given(old=ENTRIES, new=ENTRIES)
    def test_every_entry_is_accounted_for_once(self, old, new):
        found = compare(old, new)
        assert [each.new for each in found.entries if each.new] == new
        assert sorted(each.old.id for each in found.entries if each.old) == sorted(each.id for each in old)
        assert sum(found.counts.values()) == len(found.entries)
        assert all((each.status is Status.CHANGED) == bool(each.changes) for each in found.entries)
        assert all(each.new == each.old for each in found.entries if each.status is Status.UNCHANGED)


class TestWords:
    def test_only_the_words_that_change_are_marked(self):
        assert [(each.kind.value, each.text) for each in word_diff("카드는 3일, 계좌는 5일 걸려요.", "카드는 2일, 계좌는 5일 걸립니다.")] == [
            ("same", "카드는 "), ("removed", "3일,"), ("added", "2일,"), ("same", " 계좌는 5일 "), ("removed", "걸려요."), ("added", "걸립니다."),
        ]  # fmt: skip

    def test_a_space_or_line_break_that_changes_is_seen(self):
        assert [(each.kind, each.text) for each in word_diff("가 나", "가\n나")] == [
            (Kind.SAME, "가"), (Kind.REMOVED, " "), (Kind.ADDED, "\n"), (Kind.SAME, "나"),
        ]  # fmt: skip

    def test_equal_texts_are_one_piece_and_empty_ones_none(self):
        assert len(word_diff("가 나", "가 나")) == 1
        assert word_diff("", "") == ()
        assert [each.kind for each in word_diff("", "가")] == [Kind.ADDED]

    @given(before=TEXT, after=TEXT)
    def test_the_pieces_make_both_texts_again(self, before, after):
        pieces = word_diff(before, after)
        assert "".join(each.text for each in pieces if each.kind is not Kind.ADDED) == before
        assert "".join(each.text for each in pieces if each.kind is not Kind.REMOVED) == after
        assert all(each.text for each in pieces)
        assert all(one.kind is not other.kind for one, other in pairwise(pieces))

    def test_two_answers_of_full_length_are_compared_in_seconds(self):
        started = time.process_time()
        word_diff("가 나 다 라 " * 2500, "나 가 라 다 " * 2500)
        word_diff(" ".join(map(str, range(1900))), " ".join(map(str, range(1900, 0, -1))))
        assert time.process_time() - started < 10
