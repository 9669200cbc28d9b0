"""The desk as somebody uses it who is logged in."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.store import Role, Store
from faqbot.web.desk.cookies import LOCAL_COOKIE

#: What browsers send with a form of ours.
OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
_WORDS = "correct horse battery"


def as_operator(app: Flask, store: Store, role: Role) -> FlaskClient:
    """A client of somebody with that role, whose name is the role's."""
    store.accounts.create(role.value, _WORDS, role)
    client = app.test_client()
    client.set_cookie(LOCAL_COOKIE, store.accounts.start_session(role.value))
    return client


def send(client: FlaskClient, path: str, **form: str) -> TestResponse:
    """A form, as a page of ours sends it."""
    return client.post(path, data=form, headers=OURS)


def log(store: Store) -> list[tuple[str, str, str, object, object]]:
    """Who did what to what, from what to what; the latest first."""
    return [(entry.actor, entry.action, entry.subject, entry.before, entry.after) for entry in store.audit.page()]
