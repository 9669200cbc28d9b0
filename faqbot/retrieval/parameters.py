"""Everything learned, as numbers: ranker weights, the two calibrations and the thresholds. Part of every release."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from faqbot.retrieval.calibration import LogisticModel, require_names
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.lexicon import Floats

#: Digits kept of every learned number, so that a difference in the last bits of an optimizer is no other release.
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the decision compares with; probabilities only.

    answer: confidence from which the first candidate is given as the answer. suggest: P(right among the first three) from which they are offered.
    """

    answer: float
    suggest: float


@dataclass(frozen=True)
class Parameters:
    """Learned numbers.

    Attributes:
        ranker: one a column of CANDIDATE_FEATURES.
        first: P(the first candidate answers).
        three: P(one of the first three answers).
        thresholds: for the decision.
    """

    ranker: Floats
    first: LogisticModel
    three: LogisticModel
    thresholds: Thresholds

    def to_json(self) -> dict[str, Any]:
        """Plain numbers rounded to DIGITS significant digits; `from_json(to_json(x))` gives equal replies for ever."""
        rounded: dict[str, Any] = _rounded({
            "ranker": dict(zip(CANDIDATE_FEATURES, self.ranker.tolist(), strict=True)),
            "first": self.first.to_json(),
            "three": self.three.to_json(),
            "thresholds": {"answer": self.thresholds.answer, "suggest": self.thresholds.suggest},
        })  # fmt: skip
        return rounded

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Parameters":
        """The reverse of to_json.

        Raises:
            ReleaseError: learned for other features.
        """
        require_names(list(data["ranker"]), CANDIDATE_FEATURES)
        return cls(
            ranker=np.array([float(data["ranker"][name]) for name in CANDIDATE_FEATURES]),
            first=LogisticModel.from_json(data["first"]),
            three=LogisticModel.from_json(data["three"]),
            thresholds=Thresholds(float(data["thresholds"]["answer"]), float(data["thresholds"]["suggest"])),
        )


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
