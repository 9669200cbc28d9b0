"""문의함: inquiries by state, and one of them with everything that can be done about it.

Everybody in the desk reads; an editor answers, notes and moves them, and takes a copy out. Only a publisher erases: it is the one thing here that nobody can undo,
as publishing is the one thing there that every visitor sees, and whoever erases a record should not be the same hand that answers it all day.
"""

import json
import math
from datetime import date
from io import BytesIO
from typing import Any, NamedTuple

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot import messages, notify
from faqbot.errors import ReleaseError
from faqbot.store import MAX_MESSAGE, DeskChanges, Inquiry, InquiryState, Role, as_written, message_problem
from faqbot.web.contact import expected_day
from faqbot.web.desk import canned
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.hours import day_text
from faqbot.web.pages.transcripts import as_text
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

_PER_PAGE = 25
#: Under which name visitors read a reply unless another is typed.
_AUTHOR = "고객센터"
_MAX_AUTHOR = 40
#: Bytes of a form: the longest reply has 45,000 of them, escaped.
_MAX_FORM = 80 * 1024
STATE_KINDS = {InquiryState.RECEIVED: "info", InquiryState.IN_PROGRESS: "warn", InquiryState.ANSWERED: "good"}
_DONE = {
    "replied": "답장을 보냈어요. 손님은 접수할 때 받은 주소에서 볼 수 있어요.",
    "noted": "메모를 남겼어요.",
    "moved": "상태를 바꿨어요.",
    "erased": "내용을 모두 지웠어요. 접수 번호와 날짜만 남아 있어요.",
}
_ANSWERED_MEANWHILE = "답장을 쓰는 사이에 다른 답장이 먼저 나갔어요. 위에서 확인하고, 그래도 보내려면 한 번 더 눌러 주세요."


class Due(NamedTuple):
    """The promise to an inquiry that waits: the day as one says it, and whether it is past."""

    words: str
    is_late: bool


class Tab(NamedTuple):
    """A state to list; "" for all."""

    state: str
    words: str
    size: int


def inquiries(visit: DeskVisit) -> ResponseReturnValue:
    """A page of them, the latest first."""
    number, state = request.args.get("number", "").strip(), _state(request.args.get("state", ""))
    counts = visit.store.count_inquiries(number)
    total = counts[state] if state else sum(counts.values())
    pages = max(1, math.ceil(total / _PER_PAGE))
    page = min(page_number(request.args.get("page", "")), pages)
    found = visit.store.inquiries(state, _PER_PAGE, (page - 1) * _PER_PAGE, number)
    tabs = (Tab("", "모두", sum(counts.values())), *(Tab(each.value, messages.STATE[each], counts[each]) for each in InquiryState))
    listed = tuple((each, _due(visit, each)) for each in found)
    asked = {"state": state or "", "number": number, "page": page, "pages": pages}
    return render("desk/inquiries.html", listed=listed, tabs=tabs, asked=asked, state_kinds=STATE_KINDS)


def inquiry(visit: DeskVisit, number: str) -> ResponseReturnValue:
    """One of them. `?answer=` puts the answer of an entry into the reply, `?q=` looks for entries."""
    return _detail(visit, _existing(visit, number))


def reply(visit: DeskVisit, form: MultiDict[str, str], number: str) -> ResponseReturnValue:
    """Write to the visitor."""
    found = _existing(visit, number)
    text, author = _typed(form, "text"), " ".join(form.get("author", "").split()) or _AUTHOR
    errors = {name: said for name, said in (("text", message_problem(text)), ("author", _author_problem(author))) if said}
    if not errors and form.get("seen") != str(len(found.messages)):
        errors = {"text": _ANSWERED_MEANWHILE}
    if errors:
        return _detail(visit, found, typed={"text": text, "author": author}, errors=errors)
    DeskChanges(visit.store, visit.actor.name).reply(found.number, text, author)
    notify.answered(visit.settings, visit.store, found.number)
    return see_other("desk_inquiry", done="replied", number=found.number)


def note(visit: DeskVisit, form: MultiDict[str, str], number: str) -> ResponseReturnValue:
    """Write down something for the staff."""
    found, text = _existing(visit, number), _typed(form, "note")
    if problem := message_problem(text):
        return _detail(visit, found, typed={"note": text}, errors={"note": problem})
    DeskChanges(visit.store, visit.actor.name).note(found.number, text, visit.actor.name)
    return see_other("desk_inquiry", done="noted", number=found.number)


def move(visit: DeskVisit, form: MultiDict[str, str], number: str) -> ResponseReturnValue:
    """Into another state."""
    found, state = _existing(visit, number), _state(form.get("state", ""))
    if state is None:
        raise RequestError(ProblemCode.INVALID_REQUEST)
    DeskChanges(visit.store, visit.actor.name).set_state(found.number, state)
    return see_other("desk_inquiry", done="moved", number=found.number)


def ask_to_erase(visit: DeskVisit, number: str) -> ResponseReturnValue:
    """Whether everything that was written shall go."""
    return render("desk/inquiry_erase.html", inquiry=_existing(visit, number))


