"""A whole database as one SQLite file, whichever kind it is, and such a file back into PostgreSQL: what backups are made of."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from faqbot.errors import StoreError
from faqbot.store.cipher import Cipher
from faqbot.store.engine import make_engine, outside_transactions, reading, sqlite_file, writing
from faqbot.store.migrations import VERSION_TABLE, is_newest, upgrade
from faqbot.store.schema import audit_log, inquiries, login_attempts, metadata, operator_sessions

#: Rows copied at a time.
_CHUNK = 1000
#: Seconds in which PostgreSQL takes note of a connection that was closed.
_LEAVING = 2.0


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a snapshot: the version of its tables, and rows by table, in alphabetical order."""

    revision: str
    rows: dict[str, int]


def take(address: str, to: Path) -> None:
    """Copy a database as it stands at one moment; whoever writes meanwhile is not disturbed and waits for nothing.

    Args:
        address: as `make_engine` takes it.
        to: a file that does not exist yet, in a folder of its owner's only.

    Raises:
        StoreError: the database is not there, damaged or cannot be read, or there is no space.
    """
    if (path := sqlite_file(address)) is None:
        _take_postgres(address, to)
        return
    if not path.is_file():
        raise StoreError(f"데이터베이스 {path} 이(가) 없습니다. 폴더를 확인하세요. 서버를 한 번도 켜지 않았다면 백업할 것이 없습니다.", code="unreachable")
    engine = make_engine(address)
    try:
        outside_transactions(engine, "VACUUM INTO ?", (str(to),))
    finally:
        engine.dispose()


def examine(snapshot: Path) -> Contents:
    """Open a snapshot, check every page and reference of it, and count.

    Raises:
        StoreError: it is damaged, or no database of faqbot.
    """
    with _opened(snapshot) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")] + [row[0] for row in connection.execute("PRAGMA foreign_key_check")]
        if faults != ["ok"]:
            raise StoreError(f"{snapshot.name}: 데이터베이스가 손상되었습니다 ({faults[0]}).", code="damaged")
        tables = sorted(row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
        if VERSION_TABLE not in tables:
            raise StoreError(f"{snapshot.name}: faqbot의 데이터베이스가 아닙니다.", code="damaged")
        (revision,) = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone() or ("",)  # noqa: S608  # a constant
        rows = {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables if table != VERSION_TABLE}  # noqa: S608  # names from the file, quoted
    return Contents(str(revision), rows)


def make_ready(snapshot: Path, secret: bytes, site: str, clock: Callable[[], datetime], note: dict[str, Any]) -> None:
    """Bring a snapshot to the newest version of the tables, end everybody's session, and add the line `store.restore` to the log of each site.

    Args:
        snapshot: changed in place; nothing but this one file is left of it.
        secret: the key that must open its inquiries.
        site: gets the line also where its log is empty.
        clock: tells the time, with a time zone.
        note: what the line in the log says.

    Raises:
        StoreError: its inquiries are sealed with another secret (`secret`), or a newer faqbot made it (`newer`).
    """
    engine = make_engine(f"sqlite:///{snapshot}")
    try:
        upgrade(engine)
        with writing(engine) as connection:
            _require_opens(connection, Cipher(secret))
            connection.execute(delete(operator_sessions))
            connection.execute(delete(login_attempts))
            sites = {site, *connection.execute(select(audit_log.c.site).distinct()).scalars()}
            line = {"written_at": clock(), "actor": str(note.get("by", "")), "action": "store.restore", "subject": str(note.get("archive", "")), "after": note}
            connection.execute(insert(audit_log), [{"site": each, **line} for each in sorted(sites)])
        outside_transactions(engine, "PRAGMA journal_mode = DELETE")
    finally:
        engine.dispose()


def load(address: str, snapshot: Path) -> None:
    """Put a snapshot of the newest version in the place of all that PostgreSQL's database holds, in one transaction: all of it or nothing.

    Raises:
        StoreError: somebody else is connected, or the database failed; nothing was changed.
    """
    engine, source = make_engine(address), make_engine(f"sqlite:///{snapshot}")
    try:
        upgrade(engine)
        _require_alone(engine)
        with reading(source) as read, writing(engine) as write:
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            write.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))  # it refuses to be emptied
            write.execute(text(f"TRUNCATE {names}"))
            _copy(read, write)
            write.execute(text("ALTER TABLE audit_log ENABLE TRIGGER USER"))
            for table, last in read.execute(text("SELECT name, seq FROM sqlite_sequence")):
                sequence = write.execute(select(func.pg_get_serial_sequence(table, "id"))).scalar()
                if sequence and last > 0:
                    write.execute(select(func.setval(sequence, last)))
    finally:
        engine.dispose()
        source.dispose()


def _take_postgres(address: str, to: Path) -> None:
    """Row by row into tables that our own migrations make: no program and no version of PostgreSQL's is needed for it."""
    engine = make_engine(address)
    target = make_engine(f"sqlite:///{to}")
    try:
        with reading(engine) as connection:
            if not is_newest(connection):
                raise StoreError("데이터베이스의 판이 이 faqbot과 다릅니다. 서버를 이 버전으로 한 번 켰다가 다시 백업하세요.", code="newer")
        upgrade(target)
        snapshot: Engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with reading(snapshot) as read, writing(target) as write:
            _copy(read, write)
            for name, last in read.execute(text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value > 0")):
                row = {"name": str(name).removesuffix("_id_seq"), "last": last}
                write.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), row)
                write.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), row)
    finally:
        engine.dispose()
        target.dispose()


def _copy(read: Connection, write: Connection) -> None:
    """All rows of all tables, what is referred to first."""
    for table in metadata.sorted_tables:
        found = read.execution_options(yield_per=_CHUNK).execute(select(table))
        for rows in found.mappings().partitions(_CHUNK):
            write.execute(insert(table), [dict(row) for row in rows])


def _require_opens(connection: Connection, cipher: Cipher) -> None:
    """Refuse inquiries that this secret does not open; the first and the last one stand for all."""
    sealed = select(inquiries.c.sealed).where(inquiries.c.sealed.is_not(None))
    for order in (inquiries.c.id.asc(), inquiries.c.id.desc()):
        if (found := connection.execute(sealed.order_by(order).limit(1)).scalar()) is not None:
            cipher.open_bytes(found)


def _require_alone(engine: Engine) -> None:
    """Refuse where somebody else is connected; a connection that was just closed is waited for."""
    others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()")
    deadline = time.monotonic() + _LEAVING
    while True:
        with reading(engine) as connection:
            found = connection.execute(others).scalar_one()
        if not found:
            return
        if time.monotonic() > deadline:
            raise StoreError(f"다른 프로그램이 데이터베이스에 연결되어 있습니다(연결 {found}개). 서버를 모두 멈추고 다시 하세요.", code="busy")
        time.sleep(0.05)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Read only; what SQLite complains about is a damaged snapshot."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StoreError(f"{path.name}: 데이터베이스가 손상되었습니다 ({error}).", code="damaged") from error
