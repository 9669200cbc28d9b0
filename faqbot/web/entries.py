"""FAQ entries → what clients see of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

from faqbot import messages
from faqbot.corpus import Block, is_safe_link, to_html, to_json, to_text
from faqbot.domain import FaqEntry
from faqbot.web import schema

_SEPARATOR = ">"
#: Entries for somebody who has not asked yet.
STARTERS = 8


def split_category(text: str) -> tuple[str, ...]:
    """The category that a client wrote; () for none.

    >>> split_category("배송 > 배송 조회")
    ('배송', '배송 조회')
    """
    return tuple(part.strip() for part in text.split(_SEPARATOR)) if text else ()


def short_title(entry: FaqEntry) -> str:
    """What a button of the entry says."""
    return entry.short_title or entry.question


def category_text(entry: FaqEntry) -> str:
    """The category as clients see it; "" for none."""
    return _SEPARATOR.join(entry.category)


def faq_item(entry: FaqEntry) -> schema.FaqItem:
    """An entry in a list or on a button."""
    return schema.FaqItem(id=entry.id, question=entry.question, short_title=short_title(entry), category=category_text(entry))


def answer(entry: FaqEntry, blocks: tuple[Block, ...]) -> schema.Answer:
    """An entry with its answer."""
    return schema.Answer(
        id=entry.id,
        question=entry.question,
        answer_html=to_html(blocks),
        answer_text=to_text(blocks),
        blocks=tuple(to_json(blocks)),
        category=category_text(entry),
        link=_link(entry),
        updated_at=entry.updated_at,
    )


def _link(entry: FaqEntry) -> schema.Link | None:
    """None for an entry without a link that may be shown; entries need not come from a checked table."""
    if not is_safe_link(entry.link_url):
        return None
    return schema.Link(url=entry.link_url, label=entry.link_label or messages.MORE)


def categories(entries: Iterable[FaqEntry]) -> schema.Categories:
    """The tree of their categories in order of appearance; an entry without one is counted nowhere."""
    counts = Counter(entry.category[:depth] for entry in entries for depth in range(1, len(entry.category) + 1))
    below: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for path in counts:
        below.setdefault(path[:-1], []).append(path)
    return schema.Categories(items=_children((), counts, below))


def top_categories(entries: Iterable[FaqEntry]) -> tuple[schema.Category, ...]:
    """The categories of the first level, without those below."""
    counts = Counter(entry.category[0] for entry in entries if entry.category)
    return tuple(schema.Category(name=name, category=name, count=count, children=()) for name, count in counts.items())


def _children(
    parent: tuple[str, ...], counts: Mapping[tuple[str, ...], int], below: Mapping[tuple[str, ...], list[tuple[str, ...]]]
) -> tuple[schema.Category, ...]:
    return tuple(
        schema.Category(name=path[-1], category=_SEPARATOR.join(path), count=counts[path], children=_children(path, counts, below))
        for path in below.get(parent, ())
    )


def starters(visible: tuple[FaqEntry, ...]) -> tuple[FaqEntry, ...]:
    """Entries to begin with: the first of each top category, then those the table begins with."""
    of_category: dict[tuple[str, ...], FaqEntry] = {}
    for entry in visible:
        of_category.setdefault(entry.category[:1], entry)
    by_id = {entry.id: entry for entry in (*of_category.values(), *visible[:STARTERS])}
    return tuple(islice(by_id.values(), STARTERS))
