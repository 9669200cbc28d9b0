"""The application factory."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

from faqbot.settings import Settings
from faqbot.store import QueryRecord, Store
from faqbot.web import access, desk, headers, intake, limits, metrics_port, openapi, origins, pages, problems
from faqbot.web.catalogue import Live, LiveCatalogue
from faqbot.web.journal import Journal
from faqbot.web.metrics import Metrics
from faqbot.web.popular import Popular
from faqbot.web.proxies import Proxies
from faqbot.web.routes import OPERATIONS, Operation
from faqbot.web.services import Services
from faqbot.web.slow import SlowQueries
from faqbot.web.spool import Spool
from faqbot.web.state import State
from faqbot.web.tokens import Tokens
from faqbot.web.visit import Visit


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(live: Live, settings: Settings, store: Store, secret: bytes, clock: Callable[[], datetime] = _now) -> Flask:
    """The WSGI application of one site.

    Args:
        live: gives the release that serves; taken once a request, so it may change between two.
        settings: title, the way to a person, who may embed the box, limits, proxies in front.
        store: where queries, votes and inquiries go.
        secret: signs tokens.
        clock: the moment, with a time zone.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = intake.MAX_BODY
    metrics = Metrics()
    app.wsgi_app = Proxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]  # as Flask documents it
    if settings.metrics_port:
        app.wsgi_app = metrics_port.behind(app.wsgi_app, metrics.app(), settings.metrics_port)  # type: ignore[method-assign,assignment]  # outermost: a proxy's headers name a port too
    app.url_map.merge_slashes = False  # ids are the operator's and may hold two slashes in a row
    spool = Spool(settings.var / "spool" / settings.site, QueryRecord.to_json, QueryRecord.from_json)
    journal, popular = Journal(store.record_queries, spool, metrics), Popular(store, clock)
    services = Services(
        LiveCatalogue(live), settings, store, Tokens(secret, settings.site), clock, journal, popular, metrics, SlowQueries(settings.slow_query_ms)
    )
    app.extensions["faqbot"] = services
    metrics.begin(settings.site)
    metrics.watch(State(services.live, settings, os.getpid()))

    def visit() -> Visit:
        return Visit(services, g.request_id, _base_url(settings), g.notes)

    access.install(app, settings, metrics)
    headers.install(app, behind_proxy=settings.trusted_proxies > 0)
    problems.install(app, metrics.store_failed)
    desk.install(app, visit, settings)
    origins.install(app, frozenset(settings.origins), settings.public_url)
    pages.install(app, visit, settings)
    for operation in OPERATIONS:
        app.add_url_rule(operation.rule, operation.name, _view(operation, visit), methods=[operation.method])
    document = json.dumps(openapi.document(OPERATIONS, settings.title), ensure_ascii=False)
    app.add_url_rule("/openapi.json", "openapi", lambda: _tagged(Response(document, content_type="application/json")))
    limits.install(app, settings, metrics)
    return app


def _base_url(settings: Settings) -> str:
    """What our own paths are added to. Without the host where the request names one that cannot be: what is left leads back here all the same."""
    return (str(settings.public_url) if settings.public_url else request.url_root if request.host else request.script_root).rstrip("/")


def _view(operation: Operation[Any], visit: Callable[[], Visit]) -> Callable[..., Response]:
    def view(**_: str) -> Response:
        if operation.has_body:
            output = operation.handler(visit(), intake.read_body(request, operation.input, operation.max_body))
        else:
            output = operation.handler(visit(), intake.read_parameters(request, operation.input))
        if output is None:
            return Response(status=operation.status)
        response = Response(output.model_dump_json(), operation.status, content_type="application/json")
        return response if operation.has_body else _tagged(response)

    return view


def _tagged(response: Response) -> Response:
    """With a tag of its content; only the tag where the client has that content."""
    response.add_etag()
    response.make_conditional(request)
    return response
