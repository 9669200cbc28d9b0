"""One line of the tables of the desk."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from faqbot.store import Role

#: Bytes of a form that nobody fills with more.
MAX_FORM = 64 * 1024


class Page(NamedTuple):
    """One method on one path under /admin.

    Attributes:
        path: Flask's rule.
        endpoint: begins with `desk_`.
        handler: takes the visit; the form after it with POST; and the path's variables by name.
        method: GET or POST.
        role: what somebody must be at least; None for the log-in alone.
        menu: the entry of the menu that leads here, one of `frame.MENU`; "" for none.
        max_body: bytes that a form may have, files included.
    """

    path: str
    endpoint: str
    handler: Callable[..., ResponseReturnValue]
    method: str = "GET"
    role: Role | None = Role.VIEWER
    menu: str = ""
    max_body: int = MAX_FORM


class Api(NamedTuple):
    """One method on one path under /v1/admin.

    Attributes:
        path: Flask's rule.
        endpoint: begins with `desk_api_`.
        handler: takes the visit, the input after it where there is one, and the path's variables by name unless the input holds them (GET).
        method: GET, POST, PUT or DELETE.
        role: what somebody must be at least.
        input: what the JSON body, or with GET path and query together, must fit.
        max_body: bytes that a body may have.
    """

    path: str
    endpoint: str
    handler: Callable[..., Any]
    method: str = "GET"
    role: Role | None = Role.VIEWER
    input: type[BaseModel] | None = None
    max_body: int = MAX_FORM


Rule = Page | Api
