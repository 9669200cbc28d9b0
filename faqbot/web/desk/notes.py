"""What looks wrong in a table once it is indexed, entry by entry. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple


class NotedEntry(NamedTuple):
    """An entry with the findings that it comes first in.

    Attributes:
        id: of the entry.
        question: of the entry.
        notes: findings as `Finding.to_json` gives them.
    """

    id: str
    question: str
    notes: tuple[Mapping[str, Any], ...]


def notes_by_entry(notes: Iterable[Mapping[str, Any]], is_meant: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> tuple[NotedEntry, ...]:
    """Findings under the first entry that each is about, in their order.

    Args:
        notes: as `GateReport.notes` holds them.
        is_meant: row of a finding → whether it is still about what is there; a finding with another row is left out.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for note in notes:
        if all(is_meant(row) for row in note["rows"]):
            found.setdefault(note["rows"][0]["id"], []).append(note)
    return tuple(NotedEntry(entry_id, held[0]["rows"][0]["question"], tuple(held)) for entry_id, held in found.items())
