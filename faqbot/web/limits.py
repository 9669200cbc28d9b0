"""How often one client may ask, vote and write."""

import logging
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RateLimitExceeded, RequestLimit
from limits import parse
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from faqbot.errors import SettingsError
from faqbot.settings import Settings, install_command, variable
from faqbot.store.attempts import network
from faqbot.web import windows
from faqbot.web.access import NOWHERE
from faqbot.web.desk.login import not_now
from faqbot.web.metrics import Metrics
from faqbot.web.problems import RETRY_AFTER, problem_response
from faqbot.web.schema import ProblemCode

#: Endpoints that share a limit, by what is limited.
_ASKING = ("ask", "ask_page")
_VOTING = ("feedback", "choose", "feedback_page", "choose_page")
_WRITING = ("inquire", "send_inquiry")
#: Where files may come before the inquiry is sent, and how often: each time some may be stored that are never sent.
_UPLOADING, _UPLOADS = "review_inquiry", "60/hour"
#: How often one client may try to log in on all machines together, right or wrong; failures are counted in the database besides.
_LOGGING_IN, _LOG_INS = "desk_log_in", "30/minute"
#: The setting that has each process count for itself.
_MEMORY = "memory://"
#: Seconds for which Redis is waited for: nobody who asks should notice that it is gone.
_PATIENCE = 0.25
_log = logging.getLogger(__name__)


def install(app: Flask, settings: Settings, current: Callable[[], Settings], metrics: Metrics) -> None:
    """Limit the endpoints of the app that exist by now, each client by its address; the API and the page for one thing are counted together.

    Of an address of version 6 its network of 64 bits counts: one person has all of it.

    Limits are those of the site that the request at hand is for, `current()`, and its own clients are counted; where counts are kept the process's settings say.

    Above a limit the answer is the problem `rate_limited`, status 429, with Retry-After in seconds. While a storage elsewhere is down, each process counts;
    only logging in waits for it, with 503: who tries passwords should not gain from it.

    Raises:
        SettingsError: the storage cannot be used, or its driver is missing.
    """

    def refuse(limit: RequestLimit) -> Response:
        metrics.rate_limited(request.endpoint or NOWHERE)
        return _refuse(limit)

    storage = settings.rate_limit_storage.get_secret_value()
    try:
        options = _options(storage)
        limiter = Limiter(
            lambda: f"{current().site} {_client()}",
            app=app,
            storage_uri=f"{windows.SCHEME}://" if storage == _MEMORY else storage,
            storage_options=options,
            on_breach=refuse,
            in_memory_fallback_enabled=True,
            swallow_errors=True,  # of several requests in whose middle the storage goes, the library lets one fall back and fails the others
        )
    except (ConfigurationError, ImportError, ValueError) as error:
        raise _unusable(storage) from error
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
    if storage.startswith("redis"):
        _count_log_ins(app, storage, options)
    uploads = limiter.shared_limit(_UPLOADS, scope="uploads", exempt_when=lambda: not current().attachments or request.mimetype != "multipart/form-data")
    view = app.view_functions[_UPLOADING]
    view.__qualname__ = _UPLOADING
    app.view_functions[_UPLOADING] = uploads(view)  # type: ignore[assignment]  # as above


def _options(storage: str) -> dict[str, Any]:
    """Of the connection to a storage elsewhere; none for memory."""
    if not storage.startswith("redis"):
        return {}
    from redis.backoff import NoBackoff  # noqa: PLC0415  # an extra
    from redis.retry import Retry  # noqa: PLC0415

    return {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE, "retry": Retry(NoBackoff(), 1)}


def _count_log_ins(app: Flask, storage: str, options: dict[str, Any]) -> None:
    """Let nobody log in past the count that machines share."""
    counts, limit = FixedWindowRateLimiter(storage_from_string(storage, wrap_exceptions=True, **options)), parse(_LOG_INS)
    log_in = app.view_functions[_LOGGING_IN]

    def counted(**arguments: Any) -> ResponseReturnValue:
        try:
            may = counts.hit(limit, _LOGGING_IN, _client())
        except StorageError as error:
            _log.error("nobody can log in while log-ins cannot be counted: %s", type(error.storage_error).__name__)
            return not_now("지금은 로그인 횟수를 셀 수 없어서 로그인을 막아 두었어요. 잠시 뒤에 다시 해 주세요.", 503, int(RETRY_AFTER))
        if not may:
            return not_now("로그인을 너무 많이 시도했어요. 1분 뒤에 다시 해 주세요.", 429, 60)
        return log_in(**arguments)  # type: ignore[return-value]  # no view here is a coroutine

    app.view_functions[_LOGGING_IN] = counted


def _unusable(storage: str) -> SettingsError:
    """Without the address: it may hold a password."""
    name = variable("rate_limit_storage")
    if storage.startswith(("redis:", "rediss:", "redis+")) and find_spec("redis") is None:
        return SettingsError(f"{name}: Redis에 연결할 redis 패키지가 없습니다. {install_command('redis')} 를 실행하세요.")
    return SettingsError(f"{name}: 쓸 수 없는 주소입니다. memory:// 나 redis://호스트:6379 처럼 적으세요.")


def _client() -> str:
    return network(request.remote_addr or "")


def _refuse(limit: RequestLimit) -> Response:
    response = problem_response(ProblemCode.RATE_LIMITED)
    response.headers["Retry-After"] = str(max(1, limit.reset_at - int(time.time())))
    return response
