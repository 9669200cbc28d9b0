"""The review queue: pages, decisions and taking them back, on one connection and one site."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from faqbot.domain import Outcome
from faqbot.errors import MissingRecordError, StoreError
from faqbot.store.review_records import (
    Decision,
    Landing,
    ReviewItem,
    ReviewKind,
    ReviewOrder,
    ReviewState,
    StoredWording,
    Trouble,
    Undone,
    landing_from_json,
    landing_to_json,
)
from faqbot.store.schema import is_id, review_decisions, review_items, review_wordings, to_utc

_FLAGGED = and_(review_items.c.state == ReviewState.NEW.value, review_items.c.spam != "")
_ORDERS = {
    ReviewOrder.FREQUENT: (review_items.c.total.desc(), review_items.c.last_seen.desc()),
    ReviewOrder.NEWEST: (review_items.c.last_seen.desc(), review_items.c.total.desc()),
    ReviewOrder.RISING: ((review_items.c.recent - review_items.c.before).desc(), review_items.c.total.desc()),
}
_LED = review_items.outerjoin(
    review_wordings,
    and_(
        review_wordings.c.site == review_items.c.site,
        review_wordings.c.kind == review_items.c.kind,
        review_wordings.c.subject == review_items.c.subject,
        review_wordings.c.key == review_items.c.leader,
    ),
)
#: The state that items get, what came of it, and the entry of each item that landed at another one.
Decided = tuple[ReviewState, Landing | None, Mapping[int, str]]
#: What a decision writes and taking it back restores.
_DECIDED = ("state", "decided_by", "decided_at", "decision", "landing", "spam", "fresh")


def page(connection: Connection, site: str, kind: ReviewKind, state: ReviewState | None, order: ReviewOrder, window: tuple[int, int]) -> tuple[ReviewItem, ...]:
    """Items of a state; what looks like spam and was not decided on is among the spam. `window` is (limit, offset)."""
    limit, offset = window
    rows = _items(_of_kind(site, kind), _in_state(state)).order_by(*_ORDERS[order], review_items.c.id).limit(max(limit, 0)).offset(max(offset, 0))
    return tuple(_item(row) for row in connection.execute(rows))


def find(connection: Connection, site: str, ids: Sequence[int]) -> tuple[ReviewItem, ...]:
    """Those that there are, in the order of the ids."""
    wanted = [number for number in ids if is_id(number)]
    found = {row.id: _item(row) for row in connection.execute(_items(review_items.c.site == site, review_items.c.id.in_(wanted)))}
    return tuple(found[number] for number in dict.fromkeys(wanted) if number in found)


def counts(connection: Connection, site: str, kind: ReviewKind) -> dict[ReviewState, int]:
    """How many items are in each state, counted as `page` lists them; every state is there."""
    found = dict.fromkeys(ReviewState, 0)
    rows = select(review_items.c.state, _FLAGGED, func.count()).where(_of_kind(site, kind)).group_by(review_items.c.state, _FLAGGED)
    for state, is_flagged, count in connection.execute(rows):
        found[ReviewState.SPAM if is_flagged else ReviewState(state)] += count
    return found


def wordings(connection: Connection, site: str, item_id: int, limit: int) -> tuple[StoredWording, ...]:
    """Wordings of an item that are not empty, the best first."""
    if not is_id(item_id):
        return ()
    columns = (review_wordings.c[name] for name in ("text", "count", "picked", "first_seen", "last_seen"))
    rows = select(*columns).where(review_wordings.c.item_id == item_id, review_wordings.c.site == site, review_wordings.c.text != "")
    return tuple(StoredWording(*row) for row in connection.execute(rows.order_by(review_wordings.c.count.desc(), review_wordings.c.place).limit(max(limit, 0))))


def decide(connection: Connection, site: str, ids: Sequence[int], to: Decided, by: tuple[str, datetime]) -> Decision:
    """Put items into a state.

    Args:
        connection: alone at the queue.
        site: whose.
        ids: of items; twice is once.
        to: the state, what came of it, and where each item landed that landed elsewhere.
        by: who, and when.

    Raises:
        MissingRecordError: one of them is not there; nothing is changed.
        StoreError: there are none.
    """
    state, landing, entries = to
    actor, now = by
    chosen = tuple(dict.fromkeys(ids))
    if not chosen:
        raise StoreError("고른 것이 없습니다. 하나 이상 고르세요.", code="refused")
    before = _before(connection, site, chosen)
    if missing := [number for number in chosen if number not in before]:
        raise MissingRecordError(
            f"검토할 묶음 {', '.join(map(str, missing))} 이(가) 없습니다. 그사이 합쳐졌거나 보관 기간이 지났을 수 있습니다. 목록을 다시 보세요."
        )
    values = {"site": site, "state": state.value, "landing": landing_to_json(landing), "before": list(before.values()), "decided_by": actor, "decided_at": now}
    decision = connection.execute(insert(review_decisions).values(values).returning(review_decisions.c.id)).scalar_one()
    changes = {"state": state.value, "decided_by": actor, "decided_at": now, "decision": decision, "landing": landing_to_json(landing), "spam": "", "fresh": 0}
    connection.execute(update(review_items).where(_is_one_of(site, chosen)).values(changes))
    for entry_id in dict.fromkeys(entries.values()):
        there = [number for number in chosen if entries.get(number) == entry_id]
        at_entry = landing_to_json(replace(landing, entry_id=entry_id) if landing else None)
        connection.execute(update(review_items).where(_is_one_of(site, there)).values(landing=at_entry))
    return Decision(decision, state, chosen, landing, actor, to_utc(now))


def undo(connection: Connection, site: str, decision_id: int, by: tuple[str, datetime]) -> Undone:
    """Put the items of a decision back to what they were; those that were decided on again stay.

    Raises:
        MissingRecordError: there is no such decision.
        StoreError: it was taken back before (code "conflict").
    """
    row = _decision_row(connection, site, decision_id)
    if row is None:
        raise MissingRecordError(f"결정 {decision_id} 이(가) 없습니다. 번호를 확인하세요.")
    if row.undone_at is not None:
        raise StoreError(f"결정 {decision_id} 은(는) 이미 되돌렸습니다({row.undone_by}).", code="conflict")
    of_item = {int(each["id"]): each for each in row.before}
    found = connection.execute(select(review_items.c.id, review_items.c.decision).where(_is_one_of(site, tuple(of_item))))
    present = {row.id: row.decision for row in found}
    restored = tuple(number for number in of_item if present.get(number) == decision_id)
    for number in restored:
        connection.execute(update(review_items).where(review_items.c.id == number).values(_restored(of_item[number])))
    connection.execute(update(review_decisions).where(review_decisions.c.id == decision_id).values(undone_by=by[0], undone_at=by[1]))
    decided = _decision(row)
    return Undone(decided, restored, tuple(number for number in of_item if number in present and number not in restored))


def decisions(connection: Connection, site: str, limit: int, offset: int) -> tuple[Decision, ...]:
    """The latest first."""
    rows = select(review_decisions).where(review_decisions.c.site == site).order_by(review_decisions.c.id.desc()).limit(max(limit, 0)).offset(max(offset, 0))
    return tuple(_decision(row) for row in connection.execute(rows))


def find_decision(connection: Connection, site: str, decision_id: int) -> Decision | None:
    """The decision, if there is one."""
    row = _decision_row(connection, site, decision_id)
    return _decision(row) if row else None


def _decision_row(connection: Connection, site: str, decision_id: int) -> Row[Any] | None:
    if not is_id(decision_id):
        return None
    return connection.execute(select(review_decisions).where(review_decisions.c.site == site, review_decisions.c.id == decision_id)).one_or_none()


def _items(*conditions: ColumnElement[bool]) -> Any:
    return select(review_items, review_wordings.c.text.label("representative")).select_from(_LED).where(*conditions)


def _of_kind(site: str, kind: ReviewKind) -> ColumnElement[bool]:
    return and_(review_items.c.site == site, review_items.c.kind == kind.value)


def _in_state(state: ReviewState | None) -> ColumnElement[bool]:
    if state is None:
        return and_(True)
    of_state = review_items.c.state == state.value
    if state is ReviewState.SPAM:
        return or_(of_state, _FLAGGED)
    return and_(of_state, review_items.c.spam == "") if state is ReviewState.NEW else of_state


def _is_one_of(site: str, ids: Sequence[int]) -> ColumnElement[bool]:
    return and_(review_items.c.site == site, review_items.c.id.in_([number for number in ids if is_id(number)]))


def _before(connection: Connection, site: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What a decision will write over, by item."""
    columns = [review_items.c.id, *(review_items.c[name] for name in _DECIDED)]
    rows = connection.execute(select(*columns).where(_is_one_of(site, ids))).mappings()
    return {row["id"]: {**row, "decided_at": row["decided_at"].isoformat() if row["decided_at"] else None} for row in rows}


