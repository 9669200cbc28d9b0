"""A database that cannot store never looks as if it had: StoreError, in Korean, with what to do."""

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from faqbot.errors import StoreError
from faqbot.store import InquiryState, NewNotice, Retention, Store, open_store
from faqbot.store.engine import reading
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, SECRET, Clock, start

WRITES: dict[str, Callable[[Store], object]] = {
    "record_query": lambda store: store.record_query(QUERY),
    "record_choice": lambda store: store.record_choice(1, None),
    "record_feedback": lambda store: store.record_feedback(1, 1),
    "submit_inquiry": lambda store: store.submit_inquiry(INQUIRY, "new key"),
    "reply": lambda store: store.reply("20261127-AAAAAA", "네", "이"),
    "add_note": lambda store: store.add_note("20261127-AAAAAA", "네", "이"),
    "set_state": lambda store: store.set_state("20261127-AAAAAA", InquiryState.IN_PROGRESS),
    "erase": lambda store: store.erase("20261127-AAAAAA"),
    "reseal": lambda store: store.reseal(),
    "add_notice": lambda store: store.add_notice(NewNotice("공지", "", NOW.date())),
    "remove_notice": lambda store: store.remove_notice(1),
    "purge": lambda store: store.purge(Retention()),
    "check": lambda store: store.check(),
}
#: Needs pages that the file does not have.
LONG = "가" * 10_000
writes = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def filled(opened: Callable[..., Store]) -> Store:
    """A store that waits a tenth of a second for locks, with one of everything."""
    store = opened(busy_timeout=0.1)
    store._inquiries = replace(store._inquiries, draw=lambda _: "20261127-AAAAAA")
    store.record_feedback(store.record_query(replace(QUERY, id=1)), -1)
    store.submit_inquiry(INQUIRY, "key")
    store._inquiries = replace(store._inquiries, draw=lambda _: "20261127-BBBBBB")
    store.add_notice(NewNotice("휴무", "", NOW.date()))
    return store


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else is writing."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(path_of(url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url) as other:
            for table in ("queries", "feedback", "inquiries", "messages", "notices"):
                other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield


@writes
def test_a_locked_database_is_an_error_for_every_write(url: str, filled: Store, write: Callable[[Store], object]) -> None:
    before = everything(filled)
    with locked(url), pytest.raises(StoreError, match="잠겨 있습니다") as caught:
        write(filled)
    assert caught.value.code == "busy"
    assert everything(filled) == before


def test_readers_do_not_wait_for_a_writer(url: str, filled: Store) -> None:
    before = everything(filled)
    with locked(url):
        assert everything(filled) == before


def test_after_the_lock_is_gone_the_same_key_is_stored_once(url: str, filled: Store) -> None:
    with locked(url), pytest.raises(StoreError):
        filled.submit_inquiry(INQUIRY, "again")
    receipt = filled.submit_inquiry(INQUIRY, "again")
    assert filled.submit_inquiry(INQUIRY, "again") == receipt
    assert len(filled.inquiries()) == 2


def test_a_store_whose_connections_are_all_in_use_is_busy(filled: Store) -> None:
    with ExitStack() as stack:
        pool = filled._engine.pool
        for _ in range(pool.size() + pool._max_overflow):
            stack.enter_context(reading(filled._engine))
        with pytest.raises(StoreError, match="잠겨 있습니다") as caught:
            filled.query(1)
    assert caught.value.code == "busy"
    assert filled.query(1) is not None


def test_a_new_file_that_somebody_else_has_locked_is_an_error_at_opening(tmp_path: Path, clock: Clock) -> None:
    with closing(sqlite3.connect(tmp_path / "faqbot.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="잠겨 있습니다") as caught:
            open_store(f"sqlite:///{tmp_path / 'faqbot.db'}", SECRET, "default", clock, busy_timeout=0.1)
    assert caught.value.code == "busy"


def test_a_lock_that_ends_in_time_is_waited_for(url: str, opened: Callable[..., Store]) -> None:
    store = opened()
    program = "from tests.contract.store.test_failures import locked\nwith locked(sys.argv[1]):\n print('locked', flush=True)\n sys.stdin.readline()\n import time; time.sleep(0.3)\n"
    with start(program, url) as other:
        assert other.stdout.readline() == "locked\n"
        other.stdin.write("\n")
        other.stdin.flush()
        assert store.query(store.record_query(QUERY)).record == QUERY


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.record_query(replace(QUERY, text=LONG)),
        lambda store: store.record_queries([QUERY, replace(QUERY, text=LONG)]),
        lambda store: store.record_feedback(1, 1, None, LONG),
        lambda store: store.submit_inquiry(replace(INQUIRY, question=LONG), "new key"),
        lambda store: store.reply("20261127-AAAAAA", LONG, "이"),
        lambda store: store.add_notice(NewNotice("공지", LONG, NOW.date())),
    ],
    ids=["record_query", "record_queries", "record_feedback", "submit_inquiry", "reply", "add_notice"],
)
def test_a_full_disk_is_an_error_and_stores_nothing(url: str, filled: Store, write: Callable[[Store], object]) -> None:
    """SQLite's own limit of pages does what a full disk does."""
    event.listen(filled._engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))
    filled.close()
    before = everything(filled)
    with pytest.raises(StoreError, match="디스크가 가득 차 저장하지 못했습니다") as caught:
        write(filled)
    assert caught.value.code == "full"
    assert everything(filled) == before


