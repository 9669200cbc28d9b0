"""What all pages of the desk have in common: the frame around them, and how they are sent."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for

from faqbot.settings import PREFIX
from faqbot.store import Role
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.problems import is_desk
from faqbot.web.visit import Visit

#: Entries of the menu, in their order.
MENU = ("오늘", "답 못 한 질문", "FAQ", "피드백", "공지", "문의함", "기준값", "올리기·배포", "실험실", "설치하기", "설정", "계정", "기록")
ROLE_NAMES = {Role.VIEWER: "보기", Role.EDITOR: "편집", Role.PUBLISHER: "배포", Role.OWNER: "소유자"}
ROLE_HINTS = {
    Role.VIEWER: "계정과 설정 말고는 모든 화면을 볼 수 있어요.",
    Role.EDITOR: "FAQ 초안, 공지, 문의, 답 못 한 질문을 다루고 학습할 수 있어요.",
    Role.PUBLISHER: "배포하고, 되돌리고, 기준값을 바꿀 수 있어요.",
    Role.OWNER: "계정과 키를 다루고 설정을 볼 수 있어요.",
}
#: Seconds for which a browser keeps a file; another content has another address.
_FILE_KEPT = "public, max-age=31536000, immutable"


class MenuItem(NamedTuple):
    """One entry of the menu, for the template."""

    title: str
    href: str
    is_current: bool


def install(app: Flask, pages: Iterable[Page], visit_of_request: Callable[[], Visit]) -> None:
    """Give the templates of the desk what they need, error pages and the log-in too.

    Args:
        app: theirs.
        pages: all there are.
        visit_of_request: makes the visit of the request at hand.
    """
    entries = tuple(sorted((page for page in pages if page.menu), key=lambda page: MENU.index(page.menu)))
    folder = Path(str(app.static_folder))

    @cache
    def version(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16]

    def desk_file(name: str) -> str:
        return url_for("static", filename=name, v=version(name))

    def context() -> dict[str, Any]:
        if not is_desk(request.path):
            return {}
        visit = visit_or_none()
        menu = _menu(entries, visit) if visit else ()
        known = {"desk_file": desk_file, "may": _may(visit), "role_names": ROLE_NAMES, "url_exists": app.view_functions.__contains__}
        return known | {"actor": visit.actor if visit else None, "menu": menu, "for_site": lambda: _for_site(visit_of_request().settings.site)}

    def keep_file(response: Response) -> Response:
        name = (request.view_args or {}).get("filename", "") if request.endpoint == "static" else ""
        if name.startswith("desk") and response.status_code == 200 and request.args.get("v") == version(name):
            response.headers["Cache-Control"] = _FILE_KEPT
        return response

    app.context_processor(context)
    app.after_request(keep_file)
    app.jinja_env.filters["short_moment"] = lambda moment: short_moment(moment, ZoneInfo(visit_of_request().settings.timezone))


def _for_site(site: str) -> str:
    """What stands before a command that is meant for a site; "" for the one that commands take where nothing is said."""
    return "" if site == "default" else f"{PREFIX}SITE={site} "


def render(template: str, *, status: int = 200, done: Mapping[str, str] | None = None, **context: Any) -> Response:
    """A page of the desk.

    Args:
        template: in `desk/`.
        status: of the response.
        done: what the codes of `see_other` say.
        context: for the template.
    """
    said = (done or {}).get(request.args.get("done", ""), "")
    return make_response(render_template(template, done=said, **context), status)


def see_other(endpoint: str, *, done: str = "", **values: Any) -> Response:
    """Lead to a page after a form was heard, so that loading it again sends nothing twice.

    Args:
        endpoint: of the page.
        done: code of what the page says was done.
        values: of its path and query.
    """
    return make_response(redirect(url_for(endpoint, **values | ({"done": done} if done else {})), 303))


def visit_or_none() -> DeskVisit | None:
    """The visit of the request at hand; None where nobody is logged in."""
    visit: DeskVisit | None = g.get("desk_visit")
    return visit


def short_moment(moment: datetime, zone: ZoneInfo) -> str:
    """A moment for tables.

    >>> from datetime import UTC
    >>> short_moment(datetime(2026, 3, 1, 15, 4, tzinfo=UTC), ZoneInfo("Asia/Seoul"))
    '2026-03-02 00:04'
    """
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _menu(entries: tuple[Page, ...], visit: DeskVisit) -> tuple[MenuItem, ...]:
    """What the role may see. The entry is current whose path is the longest that the page's own begins with."""
    here = max((page.path for page in entries if _is_within(request.path, page.path)), key=len, default="")
    seen = (page for page in entries if page.role is None or visit.may(page.role))
    return tuple(MenuItem(page.menu, url_for(page.endpoint), page.path == here) for page in seen)


def _is_within(path: str, parent: str) -> bool:
    """Whether a page lies under another; under /admin itself lies nothing but itself."""
    return path == parent or (parent != "/admin" and path.startswith(f"{parent}/"))


def _may(visit: DeskVisit | None) -> Callable[[str], bool]:
    return lambda role: visit is not None and visit.may(Role(role))
