"""Findings over an indexed table, with the real analyzer."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from faqbot.corpus.checks import Finding, Kind, Severity
from faqbot.domain import FaqEntry
from faqbot.evaluation.table_checks import with_index
from faqbot.training.in_memory import bot_in_memory

TODAY = date(2026, 3, 2)

Found = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def found(small_table: Sequence[FaqEntry]) -> Found:
    """Findings of the small table with more entries."""
    return lambda *entries: with_index(bot_in_memory((*small_table, *entries), None, TODAY))


def test_a_question_of_two_categories_is_a_hint_as_the_bot_shows_both(found: Found) -> None:
    (finding,) = found()
    assert (finding.kind, finding.severity, [row.id for row in finding.rows]) == (Kind.ANSWERS_DIFFER, Severity.HINT, ["fee-buyer", "fee-seller"])


@pytest.mark.parametrize("question", ["택배가 아직 안 왔어요ㅠㅠ", "택배가 아직도 안 왔습니다"])
def test_the_same_question_in_other_endings_with_another_answer_is_a_warning(found: Found, question: str) -> None:
    finding = found(FaqEntry("again", question, "일주일을 더 기다려 주세요.", ("배송",)))[0]
    assert (finding.kind, finding.severity, [row.id for row in finding.rows]) == (Kind.ANSWERS_DIFFER, Severity.WARNING, ["late", "again"])


def test_the_same_question_with_nearly_the_same_answer_is_a_hint_to_merge(found: Found) -> None:
    findings = found(FaqEntry("again", "결제를 취소하고 싶습니다", "내 주문에서 **취소**를 누르세요.", ("결제", "취소")))
    assert [(finding.severity, [row.id for row in finding.rows]) for finding in findings if finding.kind is Kind.DUPLICATE] == [
        (Severity.HINT, ["cancel", "again"])
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("반품할 수 있는 상품은 무엇인가요?", "반품할 수 없는 상품은 무엇인가요?"),
        ("교환 접수한 주문을 반품으로 바꾸고 싶어요", "반품 접수한 주문을 교환으로 바꾸고 싶어요"),
        ("쿠폰을 등록하고 싶어요", "카드를 등록하고 싶어요"),
    ],
    ids=["denied", "the other way round", "another thing"],
)
def test_questions_that_mean_something_else_are_no_findings(found: Found, one: str, other: str) -> None:
    findings = found(FaqEntry("one", one, "주문 상세를 보세요.", ("기타",)), FaqEntry("other", other, "상품 안내를 보세요.", ("기타",)))
    assert [finding for finding in findings if {row.id for row in finding.rows} == {"one", "other"}] == []


def test_entries_that_stand_in_for_each_other_are_indistinguishable(found: Found) -> None:
    one = FaqEntry("one", "인구통계 메뉴에서는 무엇을 확인할 수 있나요?", "상품을 본 사람의 성별과 나이를 봅니다.", ("통계",))
    other = FaqEntry("other", "상품 인구통계 메뉴에서는 무엇을 확인할 수 있나요?", "산 사람의 성별과 나이를 봅니다.", ("통계",))
    findings = found(one, other)
    assert (Kind.INDISTINGUISHABLE, ["one", "other"]) in [(finding.kind, [row.id for row in finding.rows]) for finding in findings]


def test_a_table_of_one_entry_has_no_findings() -> None:
    assert with_index(bot_in_memory((FaqEntry("a", "배송은 언제 오나요?", "내일 옵니다."),), None, TODAY)) == ()


def test_a_question_too_long_for_a_query_is_passed_over(found: Found) -> None:
    assert len(found(FaqEntry("long", "배송 " * 200, "내일 옵니다."))) == 1
