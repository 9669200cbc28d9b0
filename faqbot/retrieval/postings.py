"""Term → rows with weights, for all channels at once, and the search over them. NumPy only."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from faqbot.retrieval.lexicon import Floats, Ints, WeightedQuery

#: Postings added up for one query before the most frequent terms are left to the candidates alone.
BUDGET = 25_000
#: Bytes that frequent terms may take as plain columns, where a candidate's weight is one look-up instead of a search.
DENSE_BYTES = 32 << 20
#: A term becomes a column when at least one row in sixteen has it: then the column is at most eight times its postings.
DENSE_SHARE = 16

#: One posting is eight bytes: the cell, then the weight. Kept as int64 so that slices concatenate fast.
POSTING = np.dtype([("cell", "<i4"), ("weight", "<f4")])


@dataclass(frozen=True, slots=True)
class Family:
    """Channels over the same rows. Cells of channel c are first_cell + (c - first_channel) · n_rows + row."""

    first_channel: int
    n_channels: int
    n_rows: int
    first_cell: int

    @property
    def end(self) -> int:
        """The cell behind the last one."""
        return self.first_cell + self.n_channels * self.n_rows


@dataclass(frozen=True)
class Postings:
    """All postings, term-major, over one numbering of cells: a cell is one row of one channel.

    Attributes:
        families: channels over questions, channels over entries; their cells follow each other.
        indptr: postings of term t are packed[indptr[t]:indptr[t + 1]], cells ascending.
        packed: POSTING seen as int64.
    """

    families: tuple[Family, Family]
    indptr: Ints
    packed: Ints

    def scores(self, query: WeightedQuery, budget: int = BUDGET) -> "Scores":
        """Add up the postings of the rarest terms whose number fits the budget, at least one term.

        `Scores.exact` looks the other terms up for the rows that matter, so that every score that is used is exact.
        """
        starts = self.indptr[query.ids]
        lengths = self.indptr[query.ids + 1] - starts
        taken, left_out = _within(lengths, budget)
        size = self.families[-1].end
        if not len(query.ids):
            return Scores(self, query, np.zeros(size), left_out)
        if len(left_out):
            starts, lengths, weights = starts[taken], lengths[taken], query.weights[taken]
        else:
            weights = query.weights
        packed = np.concatenate([self.packed[a:b] for a, b in zip(starts.tolist(), (starts + lengths).tolist(), strict=True)])
        posting = packed.view(POSTING)
        return Scores(
            self, query, np.bincount(posting["cell"], posting["weight"] * weights.repeat(lengths), minlength=size).astype(np.float64, copy=False), left_out
        )

    @cached_property
    def _cells(self) -> npt.NDArray[np.int32]:
        return self.packed.view(np.int32)[::2]  # POSTING's first half

    def holds(self, term: int, cell: int) -> bool:
        """Whether the row and channel that the cell stands for has the term."""
        end = int(self.indptr[term + 1])
        place = bisect_left(self._cells, cell, int(self.indptr[term]), end)
        return place < end and int(self._cells[place]) == cell

    @cached_property
    def dense(self) -> tuple["Columns", "Columns"]:
        """Columns of the most frequent terms of each family."""
        first, second = (self._columns(family) for family in self.families)
        return first, second

    def _columns(self, family: Family) -> "Columns":
        lengths = np.diff(self.indptr)
        frequent = np.flatnonzero((lengths * DENSE_SHARE >= family.n_rows) & (lengths > 0))
        cells = self.packed[self.indptr[frequent]].view(POSTING)["cell"]
        frequent = frequent[(cells >= family.first_cell) & (cells < family.end)]
        frequent = frequent[np.argsort(-lengths[frequent], kind="stable")][: DENSE_BYTES // (4 * max(1, family.n_rows))]
        weights = np.zeros((len(frequent), family.n_rows), dtype=np.float32)
        place_of = np.full(len(lengths), -1, dtype=np.int32)
        place_of[frequent] = np.arange(len(frequent))
        for place, term in enumerate(frequent.tolist()):
            posting = self.packed[self.indptr[term] : self.indptr[term + 1]].view(POSTING)
            weights[place, (posting["cell"] - family.first_cell) % family.n_rows] = posting["weight"]
        return Columns(weights, place_of)


@dataclass(frozen=True, slots=True)
class Columns:
    """Weights of frequent terms as plain columns, shape (places, rows), and term → place, -1 for none."""

    weights: npt.NDArray[np.float32]
    place_of: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Scores:
    """What one query adds up to.

    Attributes:
        cells: a score for each cell, without the terms left out.
        left_out: positions in `query` of the frequent terms that the budget left out.
    """

    postings: Postings
    query: WeightedQuery
    cells: Floats
    left_out: Ints

    def of(self, family: Family) -> Floats:
        """Scores of one family, shape (channels, rows), without the terms left out."""
        return self.cells[family.first_cell : family.end].reshape(family.n_channels, family.n_rows)

    def exact(self, family: Family, rows: Ints) -> Floats:
        """Exact scores of the given ascending rows, shape (channels, len(rows))."""
        values = self.of(family)[:, rows]
        if not len(self.left_out) or not len(rows):
            return values
        channels = self.query.channel_of[self.left_out] - family.first_channel
        mine = (channels >= 0) & (channels < family.n_channels)
        positions, channels = self.left_out[mine], channels[mine]
        columns = self.postings.dense[family.first_channel > 0]
        places = columns.place_of[self.query.ids[positions]]
        fast = places >= 0
        mix = np.zeros((family.n_channels, int(fast.sum())))
        mix[channels[fast], np.arange(mix.shape[1])] = self.query.weights[positions[fast]]
        values += mix @ columns.weights[places[fast][:, None], rows]
        for position, channel in zip(positions[~fast].tolist(), channels[~fast].tolist(), strict=True):
            values[channel] += self._looked_up(position, family.first_cell + channel * family.n_rows + rows)
        return values

    def _looked_up(self, position: int, cells: Ints) -> Floats:
        """What one left-out term adds to ascending cells of its channel."""
        term = int(self.query.ids[position])
        posting = self.postings.packed[self.postings.indptr[term] : self.postings.indptr[term + 1]].view(POSTING)
        places = np.searchsorted(posting["cell"], cells)
        places[places == len(posting)] = 0
        return np.where(posting["cell"][places] == cells, posting["weight"][places] * self.query.weights[position], 0.0)


def _within(lengths: Ints, budget: int) -> tuple[Ints, Ints]:
    """Positions of the shortest lists that together fit the budget, at least one, and of the others; both ascending."""
    everything = np.arange(len(lengths))
    if int(lengths.sum()) <= budget:
        return everything, everything[:0]
    shortest_first = np.argsort(lengths, kind="stable")
    n = max(1, int(np.searchsorted(np.cumsum(lengths[shortest_first]), budget, side="right")))
    return np.sort(shortest_first[:n]), np.sort(shortest_first[n:])


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
        rows = (scores >= threshold).nonzero()[0]
        if len(rows) >= k:
            break
    else:
        rows = (scores > 0.0).nonzero()[0]
    if len(rows) <= k:
        return rows
    values = scores[rows]
    kth = np.partition(values, -k)[-k]
    above, equal = rows[values > kth], rows[values == kth]
    return np.sort(np.concatenate((above, equal[: k - len(above)])))


def families(channels_over: Sequence[tuple[int, int]]) -> tuple[Family, Family]:
    """Families from (channels, rows) of the questions and of the entries."""
    (nq, rows_q), (ne, rows_e) = channels_over
    return Family(0, nq, rows_q, 0), Family(nq, ne, rows_e, nq * rows_q)
