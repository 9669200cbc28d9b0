"""What somebody writes is never read as a command of the database: parameters only, in code and in fact."""

import ast
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import faqbot.store
from faqbot.settings import Settings
from faqbot.store import NewInquiry, Role, Store, open_store
from faqbot.web import create_app
from tests.contract.clock import Clock
from tests.contract.conftest import Build, FakeLive, rows, written
from tests.contract.desk import OURS, as_operator
from tests.contract.store import postgres
from tests.security.hostile import SQL, missing

FOLDER = Path(faqbot.store.__file__).parent
#: Functions and methods that take a statement as a text.
STATEMENTS = frozenset({"text", "exec_driver_sql", "execute", "executemany", "executescript", "literal_column", "DDL"})
#: Every name that a form or an address of ours may carry.
NAMES = (
    "q", "page", "id", "entry", "text", "answer", "number", "state", "action", "done", "decision", "version", "of", "vote", "from", "category", "show", "kind", "order",
    "release", "suggest", "query", "token", "key", "question", "background", "error", "tried", "email", "consent", "consent_version", "file", "reason", "handled", "title",
    "outcome", "since", "until", "via", "name", "role", "days", "note", "author", "head", "why", "limit", "offset", "lang", "next", "do", "must",
)  # fmt: skip


def built_statements(file: Path) -> list[int]:
    """Lines in which a text that is put together goes to the database."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            is_built = isinstance(first, ast.JoinedStr | ast.BinOp) or (
                isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute) and first.func.attr in {"format", "join"}
            )
            if name in STATEMENTS and is_built and not _only_numbers(first):
                found.append(node.lineno)
    return found


def _only_numbers(node: ast.expr) -> bool:
    """`f"PRAGMA busy_timeout = {busy_timeout}"`: values of a statement that takes no parameters, which are our own numbers."""
    values = [each.value for each in node.values if isinstance(each, ast.FormattedValue)] if isinstance(node, ast.JoinedStr) else []
    return bool(values) and all(isinstance(each, ast.Name) and each.id in {"busy_timeout", "lock_timeout"} for each in values)


#: Statements with a name of a table or channel that is ours, for which no parameter can stand: how many a module has.
NAMES_ONLY = {"listening.py": 1, "snapshot.py": 3}


def test_no_statement_is_put_together_from_texts():
    files = [file for file in FOLDER.rglob("*.py") if "versions" not in file.parts]
    assert len(files) > 30
    assert {file.name: len(lines) for file in files if (lines := built_statements(file))} == NAMES_ONLY


def test_a_statement_that_is_put_together_would_be_noticed(tmp_path: Path):
    file = tmp_path / "bad.py"
    file.write_text('connection.execute(f"SELECT {name}")\nconnection.execute(text("a" + b))\nconnection.execute(text("{}".format(b)))\n')
    assert built_statements(file) == [1, 2, 3]


def test_nothing_outside_the_store_speaks_to_the_database():
    others = [file for file in FOLDER.parent.rglob("*.py") if FOLDER not in file.parents]
    assert [file.name for file in others if "sqlalchemy" in file.read_text(encoding="utf-8") and "import sqlalchemy" in file.read_text(encoding="utf-8")] == []


def paths_of(app: Flask, method: str, text: str) -> list[str]:
    """Every address of that method, with the text as what is variable in it."""
    found = []
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in {
            "static",
            "desk_log_out",
            "desk_train",
            "desk_api_train",
            "desk_review_refresh",
            "desk_change_password",
        }:
            numbers = {name for name in rule.arguments if f"<int:{name}>" in rule.rule}
            found.append(
                app.url_map.bind("localhost").build(rule.endpoint, {name: 7 if name in numbers else text.replace("\0", "") for name in rule.arguments})
            )
    return found


def failures(app: Flask, client: FlaskClient, texts: Sequence[str]) -> list[tuple[str, str, int]]:
    """Addresses that fail, with the text and the status. Where no release serves, thresholds cannot be shown, and that is said with 503."""
    found = []
    for text in texts:
        values = dict.fromkeys(NAMES, text)
        for path in paths_of(app, "GET", text):
            with client.get(path, query_string=values) as response:
                found.append((path, text, response.status_code))
        for path, body in product(paths_of(app, "POST", text), ("data", "json")):
            with client.post(path, **{body: values}, headers=OURS) as response:
                found.append((path, text, response.status_code))
    return [each for each in found if each[2] >= 500 and not (each[2] == 503 and "thresholds" in each[0])]


def test_no_text_in_any_parameter_of_any_route_is_a_command(app: Flask, store: Store, database: Path):
    store.submit_inquiry(NewInquiry("환불해 주세요", "a@example.kr", "1"), "a key of sixteen and more")
    client = as_operator(app, store, Role.OWNER)
    tables = rows(database, "SELECT name FROM sqlite_master ORDER BY name")
    assert failures(app, client, SQL) == []
    assert rows(database, "SELECT name FROM sqlite_master ORDER BY name") == tables
    assert [len(store.inquiries()), {each.name for each in store.accounts.operators()}] == [1, {"owner"}]


@pytest.mark.slow
def test_no_text_in_any_parameter_is_a_command_of_postgresql(build: Build, live: FakeLive, settings: Settings, secret: bytes, clock: Clock, tmp_path: Path):
    if what := postgres.missing():
        missing(what)
    with postgres.server() as server, postgres.database(server) as address, open_store(address, secret, "default", clock) as opened:
        app = create_app(live, settings.model_copy(update={"models": tmp_path, "var": tmp_path}), opened, secret, clock)
        client = as_operator(app, opened, Role.OWNER)
        assert failures(app, client, ["\0' OR 1=1", "1' AND pg_sleep(5) --", "99999999999999999999", "99999999999"]) == []
        written(app)


@pytest.mark.parametrize("text", SQL)
def test_a_search_finds_what_holds_the_text_and_nothing_else(app: Flask, store: Store, text):
    store.submit_inquiry(NewInquiry("환불해 주세요", "a@example.kr", "1"), "a key of sixteen and more")
    client = as_operator(app, store, Role.OWNER)
    assert store.inquiries()[0].number not in client.get("/admin/inquiries", query_string={"number": text}).text
