"""Two sites beside the process's own, for the tests of this folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot.bootstrap.parts import build_live
from faqbot.settings import Settings
from faqbot.store import NewInquiry, NewNotice, Role, Store
from faqbot.web import create_app
from faqbot.web.desk.cookies import LOCAL_COOKIE
from tests.contract.clock import Clock
from tests.contract.conftest import SECRET, written
from tests.site_copies import copy_release

QUERY = "환불은 며칠 걸리나요?"
#: What only one site's data holds.
MARKS = {"alpha": "알파전용", "beta": "베타전용", "default": "기본전용"}
WORDS = "correct horse battery"


@dataclass
class Two:
    """Two sites beside the process's own, each with a release, a notice, an inquiry, an operator and a key of its own."""

    app: Flask
    settings: Settings
    stores: dict[str, Store]
    tokens: dict[str, str]
    numbers: dict[str, str]
    notices: dict[str, int]
    sessions: dict[str, str]
    keys: dict[str, str]

    def client(self, site: str | None = None) -> FlaskClient:
        """A visitor, or an owner of a site."""
        client = self.app.test_client()
        if site:
            client.set_cookie(f"{LOCAL_COOKIE}_{site}", self.sessions[site])
        return client


def describe(folder: Path, site: str, **values: object) -> None:
    """The file of a site."""
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())
    beside = folder / f".{site}"
    beside.write_text(text, encoding="utf-8")
    beside.replace(folder / f"{site}.toml")


@pytest.fixture
def folders(bare_site: Path, tmp_path: Path) -> Settings:
    (tmp_path / "sites").mkdir()
    for site, mark in MARKS.items():
        copy_release(bare_site, tmp_path / "models" / site, mark)
    for site in ("alpha", "beta"):
        described = {"title": f"{MARKS[site]} 도움말", "phone": f"1588-{MARKS[site]}", "origins": [f"https://{site}.example.kr"]}
        describe(tmp_path / "sites", site, **described)
    return Settings(models=tmp_path / "models", var=tmp_path / "var", sites=tmp_path / "sites", title=f"{MARKS['default']} 도움말", secret_key=SECRET.decode())


@pytest.fixture
def app(folders: Settings, store: Store, clock: Clock) -> Iterator[Flask]:
    made = create_app(build_live(folders), folders, store, SECRET, clock, live_of=build_live)
    yield made
    written(made)


@pytest.fixture
def two(app: Flask, folders: Settings, store: Store) -> Two:
    found = Two(app, folders, {}, {}, {}, {}, {}, {})
    for site in ("alpha", "beta"):
        theirs = found.stores[site] = store.beside(site)
        receipt = theirs.submit_inquiry(NewInquiry(question=MARKS[site], contact="a@example.kr", background=MARKS[site]), f"key-{site}")
        found.tokens[site], found.numbers[site] = receipt.token, receipt.number
        found.notices[site] = theirs.add_notice(NewNotice(MARKS[site], MARKS[site], date(2020, 1, 1), date(2030, 1, 1))).id
        theirs.accounts.create(f"owner-{site}", WORDS, Role.OWNER)
        found.sessions[site] = theirs.accounts.start_session(f"owner-{site}")
        found.keys[site] = theirs.accounts.create_key(f"key-{site}", Role.OWNER, f"owner-{site}")[1]
    for site in ("alpha", "beta"):
        assert found.client().post(f"/v1/sites/{site}/ask", json={"query": f"{MARKS[site]} 환불"}).status_code == 200
    written(app)
    return found
