"""Publications written down, and releases that machines share through the database: immutable rows with digests, a publication in one transaction."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, delete, func, insert, select, text, update

from faqbot.errors import StoreError
from faqbot.store.audit import Audit, AuditLine
from faqbot.store.drafts import Drafts, LoggedRelease
from faqbot.store.engine import alone, reading
from faqbot.store.schema import publications, shared_files, shared_releases

#: What PostgreSQL's NOTIFY names; the site is what it says.
CHANNEL = "faqbot_releases"


@dataclass(frozen=True, slots=True)
class SharedState:
    """What machines compare to see whether there is news: equal states mean equal releases and publications.

    Attributes:
        publication: number of the last one, 0 for none.
        releases: id of what is stored → when it was stored last.
    """

    publication: int
    releases: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class NewPublication:
    """A release that is to serve from now on.

    Attributes:
        release: id.
        line: of the audit log; its actor publishes.
        why: kept in the log of releases.
        trained_at: for a release that the log does not know; None for now.
        is_rollback: whether it goes back to a release that served before.
    """

    release: str
    line: AuditLine
    why: str = ""
    trained_at: datetime | None = None
    is_rollback: bool = False


class Releases:
    """Releases of one site as the database knows them. Every method may raise StoreError: nothing was stored.

    Args:
        engine: the database.
        drafts: of the site, for the log of releases.
        audit: of the site.
        clock: the moment, with a time zone.
        is_shared: whether machines share releases through this database; otherwise only logs are written here.
    """

    def __init__(self, engine: Engine, drafts: Drafts, audit: Audit, clock: Callable[[], datetime], *, is_shared: bool) -> None:
        self._engine = engine
        self._drafts = drafts
        self._audit = audit
        self._site = audit.site
        self._clock = clock
        self.is_shared = is_shared

    @property
    def engine(self) -> Engine:
        """For whoever listens on a connection of its own."""
        return self._engine

    @property
    def site(self) -> str:
        """Whose they are."""
        return self._site

    def log(self, new: NewPublication) -> LoggedRelease:
        """Write down a publication that happened on this machine: the log of releases and the audit log, both or neither."""
        with alone(self._engine, self._about) as connection:
            return self._log(connection, new)

    def put(self, release: str, files: Mapping[str, bytes], served: Collection[str]) -> None:
        """Store the files of a release for other machines; what is stored already and equal is left as it is.

        Args:
            release: id.
            files: by name.
            served: names of those that make the answers: they never change. Others become those of the last training.

        Raises:
            StoreError: `conflict`: a release of that id with other answers is stored.
        """
        with alone(self._engine, self._about) as connection:
            self._put(connection, release, files, served)
            self._notify(connection)

    def publish(self, new: NewPublication, expected: str | None) -> LoggedRelease:
        """Make a stored release the one that serves on all machines, in one transaction with both logs; machines that listen hear of it.

        Args:
            new: the release.
            expected: the release that served when it was decided on, None for none.

        Raises:
            StoreError: `conflict`: another one serves by now; `refused`: the release is not stored.
        """
        with alone(self._engine, self._about) as connection:
            now = self._history(connection)[-1:]
            if now != (() if expected is None else (expected,)):
                raise StoreError(f"그사이 다른 릴리스({', '.join(now) or '없음'})가 공개되었습니다. 확인하고 다시 하세요.", code="conflict")
            if connection.execute(select(shared_releases.c.release).where(self._is(shared_releases, new.release))).first() is None:
                raise StoreError(f"릴리스 {new.release} 이(가) 데이터베이스에 없습니다. 그 릴리스를 학습한 컴퓨터에서 공개하세요.", code="refused")
            values = {
                "site": self._site, "release": new.release, "published_at": self._clock(), "published_by": new.line.actor, "is_rollback": new.is_rollback,
            }  # fmt: skip
            connection.execute(insert(publications).values(values))
            self._notify(connection)
            return self._log(connection, new)

    def state(self) -> SharedState:
        """What is stored and published now."""
        return self.states((self._site,))[self._site]

    def states(self, sites: Collection[str]) -> dict[str, SharedState]:
        """The same of several sites of this database, by their names, in two statements however many they are."""
        with reading(self._engine) as connection:
            last = select(publications.c.site, func.max(publications.c.id).label("last")).where(publications.c.site.in_(sites)).group_by(publications.c.site)
            published = {row.site: row.last for row in connection.execute(last)}
            rows = connection.execute(select(shared_releases).where(shared_releases.c.site.in_(sites))).all()
        stored: dict[str, dict[str, datetime]] = {site: {} for site in sites}
        for row in rows:
            stored[row.site][row.release] = row.stored_at
        return {site: SharedState(published.get(site, 0), releases) for site, releases in stored.items()}

    def history(self) -> tuple[str, ...]:
        """Ids in the order of their publication, the one that serves last; what was gone back from is left out. Empty where none was published."""
        with reading(self._engine) as connection:
            return self._history(connection)

    def digests(self, release: str) -> dict[str, str]:
        """SHA-256 of the files of a release, by name; none for one that is not stored."""
        with reading(self._engine) as connection:
            return self._digests(connection, release)

    def files(self, release: str) -> dict[str, bytes]:
        """The files of a release, by name; none for one that is not stored.

        Raises:
            StoreError: `damaged`: a file is not what was stored.
        """
        with reading(self._engine) as connection:
            rows = connection.execute(select(shared_files).where(self._is(shared_files, release))).all()
        return {row.name: _verified(row) for row in rows}

    # On a connection

    @property
    def _about(self) -> str:
        """The log of releases waits for publications, and they for it."""
        return f"releases {self._site}"

    def _log(self, connection: Connection, new: NewPublication) -> LoggedRelease:
        self._audit.add(connection, new.line)
        return self._drafts.mark(connection, new.release, new.line.actor, new.why, new.trained_at)

    def _put(self, connection: Connection, release: str, files: Mapping[str, bytes], served: Collection[str]) -> None:
        new = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        old = self._digests(connection, release)
        if old == new:
            return
        if old and any(old.get(name) != new.get(name) for name in served):
            raise StoreError(f"릴리스 {release}: 같은 이름으로 다른 내용이 저장되어 있습니다. 아무것도 바꾸지 않았습니다.", code="conflict")
        if old:
            connection.execute(update(shared_releases).where(self._is(shared_releases, release)).values(stored_at=self._clock()))
        else:
            connection.execute(insert(shared_releases).values(site=self._site, release=release, stored_at=self._clock()))
        changed = [name for name in {*old, *new} if old.get(name) != new.get(name)]
        connection.execute(delete(shared_files).where(self._is(shared_files, release), shared_files.c.name.in_(changed)))
        rows = [
            {"site": self._site, "release": release, "name": name, "sha256": new[name], "data": files[name]} for name in changed if name in new
        ]  # fmt: skip
        connection.execute(insert(shared_files), rows)

    def _history(self, connection: Connection) -> tuple[str, ...]:
        rows = connection.execute(select(publications).where(publications.c.site == self._site).order_by(publications.c.id))
        found: list[str] = []
        for row in rows:
            if row.is_rollback:
                while found and found[-1] != row.release:
                    found.pop()
            if found[-1:] != [row.release]:
                found.append(row.release)
        return tuple(found)

    def _digests(self, connection: Connection, release: str) -> dict[str, str]:
        rows = connection.execute(select(shared_files.c.name, shared_files.c.sha256).where(self._is(shared_files, release)))
        return {row.name: row.sha256 for row in rows}

    def _notify(self, connection: Connection) -> None:
        """Heard when the transaction is committed; SQLite has no listeners."""
        if self._engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_notify(:channel, :site)"), {"channel": CHANNEL, "site": self._site})

    def _is(self, table: Table, release: str) -> ColumnElement[bool]:
        return (table.c.site == self._site) & (table.c.release == release)


def _verified(row: Row[tuple[str, str, bytes]]) -> bytes:
    data = bytes(row.data)
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise StoreError(
            f"릴리스 {row.release}: 데이터베이스의 {row.name} 이(가) 저장할 때와 다릅니다(digest 불일치). 백업을 되돌리거나 다시 학습해 공개하세요.",
            code="damaged",
        )
    return data
