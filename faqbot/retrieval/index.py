"""What is searched: terms, postings, contents, and which entry each question row belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import local
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from faqbot.korean.keyboard import decompose
from faqbot.korean.polarity import Claims
from faqbot.korean.reading import Reading
from faqbot.retrieval.candidates import IN_PROCESS, CandidateSource, Wanted
from faqbot.retrieval.channels import CHANNELS, Rows, of
from faqbot.retrieval.contents import Contents
from faqbot.retrieval.kernels import loops
from faqbot.retrieval.lexicon import Floats, Ints, Lexicon, WeightedQuery
from faqbot.retrieval.postings import BUDGET, Postings

#: Rows of either kind that become candidates. 16 and 24 put as many right entries first (notebooks/).
NOMINATED = 20

Mask = npt.NDArray[np.bool_]
_QUESTIONS, _ENTRIES = of(Rows.QUESTIONS), of(Rows.ENTRIES)
_PLACES = {channel.name: place for place, channel in enumerate(CHANNELS)}
#: They stand together behind the others: a slice is looked at without a copy.
_COVERAGES = slice(next(i for i, channel in enumerate(_QUESTIONS) if channel.is_coverage), len(_QUESTIONS))


class _Scratch(local):
    """For one thread, shared by all indexes: a weight for each term, all of them 0 but for those of the query at hand."""

    def __init__(self) -> None:
        self.weights = np.zeros(0)

    def of(self, n_terms: int) -> Floats:
        """At least so many zeros, to be left as zeros."""
        if len(self.weights) < n_terms:
            self.weights = np.zeros(n_terms)
        return self.weights


_SCRATCH = _Scratch()


class Matches(NamedTuple):
    """Candidates of one query, entry positions ascending, with everything ranker and confidence may look at.

    Attributes:
        entries: positions of entries, shape (n,).
        scores: question channels, then entry channels; each at the entry's best row for that channel, shape (channels, n).
        stored_coverage: the reverse of each coverage channel over questions: share of the stored question that the query holds, shape (coverage channels, n).
        questions: question row that matched best by the sum of the question channels, shape (n,).
        query: as it was weighed.
    """

    entries: Ints
    scores: Floats
    stored_coverage: Floats
    questions: Ints
    query: WeightedQuery

    @property
    def known(self) -> Floats:
        """Share of the query's idf that each channel knows, shape (channels,)."""
        return self.query.known


