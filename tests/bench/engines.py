"""One channel's search by our own classes and by three others, over the same terms and the same weights."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Channel
from faqbot.retrieval.index import NOMINATED, Index
from faqbot.retrieval.lexicon import Floats, Lexicon
from faqbot.retrieval.postings import BUDGET, POSTING, Postings, families, top
from faqbot.training.fit_index import as_it_is


@dataclass(frozen=True)
class SingleChannel:
    """One channel cut out of an index, with term ids and cells that begin at zero."""

    channel: Channel
    lexicon: Lexicon
    postings: Postings

    @property
    def n_rows(self) -> int:
        """Rows that are searched."""
        return self.postings.families[0].n_rows

    @property
    def k(self) -> int:
        """Rows that are found at most: what a channel may nominate."""
        return min(NOMINATED, self.n_rows)

    def search(self, reading: Reading) -> Floats:
        """Exact scores of the rows that the product would nominate, by its own steps."""
        return self._search(reading, BUDGET)

    def search_all(self, reading: Reading) -> Floats:
        """The same with no posting left out: the best rows there are."""
        return self._search(reading, len(self.postings.packed))

    def _search(self, reading: Reading, budget: int) -> Floats:
        scores = self.postings.scores(self.lexicon.weigh(reading), budget)
        family = self.postings.families[0]
        return np.asarray(scores.exact(family, top(scores.of(family)[0], self.k))[0])

    def knows(self, reading: Reading) -> bool:
        """Whether a row could be found at all."""
        ids = self.lexicon.weigh(reading).ids
        return bool((self.postings.indptr[ids] < self.postings.indptr[ids + 1]).any())

    def recall(self, reading: Reading) -> float:
        """Share of the best rows that `search` finds, or others as good."""
        best = self.search_all(reading)
        return float((self.search(reading) >= best.min() * (1 - 1e-5)).sum() / len(best))

    @cached_property
    def matrix(self) -> sp.csc_matrix:
        """Weights as (rows, terms)."""
        posting = self.postings.packed.view(POSTING)
        shape = (self.n_rows, len(self.postings.indptr) - 1)
        return sp.csc_matrix((posting["weight"].copy(), posting["cell"].copy(), self.postings.indptr.astype(np.int32)), shape=shape)


def cut_out(index: Index, position: int) -> SingleChannel:
    """The channel at that position of the index."""
    lexicon, postings = index.lexicon, index.postings
    first = sum(len(words) for words in lexicon.vocabularies[:position])
    vocabulary = {term: i - first for term, i in lexicon.vocabularies[position].items()}
    terms = slice(first, first + len(vocabulary))
    indptr = postings.indptr[first : first + len(vocabulary) + 1]
    family = postings.families[position >= postings.families[1].first_channel]
    posting = postings.packed[indptr[0] : indptr[-1]].copy().view(POSTING)
    posting["cell"] -= family.first_cell + (position - family.first_channel) * family.n_rows
    single = Lexicon((lexicon.channels[position],), (vocabulary,), lexicon.idf[terms], lexicon.unknown_idf[position : position + 1])
    alone = Postings(families(((1, family.n_rows), (0, 0))), indptr - indptr[0], posting.view(np.int64))
    return SingleChannel(lexicon.channels[position], single, alone)


Engine = Callable[[Reading], Any]


def brute_force(single: SingleChannel) -> Engine:
    """scikit-learn: TfidfVectorizer.transform, then linear_kernel with every row, then the best ones."""
    vectorizer = TfidfVectorizer(analyzer=as_it_is, vocabulary=single.lexicon.vocabularies[0])
    vectorizer.idf_ = single.lexicon.idf.astype(np.float64)
    rows, terms, k = single.matrix.tocsr().astype(np.float64), single.channel.terms, single.k

    def search(reading: Reading) -> npt.NDArray[np.intp]:
        scores = linear_kernel(vectorizer.transform([terms(reading)]), rows)[0]
        return np.argpartition(scores, -k)[-k:]

    return search


def bm25(single: SingleChannel, backend: str) -> Engine:
    """bm25s with its NumPy or numba back end; it is given our weights, for what a search costs does not depend on them."""
    retriever, terms, k = bm25s.BM25(backend=backend), single.channel.terms, single.k
    matrix = single.matrix
    retriever.scores = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "num_docs": single.n_rows}
    retriever.vocab_dict = single.lexicon.vocabularies[0]
    retriever.nonoccurrence_array = None

    def search(reading: Reading) -> Any:
        return retriever.retrieve([list(set(terms(reading)))], k=k, show_progress=False, n_threads=0)

    return search
