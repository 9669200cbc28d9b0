"""Categories are spelt as in the table, and the nearest of them is found."""

import pytest

from faqbot.corpus.categories import as_category, categories, category_name, nearest_categories
from faqbot.domain import FaqEntry

KNOWN = (("결제",), ("결제", "환불"), ("결제", "영수증"), ("배송",), ("배송", "배송 조회"), ("계정",), ("계정", "비밀번호"))


def entry(*category: str) -> FaqEntry:
    return FaqEntry(id=">".join(category), question="질문", answer="답변", category=category)


@pytest.mark.parametrize("text", ["결제>환불", "결제 > 환불", " 결제>  환불", "결제 >환불 ", "결제>>환불", ">결제>환불>"])
def test_space_around_the_sign_and_empty_parts_make_no_other_category(text: str) -> None:
    assert as_category(text) == ("결제", "환불")
    assert category_name(as_category(text)) == "결제>환불"


def test_space_within_a_part_makes_another_category() -> None:
    assert as_category("배송>배송 조회") != as_category("배송>배송조회")


def test_every_part_of_a_category_is_one_in_the_order_of_the_table() -> None:
    assert categories([entry("나", "다"), entry("가"), entry("나", "라"), entry()]) == (("나",), ("나", "다"), ("가",), ("나", "라"))


def test_no_entries_have_no_categories() -> None:
    assert categories([]) == ()


@pytest.mark.parametrize(
    ("meant", "nearest"),
    [
        ("결재>환불", "결제>환불"),
        ("환불", "결제>환불"),
        ("배송조회", "배송>배송 조회"),
        ("계정 > 비밀 번호", "계정>비밀번호"),
        ("결재", "결제"),
        ("게정", "계정"),
    ],
)
def test_a_slip_of_the_pen_is_nearest_to_what_was_meant(meant: str, nearest: str) -> None:
    assert nearest_categories(as_category(meant), KNOWN)[:1] == (as_category(nearest),)


def test_at_most_three_are_offered() -> None:
    assert len(nearest_categories(("분류",), [("분류", str(n)) for n in range(9)])) == 3


@pytest.mark.parametrize("name", ["세금", "", ">"])
def test_nothing_alike_is_nothing_near(name: str) -> None:
    assert nearest_categories(as_category(name), KNOWN) == ()


def test_where_there_are_no_categories_none_is_near() -> None:
    assert nearest_categories(("결제",), ()) == ()