def test_a_disk_that_stops_writing_loses_no_receipt(sqlite_url: str, clock: Clock) -> None:
    """A limit on the size of files, set by the kernel, in the middle of submitting."""
    program = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "from faqbot.errors import StoreError\n"
        "turn = 0\n"
        "try:\n"
        "  while True:\n"
        "    print(store.submit_inquiry(INQUIRY, str(turn)).number, flush=True); turn += 1\n"
        "except StoreError as error: print(error.code, flush=True)\n"
    )
    output, _ = start(program, sqlite_url).communicate(timeout=120)
    *numbers, code = output.split()
    assert code in {"full", "disk"}
    assert len(numbers) > 5
    with open_store(sqlite_url, SECRET, "default", clock) as store:
        assert {each.number for each in store.inquiries(limit=10_000)} == set(numbers)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_file_that_is_read_only_is_an_error_at_opening(url: str, store: Store, clock: Clock) -> None:
    with pytest.raises(StoreError, match="읽기 전용") as caught:
        open_store(f"sqlite:///file:{path_of(url)}?mode=ro&uri=true", SECRET, "default", clock)
    assert caught.value.code == "read_only"


@writes
def test_a_database_that_became_read_only_is_an_error_for_every_write(url: str, filled: Store, write: Callable[[Store], object]) -> None:
    statement = "PRAGMA query_only = ON" if url.startswith("sqlite") else "SET default_transaction_read_only = on"
    event.listen(filled._engine, "connect", lambda connection, _: (connection.execute(statement), connection.commit()))
    filled.close()
    before = everything(filled)
    with pytest.raises(StoreError, match="읽기 전용") as caught:
        write(filled)
    assert caught.value.code == "read_only"
    assert everything(filled) == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "faqbot.db"
    path.write_bytes(b"id,question\n" * 1000)
    with pytest.raises(StoreError, match="SQLite 파일이 아닙니다") as caught:
        open_store(f"sqlite:///{path}", SECRET, "default", clock)
    assert caught.value.code == "damaged"
    assert path.read_bytes() == b"id,question\n" * 1000


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=re.escape(f"{tmp_path}/file/faqbot.db")) as caught:
        open_store(f"sqlite:///{tmp_path}/file/faqbot.db", SECRET, "default", clock)
    assert caught.value.code == "unreachable"


def test_a_folder_in_place_of_the_file_is_an_error(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path}", SECRET, "default", clock)
    assert caught.value.code == "unreachable"


@pytest.mark.parametrize(
    "address", ["", "faqbot.db", "mysql://user:pass@host/db", "nonsense://", "postgresql+psycopg2://user:pass@host/db", "postgresql://user:pass@host:port/db"]
)
def test_an_address_that_cannot_be_used_shows_one_that_can_and_no_password(address: str, clock: Clock) -> None:
    with pytest.raises(StoreError, match=r"sqlite:///data/var/faqbot\.db 나 postgresql://") as caught:
        open_store(address, SECRET, "default", clock)
    assert caught.value.code == "address"
    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_memory_is_no_place_to_store(address: str, clock: Clock) -> None:
    with pytest.raises(StoreError, match="메모리") as caught:
        open_store(address, SECRET, "default", clock)
    assert caught.value.code == "address"


@pytest.mark.parametrize(
    "address",
    ["postgresql://user:pa55word@127.0.0.1:1/db", "postgres://user:pa55word@127.0.0.1:1/db", "postgresql+psycopg://user:pa55word@127.0.0.1:1/db"],
)
def test_a_server_that_is_not_there_is_an_error_that_says_so(address: str, clock: Clock) -> None:
    with pytest.raises(StoreError, match=r"연결하지 못했습니다.*[Cc]onnection refused") as caught:
        open_store(address, SECRET, "default", clock)
    assert caught.value.code == "unreachable"
    assert "pa55word" not in str(caught.value)


def test_a_driver_that_is_missing_is_named_with_the_command_that_installs_it() -> None:
    program = (
        "import sys\nsys.modules['psycopg'] = None\nfrom faqbot.errors import StoreError\nfrom faqbot.store import open_store\n"
        "try: open_store('postgresql://host/db', b'x' * 32, 'default', None)\n"
        "except StoreError as error: print(error.code, error)\n"
    )
    assert (
        start(program, opening="").communicate(timeout=60)[0]
        == f"address PostgreSQL에 연결할 psycopg이 없습니다. {sys.executable} -m pip install 'faqbot[postgres]' 를 실행하세요.\n"
    )


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_server_that_dropped_our_connections_is_connected_to_again(url: str, filled: Store) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    assert filled.query(filled.record_query(QUERY)).record == QUERY


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_every_connection_of_sqlite_survives_a_loss_of_power_and_keeps_references(url: str, store: Store) -> None:
    with reading(store._engine) as one, reading(store._engine) as two:
        for connection in (one, two):
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
            }
            assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1}


def everything(store: Store) -> tuple[object, ...]:
    return (store.query(1), store.feedback(1), store.inquiries(limit=10_000), store.all_notices(), store.popular(NOW.replace(year=2000), 99))
