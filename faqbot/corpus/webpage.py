"""A saved help page → what it says about itself: JSON-LD, or microdata in its text."""

from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

from faqbot.corpus.markdown import whole_tags
from faqbot.corpus.objects import ObjectsError, faq_questions, parse_json

#: Characters of a page whose text is searched for microdata. A help page has a tenth; reading takes a second for each million.
_MAX_PAGE = 2_000_000


def looks_like_html(text: str) -> bool:
    """Whether text begins as a page does.

    >>> looks_like_html("<!DOCTYPE html><html>"), looks_like_html("질문,답변")
    (True, False)
    """
    head = text[:4096].lstrip("\ufeff \t\r\n").lower()
    return head.startswith(("<!doctype html", "<html", "<head", "<script", "<?xml", "<!--", "<body", "<div", "<meta"))


def page_questions(text: str) -> list[Any]:
    """Every question of schema.org FAQPages in a page, as JSON-LD has it; none where the page has no such data.

    Raises:
        ObjectsError: a block of JSON-LD is no JSON and no other holds a question.
    """
    found: list[Any] = []
    damage: list[ObjectsError] = []
    for block in _blocks(text):
        try:
            found += faq_questions(parse_json(block))
        except ObjectsError as error:
            damage.append(error)
    found = found or _microdata(text)
    if damage and not found:
        raise damage[0]
    return found


def _blocks(text: str) -> Iterator[str]:
    """What stands in scripts of JSON-LD, in order. One pass: what is commented out is no data, and what a script holds is no comment."""
    lower, position = text.lower() if len(text.lower()) == len(text) else text, 0
    while (start := lower.find("<", position)) >= 0:
        if lower.startswith("<!--", start):
            position = _after(lower, "-->", start)
        elif lower.startswith("<script", start):
            opened = _after(lower, ">", start)
            closed = lower.find("</script", opened)
            closed = closed if closed >= 0 else len(text)
            if "application/ld+json" in lower[start:opened]:
                yield _content(text[opened:closed])
            position = closed + 1
        else:
            position = start + 1


def _after(text: str, sign: str, start: int) -> int:
    """The offset behind a sign, or the end of the text."""
    found = text.find(sign, start)
    return found + len(sign) if found >= 0 else len(text)


def _content(block: str) -> str:
    """A script without the marks that old pages put round it."""
    return block.strip().removeprefix("<!--").removesuffix("-->").removeprefix("//<![CDATA[").removesuffix("//]]>").strip()


def _microdata(text: str) -> list[Any]:
    """Questions that a page marks in its text, as JSON-LD would have them. One within another is a part of that one: each text is read once."""
    if "schema.org/Question" not in text or len(text) > _MAX_PAGE:
        return []
    page = BeautifulSoup(whole_tags(text), "html.parser")
    found, within = [], set[int]()
    for question in page.select('[itemtype$="schema.org/Question"]'):
        if id(question) in within:
            continue
        within.update(map(id, question.descendants))
        name, answer = question.select_one('[itemprop="name"]'), question.select_one('[itemprop="acceptedAnswer"]')
        body = (answer.select_one('[itemprop="text"]') or answer) if answer else None
        found.append({"name": name.decode_contents() if name else "", "acceptedAnswer": {"text": body.decode_contents() if body else ""}})
    return found
