"""What the index knows of words: terms of every channel with their idf, and the weighing of a query."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Channel, Weighting

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WeightedQuery:
    """The known terms of a query, channel by channel, and how much of it each channel knows.

    Attributes:
        ids: terms, ascending from channel to channel.
        weights: what a posting's weight is multiplied with, one a term.
        channel_of: position of each term's channel.
        total_idf: Σ idf of the query's distinct terms, unknown ones included; shape (channels,).
        known: share of total_idf that is indexed, 0..1, and 1 where the query has no terms; shape (channels,).
    """

    ids: Ints
    weights: Floats
    channel_of: Ints
    total_idf: Floats
    known: Floats


@dataclass(frozen=True)
class Lexicon:
    """Terms of all channels.

    Attributes:
        channels: in the order of CHANNELS.
        vocabularies: term → id for each channel; ids run on from channel to channel, in sorted order of terms.
        idf: one a term, by the formula of its channel's weighting.
        unknown_idf: idf of a term that no row has; shape (channels,).
    """

    channels: tuple[Channel, ...]
    vocabularies: tuple[dict[str, int], ...]
    idf: npt.NDArray[np.float32]
    unknown_idf: Floats

    @cached_property
    def _is_cosine(self) -> npt.NDArray[np.bool_]:
        return np.array([channel.weighting is Weighting.TFIDF for channel in self.channels])

    @cached_property
    def _by_name(self) -> dict[str, dict[str, int]]:
        return {channel.name: vocabulary for channel, vocabulary in zip(self.channels, self.vocabularies, strict=True)}

    def knows(self, channel: str, term: str) -> bool:
        """Whether any row has the term in that channel."""
        return term in self._by_name[channel]

    def weigh(self, reading: Reading) -> WeightedQuery:
        """Query weights: TFIDF tf·idf scaled to length 1; BM25 and OVERLAP 1 / Σ idf over all distinct terms, unknown ones included."""
        counted = {terms: Counter(terms(reading)) for terms in {channel.terms for channel in self.channels}}
        ids: list[int] = []
        frequencies: list[int] = []
        sizes: list[int] = []
        unknown: list[int] = []
        for channel, vocabulary in zip(self.channels, self.vocabularies, strict=True):
            counts, before = counted[channel.terms], len(ids)
            for term, count in counts.items():
                if (i := vocabulary.get(term)) is not None:
                    ids.append(i)
                    frequencies.append(count)
            sizes.append(len(ids) - before)
            unknown.append(len(counts) - sizes[-1])
        return self._scaled(np.array(ids, dtype=np.int64), np.array(frequencies, dtype=np.float64), np.array(sizes), np.array(unknown))

    def _scaled(self, ids: Ints, frequencies: Floats, sizes: Ints, unknown: Ints) -> WeightedQuery:
        n = len(sizes)
        channel_of = np.repeat(np.arange(n), sizes)
        idf = self.idf[ids].astype(np.float64)
        known_idf = np.bincount(channel_of, idf, minlength=n)
        total = known_idf + unknown * self.unknown_idf
        cosine = idf * frequencies
        length = np.sqrt(np.bincount(channel_of, cosine * cosine, minlength=n))
        divisor = np.where(self._is_cosine, length, total)
        weights = np.where(self._is_cosine[channel_of], cosine, 1.0) / divisor[channel_of]
        return WeightedQuery(ids, weights, channel_of, total, np.divide(known_idf, total, out=np.ones(n), where=total > 0))


def number_terms(channels: Sequence[Sequence[str]]) -> tuple[dict[str, int], ...]:
    """Terms of each channel → ids that run on from channel to channel.

    >>> number_terms([["반품", "환불"], ["환불"]])
    ({'반품': 0, '환불': 1}, {'환불': 2})
    """
    numbered, first = [], 0
    for terms in channels:
        numbered.append({term: first + i for i, term in enumerate(terms)})
        first += len(terms)
    return tuple(numbered)
