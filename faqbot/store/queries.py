"""Queries and what was chosen for them, on one connection and one site."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, select, update

from faqbot.domain import Outcome, Reason
from faqbot.errors import MissingRecordError
from faqbot.store.numbers import new_query_id
from faqbot.store.records import QueryRecord, StoredQuery, Via
from faqbot.store.schema import is_id, queries, storable


def record_queries(connection: Connection, site: str, records: Sequence[QueryRecord], now: datetime) -> list[int]:
    """Their ids, in order. Records whose id is stored already are left as they are, so that a batch can be tried again."""
    ids = [record.id or new_query_id() for record in records]
    known = set(connection.execute(select(queries.c.id).where(queries.c.id.in_(ids))).scalars())
    new = {query_id: _values(site, query_id, record, now) for query_id, record in zip(ids, records, strict=True) if query_id not in known}
    if new:
        connection.execute(insert(queries), list(new.values()))
    return ids


def find_query(connection: Connection, site: str, query_id: int, *, lock: bool = False) -> StoredQuery | None:
    """The query, if it is this site's and still kept.

    Args:
        connection: of a transaction.
        site: whose queries.
        query_id: any number.
        lock: keep others from changing it until the transaction ends.
    """
    if not is_id(query_id):
        return None
    statement = select(queries).where(_is(site, query_id))
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return stored_query(row) if row else None


def existing_query(connection: Connection, site: str, query_id: int) -> StoredQuery:
    """The query, locked until the transaction ends.

    Raises:
        MissingRecordError: it is not kept or not this site's.
    """
    found = find_query(connection, site, query_id, lock=True)
    if found is None:
        raise MissingRecordError(f"질문 기록 {query_id} 이(가) 없습니다. 보관 기간이 지나 지워졌을 수 있습니다.")
    return found


def record_choice(connection: Connection, site: str, query_id: int, entry_id: str | None, now: datetime) -> None:
    """Which entry the visitor chose, None for none of these; the last choice counts.

    Raises:
        MissingRecordError: the query is not kept or not this site's.
    """
    existing_query(connection, site, query_id)
    connection.execute(update(queries).where(_is(site, query_id)).values(chosen=entry_id, chose_at=now))


def popular(connection: Connection, site: str, since: datetime, limit: int) -> list[tuple[str, int]]:
    """Entries by the number of queries that ended at them: at the chosen one, else at the one answered. Most first, ties by id."""
    entry = case((queries.c.chose_at.is_not(None), queries.c.chosen), else_=queries.c.answered)
    counted = select(entry, func.count()).where(queries.c.site == site, queries.c.asked_at >= since, entry.is_not(None)).group_by(entry)
    # Sorted here: databases disagree about the order of texts.
    rows = sorted(((str(found), int(count)) for found, count in connection.execute(counted)), key=lambda row: (-row[1], row[0]))
    return rows[: max(limit, 0)]


def _values(site: str, query_id: int, record: QueryRecord, now: datetime) -> dict[str, Any]:
    return {
        "id": query_id,
        "site": site,
        "asked_at": record.asked_at or now,
        "text": record.text,
        "outcome": record.outcome.value,
        "reason": record.reason.value,
        "confidence": record.confidence,
        "candidates": [storable(each) for each in record.candidates],
        "release": record.release,
        "via": record.via.value,
        "answered": record.answered,
    }


def _is(site: str, query_id: int) -> ColumnElement[bool]:
    return and_(queries.c.site == site, queries.c.id == query_id)


def stored_query(row: Row[Any]) -> StoredQuery:
    """A row of the table as a value."""
    record = QueryRecord(row.text, Outcome(row.outcome), Reason(row.reason), row.confidence, tuple(row.candidates), row.release, Via(row.via), row.answered)
    return StoredQuery(row.id, row.asked_at, record, row.chosen, row.chose_at)
