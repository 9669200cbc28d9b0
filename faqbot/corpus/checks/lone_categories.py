"""Categories that hold one entry."""

from collections.abc import Iterable, Iterator

from faqbot.corpus.categories import category_name
from faqbot.corpus.checks.finding import Finding, Kind, Severity, row_of
from faqbot.domain import FaqEntry

#: Entries a table has at least before a category of one is odd; in a shorter one it is natural.
_ENOUGH = 20


def lone_categories(entries: Iterable[FaqEntry]) -> Iterator[Finding]:
    """Categories without a second entry in or below them, the broadest where several in one another have but one; and entries without category among others with."""
    table = tuple(entries)
    if len(table) < _ENOUGH:
        return
    held: dict[tuple[str, ...], list[FaqEntry]] = {}
    for entry in table:
        for depth in range(1, len(entry.category) + 1):
            held.setdefault(entry.category[:depth], []).append(entry)
    for category, inside in held.items():
        if len(inside) == 1 and len(held.get(category[:-1], ())) != 1:
            what = f"'{category_name(category)}' 분류에 항목이 하나뿐입니다."
            yield Finding(Kind.LONE_CATEGORY, Severity.HINT, (row_of(inside[0]),), what, "이름이 다르게 적힌 분류가 없는지 보고, 가까운 분류와 합쳐 주세요.")
