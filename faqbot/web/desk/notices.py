"""공지: what all visitors should know, from one day to another."""

import re
from datetime import date
from typing import NamedTuple

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.store import MAX_NOTICE_BODY, MAX_NOTICE_TITLE, DeskChanges, NewNotice, Notice, Role, notice_problems
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.notices import notice_html, site_notice
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode, SiteNotice

#: Bytes of the form: the longest body has 90,000 of them, escaped.
_MAX_FORM = 128 * 1024
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO_DAY = "2026-03-02 처럼 적어 주세요."
_DONE = {"added": "공지를 올렸어요.", "removed": "공지를 지웠어요."}


class Shown(NamedTuple):
    """Notices by when visitors see them; each group with the next change first."""

    now: tuple[SiteNotice, ...]
    coming: tuple[SiteNotice, ...]
    past: tuple[SiteNotice, ...]


class Typed(NamedTuple):
    """The form as it was filled in."""

    title: str = ""
    body: str = ""
    starts: str = ""
    ends: str = ""


def notices(visit: DeskVisit) -> ResponseReturnValue:
    """All of them."""
    return render("desk/notices.html", done=_DONE, shown=by_time(visit.store.all_notices(), visit.services.local_now().date()))


def by_time(found: tuple[Notice, ...], today: date) -> Shown:
    """Notices, the latest start first, in groups.

    Args:
        found: all of them.
        today: on the site's calendar.
    """
    now = tuple(site_notice(each) for each in found if each.starts <= today and not _is_past(each, today))
    coming = tuple(site_notice(each) for each in reversed(found) if each.starts > today)
    return Shown(now, coming, tuple(site_notice(each) for each in found if _is_past(each, today)))


def new_notice(visit: DeskVisit) -> ResponseReturnValue:
    """The form, empty or with a notice that is written again."""
    copied = next((each for each in visit.store.all_notices() if str(each.id) == request.args.get("copy")), None)
    today = visit.services.local_now().date().isoformat()
    return _form(Typed(copied.title, copied.body_markdown, today) if copied else Typed(starts=today))


def add_notice(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Put it up, or show what it will look like."""
    typed = Typed(*(form.get(name, "").replace("\r\n", "\n").strip() for name in Typed._fields))
    notice, errors = read(typed, visit.services.local_now().date())
    if errors or form.get("do") != "add":
        return _form(typed, errors, notice)
    DeskChanges(visit.store, visit.actor.name).add_notice(notice)
    return see_other("desk_notices", done="added")


def read(typed: Typed, today: date) -> tuple[NewNotice, dict[str, str]]:
    """The notice, and what is wrong with it by field; a day that is none is today until it is mended."""
    errors = {name: _NO_DAY for name in ("starts", "ends") if getattr(typed, name) and _day(getattr(typed, name)) is None}
    notice = NewNotice(typed.title, typed.body, _day(typed.starts) or today, _day(typed.ends))
    found = {name.removesuffix("_markdown"): said for name, said in notice_problems(notice).items()}
    if errors:
        found.pop("ends", None)  # it was compared with a day that nobody meant
    return notice, found | errors


def ask_to_remove(visit: DeskVisit, notice_id: int) -> ResponseReturnValue:
    """Whether it shall go."""
    found = next((each for each in visit.store.all_notices() if each.id == notice_id), None)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return render("desk/notice_remove.html", notice=site_notice(found))


def remove_notice(visit: DeskVisit, _: MultiDict[str, str], notice_id: int) -> ResponseReturnValue:
    """It goes."""
    DeskChanges(visit.store, visit.actor.name).remove_notice(notice_id)
    return see_other("desk_notices", done="removed")


def _form(typed: Typed, errors: dict[str, str] | None = None, preview: NewNotice | None = None) -> Response:
    """The form; its preview above it once something was typed."""
    html = notice_html(preview.body_markdown) if preview else ""
    most = {"title": MAX_NOTICE_TITLE, "body": MAX_NOTICE_BODY}
    return render("desk/notice_new.html", status=422 if errors else 200, typed=typed, errors=errors, preview=preview, preview_html=html, most=most)


def _is_past(notice: Notice, today: date) -> bool:
    return notice.ends is not None and notice.ends < today


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


PAGES = (
    Page("/admin/notices", "desk_notices", notices, menu="공지"),
    Page("/admin/notices/new", "desk_new_notice", new_notice, role=Role.EDITOR),
    Page("/admin/notices/new", "desk_add_notice", add_notice, "POST", Role.EDITOR, max_body=_MAX_FORM),
    Page("/admin/notices/<int:notice_id>/remove", "desk_ask_to_remove_notice", ask_to_remove, role=Role.EDITOR),
    Page("/admin/notices/<int:notice_id>/remove", "desk_remove_notice", remove_notice, "POST", Role.EDITOR),
)
