"""The tables of the desk, and Flask's rules made from them."""

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from faqbot.web.desk import (
    account,
    accounts,
    asked,
    audit,
    casing,
    choosing,
    embed,
    faqs,
    feedback,
    frame,
    gate,
    imports,
    imports_api,
    inquiries,
    lab,
    login,
    notices,
    publish,
    questions,
    releases,
    thresholds,
    today,
    words,
)
from faqbot.web.desk import settings as settings_page
from faqbot.web.desk.page import Api, Page, Rule
from faqbot.web.intake import read_body, read_parameters
from faqbot.web.visit import Visit

PAGES: tuple[Page, ...] = (
    *login.PAGES,
    *today.PAGES,
    *account.PAGES,
    *accounts.PAGES,
    *questions.PAGES,
    *choosing.PAGES,
    *asked.PAGES,
    *feedback.PAGES,
    *casing.PAGES,
    *lab.PAGES,
    *notices.PAGES,
    *inquiries.PAGES,
    *faqs.PAGES,
    *words.PAGES,
    *thresholds.PAGES,
    *publish.PAGES,
    *imports.PAGES,
    *releases.PAGES,
    *embed.PAGES,
    *settings_page.PAGES,
    *audit.PAGES,
)
APIS: tuple[Api, ...] = (*account.APIS, *imports_api.APIS, *publish.APIS, *releases.APIS, *thresholds.APIS)
RULES: tuple[Rule, ...] = (*PAGES, *APIS)


def install(app: Flask, visit: Callable[[], Visit]) -> None:
    """Add the desk to the app. Before whatever else answers requests: nobody gets past the gate.

    Args:
        app: theirs.
        visit: makes the visit of the request at hand.
    """
    gate.install(app, visit, {rule.endpoint: rule for rule in RULES})
    frame.install(app, PAGES, visit)
    for page in PAGES:
        app.add_url_rule(page.path, page.endpoint, _page_view(page, visit), methods=[page.method])
    for api in APIS:
        app.add_url_rule(api.path, api.endpoint, _api_view(api), methods=[api.method])


def _page_view(page: Page, visit: Callable[[], Visit]) -> Callable[..., ResponseReturnValue]:
    def view(**arguments: Any) -> ResponseReturnValue:
        sent = (request.form,) if page.method == "POST" else ()
        return page.handler(frame.visit_or_none() or visit(), *sent, **arguments)

    return view


def _api_view(api: Api) -> Callable[..., Response]:
    def view(**arguments: Any) -> Response:
        if api.input is None:
            return _as_response(api.handler(g.desk_visit, **arguments))
        reads = read_parameters(request, api.input) if api.method == "GET" else read_body(request, api.input, api.max_body)
        return _as_response(api.handler(g.desk_visit, reads, **({} if api.method == "GET" else arguments)))

    return view


def _as_response(output: object) -> Response:
    """What a handler of the API gave, as it is sent."""
    if isinstance(output, Response):
        return output
    if output is None:
        return Response(status=204)
    text = output.model_dump_json() if isinstance(output, BaseModel) else json.dumps(output, ensure_ascii=False, default=str)
    return Response(text, content_type="application/json")
