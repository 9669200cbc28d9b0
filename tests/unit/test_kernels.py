"""The loops over sparse rows, beside SciPy's own product of a matrix and a vector."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from faqbot.retrieval.kernels import number_type, pick, spread, times

KINDS = (np.int32, np.int64)


def matrix(seed: int, rows: int, columns: int) -> sp.csr_matrix:
    return sp.random(rows, columns, density=0.3, format="csr", dtype=np.float32, random_state=seed)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 99), rows=st.integers(1, 9), columns=st.integers(1, 9), data=st.data())
def test_picked_rows_times_a_vector_are_the_product_of_matrix_and_vector(kind: type, seed: int, rows: int, columns: int, data: st.DataObject) -> None:
    held = matrix(seed, rows, columns)
    chosen = np.array(data.draw(st.lists(st.integers(0, rows - 1), max_size=12)), dtype=np.int64)
    vector = np.random.default_rng(seed).random(columns + 3)  # longer than any number asks for, as the search has it
    sums = times(pick(held.indptr.astype(kind), held.indices.astype(kind), held.data, chosen), vector)
    assert sums == pytest.approx(held[chosen].astype(np.float64) @ vector[:columns], abs=1e-15)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 99), rows=st.integers(1, 9), columns=st.integers(1, 9), data=st.data())
def test_spread_rows_add_up_to_the_transposed_product(kind: type, seed: int, rows: int, columns: int, data: st.DataObject) -> None:
    held = matrix(seed, rows, columns)
    chosen = np.array(data.draw(st.lists(st.integers(0, rows - 1), max_size=12)), dtype=np.int64)
    factors = np.random.default_rng(seed).random(len(chosen))
    sums = spread(pick(held.indptr.astype(kind), held.indices.astype(kind), held.data, chosen), factors, columns)
    assert sums == pytest.approx(held[chosen].astype(np.float64).T @ factors, abs=1e-15)


def test_numbers_take_four_bytes_as_long_as_they_fit() -> None:
    assert [number_type(largest) for largest in (0, 2**31 - 1, 2**31)] == [np.int32, np.int32, np.int64]
