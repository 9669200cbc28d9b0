"""One entry with its answer."""

from collections.abc import Set as AbstractSet
from itertools import chain

from flask import Response, url_for

from faqbot.domain import FaqEntry
from faqbot.web import api, entries, schema
from faqbot.web.pages.conversation import Conversation
from faqbot.web.pages.frame import canonical, render
from faqbot.web.pages.structured import faq_page
from faqbot.web.visit import Visit

#: Entries beside an answer.
_RELATED = 4


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
        related=related(visit, entry_id, {entry_id}),
        structured=None if conversation else faq_page(answer, address),
    )


def related(visit: Visit, entry_id: str, shown: AbstractSet[str]) -> tuple[schema.FaqItem, ...]:
    """Entries of the same category, then of the same top category, beginning behind the entry in the table so that each leads to others.

    Args:
        visit: at hand.
        entry_id: of an entry that is shown.
        shown: ids that stand on the page already.
    """
    category = visit.catalogue[entry_id][0].category
    if not category:
        return ()
    near = chain(_behind(entry_id, visit.catalogue.visible(category)), _behind(entry_id, visit.catalogue.visible(category[:1])))
    by_id = {other.id: other for other in near if other.id not in shown}
    return tuple(entries.faq_item(other) for other in list(by_id.values())[:_RELATED])


def _behind(entry_id: str, listed: tuple[FaqEntry, ...]) -> tuple[FaqEntry, ...]:
    """The entries after one, then those before it."""
    place = next((place for place, other in enumerate(listed) if other.id == entry_id), -1)
    return listed[place + 1 :] + listed[: max(place, 0)]
