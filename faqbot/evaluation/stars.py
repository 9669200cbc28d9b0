"""Rows that are alike, gathered around the one that most are alike to. NumPy and sparse matrices, no text."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

#: Rows compared with all others at once.
BLOCK = 1024
#: Entries of other rows that are looked at for one row, rarest columns first. Rows that share only columns that thousands share are told apart by none of them.
BUDGET = 3000
#: Share of the similarity that the rarest columns must bring before the exact cosine is computed: it costs fifty times as much.
PROMISING = 0.5

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def stars(rows: Any, weights: Floats, similarity: float) -> Ints:
    """The leader of each row, shape (rows,); a leader leads itself, and each row is at least so similar to its leader.

    Leaders are chosen by the weight of the rows that are alike to them, ties by position; no chain of rows that are alike two by two can make two
    strangers one. Every row then goes to the leader that it is most similar to. Without rows: empty.

    Args:
        rows: sparse matrix, each row of length 1; a row of zeros is alike to none.
        weights: how much each row counts, above 0, shape (rows,).
        similarity: least cosine, above 0 and at most 1.
    """
    n = rows.shape[0]
    leaders = np.full(n, -1, dtype=np.int64)
    if not n:
        return leaders
    rows = sparse.csr_matrix(rows, dtype=np.float32)
    pull = np.array(weights, dtype=np.float64)
    for places, alike in _alike(rows, rows, np.arange(n), similarity):
        pull[places] += np.asarray(alike @ weights).ravel()
    heaviest_first = np.lexsort((np.arange(n), -pull))
    for places, alike in _alike(rows, rows, heaviest_first, similarity, leaders):
        for i, place in enumerate(places.tolist()):
            if leaders[place] < 0:
                near = alike.indices[alike.indptr[i] : alike.indptr[i + 1]]
                leaders[near[leaders[near] < 0]] = place
                leaders[place] = place
    return _nearest(rows, leaders, similarity)


def _nearest(rows: Any, leaders: Ints, similarity: float) -> Ints:
    """Each row with the leader that it is most similar to, where one is similar enough; ties go to the first leader."""
    chosen, nearest = np.unique(leaders), leaders.copy()
    others = np.setdiff1d(np.arange(len(leaders)), chosen)
    for places, alike in _alike(rows, rows[chosen], others, similarity):
        filled = np.flatnonzero(np.diff(alike.indptr))
        if len(filled):
            best = np.maximum.reduceat(alike.data, alike.indptr[filled])
            is_best = alike.data >= np.repeat(best, np.diff(alike.indptr)[filled])
            firsts = np.flatnonzero(is_best)[np.searchsorted(np.flatnonzero(is_best), alike.indptr[filled])]
            nearest[places[filled]] = chosen[alike.indices[firsts]]
    return nearest


def _alike(rows: Any, others: Any, places: Ints, similarity: float, done: Ints | None = None) -> Iterator[tuple[Ints, Any]]:
    """Blocks of the rows at these places, with a sparse matrix of their cosines with the others that reach the similarity, columns ascending.

    Args:
        rows: all.
        others: what they are compared with.
        places: of rows, in the order in which they come.
        similarity: least cosine.
        done: rows that are 0 or above in here when their block begins are left out.
    """
    by_column = others.T.tocsr()
    lengths = np.diff(by_column.indptr)
    for start in range(0, len(places), BLOCK):
        block = places[start : start + BLOCK]
        if done is not None:
            block = block[done[block] < 0]
        if not len(block):
            continue
        found = (_rarest(rows[block], lengths) @ by_column).tocoo()
        likely = found.data >= similarity * PROMISING
        at, other = found.row[likely], found.col[likely]
        exact = np.asarray(rows[block[at]].multiply(others[other]).sum(axis=1)).ravel()
        near = exact >= similarity - 1e-6
        alike = sparse.csr_matrix((exact[near], (at[near], other[near])), shape=(len(block), others.shape[0]))
        alike.sort_indices()
        yield block, alike


def _rarest(rows: Any, lengths: Ints) -> Any:
    """The rows without their most frequent columns, so that all the entries in the columns of one row are BUDGET at most, or one column."""
    row_of = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    order = np.lexsort((rows.indices, lengths[rows.indices], row_of))
    sizes = np.cumsum(lengths[rows.indices[order]])
    first = rows.indptr[:-1][np.diff(rows.indptr) > 0]
    before = np.zeros(rows.shape[0], dtype=np.int64)
    before[np.diff(rows.indptr) > 0] = sizes[first] - lengths[rows.indices[order]][first]
    kept = sizes - before[row_of] <= BUDGET
    kept[first] = True
    chosen = order[kept]
    return sparse.csr_matrix((rows.data[chosen], (row_of[kept], rows.indices[chosen])), shape=rows.shape)
