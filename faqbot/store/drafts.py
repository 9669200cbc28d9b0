"""The working draft of one site: its versions, the releases that came from them, and the work on them that runs now."""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store.engine import alone, reading, writing
from faqbot.store.jobs import Jobs
from faqbot.store.schema import draft_heads, draft_versions, is_id, release_log, shared_releases

#: Versions kept beside those that releases came from.
KEPT = 100


class Snapshot(Protocol):
    """A table that knows itself as JSON, such as faqbot.corpus.draft.DraftTable. The lists `entries` and `queries` in it are counted."""

    def to_json(self) -> dict[str, Any]:
        """Texts, numbers, lists and dicts only."""


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One version of the draft, for lists.

    Attributes:
        id: rising with time.
        parent: the version it was made from, None for the first.
        made_at: when, in UTC.
        made_by: who.
        why: in a few words.
        entries: how many the table has, disabled ones too.
        queries: how many labelled queries.
        is_head: whether it is the one that is worked on.
    """

    id: int
    parent: int | None
    made_at: datetime
    made_by: str
    why: str
    entries: int
    queries: int
    is_head: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A version with its table, as `Snapshot.to_json` gave it."""

    info: VersionInfo
    table: dict[str, Any]

    @property
    def id(self) -> int:
        """Of the version."""
        return self.info.id


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What is known of a release when it is made.

    Attributes:
        release: id.
        trained_by: who.
        why: in a few words, "" for none.
        version_id: the version it was trained from, None where that is not known.
        origin: the release whose thresholds were changed, None where it was trained.
        changes: counts against the release that was published then.
        figures: of its evaluation.
        gate: the report of its checks, None where it was not checked.
    """

    release: str
    trained_by: str
    why: str = ""
    version_id: int | None = None
    origin: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    gate: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LoggedRelease:
    """A line of the log of releases. What is said of its publication is of the last one; None where it never was."""

    made: NewRelease
    trained_at: datetime
    published_at: datetime | None
    published_by: str | None
    published_why: str | None

    @property
    def release(self) -> str:
        """Its id."""
        return self.made.release


class Drafts:
    """Versions of one site's draft and its log of releases; `jobs` runs what takes long. Every method may raise StoreError: nothing was stored."""

    def __init__(self, engine: Engine, site: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._site = site
        self._clock = clock
        self.jobs = Jobs(engine, site, clock)

    # Versions

    def head(self) -> Version | None:
        """The version that is worked on; None where there is no draft yet."""
        with reading(self._engine) as connection:
            head = self._head(connection)
            return None if head is None else self._version(connection, head, head)

    def version(self, version_id: int) -> Version:
        """One version.

        Raises:
            MissingRecordError: it is not kept, or not this site's.
        """
        with reading(self._engine) as connection:
            return self._version(connection, version_id, self._head(connection))

    def versions(self, limit: int = 50) -> tuple[VersionInfo, ...]:
        """The latest first, without their tables."""
        columns = [column for column in draft_versions.c if column.name != "snapshot"]
        with reading(self._engine) as connection:
            head = self._head(connection)
            rows = connection.execute(select(*columns).where(draft_versions.c.site == self._site).order_by(draft_versions.c.id.desc()).limit(max(0, limit)))
            return tuple(_info(row, head) for row in rows)

    def save(self, table: Snapshot, made_by: str, why: str, expected_head: int | None) -> VersionInfo:
        """Make a version of it and work on with that. A table that equals the head makes none: the head is returned.

        Args:
            table: what to keep.
            made_by: who changed it.
            why: what was changed, in a few words.
            expected_head: id of the version that was changed, None for no draft yet.

        Raises:
            StoreError: `conflict`: somebody saved another version meanwhile; nothing was stored.
        """
        data = table.to_json()
        text = json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(text).hexdigest()
        with alone(self._engine, f"draft {self._site}") as connection:
            head = self._head(connection)
            if head != expected_head:
                raise self._conflict(connection, head)
            if head is not None and self._digest(connection, head) == digest:
                return self._version(connection, head, head).info
            values = {
                "site": self._site, "parent": head, "made_at": self._clock(), "made_by": made_by, "why": why, "entries": len(data.get("entries", ())),
                "queries": len(data.get("queries", ())), "digest": digest, "snapshot": zlib.compress(text, 6),
            }  # fmt: skip
            made = connection.execute(insert(draft_versions).values(values).returning(draft_versions.c.id)).scalar_one()
            self._set_head(connection, made, is_first=head is None)
            self._forget(connection, made)
            return self._version(connection, made, made).info

    def undo(self, undone_by: str, expected_head: int | None = None) -> VersionInfo:
        """Go back to the parent of the head, which stays in the list of versions.

        Args:
            undone_by: who; for messages to others.
            expected_head: the version that is meant to be undone; None for whichever is the head.

        Raises:
            StoreError: `refused`: nothing is before it. `conflict`: another version is the head by now.
        """
        _ = undone_by  # the caller writes it into the audit log
        with alone(self._engine, f"draft {self._site}") as connection:
            head = self._head(connection)
            if expected_head is not None and head != expected_head:
                raise self._conflict(connection, head)
            parent = None if head is None else self._version(connection, head, head).info.parent
            kept = parent is not None and connection.execute(select(draft_versions.c.id).where(self._is(parent))).first() is not None
            if parent is None or not kept:
                raise StoreError("초안을 더 되돌릴 수 없습니다. 이보다 앞선 판이 없습니다.", code="refused")
            self._set_head(connection, parent, is_first=False)
            return self._version(connection, parent, parent).info

    # Releases

    def log_release(self, new: NewRelease) -> LoggedRelease:
        """Write down a release; one that is there already is written anew, and what is said of its publication stays."""
        values: dict[str, Any] = {name: getattr(new, name) for name in NewRelease.__dataclass_fields__} | {"trained_at": self._clock()}
        with alone(self._engine, f"releases {self._site}") as connection:
            if not connection.execute(update(release_log).where(self._is_release(new.release)).values(values)).rowcount:
                connection.execute(insert(release_log).values(values | {"site": self._site}))
            return self._logged(connection, new.release)

    def set_gate(self, release: str, gate: dict[str, Any]) -> LoggedRelease:
        """Replace the report of a release's checks.

        Raises:
            MissingRecordError: the release is not in the log.
        """
        with writing(self._engine) as connection:
            if not connection.execute(update(release_log).where(self._is_release(release)).values(gate=gate)).rowcount:
                raise _no_release(release)
            return self._logged(connection, release)

    def mark_published(self, release: str, published_by: str, why: str = "", trained_at: datetime | None = None) -> LoggedRelease:
        """Write down that a release was published or gone back to; one that was never logged gets its line now, as trained then (now, where it is None)."""
        with alone(self._engine, f"releases {self._site}") as connection:
            return self.mark(connection, release, published_by, why, trained_at)

    def mark(self, connection: Connection, release: str, published_by: str, why: str, trained_at: datetime | None) -> LoggedRelease:
        """`mark_published` in the transaction that the connection is in, as of `alone`."""
        values = {"published_at": self._clock(), "published_by": published_by, "published_why": why}
        if not connection.execute(update(release_log).where(self._is_release(release)).values(values)).rowcount:
            unknown = {"trained_at": trained_at or self._clock(), "trained_by": "", "why": "", "changes": {}, "figures": {}}
            connection.execute(insert(release_log).values({"site": self._site, "release": release} | unknown | values))
        return self._logged(connection, release)

    def forget_release(self, release: str) -> LoggedRelease | None:
        """Delete the line of a release that was never published, and return it; None where there is none to delete."""
        with alone(self._engine, f"releases {self._site}") as connection:
            is_it = self._is_release(release) & release_log.c.published_at.is_(None)
            row = connection.execute(select(release_log).where(is_it)).one_or_none()
            if row is None:
                return None
            connection.execute(delete(release_log).where(is_it))
            connection.execute(delete(shared_releases).where(shared_releases.c.site == self._site, shared_releases.c.release == release))  # its files go too
            return _logged(row)

    def release(self, release: str) -> LoggedRelease | None:
        """What the log says of a release; None for one that was made past it."""
        with reading(self._engine) as connection:
            row = connection.execute(select(release_log).where(self._is_release(release))).one_or_none()
            return None if row is None else _logged(row)

    def releases(self, limit: int = 100) -> tuple[LoggedRelease, ...]:
        """The latest trained first."""
        statement = select(release_log).where(release_log.c.site == self._site).order_by(release_log.c.trained_at.desc(), release_log.c.id.desc())
        with reading(self._engine) as connection:
            return tuple(_logged(row) for row in connection.execute(statement.limit(max(0, limit))))

    # Rows

    def _head(self, connection: Connection) -> int | None:
        return connection.execute(select(draft_heads.c.version_id).where(draft_heads.c.site == self._site)).scalar_one_or_none()

    def _set_head(self, connection: Connection, version_id: int, *, is_first: bool) -> None:
        if is_first:
            connection.execute(insert(draft_heads).values(site=self._site, version_id=version_id))
        else:
            connection.execute(update(draft_heads).where(draft_heads.c.site == self._site).values(version_id=version_id))

    def _version(self, connection: Connection, version_id: int, head: int | None) -> Version:
        row = connection.execute(select(draft_versions).where(self._is(version_id))).one_or_none() if is_id(version_id) else None
        if row is None:
            raise MissingRecordError(f"초안의 {version_id}번 판이 없습니다. faqbot draft versions 로 번호를 확인하세요.")
        return Version(_info(row, head), json.loads(zlib.decompress(row.snapshot)))

    def _digest(self, connection: Connection, version_id: int) -> str:
        return str(connection.execute(select(draft_versions.c.digest).where(self._is(version_id))).scalar_one())

    def _forget(self, connection: Connection, head: int) -> None:
        """Delete all but the last KEPT, the head, and those that releases came from."""
        ids: Iterable[int] = connection.execute(
            select(draft_versions.c.id).where(draft_versions.c.site == self._site).order_by(draft_versions.c.id.desc())
        ).scalars()
        old = set(list(ids)[KEPT:]) - {head}
        if old:
            came = select(release_log.c.version_id).where(release_log.c.site == self._site, release_log.c.version_id.is_not(None)).distinct()
            running = self.jobs.versions(connection)
            old -= {*connection.execute(came).scalars(), *running}
        if old:
            connection.execute(delete(draft_versions).where(draft_versions.c.site == self._site, draft_versions.c.id.in_(old)))

    def _conflict(self, connection: Connection, head: int | None) -> StoreError:
        if head is None:
            return StoreError("초안이 없습니다. 화면을 새로 고치고 다시 하세요.", code="conflict")
        info = self._version(connection, head, head).info
        return StoreError(
            f"그 사이 {info.made_by} 님이 초안을 바꿨습니다({info.id}번 판, {info.made_at.astimezone(self._clock().tzinfo):%Y-%m-%d %H:%M}: {info.why}). "
            "새로 고쳐서 바뀐 초안을 보고 다시 하세요. 아무것도 저장하지 않았습니다.",
            code="conflict",
        )

    def _is(self, version_id: int) -> ColumnElement[bool]:
        return (draft_versions.c.site == self._site) & (draft_versions.c.id == version_id)

    def _is_release(self, release: str) -> ColumnElement[bool]:
        return (release_log.c.site == self._site) & (release_log.c.release == release)

    def _logged(self, connection: Connection, release: str) -> LoggedRelease:
        return _logged(connection.execute(select(release_log).where(self._is_release(release))).one())


def _info(row: Row[Any], head: int | None) -> VersionInfo:
    return VersionInfo(row.id, row.parent, row.made_at, row.made_by, row.why, row.entries, row.queries, row.id == head)


def _logged(row: Row[Any]) -> LoggedRelease:
    made = NewRelease(row.release, row.trained_by, row.why, row.version_id, row.origin, row.changes, row.figures, row.gate)
    return LoggedRelease(made, row.trained_at, row.published_at, row.published_by, row.published_why)


def _no_release(release: str) -> MissingRecordError:
    return MissingRecordError(f"릴리스 {release} 의 기록이 없습니다. faqbot releases 로 목록을 확인하세요.")
