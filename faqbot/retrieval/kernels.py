"""Sparse rows, and the loops over them that serving spends its time in: picking rows, and multiplying them with a vector.

The loops are SciPy's own, in C. `csr_array[rows] @ vector` runs the same ones and checks and wraps for 50 µs what the release was checked for when it was
loaded; the same sums by take, repeat and bincount cost 150 µs more a query. They look at nothing: numbers out of range would read foreign memory.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from faqbot.retrieval.lexicon import Floats, Ints

#: int32, or int64 where 2³¹ numbers or more are kept; bounds and numbers alike, for the loops copy what is not.
Numbers = npt.NDArray[Any]
Weights = npt.NDArray[np.float32]


@cache
def loops() -> Any:
    """SciPy's extension. It comes with a package of 20 MB that takes a tenth of a second, which commands that search nothing must not pay."""
    from scipy.sparse import _sparsetools  # noqa: PLC0415

    return _sparsetools


class Picked(NamedTuple):
    """Some sparse rows one after the other: row i holds numbers[bounds[i]:bounds[i + 1]], each with its weight."""

    bounds: Numbers
    numbers: Numbers
    weights: Floats


def number_type(largest: int) -> type[np.int32 | np.int64]:
    """What bounds and numbers up to `largest` are kept as."""
    return np.int32 if largest <= np.iinfo(np.int32).max else np.int64


def lengths_of(bounds: Numbers, rows: Ints) -> Numbers:
    """How many numbers each of the rows holds."""
    lengths = bounds.take(rows + 1)
    lengths -= bounds.take(rows)
    return lengths


def pick(bounds: Numbers, numbers: Numbers, weights: Weights, rows: Ints, lengths: Numbers | None = None) -> Picked:
    """The given rows, in the given order.

    Args:
        bounds: row r holds numbers[bounds[r]:bounds[r + 1]].
        numbers: of the type of bounds.
        weights: one a number.
        rows: within range, any order, repeats allowed.
        lengths: lengths_of the rows, where they are known.
    """
    if lengths is None:
        lengths = lengths_of(bounds, rows)
    rows = rows.astype(bounds.dtype)
    ends = np.zeros(len(rows) + 1, dtype=bounds.dtype)
    lengths.cumsum(out=ends[1:])
    n = int(ends[-1])
    found, weighing = np.empty(n, dtype=bounds.dtype), np.empty(n, dtype=np.float32)
    loops().csr_row_index(len(rows), rows, bounds, numbers, weights, found, weighing)
    return Picked(ends, found, weighing.astype(np.float64))


def times(picked: Picked, vector: Floats) -> Floats:
    """Σ weight · vector[number] of each row, added up in the order of the row; every number is below len(vector)."""
    sums = np.zeros(len(picked.bounds) - 1)
    loops().csr_matvec(len(sums), len(vector), *picked, vector, sums)
    return sums


def spread(picked: Picked, factors: Floats, n: int) -> Floats:
    """Σ factor of the row · weight at each number below n, added up row by row; shape (n,)."""
    sums = np.zeros(n)
    loops().csc_matvec(n, len(factors), *picked, factors, sums)
    return sums
