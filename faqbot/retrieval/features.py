"""Matches → numbers the learned models look at. Fixed in number and meaning, and free of the size of the base. Pure."""

from itertools import chain

import numpy as np
from rapidfuzz.distance import LCSseq

from faqbot.korean.keyboard import decompose
from faqbot.korean.polarity import compare
from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import CHANNELS, Rows
from faqbot.retrieval.index import Index, Matches
from faqbot.retrieval.lexicon import Floats

_NOUNS = next(i for i, channel in enumerate(CHANNELS) if channel.name == "nouns")

_SCORED = [i for i, channel in enumerate(CHANNELS) if not channel.is_coverage]
_COVERAGE = [i for i, channel in enumerate(CHANNELS) if channel.is_coverage]

#: Columns behind those of the channels.
_BEHIND = 9

#: Names of the columns of `candidate_features`.
CANDIDATE_FEATURES: tuple[str, ...] = (
    *(f"{CHANNELS[i].name}.{part}" for part in ("value", "ratio", "rank") for i in _SCORED),
    *(CHANNELS[i].name for i in _COVERAGE),
    *(f"stored_{CHANNELS[i].name}" for i in _COVERAGE if CHANNELS[i].rows is Rows.QUESTIONS),
    "negation_differs",
    "length",
    "jamo",
    "stored_jamo",
    "jamo.ratio",
    "contradicted",
    "denied_alike",
    "said_alike",
    "sides_alike",
)


def candidate_features(reading: Reading, matches: Matches, index: Index) -> Floats:
    """One row a candidate, columns CANDIDATE_FEATURES, shape (n, len(CANDIDATE_FEATURES)).

    value: the channel's score; ratio: over the query's best; rank: 1 / (1 + number of candidates with a higher score);
    coverage channels: share of the query in the stored question or entry, stored_…: the reverse; negation_differs: 1 when only one of the two denies;
    length: ln of the stored question's length over the query's; jamo: longest common subsequence of both contents in jamo over the query's, which looks at order and
    survives wrong keys and wrong spaces, stored_jamo: over the stored question's, jamo.ratio: over the query's best.
    """
    values = matches.scores.take(_SCORED, axis=0)
    best = np.maximum.reduce(values, axis=1, keepdims=True, initial=0.0)
    n, scored, covering = len(matches.entries), len(_SCORED), len(_COVERAGE)
    columns = np.empty((len(CANDIDATE_FEATURES), n))  # filled part by part: vstack looks at each of 17 arrays for a microsecond
    columns[:scored] = values
    np.divide(values, np.where(best > 0, best, 1.0), out=columns[scored : 2 * scored])
    higher = (values[:, None, :] > values[:, :, None]).astype(np.float32) @ np.ones(n, dtype=np.float32)  # a sum of booleans takes five times as long
    np.divide(1, 1 + higher.astype(np.float64), out=columns[2 * scored : 3 * scored])
    columns[3 * scored : 3 * scored + covering] = matches.scores.take(_COVERAGE, axis=0)
    columns[3 * scored + covering : -_BEHIND] = matches.stored_coverage
    behind = columns[-_BEHIND:]
    behind[0] = index.question_negated.take(matches.questions) != reading.negated
    np.log((1 + index.question_lengths.take(matches.questions)) / (1 + len(reading.raw)), out=behind[1])
    behind[2:5] = _in_order(reading, matches, index)
    behind[5:] = _claims(reading, matches, index)
    return columns.T


def _in_order(reading: Reading, matches: Matches, index: Index) -> tuple[Floats, Floats, Floats]:
    """jamo, stored_jamo, jamo.ratio of each candidate."""
    query = decompose(reading.content or reading.raw)
    stored = [index.question_jamo[row] for row in matches.questions.tolist()]
    common = np.array([LCSseq.similarity(query, text) for text in stored], dtype=np.float64)
    lengths = index.jamo_lengths.take(matches.questions)
    return common / max(1, len(query)), common / np.maximum(1.0, lengths), common / max(1.0, common.max(initial=0.0))


def _claims(reading: Reading, matches: Matches, index: Index) -> Floats:
    """contradicted, denied_alike, said_alike, sides_alike of each candidate, shape (4, n)."""
    if not reading.claims:
        return np.zeros((4, len(matches.questions)))
    compared = compare(reading.claims, [index.question_claims[row] for row in matches.questions.tolist()])
    counts = np.fromiter(chain.from_iterable(compared), dtype=np.float64, count=4 * len(compared)).reshape(-1, 4).T
    counts[0] *= matches.scores[_NOUNS]
    return counts
