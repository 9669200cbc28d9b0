"""The search for candidates over one kind of rows by our own classes and by three others, over the same terms and the same weights."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.metrics.pairwise import linear_kernel

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Rows, of
from faqbot.retrieval.index import NOMINATED, Index
from faqbot.retrieval.lexicon import Floats, Ints
from faqbot.retrieval.postings import BUDGET, top


@dataclass(frozen=True)
class Kind:
    """The nominating channels over one kind of rows of an index."""

    index: Index
    rows: Rows

    @property
    def n_rows(self) -> int:
        """Rows that are searched."""
        return len(self.index.question_lengths) if self.rows is Rows.QUESTIONS else self.index.n_entries

    @property
    def k(self) -> int:
        """Rows that are found at most."""
        return min(NOMINATED, self.n_rows)

    def weigh(self, reading: Reading) -> tuple[Ints, Floats]:
        """The query's terms in channels over these rows, and their weights."""
        query = self.index.lexicon.weigh(reading)
        border = int(np.searchsorted(query.channel_of, len(of(Rows.QUESTIONS))))
        mine = slice(border) if self.rows is Rows.QUESTIONS else slice(border, None)
        return query.ids[mine], query.weights[mine]

    def search(self, reading: Reading) -> Ints:
        """The rows that the product finds, by its own steps."""
        return self._search(reading, BUDGET)

    def search_all(self, reading: Reading) -> Ints:
        """The same with no posting left out: the best rows there are."""
        return self._search(reading, len(self.index.postings.rows))

    def _search(self, reading: Reading, budget: int) -> Ints:
        return top(self.index.postings.add_up(*self.weigh(reading), self.n_rows, budget), self.k)

    def knows(self, reading: Reading) -> bool:
        """Whether a row could be found at all."""
        return len(self.search(reading)) > 0

    def recall(self, reading: Reading) -> float:
        """Share of the best rows that `search` finds, or others as good."""
        scores = self.index.postings.add_up(*self.weigh(reading), self.n_rows, len(self.index.postings.rows))
        best = self.search_all(reading)
        return float((scores[self.search(reading)] >= scores[best].min() * (1 - 1e-5)).sum() / len(best))

    @cached_property
    def matrix(self) -> sp.csc_matrix:
        """Weights as (rows, terms)."""
        border = int((self.index.lexicon.term_ids[:, : len(of(Rows.QUESTIONS))] >= 0).sum())
        indptr = (
            self.index.postings.indptr[: border + 1]
            if self.rows is Rows.QUESTIONS
            else np.maximum(self.index.postings.indptr, self.index.postings.indptr[border])
        )
        held = slice(indptr[0], indptr[-1])
        shape = (self.n_rows, len(indptr) - 1)
        return sp.csc_matrix((self.index.postings.weights[held], self.index.postings.rows[held], (indptr - indptr[0]).astype(np.int32)), shape=shape)


Engine = Callable[[Reading], Any]


def brute_force(kind: Kind) -> Engine:
    """scikit-learn: linear_kernel of the weighted query with every row, then the best ones."""
    rows, k = kind.matrix.tocsr().astype(np.float64), kind.k

    def search(reading: Reading) -> npt.NDArray[np.intp]:
        ids, weights = kind.weigh(reading)
        scores = linear_kernel(sp.csr_matrix((weights, ids, [0, len(ids)]), shape=(1, rows.shape[1])), rows)[0]
        return np.argpartition(scores, -k)[-k:]

    return search


def bm25(kind: Kind, backend: str) -> Engine:
    """bm25s with its NumPy or numba back end; it is given our weights, for what a search costs does not depend on them."""
    retriever, k, matrix = bm25s.BM25(backend=backend), kind.k, kind.matrix
    retriever.scores = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "num_docs": kind.n_rows}
    retriever.vocab_dict = {str(i): i for i in range(matrix.shape[1])}
    retriever.nonoccurrence_array = None

    def search(reading: Reading) -> Any:
        return retriever.retrieve([[str(i) for i in kind.weigh(reading)[0].tolist()]], k=k, show_progress=False, n_threads=0)

    return search
