"""The table of pages, and Flask's rules made from it."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from flask import Flask, request
from flask.typing import ResponseReturnValue

from faqbot.settings import Settings
from faqbot.web import widget
from faqbot.web.contact import opening_hours
from faqbot.web.pages import categories, crawlers, embed, entry, feedback, frame, home, inquiry, notices, status, uploads
from faqbot.web.pages.drafts import ENDPOINTS, MAX_FORM
from faqbot.web.visit import Visit

Handler = Callable[..., ResponseReturnValue]


class Page(NamedTuple):
    """One method on one path. A POST handler takes the form after the visit."""

    path: str
    endpoint: str
    handler: Handler
    method: str = "GET"


_PAGES = (
    Page("/", "home", home.home),
    Page("/", "ask_page", home.ask, "POST"),
    Page("/choices", "choose_page", home.choose, "POST"),
    Page("/feedback", "feedback_page", feedback.feedback, "POST"),
    Page("/faq/<path:entry_id>", "entry", entry.entry),
    Page("/category/<path:path>", "category", categories.category),
    Page("/notice", "notice_list", notices.notice_list),
    Page("/notice/<int:notice_id>", "notice", notices.notice),
    Page("/inquiry", "inquiry_form", inquiry.inquiry_form),
    Page("/inquiry", "prefilled_inquiry", inquiry.prefilled_inquiry, "POST"),
    Page("/inquiry/review", "review_inquiry", inquiry.review_inquiry, "POST"),
    Page("/inquiry/review", "reopened_review", inquiry.to_form),
    Page("/inquiry/send", "send_inquiry", inquiry.send_inquiry, "POST"),
    Page("/inquiry/send", "reopened_send", inquiry.to_form),
    Page("/inquiry/<token>", "inquiry_status", status.inquiry_status),
    Page("/inquiry/<token>.txt", "inquiry_text", status.inquiry_text),
    Page("/robots.txt", "robots", crawlers.robots),
    Page("/sitemap.xml", "sitemap", crawlers.sitemap),
)


def install(app: Flask, visit: Callable[[], Visit], settings: Settings) -> None:
    """Add the pages and the answer box to the app.

    Args:
        app: theirs.
        visit: makes the visit of the request at hand.
        settings: of the process's own site.

    Raises:
        ValueError: its opening hours cannot be read.
    """
    opening_hours(settings)  # every page shows them, so what is wrong with them shows now
    box = widget.read_widget()
    widget.install(app, box)
    frame.install(app, visit)
    app.before_request(_make_room)
    app.jinja_env.filters["file_size"] = uploads.size_text
    for page in (*_PAGES, Page("/embed", "embed", partial(embed.embed, widget=box))):
        app.add_url_rule(page.path, page.endpoint, _view(page), methods=[page.method])


def _make_room() -> None:
    if request.endpoint in ENDPOINTS:
        request.max_content_length = MAX_FORM
    if request.endpoint == uploads.ENDPOINT and request.mimetype == uploads.MEDIA_TYPE and frame.current_visit().settings.attachments:
        uploads.make_room(request, frame.current_visit().settings)


def _view(page: Page) -> Handler:
    def view(**arguments: Any) -> ResponseReturnValue:
        sent = (request.form,) if page.method == "POST" else ()
        return page.handler(frame.current_visit(), *sent, **arguments)

    return view
