"""Term → rows with weights: the inverted index, and which rows it proposes."""

from dataclasses import dataclass

import numpy as np

from faqbot.retrieval.kernels import Numbers, Weights, lengths_of, pick, spread
from faqbot.retrieval.lexicon import Floats, Ints

#: Postings added up for one query and one kind of rows before the most frequent terms are left out; they still count in the exact scores.
BUDGET = 12_000


@dataclass(frozen=True)
class Postings:
    """The postings of the channels that nominate, term-major. A term belongs to one channel, and a channel to one kind of rows; terms of other channels have none.

    Attributes:
        indptr: postings of term t are rows[indptr[t]:indptr[t + 1]], ascending.
        rows: of the type of indptr.
        weights: one a posting.
    """

    indptr: Numbers
    rows: Numbers
    weights: Weights

    def within(self, terms: Ints, budget: int) -> Ints:
        """Positions of the terms that `add_up` adds up, ascending."""
        return _within(lengths_of(self.indptr, terms), budget)

    def add_up(self, terms: Ints, weights: Floats, n_rows: int, budget: int = BUDGET) -> Floats:
        """Σ weight · posting of the rarest terms whose postings fit the budget, at least one term; shape (n_rows,).

        Args:
            terms: of one kind of rows.
            weights: one a term.
            n_rows: how many rows there are.
            budget: postings at most.
        """
        lengths = lengths_of(self.indptr, terms)
        taken = _within(lengths, budget)
        return spread(pick(self.indptr, self.rows, self.weights, terms.take(taken), lengths.take(taken)), weights.take(taken), n_rows)


def _within(lengths: Numbers, budget: int) -> Ints:
    """Positions of the shortest lists that together fit the budget, ascending; empty lists are left out, and of the others at least one is taken."""
    some = lengths.nonzero()[0]
    listed = lengths.take(some)
    if int(np.add.reduce(listed)) <= budget:
        return some
    order = listed.argsort(kind="stable")
    n = max(1, int(listed.take(order).cumsum().searchsorted(budget, side="right")))
    taken = some.take(order[:n])
    taken.sort()
    return taken


def top(scores: Floats, k: int) -> Ints:
    """The k rows with the highest scores above zero, in ascending row order; among equals the lower row.

    Halves a threshold until enough rows pass it: a scan is ten times cheaper than sorting all rows.
    """
    threshold = float(np.maximum.reduce(scores, initial=0.0))
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
