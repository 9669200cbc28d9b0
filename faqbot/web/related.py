"""What stands beside an answer."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from faqbot.domain import Candidate, FaqEntry
from faqbot.web import entries, schema
from faqbot.web.catalogue import Catalogue

#: Entries beside an answer.
MOST = 4
#: Confidence from which another candidate comes before the neighbours.
LIKELY = 0.1


def related(catalogue: Catalogue, entry_id: str, candidates: Sequence[Candidate] = (), shown: AbstractSet[str] = frozenset()) -> tuple[schema.FaqItem, ...]:
    """Likely candidates, then neighbours, then the other candidates as far as there is room.

    Neighbours are of the same category, then of the same top category, beginning behind the entry in the table so that each leads to others.

    Args:
        catalogue: of the visit.
        entry_id: of the entry that is shown.
        candidates: of the reply, the answer included or not.
        shown: ids that stand beside the answer already.
    """
    likely = [candidate.id for candidate in candidates if candidate.confidence >= LIKELY]
    others = [candidate.id for candidate in candidates if candidate.confidence < LIKELY]
    near = chain(_entries(catalogue, likely), _neighbours(catalogue, entry_id), _entries(catalogue, others))
    by_id = {other.id: other for other in near if other.id not in {entry_id, *shown}}
    return tuple(entries.faq_item(other) for other in list(by_id.values())[:MOST])


def _entries(catalogue: Catalogue, ids: Sequence[str]) -> list[FaqEntry]:
    return [catalogue[entry_id][0] for entry_id in ids]


def _neighbours(catalogue: Catalogue, entry_id: str) -> tuple[FaqEntry, ...]:
    category = catalogue[entry_id][0].category
    if not category:
        return ()
    return _behind(entry_id, catalogue.visible(category)) + _behind(entry_id, catalogue.visible(category[:1]))


def _behind(entry_id: str, listed: tuple[FaqEntry, ...]) -> tuple[FaqEntry, ...]:
    """The entries after one, then those before it."""
    place = next((place for place, other in enumerate(listed) if other.id == entry_id), -1)
    return listed[place + 1 :] + listed[: max(place, 0)]
