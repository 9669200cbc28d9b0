"""What all pages have in common: the frame around them, and how they are sent."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request, url_for

from faqbot import messages
from faqbot.korean.josa import with_josa
from faqbot.settings import Settings
from faqbot.web.pages import answers, crumbs, days
from faqbot.web.pages.kept import Kept, kept
from faqbot.web.visit import Visit

#: Seconds for which a browser keeps the style sheet; another one has another address.
_STYLE_KEPT = "public, max-age=31536000, immutable"
#: Of a reply to a form: with no-store the back button would not lead to it, but to a page of the browser about sending forms twice.
_REPLY_KEPT = "private, no-cache"
_NOT_DIALLED = re.compile(r"[^0-9+]")


def install(app: Flask, make_visit: Callable[[], Visit]) -> None:
    """Give the templates of the app what they need on every page, error pages too.

    Args:
        app: theirs.
        make_visit: makes the visit of the request at hand.
    """
    version = _digest(Path(str(app.static_folder)) / "page.css")

    def frame() -> dict[str, Any]:
        visit = current_visit()
        return {
            "contact": visit.contact,
            "site": visit.settings.title,
            "own_inquiry": visit.settings.inquiry_url is None,
            "stylesheet": url_for("static", filename="page.css", v=version),
            "kept": _kept_of_request,
        }

    def keep_style(response: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v") == version and response.status_code == 200:
            response.headers["Cache-Control"] = _STYLE_KEPT
        return response

    app.before_request(lambda: setattr(g, "make_visit", make_visit))
    app.context_processor(frame)
    app.after_request(keep_style)
    app.jinja_env.globals.update(messages=messages)
    app.jinja_env.filters.update(
        answers.FILTERS | crumbs.FILTERS | days.filters(lambda: current_visit().settings.timezone) | {"dial": dialled, "josa": with_josa}
    )


def current_visit() -> Visit:
    """The visit of the request at hand, made once."""
    if "visit" not in g:
        g.visit = g.make_visit()
    visit: Visit = g.visit
    return visit


def render(template: str, *, status: int = 200, indexable: bool = False, **context: Any) -> Response:
    """A page. Search engines leave it alone unless it is `indexable`, which no page is that repeats what was sent."""
    response = make_response(render_template(template, indexable=indexable, **context), status)
    if request.method == "POST":
        response.headers["Cache-Control"] = _REPLY_KEPT
    if not indexable:
        response.headers["X-Robots-Tag"] = "noindex"
    elif request.method in {"GET", "HEAD"}:
        response.add_etag()
        response.make_conditional(request)
    return response


def canonical(settings: Settings, path: str) -> str | None:
    """The address that search engines should remember for a path of ours; None where the operator has not said how visitors reach us."""
    if settings.public_url is None:
        return None
    return str(settings.public_url).rstrip("/") + path.removeprefix(request.script_root)


def dialled(phone: str) -> str:
    """A telephone number as a telephone takes it.

    >>> dialled("1588-0000 (무료)")
    '15880000'
    """
    return _NOT_DIALLED.sub("", phone)


def _kept_of_request() -> Kept | None:
    return kept(current_visit(), request)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
