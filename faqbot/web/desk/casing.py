"""Test cases out of what somebody sees on a page: one query that an entry must answer, or that nothing must answer at once, into the draft."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER
from faqbot.domain import LabelledQuery
from faqbot.errors import MissingRecordError, QueryError, StoreError
from faqbot.korean.normalize import normalize_query
from faqbot.store import Role, VersionInfo
from faqbot.web.desk.choosing import offers
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import LogLine, draft_of, expected, is_ours_to_tell, save, status_of

#: Where a case may come from, and where the page leads back to.
_BACK = {"feedback": "desk_feedback", "lab": "desk_lab"}
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
        info, head = put(visit, text, entry_id)
    except (QueryError, StoreError) as error:
        if not (is_ours_to_tell(error) or isinstance(error, MissingRecordError)):
            raise
        return _page(visit, form, str(error), status_of(error))
    if info.id == head:
        return see_other("desk_case", done="same", **_where(form))
    return see_other("desk_case", done="made", version=info.id, **_where(form))


def undo_case(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Back to the version before, where nobody changed the draft since."""
    version = expected(form.get("version", ""))
    try:
        info = visit.store.drafts.undo(visit.actor.name, version)
    except StoreError as error:
        if not is_ours_to_tell(error):
            raise
        return see_other("desk_case", done="not_undone", **_where(form))
    visit.audit("draft.undo", "draft", before=version, after=info.id)
    return see_other("desk_case", done="undone", **_where(form))


def put(visit: DeskVisit, text: str, entry_id: str) -> tuple[VersionInfo, int | None]:
    """Save the draft with a case.

    Args:
        visit: of an editor.
        text: of the query.
        entry_id: that must answer it; "" where nothing must answer it at once.

    Returns:
        The version with it, and the version before: the same where the draft had it already.

    Raises:
        QueryError: no query.
        StoreError: `missing`: the draft has no such entry; `conflict`: somebody changed the draft at the same moment.
    """
    now, query = draft_of(visit), normalize_query(text)
    if entry_id and now.table.entry(entry_id) is None:
        raise MissingRecordError(f"초안에 FAQ {entry_id!r} 이(가) 없습니다. 다른 FAQ를 고르세요.")
    kind, ids = (MUST_ANSWER, frozenset({entry_id})) if entry_id else (MUST_NOT_ANSWER, frozenset[str]())
    table = now.table.with_queries([LabelledQuery(query, ids, kind)])
    if table == now.table and now.version is not None:
        return visit.store.drafts.version(now.version).info, now.version
    why = f"시험 질문 더함{f' ({entry_id})' if entry_id else ''}"
    return save(visit, table, why, now.version, LogLine("draft.case", after={"kind": kind, "entry": entry_id})), now.version


def _page(visit: DeskVisit, given: MultiDict[str, str], error: str = "", status: int = 200) -> Response:
    text, query, entry_id = given.get("text", ""), given.get("q", "").strip(), given.get("entry", "")
    found = offers(visit, draft_of(visit).table, query, [text], [entry_id] if entry_id else [])
    version = given.get("version", "") if given.get("done") == "made" else ""
    context = {"text": text, "q": query, "offers": found, "chosen": entry_id, "error": error, "where": _where(given), "version": version}
    return render("desk/case.html", status=status, done=_DONE, back=_BACK.get(given.get("from", ""), "desk_feedback"), **context)


def _where(given: MultiDict[str, str]) -> dict[str, str]:
    return {name: given[name] for name in ("text", "entry", "from") if given.get(name)}


PAGES = (
    Page("/admin/cases/new", "desk_case", case, role=Role.EDITOR),
    Page("/admin/cases/new", "desk_add_case", add_case, "POST", Role.EDITOR),
    Page("/admin/cases/undo", "desk_undo_case", undo_case, "POST", Role.EDITOR),
)
