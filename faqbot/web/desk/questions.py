"""답 못 한 질문: what was not answered, what visitors chose and which words the base lacks, each to be decided on in bulk and to be taken back."""

import csv
import io
import logging
import math
from collections.abc import Mapping, Sequence
from threading import Thread
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout
from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.corpus.guard import guarded
from faqbot.errors import FaqbotError, ReleaseError, StoreError
from faqbot.settings import Settings
from faqbot.store import Action, Decision, ReviewItem, ReviewKind, ReviewOrder, ReviewState, Role, StoredWording
from faqbot.training.jobs import run_beside
from faqbot.training.landing import Accepted, accept, set_aside, take_back
from faqbot.web.desk import queue_words as words
from faqbot.web.desk.frame import render, see_other, short_moment
from faqbot.web.desk.inquiries import page_number
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.waiting import waiting
from faqbot.web.desk.working import download, is_ours_to_tell, site_of
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Items on a page; one screenful of decisions, and no more than a form of ids can hold.
PER_PAGE = 50
#: Wordings of an item that the page lists.
WORDINGS = 13
#: Wordings beside the one that stands for it that need no unfolding.
AT_ONCE = 3
#: Decisions that can be taken back from the page.
_DECISIONS = 10
#: Items in a file.
_MOST_ROWS = 20_000
#: Seconds after which a refresh is stopped.
_PATIENCE = 1800.0
ORDERS: Mapping[ReviewOrder, str] = {ReviewOrder.FREQUENT: "많이 물은 것부터", ReviewOrder.NEWEST: "최근 것부터", ReviewOrder.RISING: "늘어나는 것부터"}
KINDS: Mapping[ReviewKind, str] = {ReviewKind.UNANSWERED: "답 못 한 질문", ReviewKind.ALTERNATE: "다른 질문 제안", ReviewKind.SYNONYM: "유의어 제안"}
#: What a button says → the state that items get. Accepting is not among them: something has to come of it.
_STATES = {"hold": ReviewState.HELD, "ignore": ReviewState.IGNORED, "reject": ReviewState.REJECTED, "spam": ReviewState.SPAM, "new": ReviewState.NEW}
_DONE = {
    "refreshing": "다시 묶고 있어요. 질문이 많으면 1분쯤 걸려요. 잠시 뒤에 새로 고쳐 주세요.",
    "busy": "지금 다시 묶는 중이에요. 잠시 뒤에 새로 고쳐 주세요.",
    "undone": "되돌렸어요.",
    "undone_draft": "되돌렸어요. 초안도 바로 앞 판으로 되돌렸어요.",
    "undone_queue": "되돌렸어요. 그 뒤에 초안이 바뀌어서 초안은 그대로예요. 필요하면 초안에서 직접 빼 주세요.",
}
_HEADERS = ("번호", "대표 질문", "물은 횟수", "다른 말", "이번 주", "지난주", "처음", "마지막", "가까운 FAQ", "가까운 정도", "지금", "상태", "스팸 의심")
_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """Which part of the queue somebody looks at."""

    kind: ReviewKind
    state: ReviewState
    order: ReviewOrder

    def values(self) -> dict[str, Any]:
        """For an address; what goes without saying is left out."""
        kind = None if self.kind is ReviewKind.UNANSWERED else self.kind.value
        state = None if self.state is ReviewState.NEW else self.state.value
        return {"kind": kind, "state": state, "order": None if self.order is ReviewOrder.FREQUENT else self.order.value}


class Line(NamedTuple):
    """An item with its other wordings and the question of the entry that it is about; "" where that is not among those that serve."""

    item: ReviewItem
    said: tuple[StoredWording, ...]
    entry_id: str
    entry: str


def asked_of(values: Mapping[str, str]) -> Asked:
    """What an address or a form names; the newest unanswered where it names nothing of ours."""
    kind = next((each for each in ReviewKind if each.value == values.get("kind")), ReviewKind.UNANSWERED)
    state = next((each for each in ReviewState if each.value == values.get("state")), ReviewState.NEW)
    order = next((each for each in ReviewOrder if each.value == values.get("order")), ReviewOrder.FREQUENT)
    return Asked(kind, state, order)


def questions(visit: DeskVisit) -> ResponseReturnValue:
    """A page of the queue."""
    return show(visit, asked_of(request.args), chosen=ids_of(request.args.getlist("id")))


