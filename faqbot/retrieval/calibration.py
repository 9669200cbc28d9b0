"""Ranking → confidence: features fixed in number and meaning, and a logistic model applied as plain arithmetic. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from faqbot.errors import ReleaseError
from faqbot.retrieval.channels import CHANNELS
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.ranking import Ranking

#: Margins above this say nothing more: the second candidate has less than a thousandth of the first's share.
_WIDE = 8.0
#: Missing nouns are counted up to this.
_MANY = 3.0
_CHANNEL_NAMES = [channel.name for channel in CHANNELS]
_SCORED = [channel.name for channel in CHANNELS if not channel.is_coverage]
_COLUMN = {name: i for i, name in enumerate(CANDIDATE_FEATURES)}
_RANKS = [_COLUMN[f"{name}.rank"] for name in _SCORED]
_RATIOS = [_COLUMN[f"{name}.ratio"] for name in _SCORED]
_OF_FIRST = ("coverage", "canonical_coverage", "stored_coverage", "stored_canonical_coverage", "nouns", "stored_nouns", "negation_differs")
_KNOWN = ("content", "characters_bm25", "coverage")

#: Names of what `confidence_features` returns.
CONFIDENCE_FEATURES: tuple[str, ...] = (
    "share_logit", "margin_second", "margin_fourth", "entropy", *_OF_FIRST, *(f"known.{name}" for name in _KNOWN),
    "same_nouns", "missing_nouns", "missing_known_nouns", "absent_nouns", "agreement", "mean_rank", "lowest_ratio", "query_words", "length_gap",
)  # fmt: skip


def confidence_features(ranking: Ranking) -> Floats:
    """Relative and coverage features of a ranking with at least one candidate, shape (len(CONFIDENCE_FEATURES),).

    No score of a channel is among them: scores mean other things in other bases (it cost .05 of auroc on a base that was left out).
    share_logit: log odds of the first candidate's share; margins: score distance to the second and fourth; entropy: of the shares, in nats;
    known: share of the query's idf that the channel knows; agreement: share of channels that put the first candidate first;
    same_nouns: 1 when query and stored question name the same; missing_nouns: how many of the query's nouns the stored question lacks, missing_known_nouns: of those
    that other questions have; absent_nouns: share of nouns known to the base that the whole entry lacks; mean_rank: mean of 1 / rank; lowest_ratio: its lowest ratio to a channel's best; query_words: ln(1 + content morphemes); length_gap: |ln of the length ratio|.
    """
    shares, first = ranking.shares(), ranking.features[0]
    known = dict(zip(_CHANNEL_NAMES, ranking.matches.known.tolist(), strict=True))
    ranks = first[_RANKS]
    return np.array([
        math.log((shares[0] + 1e-6) / (1 - shares[0] + 1e-6)),
        _margin(ranking.scores, 1),
        _margin(ranking.scores, 3),
        float(-(shares * np.log(shares + 1e-12)).sum()),
        *(first[_COLUMN[name]] for name in _OF_FIRST),
        *(known[name] for name in _KNOWN),
        *_nouns(ranking, known),
        float((ranks == 1.0).mean()),
        float(ranks.mean()),
        float(first[_RATIOS].min()),
        math.log1p(len(ranking.reading.items)),
        abs(float(first[_COLUMN["length"]])),
    ])  # fmt: skip


def _nouns(ranking: Ranking, known: Mapping[str, float]) -> tuple[float, float, float, float]:
    """same_nouns, missing_nouns, missing_known_nouns, absent_nouns."""
    held, stored, in_entry = (float(ranking.features[0, _COLUMN[name]]) for name in ("nouns", "stored_nouns", "entry_nouns"))
    n = len(set(ranking.reading.nouns))
    return float(held == stored == 1.0), min(_MANY, n * (1 - held)), min(_MANY, n * (known["nouns"] - held)), known["nouns"] - in_entry


def _margin(scores: Floats, place: int) -> float:
    return min(float(scores[0] - scores[place]), _WIDE) if len(scores) > place else _WIDE


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """P = 1 / (1 + exp(-(intercept + Σ weight · (feature - mean) / scale))).

    mean, scale, weights: one a feature of CONFIDENCE_FEATURES.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def probability(self, features: Floats) -> float:
        """Between 0 and 1, both excluded."""
        logit = self.intercept
        for value, mean, scale, weight in zip(features.tolist(), self.mean, self.scale, self.weights, strict=True):
            logit += weight * (value - mean) / scale
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def to_json(self) -> dict[str, Any]:
        """Numbers by feature name."""
        columns = zip(CONFIDENCE_FEATURES, self.mean, self.scale, self.weights, strict=True)
        return {"intercept": self.intercept, "features": {name: {"mean": m, "scale": s, "weight": w} for name, m, s, w in columns}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "LogisticModel":
        """The reverse of to_json.

        Raises:
            ReleaseError: the features are not the ones this version computes.
        """
        features = data["features"]
        require_names(list(features), CONFIDENCE_FEATURES)
        mean, scale, weights = (tuple(float(features[name][part]) for name in CONFIDENCE_FEATURES) for part in ("mean", "scale", "weight"))
        return cls(mean, scale, weights, float(data["intercept"]))


def require_names(found: Sequence[str], expected: Sequence[str]) -> None:
    """Refuse numbers that were learned for other features.

    Raises:
        ReleaseError: names differ.
    """
    if set(found) != set(expected):
        differing = ", ".join(sorted(set(found) ^ set(expected)))
        raise ReleaseError(f"학습된 값의 특징 이름이 이 버전과 다릅니다: {differing}. faqbot train 으로 다시 학습하세요.")
