"""Logging in and out."""

import logging
import re

from flask import Response, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.urls import iri_to_uri

from faqbot.errors import AccessError
from faqbot.web.desk.cookies import clear_token, is_https, is_local, sent_token, set_token
from faqbot.web.desk.frame import render, see_other, visit_or_none
from faqbot.web.desk.page import Page
from faqbot.web.desk.senders import is_ours
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.problems import is_desk_api, problem_response
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

#: Bytes of the form: the longest password, the name and the address of a page, all escaped.
_MAX_BODY = 8 * 1024
_HOME = "/admin"
#: What a form may lead on to: a page of the desk, written so that no browser reads another host in it.
_ONWARD = re.compile(r"/admin(?:[/?][!-\[\]-~]*)?")
_FOREIGN = "다른 사이트에서 온 요청이라 로그인하지 않았어요. 이 화면에서 다시 로그인해 주세요. 프록시 뒤에 있다면 FAQBOT_PUBLIC_URL 설정을 확인해 주세요."
_NOT_SAFE = "암호화되지 않은 주소(http)로는 로그인할 수 없어요."
_DONE = {"out": "로그아웃했어요."}
_log = logging.getLogger(__name__)


def off() -> Response:
    """The desk where nobody has an account."""
    return problem_response(ProblemCode.NOT_FOUND) if is_desk_api(request.path) else render("desk/off.html", status=404)


def ask_to_log_in(visit: Visit, said: str = "", status: int = 401, *, name: str = "", onward: str = "") -> Response:
    """The form, in place of the page that was asked for; it leads there.

    Args:
        visit: of whoever is not logged in.
        said: what went wrong.
        status: 401, 403 for a foreign form, 429 for who must wait.
        name: that was typed.
        onward: where to go then; the page that was asked for unless given.
    """
    is_safe = is_https(request, visit.settings) or is_local(request)
    is_lost = request.method == "POST" and request.endpoint not in {"desk_log_in", "desk_log_out"}
    context = {"said": said, "name": name, "onward": onward or _asked_for(), "is_safe": is_safe, "is_lost": is_lost}
    response = render("desk/login.html", status=status, done=_DONE, **context)
    response.headers["WWW-Authenticate"] = 'Cookie realm="faqbot"'
    return response


def not_now(said: str, status: int, wait: int) -> Response:
    """The form for whoever may not log in at the moment; seconds until they may."""
    sent = request.form if is_readable(_MAX_BODY) else MultiDict[str, str]()
    context = {"said": said, "name": sent.get("name", ""), "onward": _onward(sent.get("next", "")), "is_safe": True, "is_lost": False}
    response = render("desk/login.html", status=status, done=_DONE, **context)
    response.headers["Retry-After"] = str(wait)
    return response


def is_readable(limit: int) -> bool:
    """Whether the request brings a small whole form; nothing else is looked at before somebody is logged in."""
    length = request.content_length
    if request.mimetype != "application/x-www-form-urlencoded" or length is None or not 0 < length <= limit:
        return False
    try:
        return bool(request.form)
    except HTTPException:
        return False


def form(visit: Visit) -> ResponseReturnValue:
    """The form at its own address; whoever is logged in is led on."""
    return redirect(request.script_root + _HOME, 303) if visit_or_none() else ask_to_log_in(visit)


def log_in(visit: Visit, sent: MultiDict[str, str]) -> ResponseReturnValue:
    """Begin a session, in place of an older one."""
    name, onward = sent.get("name", ""), _onward(sent.get("next", ""))
    if not name or not sent.get("password"):
        return ask_to_log_in(visit, "이름과 비밀번호를 적어 주세요.", name=name, onward=onward)
    if not is_ours(request, visit.settings):
        return ask_to_log_in(visit, _FOREIGN, 403, name=name, onward=onward)
    if not (is_https(request, visit.settings) or is_local(request)):
        return ask_to_log_in(visit, _NOT_SAFE, 403, name=name, onward=onward)
    accounts = visit.services.store.accounts
    try:
        token, session = accounts.log_in(name, sent["password"], request.remote_addr or "")
    except AccessError as error:
        visit.services.metrics.log_in_refused()
        _log.warning("request %s: log-in refused: %s", g.request_id, error.code)
        return refused(ask_to_log_in(visit, str(error), 429 if error.wait else 401, name=name, onward=onward), error)
    accounts.log_out(sent_token(request, visit.settings))
    visit.services.store.audit.write(session.name, "session.start", session.name)
    response = make_response(redirect(request.script_root + onward, 303))
    set_token(response, request, visit.settings, token)
    return response


def log_out(visit: DeskVisit, _: MultiDict[str, str]) -> ResponseReturnValue:
    """End the session."""
    visit.store.accounts.log_out(sent_token(request, visit.settings))
    visit.audit("session.end", visit.actor.name)
    response = see_other("desk_login", done="out")
    clear_token(response, visit.settings)
    return response


def refused(response: Response, error: AccessError) -> Response:
    """With what a client that must wait needs to know."""
    if error.wait:
        response.headers["Retry-After"] = str(error.wait)
    return response


def _asked_for() -> str:
    """The page that was asked for, where asking again does no more than show it."""
    is_page = request.method in {"GET", "HEAD"} and request.endpoint not in {"desk_login", "desk_log_in"}
    return _onward(iri_to_uri(request.full_path.rstrip("?"))) if is_page else _HOME


def _onward(path: str) -> str:
    return path if len(path) <= 2000 and _ONWARD.fullmatch(path) and "//" not in path.partition("?")[0] else _HOME


PAGES = (
    Page("/admin/login", "desk_login", form, role=None),
    Page("/admin/login", "desk_log_in", log_in, "POST", role=None, max_body=_MAX_BODY),
    Page("/admin/logout", "desk_log_out", log_out, "POST"),
)
