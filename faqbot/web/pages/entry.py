"""One entry with its answer."""

from flask import Response, url_for

from faqbot.web import api, schema
from faqbot.web.pages.conversation import Conversation
from faqbot.web.pages.frame import canonical, render
from faqbot.web.pages.structured import faq_page
from faqbot.web.related import related
from faqbot.web.visit import Visit


def entry(visit: Visit, entry_id: str) -> Response:
    """An entry under its own address.

    Raises:
        RequestError: unknown, or not valid today.
    """
    return render_entry(visit, entry_id)


def render_entry(visit: Visit, entry_id: str, conversation: Conversation | None = None) -> Response:
    """An entry, after a conversation or without one; only without one is it a page for search engines.

    Raises:
        RequestError: unknown, or not valid today.
    """
    answer = api.get_faq(visit, schema.FaqParameters(id=entry_id))
    address = None if conversation else canonical(visit.settings, url_for("entry", entry_id=entry_id))
    return render(
        "entry.html",
        indexable=conversation is None,
        canonical=address,
        answer=answer,
        conversation=conversation,
        related=related(visit.catalogue, entry_id),
        structured=None if conversation else faq_page(answer, address),
    )
