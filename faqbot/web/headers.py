"""What every response carries."""

from uuid import uuid4

from flask import Flask, Response, g, request

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


def install(app: Flask) -> None:
    """Number requests and secure responses of the app."""
    app.before_request(_number)
    app.after_request(_secure)


def _number() -> None:
    g.request_id = uuid4().hex  # never the client's: it goes into our log


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
