"""Votes on answers, on one connection and one site."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from faqbot.store.queries import existing_query
from faqbot.store.records import Feedback, FeedbackReason, NewFeedback
from faqbot.store.schema import feedback, is_id


def record_feedback(connection: Connection, site: str, query_id: int, new: NewFeedback, now: datetime) -> None:
    """Keep the vote on a query in place of an earlier one. Votes outlive their query, so they hold its entry and release.

    Raises:
        MissingRecordError: the query is not kept or not this site's.
    """
    # The query is locked, so two votes at once come one after the other.
    query = existing_query(connection, site, query_id)
    values = {
        "entry_id": query.chosen if query.chose_at else query.record.answered,
        "release": query.record.release,
        "vote": new.vote,
        "reason": new.reason.value if new.reason else None,
        "text": new.text,
        "given_at": now,
    }
    changed = connection.execute(update(feedback).where(feedback.c.query_id == query.id).values(values)).rowcount
    if not changed:
        connection.execute(insert(feedback).values(site=site, query_id=query.id, **values))


def find_feedback(connection: Connection, site: str, query_id: int) -> Feedback | None:
    """The last vote on a query that is still kept."""
    if not is_id(query_id):
        return None
    row = connection.execute(select(feedback).where(feedback.c.site == site, feedback.c.query_id == query_id)).one_or_none()
    if row is None:
        return None
    reason = FeedbackReason(row.reason) if row.reason else None
    return Feedback(row.query_id, row.entry_id, row.release, row.vote, reason, row.text, row.given_at)
