"""Ranking → features of the confidence: fixed in number and meaning, relative or shares, so that they mean the same in every base. Pure."""

import math
from collections.abc import Sequence

import numpy as np

from faqbot.korean.reading import Reading
from faqbot.korean.terms import syllables
from faqbot.retrieval.channels import CHANNELS
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.ranking import Ranking, soft_max

#: Margins above this say nothing more: the candidate behind has less than a thousandth of the first's share.
_WIDE = 8.0
#: Missing nouns are counted up to this.
_MANY = 3.0
#: How far a second candidate that is not there differs: in every coverage.
_ALONE = 3.0
_CHANNEL_NAMES = [channel.name for channel in CHANNELS]
_COLUMN = {name: i for i, name in enumerate(CANDIDATE_FEATURES)}
_RANKS = [_COLUMN[f"{channel.name}.rank"] for channel in CHANNELS if not channel.is_coverage]
_FRAME = [_COLUMN[f"{before}{c.name}"] for c in CHANNELS if c.is_coverage for before in ("", "stored_") if f"{before}{c.name}" in _COLUMN]
_FRAME += [_COLUMN["negation_differs"], _COLUMN["length"]]
_FEATURES_OF_FIRST = (
    "coverage",
    "canonical_coverage",
    "stored_coverage",
    "stored_canonical_coverage",
    "negation_differs",
    "canonical_bm25.value",
    "entry_bm25.ratio",
    "jamo",
)
_OF_FIRST = [_COLUMN[name] for name in _FEATURES_OF_FIRST]
_NOUNS = [_COLUMN[name] for name in ("nouns", "stored_nouns", "entry_nouns")]
_LENGTH, _CONTENT, _NOUNS_CHANNEL = _COLUMN["length"], _CHANNEL_NAMES.index("content"), _CHANNEL_NAMES.index("nouns")

#: Names of what `confidence_features` returns.
CONFIDENCE_FEATURES: tuple[str, ...] = (
    "share_logit", "margin_fourth", "entropy", "candidates", *_FEATURES_OF_FIRST, "known_content", "same_nouns", "missing_nouns", "absent_nouns", "agreement", "mean_rank",
    "second_differs", "query_words", "length_gap", "first_word", "bigrams", "in_entry",
)  # fmt: skip


def confidence_features(ranking: Ranking, index: Index) -> Floats:
    """Features of a ranking with at least one candidate, shape (len(CONFIDENCE_FEATURES),).

    Scores of channels are not among them, but for one that is a share itself: they mean other things in other bases. Each was kept because the log loss on
    the mean of all bases left out fell by it (notebooks/).

    share_logit: log odds of the first candidate's share; margin_fourth: score distance to the fourth; entropy: of the shares, in nats; candidates: ln of their number;
    known_content: share of the query's idf that the content channel knows; same_nouns: 1 when query and stored question name the same; missing_nouns: how many of
    the query's nouns the stored question lacks; absent_nouns: share of the query's nouns that some question holds less the share that the whole entry holds, -1..1; agreement: share of channels that put
    the first candidate first; mean_rank: mean of 1 / rank; second_differs: distance of the first two candidates' coverages; query_words: ln(1 + content morphemes);
    length_gap: |ln of the length ratio|; first_word: whether the stored question holds the query's first content morpheme; bigrams: share of the query's
    content syllable pairs that the stored question holds; in_entry: share of the query's syllables and pairs that the whole entry holds.
    """
    distinct = _distinct(ranking, index)
    scores = ranking.scores if len(distinct) == len(ranking) else ranking.scores[distinct]
    shares = soft_max(scores)
    # Single numbers of an array cost ten times what they cost of a list.
    first, *others = ranking.features.take(distinct[:2], axis=0).tolist()
    leading, known, ranks = float(shares[0]), ranking.matches.known.tolist(), [first[column] for column in _RANKS]
    return np.array([
        math.log((leading + 1e-6) / (1 - leading + 1e-6)),
        min(float(scores[0] - scores[3]), _WIDE) if len(scores) > 3 else _WIDE,
        float(-np.add.reduce(shares * np.log(shares + 1e-12))),
        math.log(len(scores)),
        *[first[column] for column in _OF_FIRST],
        known[_CONTENT],
        *_nouns(ranking.reading, first, known),
        ranks.count(1.0) / len(ranks),
        sum(ranks) / len(ranks),
        sum(abs(first[column] - others[0][column]) for column in _FRAME) if others else _ALONE,
        math.log1p(len(ranking.reading.items)),
        abs(first[_LENGTH]),
        *_spelling(ranking.reading, index.question_contents[int(ranking.questions[0])]),
        index.share_in_entry("entry_bm25", ranking.matches.query, int(ranking.entries[0])),
    ])  # fmt: skip


def _distinct(ranking: Ranking, index: Index) -> list[int]:
    """Places of the candidates without those that repeat the first one's question in content: an answer that is there twice is no weaker for it."""
    contents = index.content_numbers.take(ranking.questions).tolist()
    first = contents[0]
    return [place for place, content in enumerate(contents) if place == 0 or content != first or content < 0]


def _nouns(reading: Reading, first: Sequence[float], known: Sequence[float]) -> tuple[float, float, float]:
    """same_nouns, missing_nouns, absent_nouns of the first candidate's features and the known shares of the channels."""
    held, stored, in_entry = (first[column] for column in _NOUNS)
    n = len(set(reading.nouns))
    return float(held == stored == 1.0), min(_MANY, n * (1 - held)), known[_NOUNS_CHANNEL] - in_entry


def _spelling(reading: Reading, stored: str) -> tuple[float, float]:
    """first_word, bigrams; a query without content is compared by its characters."""
    content = reading.content or reading.raw
    pairs = set(syllables(content, 2, 2)) or {content}
    return (
        float(bool(reading.items) and reading.items[0][0] in stored),
        sum([pair in stored for pair in pairs]) / len(pairs),
    )
