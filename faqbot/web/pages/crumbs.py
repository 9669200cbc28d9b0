"""Categories in addresses and in the path above a page."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from faqbot.web.entries import split_category

_NOT_DIALLED = re.compile(r"[^0-9+]")


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


def dialled(phone: str) -> str:
    """A telephone number as a telephone takes it.

    >>> dialled("1588-0000 (무료)")
    '15880000'
    """
    return _NOT_DIALLED.sub("", phone)


FILTERS: dict[str, Callable[..., Any]] = {"crumbs": crumbs, "slug": slug, "dial": dialled}
