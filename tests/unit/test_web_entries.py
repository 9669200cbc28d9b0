import pytest

from faqbot import messages
from faqbot.domain import FaqEntry
from faqbot.web import schema
from faqbot.web.entries import answer, categories, short_title, split_category


def entry(entry_id: str, *category: str, **fields: str) -> FaqEntry:
    return FaqEntry(entry_id, f"{entry_id}?", "답", category, **fields)


def test_an_empty_category_means_all():
    assert split_category("") == ()


def test_a_separator_alone_is_a_category_nobody_has():
    assert split_category(">") == ("", "")


def test_categories_count_what_is_below_them_in_order_of_appearance():
    tree = categories([entry("a", "배송", "조회"), entry("b", "결제"), entry("c", "배송", "지연"), entry("d", "배송")])
    assert [(c.name, c.count) for c in tree.items] == [("배송", 3), ("결제", 1)]
    assert [(c.category, c.count) for c in tree.items[0].children] == [("배송>조회", 1), ("배송>지연", 1)]


def test_entries_without_category_make_no_tree():
    assert categories([entry("a")]) == schema.Categories(items=())


def test_the_question_stands_in_for_a_missing_short_title():
    assert (short_title(entry("a")), short_title(entry("a", short_title="짧게"))) == ("a?", "짧게")


def test_a_link_without_a_label_gets_one():
    assert answer(entry("a", link_url="https://a.example.kr"), ()).link == schema.Link(url="https://a.example.kr", label=messages.MORE)


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "//evil.example", "data:text/html,x"])
def test_a_link_that_may_not_be_shown_is_none(url: str):
    assert answer(entry("a", link_url=url, link_label="보기"), ()).link is None