def show(visit: DeskVisit, asked: Asked, *, error: str = "", status: int = 200, chosen: Sequence[int] = ()) -> Response:
    """The page, with what was just done or what did not work."""
    review = visit.store.review
    counts = review.counts(asked.kind)
    pages = max(1, math.ceil(counts[asked.state] / PER_PAGE))
    page = min(page_number(request.args.get("page", "")), pages)
    items = review.page(asked.state, asked.order, PER_PAGE, (page - 1) * PER_PAGE, kind=asked.kind)
    context: dict[str, Any] = {
        "asked": asked, "lines": lines(visit, items), "counts": counts, "page": page, "pages": pages, "orders": ORDERS, "kinds": KINDS, "words": words,
        "states": [state for state in words.STATE_NAMES if state in words.ALWAYS[asked.kind] or counts[state]], "error": error, "chosen": frozenset(chosen),
        "sizes": {kind: review.counts(kind)[ReviewState.NEW] for kind in ReviewKind}, "latest": _latest(visit), "refreshed_at": review.refreshed_at(),
        "at_once": AT_ONCE, "waits": waiting(visit), "recent": [each for each in review.decisions(_DECISIONS) if each.undone_at is None],
    }  # fmt: skip
    return render("desk/questions.html", status=status, done=_DONE, **context)


def lines(visit: DeskVisit, items: Sequence[ReviewItem]) -> list[Line]:
    """Items as they are listed."""
    titles, found = entry_titles(visit), []
    for item in items:
        entry_id = item.subject if item.kind is ReviewKind.ALTERNATE else "" if item.kind is ReviewKind.SYNONYM else item.nearest or ""
        said = visit.store.review.wordings(item.id, WORDINGS) if item.size > 1 else ()
        others = tuple(wording for wording in said if wording.text != item.representative)
        found.append(Line(item, others, entry_id, titles.get(entry_id, "")))
    return found


def entry_titles(visit: DeskVisit) -> dict[str, str]:
    """Questions of the entries that serve, by id; none where nothing does."""
    try:
        return {entry.id: entry.question for entry in visit.catalogue.bot.entries}
    except ReleaseError:
        return {}


