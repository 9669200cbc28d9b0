"""The first page: asks, and shows the reply."""

import logging
from dataclasses import dataclass

from flask import Response, url_for
from werkzeug.datastructures import MultiDict

from faqbot import messages
from faqbot.domain import Outcome, Reason
from faqbot.errors import QueryError, StoreError
from faqbot.web import api, entries, schema
from faqbot.web.pages.conversation import Conversation, read_conversation
from faqbot.web.pages.entry import render_entry
from faqbot.web.pages.frame import canonical, render
from faqbot.web.pages.notices import todays_notices
from faqbot.web.problems import RequestError, query_problem
from faqbot.web.related import related
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

#: Candidates of a reply: the answer and three more, or four.
_LISTED = 4
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Miss:
    """What is said where nothing was found.

    Attributes:
        title: what happened.
        more: what to do.
        again: whether it is not the first time in a row; a person is the better way then.
        categories: to look for oneself.
    """

    title: str
    more: str
    again: bool
    categories: tuple[schema.Category, ...]


def home(visit: Visit) -> Response:
    """Asks, and offers what others ask."""
    return render(
        "home.html",
        indexable=True,
        canonical=canonical(visit.settings, url_for("home")),
        popular=api.popular(visit, schema.NoInput()).items,
        categories=visit.catalogue.top_categories,
        notices=todays_notices(visit),
    )


def ask(visit: Visit, form: MultiDict[str, str]) -> Response:
    """The reply to a query, which is read as typed where the form says so."""
    before = read_conversation(form)
    try:
        reply = api.ask(visit, schema.AskRequest(query=before.query, limit=_LISTED, literal="literal" in form))
    except QueryError as error:
        problem = query_problem(error)
        return render("home.html", status=problem.status, problem=problem, conversation=before)
    if reply.reason is Reason.NOTHING_ASKED:  # nothing was missed either
        greeted = Miss(messages.FALLBACK_TITLE[reply.reason], messages.ASK_ME, again=False, categories=reply.categories)
        return _missed(before.answered(reply.feedback_token), greeted, reply)
    if reply.outcome is Outcome.FALLBACK:
        after = before.missed(reply.feedback_token)
        return _missed(after, Miss(messages.FALLBACK_TITLE[reply.reason], messages.FALLBACK_MORE, after.misses > 1, reply.categories), reply)
    after = before.answered(reply.feedback_token)
    listed = [entries.faq_item(visit.catalogue[candidate.id][0]) for candidate in reply.candidates]
    if reply.answer is None:
        return render("home.html", reply=reply, conversation=after, choices=listed)
    near = related(visit.catalogue, reply.answer.id, shown={item.id for item in listed})
    return render("home.html", reply=reply, conversation=after, others=listed[1:], related=near)


def choose(visit: Visit, form: MultiDict[str, str]) -> Response:
    """What a visitor chose among the candidates: an entry, or none of them.

    Raises:
        RequestError: the form is not one of ours.
    """
    carried = read_conversation(form)
    entry_id = form.get("id")
    if not carried.token:
        raise RequestError(ProblemCode.INVALID_TOKEN)
    try:
        api.choose(visit, schema.ChoiceRequest(token=carried.token, id=entry_id))
    except StoreError as error:  # the visitor still gets where they want to go
        _log.warning("a choice was not stored: %s", error)
    if entry_id is not None:
        return render_entry(visit, entry_id, carried)
    after = carried.missed()
    categories = visit.catalogue.top_categories
    return _missed(after, Miss(messages.REJECTED_TITLE, messages.FALLBACK_MORE, after.misses > 1, categories))


def _missed(after: Conversation, miss: Miss, reply: schema.AskResponse | None = None) -> Response:
    if miss.again:
        miss = Miss(messages.AGAIN_TITLE, messages.AGAIN_MORE, miss.again, miss.categories)
    return render("home.html", reply=reply, conversation=after, miss=miss)
