"""A category: what is below it, and its entries."""

from math import ceil

from flask import Response, request, url_for

from faqbot.web import entries
from faqbot.web.entries import split_category
from faqbot.web.pages.crumbs import flat, slug
from faqbot.web.pages.frame import canonical, render
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

#: Entries on one page.
_PAGE = 50


def category(visit: Visit, path: str) -> Response:
    """A category by the names on the way to it.

    Raises:
        RequestError: no entry that is valid today is in it, or it has no such page.
    """
    found = next((each for each in flat(entries.categories(visit.catalogue.visible()).items) if slug(each.category) == path), None)
    page, pages = _page(), ceil(found.count / _PAGE) if found else 0
    if found is None or not 1 <= page <= pages:
        raise RequestError(ProblemCode.NOT_FOUND)
    listed = visit.catalogue.visible(split_category(found.category))[(page - 1) * _PAGE : page * _PAGE]
    address = canonical(visit.settings, url_for("category", path=path, page=page if page > 1 else None))
    items = [entries.faq_item(entry) for entry in listed]
    return render("category.html", indexable=True, canonical=address, category=found, items=items, page=page, pages=pages)


def _page() -> int:
    """Which part is asked for; 0 for one that cannot be."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
