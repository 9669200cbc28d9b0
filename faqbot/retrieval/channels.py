"""The table of channels: which terms of a reading are indexed over which rows with which weights."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from faqbot.korean.reading import Reading
from faqbot.korean.terms import pieces


class Rows(StrEnum):
    """What one row of a channel is."""

    QUESTIONS = "questions"  # one row for each question and alternate question
    ENTRIES = "entries"  # one row for each entry: its category, questions, keywords and answer together


class Weighting(StrEnum):
    """How a term weighs in a row and in a query."""

    TFIDF = "tfidf"  # cosine of tf·idf vectors, as scikit-learn's TfidfVectorizer
    BM25 = "bm25"  # Okapi BM25 over its highest possible value for the query, unknown terms included
    OVERLAP = "overlap"  # idf of shared terms over idf of the query's terms
    SHARE = "share"  # the same with every term counting one: in a family that differs by one common noun, idf is blind


Terms = Callable[[Reading], list[str]]


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind of term with its own TF-IDF space.

    vocabulary: channels with terms of the same form share one. nominates: whether its scores count in choosing candidates.
    """

    name: str
    rows: Rows
    weighting: Weighting
    vocabulary: str
    terms: Terms
    nominates: bool = True

    @property
    def is_coverage(self) -> bool:
        """Whether its score is the share of the query that a row holds."""
        return self.weighting in {Weighting.OVERLAP, Weighting.SHARE}


def _content(reading: Reading) -> list[str]:
    return pieces(reading.content)


def _characters(reading: Reading) -> list[str]:
    return pieces(reading.raw)


def _canonical(reading: Reading) -> list[str]:
    return pieces(reading.canonical_text)


def _morphemes(reading: Reading) -> list[str]:
    return reading.morphemes


def _nouns(reading: Reading) -> list[str]:
    return reading.nouns


def _words(reading: Reading) -> list[str]:
    return reading.canonical


#: Forms of terms: one or two syllables, form/TAG, canonical words.
_PIECES, _MORPHEMES, _WORDS = "pieces", "morphemes", "words"

#: Question channels first, then entry channels. Each was kept because leaving it out cost hit@1 on the mean of all bases left out (notebooks/).
CHANNELS: tuple[Channel, ...] = (
    Channel("content", Rows.QUESTIONS, Weighting.TFIDF, _PIECES, _content, nominates=False),
    Channel("characters_bm25", Rows.QUESTIONS, Weighting.BM25, _PIECES, _characters),
    Channel("canonical", Rows.QUESTIONS, Weighting.TFIDF, _PIECES, _canonical, nominates=False),
    Channel("canonical_bm25", Rows.QUESTIONS, Weighting.BM25, _PIECES, _canonical),
    Channel("coverage", Rows.QUESTIONS, Weighting.OVERLAP, _MORPHEMES, _morphemes, nominates=False),
    Channel("canonical_coverage", Rows.QUESTIONS, Weighting.OVERLAP, _WORDS, _words, nominates=False),
    Channel("nouns", Rows.QUESTIONS, Weighting.SHARE, _MORPHEMES, _nouns, nominates=False),
    Channel("entry_bm25", Rows.ENTRIES, Weighting.BM25, _PIECES, _content, nominates=False),
    Channel("entry_canonical_bm25", Rows.ENTRIES, Weighting.BM25, _PIECES, _canonical),
    Channel("entry_words_bm25", Rows.ENTRIES, Weighting.BM25, _WORDS, _words),
    Channel("entry_nouns", Rows.ENTRIES, Weighting.SHARE, _MORPHEMES, _nouns, nominates=False),
)


def of(rows: Rows) -> tuple[Channel, ...]:
    """The channels over one kind of row, in the order of CHANNELS."""
    return tuple(channel for channel in CHANNELS if channel.rows is rows)