@dataclass(frozen=True)
class Index:
    """Terms, postings, contents of questions and of entries, and what belongs to their rows.

    Attributes:
        postings: of the channels that nominate, over both kinds of rows.
        in_questions, in_entries: what each row holds, in every channel.
        row_sums: Σ idf of the distinct terms of each question row, shape (coverage channels over questions, question rows).
        question_starts: question rows of entry e are question_starts[e]:question_starts[e + 1]; shape (entries + 1,).
        question_lengths: characters without spaces of each question row.
        question_negated: whether each question row denies something.
        question_contents: content morphemes of each question row, glued together.
        question_claims: what each question row says, denies and which side it names.
        source: what proposes candidates.
    """

    lexicon: Lexicon
    postings: Postings
    in_questions: Contents
    in_entries: Contents
    row_sums: npt.NDArray[np.float32]
    question_starts: Ints
    question_lengths: npt.NDArray[np.int32]
    question_negated: Mask
    question_contents: tuple[str, ...]
    question_claims: tuple[Claims, ...]
    source: CandidateSource = IN_PROCESS

    @property
    def n_entries(self) -> int:
        """Number of entries."""
        return len(self.question_starts) - 1

    @cached_property
    def entry_of(self) -> Ints:
        """Entry of each question row."""
        return np.repeat(np.arange(self.n_entries), np.diff(self.question_starts))

    @cached_property
    def jamo_lengths(self) -> Floats:
        """Length of each of question_jamo."""
        return np.array([len(jamo) for jamo in self.question_jamo], dtype=np.float64)

    @cached_property
    def question_jamo(self) -> tuple[str, ...]:
        """question_contents in jamo."""
        return tuple(decompose(content) for content in self.question_contents)

    @cached_property
    def content_numbers(self) -> npt.NDArray[np.int32]:
        """A number for each of question_contents, the same for equal ones; -1 for none."""
        numbers = {content: number for number, content in enumerate(self.question_contents)} | {"": -1}
        return np.array([numbers[content] for content in self.question_contents], dtype=np.int32)

    def search(self, reading: Reading, allowed: Mask | None = None, required: Ints | None = None, nominated: int = NOMINATED, budget: int = BUDGET) -> Matches:
        """Entries whose questions, or which as a whole, hold most of the query by the sum of the nominating channels, with the exact scores of all channels.

        Args:
            reading: the query.
            allowed: mask over entries, shape (n_entries,); an entry outside it is never a candidate. None allows all.
            required: entries that are candidates whatever the channels say, as far as they are allowed.
            nominated: rows of either kind that become candidates.
            budget: postings of either kind that are added up, rarest terms first.
        """
        query = self.lexicon.weigh(reading)
        border = int(query.channel_of.searchsorted(len(_QUESTIONS)))
        rows, entries = self.source.nominate(self, Wanted(query.ids, query.weights, border, nominated, budget, allowed))
        proposed = {*self.entry_of.take(rows).tolist(), *entries.tolist()}
        if required is not None:
            proposed.update((required if allowed is None else required[allowed[required]]).tolist())
        candidates = np.array(sorted(proposed), dtype=np.int64)
        rows, firsts, counts = self._rows_of(candidates)
        weights = _SCRATCH.of(len(self.lexicon.idf))
        weights[query.ids] = query.weights
        try:
            at_rows, at_entries = self.in_questions.scores(rows, weights), self.in_entries.scores(candidates, weights)
        finally:
            weights[query.ids] = 0
        stored = at_rows[_COVERAGES] * query.total_idf[_COVERAGES, None] / np.maximum(self.row_sums.take(rows, axis=1), 1e-9)
        best = _best(np.concatenate((at_rows, stored)), firsts)
        return Matches(
            entries=candidates,
            scores=np.concatenate((best[: len(at_rows)], at_entries)),
            stored_coverage=best[len(at_rows) :],
            questions=rows.take(_best_positions(np.add.reduce(at_rows), firsts, counts)),
            query=query,
        )

    def held(self, channel: str, row: int, terms: Iterable[str]) -> set[str]:
        """Those of the terms that a row of a channel, a question's or an entry's as the channel has it, holds."""
        place = _PLACES[channel]
        contents = self.in_questions if place < len(_QUESTIONS) else self.in_entries
        ids = set(contents.held(row, place % len(_QUESTIONS)).tolist())
        return {term for term in terms if self.lexicon.id_of(channel, term) in ids}

    def share_in_entry(self, channel: str, query: WeightedQuery, entry: int) -> float:
        """Share of the query's distinct terms of an entry channel that the entry holds, 0..1; 1 where the query has no terms."""
        place = _PLACES[channel]
        n = int(query.sizes[place])
        held = self.in_entries.held(entry, place % len(_QUESTIONS))
        first, end = query.channel_of.searchsorted((place, place + 1)).tolist()
        if not len(held) or first == end:
            return 0.0 if n else 1.0
        ids = query.ids[first:end].astype(held.dtype)
        return np.count_nonzero(held.take(held.searchsorted(ids), mode="clip") == ids) / n

    def warm(self) -> None:
        """Build what is derived on first use, before workers are forked."""
        loops()
        self.lexicon.warm()
        self.entry_of  # noqa: B018
        self.question_jamo  # noqa: B018
        self.jamo_lengths  # noqa: B018
        self.content_numbers  # noqa: B018

    def _rows_of(self, entries: Ints) -> tuple[Ints, Ints, Ints]:
        """Question rows of the entries one after the other, the position at which each entry's begin, and how many they are."""
        if self.n_entries == len(self.question_lengths):
            return entries, np.arange(len(entries)), np.ones_like(entries)
        starts = self.question_starts.take(entries)
        counts = self.question_starts.take(entries + 1) - starts
        ends = counts.cumsum()
        firsts = ends - counts
        return (starts - firsts).repeat(counts) + np.arange(int(ends[-1]) if len(ends) else 0), firsts, counts


def _best(values: Floats, firsts: Ints) -> Floats:
    """Highest value of each entry's rows, for each channel."""
    return values if len(firsts) in (0, values.shape[1]) else np.maximum.reduceat(values, firsts, axis=1)


def _best_positions(values: Floats, firsts: Ints, counts: Ints) -> Ints:
    """Position of each entry's highest value, the first among equals."""
    if len(firsts) in (0, len(values)):
        return firsts
    at_best = (values == np.maximum.reduceat(values, firsts).repeat(counts)).nonzero()[0]
    return np.asarray(at_best.take(at_best.searchsorted(firsts)))
