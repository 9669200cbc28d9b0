"""Queries that the learning loop looks at, on one connection and one site."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from faqbot.domain import Outcome, Reason
from faqbot.store.endings import REFUSED, UNANSWERED
from faqbot.store.review_records import OfferRow, QueryRow, Trouble
from faqbot.store.schema import feedback, queries

#: Queries are written a little after they were asked, and chosen for a while after that.
_LATE, _CHOOSING = timedelta(minutes=1), timedelta(days=1)

_DISLIKED = feedback.c.vote == -1
_TROUBLED = or_(UNANSWERED, REFUSED, _DISLIKED)
_OFFERED = and_(queries.c.outcome == Outcome.SUGGEST.value, queries.c.reason == Reason.SEVERAL_LIKELY.value)
#: Chosen by the visitor and not voted against; or offered without anything being chosen.
_PICKED = and_(queries.c.chosen.is_not(None), or_(feedback.c.vote.is_(None), feedback.c.vote == 1))
_NEAR_TIE = and_(_OFFERED, queries.c.chose_at.is_(None), feedback.c.vote.is_(None))

_WITH_VOTES = queries.outerjoin(feedback, and_(feedback.c.query_id == queries.c.id, feedback.c.site == queries.c.site))


def troubled(connection: Connection, site: str) -> Iterator[QueryRow]:
    """Queries that went wrong, oldest first."""
    columns = (queries.c.id, queries.c.text, queries.c.asked_at, queries.c.outcome, queries.c.candidates, queries.c.confidence, feedback.c.vote)
    rows = select(*columns).select_from(_WITH_VOTES).where(queries.c.site == site, _TROUBLED).order_by(queries.c.asked_at, queries.c.id)
    for query_id, text, asked_at, outcome, candidates, confidence, vote in connection.execute(rows):
        trouble = Trouble.DISLIKED if vote == -1 else Trouble.FALLBACK if outcome == Outcome.FALLBACK.value else Trouble.NONE_OF_THESE
        yield QueryRow(query_id, text, asked_at, trouble, candidates[0] if candidates else None, confidence)


def offers(connection: Connection, site: str) -> Iterator[OfferRow]:
    """Queries that a visitor chose an entry for, and those where several were likely and none was chosen, with the first; oldest first."""
    columns = (queries.c.id, queries.c.text, queries.c.asked_at, queries.c.candidates, queries.c.chosen)
    rows = select(*columns).select_from(_WITH_VOTES).where(queries.c.site == site, or_(_PICKED, _NEAR_TIE)).order_by(queries.c.asked_at, queries.c.id)
    for query_id, text, asked_at, candidates, chosen in connection.execute(rows):
        if chosen is not None or candidates:
            yield OfferRow(query_id, text, asked_at, chosen if chosen is not None else candidates[0], picked=chosen is not None)


def anything_since(connection: Connection, site: str, moment: datetime) -> bool:
    """Whether a query went wrong or was offered entries, something was chosen, or a vote was given since."""
    asked = _exists(queries.c.site == site, queries.c.asked_at >= moment - _LATE, or_(UNANSWERED, _OFFERED))
    chosen = _exists(queries.c.site == site, queries.c.asked_at >= moment - _CHOOSING, queries.c.chose_at >= moment)
    voted = exists().where(feedback.c.site == site, feedback.c.given_at >= moment)
    return bool(connection.execute(select(or_(asked, chosen, voted))).scalar_one())


def _exists(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*conditions)
