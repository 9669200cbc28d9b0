"""Which pages of other origins may use the API: those that the operator listed, to the letter."""

from flask import Flask, Response, request

from faqbot.web.problems import RequestError, is_api
from faqbot.web.schema import ProblemCode

#: Seconds for which a browser remembers what a preflight allowed.
_REMEMBERED = "7200"


def install(app: Flask, allowed: frozenset[str]) -> None:
    """Let pages of the allowed origins call the API, refuse others' writes, and say so in headers.

    Args:
        app: theirs.
        allowed: origins such as `https://shop.example.kr`; our own is always allowed.
    """

    def refuse() -> None:
        if request.method == "POST" and is_api(request.path) and _is_foreign(allowed):
            raise RequestError(ProblemCode.ORIGIN_NOT_ALLOWED)

    def tell(response: Response) -> Response:
        if not is_api(request.path):
            return response
        response.vary.add("Origin")
        if (origin := request.headers.get("Origin")) in allowed:
            response.headers["Access-Control-Allow-Origin"] = str(origin)
            response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-ID"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = "Content-Type"
                response.headers["Access-Control-Max-Age"] = _REMEMBERED
        return response

    app.before_request(refuse)
    app.after_request(tell)


def _is_foreign(allowed: frozenset[str]) -> bool:
    """Whether a page of an origin that is not listed sent this. Programs send no Origin."""
    origin = request.headers.get("Origin")
    return origin is not None and origin not in allowed and origin != request.host_url.rstrip("/")
