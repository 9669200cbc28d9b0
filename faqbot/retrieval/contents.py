"""Row → its terms with weights: the forward index, and the exact scores of a few rows in every channel."""

from dataclasses import dataclass

import numpy as np

from faqbot.retrieval.kernels import Numbers, Weights, pick, times
from faqbot.retrieval.lexicon import Floats, Ints


@dataclass(frozen=True)
class Contents:
    """What the rows of one kind hold, row-major, channel by channel.

    Attributes:
        n_channels: over this kind of rows.
        bounds: terms of row r in the c-th channel are terms[bounds[r · n_channels + c]:bounds[r · n_channels + c + 1]], ascending.
        terms: of the type of bounds.
        weights: one a term.
    """

    n_channels: int
    bounds: Numbers
    terms: Numbers
    weights: Weights

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return (len(self.bounds) - 1) // self.n_channels

    def scores(self, rows: Ints, weights: Floats) -> Floats:
        """Σ weight in the row · weight in the query, shape (n_channels, len(rows)).

        Args:
            rows: any.
            weights: of each term in the query, 0 for terms that it lacks; shape (terms,) at least.
        """
        # Channel by channel, not row by row: a channel's terms are neighbours in `weights`, and a tenth of that fits the cache where all of it does not.
        cells = np.add.outer(np.arange(self.n_channels), rows * self.n_channels).ravel()
        return times(pick(self.bounds, self.terms, self.weights, cells), weights).reshape(self.n_channels, -1)

    def held(self, row: int, channel: int) -> Numbers:
        """Terms of one row in one channel, ascending."""
        cell = row * self.n_channels + channel
        return self.terms[self.bounds[cell] : self.bounds[cell + 1]]
