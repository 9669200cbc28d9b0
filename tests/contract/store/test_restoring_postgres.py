"""Backups of PostgreSQL and into it: the same file as of SQLite, either way."""

import shutil
from pathlib import Path

import psycopg
import pytest

from faqbot.bootstrap.backup import make_backup
from faqbot.bootstrap.restore import restore
from faqbot.errors import StoreError
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings
from faqbot.store import open_store
from tests.contract.store.conftest import INQUIRY, SECRET, Clock


@pytest.fixture
def on_postgres(postgres_url: str, bare_site: Path, tmp_path: Path) -> Settings:
    shutil.copytree(bare_site, tmp_path / "one" / "models" / "default")
    return Settings(var=tmp_path / "one" / "var", models=tmp_path / "one" / "models", database_url=postgres_url, secret_key=SECRET.decode())


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Settings:
    """With its database in another folder than its key."""
    return Settings(
        var=tmp_path / "two" / "var", models=tmp_path / "two" / "models", database_url=f"sqlite:///{tmp_path}/two/db/faqbot.db", secret_key=SECRET.decode()
    )


def submit(settings: Settings, clock: Clock, key: str) -> None:
    with open_store(settings.database_url.get_secret_value(), SECRET, "default", clock) as store:
        store.submit_inquiry(INQUIRY, key)


def count(settings: Settings, clock: Clock) -> int:
    with open_store(settings.database_url.get_secret_value(), SECRET, "default", clock) as store:
        return len(store.inquiries())


def test_a_backup_of_postgresql_comes_back(on_postgres: Settings, clock: Clock, tmp_path: Path) -> None:
    submit(on_postgres, clock, "then")
    made = make_backup(on_postgres, tmp_path / "backup.zip")
    submit(on_postgres, clock, "later")
    restored = restore(on_postgres, tmp_path / "backup.zip", by="cli:test")
    assert (made.manifest.engine, count(on_postgres, clock)) == ("postgresql", 1)
    assert restore(on_postgres, restored.before / "database.zip", by="cli:test").manifest.rows["inquiries"] == 2
    assert count(on_postgres, clock) == 2


def test_a_backup_of_postgresql_moves_to_sqlite_and_back(on_postgres: Settings, on_sqlite: Settings, clock: Clock, tmp_path: Path) -> None:
    submit(on_postgres, clock, "then")
    make_backup(on_postgres, tmp_path / "backup.zip")
    restore(on_sqlite, tmp_path / "backup.zip", by="cli:test")
    assert count(on_sqlite, clock) == 1
    assert current_id(on_sqlite.models / "default") == current_id(on_postgres.models / "default")
    submit(on_sqlite, clock, "there")
    make_backup(on_sqlite, tmp_path / "again.zip")
    restore(on_postgres, tmp_path / "again.zip", by="cli:test")
    assert count(on_postgres, clock) == 2


def test_nothing_is_restored_while_another_program_is_connected(on_postgres: Settings, clock: Clock, tmp_path: Path) -> None:
    submit(on_postgres, clock, "then")
    make_backup(on_postgres, tmp_path / "backup.zip")
    submit(on_postgres, clock, "later")
    with psycopg.connect(on_postgres.database_url.get_secret_value()), pytest.raises(StoreError, match="서버를 모두 멈추고"):
        restore(on_postgres, tmp_path / "backup.zip", by="cli:test")
    assert count(on_postgres, clock) == 2
    assert not (on_postgres.var / ".restoring").exists()
    assert list(on_postgres.var.glob("before-restore-*")) == []
