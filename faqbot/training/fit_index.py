"""Readings → Index: scikit-learn counts and weighs, the result is plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import Pipeline

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import CHANNELS, Channel, Rows, Weighting, of
from faqbot.retrieval.contents import Contents
from faqbot.retrieval.index import Index
from faqbot.retrieval.kernels import number_type
from faqbot.retrieval.lexicon import Ints, Lexicon, number_terms
from faqbot.retrieval.postings import Postings

#: Okapi BM25 saturation and length normalisation, the values of Robertson and Zaragoza (2009).
K1, B = 1.2, 0.75


@dataclass(frozen=True)
class FittedIndex:
    """An index and, for data scientists, the fitted scikit-learn objects of its TF-IDF channels by name."""

    index: Index
    pipelines: dict[str, Pipeline]


def fit_index(questions: Sequence[Sequence[Reading]], entries: Sequence[Reading]) -> FittedIndex:
    """Build every channel.

    Args:
        questions: readings of each entry's question and alternates, at least one an entry.
        entries: one reading an entry: questions, keywords and answer together.
    """
    flat = [reading for group in questions for reading in group]
    starts = np.cumsum([0, *(len(group) for group in questions)], dtype=np.int64)
    fitted = [fit_channel(channel, flat if channel.rows is Rows.QUESTIONS else entries) for channel in CHANNELS]
    n = len(of(Rows.QUESTIONS))
    index = Index(
        lexicon=_lexicon(fitted),
        postings=invert(fitted),
        in_questions=lay_out(fitted[:n], 0),
        in_entries=lay_out(fitted[n:], sum(len(part.terms) for part in fitted[:n])),
        row_sums=np.vstack(
            [part.row_sums for channel, part in zip(CHANNELS, fitted, strict=True) if channel.rows is Rows.QUESTIONS and channel.is_coverage]
        ).astype(np.float32),
        question_starts=starts,
        question_lengths=np.array([len(reading.raw) for reading in flat], dtype=np.int32),
        question_negated=np.array([reading.negated for reading in flat], dtype=np.bool_),
        question_contents=tuple(reading.content for reading in flat),
        question_claims=tuple(reading.claims for reading in flat),
    )
    pipelines = {channel.name: part.pipeline for channel, part in zip(CHANNELS, fitted, strict=True) if part.pipeline is not None}
    return FittedIndex(index, pipelines)


@dataclass(frozen=True)
class FittedChannel:
    """One channel: terms in sorted order, weights (rows, terms), idf a term, idf of an unknown term, Σ of each row's weights, and the scikit-learn objects of a TF-IDF one."""

    terms: tuple[str, ...]
    weights: sp.csc_matrix
    idf: npt.NDArray[np.float64]
    unknown_idf: float
    row_sums: npt.NDArray[np.float64]
    pipeline: Pipeline | None


def fit_channel(channel: Channel, rows: Sequence[Reading]) -> FittedChannel:
    """Count and weigh; a channel in which no row has a term knows nothing and finds nothing."""
    vectorizer = CountVectorizer(analyzer=as_it_is, dtype=np.float64)
    counts = _count(vectorizer, [channel.terms(reading) for reading in rows])
    transformer = TfidfTransformer() if channel.weighting is Weighting.TFIDF and counts.shape[1] else None
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    weights, idf, unknown = _tfidf(counts, transformer) if transformer else _WEIGH[channel.weighting](counts, df)
    by_term = weights.tocsc()
    by_term.sort_indices()
    sums = np.asarray(weights.sum(axis=1)).ravel()
    terms = tuple(sorted(vectorizer.vocabulary_)) if counts.shape[1] else ()
    return FittedChannel(terms, by_term, idf, unknown, sums, Pipeline([("counts", vectorizer), ("tfidf", transformer)]) if transformer else None)


def _lexicon(fitted: Sequence[FittedChannel]) -> Lexicon:
    vocabularies, term_ids = number_terms(CHANNELS, [part.terms for part in fitted])
    return Lexicon(
        channels=CHANNELS,
        vocabularies=vocabularies,
        term_ids=term_ids,
        idf=np.concatenate([part.idf for part in fitted]).astype(np.float32),
        unknown_idf=np.array([part.unknown_idf for part in fitted]),
    )