def decide(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Do something with the chosen items, or with the one whose own button was pressed (`do` is `action:id` then)."""
    asked = asked_of(form)
    action, _, only = form.get("do", "").partition(":")
    ids = ids_of([only] if only else form.getlist("id"))
    try:
        decision = _decided(visit, action, ids, form)
    except FaqbotError as error:
        if not may_be_told(error):
            raise
        return show(visit, asked, error=str(error), status=_status(error), chosen=ids)
    return see_other("desk_questions", **asked.values(), decision=decision.id)


def undo(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Take a decision back, all of its items at once."""
    asked = asked_of(form)
    (decision,) = ids_of([form.get("decision", "")]) or (0,)
    try:
        undone, went_back = take_back(visit.store, decision, visit.actor.name)
    except FaqbotError as error:
        if not may_be_told(error):
            raise
        return show(visit, asked, error=str(error), status=_status(error))
    landed = undone.decision.landing is not None and undone.decision.landing.version is not None
    return see_other("desk_questions", done="undone_draft" if went_back else "undone_queue" if landed else "undone", **asked.values())


def refresh(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Have the queue made anew in a process of its own; one at a time on the site."""
    lock = FileLock(visit.settings.site_var / "reviewing.lock", timeout=0, thread_local=False)
    visit.settings.site_var.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire()
    except Timeout:
        return see_other("desk_questions", done="busy", **asked_of(form).values())
    Thread(target=_refresh, args=(visit.settings, lock), name="faqbot-review", daemon=True).start()
    visit.audit("review.refresh", "review")
    return see_other("desk_questions", done="refreshing", **asked_of(form).values())


def export(visit: DeskVisit) -> ResponseReturnValue:
    """The part of the queue that is looked at, as a file for spreadsheets; no cell of it is a formula."""
    asked = asked_of(request.args)
    items = visit.store.review.page(asked.state, asked.order, _MOST_ROWS, kind=asked.kind)
    buffer, zone = io.StringIO(newline=""), ZoneInfo(visit.settings.timezone)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_HEADERS)
    for item in items:
        cells = (
            item.id, item.representative, item.total, item.size, item.recent, item.before, short_moment(item.first_seen, zone), short_moment(item.last_seen, zone),
            item.subject or item.nearest or "", words.closeness(item.closeness), words.NOW_NAMES[item.now][0] if item.now else "",
            words.STATE_NAMES[item.state], words.SPAM_NAMES.get(item.spam, item.spam),
        )  # fmt: skip
        writer.writerow([guarded(str(cell)) for cell in cells])
    return download(buffer.getvalue().encode("utf-8-sig"), f"{visit.settings.site}-{asked.kind.value}-{asked.state.value}", "csv")


def ids_of(texts: Sequence[str]) -> tuple[int, ...]:
    """Ids of items, each once in order.

    Raises:
        RequestError: no page of ours sends such a thing.

    >>> ids_of(["3", "1", "3"])
    (3, 1)
    """
    given = [text for text in texts if text]
    if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in given):
        raise RequestError(ProblemCode.BAD_REQUEST)
    return tuple(dict.fromkeys(map(int, given)))


def may_be_told(error: FaqbotError) -> bool:
    """Whether it is about what was chosen, so that the page says it."""
    return is_ours_to_tell(error) or (isinstance(error, StoreError) and error.code == "missing")


def _decided(visit: DeskVisit, action: str, ids: Sequence[int], form: Mapping[str, str]) -> Decision:
    by, site = visit.actor.name, site_of(visit)
    if action in _STATES:
        return set_aside(visit.store, ids, _STATES[action], by)
    if action == "accept":
        of_words = any(item.kind is ReviewKind.SYNONYM for item in visit.store.review.items(ids))
        return accept(visit.store, site, ids, Accepted(Action.SYNONYM if of_words else Action.ATTACHED), by)
    if action == "nearest":
        return accept(visit.store, site, ids, Accepted(Action.ATTACHED), by)
    if action == "never":
        return accept(visit.store, site, ids, Accepted(Action.CASE), by)
    landing = {"attach": Action.ATTACHED, "case": Action.CASE, "draft": Action.DRAFTED}.get(action)
    if landing is None:
        raise RequestError(ProblemCode.BAD_REQUEST)
    entry_id = form.get("entry", "")
    if landing is not Action.DRAFTED and not entry_id:
        raise StoreError("FAQ를 하나 고르세요.", code="refused")
    answer = form.get("answer", "").replace("\r\n", "\n")
    return accept(visit.store, site, ids, Accepted(landing, entry_id, form.get("question", ""), answer, _count(form.get("wordings", ""))), by)


def decide_with_entry(visit: DeskVisit, form: MultiDict[str, str]) -> Decision:
    """Do what the page of one action asks for.

    Raises:
        FaqbotError: it did not work; nothing was stored.
    """
    return _decided(visit, form.get("do", ""), ids_of(form.getlist("id")), form)


def _count(text: str) -> int:
    return int(text) if text in {"1", "2", "3", "4", "5"} else 1


def _status(error: FaqbotError) -> int:
    return 409 if isinstance(error, StoreError) and error.code == "conflict" else 422


def _latest(visit: DeskVisit) -> tuple[Decision, int] | None:
    """What was just done, with how many queries it is about; None for a page that does not come from that."""
    (number,) = ids_of([request.args.get("decision", "")][:1]) or (0,)
    decision = visit.store.review.decision(number) if number else None
    if decision is None or decision.undone_at is not None:
        return None
    return decision, sum(item.total for item in visit.store.review.items(decision.items))


def _refresh(settings: Settings, lock: FileLock) -> None:
    try:
        run_beside(settings, ("review", "refresh"), settings.site_var / "review.log", _PATIENCE)
    except FaqbotError as error:
        _log.error("the review queue was not refreshed: %s", error)
    finally:
        lock.release()


PAGES = (
    Page("/admin/questions", "desk_questions", questions, menu="답 못 한 질문"),
    Page("/admin/questions.csv", "desk_questions_file", export),
    Page("/admin/questions/decide", "desk_decide", decide, "POST", Role.EDITOR),
    Page("/admin/questions/undo", "desk_decide_undo", undo, "POST", Role.EDITOR),
    Page("/admin/questions/refresh", "desk_review_refresh", refresh, "POST", Role.EDITOR),
)
