"""What search engines ask for: robots.txt and sitemap.xml. Without a public address there is neither."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from xml.sax.saxutils import escape

from flask import Response, url_for

from faqbot.web import entries
from faqbot.web.pages.crumbs import flat, slug
from faqbot.web.pages.frame import canonical
from faqbot.web.pages.notices import todays_notices
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

#: Addresses that one sitemap may hold.
_MOST = 50_000


def robots(visit: Visit) -> Response:
    """Everything but the API may be visited; pages that must not be found say so themselves.

    Raises:
        RequestError: the operator has not said how visitors reach us.
    """
    sitemap_at = _address(visit, url_for("sitemap"))
    return Response(f"User-agent: *\nDisallow: {url_for('home')}v1/\n\nSitemap: {sitemap_at}\n", content_type="text/plain; charset=utf-8")


def sitemap(visit: Visit) -> Response:
    """The first page, categories, entries and the notices of today.

    Raises:
        RequestError: the operator has not said how visitors reach us.
    """
    places = "".join(_place(_address(visit, path), changed) for path, changed in islice(_pages(visit), _MOST))
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    return Response(text, content_type="application/xml; charset=utf-8")


def _pages(visit: Visit) -> Iterator[tuple[str, date | None]]:
    """Path of each page and the day of its last change."""
    visible = visit.catalogue.visible()
    yield url_for("home"), None
    for entry in visible:
        yield url_for("entry", entry_id=entry.id), entry.updated_at
    for category in flat(entries.categories(visible).items):
        yield url_for("category", path=slug(category.category)), None
    yield url_for("notice_list"), None
    for notice in todays_notices(visit):
        yield url_for("notice", notice_id=notice.id), notice.starts


def _place(address: str, changed: date | None) -> str:
    modified = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{modified}</url>\n"


def _address(visit: Visit, path: str) -> str:
    found = canonical(visit.settings, path)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return found