def _restored(before: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: before[name] for name in _DECIDED}
    decided_at = datetime.fromisoformat(before["decided_at"]) if before["decided_at"] else None
    # Nothing decided: all that is kept of it is fresh.
    return {**values, "decided_at": decided_at, "fresh": before["fresh"] if decided_at else review_items.c.total}


def _decision(row: Row[Any]) -> Decision:
    items = tuple(int(each["id"]) for each in row.before)
    return Decision(row.id, ReviewState(row.state), items, landing_from_json(row.landing), row.decided_by, row.decided_at, row.undone_by, row.undone_at)


def _item(row: Row[Any]) -> ReviewItem:
    figures = {name: getattr(row, name) for name in ("size", "total", "recent", "before", "fresh", "picked", "nearest", "closeness", "spam")}
    moments = {name: getattr(row, name) for name in ("first_seen", "last_seen", "decided_by", "decided_at", "decision")}
    return ReviewItem(
        id=row.id,
        kind=ReviewKind(row.kind),
        subject=row.subject,
        state=ReviewState(row.state),
        representative=row.representative or "",
        troubles={Trouble(name): count for name, count in row.troubles.items()},
        now=Outcome(row.now) if row.now else None,
        landing=landing_from_json(row.landing),
        **figures,
        **moments,
    )
