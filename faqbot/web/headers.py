"""What every response carries."""

import re
from uuid import uuid4

from flask import Flask, Response, g, request

from faqbot.privacy import mask
from faqbot.web.problems import is_api, is_desk

_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"}
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
#: The one page with a script: it shows the answer box at work.
_EMBED_POLICY = f"{_PAGE_POLICY}; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

#: Pages for operators: scripts of ours, which can write no HTML.
_DESK_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


#: A request id that a proxy may give: hexadecimal digits, or such as HAProxy and others make. It goes into our log, so it may hold nothing else.
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]{15,127}")
_HEX = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def install(app: Flask, *, behind_proxy: bool = False) -> None:
    """Number requests and secure responses of the app.

    Args:
        app: theirs.
        behind_proxy: whether something in front of us, which we trust, may have numbered them.
    """

    def number() -> None:
        given = request.headers.get("X-Request-ID", "") if behind_proxy else ""
        g.request_id = given if is_request_id(given) else uuid4().hex

    app.before_request(number)
    app.after_request(_secure)


def is_request_id(text: str) -> bool:
    """Whether it is of a safe form and holds nothing that looks like somebody's number.

    >>> is_request_id("7f000001-8296-4f7b-0a69-000300000790"), is_request_id("+82-10-1234-5678"), is_request_id("short"), is_request_id("가" * 20)
    (True, False, False, False)
    """
    return bool(_HEX.fullmatch(text) or (_ID.fullmatch(text) and not mask(text).kinds))


def _secure(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["X-Request-ID"] = g.request_id
    response.headers.setdefault("Cache-Control", "no-store" if request.method == "POST" else "no-cache")
    return response


def _policy() -> str:
    if is_api(request.path):
        return _API_POLICY
    if is_desk(request.path):
        return _DESK_POLICY
    return _EMBED_POLICY if request.endpoint == "embed" else _PAGE_POLICY
