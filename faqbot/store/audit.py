"""The audit log: who did what, when. It is only ever added to; the database itself refuses changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select

from faqbot.store.access import AuditEntry
from faqbot.store.engine import reading, writing
from faqbot.store.schema import audit_log


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line to be added; see `Audit.write`."""

    actor: str
    action: str
    subject: str
    before: Any = None
    after: Any = None


class Audit:
    """The log of one site. Every method may raise StoreError: the database failed, nothing was written."""

    def __init__(self, engine: Engine, site: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._site = site
        self._clock = clock

    @property
    def site(self) -> str:
        """Whose log it is."""
        return self._site

    def write(self, actor: str, action: str, subject: str, before: Any = None, after: Any = None) -> None:
        """Add a line.

        Args:
            actor: who; see AuditEntry.
            action: what, as a dotted word.
            subject: on what. No words of visitors: the log is never erased.
            before: what was, anything that JSON holds.
            after: what is.
        """
        with writing(self._engine) as connection:
            self.add(connection, AuditLine(actor, action, subject, before, after))

    def add(self, connection: Connection, line: AuditLine) -> None:
        """Add a line in the transaction that the connection is in."""
        said = {"actor": line.actor, "action": line.action, "subject": line.subject, "before": line.before, "after": line.after}
        connection.execute(insert(audit_log).values(site=self._site, written_at=self._clock(), **said))

    def page(self, limit: int = 50, offset: int = 0, action: str | None = None) -> tuple[AuditEntry, ...]:
        """Lines, the latest first; those of one action, or all."""
        statement = select(audit_log).where(*self._of(action)).order_by(audit_log.c.id.desc()).limit(limit).offset(offset)
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        return tuple(AuditEntry(row.id, row.written_at, row.actor, row.action, row.subject, row.before, row.after) for row in rows)

    def count(self, action: str | None = None) -> int:
        """How many lines `page` leads through."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(audit_log).where(*self._of(action))).scalar_one()

    def actions(self) -> tuple[str, ...]:
        """Every action that occurs, by alphabet."""
        with reading(self._engine) as connection:
            found = connection.execute(select(audit_log.c.action).where(*self._of(None)).distinct().order_by(audit_log.c.action))
            return tuple(found.scalars())

    def _of(self, action: str | None) -> tuple[ColumnElement[bool], ...]:
        ours = (audit_log.c.site == self._site,)
        return ours if action is None else (*ours, audit_log.c.action == action)
