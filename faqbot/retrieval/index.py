"""What is searched: terms, postings, and which entry each question row belongs to."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from faqbot.korean.keyboard import decompose
from faqbot.korean.polarity import Claims
from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Rows, of
from faqbot.retrieval.lexicon import Floats, Ints, Lexicon
from faqbot.retrieval.postings import Postings, top

#: Rows each nominating channel proposes. 30 found more right entries, but none that the ranker then put first (notebooks/).
NOMINATED = 15

Mask = npt.NDArray[np.bool_]
_COVERAGES = [i for i, channel in enumerate(of(Rows.QUESTIONS)) if channel.is_coverage]
_QUESTION_NOMINATORS = [i for i, channel in enumerate(of(Rows.QUESTIONS)) if channel.nominates]
_ENTRY_NOMINATORS = [i for i, channel in enumerate(of(Rows.ENTRIES)) if channel.nominates]


@dataclass(frozen=True, slots=True)
class Matches:
    """Candidates of one query, entry positions ascending, with everything ranker and confidence may look at.

    Attributes:
        entries: positions of entries, shape (n,).
        scores: question channels, then entry channels; each at the entry's best row for that channel, shape (channels, n).
        stored_coverage: the reverse of each coverage channel over questions: share of the stored question that the query holds, shape (coverage channels, n).
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
    """Terms, postings over questions and over entries, and what belongs to their rows.

    Attributes:
        row_sums: Σ idf of the distinct terms of each question row, shape (coverage channels over questions, question rows).
        question_starts: question rows of entry e are question_starts[e]:question_starts[e + 1]; shape (entries + 1,).
        question_lengths: characters without spaces of each question row.
        question_negated: whether each question row denies something.
        question_contents: content morphemes of each question row, glued together.
        question_claims: what each question row says, denies and which side it names.
    """

    lexicon: Lexicon
    postings: Postings
    row_sums: npt.NDArray[np.float32]
    question_starts: Ints
    question_lengths: npt.NDArray[np.int32]
    question_negated: Mask
    question_contents: tuple[str, ...]
    question_claims: tuple[Claims, ...]

    @property
    def n_entries(self) -> int:
        """Number of entries."""
        return len(self.question_starts) - 1

    @cached_property
    def entry_of(self) -> Ints:
        """Entry of each question row."""
        return np.repeat(np.arange(self.n_entries), np.diff(self.question_starts))

    @cached_property
    def question_jamo(self) -> tuple[str, ...]:
        """question_contents in jamo."""
        return tuple(decompose(content) for content in self.question_contents)

    def search(self, reading: Reading, allowed: Mask | None = None, required: Ints | None = None, nominated: int = NOMINATED) -> Matches:
        """Union of the best rows of the nominating channels, with the exact scores of all channels on it.

        Args:
            reading: the query.
            allowed: mask over entries, shape (n_entries,); an entry outside it is never a candidate. None allows all.
            required: entries that are candidates whatever the channels say, as far as they are allowed.
            nominated: rows each channel may propose.
        """
        query = self.lexicon.weigh(reading)
        scores = self.postings.scores(query)
        questions, entries = self.postings.families
        by_question, by_entry = scores.of(questions), scores.of(entries)
        rows_allowed = None if allowed is None else allowed[self.entry_of]
        proposed = [self.entry_of[rows] for rows in _nominate(_QUESTION_NOMINATORS, by_question, rows_allowed, nominated)]
        proposed += _nominate(_ENTRY_NOMINATORS, by_entry, allowed, nominated)
        if required is not None:
            proposed.append(required if allowed is None else required[allowed[required]])
        candidates = np.unique(np.concatenate(proposed))
        rows, firsts = self._rows_of(candidates)
        at_rows = scores.exact(questions, rows)
        stored = at_rows[_COVERAGES] * query.total_idf[_COVERAGES, None] / np.maximum(self.row_sums[:, rows], 1e-9)
        return Matches(
            entries=candidates,
            scores=np.concatenate((_best(at_rows, firsts), scores.exact(entries, candidates))),
            stored_coverage=_best(stored, firsts),
            questions=rows[_best_positions(at_rows.sum(axis=0), firsts)],
            known=query.known,
        )

    def share_in_entry(self, channel: str, reading: Reading, entry: int) -> float:
        """Share of the query's distinct terms of an entry channel that the entry holds, 0..1; 1 where the query has no terms."""
        place = next(i for i, c in enumerate(self.lexicon.channels) if c.name == channel)
        terms = set(self.lexicon.channels[place].terms(reading))
        family = self.postings.families[1]
        cell = family.first_cell + (place - family.first_channel) * family.n_rows + entry
        ids = (self.lexicon.vocabularies[place].get(term) for term in terms)
        return sum(i is not None and self.postings.holds(i, cell) for i in ids) / len(terms) if terms else 1.0

    def warm(self) -> None:
        """Build what is derived on first use, before workers are forked."""
        self.postings.dense  # noqa: B018
        self.entry_of  # noqa: B018
        self.question_jamo  # noqa: B018

    def _rows_of(self, entries: Ints) -> tuple[Ints, Ints]:
        """Question rows of the entries one after the other, and the position at which each entry's begin."""
        if self.n_entries == len(self.question_lengths):
            return entries, np.arange(len(entries))
        counts = self.question_starts[entries + 1] - self.question_starts[entries]
        firsts = np.cumsum(counts) - counts
        return np.repeat(self.question_starts[entries] - firsts, counts) + np.arange(int(counts.sum())), firsts


def _nominate(nominators: list[int], scores: Floats, allowed: Mask | None, nominated: int) -> list[Ints]:
    return [top(scores[i] if allowed is None else scores[i] * allowed, nominated) for i in nominators]


def _best(values: Floats, firsts: Ints) -> Floats:
    """Highest value of each entry's rows, for each channel."""
    return values if len(firsts) in (0, values.shape[1]) else np.maximum.reduceat(values, firsts, axis=1)


def _best_positions(values: Floats, firsts: Ints) -> Ints:
    """Position of each entry's highest value, the first among equals."""
    if len(firsts) in (0, len(values)):
        return firsts
    counts = np.diff(np.append(firsts, len(values)))
    at_best = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, firsts), counts))
    return at_best[np.searchsorted(at_best, firsts)]
