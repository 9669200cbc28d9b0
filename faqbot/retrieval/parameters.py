"""Everything learned, as numbers: ranker weights, the two calibrations and the thresholds. Part of every release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from faqbot.retrieval.calibration import LogisticModel, require_names
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.lexicon import Floats

#: Digits kept of every learned number, so that a difference in the last bits of an optimizer is no other release.
DIGITS = 6


#: Between the parts of a category that thresholds are given for.
CATEGORY = " > "


@dataclass(frozen=True, slots=True)
class Targets:
    """What the operator asks of the thresholds.

    precision: how many answers in a row must be right, 0..1. suggest: P(right among three) from which candidates are offered.
    in_category: (category, precision) where mistakes cost more, such as ("결제 > 환불", .97).
    """

    precision: float
    suggest: float
    in_category: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the decision compares with; probabilities only.

    answer: confidence from which the first candidate is given as the answer. suggest: P(right among the first three) from which they are offered.
    in_category: (category, answer) for entries below a category that asks for another precision.
    """

    answer: float
    suggest: float
    in_category: tuple[tuple[str, float], ...] = ()

    def within(self, category: Sequence[str]) -> "Thresholds":
        """The thresholds for an entry of a category: those of its deepest part that has its own.

        >>> Thresholds(0.8, 0.3, (("결제", 0.9),)).within(("결제", "환불")).answer
        0.9
        """
        if not self.in_category:
            return self
        own = dict(self.in_category)
        parts = (CATEGORY.join(category[:depth]) for depth in range(len(category), 0, -1))
        return next((Thresholds(own[part], self.suggest) for part in parts if part in own), self)


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
            "thresholds": {"answer": self.thresholds.answer, "suggest": self.thresholds.suggest, "in_category": dict(self.thresholds.in_category)},
        })  # fmt: skip
        return rounded

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Parameters":
        """The reverse of to_json.

        Raises:
            ReleaseError: learned for other features.
            TypeError: thresholds of categories are no object.
        """
        require_names(list(data["ranker"]), CANDIDATE_FEATURES)
        if not isinstance(data["thresholds"]["in_category"], dict):
            raise TypeError("in_category")
        return cls(
            ranker=np.array([float(data["ranker"][name]) for name in CANDIDATE_FEATURES]),
            first=LogisticModel.from_json(data["first"]),
            three=LogisticModel.from_json(data["three"]),
            thresholds=Thresholds(
                float(data["thresholds"]["answer"]),
                float(data["thresholds"]["suggest"]),
                tuple((str(name), float(value)) for name, value in data["thresholds"]["in_category"].items()),
            ),
        )


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
