"""Which pages of other origins may use the API: those that the operator listed, to the letter."""

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from flask import Flask, Response, request

from faqbot.settings import Settings
from faqbot.web.problems import RequestError, is_api
from faqbot.web.schema import ProblemCode

#: Seconds for which a browser remembers what a preflight allowed.
_REMEMBERED = "7200"


def install(app: Flask, settings: Callable[[], Settings]) -> None:
    """Let pages of the origins that a site lists call its API, refuse others' writes, and say so in headers.

    Args:
        app: theirs.
        settings: of the site that the request at hand is for: `origins`, beside which our own is always allowed, and `public_url`, how browsers name us where
            something in front of us takes their calls.
    """

    def refuse() -> None:
        if request.method == "POST" and is_api(request.path) and _is_foreign(_known(settings())):
            raise RequestError(ProblemCode.ORIGIN_NOT_ALLOWED)

    def tell(response: Response) -> Response:
        if not is_api(request.path):
            return response
        response.vary.add("Origin")
        if (origin := request.headers.get("Origin")) in settings().origins:
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


def origin_of(url: str) -> str:
    """Scheme, host and, where it is not the usual one, port: what a browser sends as Origin.

    >>> origin_of("https://help.example.kr:8443/faq?q=1")
    'https://help.example.kr:8443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _known(settings: Settings) -> Collection[str]:
    return (*settings.origins, *((origin_of(str(settings.public_url)),) if settings.public_url else ()))


def _is_foreign(known: Collection[str]) -> bool:
    """Whether a page of an origin that is not listed sent this. Programs send no Origin."""
    origin = request.headers.get("Origin")
    return origin is not None and origin not in known and origin != request.host_url.rstrip("/")
