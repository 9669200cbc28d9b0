"""The list of what visitors asked, with what they made of the reply; on one connection and one site."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, and_, cast, func, not_, or_, select

from faqbot.domain import Outcome, Reason
from faqbot.store.endings import NOTHING_ASKED, REFUSED, UNANSWERED
from faqbot.store.queries import stored_query
from faqbot.store.records import FeedbackReason, StoredQuery, Vote
from faqbot.store.schema import feedback, queries, storable


@dataclass(frozen=True, slots=True)
class AskedWanted:
    """Which queries: None and "" for any, and False but for `nothing_asked`.

    Attributes:
        outcome: what the visitor got; a fallback only where something was asked.
        none_of_these: whether only those whose suggestions were all refused; with another outcome than suggestions there are none.
        since, until: asked at `since` or later and before `until`.
        nothing_asked: True for a greeting or thanks alone, False for everything else.
        entry_id: was shown as the answer or among the suggestions, or was chosen.
    """

    outcome: Outcome | None = None
    none_of_these: bool = False
    since: datetime | None = None
    until: datetime | None = None
    entry_id: str = ""
    nothing_asked: bool | None = None


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A query with the vote on its reply; both None where nobody voted, the reason also where none was given."""

    query: StoredQuery
    vote: Vote | None = None
    reason: FeedbackReason | None = None

    @property
    def shown(self) -> tuple[str, ...]:
        """Entries that the visitor saw: the answer, or all that were suggested; none where nothing was."""
        record = self.query.record
        if record.answered is not None:
            return (record.answered,)
        return record.candidates if record.outcome is Outcome.SUGGEST else ()

    @property
    def is_refused(self) -> bool:
        """Whether the visitor chose none of the suggestions."""
        return self.query.record.outcome is Outcome.SUGGEST and self.query.chose_at is not None and self.query.chosen is None

    @property
    def is_greeting(self) -> bool:
        """Whether the visitor greeted or thanked and asked nothing."""
        return self.query.record.reason is Reason.NOTHING_ASKED


def page(connection: Connection, site: str, wanted: AskedWanted, limit: int, offset: int) -> tuple[AskedQuery, ...]:
    """The latest first. Which ones is decided before the votes are looked up, so that the index alone leads to a page."""
    ordered = _ids(connection, site, wanted).order_by(queries.c.asked_at.desc(), queries.c.id.desc()).limit(max(limit, 0)).offset(max(offset, 0)).subquery()
    joined = ordered.join(queries, queries.c.id == ordered.c.id).outerjoin(feedback, feedback.c.query_id == queries.c.id)
    columns: list[Any] = [*queries.c, feedback.c.vote, feedback.c.reason.label("vote_reason")]
    rows = select(*columns).select_from(joined)
    return tuple(_asked(row) for row in connection.execute(rows.order_by(queries.c.asked_at.desc(), queries.c.id.desc())))


def count(connection: Connection, site: str, wanted: AskedWanted) -> int:
    """How many there are."""
    return int(connection.execute(_ids(connection, site, wanted).with_only_columns(func.count())).scalar_one())


def _ids(connection: Connection, site: str, wanted: AskedWanted) -> Select[Any]:
    return select(queries.c.id).where(*_conditions(connection.dialect.name, site, wanted))


def _conditions(dialect: str, site: str, wanted: AskedWanted) -> Iterator[ColumnElement[bool]]:
    yield queries.c.site == site
    if wanted.outcome is not None:
        yield UNANSWERED if wanted.outcome is Outcome.FALLBACK else queries.c.outcome == wanted.outcome.value
    if wanted.none_of_these:
        yield REFUSED
    if wanted.nothing_asked is not None:
        yield NOTHING_ASKED if wanted.nothing_asked else not_(NOTHING_ASKED)
    if wanted.since is not None:
        yield queries.c.asked_at >= wanted.since
    if wanted.until is not None:
        yield queries.c.asked_at < wanted.until
    if wanted.entry_id:
        yield _about(dialect, wanted.entry_id)


def _about(dialect: str, entry_id: str) -> ColumnElement[bool]:
    """Lists of JSON are looked through as text: with its quotation marks an id stands in it only as a whole."""
    place = func.strpos if dialect == "postgresql" else func.instr
    suggested = place(cast(queries.c.candidates, Text), json.dumps(storable(entry_id))) > 0
    return or_(queries.c.answered == entry_id, queries.c.chosen == entry_id, and_(queries.c.outcome == Outcome.SUGGEST.value, suggested))


def _asked(row: Row[Any]) -> AskedQuery:
    return AskedQuery(stored_query(row), row.vote, FeedbackReason(row.vote_reason) if row.vote_reason else None)
