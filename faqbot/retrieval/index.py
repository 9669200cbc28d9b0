"""What is searched: the postings of all channels and which entry each question row belongs to."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Weighting
from faqbot.retrieval.postings import Floats, Ints, Postings, top

#: Rows each nominating channel proposes.
NOMINATED = 30

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matches:
    """Candidates of one query, entry positions ascending, with everything ranker and confidence may look at.

    Attributes:
        entries: positions of entries, shape (n,).
        scores: question channels, then entry channels; each at the entry's best row for that channel, shape (channels, n).
        stored_coverage: share of the stored question's own idf that the query holds, one row for each OVERLAP channel, shape (overlap channels, n).
        questions: question row that matched best by the sum of the question channels, shape (n,).
        known: share of the query's idf that each channel knows, shape (channels,).
    """

    entries: Ints
    scores: Floats
    stored_coverage: Floats
    questions: Ints
    known: Floats


@dataclass(frozen=True)
class Index:
    """Postings over questions and over entries, and what belongs to their rows.

    Attributes:
        question_starts: question rows of entry e are question_starts[e]:question_starts[e + 1]; shape (entries + 1,).
        question_lengths: characters without spaces of each question row.
        question_negated: whether each question row denies something.
    """

    questions: Postings
    entries: Postings
    question_starts: Ints
    question_lengths: npt.NDArray[np.int32]
    question_negated: Mask

    @property
    def n_entries(self) -> int:
        """Number of entries."""
        return len(self.question_starts) - 1

    @cached_property
    def entry_of(self) -> Ints:
        """Entry of each question row."""
        return np.repeat(np.arange(self.n_entries), np.diff(self.question_starts))

    def search(self, reading: Reading, allowed: Mask | None = None, nominated: int = NOMINATED) -> Matches:
        """Union of the best rows of the nominating channels, with the exact scores of all channels on it.

        Args:
            reading: the query.
            allowed: mask over entries, shape (n_entries,); an entry outside it is never a candidate. None allows all.
            nominated: rows each channel may propose.
        """
        question_query, entry_query = self.questions.weigh(reading), self.entries.weigh(reading)
        by_question, questions_left = self.questions.scores(question_query)
        by_entry, entries_left = self.entries.scores(entry_query)
        proposed = [self.entry_of[rows] for rows in _nominate(self.questions, by_question, None if allowed is None else allowed[self.entry_of], nominated)]
        proposed += _nominate(self.entries, by_entry, allowed, nominated)
        entries = np.unique(np.concatenate(proposed))
        rows, firsts = self._rows_of(entries)
        at_rows = self.questions.complete(by_question, question_query, questions_left, rows)
        overlap = [i for i, channel in enumerate(self.questions.channels) if channel.weighting is Weighting.OVERLAP]
        stored = at_rows[overlap] * question_query.total_idf[overlap, None] / np.maximum(self.questions.row_sums[overlap][:, rows], 1e-9)
        return Matches(
            entries=entries,
            scores=np.vstack((_best(at_rows, firsts), self.entries.complete(by_entry, entry_query, entries_left, entries))),
            stored_coverage=_best(stored, firsts),
            questions=rows[_best_positions(at_rows.sum(axis=0), firsts)],
            known=np.concatenate((question_query.known, entry_query.known)),
        )

    def _rows_of(self, entries: Ints) -> tuple[Ints, Ints]:
        """Question rows of the entries one after the other, and the position at which each entry's begin."""
        counts = self.question_starts[entries + 1] - self.question_starts[entries]
        firsts = np.cumsum(counts) - counts
        return np.repeat(self.question_starts[entries] - firsts, counts) + np.arange(int(counts.sum())), firsts


def _nominate(postings: Postings, scores: Floats, allowed: Mask | None, nominated: int) -> list[Ints]:
    if allowed is not None:
        scores = scores * allowed
    return [top(scores[i], nominated) for i, channel in enumerate(postings.channels) if channel.nominates]


def _best(values: Floats, firsts: Ints) -> Floats:
    """Highest value of each entry's rows, for each channel."""
    return np.maximum.reduceat(values, firsts, axis=1) if len(firsts) else values


def _best_positions(values: Floats, firsts: Ints) -> Ints:
    """Position of each entry's highest value, the first among equals."""
    if len(firsts) in (0, len(values)):
        return firsts
    counts = np.diff(np.append(firsts, len(values)))
    at_best = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, firsts), counts))
    return at_best[np.searchsorted(at_best, firsts)]
