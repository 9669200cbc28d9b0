"""A site with a real release whose desk works on a draft: folders of its own, a store beside them, and the app around both."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.live import LiveRelease
from faqbot.settings import Settings
from faqbot.store import Role, Store, open_store
from faqbot.web import create_app
from tests.contract.conftest import SECRET, SEOUL
from tests.contract.desk import as_operator

#: Seconds that a training or a gate may take.
JOB = 240


@dataclass
class DraftSite:
    """What the tests of the draft work with; `live` follows a publication when it is told to."""

    app: Flask
    store: Store
    live: LiveRelease
    settings: Settings

    @property
    def folder(self) -> Path:
        return self.settings.models / self.settings.site

    def client(self, role: Role) -> FlaskClient:
        return as_operator(self.app, self.store, role)

    def answer(self, query: str) -> dict:
        """What a visitor gets now."""
        return self.app.test_client().post("/v1/ask", json={"query": query}).json


def now() -> datetime:
    """The trainings run in processes with a clock of their own."""
    return datetime.now(SEOUL)


@contextmanager
def open_site(trained: Path, tmp_path: Path) -> Iterator[DraftSite]:
    """A copy of a trained site, with an empty store; in the end what was asked is written down and the store closed."""
    models = tmp_path / "models"
    shutil.copytree(trained, models / "default", symlinks=True)
    settings = Settings(models=models, var=tmp_path / "var", secret_key=SECRET.decode(), title="도움말")
    settings.var.mkdir()
    store = open_store(f"sqlite:///{settings.var / 'faqbot.db'}", SECRET, "default", now)
    live = LiveRelease(models / "default", KiwiAnalyzer)
    opened = DraftSite(create_app(live, settings, store, SECRET, now), store, live, settings)
    try:
        yield opened
    finally:
        opened.app.extensions["faqbot"].journal.flush()
        store.close()


def finished(client: FlaskClient) -> dict:
    """The job of the desk when it is over."""
    until = time.monotonic() + JOB
    while not (job := client.get("/v1/admin/training").json["job"])["is_over"]:
        assert time.monotonic() < until, job
        time.sleep(0.3)
    return job
