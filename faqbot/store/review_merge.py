"""Which stored review item a wording belongs to, now that wordings were clustered anew. Pure: a decision is never lost and an id never given to something else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from faqbot.store.review_records import Cluster, ReviewState, Wording

#: kind, subject, key.
WordingKey = tuple[str, str, str]

#: States in which an item takes in new wordings of its cluster, so that what was put aside once does not come back in other words. What was accepted does
#: not: a wording that came later is in no draft.
_TAKING_IN = frozenset({ReviewState.REJECTED, ReviewState.HELD, ReviewState.SPAM, ReviewState.IGNORED})


@dataclass(frozen=True, slots=True)
class Known:
    """A stored item: what was decided on it, and whether anybody ever did."""

    state: ReviewState
    is_decided: bool

    @property
    def is_open(self) -> bool:
        """Whether its wordings may go elsewhere."""
        return self.state is ReviewState.NEW


@dataclass(frozen=True, slots=True)
class Placed:
    """Wordings of a cluster that belong together: to the item of that id, or to a new one."""

    item: int | None
    cluster: Cluster
    wordings: tuple[Wording, ...]


def key_of(cluster: Cluster, wording: Wording) -> WordingKey:
    """What the wording is stored under."""
    return cluster.kind.value, cluster.subject, wording.key


def place(clusters: Sequence[Cluster], owners: Mapping[WordingKey, int], items: Mapping[int, Known]) -> Iterator[Placed]:
    """Where each wording belongs. An item is named once for each cluster that it has wordings in.

    Wordings of an item that was decided on stay with it. The others of a cluster go to the oldest open item that has most of its wordings there, else to
    one that was put aside and is in the cluster, else to a new one.

    Args:
        clusters: of any kind.
        owners: item of each wording that is stored.
        items: every stored item.
    """
    homes = _homes(clusters, owners, items)
    for number, cluster in enumerate(clusters):
        kept: dict[int, list[Wording]] = {}
        loose: list[Wording] = []
        for wording in cluster.wordings:
            owner = owners.get(key_of(cluster, wording))
            if owner is None or items[owner].is_open:
                loose.append(wording)
            else:
                kept.setdefault(owner, []).append(wording)
        if loose:
            home = homes.get(number, _taking_in(kept, items))
            if home in kept:
                chosen = {wording.key for wording in (*kept.pop(home), *loose)}
                loose = [wording for wording in cluster.wordings if wording.key in chosen]
            yield Placed(home, cluster, tuple(loose))
        for owner, wordings in kept.items():
            yield Placed(owner, cluster, tuple(wordings))


def _homes(clusters: Sequence[Cluster], owners: Mapping[WordingKey, int], items: Mapping[int, Known]) -> dict[int, int]:
    """Cluster → the open item that it goes on as: each item is at home in one cluster; of several in one, that which somebody looked at, then the oldest."""
    votes: dict[int, Counter[int]] = {}
    for number, cluster in enumerate(clusters):
        for wording in cluster.wordings:
            owner = owners.get(key_of(cluster, wording))
            if owner is not None and items[owner].is_open:
                votes.setdefault(owner, Counter())[number] += 1
    homes: dict[int, int] = {}
    for owner in sorted(votes, key=lambda item: (not items[item].is_decided, item)):
        homes.setdefault(min(votes[owner], key=lambda number: (-votes[owner][number], number)), owner)
    return homes


def _taking_in(kept: Mapping[int, Sequence[Wording]], items: Mapping[int, Known]) -> int | None:
    """The item among these that was put aside and has most of the wordings, the oldest among equals."""
    takers = [owner for owner in kept if items[owner].state in _TAKING_IN]
    return min(takers, key=lambda owner: (-len(kept[owner]), owner)) if takers else None
