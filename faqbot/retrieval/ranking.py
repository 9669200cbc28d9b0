"""Matches → candidates in order. The learned weights come with the release; applying them is one product."""

from dataclasses import dataclass

import numpy as np

from faqbot.korean.reading import Reading
from faqbot.retrieval.features import CANDIDATE_FEATURES, candidate_features
from faqbot.retrieval.index import Index, Mask, Matches
from faqbot.retrieval.lexicon import Floats, Ints

_COVERAGE = CANDIDATE_FEATURES.index("coverage")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates of one query, best first; all arrays in that order.

    Attributes:
        reading: the query.
        matches: what the search found, in its own order.
        order: positions in `matches`.
        entries: positions of entries, shape (n,).
        questions: question row that matched, shape (n,).
        scores: not probabilities; only differences within one ranking mean anything, shape (n,).
        features: columns CANDIDATE_FEATURES, shape (n, features).
        exact: whether one of the entry's questions is the query to the letter, spaces aside, shape (n,).
    """

    reading: Reading
    matches: Matches
    order: Ints
    entries: Ints
    questions: Ints
    scores: Floats
    features: Floats
    exact: Mask

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def n_exact(self) -> int:
        """How many candidates hold the query as a question."""
        return int(np.count_nonzero(self.exact))

    @property
    def covered(self) -> bool:
        """Whether the first candidate's question holds every content morpheme of the query."""
        return len(self) > 0 and float(self.features[0, _COVERAGE]) >= 1.0

    def shares(self) -> Floats:
        """Soft-max of the scores: how the probability that any candidate answers is divided, sums to 1, shape (n,)."""
        return soft_max(self.scores)


def soft_max(scores: Floats) -> Floats:
    """e^score over the sum of all, for scores that do not rise; empty for none."""
    if not len(scores):
        return scores
    raised: Floats = np.exp(scores - scores[0])
    return np.asarray(raised / np.add.reduce(raised))


def order_matches(reading: Reading, matches: Matches, features: Floats, weights: Floats, exact: Ints | None = None) -> Ranking:
    """Order candidates by the learned score, exact questions first, ties by entry order.

    Args:
        reading: the query.
        matches: what the search found.
        features: candidate_features of it.
        weights: one a column of CANDIDATE_FEATURES.
        exact: positions of the entries that hold the query as a question.
    """
    scores = features @ weights
    if exact is None:
        is_exact, order = np.zeros(len(scores), dtype=np.bool_), (-scores).argsort(kind="stable")  # entries ascend as they come
    else:
        is_exact = np.isin(matches.entries, exact)
        order = np.lexsort((-scores, ~is_exact))
    entries, questions = matches.entries.take(order), matches.questions.take(order)
    return Ranking(reading, matches, order, entries, questions, scores.take(order), features.take(order, axis=0), is_exact.take(order))


def rank(reading: Reading, index: Index, weights: Floats, allowed: Mask | None = None, exact: Ints | None = None) -> Ranking:
    """Search and order; `allowed` as in Index.search, the rest as in order_matches."""
    matches = index.search(reading, allowed, exact)
    return order_matches(reading, matches, candidate_features(reading, matches, index), weights, exact)
