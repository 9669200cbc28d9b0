"""피드백: votes with what they are about, those against first, and the ways to put right what they tell."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot import messages
from faqbot.domain import Outcome
from faqbot.errors import MissingRecordError, QueryError, StoreError
from faqbot.store import FeedbackItem, FeedbackReason, Role, Vote
from faqbot.training.landing import put_case, take_case_back
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.inquiries import page_number
from faqbot.web.desk.page import Page
from faqbot.web.desk.questions import entry_titles, ids_of
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import expected, is_ours_to_tell, site_of, status_of
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

PER_PAGE = 25
#: Questions that are listed where several were shown.
_SHOWN = 4
_VOTES: Mapping[str, tuple[str, Vote | None]] = {"down": ("도움이 안 됨", -1), "up": ("도움이 됨", 1), "": ("모두", None)}
_HANDLED: Mapping[str, tuple[str, bool | None]] = {"no": ("처리하지 않은 것", False), "yes": ("처리한 것", True), "": ("모두", None)}
_DONE = {
    "handled": "처리한 것으로 표시했어요.",
    "reopened": "다시 처리할 것으로 표시했어요.",
    "case": "시험 질문으로 초안에 넣고, 이 피드백을 처리한 것으로 표시했어요. 다음에 학습할 때부터 점검해요.",
    "same": "이미 같은 시험 질문이 초안에 있어요. 이 피드백은 처리한 것으로 표시했어요.",
    "undone": "초안을 바로 앞 판으로 되돌렸어요.",
    "not_undone": "그 뒤에 초안이 바뀌어서 되돌리지 않았어요. 필요하면 초안에서 직접 빼 주세요.",
}


class Asked(NamedTuple):
    """Which votes somebody looks at, as the address has it."""

    vote: str
    reason: str
    handled: str

    @property
    def wanted(self) -> tuple[Vote | None, FeedbackReason | None, bool | None]:
        """For the store."""
        return _VOTES[self.vote][1], FeedbackReason(self.reason) if self.reason else None, _HANDLED[self.handled][1]

    def values(self) -> dict[str, str]:
        """For an address."""
        return self._asdict()


class Line(NamedTuple):
    """A vote with the questions of the entries that it is about.

    Attributes:
        item: as it is stored.
        entry: question of the entry that was voted on; "" where none was or it no longer serves.
        shown: questions of the candidates, where several were shown.
    """

    item: FeedbackItem
    entry: str
    shown: tuple[str, ...]


def feedback(visit: DeskVisit) -> ResponseReturnValue:
    """A page of votes."""
    return show(visit, asked_of(request.args))


def asked_of(values: Mapping[str, str]) -> Asked:
    """What an address or a form names: what waits, where it names nothing.

    >>> asked_of({}), asked_of({"vote": "", "reason": "x", "handled": "yes"})
    (Asked(vote='down', reason='', handled='no'), Asked(vote='', reason='', handled='yes'))
    """
    vote, reason, handled = values.get("vote", "down"), values.get("reason", ""), values.get("handled", "no")
    return Asked(vote if vote in _VOTES else "down", reason if reason in {*FeedbackReason} else "", handled if handled in _HANDLED else "no")


def show(visit: DeskVisit, asked: Asked, *, error: str = "", status: int = 200) -> Response:
    """The page."""
    review = visit.store.review
    total = review.feedback_count(*asked.wanted)
    pages = max(1, math.ceil(total / PER_PAGE))
    page = min(page_number(request.args.get("page", "")), pages)
    items, titles = review.feedback_inbox(*asked.wanted, PER_PAGE, (page - 1) * PER_PAGE), entry_titles(visit)
    context: dict[str, Any] = {
        "asked": asked, "lines": [_line(item, titles) for item in items], "total": total, "page": page, "pages": pages, "error": error,
        "chosen": frozenset(ids_of(request.args.getlist("id"))),
        "votes": [(name, words) for name, (words, _) in _VOTES.items()], "handled": [(name, words) for name, (words, _) in _HANDLED.items()],
        "reasons": [("", "모두"), *((reason.value, messages.FEEDBACK_REASON[reason]) for reason in FeedbackReason)], "version": request.args.get("version", ""),
        "vote": request.args.get("of", ""),
    }  # fmt: skip
    return render("desk/feedback.html", status=status, done=_DONE, **context)


def handle(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Mark votes as dealt with, or as not; or make a test case of one (`case` is its id)."""
    asked = asked_of(form)
    if form.get("case"):
        return _case(visit, asked, form["case"])
    ids, is_handled = ids_of(form.getlist("id")), form.get("do") != "reopen"
    if not ids:
        return show(visit, asked, error="고른 것이 없어요. 하나 이상 골라 주세요.", status=422)
    try:
        visit.store.review.mark_feedback(ids, visit.actor.name, handled=is_handled)
    except MissingRecordError as error:
        return show(visit, asked, error=str(error), status=422)
    visit.audit("feedback.handle", f"feedback {' '.join(map(str, ids))}", after={"handled": is_handled})
    return see_other("desk_feedback", done="handled" if is_handled else "reopened", **asked.values())


def undo(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Take a test case out again, where nobody changed the draft since."""
    asked = asked_of(form)
    try:
        take_case_back(visit.store, expected(form.get("version", "")), visit.actor.name, expected(form.get("of", "")))
    except StoreError as error:
        if not is_ours_to_tell(error):
            raise
        return see_other("desk_feedback", done="not_undone", **asked.values())
    return see_other("desk_feedback", done="undone", **asked.values())


def must_answer(item: FeedbackItem) -> str:
    """The entry that a test case of a vote expects: the one that was voted on, unless it had nothing to do with the query. "" for none."""
    return "" if item.feedback.reason is FeedbackReason.NOT_RELEVANT else item.feedback.entry_id or ""


def _case(visit: DeskVisit, asked: Asked, number: str) -> Response:
    found = visit.store.review.feedback_item(*ids_of([number]))
    if found is None or found.query is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    try:
        made = put_case(visit.store, site_of(visit), found.query.record.text, must_answer(found), visit.actor.name, found.id)
    except (QueryError, StoreError) as error:
        if not (is_ours_to_tell(error) or isinstance(error, MissingRecordError)):
            raise
        return show(visit, asked, error=str(error), status=status_of(error))
    if not made.is_new:
        return see_other("desk_feedback", done="same", **asked.values())
    return see_other("desk_feedback", done="case", version=made.info.id, of=found.id if made.handled else None, **asked.values())


def _line(item: FeedbackItem, titles: Mapping[str, str]) -> Line:
    entry_id, query = item.feedback.entry_id or "", item.query
    several = query.record.candidates[:_SHOWN] if query and query.record.outcome is Outcome.SUGGEST else ()
    return Line(item, titles.get(entry_id, entry_id), tuple(titles.get(each, each) for each in several))


PAGES = (
    Page("/admin/feedback", "desk_feedback", feedback, menu="피드백"),
    Page("/admin/feedback", "desk_handle", handle, "POST", Role.EDITOR),
    Page("/admin/feedback/undo", "desk_feedback_undo", undo, "POST", Role.EDITOR),
)
