"""Deletion of what has been kept long enough, on one connection and one site."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, select

from faqbot.store.schema import attachments, feedback, inquiries, queries

#: Rows deleted in one transaction, so that nobody waits long for the lock.
CHUNK = 1000
#: How long a file waits for the inquiry that it was picked for.
UPLOADS_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expiring:
    """A table, the column that its age is counted from, and which rows it is about where not all."""

    table: Table
    since: Column[datetime]
    only: tuple[ColumnElement[bool], ...] = ()


QUERIES = Expiring(queries, queries.c.asked_at)
FEEDBACK = Expiring(feedback, feedback.c.given_at)
INQUIRIES = Expiring(inquiries, inquiries.c.changed_at)
UPLOADS = Expiring(attachments, attachments.c.uploaded_at, (attachments.c.inquiry_id.is_(None),))


def delete_older(connection: Connection, site: str, expiring: Expiring, than: datetime, limit: int) -> int:
    """Delete the oldest rows from before a moment; that moment itself is kept. How many they were, `limit` at most."""
    table = expiring.table
    oldest = select(table.c.id).where(table.c.site == site, expiring.since < than, *expiring.only).order_by(expiring.since).limit(limit)
    # The age is asked for again: the row may have changed while its lock was waited for.
    return connection.execute(delete(table).where(table.c.id.in_(oldest), expiring.since < than, *expiring.only)).rowcount
