"""내 계정: what somebody may do, and their password."""

from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.errors import AccessError
from faqbot.store import AccountChanges
from faqbot.web.desk.cookies import set_token
from faqbot.web.desk.frame import ROLE_HINTS, render, see_other
from faqbot.web.desk.login import refused
from faqbot.web.desk.page import Api, Page
from faqbot.web.desk.visit import DeskVisit

_DONE = {"password": "비밀번호를 바꿨어요. 다른 기기에서는 모두 로그아웃됐어요."}


def account(visit: DeskVisit) -> ResponseReturnValue:
    """Who is logged in."""
    return render("desk/account.html", done=_DONE, **_about(visit))


def change_password(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Another password; whoever else was logged in by the old one is not any more."""
    if form.get("new", "") != form.get("again", ""):
        return _again(visit, {"again": "새 비밀번호를 두 번 똑같이 적어 주세요."})
    changes = AccountChanges(visit.store.accounts, visit.store.audit, visit.actor.name)
    try:
        token = changes.change_own_password(visit.actor.name, form.get("password"), form.get("new"), request.remote_addr or "")
    except AccessError as error:
        field = "new" if error.code == "password" else "password"
        said = "지금 비밀번호가 맞지 않아요." if error.code == "wrong" else str(error)
        return refused(_again(visit, {field: said}, 429 if error.wait else 422), error)
    response = see_other("desk_account", done="password")
    set_token(response, request, visit.settings, token)
    return response


def me(visit: DeskVisit) -> dict[str, str]:
    """Whom a key or a session opens for."""
    return {"name": visit.actor.name, "role": visit.actor.role.value, "via": visit.actor.via}


def _again(visit: DeskVisit, errors: dict[str, str], status: int = 422) -> Response:
    return render("desk/account.html", status=status, errors=errors, **_about(visit))


def _about(visit: DeskVisit) -> dict[str, Any]:
    return {"operator": visit.store.accounts.operator(visit.actor.name), "role_hint": ROLE_HINTS[visit.actor.role]}


PAGES = (
    Page("/admin/account", "desk_account", account),
    Page("/admin/account/password", "desk_change_password", change_password, "POST"),
)
APIS = (Api("/v1/admin/me", "desk_api_me", me),)
