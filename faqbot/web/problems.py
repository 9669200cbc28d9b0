"""Errors → RFC 9457 problems for programs, a small page for people. Words are constant: nothing that was sent, and no exception's text, comes back."""

import logging
import traceback
from collections.abc import Callable, Iterable

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from faqbot import messages
from faqbot.errors import FaqbotError, QueryError, ReleaseError, StoreError
from faqbot.web.schema import FieldError, Problem, ProblemCode

MEDIA_TYPE = "application/problem+json"
#: Seconds after which a store that was locked or down may be tried again.
RETRY_AFTER = "5"

STATUS = {
    ProblemCode.BAD_REQUEST: 400,
    ProblemCode.UNAUTHORIZED: 401,
    ProblemCode.FORBIDDEN: 403,
    ProblemCode.FOREIGN_REQUEST: 403,
    ProblemCode.CONFLICT: 409,
    ProblemCode.INVALID_JSON: 400,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.METHOD_NOT_ALLOWED: 405,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.UNSUPPORTED_MEDIA_TYPE: 415,
    ProblemCode.INVALID_REQUEST: 422,
    ProblemCode.EMPTY: 422,
    ProblemCode.TOO_LONG: 422,
    ProblemCode.NOT_TEXT: 422,
    ProblemCode.INVALID_TOKEN: 422,
    ProblemCode.ORIGIN_NOT_ALLOWED: 403,
    ProblemCode.RATE_LIMITED: 429,
    ProblemCode.NOT_STORED: 503,
    ProblemCode.NOT_READ: 503,
    ProblemCode.INTERNAL_ERROR: 500,
    ProblemCode.NOT_READY: 503,
    ProblemCode.DRAINING: 503,
}
#: What Flask and Werkzeug refuse on their own, by status; others are bad_request or internal_error.
_OWN_STATUSES = {404: ProblemCode.NOT_FOUND, 405: ProblemCode.METHOD_NOT_ALLOWED, 413: ProblemCode.TOO_LARGE, 415: ProblemCode.UNSUPPORTED_MEDIA_TYPE}
_API_PATHS = frozenset({"/v1", "/livez", "/readyz", "/openapi.json"})
_log = logging.getLogger(__name__)


class RequestError(FaqbotError):
    """A request that is refused.

    Attributes:
        code: why.
        errors: which fields, where there are any.
    """

    def __init__(self, code: ProblemCode, errors: Iterable[FieldError] = ()) -> None:
        super().__init__(messages.PROBLEM[code][1])
        self.code = code
        self.errors = tuple(errors)


def is_api(path: str) -> bool:
    """Whether programs, not people, ask for this path."""
    return path in _API_PATHS or path.startswith("/v1/")


def is_desk(path: str) -> bool:
    """Whether it is a page of the operator's desk."""
    return path == "/admin" or path.startswith("/admin/")


def is_desk_api(path: str) -> bool:
    """Whether programs of the operator ask for this path."""
    return path == "/v1/admin" or path.startswith("/v1/admin/")


def problem(code: ProblemCode, errors: tuple[FieldError, ...] = (), status: int | None = None, request_id: str | None = None) -> Problem:
    """The problem of that code, in the request at hand or one of that number; `status` where it differs from the code's own."""
    title, detail = messages.PROBLEM[code]
    return Problem(
        title=title,
        status=status or STATUS[code],
        detail=detail,
        code=code,
        request_id=g.get("request_id", "") if request_id is None else request_id,
        errors=errors,
    )


def query_problem(error: QueryError) -> Problem:
    """The problem of a query that the bot refuses."""
    code = ProblemCode(error.code)
    return problem(code, (FieldError(field="query", message=messages.PROBLEM[code][1]),))


def install(app: Flask, failed: Callable[[str], None] = lambda _: None) -> None:
    """Answer every error of the app with a problem.

    Args:
        app: theirs.
        failed: told the code of each StoreError that is ours to mend.
    """

    def store_failed(error: StoreError) -> Response:
        if error.code != "missing":
            failed(error.code)
        return _store_failed(error)

    app.register_error_handler(RequestError, _request_refused)
    app.register_error_handler(QueryError, lambda error: _respond(query_problem(error)))
    app.register_error_handler(ReleaseError, _not_ready)
    app.register_error_handler(StoreError, store_failed)
    app.register_error_handler(HTTPException, _refused_by_flask)
    app.register_error_handler(Exception, _unexpected)


def problem_response(code: ProblemCode) -> Response:
    """The response to the request at hand, for program or person."""
    return _respond(problem(code))


def _respond(what: Problem) -> Response:
    if is_api(request.path):
        return Response(what.model_dump_json(), what.status, content_type=MEDIA_TYPE)
    template = "desk/error.html" if is_desk(request.path) else "error.html"
    return Response(render_template(template, problem=what), what.status)


def _request_refused(error: RequestError) -> Response:
    response = _respond(problem(error.code, error.errors))
    if error.code is ProblemCode.DRAINING:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _not_ready(error: ReleaseError) -> Response:
    _log.error("request %s: no release to answer with: %s", g.request_id, error)
    return _respond(problem(ProblemCode.NOT_READY))


def _store_failed(error: StoreError) -> Response:
    """What a client names and the store does not hold is not found; all else is ours to mend, and worth another try."""
    if error.code == "missing":
        return _respond(problem(ProblemCode.NOT_FOUND))
    _log.error("request %s: the store failed: %s", g.request_id, error)
    response = _respond(problem(ProblemCode.NOT_READ if request.method in {"GET", "HEAD"} else ProblemCode.NOT_STORED))
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def _refused_by_flask(error: HTTPException) -> Response:
    status = error.code or 500  # all of Werkzeug's have one; redirects never come here
    other = ProblemCode.BAD_REQUEST if status < 500 else ProblemCode.INTERNAL_ERROR
    response = _respond(problem(_OWN_STATUSES.get(status, other), status=status))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _unexpected(error: Exception) -> Response:
    log_failure(error)
    return _respond(problem(ProblemCode.INTERNAL_ERROR))


def log_failure(error: Exception) -> None:
    """Log where an unexpected error arose. Its message is left out, because it may quote the query."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("request %s failed: %s\n%s", g.request_id, type(error).__name__, frames)
