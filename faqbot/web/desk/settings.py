"""설정: what the operator set, to be read. Changed where the server runs, so that nobody who is logged in can turn the site over."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from flask.typing import ResponseReturnValue
from pydantic import AnyHttpUrl, SecretStr

from faqbot.settings import CONFIG_FILE, PREFIX, Settings, variable
from faqbot.site_files import OWN, SHARED
from faqbot.store import Role
from faqbot.web.desk.frame import render
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit

#: Settings under headings. What stands in none of them comes last, so that a new setting is never missing.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "사이트": ("title", "public_url", "origins", "timezone", "site"),
    "손님이 사람을 찾는 길": (
        "phone",
        "call_charge",
        "hours",
        "open_hours",
        "closed_on_holidays",
        "closed_days",
        "email",
        "chat_url",
    ),
    "1:1 문의": ("inquiry_url", "inquiry_days", "attachments", "attachment_bytes", "notify_command"),
    "답의 기준": ("target_precision", "category_precision", "suggest_probability"),
    "보관과 개인정보": ("keep_queries", "keep_feedback", "keep_inquiries", "secret_key"),
    "횟수 제한": ("limit_questions", "limit_feedback", "limit_inquiries", "rate_limit_storage", "trusted_proxies"),
    "서버": ("host", "port", "workers", "models", "var", "database_url", "sites", "open_sites"),
}
_OTHERS = "그 밖의 설정"
_SECRET, _NO_SECRET, _DEFAULT = "정해 두었어요 (값은 보이지 않아요)", "정하지 않았어요", "기본값 그대로예요"


class Line(NamedTuple):
    """One setting.

    Attributes:
        name: in the TOML file.
        variable: of the environment.
        value: in words; "" for nothing.
        is_changed: whether it differs from what it is when nobody sets it.
        help: what it does.
    """

    name: str
    variable: str
    value: str
    is_changed: bool
    help: str


def settings(visit: DeskVisit) -> ResponseReturnValue:
    """Every setting."""
    files = {"config": CONFIG_FILE.name, "config_variable": f"{PREFIX}CONFIG", "site": f"{visit.settings.site}.toml" if visit.settings.has_site_file else ""}
    return render("desk/settings.html", groups=lines(visit.settings), files=files, example=variable("phone"))


def lines(found: Settings) -> dict[str, tuple[Line, ...]]:
    """All settings under their headings; each once. Of a site beside the process's own only what its file may say."""
    grouped = {name for names in GROUPS.values() for name in names}
    others = tuple(name for name in Settings.model_fields if name not in grouped)
    groups = {**GROUPS, **({_OTHERS: others} if others else {})}
    seen = OWN | SHARED if found.has_site_file else frozenset(Settings.model_fields)
    shown = {heading: tuple(_line(found, name) for name in names if name in seen) for heading, names in groups.items()}
    return {heading: lines for heading, lines in shown.items() if lines}


def _line(found: Settings, name: str) -> Line:
    value, field = getattr(found, name), Settings.model_fields[name]
    is_changed = value != field.default
    said = words(value) if is_changed or not isinstance(value, SecretStr) or not value.get_secret_value() else _DEFAULT
    return Line(name, name if found.has_site_file else variable(name), said, is_changed, field.description or "")


def words(value: object) -> str:
    """A value for people; of a secret only whether there is one.

    >>> words(True), words(("https://a.example.kr", "https://b.example.kr")), words(SecretStr("열려라 참깨")), words(None)
    ('예', 'https://a.example.kr, https://b.example.kr', '정해 두었어요 (값은 보이지 않아요)', '')
    """
    match value:
        case SecretStr():
            said = _SECRET if value.get_secret_value() else _NO_SECRET
        case AnyHttpUrl() if value.password:
            said = _SECRET
        case bool():
            said = "예" if value else "아니요"
        case tuple():
            said = ", ".join(words(each) for each in value)
        case dict():
            said = json.dumps(value, ensure_ascii=False) if value else ""
        case _:
            said = "" if value is None else str(value)
    return said


PAGES = (Page("/admin/settings", "desk_settings", settings, role=Role.OWNER, menu="설정"),)
