"""Deletion of what has been kept long enough, on one connection and one site."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, delete, select

from faqbot.store.schema import feedback, inquiries, queries

#: Rows deleted in one transaction, so that nobody waits long for the lock.
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Expiring:
    """A table and the column that its age is counted from."""

    table: Table
    since: Column[datetime]


QUERIES = Expiring(queries, queries.c.asked_at)
FEEDBACK = Expiring(feedback, feedback.c.given_at)
INQUIRIES = Expiring(inquiries, inquiries.c.changed_at)


def delete_older(connection: Connection, site: str, expiring: Expiring, than: datetime, limit: int) -> int:
    """Delete the oldest rows from before a moment; that moment itself is kept. How many they were, `limit` at most."""
    table = expiring.table
    oldest = select(table.c.id).where(table.c.site == site, expiring.since < than).order_by(expiring.since).limit(limit)
    # The age is asked for again: the row may have changed while its lock was waited for.
    return connection.execute(delete(table).where(table.c.id.in_(oldest), expiring.since < than)).rowcount
