"""Categories in addresses and in the path above a page."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from faqbot.web import schema
from faqbot.web.entries import split_category


class Crumb(NamedTuple):
    """One step of the way down to a category: its name, and what stands behind /category/ in its address."""

    name: str
    slug: str


def crumbs(category: str) -> tuple[Crumb, ...]:
    """The way down to a category; () for none.

    >>> crumbs("결제>환불")
    (Crumb(name='결제', slug='결제'), Crumb(name='환불', slug='결제/환불'))
    """
    path = split_category(category)
    return tuple(Crumb(name, "/".join(path[: depth + 1])) for depth, name in enumerate(path))


def slug(category: str) -> str:
    """What stands behind /category/ in the address of a category.

    >>> slug("결제>환불")
    '결제/환불'
    """
    return "/".join(split_category(category))


def below(category: str, above: str) -> str:
    """A category in words, without the part that is known from where it stands.

    >>> below("결제>환불", "결제"), below("결제>환불", "배송")
    ('환불', '결제 › 환불')
    """
    return category.removeprefix(f"{above}>").replace(">", " › ")


def flat(categories: tuple[schema.Category, ...]) -> Iterator[schema.Category]:
    """Categories with all below them, each before those below it."""
    for each in categories:
        yield each
        yield from flat(each.children)


FILTERS: dict[str, Callable[..., Any]] = {"crumbs": crumbs, "slug": slug, "below": below}
