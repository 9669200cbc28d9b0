"""Postings → one sparse vector a row, as a search engine stores them: the same terms, the same weights to the last bit."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from faqbot.retrieval.channels import Rows, of
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Ints


class Vector(NamedTuple):
    """One row.

    Attributes:
        key: the question row, or the number of question rows plus the entry.
        entry: that it belongs to.
        terms: term → weight, at least one.
    """

    key: int
    entry: int
    terms: dict[int, float]


def count_vectors(index: Index) -> int:
    """Rows that hold a term of a channel that nominates; the others can never be proposed and have no vector."""
    return len(np.unique(_keys(index)))


def vectors(index: Index) -> Iterator[Vector]:
    """Every row that has one, by key."""
    keys, weights = _keys(index), index.postings.weights
    terms = np.repeat(np.arange(len(index.postings.indptr) - 1), np.diff(index.postings.indptr))
    order = np.argsort(keys, kind="stable")
    found, firsts = np.unique(keys[order], return_index=True)
    rows, n_questions = found.tolist(), len(index.question_lengths)
    for key, places in zip(rows, np.split(order, firsts[1:]), strict=True):
        entry = int(index.entry_of[key]) if key < n_questions else key - n_questions
        yield Vector(key, entry, dict(zip(terms[places].tolist(), weights[places].tolist(), strict=True)))


def _keys(index: Index) -> Ints:
    """Key of each posting's row."""
    keys = index.postings.rows.astype(np.int64)
    border = int((index.lexicon.term_ids[:, : len(of(Rows.QUESTIONS))] >= 0).sum())
    keys[index.postings.indptr[border] :] += len(index.question_lengths)
    return keys
