"""계정: operators with their roles, and keys of programs. For owners."""

from collections.abc import Callable

from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.errors import AccessError
from faqbot.store import KEY_DAYS, MAX_KEY_DAYS, AccountChanges, Role
from faqbot.store.account_changes import new_password
from faqbot.web.desk.frame import ROLE_HINTS, ROLE_NAMES, render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

_DONE = {
    "role": "역할을 바꿨어요. 그 사람은 다시 로그인해야 해요.",
    "disable": "계정을 막았어요. 그 사람은 바로 로그아웃됐어요.",
    "enable": "계정을 다시 열었어요.",
    "revoke": "키를 폐기했어요. 이제 아무것도 열 수 없어요.",
}
Form = MultiDict[str, str]


def accounts(visit: DeskVisit) -> ResponseReturnValue:
    """All accounts and keys."""
    return _page(visit)


def create_operator(visit: DeskVisit, form: Form) -> ResponseReturnValue:
    """A new account; its first password is shown this once."""
    password = new_password()
    try:
        operator = _changes(visit).create(form.get("name", ""), password, _role(form))
    except AccessError as error:
        return _page(visit, 422, errors={"operator-name": str(error)}, typed=form)
    return _page(visit, once={"title": f"{operator.name} 계정을 만들었어요", "label": "처음 로그인할 비밀번호", "text": password})


def reset_password(visit: DeskVisit, _: Form, name: str) -> ResponseReturnValue:
    """Another password for somebody who forgot theirs, shown this once."""
    if name == visit.actor.name:
        return see_other("desk_account")
    password = new_password()
    _changes(visit).set_password(name, password)
    return _page(visit, once={"title": f"{name} 계정의 비밀번호를 새로 정했어요", "label": "새 비밀번호", "text": password})


def set_role(visit: DeskVisit, form: Form, name: str) -> ResponseReturnValue:
    """Another role."""
    role = _role(form)
    return _changed(visit, "role", lambda changes: changes.set_role(name, role))


def disable(visit: DeskVisit, _: Form, name: str) -> ResponseReturnValue:
    """No more log-ins."""
    return _changed(visit, "disable", lambda changes: changes.disable(name))


def enable(visit: DeskVisit, _: Form, name: str) -> ResponseReturnValue:
    """Log-ins again."""
    return _changed(visit, "enable", lambda changes: changes.enable(name))


def create_key(visit: DeskVisit, form: Form) -> ResponseReturnValue:
    """A new key, shown this once."""
    days = form.get("days", "")
    try:
        key, text = _changes(visit).create_key(form.get("name", ""), _role(form), int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0)
    except AccessError as error:
        return _page(visit, 422, errors={"days" if error.code == "days" else "key-name": str(error)}, typed_key=form)
    return _page(visit, once={"title": f"{key.name} 키를 만들었어요", "label": "API 키", "text": text})


def revoke_key(visit: DeskVisit, _: Form, prefix: str) -> ResponseReturnValue:
    """A key opens nothing any more."""
    return _changed(visit, "revoke", lambda changes: changes.revoke_key(prefix))


def _page(visit: DeskVisit, status: int = 200, **context: object) -> Response:
    store, now = visit.store.accounts, visit.services.clock()
    keys = [(key, _key_state(key.revoked_at is not None, key.is_valid(now))) for key in store.all_keys()]
    roles = {"roles": [(role.value, ROLE_NAMES[role]) for role in Role], "hints": [(ROLE_NAMES[role], ROLE_HINTS[role]) for role in Role]}
    shown = {"operators": store.operators(), "keys": keys, "key_days": KEY_DAYS, "max_key_days": MAX_KEY_DAYS}
    return render("desk/accounts.html", status=status, done=_DONE, **roles, **shown, **context)


def _key_state(is_revoked: bool, is_valid: bool) -> tuple[str, str]:
    """Words and kind of the chip."""
    if is_valid:
        return "쓰는 중", "good"
    return ("폐기됨", "") if is_revoked else ("기한 지남", "warn")


def _changed(visit: DeskVisit, done: str, change: Callable[[AccountChanges], None]) -> ResponseReturnValue:
    try:
        change(_changes(visit))
    except AccessError as error:
        return _page(visit, 409, said=str(error))
    return see_other("desk_accounts", done=done)


def _changes(visit: DeskVisit) -> AccountChanges:
    return AccountChanges(visit.store.accounts, visit.store.audit, visit.actor.name)


def _role(form: Form) -> Role:
    """The role that was chosen.

    Raises:
        RequestError: it is none; our own page sends no such thing.
    """
    try:
        return Role(form.get("role", ""))
    except ValueError as error:
        raise RequestError(ProblemCode.BAD_REQUEST) from error


PAGES = (
    Page("/admin/accounts", "desk_accounts", accounts, role=Role.OWNER, menu="계정"),
    Page("/admin/accounts/operators", "desk_create_operator", create_operator, "POST", Role.OWNER),
    Page("/admin/accounts/operators/<name>/password", "desk_reset_password", reset_password, "POST", Role.OWNER),
    Page("/admin/accounts/operators/<name>/role", "desk_set_role", set_role, "POST", Role.OWNER),
    Page("/admin/accounts/operators/<name>/disable", "desk_disable", disable, "POST", Role.OWNER),
    Page("/admin/accounts/operators/<name>/enable", "desk_enable", enable, "POST", Role.OWNER),
    Page("/admin/accounts/keys", "desk_create_key", create_key, "POST", Role.OWNER),
    Page("/admin/accounts/keys/<prefix>/revoke", "desk_revoke_key", revoke_key, "POST", Role.OWNER),
)
