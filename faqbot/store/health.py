"""Whether a database could be used, without changing anything in it."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select, text

from faqbot.store.cipher import Cipher
from faqbot.store.engine import make_engine, reading, writing
from faqbot.store.migrations.upgrade import VERSION_TABLE, VERSIONS, is_newest
from faqbot.store.schema import inquiries, queries, storable

#: Seconds that a lock held by somebody else is waited for.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Health:
    """What was found.

    Attributes:
        version: of the tables, None where there are none yet; `newest`: the one that this program makes.
        is_wal: whether readers and writers wait for each other; always false on PostgreSQL, which needs no such thing.
        damage: what SQLite's quick check found first, "" for nothing. PostgreSQL checks itself.
        is_read_only: whether PostgreSQL would refuse to write, as a standby does. A file that cannot be written raises instead.
        last_query: when something was asked last.
        clock: seconds that the database's clock is ahead of ours; 0 for a file.
    """

    version: str | None
    newest: str
    is_wal: bool = False
    damage: str = ""
    is_read_only: bool = False
    last_query: datetime | None = None
    clock: float = 0.0


def examine(address: str, site: str, secret: bytes | None) -> Health:
    """Look at a database: reach it, check it, take the write lock of a file and give it back, open the newest inquiry.

    Args:
        address: as of `open_store`. A file that does not exist is made, as everywhere; look for it before.
        site: whose inquiries.
        secret: opens them; None leaves them alone.

    Raises:
        StoreError: it cannot be reached, read, locked or written, a newer program made its tables, or the secret is another than the inquiries were sealed with.
    """
    engine = make_engine(address, PATIENCE)
    try:
        with reading(engine) as connection:
            found = _read(connection)
        if found.version == found.newest and secret is not None:
            _open_newest(engine, site, secret)
        with writing(engine):
            return found
    finally:
        engine.dispose()


def sqlite_file(address: str) -> Path | None:
    """The file of a database, None for one that is none.

    >>> sqlite_file("sqlite:///data/var/faqbot.db"), sqlite_file("postgresql://x@host/name")
    (PosixPath('data/var/faqbot.db'), None)
    """
    return Path(address.removeprefix("sqlite:///")) if address.startswith("sqlite:///") else None


def _read(connection: Connection) -> Health:
    version = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    script = ScriptDirectory(str(VERSIONS.parent), version_locations=[str(VERSIONS)])
    is_newest(connection)  # raises where a newer program made the tables
    newest = script.get_current_head() or ""
    last = connection.execute(select(func.max(queries.c.asked_at))).scalar_one() if version else None
    if connection.dialect.name == "postgresql":
        now = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
        read_only = connection.execute(text("SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'")).scalar_one()
        return Health(version, newest, is_read_only=bool(read_only), last_query=last, clock=float(now) - time.time())
    damage = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    return Health(version, newest, is_wal=mode == "wal", damage="" if damage == "ok" else str(damage), last_query=last)


def _open_newest(engine: Engine, site: str, secret: bytes) -> None:
    """Whether the secret opens what was sealed last."""
    newest = select(inquiries.c.sealed).where(inquiries.c.site == storable(site), inquiries.c.erased_at.is_(None)).order_by(inquiries.c.id.desc()).limit(1)
    with reading(engine) as connection:
        sealed = connection.execute(newest).scalar_one_or_none()
    if sealed is not None:
        Cipher(secret).open(sealed)
