"""Labelled queries of the base move the prior: ridge towards its weights, cross-fitted."""

import random
from collections.abc import Sequence

import numpy as np

from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.parameters import Parameters, Thresholds
from faqbot.training.base import Search
from faqbot.training.prior import FAR_WEIGHT, Example, Prior, examples
from faqbot.training.solvers import fit_ridge_towards

#: How many labels the prior weighs as much as. 10 to 30 were level in trials; below, 25 labels can harm.
STRENGTH = 20.0
#: Labels below which the prior's own threshold stays.
ENOUGH = 50
FOLDS = 5
#: Confidence below which nothing is answered alone, however precise the rest: seven in ten.
LOWEST_ANSWER = 0.7


def refit(prior: Prior, searches: Sequence[Search], target_precision: float, suggest: float, far: Sequence[Search] = ()) -> Parameters:
    """Parameters moved by labelled queries; those of the prior where there are none.

    Args:
        prior: where the weights are drawn to.
        searches: labelled queries, in and out of scope in the shares of the site's traffic.
        target_precision: what the answer threshold aims at.
        suggest: the suggest threshold, taken over as it is.
        far: utterances that no help centre answers; together they weigh FAR_WEIGHT of the labels.
    """
    labelled = examples(searches, prior.ranker)
    start = prior.parameters(target_precision, suggest)
    if not labelled:
        return start
    beyond = examples(far, prior.ranker)
    weights = np.repeat([1.0, FAR_WEIGHT * len(labelled) / max(1, len(beyond))], [len(labelled), len(beyond)])
    first, three = (_moved(model, [*labelled, *beyond], weights, target) for model, target in ((prior.first, "first"), (prior.three, "three")))
    answer = start.thresholds.answer
    if len(labelled) >= ENOUGH:
        answer = max(LOWEST_ANSWER, threshold_for(np.array([first.probability(e.features) for e in labelled]), target_precision))
    return Parameters(prior.ranker, first, three, Thresholds(answer, suggest))


def threshold_for(confidences: Floats, target_precision: float) -> float:
    """The lowest confidence above which the mean confidence reaches the target: calibrated confidences predict their own precision.

    >>> threshold_for(np.array([0.99, 0.95, 0.8, 0.5]), 0.9)
    0.8
    """
    ordered = np.sort(confidences)[::-1]
    ends = np.append(ordered[1:] != ordered[:-1], True)  # equal confidences are answered together
    reached = np.flatnonzero(ends & (np.cumsum(ordered) / np.arange(1, len(ordered) + 1) >= target_precision))
    return float(ordered[reached[-1]]) if len(reached) else target_precision


def folds(n: int, k: int = FOLDS) -> list[list[int]]:
    """Positions 0..n-1 in k shuffled parts of equal size, the same at every call; fewer parts where n < k."""
    positions = list(range(n))
    random.Random(0).shuffle(positions)  # noqa: S311  # a split, not a secret
    return [sorted(positions[i::k]) for i in range(min(k, n))]


def _moved(model: LogisticModel, labelled: Sequence[Example], example_weights: Floats, target: str) -> LogisticModel:
    mean, scale = np.array(model.mean), np.array(model.scale)
    features = (np.array([e.features for e in labelled]) - mean) / scale
    labels = np.array([float(getattr(e, target)) for e in labelled])
    weights = fit_ridge_towards(
        np.column_stack((np.ones(len(labels)), features)), labels, np.array([model.intercept, *model.weights]), STRENGTH, example_weights
    )
    return LogisticModel(model.mean, model.scale, tuple(weights[1:].tolist()), float(weights[0]))