def erase(visit: DeskVisit, form: MultiDict[str, str], number: str) -> ResponseReturnValue:
    """It goes, once the number was typed."""
    found, typed = _existing(visit, number), form.get("number", "")
    if as_written(typed) != found.number:
        errors = {"number": "접수 번호가 달라요. 위의 번호를 그대로 적어 주세요."}
        return render("desk/inquiry_erase.html", status=422, inquiry=found, typed=typed, errors=errors)
    DeskChanges(visit.store, visit.actor.name).erase(found.number)
    return see_other("desk_inquiry", done="erased", number=found.number)


def export(visit: DeskVisit, form: MultiDict[str, str], number: str) -> ResponseReturnValue:
    """All that is stored, as a file: for programs, or for people. A POST, because it is written down who took it out."""
    found = _existing(visit, number)
    exported = DeskChanges(visit.store, visit.actor.name).export(found.number)
    if form.get("as") == "json":
        return _file(json.dumps(exported, ensure_ascii=False, indent=2), "application/json", f"inquiry-{found.number}.json")
    return _file(with_notes(found, visit), "text/plain; charset=utf-8", f"inquiry-{found.number}.txt")


def attachment(visit: DeskVisit, number: str, n: int) -> ResponseReturnValue:
    """The nth file that came with it, to be saved: whatever it is, no browser shows it."""
    file = visit.store.attachment(number, n)
    return send_file(BytesIO(file.data), "application/octet-stream", as_attachment=True, download_name=file.name, etag=False)


def with_notes(found: Inquiry, visit: DeskVisit) -> str:
    """What the visitor may see of an inquiry as text, and the notes of the staff after it."""
    local = (each.written_at.astimezone(visit.services.local_now().tzinfo) for each in found.notes)
    notes = (f"■ 내부 메모 · {at:%Y-%m-%d %H:%M} · {each.author}\n{each.text}\n" for at, each in zip(local, found.notes, strict=True) if each.text)
    return "\n".join([as_text(found, visit.settings), *notes])


def page_number(text: str) -> int:
    """The page that an address names, 1 where it names none.

    >>> page_number("3"), page_number("-1"), page_number("٣")
    (3, 1, 1)
    """
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _detail(visit: DeskVisit, found: Inquiry, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> Response:
    """The page of an inquiry; with errors as it was typed."""
    offered = _canned(visit, found)
    text = canned.text(visit, request.args.get("answer", "")) if offered else ""
    context: dict[str, Any] = {"inquiry": found, "due": _due(visit, found), "canned": offered, "errors": errors or {}}
    context |= {"typed": {"text": text, "author": _AUTHOR, "note": "", **(typed or {})}, "states": tuple(InquiryState), "state_kinds": STATE_KINDS}
    return render("desk/inquiry.html", status=422 if errors else 200, done=_DONE, max_author=_MAX_AUTHOR, max_message=MAX_MESSAGE, **context)


def _canned(visit: DeskVisit, found: Inquiry) -> canned.Canned | None:
    """Answers to choose from; None where nobody can write one, or no release serves."""
    if not visit.may(Role.EDITOR) or found.erased_at:
        return None
    try:
        return canned.find(visit, request.args.get("q", "").strip(), found.content.question)
    except ReleaseError:
        return None


def _existing(visit: DeskVisit, number: str) -> Inquiry:
    found = visit.store.inquiry(number)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return found


def _due(visit: DeskVisit, found: Inquiry) -> Due | None:
    """None for an inquiry that waits for nothing, and where no day is promised."""
    if found.state is InquiryState.ANSWERED or found.erased_at:
        return None
    day, today = expected_day(visit.settings, found.received_at), _today(visit)
    return Due(day_text(day, today), day < today) if day else None


def _today(visit: DeskVisit) -> date:
    return visit.services.local_now().date()


def _state(text: str) -> InquiryState | None:
    return next((each for each in InquiryState if each.value == text), None)


def _typed(form: MultiDict[str, str], name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").strip()


def _author_problem(author: str) -> str:
    return f"보내는 이름은 {_MAX_AUTHOR}자까지입니다." if len(author) > _MAX_AUTHOR else ""


def _file(content: str, content_type: str, name: str) -> Response:
    """Something to keep; browsers open none of it (`X-Content-Type-Options` stands on every response)."""
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_ONE = "/admin/inquiries/<number>"
PAGES = (
    Page("/admin/inquiries", "desk_inquiries", inquiries, menu="문의함"),
    Page(_ONE, "desk_inquiry", inquiry),
    Page(f"{_ONE}/reply", "desk_reply", reply, "POST", Role.EDITOR, max_body=_MAX_FORM),
    Page(f"{_ONE}/notes", "desk_note", note, "POST", Role.EDITOR, max_body=_MAX_FORM),
    Page(f"{_ONE}/state", "desk_move", move, "POST", Role.EDITOR),
    Page(f"{_ONE}/files/<int:n>", "desk_attachment", attachment),
    Page(f"{_ONE}/export", "desk_export", export, "POST", Role.EDITOR),
    Page(f"{_ONE}/erase", "desk_ask_to_erase", ask_to_erase, role=Role.PUBLISHER),
    Page(f"{_ONE}/erase", "desk_erase", erase, "POST", Role.PUBLISHER),
)
