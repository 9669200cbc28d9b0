"""The application factory."""

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request

from faqbot.settings import Settings
from faqbot.web import headers, intake, openapi, pages, problems
from faqbot.web.catalogue import Live, LiveCatalogue
from faqbot.web.routes import OPERATIONS, Operation
from faqbot.web.visit import Visit


def create_app(live: Live, settings: Settings) -> Flask:
    """The WSGI application of one site.

    Args:
        live: gives the release that serves; taken once a request, so it may change between two.
        settings: title, and the way to a person.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = intake.MAX_BODY + 1  # Werkzeug cuts a body without a length off here, and the one byte more tells
    app.url_map.merge_slashes = False  # ids are the operator's and may hold two slashes in a row
    catalogue = LiveCatalogue(live)

    def visit() -> Visit:
        return Visit(catalogue, settings, g.request_id)

    headers.install(app)
    problems.install(app)
    pages.install(app, visit, settings.title)
    for operation in OPERATIONS:
        app.add_url_rule(operation.rule, operation.name, _view(operation, visit), methods=[operation.method])
    document = json.dumps(openapi.document(OPERATIONS, settings.title), ensure_ascii=False)
    app.add_url_rule("/openapi.json", "openapi", lambda: Response(document, content_type="application/json"))
    return app


def _view(operation: Operation[Any], visit: Callable[[], Visit]) -> Callable[..., Response]:
    read = intake.read_body if operation.has_body else intake.read_parameters

    def view(**_: str) -> Response:
        response = operation.handler(visit(), read(request, operation.input))
        return Response(response.model_dump_json(), content_type="application/json")

    return view
