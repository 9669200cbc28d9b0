"""The application factory."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, request

from faqbot.errors import SettingsError
from faqbot.settings import Settings
from faqbot.store import QueryRecord, Store
from faqbot.web import access, desk, headers, hosts, intake, limits, metrics_port, openapi, origins, pages, problems, sites
from faqbot.web.catalogue import Live, LiveCatalogue
from faqbot.web.journal import Journal
from faqbot.web.metrics import Metrics
from faqbot.web.popular import Popular
from faqbot.web.proxies import Proxies
from faqbot.web.routes import OPERATIONS, Operation
from faqbot.web.schema import ProblemCode
from faqbot.web.services import Asked, Services, SiteJournal, write_down
from faqbot.web.slow import SlowQueries
from faqbot.web.spool import Spool
from faqbot.web.state import State
from faqbot.web.tokens import Tokens
from faqbot.web.visit import Visit


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    live: Live, settings: Settings, store: Store, secret: bytes, clock: Callable[[], datetime] = _now, live_of: Callable[[Settings], Live] | None = None
) -> Flask:
    """The WSGI application of one site, and of those that files in `settings.sites` describe.

    Args:
        live: gives the release that serves; taken once a request, so it may change between two.
        settings: title, the way to a person, who may embed the box, limits, proxies in front.
        store: where queries, votes and inquiries go.
        secret: signs tokens.
        clock: the moment, with a time zone.
        live_of: settings of another site → its release, not yet loaded; None for one site alone.
    """
    app = Flask(__name__)
    app.request_class = intake.InMemory
    app.config["MAX_CONTENT_LENGTH"] = intake.MAX_BODY
    metrics = Metrics()
    journal = Journal(partial(write_down, store), Spool(settings.var / "spool", _to_spool, _from_spool), metrics)
    shared = _Shared(secret, clock, journal, metrics, SlowQueries(settings.slow_query_ms))
    known = _sites(shared.services(settings, live, store), shared, live_of)
    app.wsgi_app = hosts.possible_hosts(app.wsgi_app)  # type: ignore[method-assign,assignment]  # as below
    app.wsgi_app = sites.site_paths(app.wsgi_app, known)  # type: ignore[method-assign,assignment]  # as Flask documents it
    app.wsgi_app = Proxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    if settings.metrics_port:
        app.wsgi_app = metrics_port.behind(app.wsgi_app, metrics.app(), settings.metrics_port)  # type: ignore[method-assign,assignment]  # outermost: a proxy's headers name a port too
    app.url_map.merge_slashes = False  # ids are the operator's and may hold two slashes in a row
    app.extensions["faqbot"], app.extensions["faqbot.sites"] = known.own, known

    metrics.begin(settings.site)
    metrics.watch(State(lambda: (known.own, *known.opened()), os.getpid()))

    def current() -> Settings:
        return sites.current_services(known).settings

    def visit() -> Visit:
        services = sites.current_services(known)
        return Visit(services, g.request_id, _base_url(services.settings), g.notes)

    access.install(app, settings, lambda: current().site, metrics)
    headers.install(app, behind_proxy=settings.trusted_proxies > 0)
    problems.install(app, metrics.store_failed)
    app.before_request(_refuse_closed)
    desk.install(app, visit)
    origins.install(app, current)
    pages.install(app, visit, settings)
    for operation in OPERATIONS:
        app.add_url_rule(operation.rule, operation.name, _view(operation, visit), methods=[operation.method])
    document = openapi.document(OPERATIONS, has_sites=settings.sites is not None)
    app.add_url_rule("/openapi.json", "openapi", lambda: _tagged(_described(document, current())))
    limits.install(app, settings, current, metrics)
    return app


@dataclass(frozen=True)
class _Shared:
    """What the sites of a process have together."""

    secret: bytes
    clock: Callable[[], datetime]
    journal: Journal[Asked]
    metrics: Metrics
    slow: SlowQueries

    def services(self, settings: Settings, live: Live, store: Store) -> Services:
        """Of one site."""
        entrance, tokens = SiteJournal(self.journal, settings.site), Tokens(self.secret, settings.site)
        return Services(LiveCatalogue(live), settings, store, tokens, self.clock, entrance, Popular(store, self.clock), self.metrics, self.slow)


def _sites(own: Services, shared: _Shared, live_of: Callable[[Settings], Live] | None) -> sites.Sites:
    """The process's own site, open, and all others."""

    def open_site(settings: Settings) -> Services:
        if live_of is None:
            raise SettingsError("이 서버는 사이트 하나만 엽니다.")
        zone = ZoneInfo(settings.timezone)
        return shared.services(settings, live_of(settings), own.store.beside(settings.site, lambda: shared.clock().astimezone(zone)))

    return sites.Sites(own, open_site)


def _to_spool(asked: Asked) -> dict[str, Any]:
    site, record = asked
    return {"site": site, "record": record.to_json()}


def _from_spool(data: dict[str, Any]) -> Asked:
    return str(data["site"]), QueryRecord.from_json(data["record"])


def _refuse_closed() -> None:
    """A site whose file cannot be used is as if its release could not: not ready."""
    if request.environ.get(sites.CLOSED):
        raise problems.RequestError(ProblemCode.NOT_READY)


def _described(document: dict[str, Any], settings: Settings) -> Response:
    """The document of the site at hand: another site's names the address that its paths are added to, and no sites besides."""
    info = {**document["info"], "title": settings.title}
    if not request.script_root.endswith(f"/sites/{settings.site}"):
        return _json(document | {"info": info})
    paths = {path: operations for path, operations in document["paths"].items() if not path.startswith("/v1/sites/")}
    return _json(document | {"info": info, "servers": [{"url": request.script_root}], "paths": paths})


def _json(data: dict[str, Any]) -> Response:
    return Response(json.dumps(data, ensure_ascii=False), content_type="application/json")


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
