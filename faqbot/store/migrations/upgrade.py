"""Runs the migrations that a database lacks, with Alembic, without its command line and its configuration file."""

from functools import cache
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from faqbot.errors import StoreError
from faqbot.store.engine import reading, writing

#: The table that holds the version. Alembic's own name would clash with another program's in a shared database.
VERSION_TABLE = "faqbot_version"
VERSIONS = Path(__file__).parent / "versions"
#: Names the lock of PostgreSQL that only one migrating process holds. Any number will do that nobody else uses.
_LOCK = 0x66_61_71_62_6F_74


def upgrade(engine: Engine, versions: Path = VERSIONS) -> None:
    """Bring the tables to the newest version, each step in a transaction of its own together with the row that records it.

    Processes that do this at once wait for each other and find the work done.

    Args:
        engine: the database.
        versions: folder with the migrations.

    Raises:
        StoreError: a newer faqbot made the tables, or a step failed and was rolled back.
    """
    script = _migrations(versions)
    with reading(engine) as connection:
        done = _is_newest(connection, script)
    while not done:
        with writing(engine) as connection:
            _wait_for_others(connection)
            if not (done := _is_newest(connection, script)):
                _step(connection, script)


def is_newest(connection: Connection, versions: Path = VERSIONS) -> bool:
    """Whether the tables are those of this program.

    Raises:
        StoreError: a newer faqbot made them.
    """
    return _is_newest(connection, _migrations(versions))


def _migrations(versions: Path) -> ScriptDirectory:
    return _ours() if versions == VERSIONS else _read(versions)


@cache
def _ours() -> ScriptDirectory:
    """Read once a process: Alembic runs every file of the folder."""
    return _read(VERSIONS)


def _read(versions: Path) -> ScriptDirectory:
    return ScriptDirectory(str(versions.parent), version_locations=[str(versions)])


def _is_newest(connection: Connection, script: ScriptDirectory) -> bool:
    """Whether nothing is to be done.

    Raises:
        StoreError: the version is none of ours.
    """
    current = _context(connection).get_current_revision()
    known = {migration.revision for migration in script.walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"데이터베이스가 이 faqbot보다 새 버전에서 만들어졌습니다 (데이터베이스 {current}, 이 프로그램 {script.get_current_head()}). "
            "faqbot을 새 버전으로 올리거나, 올리기 전에 만든 백업을 되돌리세요. 아무것도 바꾸지 않았습니다.",
            code="newer",
        )
    return current == script.get_current_head()


def _step(connection: Connection, script: ScriptDirectory) -> None:
    """The next migration. It is handed its operations: Alembic's global ones serve one thread at a time."""
    context = _context(connection, fn=lambda revision, _: script._upgrade_revs("+1", revision))  # noqa: SLF001  # what alembic.command.upgrade calls
    context.run_migrations(op=Operations(context))


def _context(connection: Connection, **options: object) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, **options})


def _wait_for_others(connection: Connection) -> None:
    """Until this transaction ends nobody else migrates; a writing transaction of SQLite is such a lock already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
