"""URL → engine, and the two kinds of transaction: one that reads and one that writes."""

import os
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, Pool, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from faqbot.errors import StoreError
from faqbot.settings import install_command
from faqbot.store.faults import translated
from faqbot.store.outages import POOL, POSTGRES, survive_outages

#: Seconds that a lock held by somebody else is waited for. In four processes that wrote at full speed the slowest commit took 1.2.
BUSY_TIMEOUT = 5.0
#: Execution option: how a transaction of SQLite begins.
_BEGIN = "faqbot_begin"
#: Connections of the parent process: closing them in a forked child could break the parent's, so the child keeps them for ever.
_inherited: list[Pool] = []


def make_engine(address: str, busy_timeout: float = BUSY_TIMEOUT) -> Engine:
    """An engine for SQLite or PostgreSQL. It may be used by several threads, and after a fork by parent and child.

    Args:
        address: `sqlite:///folder/file.db` (the file is created, readable by its owner only) or `postgresql://user:password@host/database`.
        busy_timeout: seconds that a lock held by somebody else is waited for.

    Raises:
        StoreError: the address cannot be used, PostgreSQL's driver is missing, or the folder cannot be made.
    """
    url = _url(address)
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        _make_file(url)
    try:
        # Parameters stay out of error texts: they hold what visitors wrote.
        pool = {"pool_timeout": busy_timeout} if sqlite else POOL
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=not sqlite, connect_args={"timeout": busy_timeout} if sqlite else POSTGRES, **pool)
    except ImportError as error:
        raise StoreError(f"PostgreSQL에 연결할 psycopg이 없습니다. {install_command('postgres')} 를 실행하세요.", code="address") from error
    if sqlite:
        _prepare_sqlite(engine, round(busy_timeout * 1000))
    else:
        _prepare_postgres(engine, round(busy_timeout * 1000))
        survive_outages(engine)
    _leave_to_parent_after_fork(engine)
    return engine


@dataclass(frozen=True, slots=True)
class _Together:
    """A transaction that everything on its engine joins, in this thread or task, and what is done after it."""

    engine: Engine
    connection: Connection
    afterwards: list[Callable[[], None]]


_together: ContextVar[_Together | None] = ContextVar("faqbot_together", default=None)


@contextmanager
def together(engine: Engine) -> Iterator[None]:
    """All that is read and written inside, in this thread or task, is one transaction: a change and the line about it in the log, for example.

    Raises:
        StoreError: the database failed; nothing of the block was stored.
    """
    if _joined(engine):
        yield
        return
    with writing(engine) as connection:
        block = _Together(engine, connection, [])
        token = _together.set(block)
        try:
            yield
        finally:
            _together.reset(token)
    for do in block.afterwards:
        do()


def _joined(engine: Engine) -> _Together | None:
    block = _together.get()
    return block if block is not None and block.engine is engine else None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that changes nothing; on SQLite it waits for no writer.

    Raises:
        StoreError: the database failed.
    """
    if block := _joined(engine):
        with translated():
            yield block.connection
        return
    with translated(), engine.execution_options(**{_BEGIN: "BEGIN"}).begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, committed and on disk when the block has ended without an exception, rolled back otherwise.

    On SQLite it takes the write lock at once: a transaction that reads first and writes later can fail without waiting.

    Raises:
        StoreError: the database failed; nothing of the block was stored.
    """
    if block := _joined(engine):
        with translated(), block.connection.begin_nested():
            yield block.connection
        return
    with translated(), engine.begin() as connection:
        yield connection


@contextmanager
def alone(engine: Engine, about: str) -> Iterator[Connection]:
    """`writing`, and nobody else is in such a block about the same thing: what is read in it stays true until it is written.

    Raises:
        StoreError: the database failed; nothing of the block was stored.
    """
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":  # a writing transaction of SQLite is alone anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:about, 0))"), {"about": f"faqbot {about}"})
        yield connection


def use_wal(engine: Engine, busy_timeout: float = BUSY_TIMEOUT) -> None:
    """Let SQLite write ahead into a log, so that readers and the writer do not wait for each other. The file remembers it.

    Raises:
        StoreError: the database failed.
    """
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + busy_timeout
    while True:
        try:
            outside_transactions(engine, "PRAGMA journal_mode = WAL")
        except StoreError as error:
            # SQLite itself does not wait where two processes switch at the same moment.
            if error.code != "busy" or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def empty_wal(engine: Engine) -> None:
    """Move what SQLite's write-ahead log holds into the file and cut the log, so that no erased text stays in it. Waits for readers, gives up silently.

    Raises:
        StoreError: the database failed.
    """
    if block := _joined(engine):
        block.afterwards.append(lambda: empty_wal(engine))
    elif engine.dialect.name == "sqlite":
        outside_transactions(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def outside_transactions(engine: Engine, statement: str, parameters: tuple[str, ...] = ()) -> None:
    """Run what SQLite does not run in a transaction.

    Raises:
        StoreError: the database failed.
    """
    with translated(), engine.execution_options(**{_BEGIN: ""}).connect() as connection:
        connection.exec_driver_sql(statement, parameters)


def sqlite_file(address: str) -> Path | None:
    """The file of a SQLite database; None where the address is PostgreSQL's.

    Raises:
        StoreError: the address cannot be used.
    """
    url = _url(address)
    return Path(str(url.database).removeprefix("file:").partition("?")[0]) if url.get_backend_name() == "sqlite" else None


def _url(address: str) -> URL:
    """The parsed address; `postgres:` and `postgresql:` mean psycopg 3."""
    try:
        url = make_url(f"postgresql://{address.removeprefix('postgres://')}" if address.startswith("postgres://") else address)
    except (ArgumentError, ValueError) as error:
        raise _bad_address() from error
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise _bad_address()
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise StoreError("메모리에만 있는 데이터베이스에는 저장하지 않습니다. sqlite:///data/var/faqbot.db 처럼 파일을 적으세요.", code="address")
    return url


def _bad_address() -> StoreError:
    """Without the address: it may hold a password."""
    return StoreError(
        "데이터베이스 주소를 읽을 수 없습니다. sqlite:///data/var/faqbot.db 나 postgresql://사용자:비밀번호@호스트/데이터베이스 처럼 적으세요.", code="address"
    )


def _make_file(url: URL) -> None:
    """The file and its folders. Made here because SQLite would make one that everybody can read; its log and index take over the permissions."""
    if "uri" in url.query:
        return
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(f"데이터베이스 파일 {path} 을(를) 만들 수 없습니다: {error.strerror}. 폴더와 권한을 확인하세요.", code="unreachable") from error


def _prepare_sqlite(engine: Engine, busy_timeout: int) -> None:
    """What SQLite must be told on each connection, and that we begin transactions ourselves."""

    @event.listens_for(engine, "connect")
    def connect(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout}")
        connection.execute("PRAGMA synchronous = FULL")  # a commit that returned survives a loss of power
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # deleted text is overwritten

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE")
        if statement:
            connection.exec_driver_sql(statement)


def _prepare_postgres(engine: Engine, lock_timeout: int) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {lock_timeout}")
        cursor.close()
        connection.commit()


def _leave_to_parent_after_fork(engine: Engine) -> None:
    """Connections cannot be shared by two processes: the child gets an empty pool."""
    known = weakref.ref(engine)

    def in_child() -> None:
        if (engine := known()) is not None:
            _inherited.append(engine.pool)
            engine.dispose(close=False)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)
