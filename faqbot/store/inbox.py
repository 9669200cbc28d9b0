"""The feedback inbox: votes with what they are about, and who dealt with them; on one connection and one site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, not_, select

from faqbot.errors import MissingRecordError
from faqbot.store.queries import stored_query
from faqbot.store.records import Feedback, FeedbackReason, Vote
from faqbot.store.review_records import FeedbackItem
from faqbot.store.schema import feedback, feedback_marks, is_id, queries

_HANDLED = and_(feedback_marks.c.handled_at.is_not(None), feedback_marks.c.handled_at >= feedback.c.given_at)
_MARKED = feedback.outerjoin(feedback_marks, feedback_marks.c.feedback_id == feedback.c.id).outerjoin(queries, queries.c.id == feedback.c.query_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which votes: of this vote, with this reason, dealt with or not; None for any."""

    vote: Vote | None = None
    reason: FeedbackReason | None = None
    handled: bool | None = None

    def conditions(self, site: str) -> list[ColumnElement[bool]]:
        """For a statement over votes with their marks."""
        found = [feedback.c.site == site]
        if self.vote is not None:
            found.append(feedback.c.vote == self.vote)
        if self.reason is not None:
            found.append(feedback.c.reason == self.reason.value)
        if self.handled is not None:
            is_handled = func.coalesce(_HANDLED, False)
            found.append(is_handled if self.handled else not_(is_handled))
        return found


def find(connection: Connection, site: str, feedback_id: int) -> FeedbackItem | None:
    """The vote, if there is one."""
    if not is_id(feedback_id):
        return None
    row = connection.execute(_votes().where(feedback.c.site == site, feedback.c.id == feedback_id)).one_or_none()
    return _item(row) if row else None


def page(connection: Connection, site: str, wanted: Wanted, limit: int, offset: int) -> tuple[FeedbackItem, ...]:
    """Votes against first, then the latest first."""
    rows = _votes().where(*wanted.conditions(site))
    ordered = rows.order_by(feedback.c.vote, feedback.c.given_at.desc(), feedback.c.id.desc()).limit(max(limit, 0)).offset(max(offset, 0))
    return tuple(_item(row) for row in connection.execute(ordered))


def count(connection: Connection, site: str, wanted: Wanted) -> int:
    """How many there are."""
    return int(connection.execute(select(func.count()).select_from(_MARKED).where(*wanted.conditions(site))).scalar_one())


def mark(connection: Connection, site: str, ids: Sequence[int], by: tuple[str, datetime], *, handled: bool) -> None:
    """Write down that votes were dealt with, or that they were not after all.

    Raises:
        MissingRecordError: one of them is not there; nothing is changed.
    """
    chosen = tuple(dict.fromkeys(ids))
    found = set(connection.execute(select(feedback.c.id).where(feedback.c.site == site, feedback.c.id.in_([n for n in chosen if is_id(n)]))).scalars())
    if missing := [number for number in chosen if number not in found]:
        raise MissingRecordError(f"피드백 {', '.join(map(str, missing))} 이(가) 없습니다. 보관 기간이 지나 지워졌을 수 있습니다.")
    connection.execute(delete(feedback_marks).where(feedback_marks.c.feedback_id.in_(chosen)))
    if handled and chosen:
        connection.execute(insert(feedback_marks), [{"feedback_id": number, "site": site, "handled_by": by[0], "handled_at": by[1]} for number in chosen])


def _votes() -> Select[Any]:
    columns = [*(column.label(f"vote_{column.name}") for column in feedback.c), feedback_marks.c.handled_by, feedback_marks.c.handled_at, *queries.c]
    return select(*columns).select_from(_MARKED)


def _item(row: Row[Any]) -> FeedbackItem:
    reason = FeedbackReason(row.vote_reason) if row.vote_reason else None
    vote = Feedback(row.vote_query_id, row.vote_entry_id, row.vote_release, row.vote_vote, reason, row.vote_text, row.vote_given_at)
    is_handled = row.handled_at is not None and row.handled_at >= row.vote_given_at
    marked = (row.handled_by, row.handled_at) if is_handled else (None, None)
    return FeedbackItem(row.vote_id, vote, stored_query(row) if row.id is not None else None, *marked)
