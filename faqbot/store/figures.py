"""Counts for the desk: of a period, of each day, of each entry; on one connection and one site."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, select

from faqbot.domain import Outcome
from faqbot.store.endings import REFUSED, UNANSWERED
from faqbot.store.review_records import DayFigures, Figures, Usage
from faqbot.store.schema import feedback, inquiries, queries


def figures(connection: Connection, site: str, since: datetime, until: datetime) -> Figures:
    """Of what came at `since` or later and before `until`. Greetings and thanks alone are in no count."""
    counted = (_ended(Outcome.ANSWER), _ended(Outcome.SUGGEST), _sum(UNANSWERED), _sum(REFUSED))
    of_queries = select(*counted).where(*_within(queries.c.asked_at, queries.c.site, site, since, until))
    answered, suggested, fallback, none_of_these = connection.execute(of_queries).one()
    of_votes = select(_sum(feedback.c.vote == 1), _sum(feedback.c.vote == -1)).where(*_within(feedback.c.given_at, feedback.c.site, site, since, until))
    up, down = connection.execute(of_votes).one()
    of_inquiries = select(func.count()).select_from(inquiries).where(*_within(inquiries.c.received_at, inquiries.c.site, site, since, until))
    written = connection.execute(of_inquiries).scalar_one()
    return Figures(answered + suggested + fallback, answered, suggested, fallback, none_of_these, up, down, written)


def daily(connection: Connection, site: str, days: tuple[date, date], zone: tzinfo) -> tuple[DayFigures, ...]:
    """Of each day from the first to the last, both included."""
    return tuple(DayFigures(day, figures(connection, site, *_day(day, zone))) for day in _days(*days))


def usage(connection: Connection, site: str, since: datetime, until: datetime) -> dict[str, Usage]:
    """Of each entry that was shown, chosen or voted on at `since` or later and before `until`; others are not there."""
    sums: dict[str, dict[str, Any]] = defaultdict(lambda: {"shown": 0, "answered": 0, "chosen": 0, "up": 0, "down": 0, "last_shown": None})
    for entry_ids, is_answer, count, last in _shown(connection, site, since, until):
        for entry_id in entry_ids:
            of_entry = sums[entry_id]
            of_entry["shown"] += count
            of_entry["answered"] += count if is_answer else 0
            of_entry["last_shown"] = max(filter(None, (of_entry["last_shown"], last)))
    chosen = select(queries.c.chosen, func.count()).where(*_within(queries.c.asked_at, queries.c.site, site, since, until), queries.c.chosen.is_not(None))
    for entry_id, count in connection.execute(chosen.group_by(queries.c.chosen)):
        sums[entry_id]["chosen"] += count
    votes = select(feedback.c.entry_id, feedback.c.vote, func.count()).where(*_within(feedback.c.given_at, feedback.c.site, site, since, until))
    for entry_id, vote, count in connection.execute(votes.where(feedback.c.entry_id.is_not(None)).group_by(feedback.c.entry_id, feedback.c.vote)):
        sums[entry_id]["up" if vote == 1 else "down"] += count
    return {entry_id: Usage(**of_entry) for entry_id, of_entry in sorted(sums.items())}


def _shown(connection: Connection, site: str, since: datetime, until: datetime) -> Iterator[tuple[list[str], bool, int, datetime]]:
    """(entries shown, whether as the answer, how often, when last): the answer, or all that was suggested."""
    last = func.max(queries.c.asked_at, type_=queries.c.asked_at.type)
    within = _within(queries.c.asked_at, queries.c.site, site, since, until)
    answered = select(queries.c.answered, func.count(), last).where(*within, queries.c.answered.is_not(None)).group_by(queries.c.answered)
    for entry_id, count, moment in connection.execute(answered):
        yield [entry_id], True, count, moment
    listed = cast(queries.c.candidates, Text)  # lists of JSON cannot be compared
    suggested = select(listed, func.count(), last).where(*within, queries.c.outcome == Outcome.SUGGEST.value).group_by(listed)
    for text, count, moment in connection.execute(suggested):
        yield json.loads(text), False, count, moment


def _within(moment: Any, column: Any, site: str, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return column == site, moment >= since, moment < until


def _ended(outcome: Outcome) -> ColumnElement[int]:
    return _sum(queries.c.outcome == outcome.value)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _day(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
