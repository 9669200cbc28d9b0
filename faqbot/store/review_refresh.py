"""Clusters into the review queue: what is stored is compared with what was found, and only differences are written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from faqbot.store.review_merge import Known, Placed, WordingKey, key_of, place
from faqbot.store.review_records import Cluster, Refreshed, ReviewState, Wording
from faqbot.store.schema import review_items, review_wordings

#: What a trend compares: so many days with as many before.
TREND = timedelta(days=7)
#: Rows named in one statement.
_CHUNK = 500
_NOTHING_ASKED = {"size": 0, "total": 0, "recent": 0, "before": 0, "fresh": 0, "picked": 0}

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything in the queue of a site: rows of items by id, rows of wordings by key."""

    items: Mapping[int, Mapping[str, Any]]
    wordings: Mapping[WordingKey, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Found:
    """An item as it is to be; `id` None for a new one."""

    id: int | None
    values: Values
    wordings: Mapping[WordingKey, Values]


def load(connection: Connection, site: str) -> Stored:
    """What is stored."""
    items = connection.execute(select(review_items).where(review_items.c.site == site)).mappings()
    wordings = connection.execute(select(review_wordings).where(review_wordings.c.site == site)).mappings()
    return Stored({row["id"]: dict(row) for row in items}, {(row["kind"], row["subject"], row["key"]): dict(row) for row in wordings})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written."""

    found: Sequence[_Found]
    gone_items: Sequence[int]
    gone_wordings: Sequence[WordingKey]
    emptied_items: Sequence[int]
    emptied_wordings: Sequence[WordingKey]


def plan(stored: Stored, clusters: Sequence[Cluster], kinds: Iterable[str], now: datetime) -> Plan:
    """What makes the queue say what the clusters say.

    Args:
        stored: the queue as it is.
        clusters: all there are of these kinds.
        kinds: items of other kinds are left alone.
        now: the moment that trends are counted back from.
    """
    chosen = set(kinds)
    items = {number: row for number, row in stored.items.items() if row["kind"] in chosen}
    known = {number: Known(ReviewState(row["state"]), row["decision"] is not None) for number, row in items.items()}
    owners = {key: row["item_id"] for key, row in stored.wordings.items() if key[0] in chosen}
    found = _found(place(clusters, owners, known), items, now)
    present = {each.id for each in found}
    said = {key for each in found for key in each.wordings}
    silent = [key for key in owners if key not in said]
    absent = [number for number in items if number not in present]
    return Plan(
        found=found,
        gone_items=[number for number in absent if known[number].is_open],
        gone_wordings=[key for key in silent if known[owners[key]].is_open],
        emptied_items=[number for number in absent if not known[number].is_open and items[number]["total"]],
        emptied_wordings=[key for key in silent if not known[owners[key]].is_open and stored.wordings[key]["count"]],
    )


def write(connection: Connection, site: str, stored: Stored, todo: Plan) -> Refreshed:
    """Write the differences."""
    new = [each for each in todo.found if each.id is None]
    changed = [each for each in todo.found if each.id is not None and _differs(stored.items[each.id], each.values)]
    ids = _insert_items(connection, site, new)
    _update(connection, review_items, ("id",), [{"id": each.id, **each.values} for each in changed])
    homes = [(each.id if each.id is not None else ids[place], each) for place, each in enumerate([*new, *(each for each in todo.found if each.id is not None)])]
    _write_wordings(connection, site, stored, homes)
    _update(connection, review_wordings, _WORDING, [_named(site, key) | {"count": 0, "picked": 0} for key in todo.emptied_wordings])
    _update(connection, review_items, ("id",), [{"id": number, **_NOTHING_ASKED} for number in todo.emptied_items])
    _delete_wordings(connection, site, todo.gone_wordings)
    for start in range(0, len(todo.gone_items), _CHUNK):
        connection.execute(delete(review_items).where(review_items.c.id.in_(todo.gone_items[start : start + _CHUNK])))
    return Refreshed(len(new), len(changed), len(todo.gone_items))


#: What names a wording.
_WORDING = ("site", "kind", "subject", "key")


def _found(placed: Iterable[Placed], items: Mapping[int, Mapping[str, Any]], now: datetime) -> list[_Found]:
    """Items as they are to be: parts of one that lies in several clusters come together."""
    parts: dict[int, list[Placed]] = {}
    found = []
    for each in placed:
        if each.item is None:
            found.append(_item(None, [each], None, now))
        else:
            parts.setdefault(each.item, []).append(each)
    return found + [_item(number, each, items[number], now) for number, each in parts.items()]


def _item(number: int | None, parts: Sequence[Placed], row: Mapping[str, Any] | None, now: datetime) -> _Found:
    wordings = [wording for part in parts for wording in part.wordings]
    cluster, leader = parts[0].cluster, wordings[0]
    asked = [moment for wording in wordings for moment in wording.asked]
    decided_at = row["decided_at"] if row else None
    troubles: Counter[str] = Counter()
    for wording in wordings:
        troubles.update({trouble.value: count for trouble, count in wording.troubles.items()})
    values = {
        "kind": cluster.kind.value,
        "subject": cluster.subject,
        "leader": leader.key,
        "size": len(wordings),
        "total": len(asked),
        "recent": sum(now - TREND < moment for moment in asked),
        "before": sum(now - 2 * TREND < moment <= now - TREND for moment in asked),
        "fresh": len(asked) if decided_at is None else sum(moment > decided_at for moment in asked),
        "picked": sum(wording.picked for wording in wordings),
        "troubles": dict(sorted(troubles.items())),
        "nearest": leader.nearest,
        "closeness": leader.closeness,
        "now": leader.now.value if leader.now else None,
        "spam": cluster.spam if row is None or row["decision"] is None else "",
        "first_seen": min(asked),
        "last_seen": max(asked),
    }
    placed = {key_of(part.cluster, wording): wording for part in parts for wording in part.wordings}
    return _Found(number, values, {key: _wording(wording, place) for place, (key, wording) in enumerate(placed.items())})


def _wording(wording: Wording, place: int) -> Values:
    seen = {"first_seen": wording.asked[0], "last_seen": wording.asked[-1]}
    return {"text": wording.text, "place": place, "count": wording.count, "picked": wording.picked, **seen}


def _insert_items(connection: Connection, site: str, new: Sequence[_Found]) -> Sequence[int]:
    """Their ids, in order."""
    if not new:
        return ()
    statement = insert(review_items).returning(review_items.c.id, sort_by_parameter_order=True)
    return connection.execute(statement, [{"site": site, "state": ReviewState.NEW.value, **each.values} for each in new]).scalars().all()


def _write_wordings(connection: Connection, site: str, stored: Stored, homes: Sequence[tuple[int, _Found]]) -> None:
    new, changed = [], []
    for number, each in homes:
        for key, values in each.wordings.items():
            row = stored.wordings.get(key)
            wanted = {"item_id": number, **values}
            if row is None:
                new.append(_named(site, key) | wanted)
            elif _differs(row, wanted):
                changed.append(_named(site, key) | wanted)
    if new:
        connection.execute(insert(review_wordings), new)
    _update(connection, review_wordings, _WORDING, changed)


def _delete_wordings(connection: Connection, site: str, keys: Sequence[WordingKey]) -> None:
    if keys:
        condition = [review_wordings.c[name] == bindparam(f"of_{name}") for name in _WORDING]
        connection.execute(delete(review_wordings).where(*condition), [{f"of_{name}": value for name, value in _named(site, key).items()} for key in keys])


def _update(connection: Connection, table: Table, naming: Sequence[str], rows: Sequence[Values]) -> None:
    """Rows with the columns that name them and those that change, the same in all of them."""
    if not rows:
        return
    changing = [name for name in rows[0] if name not in naming]
    statement = update(table).where(*(table.c[name] == bindparam(f"of_{name}") for name in naming)).values({name: bindparam(f"to_{name}") for name in changing})
    connection.execute(statement, [{**{f"of_{name}": row[name] for name in naming}, **{f"to_{name}": row[name] for name in changing}} for row in rows])


def _named(site: str, key: WordingKey) -> Values:
    return dict(zip(_WORDING, (site, *key), strict=True))


def _differs(row: Mapping[str, Any], values: Values) -> bool:
    return any(row[name] != value for name, value in values.items())
