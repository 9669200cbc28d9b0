"""Choosing the entry that something belongs to, and writing the question of a new one. Works without scripts: searching loads the page again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.corpus.categories import category_name
from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry
from faqbot.errors import FaqbotError, QueryError, ReleaseError, StoreError
from faqbot.korean.normalize import normalize
from faqbot.store import ReviewItem, Role
from faqbot.training.landing import MOST_WORDINGS
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.questions import asked_of, decide_with_entry, ids_of, may_be_told, show
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import draft_of
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Entries that are offered, and characters of a text that is looked for.
_OFFERED, _READ = 8, 200
#: Bytes of the form of a new entry: an answer of 20,000 characters, escaped.
_MAX_FORM = 256 * 1024
_NOTHING = "고른 것이 없습니다. 하나 이상 고르세요."


class Offer(NamedTuple):
    """An entry to choose."""

    id: str
    question: str
    category: str
    enabled: bool


def offers(visit: DeskVisit, table: DraftTable, query: str, texts: Sequence[str], near: Iterable[str] = ()) -> tuple[Offer, ...]:
    """Entries of the draft, best first.

    Args:
        visit: at the desk.
        table: the draft.
        query: what was typed to look for one; "" for what fits the texts.
        texts: that are to be attached.
        near: ids that stand first where nothing was typed.
    """
    found = [*_searched(visit, query), *_written(table, query)] if query else [*near, *(entry for text in texts[:3] for entry in _searched(visit, text))]
    entries = (table.entry(entry_id) for entry_id in dict.fromkeys(found))
    return tuple(_offer(entry) for entry in entries if entry)[:_OFFERED]


def attach(visit: DeskVisit) -> ResponseReturnValue:
    """To which entry the chosen items belong."""
    return _attach(visit, request.args) if request.args.getlist("id") else show(visit, asked_of(request.args), error=_NOTHING, status=422)


def new_entry(visit: DeskVisit) -> ResponseReturnValue:
    """The question and, where somebody knows it, the answer of a new entry."""
    return _new_entry(visit, request.args) if request.args.getlist("id") else show(visit, asked_of(request.args), error=_NOTHING, status=422)


def attach_it(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """They become alternate questions or test cases of it."""
    return _done(visit, form, _attach)


def add_entry(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """They become a new entry of the draft."""
    if not form.get("question", "").strip():
        return _new_entry(visit, form, {"question": "질문을 적어 주세요."}, 422)
    return _done(visit, form, _new_entry)


def _done(visit: DeskVisit, form: MultiDict[str, str], again: Any) -> ResponseReturnValue:
    try:
        decision = decide_with_entry(visit, form)
    except FaqbotError as error:
        if not may_be_told(error):
            raise
        status = 409 if isinstance(error, StoreError) and error.code == "conflict" else 422
        return again(visit, form, {"entry": str(error)}, status)  # type: ignore[no-any-return]
    return see_other("desk_questions", **asked_of(form).values(), decision=decision.id)


def _attach(visit: DeskVisit, given: MultiDict[str, str], errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    items = _items(visit, given)
    query = given.get("q", "").strip()
    texts, near = [item.representative for item in items], [item.subject or item.nearest or "" for item in items]
    found = offers(visit, draft_of(visit).table, query, texts, near)
    context: dict[str, Any] = {
        "asked": asked_of(given),
        "items": items,
        "q": query,
        "offers": found,
        "most": MOST_WORDINGS,
        "wordings": given.get("wordings", "1"),
    }
    return render("desk/attach.html", status=status, errors=errors or {}, chosen=given.get("entry", found[0].id if found else ""), **context)


def _new_entry(visit: DeskVisit, given: MultiDict[str, str], errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    items = _items(visit, given)
    typed = {"question": given.get("question", items[0].representative), "answer": given.get("answer", ""), "wordings": given.get("wordings", "3")}
    context: dict[str, Any] = {"asked": asked_of(given), "items": items, "typed": typed, "most": MOST_WORDINGS}
    return render("desk/new_entry.html", status=status, errors=errors or {}, **context)


def _items(visit: DeskVisit, given: MultiDict[str, str]) -> tuple[ReviewItem, ...]:
    items = visit.store.review.items(ids_of(given.getlist("id")))
    if not items:
        raise RequestError(ProblemCode.NOT_FOUND)
    return items


def _searched(visit: DeskVisit, text: str) -> list[str]:
    try:
        return [entry.id for entry in visit.catalogue.bot.suggest(text[:_READ], _OFFERED)]
    except (ReleaseError, QueryError):  # nothing serves yet, or no text
        return []


def _written(table: DraftTable, query: str) -> list[str]:
    """Entries that hold every word, for those that no release knows yet."""
    asked = normalize(query).casefold().split()
    return [entry.id for entry in table.entries if all(word in normalize(f"{entry.id} {' '.join(entry.questions)}").casefold() for word in asked)][:_OFFERED]


def _offer(entry: FaqEntry) -> Offer:
    return Offer(entry.id, entry.question, category_name(entry.category), entry.enabled)


PAGES = (
    Page("/admin/questions/attach", "desk_attach", attach, role=Role.EDITOR),
    Page("/admin/questions/attach", "desk_attach_it", attach_it, "POST", Role.EDITOR),
    Page("/admin/questions/new", "desk_new_entry", new_entry, role=Role.EDITOR),
    Page("/admin/questions/new", "desk_add_entry", add_entry, "POST", Role.EDITOR, max_body=_MAX_FORM),
)
