"""Answers of FAQ entries that go into a reply."""

from typing import NamedTuple

from faqbot.corpus import Block, is_safe_link, to_text
from faqbot.domain import FaqEntry
from faqbot.web.desk.visit import DeskVisit

#: Entries that are offered for an inquiry, and for a query that somebody typed.
_NEAR, _FOUND = 3, 8
#: Characters of a question that are looked for: a long text costs more than it tells.
_READ = 200


class Offer(NamedTuple):
    """An entry whose answer may be sent."""

    id: str
    question: str
    category: tuple[str, ...]
    text: str


class Canned(NamedTuple):
    """What is offered.

    Attributes:
        query: that was typed to look for it; "" where the inquiry's own question was.
        offers: best first.
    """

    query: str
    offers: tuple[Offer, ...]


def find(visit: DeskVisit, query: str, question: str) -> Canned:
    """Entries for a query; without one, for the question of the inquiry.

    Raises:
        ReleaseError: nothing usable is published.
    """
    entries = visit.catalogue.bot.suggest((query or question)[:_READ], _FOUND if query else _NEAR)
    return Canned(query, tuple(Offer(entry.id, entry.question, entry.category, _text(*visit.catalogue[entry.id])) for entry in entries))


def text(visit: DeskVisit, entry_id: str) -> str:
    """The answer of an entry as it is sent, with its link; "" where visitors are not shown such an entry today.

    Raises:
        ReleaseError: nothing usable is published.
    """
    found = visit.catalogue.find(entry_id)
    return _text(*found) if found else ""


def _text(entry: FaqEntry, blocks: tuple[Block, ...]) -> str:
    link = f"{entry.link_label or '자세히 보기'}: {entry.link_url}" if is_safe_link(entry.link_url) else ""
    return "\n\n".join(part for part in (to_text(blocks), link) if part)
