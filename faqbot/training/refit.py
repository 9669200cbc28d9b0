"""Labelled queries of the base move the prior: ridge towards its weights, cross-fitted."""

import random
from collections.abc import Sequence

import numpy as np

from faqbot.evaluation.intervals import clopper_pearson_lower
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.parameters import Parameters, Targets, Thresholds
from faqbot.training.base import Search
from faqbot.training.prior import FAR_WEIGHT, Example, Prior, examples
from faqbot.training.solvers import Bools, fit_ridge_towards

#: How many labels the prior weighs as much as. 10 to 30 were level in trials; below, 25 labels can harm.
STRENGTH = 20.0
#: Labels below which the prior's own threshold stays.
ENOUGH = 50
FOLDS = 5
#: Answers from which their measured precision decides on the threshold.
MEASURED = 200
#: Confidence below which nothing is answered alone, however precise the rest: seven in ten.
LOWEST_ANSWER = 0.7


def refit(prior: Prior, searches: Sequence[Search], targets: Targets, far: Sequence[Search] = ()) -> Parameters:
    """Parameters moved by labelled queries; those of the prior where there are none.

    Args:
        prior: where the weights are drawn to.
        searches: labelled queries, in and out of scope in the shares of the site's traffic: the share of queries that no entry answers is learned from them alone.
        targets: what the thresholds aim at; the suggest threshold is taken over as it is.
        far: utterances that no help centre answers; together they weigh FAR_WEIGHT of the labels.
    """
    return calibrate(prior, examples(searches, prior.ranker), targets, examples(far, prior.ranker))


def calibrate(prior: Prior, labelled: Sequence[Example], targets: Targets, beyond: Sequence[Example] = ()) -> Parameters:
    """`refit` for queries that were ranked before: labels do not move the ranker, so who fits several times ranks once.

    Args:
        prior: as in `refit`.
        labelled: of labelled queries, ranked by the prior.
        targets: as in `refit`.
        beyond: of the far pool, ranked by the prior.
    """
    start = prior.parameters(targets)
    if not labelled:
        return start
    first, three = (_moved(model, labelled, beyond, target) for model, target in ((prior.first, "first"), (prior.three, "three")))
    thresholds = start.thresholds
    if len(labelled) >= ENOUGH:
        judged = _cross_fitted(prior.first, labelled, beyond)
        in_category = tuple((name, answer_threshold(*judged, precision)) for name, precision in targets.in_category)
        thresholds = Thresholds(answer_threshold(*judged, targets.precision), targets.suggest, in_category)
    return Parameters(prior.ranker, first, three, thresholds)


def answer_threshold(confidences: Floats, right: Bools, target_precision: float) -> float:
    """The confidence from which to answer, at least LOWEST_ANSWER.

    Below MEASURED answers the calibrated confidences decide (`threshold_for`); from there on the one-sided 95 % bound of the measured precision
    does: the lowest confidence at which it reaches the target, else the one at which it comes nearest.
    """
    predicted = max(LOWEST_ANSWER, threshold_for(confidences, target_precision))
    if int((confidences >= predicted).sum()) < MEASURED:
        return predicted
    order = np.argsort(-confidences, kind="stable")
    ordered, hits = confidences[order], np.cumsum(right[order])
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True) & (ordered >= LOWEST_ANSWER))
    bounds = [clopper_pearson_lower(int(hits[end]), end + 1) for end in ends.tolist()]
    proven = [end for end, bound in zip(ends.tolist(), bounds, strict=True) if bound >= target_precision]
    return float(ordered[proven[-1] if proven else ends[int(np.argmax(bounds))]])


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


def _cross_fitted(model: LogisticModel, labelled: Sequence[Example], beyond: Sequence[Example]) -> tuple[Floats, Bools]:
    """Confidence of each label by a model that was moved without it, and whether its first candidate is right."""
    confidences = np.zeros(len(labelled))
    for fold in folds(len(labelled)):
        held = set(fold)
        moved = _moved(model, [e for i, e in enumerate(labelled) if i not in held], beyond, "first")
        confidences[fold] = [moved.probability(labelled[i].features) for i in fold]
    return confidences, np.array([e.first for e in labelled])


def _moved(model: LogisticModel, labelled: Sequence[Example], beyond: Sequence[Example], target: str) -> LogisticModel:
    counted = np.repeat([1.0, FAR_WEIGHT[target] * len(labelled) / max(1, len(beyond))], [len(labelled), len(beyond)])
    everything = [*labelled, *beyond]
    mean, scale = np.array(model.mean), np.array(model.scale)
    features = (np.array([e.features for e in everything]) - mean) / scale
    labels = np.array([float(getattr(e, target)) for e in everything])
    weights = fit_ridge_towards(np.column_stack((np.ones(len(labels)), features)), labels, np.array([model.intercept, *model.weights]), STRENGTH, counted)
    return LogisticModel(model.mean, model.scale, tuple(weights[1:].tolist()), float(weights[0]))
