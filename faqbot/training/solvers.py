"""The two fits that scikit-learn has no estimator for: a conditional logit over candidates, and a logistic regression drawn towards given weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from faqbot.retrieval.lexicon import Floats

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Choice:
    """One query's candidates and which of them are right: features (n, columns), right (n,) with at least one True, weight of the query."""

    features: Floats
    right: Bools
    weight: float


def fit_conditional_logit(choices: Sequence[Choice], l2: float) -> Floats:
    """Weights w that maximise Σ weight · ln P(a right candidate is chosen) with P(i) = soft-max of features · w (McFadden 1974).

    A pairwise fit sees only differences to chosen negatives; this one sees all candidates at once, and its soft-max is a share of probability.

    Args:
        choices: at least one.
        l2: ridge on the weights of the standardized features; the loss is a mean, so it does not depend on the number of queries.

    Returns:
        One weight a column, on the original scale.
    """
    features = np.vstack([choice.features for choice in choices])
    right = np.concatenate([choice.right for choice in choices])
    counts = np.array([len(choice.right) for choice in choices])
    starts = np.cumsum(counts) - counts
    weights = np.array([choice.weight for choice in choices])
    weights = weights / weights.sum()
    scale = features.std(axis=0)
    scale[scale == 0] = 1.0
    scaled = features / scale

    def loss(w: Floats) -> tuple[float, Floats]:
        scores = scaled @ w
        raised = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), counts))
        all_mass = np.add.reduceat(raised, starts)
        right_raised = np.where(right, raised, 0.0)
        right_mass = np.add.reduceat(right_raised, starts)
        pull = raised / np.repeat(all_mass, counts) - right_raised / np.repeat(right_mass, counts)
        gradient = scaled.T @ (pull * np.repeat(weights, counts)) + l2 * w
        return float(-(weights * np.log(right_mass / all_mass)).sum() + l2 * w @ w / 2), gradient

    with threadpool_limits(1):  # products this small cost more in threads than in arithmetic
        result = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return np.asarray(result.x / scale)


def fit_ridge_towards(features: Floats, labels: Floats, start: Floats, strength: float, weights: Floats | None = None) -> Floats:
    """Logistic regression whose weights are drawn to `start` instead of zero.

    Args:
        features: standardized, with a first column of ones, shape (n, columns).
        labels: 0 or 1, shape (n,).
        start: weights of the prior, intercept first.
        strength: λ of λ/2 · |w - start|², against a summed log loss: the number of labels it weighs as much as. The intercept is drawn ten times less.
        weights: what each label counts, shape (n,); None for one each.

    Returns:
        Weights, intercept first; `start` itself without labels.
    """
    counts = np.ones(len(labels)) if weights is None else weights
    pull = np.full(len(start), strength)
    pull[0] = strength / 10

    def loss(w: Floats) -> tuple[float, Floats]:
        logits = features @ w
        gap = w - start
        value = float((counts * (np.logaddexp(0.0, logits) - labels * logits)).sum() + (pull * gap * gap).sum() / 2)
        return value, features.T @ (counts * (1 / (1 + np.exp(-logits)) - labels)) + pull * gap

    with threadpool_limits(1):
        return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x)
