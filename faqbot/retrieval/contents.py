"""Row → its terms with weights: the forward index, and the exact scores of a few rows in every channel. NumPy only."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faqbot.retrieval.lexicon import Floats, Ints

#: One term of a row is eight bytes: the term, then its weight. Kept as int64 so that slices concatenate fast.
TERM = np.dtype([("term", "<i4"), ("weight", "<f4")])


@dataclass(frozen=True)
class Contents:
    """What the rows of one kind hold, row-major, channel by channel.

    Attributes:
        n_channels: over this kind of rows.
        bounds: terms of row r in the c-th channel are packed[bounds[r · n_channels + c]:bounds[r · n_channels + c + 1]], ascending.
        packed: TERM seen as int64.
    """

    n_channels: int
    bounds: Ints
    packed: Ints

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return (len(self.bounds) - 1) // self.n_channels

    def scores(self, rows: Ints, slots: npt.NDArray[np.uint16], weights: Floats) -> Floats:
        """Σ weight in the row · weight in the query, shape (n_channels, len(rows)).

        Args:
            rows: any.
            slots: position in `weights` of each term, 0 for terms that the query lacks; shape (terms,).
            weights: in the query.
        """
        bounds = self.bounds[rows[:, None] * self.n_channels + np.arange(self.n_channels + 1)]
        lengths = np.diff(bounds).ravel()
        if not len(lengths):
            return np.zeros((self.n_channels, 0))
        held = np.concatenate([self.packed[a:b] for a, b in zip(bounds[:, 0].tolist(), bounds[:, -1].tolist(), strict=True)]).view(TERM)
        slot = slots[held["term"]]
        places = slot.nonzero()[0]
        cells = np.repeat(np.arange(len(lengths)), lengths)[places]
        return (
            np.bincount(cells, held["weight"][places] * weights[slot[places]], minlength=len(lengths))
            .astype(np.float64, copy=False)
            .reshape(-1, self.n_channels)
            .T
        )

    def terms(self, row: int, channel: int) -> Ints:
        """Terms of one row in one channel, ascending."""
        cell = row * self.n_channels + channel
        return np.asarray(self.packed[self.bounds[cell] : self.bounds[cell + 1]].view(TERM)["term"])
