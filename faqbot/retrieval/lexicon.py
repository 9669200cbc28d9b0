"""What the index knows of words: terms of every channel with their idf, and the weighing of a query."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Channel, Terms, Weighting

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class WeightedQuery(NamedTuple):
    """The known terms of a query, channel by channel, and how much of it each channel knows.

    Attributes:
        ids: terms, ascending from channel to channel.
        weights: what a posting's weight is multiplied with, one a term.
        channel_of: position of each term's channel.
        sizes: distinct terms of the query, unknown ones included; shape (channels,).
        total_idf: Σ idf of the query's distinct terms, unknown ones included; shape (channels,).
        known: share of total_idf that is indexed, 0..1, and 1 where the query has no terms; shape (channels,).
    """

    ids: Ints
    weights: Floats
    channel_of: Ints
    sizes: Ints
    total_idf: Floats
    known: Floats


@dataclass(frozen=True)
class Lexicon:
    """Terms of all channels. Channels whose terms are of one kind share a vocabulary: a term is looked up once for all of them.

    Attributes:
        channels: in the order of CHANNELS.
        vocabularies: the terms of each kind that any channel has, by the kind's name, names in sorted order.
        term_ids: id of a term in each channel, -1 where the channel lacks it; rows are the terms of the vocabularies one after the other, shape (terms, channels).
            Ids run on from channel to channel, in sorted order of terms.
        idf: one an id, by the formula of its channel's weighting.
        unknown_idf: idf of a term that no row has; shape (channels,).
    """

    channels: tuple[Channel, ...]
    vocabularies: Mapping[str, Sequence[str]]
    term_ids: npt.NDArray[np.int32]
    idf: npt.NDArray[np.float32]
    unknown_idf: Floats

    @cached_property
    def _is_cosine(self) -> npt.NDArray[np.bool_]:
        return np.array([channel.weighting is Weighting.TFIDF for channel in self.channels])

    @cached_property
    def _flat_ids(self) -> npt.NDArray[np.int32]:
        """term_ids row after row, at least one."""
        return self.term_ids.ravel() if self.term_ids.size else np.full(1, -1, dtype=np.int32)

    @cached_property
    def _rows(self) -> dict[str, dict[str, int]]:
        """Term → row of term_ids, for each vocabulary."""
        rows, first = {}, 0
        for name, terms in self.vocabularies.items():
            rows[name] = dict(zip(terms, _numbers(first, first + len(terms)), strict=True))
            first += len(terms)
        return rows

    @cached_property
    def _places(self) -> dict[str, tuple[str, int]]:
        return {channel.name: (channel.vocabulary, place) for place, channel in enumerate(self.channels)}

    def id_of(self, channel: str, term: str) -> int:
        """Id of a term in a channel, -1 where no row has it."""
        vocabulary, place = self._places[channel]
        row = self._rows[vocabulary].get(term)
        return -1 if row is None else int(self.term_ids.item(row, place))

    def knows(self, channel: str, term: str) -> bool:
        """Whether any row has the term in that channel."""
        return self.id_of(channel, term) >= 0

    def warm(self) -> None:
        """Build what is derived on first use, before workers are forked."""
        self._kinds  # noqa: B018
        self._places  # noqa: B018

    @cached_property
    def _kinds(self) -> dict[Terms, tuple[dict[str, int], bool]]:
        """What is looked up once for all channels that want it: where, and whether it counts how often a term stands there."""
        kinds = {channel.terms: (self._rows[channel.vocabulary], False) for channel in self.channels}
        return kinds | {channel.terms: (self._rows[channel.vocabulary], True) for channel in self.channels if channel.weighting is Weighting.TFIDF}

    def weigh(self, reading: Reading) -> WeightedQuery:
        """Query weights: TFIDF tf·idf scaled to length 1; BM25 and OVERLAP 1 / Σ idf over all distinct terms, unknown ones included."""
        looked_up = {terms: _look_up(terms(reading), *kind) for terms, kind in self._kinds.items()}
        rows, frequencies = array("q"), array("d")  # of channel after channel; an array is made of a list in a third of the time that NumPy needs
        for channel in self.channels:
            of_channel, counted = looked_up[channel.terms]
            rows += of_channel
            frequencies += counted
        sizes = np.array([len(looked_up[channel.terms][0]) for channel in self.channels])
        row_of, channel_of = np.asarray(rows), np.arange(len(sizes)).repeat(sizes)
        ids = self._flat_ids.take(row_of * len(sizes) + channel_of, mode="clip")
        known = ((ids >= 0) & (row_of >= 0)).nonzero()[0]
        return self._scaled(ids.take(known).astype(np.int64), np.asarray(frequencies).take(known), channel_of.take(known), sizes)

    def _scaled(self, ids: Ints, frequencies: Floats, channel_of: Ints, sizes: Ints) -> WeightedQuery:
        n = len(sizes)
        idf = self.idf.take(ids).astype(np.float64)
        known_idf = np.bincount(channel_of, idf, minlength=n)
        total = known_idf + (sizes - np.bincount(channel_of, minlength=n)) * self.unknown_idf
        cosine = idf * frequencies
        length = np.sqrt(np.bincount(channel_of, cosine * cosine, minlength=n))
        divisor = np.where(self._is_cosine, length, total)
        weights = np.where(self._is_cosine.take(channel_of), cosine, 1.0) / divisor.take(channel_of)
        known = np.divide(known_idf, total, out=np.ones(n), where=total > 0)
        return WeightedQuery(ids, weights, channel_of, sizes, total, known)


def _look_up(terms: list[str], row_of: dict[str, int], counts: bool) -> "tuple[array[int], array[float]]":
    """Row of each distinct term, -1 where it has none, and how often it stands there; once where that does not count."""
    distinct = dict.fromkeys(terms)
    rows = array("q", list(map(row_of.get, distinct, repeat(-1))))
    if counts and len(distinct) < len(terms):
        return rows, array("d", list(Counter(terms).values()))
    return rows, array("d", (1.0,)) * len(rows)


#: Numbers that all lexicons of a process share: one costs 32 bytes, and hundreds of sites have the same ones.
_SHARED = tuple(range(1 << 16))


def _numbers(first: int, end: int) -> Sequence[int]:
    return _SHARED[first:end] if end <= len(_SHARED) else range(first, end)


def number_terms(channels: Sequence[Channel], terms: Sequence[Sequence[str]]) -> tuple[dict[str, tuple[str, ...]], npt.NDArray[np.int32]]:
    """Sorted terms of each channel → vocabularies and term_ids of a Lexicon."""
    vocabularies = {
        name: tuple(sorted({term for channel, own in zip(channels, terms, strict=True) if channel.vocabulary == name for term in own}))
        for name in sorted({channel.vocabulary for channel in channels})
    }
    firsts = dict(zip(vocabularies, np.cumsum([0, *map(len, vocabularies.values())]).tolist(), strict=False))
    row_of = {name: {term: firsts[name] + i for i, term in enumerate(words)} for name, words in vocabularies.items()}
    term_ids = np.full((sum(map(len, vocabularies.values())), len(channels)), -1, dtype=np.int32)
    n = 0
    for place, (channel, own) in enumerate(zip(channels, terms, strict=True)):
        rows = row_of[channel.vocabulary]
        term_ids[[rows[term] for term in own], place] = np.arange(n, n + len(own))
        n += len(own)
    return vocabularies, term_ids
