"""The application factory."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from faqbot.errors import SettingsError
from faqbot.settings import Settings
from faqbot.store import Store
from faqbot.web import desk, headers, intake, limits, openapi, origins, pages, problems, sites
from faqbot.web.catalogue import Live, LiveCatalogue
from faqbot.web.journal import Journal
from faqbot.web.popular import Popular
from faqbot.web.routes import OPERATIONS, Operation
from faqbot.web.schema import ProblemCode
from faqbot.web.services import Services, SiteJournal, write_down
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
    app.config["MAX_CONTENT_LENGTH"] = intake.MAX_BODY
    known = _sites(live, settings, store, secret, clock, live_of)
    app.wsgi_app = sites.site_paths(app.wsgi_app, known)  # type: ignore[method-assign,assignment]  # as Flask documents it
    if (proxies := settings.trusted_proxies) > 0:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]  # as Flask documents it
    app.url_map.merge_slashes = False  # ids are the operator's and may hold two slashes in a row
    app.extensions["faqbot"], app.extensions["faqbot.sites"] = known.own, known

    def current() -> Settings:
        return sites.current_services(known).settings

    def visit() -> Visit:
        services = sites.current_services(known)
        return Visit(services, g.request_id, _base_url(services.settings))

    headers.install(app)
    problems.install(app)
    app.before_request(_refuse_closed)
    desk.install(app, visit)
    origins.install(app, current)
    pages.install(app, visit, settings)
    for operation in OPERATIONS:
        app.add_url_rule(operation.rule, operation.name, _view(operation, visit), methods=[operation.method])
    document = openapi.document(OPERATIONS, has_sites=settings.sites is not None)
    app.add_url_rule("/openapi.json", "openapi", lambda: _tagged(_described(document, current())))
    limits.install(app, settings, current)
    return app


def _sites(
    live: Live, settings: Settings, store: Store, secret: bytes, clock: Callable[[], datetime], live_of: Callable[[Settings], Live] | None
) -> sites.Sites:
    """The process's own site, open, and all others."""
    journal = Journal(partial(write_down, store))

    def build(of: Settings, its_live: Live, its_store: Store) -> Services:
        entrance, popular = SiteJournal(journal, of.site), Popular(its_store, clock)
        return Services(LiveCatalogue(its_live), of, its_store, Tokens(secret, of.site), clock, entrance, popular)

    def open_site(of: Settings) -> Services:
        if live_of is None:
            raise SettingsError("이 서버는 사이트 하나만 엽니다.")
        zone = ZoneInfo(of.timezone)
        return build(of, live_of(of), store.beside(of.site, lambda: clock().astimezone(zone)))

    return sites.Sites(build(settings, live, store), open_site)


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
