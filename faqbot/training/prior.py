"""The shipped prior: ranker weights and calibration learned over several bases, for a base without labels of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from faqbot.errors import ReleaseError
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import confidence_features
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.parameters import Parameters, Targets, Thresholds
from faqbot.retrieval.ranking import Ranking, order_matches
from faqbot.training.base import Base, Search
from faqbot.training.solvers import fit_conditional_logit

#: Ridge of the ranker. Flat between .001 and .03 on all bases left out (notebooks/).
RANKER_L2 = 0.01
#: Inverse ridge of scikit-learn's LogisticRegression on standardized features, for a summed loss of SAMPLES queries.
CALIBRATION_C = 1.0
SAMPLES = 3000
#: What the far pool weighs beside a base's labelled queries, whose own third is out of scope already: for the confidence, and for the probability that one of three
#: answers, which decides whether a stranger's chat is met with suggestions (notebooks/).
FAR_WEIGHT = {"first": 0.3, "three": 0.6}


@dataclass(frozen=True)
class Example:
    """A ranked query: its confidence features and whether the first, and one of the first three, answers."""

    features: Floats
    first: bool
    three: bool


@dataclass(frozen=True)
class Prior:
    """Parameters for a base of which nothing but the table is known, with the threshold for each target precision.

    thresholds: (target precision, confidence from which answers reach it) ascending, measured over the bases of the fit, each left out in turn.
    """

    ranker: Floats
    first: LogisticModel
    three: LogisticModel
    thresholds: tuple[tuple[float, float], ...]
    bases: tuple[str, ...]

    def parameters(self, targets: Targets) -> Parameters:
        """Ready to serve."""
        in_category = tuple((name, self.threshold(precision)) for name, precision in targets.in_category)
        return Parameters(self.ranker, self.first, self.three, Thresholds(self.threshold(targets.precision), targets.suggest, in_category))

    def threshold(self, precision: float) -> float:
        """The confidence from which answers reach a precision; between two stored targets it is interpolated, beyond them the nearest is taken."""
        targets, values = zip(*self.thresholds, strict=True)
        return float(np.interp(precision, targets, values))

    def to_json(self) -> dict[str, Any]:
        """Plain, rounded numbers."""
        data = Parameters(self.ranker, self.first, self.three, Thresholds(0.0, 0.0)).to_json()
        del data["thresholds"]
        return {"bases": list(self.bases), "thresholds": [[t, round(v, 4)] for t, v in self.thresholds], **data}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Prior":
        """The reverse of to_json.

        Raises:
            ReleaseError: learned for other features.
            ValueError: there is no threshold, or they do not ascend.
        """
        parameters = Parameters.from_json({**data, "thresholds": {"answer": 0.0, "suggest": 0.0, "in_category": {}}})
        thresholds = tuple((float(target), float(value)) for target, value in data["thresholds"])
        if not thresholds or list(thresholds) != sorted(thresholds):
            raise ValueError("thresholds")
        return cls(parameters.ranker, parameters.first, parameters.three, thresholds, tuple(data["bases"]))


def read_prior(path: Path) -> Prior:
    """A prior written by `faqbot fit-prior`.

    Raises:
        ReleaseError: not a prior, or one for other features.
    """
    try:
        return Prior.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{path}: 사전 학습값 파일이 아닙니다. faqbot fit-prior 로 만든 파일을 주세요.") from error


def shipped_prior() -> Prior:
    """The one in the package."""
    return Prior.from_json(json.loads(files("faqbot.training").joinpath("prior.json").read_text(encoding="utf-8")))


def ranked(search: Search, weights: Floats) -> Ranking:
    """A search ordered by ranker weights."""
    return order_matches(search.reading, search.matches, search.features, weights)


def example(search: Search, ranking: Ranking) -> Example | None:
    """What the calibration learns from a search and its ranking; None without candidates, where the confidence is 0 by rule."""
    if not len(ranking):
        return None
    right = [entry in search.right for entry in ranking.entries[:3].tolist()]
    return Example(confidence_features(ranking, search.index), right[0], any(right))


def examples(searches: Sequence[Search], weights: Floats) -> list[Example]:
    """Those of ranked queries with at least one candidate."""
    return [found for search in searches if (found := example(search, ranked(search, weights))) is not None]


def fit_prior(bases: Sequence[Base], ranking: Sequence[Base] = ()) -> Prior:
    """Learn from several bases, each with the same weight.

    The calibration sees each base as a new one: ranked by weights that were fitted on the others. With one base it is ranked by its own.

    Args:
        bases: at least one.
        ranking: further bases that only the ranker learns from, because their mix of queries is made for a purpose and not as traffic is.
    """
    ranker = fit_ranker([*bases, *ranking])
    held_out = [fit_ranker([*(b for b in bases if b is not base), *ranking]) if len(bases) > 1 else ranker for base in bases]
    parts = [(examples(base.searches, weights), examples(base.far, weights)) for base, weights in zip(bases, held_out, strict=True)]
    first, three = (_fit_weighted(parts, target) for target in ("first", "three"))
    return Prior(ranker, first, three, _thresholds(parts, first), tuple(base.name for base in bases))


def fit_ranker(bases: Sequence[Base]) -> Floats:
    """Ranker weights over all bases."""
    return fit_conditional_logit([choice for base in bases for choice in base.choices()], RANKER_L2)


Part = tuple[list[Example], list[Example]]


def _fit_weighted(parts: Sequence[Part], target: str) -> LogisticModel:
    rows = [(e, 1.0 / len(own)) for own, _ in parts for e in own] + [(e, FAR_WEIGHT[target] / len(far)) for _, far in parts for e in far]
    features = np.array([e.features for e, _ in rows])
    labels = np.array([getattr(e, target) for e, _ in rows], dtype=np.int64)
    weights = np.array([w for _, w in rows])
    return fit_logistic(features, labels, weights * (SAMPLES / weights.sum()), CALIBRATION_C)


def fit_logistic(features: Floats, labels: Any, weights: Floats, c: float) -> LogisticModel:
    """scikit-learn's LogisticRegression on standardized features, as plain numbers."""
    scaler = StandardScaler().fit(features, sample_weight=weights)
    model = LogisticRegression(C=c, max_iter=2000, tol=1e-8).fit(scaler.transform(features), labels, sample_weight=weights)
    return LogisticModel(tuple(scaler.mean_.tolist()), tuple(scaler.scale_.tolist()), tuple(model.coef_[0].tolist()), float(model.intercept_[0]))


#: A threshold that fewer of the prior's queries reach says nothing about precision.
_FEWEST = 0.02


def _thresholds(parts: Sequence[Part], model: LogisticModel) -> tuple[tuple[float, float], ...]:
    """For each target the lowest confidence above which the precision, each base weighing the same, reaches it there and at every higher one."""
    confidence = np.array([model.probability(e.features) for own, _ in parts for e in own])
    right = np.array([e.first for own, _ in parts for e in own])
    weight = np.array([1 / len(own) / len(parts) for own, _ in parts for _ in own])
    grid = np.round(np.arange(0.30, 0.996, 0.005), 3)
    answered = np.array([weight[confidence >= t].sum() for t in grid])
    precision = np.array([(weight * right)[confidence >= t].sum() for t in grid]) / np.maximum(answered, 1e-9)
    reached = np.minimum.accumulate(np.where(answered >= _FEWEST, precision, 1.0)[::-1])[::-1]
    return tuple((target, float(grid[min(int(np.searchsorted(reached, target)), len(grid) - 1)])) for target in (0.8, 0.85, 0.9, 0.95, 0.97, 0.99))
