"""Matches → numbers the learned models look at. Fixed in number and meaning, and free of the size of the base. Pure."""

import numpy as np

from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import CHANNELS, Rows
from faqbot.retrieval.index import Index, Matches
from faqbot.retrieval.lexicon import Floats

_SCORED = [i for i, channel in enumerate(CHANNELS) if not channel.is_coverage]
_COVERAGE = [i for i, channel in enumerate(CHANNELS) if channel.is_coverage]

#: Names of the columns of `candidate_features`.
CANDIDATE_FEATURES: tuple[str, ...] = (
    *(f"{CHANNELS[i].name}.{part}" for part in ("value", "ratio", "rank") for i in _SCORED),
    *(CHANNELS[i].name for i in _COVERAGE),
    *(f"stored_{CHANNELS[i].name}" for i in _COVERAGE if CHANNELS[i].rows is Rows.QUESTIONS),
    "negation_differs",
    "length",
)


def candidate_features(reading: Reading, matches: Matches, index: Index) -> Floats:
    """One row a candidate, columns CANDIDATE_FEATURES, shape (n, len(CANDIDATE_FEATURES)).

    value: the channel's score; ratio: over the query's best; rank: 1 / (1 + number of candidates with a higher score);
    coverage channels: share of the query in the stored question or entry, stored_…: the reverse; negation_differs: 1 when only one of the two denies;
    length: ln of the stored question's length over the query's.
    """
    values = matches.scores[_SCORED]
    best = values.max(axis=1, keepdims=True, initial=0.0)
    ratios = values / np.where(best > 0, best, 1.0)
    higher = (values[:, None, :] > values[:, :, None]).sum(axis=2)
    differs = index.question_negated[matches.questions] != reading.negated
    length = np.log((1 + index.question_lengths[matches.questions]) / (1 + len(reading.raw)))
    return np.vstack((values, ratios, 1 / (1 + higher), matches.scores[_COVERAGE], matches.stored_coverage, differs, length)).T