def invert(fitted: Sequence[FittedChannel]) -> Postings:
    """Postings of the channels that nominate; the terms of the others have none."""
    rows, weights, lengths = [], [], []
    for channel, part in zip(CHANNELS, fitted, strict=True):
        lengths.append(np.diff(part.weights.indptr) if channel.nominates else np.zeros(len(part.terms), dtype=np.int64))
        if channel.nominates:
            rows.append(part.weights.indices)
            weights.append(part.weights.data)
    return Postings(*_numbered(np.concatenate(lengths), np.concatenate(rows)), np.concatenate(weights).astype(np.float32))


def lay_out(fitted: Sequence[FittedChannel], first_term: int) -> Contents:
    """What every row holds, in channels over one kind of rows whose terms begin with `first_term`."""
    weights = sp.hstack([part.weights for part in fitted], format="csr")
    weights.sort_indices()
    lengths = np.array([np.diff(part.weights.tocsr().indptr) for part in fitted])
    return Contents(len(fitted), *_numbered(lengths.T.ravel(), weights.indices + first_term), weights.data.astype(np.float32))


def _numbered(lengths: Ints, numbers: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Bounds of lists of those lengths, and the numbers in them, as the kernels want both."""
    kind = number_type(max(len(numbers), int(numbers.max(initial=0))))
    return np.concatenate(([0], np.cumsum(lengths))).astype(kind), numbers.astype(kind)


def _count(vectorizer: CountVectorizer, documents: list[list[str]]) -> sp.csr_matrix:
    """Counts as (rows, terms), terms in sorted order; no columns where no document has a term."""
    if not any(documents):
        return sp.csr_matrix((len(documents), 0), dtype=np.float64)
    return vectorizer.fit_transform(documents).tocsr()


def as_it_is(terms: list[str]) -> list[str]:
    """The `analyzer` of every vectorizer: documents come as terms already."""
    return terms


Weighed = tuple[sp.csr_matrix, npt.NDArray[np.float64], float]


def _tfidf(counts: sp.csr_matrix, transformer: TfidfTransformer) -> Weighed:
    """scikit-learn's smooth idf, ln((1 + n) / (1 + df)) + 1, rows of length 1."""
    weights = transformer.fit_transform(counts)
    return weights, transformer.idf_, float(np.log(1 + counts.shape[0]) + 1)


def _bm25(counts: sp.csr_matrix, df: npt.NDArray[np.int64]) -> Weighed:
    """Robertson's idf, ln(1 + (n - df + .5) / (df + .5)), times saturated tf over k1 + 1: at most idf a term."""
    n = counts.shape[0]
    idf = np.log(1 + (n - df + 0.5) / (df + 0.5))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    norm = K1 * (1 - B + B * lengths / (lengths.mean() or 1.0))
    weighed = counts.copy()
    weighed.data = counts.data / (counts.data + np.repeat(norm, np.diff(counts.indptr))) * idf[counts.indices]
    return weighed, idf, float(np.log(1 + (n + 0.5) / 0.5))


def _overlap(counts: sp.csr_matrix, df: npt.NDArray[np.int64]) -> Weighed:
    """The smooth idf once for each distinct term of the row."""
    n = counts.shape[0]
    idf = np.log((1 + n) / (1 + df)) + 1
    weighed = counts.copy()
    weighed.data = idf[counts.indices]
    return weighed, idf, float(np.log(1 + n) + 1)


def _share(counts: sp.csr_matrix, df: npt.NDArray[np.int64]) -> Weighed:
    """One for each distinct term of the row."""
    weighed = counts.copy()
    weighed.data = np.ones_like(counts.data)
    return weighed, np.ones(len(df)), 1.0


#: A TF-IDF channel without terms is weighed as an empty overlap: nothing.
_WEIGH = {Weighting.TFIDF: _overlap, Weighting.BM25: _bm25, Weighting.OVERLAP: _overlap, Weighting.SHARE: _share}
