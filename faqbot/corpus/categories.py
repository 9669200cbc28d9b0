"""Categories as the table writes them: `결제>환불`, from general to special."""

import difflib
from collections.abc import Iterable, Sequence

from faqbot.corpus.cells import as_list
from faqbot.domain import FaqEntry
from faqbot.korean.keyboard import decompose

_SEPARATOR = ">"
#: Names offered instead of one that is not there.
_OFFERED = 3
#: Share of jamo that two names must have in common, 0..1: one slip in two syllables leaves .8.
_ALIKE = 0.7

as_category = as_list(_SEPARATOR)
Category = tuple[str, ...]


def category_name(category: Category) -> str:
    """A category as the table writes it; "" for none.

    >>> category_name(as_category("결제 > 환불"))
    '결제>환불'
    """
    return _SEPARATOR.join(category)


def categories(entries: Iterable[FaqEntry]) -> tuple[Category, ...]:
    """Every category and part of one that entries have, in the order of the table.

    >>> categories([FaqEntry(id="1", question="환불", answer="이틀", category=("결제", "환불"))])
    (('결제',), ('결제', '환불'))
    """
    return tuple(dict.fromkeys(entry.category[:depth] for entry in entries for depth in range(1, len(entry.category) + 1)))


def nearest_categories(name: Category, known: Sequence[Category]) -> tuple[Category, ...]:
    """Up to three known categories that may have been meant, the likeliest first: spelt alike, or with a last part spelt alike; () for none.

    >>> nearest_categories(("환불",), [("결제",), ("결제", "환불"), ("배송",)])
    (('결제', '환불'),)
    """
    of_name = {decompose(category_name(category)): category for category in known}
    alike = [of_name[text] for text in _alike(decompose(category_name(name)), of_name)]
    ends = _alike(decompose(name[-1]), (decompose(category[-1]) for category in known)) if name else []
    alike_at_the_end = [category for end in ends for category in known if decompose(category[-1]) == end]
    return tuple(dict.fromkeys([*alike, *alike_at_the_end]))[:_OFFERED]


def _alike(text: str, others: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(text, list(dict.fromkeys(others)), _OFFERED, _ALIKE)
