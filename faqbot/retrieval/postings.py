"""Term → rows with weights, for all channels over the same rows at once, and the search over them. NumPy only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Channel, Weighting

#: Postings added up for one query before the most frequent terms are left to the candidates alone. Adding one costs about 3 ns,
#: looking a candidate up about 50 ns; a base of 10k entries with answers touches 20k to 100k.
BUDGET = 50_000

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: One posting is eight bytes: the row shifted by channel · rows, then the weight. Kept as int64 so that slices concatenate fast.
POSTING = np.dtype([("row", "<i4"), ("weight", "<f4")])


@dataclass(frozen=True, slots=True)
class WeightedQuery:
    """The known terms of a query, over all channels, and how much of it each channel knows.

    Attributes:
        ids: terms, numbered over all channels.
        weights: what a posting's weight is multiplied with, one a term.
        total_idf: Σ idf of the query's distinct terms, unknown ones included; shape (channels,).
        known: share of total_idf that is indexed, 0..1, and 1 where the query has no terms; shape (channels,).
    """

    ids: Ints
    weights: Floats
    total_idf: Floats
    known: Floats


@dataclass(frozen=True, slots=True)
class Postings:
    """All channels that share their rows, term-major.

    Attributes:
        channels: in the order of CHANNELS.
        vocabularies: term → id for each channel; ids run on from channel to channel, in sorted order of terms.
        idf: one a term, by the formula of its channel's weighting.
        indptr: postings of term t are packed[indptr[t]:indptr[t + 1]], rows ascending.
        packed: POSTING seen as int64.
        row_sums: Σ idf of the distinct terms of each row for the OVERLAP channels, zero for the others; shape (channels, rows).
        unknown_idf: idf of a term that no row has; shape (channels,).
    """

    channels: tuple[Channel, ...]
    n_rows: int
    vocabularies: tuple[dict[str, int], ...]
    idf: npt.NDArray[np.float32]
    indptr: Ints
    packed: Ints
    row_sums: npt.NDArray[np.float32]
    unknown_idf: Floats

    def weigh(self, reading: Reading) -> WeightedQuery:
        """Query weights: TFIDF tf·idf scaled to length 1; BM25 and OVERLAP 1 / Σ idf over all distinct terms, unknown ones included."""
        ids: list[int] = []
        frequencies: list[int] = []
        sizes: list[int] = []
        unknown: list[int] = []
        for channel, vocabulary in zip(self.channels, self.vocabularies, strict=True):
            before = len(ids)
            counts = Counter(channel.terms(reading))
            for term, count in counts.items():
                if (i := vocabulary.get(term)) is not None:
                    ids.append(i)
                    frequencies.append(count)
            sizes.append(len(ids) - before)
            unknown.append(len(counts) - sizes[-1])
        return self._scaled(np.array(ids, dtype=np.int64), np.array(frequencies, dtype=np.float64), np.array(sizes), np.array(unknown))

    def _scaled(self, ids: Ints, frequencies: Floats, sizes: Ints, unknown: Ints) -> WeightedQuery:
        channel_of = np.repeat(np.arange(len(sizes)), sizes)
        idf = self.idf[ids].astype(np.float64)
        known_idf = np.bincount(channel_of, idf, minlength=len(sizes))
        total = known_idf + unknown * self.unknown_idf
        cosine = idf * frequencies
        length = np.sqrt(np.bincount(channel_of, cosine * cosine, minlength=len(sizes)))
        is_cosine = np.array([c.weighting is Weighting.TFIDF for c in self.channels])
        divisor = np.where(is_cosine, length, total)
        weights = np.where(is_cosine[channel_of], cosine, 1.0) / divisor[channel_of]
        return WeightedQuery(ids, weights, total, np.divide(known_idf, total, out=np.ones_like(total), where=total > 0))

    def scores(self, query: WeightedQuery, budget: int = BUDGET) -> tuple[Floats, Ints]:
        """Scores of all rows, shape (channels, rows), and the positions in `query` of the frequent terms that the budget left out.

        `complete` adds those for the rows that matter, so that every score that is used is exact.
        """
        starts, ends = self.indptr[query.ids], self.indptr[query.ids + 1]
        lengths = ends - starts
        taken = np.arange(len(lengths))
        left_out = taken[:0]
        if lengths.sum() > budget:
            shortest_first = np.argsort(lengths, kind="stable")
            n = max(1, int(np.searchsorted(np.cumsum(lengths[shortest_first]), budget, side="right")))
            taken, left_out = np.sort(shortest_first[:n]), np.sort(shortest_first[n:])
        shape = (len(self.channels), self.n_rows)
        if not len(taken):
            return np.zeros(shape), left_out
        packed = np.concatenate([self.packed[a:b] for a, b in zip(starts[taken].tolist(), ends[taken].tolist(), strict=True)])
        posting = packed.view(POSTING)
        weights = posting["weight"] * np.repeat(query.weights[taken], lengths[taken])
        scores = np.bincount(posting["row"], weights, minlength=shape[0] * shape[1]).reshape(shape)
        return scores.astype(np.float64, copy=False), left_out

    def complete(self, scores: Floats, query: WeightedQuery, left_out: Ints, rows: Ints) -> Floats:
        """Exact scores of the given ascending rows, shape (channels, len(rows)): what `scores` left out is looked up for them alone."""
        values = scores[:, rows]
        for position in left_out.tolist():
            term = query.ids[position]
            posting = self.packed[self.indptr[term] : self.indptr[term + 1]].view(POSTING)
            channel = int(posting["row"][0]) // self.n_rows
            sought = rows + channel * self.n_rows
            places = np.searchsorted(posting["row"], sought)
            places[places == len(posting)] = 0
            hit = posting["row"][places] == sought
            values[channel, hit] += posting["weight"][places[hit]] * query.weights[position]
        return values


def top(scores: Floats, k: int) -> Ints:
    """The k rows with the highest scores above zero, in ascending row order; among equals the lower row.

    Halves a threshold until enough rows pass it: a scan is ten times cheaper than sorting all rows.
    """
    threshold = float(scores.max(initial=0.0))
    rows = np.empty(0, dtype=np.int64)
    if threshold <= 0.0:
        return rows
    for _ in range(4):
        threshold /= 2
        rows = np.flatnonzero(scores >= threshold)
        if len(rows) >= k:
            break
    else:
        rows = np.flatnonzero(scores > 0.0)
    if len(rows) <= k:
        return rows
    values = scores[rows]
    kth = np.partition(values, -k)[-k]
    above, equal = rows[values > kth], rows[values == kth]
    return np.sort(np.concatenate((above, equal[: k - len(above)])))


def fuse(channels: Sequence[Channel], parts: Sequence["Postings"]) -> "Postings":
    """One-channel postings over the same rows → all of them together.

    Args:
        channels: one for each part.
        parts: each with term ids from 0 and unshifted rows.
    """
    n_rows = parts[0].n_rows
    vocabularies, packed, indptr, terms, postings = [], [], [np.zeros(1, dtype=np.int64)], 0, 0
    for i, part in enumerate(parts):
        shifted = part.packed.copy().view(POSTING)
        shifted["row"] += i * n_rows
        packed.append(shifted.view(np.int64))
        vocabularies.append({term: number + terms for term, number in part.vocabularies[0].items()})
        indptr.append(part.indptr[1:] + postings)
        terms, postings = terms + len(part.idf), postings + len(shifted)
    return Postings(
        channels=tuple(channels),
        n_rows=n_rows,
        vocabularies=tuple(vocabularies),
        idf=np.concatenate([part.idf for part in parts]),
        indptr=np.concatenate(indptr),
        packed=np.concatenate(packed),
        row_sums=np.vstack([part.row_sums for part in parts]),
        unknown_idf=np.concatenate([part.unknown_idf for part in parts]),
    )
