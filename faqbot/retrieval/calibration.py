"""Features → probability: a logistic model applied as plain arithmetic. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from faqbot.errors import ReleaseError
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.lexicon import Floats


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
