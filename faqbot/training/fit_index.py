"""Readings → Index: scikit-learn counts and weighs, the result is plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import Pipeline

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import CHANNELS, Channel, Rows, Weighting, of
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Lexicon, number_terms
from faqbot.retrieval.postings import POSTING, Family, Postings, families

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
    n, m = len(of(Rows.QUESTIONS)), len(of(Rows.ENTRIES))
    index = Index(
        lexicon=_lexicon(fitted),
        postings=_postings(fitted, families(((n, len(flat)), (m, len(entries))))),
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
    return Lexicon(
        channels=CHANNELS,
        vocabularies=number_terms([part.terms for part in fitted]),
        idf=np.concatenate([part.idf for part in fitted]).astype(np.float32),
        unknown_idf=np.array([part.unknown_idf for part in fitted]),
    )


def _postings(fitted: Sequence[FittedChannel], both: tuple[Family, Family]) -> Postings:
    firsts = [family.first_cell + i * family.n_rows for family in both for i in range(family.n_channels)]
    packed, indptr, n = [], [np.zeros(1, dtype=np.int64)], 0
    for first, part in zip(firsts, fitted, strict=True):
        posting = np.empty(part.weights.nnz, dtype=POSTING)
        posting["cell"], posting["weight"] = part.weights.indices + first, part.weights.data
        packed.append(posting.view(np.int64))
        indptr.append(part.weights.indptr[1:] + n)
        n += len(posting)
    return Postings(both, np.concatenate(indptr).astype(np.int64), np.concatenate(packed))


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
