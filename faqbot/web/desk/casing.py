"""Test cases out of what somebody sees on a page: one query that an entry must answer, or that nothing must answer at once, into the draft."""

from collections.abc import Mapping

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.errors import MissingRecordError, QueryError, StoreError
from faqbot.store import Role
from faqbot.training.landing import put_case, take_case_back
from faqbot.web.desk.choosing import offers
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import draft_of, expected, is_ours_to_tell, site_of, status_of

#: Where a case may come from, and where the page leads back to.
_BACK = {"feedback": "desk_feedback", "lab": "desk_lab", "asked": "desk_asked"}
_DONE = {
    "made": "시험 질문으로 초안에 넣었어요. 다음에 학습할 때부터 점검해요.",
    "same": "이미 같은 시험 질문이 초안에 있어요.",
    "undone": "초안을 바로 앞 판으로 되돌렸어요.",
    "not_undone": "그 뒤에 초안이 바뀌어서 되돌리지 않았어요. 필요하면 초안에서 직접 빼 주세요.",
}


def case(visit: DeskVisit) -> ResponseReturnValue:
    """Which entry must answer a query, or that none must."""
    return _page(visit, request.args)


def add_case(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """The query becomes a case: `must=answer` with an entry, or `must=not`."""
    text, entry_id = form.get("text", ""), form.get("entry", "") if form.get("must") == "answer" else ""
    if form.get("must") == "answer" and not entry_id:
        return _page(visit, form, "FAQ를 하나 고르세요.", 422)
    try:
        made = put_case(visit.store, site_of(visit), text, entry_id, visit.actor.name, vote_of(form))
    except (QueryError, StoreError) as error:
        if not (is_ours_to_tell(error) or isinstance(error, MissingRecordError)):
            raise
        return _page(visit, form, str(error), status_of(error))
    if not made.is_new:
        return see_other("desk_case", done="same", **_where(form))
    return see_other("desk_case", done="made", version=made.info.id, **_where(form), **({"reopens": 1} if made.handled else {}))


def undo_case(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Back to the version before, where nobody changed the draft since."""
    try:
        take_case_back(visit.store, expected(form.get("version", "")), visit.actor.name, vote_of(form) if form.get("reopens") else None)
    except StoreError as error:
        if not is_ours_to_tell(error):
            raise
        return see_other("desk_case", done="not_undone", **_where(form))
    return see_other("desk_case", done="undone", **_where(form))


def vote_of(given: Mapping[str, str]) -> int | None:
    """Id of the vote that a case comes from; None where it comes from none.

    Raises:
        RequestError: no form of ours says that.
    """
    return expected(given.get("vote", ""))


def _page(visit: DeskVisit, given: MultiDict[str, str], error: str = "", status: int = 200) -> Response:
    text, query, entry_id = given.get("text", ""), given.get("q", "").strip(), given.get("entry", "")
    found = offers(visit, draft_of(visit).table, query, [text], [entry_id] if entry_id else [])
    version = given.get("version", "") if given.get("done") == "made" else ""
    context = {
        "text": text,
        "q": query,
        "offers": found,
        "chosen": entry_id,
        "error": error,
        "where": _where(given),
        "version": version,
        "reopens": given.get("reopens", ""),
    }
    return render("desk/case.html", status=status, done=_DONE, back=_BACK.get(given.get("from", ""), "desk_feedback"), **context)


def _where(given: MultiDict[str, str]) -> dict[str, str]:
    return {name: given[name] for name in ("text", "entry", "from", "vote") if given.get(name)}


PAGES = (
    Page("/admin/cases/new", "desk_case", case, role=Role.EDITOR),
    Page("/admin/cases/new", "desk_add_case", add_case, "POST", Role.EDITOR),
    Page("/admin/cases/undo", "desk_undo_case", undo_case, "POST", Role.EDITOR),
)
