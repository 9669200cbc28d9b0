"""Tables come to the newest version when a store is opened, all or nothing, whoever else opens it."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy import text as sql

from faqbot.errors import StoreError
from faqbot.store import InquiryState, Store, open_store
from faqbot.store.engine import make_engine
from faqbot.store.migrations import VERSION_TABLE, upgrade
from faqbot.store.migrations.upgrade import VERSIONS
from faqbot.store.schema import metadata
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, SECRET, Clock, start

HEAD = max(path.name[1:5] for path in VERSIONS.glob("m*.py"))
GOOD = "revision = '1'\ndown_revision = None\ndef upgrade(op):\n    op.execute('CREATE TABLE first (id INTEGER)')\n"
BAD = "revision = '2'\ndown_revision = '1'\ndef upgrade(op):\n    op.execute('CREATE TABLE second (id INTEGER)')\n    op.execute('INSERT INTO nowhere VALUES (1)')\n"


def version(connection: Connection) -> str | None:
    return connection.execute(sql("SELECT version_num FROM faqbot_version")).scalar_one_or_none()


def test_an_empty_database_gets_the_newest_tables(empty_url: str, opened: Callable[..., Store]) -> None:
    with opened()._engine.connect() as connection:
        assert version(connection) == HEAD
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, VERSION_TABLE}


def test_migrated_tables_are_those_that_queries_expect(store: Store) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        for name, table in metadata.tables.items():
            found = inspect(connection)
            assert {each["name"]: set(each["column_names"]) for each in found.get_unique_constraints(name)} == {
                each.name: set(each.columns.keys()) for each in table.constraints if type(each).__name__ == "UniqueConstraint"
            }
            assert {each["name"]: each["options"]["ondelete"] for each in found.get_foreign_keys(name)} == {
                each.constraint.name: each.ondelete for each in table.foreign_keys
            }
            assert {each["name"] for each in found.get_check_constraints(name)} == {
                each.name for each in table.constraints if type(each).__name__ == "CheckConstraint"
            }


def test_opening_again_keeps_everything(store: Store, opened: Callable[..., Store]) -> None:
    query_id, receipt = store.record_query(QUERY), store.submit_inquiry(INQUIRY, "key")
    again = opened()
    assert again.query(query_id) == store.query(query_id)
    assert again.submit_inquiry(INQUIRY, "key") == receipt


def test_a_file_of_version_1_is_read_in_full(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "faqbot.db"
    with closing(connect(path)) as connection:
        connection.executescript((Path(__file__).parent / "version_1.sql").read_text(encoding="utf-8"))
    with open_store(f"sqlite:///{path}", SECRET, "default", clock) as store:
        with store._engine.connect() as connection:
            assert version(connection) == HEAD
        assert store.query(1).record == QUERY
        assert (store.query(2).chosen, store.query(2).chose_at) == ("cancel", NOW)
        assert (store.feedback(1).vote, store.feedback(1).text) == (-1, "작년 이야기예요")
        found = store.inquiry("20261127-AAAAAA")
        assert (found.content, found.state, found.received_at) == (INQUIRY, InquiryState.ANSWERED, NOW)
        assert [each.text for each in found.messages + found.notes] == ["한 건을 취소했습니다", "단골입니다"]
        assert store.submit_inquiry(INQUIRY, "key of version 1").number == "20261127-AAAAAA"
        assert [each.title for each in store.notices(NOW.date())] == ["연말 휴무"]


def test_a_database_of_a_newer_faqbot_is_refused_untouched(empty_url: str, opened: Callable[..., Store]) -> None:
    store = opened()
    receipt = store.submit_inquiry(INQUIRY, "key")
    with store._engine.begin() as connection:
        connection.execute(sql("UPDATE faqbot_version SET version_num = '9999'"))
    with pytest.raises(
        StoreError, match=re.escape(f"새 버전에서 만들어졌습니다 (데이터베이스 9999, 이 프로그램 {HEAD}). faqbot을 새 버전으로 올리거나")
    ) as caught:
        opened()
    assert caught.value.code == "newer"
    with store._engine.connect() as connection:
        assert version(connection) == "9999"
    assert store.inquiry(receipt.number).content == INQUIRY


def test_a_step_that_fails_leaves_the_version_before_it_whole(empty_url: str, tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "one.py").write_text(GOOD, encoding="utf-8")
    (versions / "two.py").write_text(BAD, encoding="utf-8")
    engine = make_engine(empty_url)
    with pytest.raises(StoreError):
        upgrade(engine, versions)
    with engine.connect() as connection:
        assert version(connection) == "1"
        assert set(inspect(connection).get_table_names()) == {"first", VERSION_TABLE}
    (versions / "two.py").write_text(BAD.replace("INSERT INTO nowhere VALUES (1)", "INSERT INTO second VALUES (1)"), encoding="utf-8")
    upgrade(engine, versions)
    with engine.connect() as connection:
        assert version(connection) == "2"
        assert connection.execute(sql("SELECT id FROM second")).scalars().all() == [1]
    engine.dispose()


def test_processes_that_open_an_empty_database_at_once_all_succeed(empty_url: str) -> None:
    waiting = (
        "import sys\nfrom datetime import UTC, datetime\nfrom faqbot.store import *\nfrom tests.contract.store.conftest import QUERY, SECRET\n"
        "print('ready', flush=True)\nsys.stdin.readline()\n"
        "with open_store(sys.argv[1], SECRET, 'default', lambda: datetime.now(UTC)) as store: print(store.record_query(QUERY), flush=True)\n"
    )
    processes = [start(waiting, empty_url, opening="") for _ in range(3)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    ids = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * 3
    assert len(set(ids)) == 3


def test_every_migration_is_numbered_and_follows_the_one_before() -> None:
    names = sorted(path.stem for path in VERSIONS.glob("m*.py"))
    assert [name[:5] for name in names] == [f"m{number:04d}" for number in range(1, len(names) + 1)]
