"""Readings → Index: scikit-learn counts and weighs, the result is plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import Pipeline

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Channel, Rows, Weighting, of
from faqbot.retrieval.index import Index
from faqbot.retrieval.postings import POSTING, Postings, fuse

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
    counts = np.array([len(group) for group in questions], dtype=np.int64)
    by_question, by_entry = _fit_rows(Rows.QUESTIONS, flat), _fit_rows(Rows.ENTRIES, entries)
    index = Index(
        questions=fuse(of(Rows.QUESTIONS), [postings for postings, _ in by_question]),
        entries=fuse(of(Rows.ENTRIES), [postings for postings, _ in by_entry]),
        question_starts=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts))),
        question_lengths=np.array([len(reading.raw) for reading in flat], dtype=np.int32),
        question_negated=np.array([reading.negated for reading in flat], dtype=np.bool_),
    )
    fitted = zip(of(Rows.QUESTIONS) + of(Rows.ENTRIES), by_question + by_entry, strict=True)
    return FittedIndex(index, {channel.name: pipeline for channel, (_, pipeline) in fitted if pipeline is not None})


def _fit_rows(rows: Rows, readings: Sequence[Reading]) -> list[tuple[Postings, Pipeline | None]]:
    return [fit_postings(channel, readings) for channel in of(rows)]


def fit_postings(channel: Channel, rows: Sequence[Reading]) -> tuple[Postings, Pipeline | None]:
    """One channel over its rows, with the fitted objects behind it where it is a TF-IDF one.

    A channel in which no row has a term knows nothing and finds nothing.
    """
    vectorizer = CountVectorizer(analyzer=as_it_is, dtype=np.float64)
    counts = _count(vectorizer, [channel.terms(reading) for reading in rows])
    transformer = TfidfTransformer() if channel.weighting is Weighting.TFIDF and counts.shape[1] else None
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    weights, idf, unknown = _tfidf(counts, transformer) if transformer else _WEIGH[channel.weighting](counts, df)
    by_term = weights.tocsc()
    by_term.sort_indices()
    packed = np.empty(by_term.nnz, dtype=POSTING)
    packed["row"], packed["weight"] = by_term.indices, by_term.data
    is_overlap = channel.weighting is Weighting.OVERLAP
    postings = Postings(
        channels=(channel,),
        n_rows=len(rows),
        vocabularies=({term: int(i) for term, i in sorted(vectorizer.vocabulary_.items())} if counts.shape[1] else {},),
        idf=idf.astype(np.float32),
        indptr=by_term.indptr.astype(np.int64),
        packed=packed.view(np.int64),
        row_sums=np.asarray(weights.sum(axis=1)).reshape(1, -1).astype(np.float32) * is_overlap,
        unknown_idf=np.array([unknown]),
    )
    return postings, Pipeline([("counts", vectorizer), ("tfidf", transformer)]) if transformer else None


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


#: A TF-IDF channel without terms is weighed as an empty overlap: nothing.
_WEIGH = {Weighting.TFIDF: _overlap, Weighting.BM25: _bm25, Weighting.OVERLAP: _overlap}
