"""The page for people: asks and shows without JavaScript."""

import re
from collections.abc import Callable
from itertools import islice

from flask import Flask, render_template, request

from faqbot import messages
from faqbot.domain import FaqEntry, Outcome
from faqbot.errors import QueryError
from faqbot.web import api, entries, schema
from faqbot.web.problems import query_problem
from faqbot.web.visit import Visit

#: Links under the form of somebody who has not asked yet.
_STARTERS = 8
_NOT_DIALLED = re.compile(r"[^0-9+]")


def install(app: Flask, visit: Callable[[], Visit], title: str) -> None:
    """Add the pages to the app.

    Args:
        app: theirs.
        visit: makes the visit of the request at hand.
        title: of the site.
    """
    app.jinja_env.globals.update(site=title, messages=messages)
    app.jinja_env.filters["dial"] = lambda phone: _NOT_DIALLED.sub("", phone)

    app.add_url_rule("/", "home", lambda: _home(visit()))
    app.add_url_rule("/", "ask_page", lambda: _asked(visit(), request.form.get("query", "")), methods=["POST"])
    app.add_url_rule("/faq/<path:entry_id>", "entry", lambda entry_id: _entry(visit(), entry_id))


def _home(visit: Visit) -> str:
    return render_template("home.html", starters=[entries.faq_item(entry) for entry in starters(visit.catalogue.visible())])


def _asked(visit: Visit, typed: str) -> str | tuple[str, int]:
    try:
        response = api.ask(visit, schema.AskRequest(query=typed, limit=1))
    except QueryError as error:
        problem = query_problem(error)
        return render_template("home.html", typed=typed, problem=problem), problem.status
    shown = response.candidates if response.outcome is Outcome.SUGGEST else ()
    choices = [entries.faq_item(visit.catalogue[candidate.id][0]) for candidate in shown]
    return render_template("home.html", typed=typed, reply=response, choices=choices)


def _entry(visit: Visit, entry_id: str) -> str:
    return render_template("entry.html", answer=api.get_faq(visit, schema.FaqParameters(id=entry_id)))


def starters(visible: tuple[FaqEntry, ...]) -> tuple[FaqEntry, ...]:
    """Entries to begin with: the first of each top category, then those the table begins with."""
    of_category: dict[tuple[str, ...], FaqEntry] = {}
    for entry in visible:
        of_category.setdefault(entry.category[:1], entry)
    by_id = {entry.id: entry for entry in (*of_category.values(), *visible[:_STARTERS])}
    return tuple(islice(by_id.values(), _STARTERS))
