"""Rows are gathered around leaders, never in chains."""

import numpy as np
import pytest
from scipy import sparse

from faqbot.evaluation.stars import BLOCK, stars


def rows(*vectors: list[float]) -> sparse.csr_matrix:
    matrix = np.array(vectors, dtype=float)
    return sparse.csr_matrix(matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9))


def test_rows_that_are_alike_share_a_leader() -> None:
    assert stars(rows([1, 0], [0, 1], [1, 0.1]), np.ones(3), 0.9).tolist() == [0, 1, 0]


def test_a_chain_does_not_make_strangers_one() -> None:
    """Neighbours are 0.8 alike, those beyond 0.28."""
    chain = rows(*([np.cos(0.6435 * i), np.sin(0.6435 * i)] for i in range(5)))
    leaders = stars(chain, np.ones(5), 0.79)
    cosines = (chain @ chain.T).toarray()
    assert all(cosines[i, leader] >= 0.79 for i, leader in enumerate(leaders))
    assert len(set(leaders.tolist())) > 1


def test_the_heavier_row_leads() -> None:
    assert stars(rows([1, 0], [1, 0.1]), np.array([1.0, 5.0]), 0.9).tolist() == [1, 1]


def test_a_row_goes_to_the_leader_that_it_is_most_alike_to() -> None:
    found = stars(rows([1, 0], [0, 1], [0.6, 0.8]), np.array([30.0, 10.0, 1.0]), 0.55)
    assert found.tolist() == [0, 1, 1]


@pytest.mark.parametrize("n", [0, 1, 3])
def test_rows_of_zeros_are_alike_to_none(n: int) -> None:
    assert stars(sparse.csr_matrix((n, 4)), np.ones(n), 0.5).tolist() == list(range(n))


def test_more_rows_than_a_block_give_what_one_would() -> None:
    rng = np.random.default_rng(5)
    centres = rng.integers(0, 40, 2 * BLOCK + 7)
    leaders = stars(rows(*np.eye(40)[centres].tolist()), np.ones(len(centres)), 0.5)
    assert len(set(leaders.tolist())) == len(set(centres.tolist()))
    assert (centres[leaders] == centres).all()
