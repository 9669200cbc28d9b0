"""Who may come in. Asked before anything else of the desk happens, and before the body of a request is read."""

from collections.abc import Callable, Mapping

from flask import Flask, Response, g, request

from faqbot.web.desk import login
from faqbot.web.desk.cookies import sent_token
from faqbot.web.desk.page import Rule
from faqbot.web.desk.senders import is_ours
from faqbot.web.desk.visit import Actor, DeskVisit
from faqbot.web.problems import is_desk, is_desk_api, problem_response
from faqbot.web.schema import ProblemCode
from faqbot.web.services import Services
from faqbot.web.visit import Visit

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SCHEME = "bearer "


def install(app: Flask, visit: Callable[[], Visit], rules: Mapping[str, Rule]) -> None:
    """Let nobody in who may not come in.

    Args:
        app: of the desk.
        visit: makes the visit of the request at hand.
        rules: of the desk, by endpoint. What is under the desk's paths and not among them opens for nobody.
    """

    def check() -> Response | None:
        if not (is_desk(request.path) or is_desk_api(request.path)):
            return None
        g.make_visit = visit  # what the templates ask, and nothing that runs later has set
        return _check(visit(), rules.get(request.endpoint or ""))

    def keep_nothing(response: Response) -> Response:
        if is_desk(request.path) or is_desk_api(request.path):
            response.headers["Cache-Control"] = "no-store"
            response.vary.update(("Cookie", "Authorization"))
            # A form sent under no-referrer has the origin "null", and we want to know it.
            response.headers["Referrer-Policy"] = "same-origin"
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
            response.headers["X-Robots-Tag"] = "noindex"
            for name in [name for name, _ in response.headers if name.startswith("Access-Control-")]:
                del response.headers[name]  # who may embed the answer box has no business here
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    app.before_request(check)
    app.after_request(keep_nothing)


def _check(visit: Visit, rule: Rule | None) -> Response | None:
    actor = _actor(visit.services)
    if actor is None:
        return _without_actor(visit, rule)
    g.desk_visit = DeskVisit(visit.services, visit.request_id, visit.base_url, visit.notes, actor=actor)
    if actor.via == "session" and request.method not in _SAFE and not is_ours(request, visit.settings):
        return problem_response(ProblemCode.FOREIGN_REQUEST)
    if rule is None:
        return problem_response(ProblemCode.FORBIDDEN) if request.endpoint else None  # Flask says what is not there
    if rule.role is not None and not actor.role.covers(rule.role):
        return problem_response(ProblemCode.FORBIDDEN)
    _make_room(rule)
    return None


def _actor(services: Services) -> Actor | None:
    """Who asks. A key opens the API alone; where one is sent no cookie counts."""
    accounts, given = services.store.accounts, request.headers.get("Authorization", "")
    if is_desk_api(request.path) and given[: len(_SCHEME)].lower() == _SCHEME:
        key = accounts.key(given[len(_SCHEME) :])
        return Actor(f"key:{key.prefix}", key.role, "key") if key else None
    session = accounts.session(sent_token(request, services.settings))
    return Actor(session.name, session.role, "session") if session else None


def _without_actor(visit: Visit, rule: Rule | None) -> Response | None:
    if not visit.services.store.accounts.exist():
        return login.off()
    if rule is not None and rule.role is None:
        _make_room(rule)
        is_open = request.method in {"GET", "HEAD"} or (request.method == "POST" and login.is_readable(rule.max_body))
        return None if is_open else login.ask_to_log_in(visit)
    if is_desk_api(request.path):
        response = problem_response(ProblemCode.UNAUTHORIZED)
        response.headers["WWW-Authenticate"] = 'Bearer realm="faqbot"'
        return response
    return login.ask_to_log_in(visit)


def _make_room(rule: Rule) -> None:
    request.max_content_length = rule.max_body
    request.max_form_memory_size = rule.max_body
