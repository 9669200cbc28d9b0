"""How often one client may ask, vote and write."""

import time
from collections.abc import Callable

from flask import Flask, Response, request
from flask_limiter import Limiter, RateLimitExceeded, RequestLimit

from faqbot.settings import Settings
from faqbot.store.attempts import network
from faqbot.web.problems import problem_response
from faqbot.web.schema import ProblemCode

#: Endpoints that share a limit, by what is limited.
_ASKING = ("ask", "ask_page")
_VOTING = ("feedback", "choose", "feedback_page", "choose_page")
_WRITING = ("inquire", "send_inquiry")
#: Where files may come before the inquiry is sent, and how often: each time some may be stored that are never sent.
_UPLOADING, _UPLOADS = "review_inquiry", "60/hour"


def install(app: Flask, settings: Settings, current: Callable[[], Settings]) -> None:
    """Limit the endpoints of the app that exist by now, each client by its address; the API and the page for one thing are counted together.

    Of an address of version 6 its network of 64 bits counts: one person has all of it.

    Limits are those of the site that the request at hand is for, `current()`, and its own clients are counted; where counts are kept the process's settings say.

    Above a limit the answer is the problem `rate_limited`, status 429, with Retry-After in seconds. While a storage elsewhere is down, each process counts.
    """
    storage = settings.rate_limit_storage.get_secret_value()
    limiter = Limiter(lambda: f"{current().site} {_client()}", app=app, storage_uri=storage, on_breach=_refuse, in_memory_fallback_enabled=True)
    app.register_error_handler(RateLimitExceeded, lambda error: error.get_response())  # what _refuse made; the handler of all HTTP errors would hide it
    limits = (
        (_ASKING, lambda: current().limit_questions),
        (_VOTING, lambda: current().limit_feedback),
        (_WRITING, lambda: current().limit_inquiries),
    )
    for endpoints, limit in limits:
        shared = limiter.shared_limit(limit, scope=endpoints[0])
        for endpoint in endpoints:
            if endpoint in app.view_functions:
                view = app.view_functions[endpoint]
                view.__qualname__ = endpoint  # Flask-Limiter tells views apart by their names, and ours are made by one function
                app.view_functions[endpoint] = shared(view)  # type: ignore[assignment]  # no view here is a coroutine
    uploads = limiter.shared_limit(_UPLOADS, scope="uploads", exempt_when=lambda: not current().attachments or request.mimetype != "multipart/form-data")
    view = app.view_functions[_UPLOADING]
    view.__qualname__ = _UPLOADING
    app.view_functions[_UPLOADING] = uploads(view)  # type: ignore[assignment]  # as above


def _client() -> str:
    return network(request.remote_addr or "")


def _refuse(limit: RequestLimit) -> Response:
    response = problem_response(ProblemCode.RATE_LIMITED)
    response.headers["Retry-After"] = str(max(1, limit.reset_at - int(time.time())))
    return response
