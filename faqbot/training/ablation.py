"""What each group of ranker features adds: the ranker is fitted with and without it, and judged on bases that it never saw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import CHANNELS, Channel, Rows
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.training.base import Base, Search
from faqbot.training.prior import fit_ranker, ranked

#: 0-based rank of the first right candidate for each in-scope query of a base; None where no candidate is right.
Ranks = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Columns of CANDIDATE_FEATURES that are left out together; `name` is for people."""

    name: str
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """One base ranked with everything and without something.

    Attributes:
        group: name of what is left out.
        base: name of the base, which neither ranker was fitted on.
        complete: ranks with everything.
        reduced: ranks of the same queries without the group.
    """

    group: str
    base: str
    complete: Ranks
    reduced: Ranks

    def gain(self, k: int) -> float:
        """Share of the queries that have a right candidate among the first k, with the group minus without, -1..1; 0 without queries."""
        return hit(self.complete, k) - hit(self.reduced, k)

    @property
    def won(self) -> int:
        """Queries whose first candidate is right only with the group."""
        return sum(a == 0 != b for a, b in zip(self.complete, self.reduced, strict=True))

    @property
    def lost(self) -> int:
        """Queries whose first candidate is right only without the group."""
        return sum(b == 0 != a for a, b in zip(self.complete, self.reduced, strict=True))


def hit(ranks: Ranks, k: int) -> float:
    """Share of the queries with a right candidate among the first k, 0..1; 0 without queries.

    >>> hit((0, 2, None), 1), hit((), 1)
    (0.3333333333333333, 0.0)
    """
    return sum(rank is not None and rank < k for rank in ranks) / len(ranks) if ranks else 0.0


def groups() -> tuple[Group, ...]:
    """Every channel alone, the channels of one kind together, and every column that belongs to no channel; each with at least one column."""
    kinds = {
        "유의어 채널 모두": [channel for channel in CHANNELS if _sees_synonyms(channel)],
        "항목 글 채널 모두": [channel for channel in CHANNELS if channel.rows is Rows.ENTRIES],
        "포함 비율 모두": [channel for channel in CHANNELS if channel.is_coverage],
    }
    alone = [Group(channel.name, _columns([channel])) for channel in CHANNELS]
    together = [Group(name, _columns(channels)) for name, channels in kinds.items()]
    claimed = {column for group in alone for column in group.columns}
    others = [Group(name, (column,)) for column, name in enumerate(CANDIDATE_FEATURES) if column not in claimed]
    return tuple(group for group in (*alone, *together, *others) if group.columns)


def _sees_synonyms(channel: Channel) -> bool:
    """Whether it finds terms in a text of which nothing but the canonical words is left."""
    return bool(channel.terms(Reading("", (), [], ["환불"])))


def _columns(channels: Sequence[Channel]) -> tuple[int, ...]:
    """Columns of the channels, by name: channel.part, channel or stored_channel."""
    names = {channel.name for channel in channels}
    return tuple(column for column, name in enumerate(CANDIDATE_FEATURES) if name.removeprefix("stored_").partition(".")[0] in names)


def ablate(bases: Sequence[Base], without: Sequence[Group]) -> Iterator[Effect]:
    """The effect of each group on each base, groups in the given order. The same bases give the same effects.

    Candidates stay the ones that all channels proposed: what is measured is the ranking, not the finding.

    Args:
        bases: at least two, because each is ranked by a ranker that was fitted on the others.
        without: what is left out, one group after the other.
    """
    complete = left_out_ranks(bases)
    for group in without:
        reduced = left_out_ranks([_blanked(base, group) for base in bases])
        yield from effects(group.name, bases, complete, reduced)


def effects(name: str, bases: Sequence[Base], complete: Sequence[Ranks], reduced: Sequence[Ranks]) -> tuple[Effect, ...]:
    """One effect a base, from two results of `left_out_ranks` over the same queries."""
    return tuple(Effect(name, *of_base) for of_base in zip((base.name for base in bases), complete, reduced, strict=True))


def left_out_ranks(bases: Sequence[Base]) -> tuple[Ranks, ...]:
    """Ranks of each base's in-scope queries by a ranker that was fitted on the other bases; at least two bases."""
    return tuple(_ranks(base, [other for other in bases if other is not base]) for base in bases)


def _ranks(base: Base, others: Sequence[Base]) -> Ranks:
    weights = fit_ranker(others)
    orders = ((search.right, ranked(search, weights).entries.tolist()) for search in base.searches if search.right)
    return tuple(next((rank for rank, entry in enumerate(order) if entry in right), None) for right, order in orders)


def _blanked(base: Base, group: Group) -> Base:
    """The base with columns that say nothing; the ridge gives such a column no weight, so it is as good as gone."""
    return replace(base, searches=tuple(_without(search, group) for search in base.searches))


def _without(search: Search, group: Group) -> Search:
    features = search.features.copy()
    features[:, list(group.columns)] = 0.0
    return replace(search, features=features)
