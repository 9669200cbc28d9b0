"""What happened to each request: measured, and told in one line of the log. No path and no word of a visitor is in it, only the name of the rule."""

import logging
from collections.abc import Callable
from time import perf_counter

from flask import Flask, Response, g, request

from faqbot.settings import Settings
from faqbot.web.metrics import Metrics

#: Where no rule fits.
NOWHERE = "none"
#: Asked every few seconds by whoever watches the server, so worth a line only where something is wrong.
_PROBES = frozenset({"livez", "readyz"})
_log = logging.getLogger(__name__)


def install(app: Flask, settings: Settings, site: Callable[[], str], metrics: Metrics) -> None:
    """Measure the requests of the app. To be installed first: what is installed first begins first and ends last.

    Args:
        app: theirs.
        settings: of the process.
        site: names the site that the request at hand is for.
        metrics: counts them.
    """

    def begin() -> None:
        g.began, g.notes = perf_counter(), {}
        metrics.in_flight.inc()

    def tell(response: Response) -> Response:
        seconds, endpoint = perf_counter() - g.began, request.endpoint or NOWHERE
        metrics.request(request.method, endpoint, response.status_code, seconds)
        if settings.access_log and not (endpoint in _PROBES and response.status_code < 400):
            method = request.method if request.method in app_methods else "other"
            fields = {"method": method, "endpoint": endpoint, "status": response.status_code, "ms": round(seconds * 1000, 1), "site": site(), **g.notes}
            _log.info("%s %s %d", method, endpoint, response.status_code, extra={"fields": fields})
        return response

    def end(_: BaseException | None) -> None:
        if "began" in g:
            metrics.in_flight.dec()

    app_methods = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
    app.before_request(begin)
    app.after_request(tell)
    app.teardown_request(end)
