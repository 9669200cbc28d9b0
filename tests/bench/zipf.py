"""An index too large to be made of texts: terms by Zipf's law, weights by the product's own formulas."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfTransformer

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import CHANNELS, Channel, Rows, Weighting, of
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Lexicon, number_terms
from faqbot.training.fit_index import _WEIGH, FittedChannel, _tfidf, invert, lay_out
from tests.bench.bases import SEED

#: Different terms, and the rank at which Mandelbrot's correction flattens the law.
VOCABULARY, FLATTENED = 200_000, 2.7
#: Mean terms of a question and of an entry as a whole; lengths are log-normal.
MEAN_TERMS = {Rows.QUESTIONS: 12.0, Rows.ENTRIES: 40.0}
SPREAD = 0.5
QUERIES = 100

Ids = npt.NDArray[np.int64]


def synthesise(size: int, queries: int = QUERIES) -> tuple[Index, list[Reading]]:
    """An index of entries with one question each, and queries of four to six terms, seven in ten of them from one question."""
    rng = np.random.default_rng((SEED, size))
    counts = {rows: _counts(size, mean, rng) for rows, mean in MEAN_TERMS.items()}
    fitted = [_fit(channel, counts[channel.rows]) for channel in CHANNELS]
    questions, n = counts[Rows.QUESTIONS], len(of(Rows.QUESTIONS))
    index = Index(
        lexicon=_lexicon(fitted),
        postings=invert(fitted),
        in_questions=lay_out(fitted[:n], 0),
        in_entries=lay_out(fitted[n:], n * VOCABULARY),
        row_sums=np.array(
            [part.row_sums for channel, part in zip(CHANNELS, fitted, strict=True) if channel.rows is Rows.QUESTIONS and channel.is_coverage], dtype=np.float32
        ),
        question_starts=np.arange(size + 1),
        question_lengths=np.diff(questions.indptr).astype(np.int32),
        question_negated=np.zeros(size, dtype=np.bool_),
        question_contents=("",) * size,
        question_claims=(frozenset(),) * size,
    )
    return index, [_query(questions, rng) for _ in range(queries)]


def given(reading: Reading) -> list[str]:
    """The terms of a synthetic reading: they are its canonical words."""
    return reading.canonical


def _counts(size: int, mean: float, rng: np.random.Generator) -> sp.csr_matrix:
    lengths = np.maximum(1, rng.lognormal(np.log(mean) - SPREAD**2 / 2, SPREAD, size).astype(np.int64))
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    counts = sp.csr_matrix((np.ones(indptr[-1]), _draw(int(indptr[-1]), rng), indptr), shape=(size, VOCABULARY))
    counts.sum_duplicates()
    return counts


def _draw(n: int, rng: np.random.Generator) -> Ids:
    """Terms by the Zipf-Mandelbrot law."""
    cumulated = np.cumsum(1 / (np.arange(VOCABULARY) + FLATTENED))
    return np.asarray(np.searchsorted(cumulated, rng.random(n) * cumulated[-1]))


def _fit(channel: Channel, counts: sp.csr_matrix) -> FittedChannel:
    df = np.bincount(counts.indices, minlength=VOCABULARY)
    weights, idf, unknown = _tfidf(counts, TfidfTransformer()) if channel.weighting is Weighting.TFIDF else _WEIGH[channel.weighting](counts, df)
    return FittedChannel(_terms(range(VOCABULARY)), weights.tocsc(), idf, unknown, np.asarray(weights.sum(axis=1)).ravel(), None)


def _terms(ids: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"t{i:06d}" for i in ids)


def _lexicon(fitted: Sequence[FittedChannel]) -> Lexicon:
    channels = tuple(replace(channel, terms=given) for channel in CHANNELS)
    idf = np.concatenate([part.idf for part in fitted]).astype(np.float32)
    return Lexicon(channels, *number_terms(channels, [part.terms for part in fitted]), idf, np.array([part.unknown_idf for part in fitted]))


def _query(questions: sp.csr_matrix, rng: np.random.Generator) -> Reading:
    row = int(rng.integers(questions.shape[0]))
    known = questions.indices[questions.indptr[row] : questions.indptr[row + 1]]
    n = int(rng.integers(4, 7))
    ids = np.where(rng.random(n) < 0.7, rng.choice(known, n), _draw(n, rng))
    return Reading("", (), [], list(dict.fromkeys(_terms(ids.tolist()))))
