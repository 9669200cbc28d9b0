import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.retrieval.lexicon import Floats
from faqbot.training.solvers import Choice, fit_conditional_logit, fit_ridge_towards

PLANTED = np.array([2.0, -1.0, 0.5, 0.0])


def draw_choices(n: int, seed: int, weights: Floats = PLANTED) -> list[Choice]:
    """Queries with six candidates each, of which the one is right that the planted weights choose by their soft-max."""
    rng = np.random.default_rng(seed)
    choices = []
    for _ in range(n):
        features = rng.normal(size=(6, len(weights)))
        raised = np.exp(features @ weights)
        choices.append(Choice(features, np.arange(6) == rng.choice(6, p=raised / raised.sum()), 1.0))
    return choices


def draw_labels(n: int, seed: int, weights: Floats) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    features = np.column_stack((np.ones(n), rng.normal(size=(n, len(weights) - 1))))
    return features, (rng.random(n) < 1 / (1 + np.exp(-features @ weights))).astype(np.float64)


def choice_loss(choices: list[Choice], weights: Floats, l2: float) -> float:
    """What the conditional logit minimises, written down once more."""
    scale = np.vstack([choice.features for choice in choices]).std(axis=0)
    chosen = [np.exp(choice.features @ weights) for choice in choices]
    surprise = [-np.log(raised[choice.right].sum() / raised.sum()) for raised, choice in zip(chosen, choices, strict=True)]
    return float(np.average(surprise, weights=[choice.weight for choice in choices]) + l2 * ((weights * scale) ** 2).sum() / 2)


def ridge_loss(features: Floats, labels: Floats, start: Floats, strength: float, weights: Floats) -> float:
    """What the ridge towards a start minimises, written down once more."""
    chances = 1 / (1 + np.exp(-features @ weights))
    pull = np.array([strength / 10, *[strength] * (len(start) - 1)])
    return float(-np.log(np.where(labels == 1, chances, 1 - chances)).sum() + (pull * (weights - start) ** 2).sum() / 2)


def steps(n: int) -> list[Floats]:
    """A small step up and down along each weight."""
    return [sign * 0.01 * axis for axis in np.eye(n) for sign in (1, -1)]


@pytest.mark.parametrize("l2", [0.001, 0.1, 1.0])
def test_no_weights_near_those_of_the_conditional_logit_are_better(l2: float) -> None:
    choices = [Choice(choice.features, choice.right, 1.0 + n % 3) for n, choice in enumerate(draw_choices(100, seed=15))]
    found = fit_conditional_logit(choices, l2)
    assert min(choice_loss(choices, found + step, l2) for step in steps(len(found))) > choice_loss(choices, found, l2)


@pytest.mark.parametrize("strength", [1.0, 20.0, 300.0])
def test_no_weights_near_those_of_the_ridge_are_better(strength: float) -> None:
    start = np.array([0.3, 1.0, -1.0])
    features, labels = draw_labels(80, 16, -start)
    found = fit_ridge_towards(features, labels, start, strength)
    assert min(ridge_loss(features, labels, start, strength, found + step) for step in steps(3)) > ridge_loss(features, labels, start, strength, found)


def test_the_conditional_logit_recovers_planted_weights() -> None:
    found = fit_conditional_logit(draw_choices(4000, seed=1), l2=1e-6)
    np.testing.assert_allclose(found, PLANTED, atol=0.15)


def test_the_conditional_logit_recovers_a_planted_order() -> None:
    found = fit_conditional_logit(draw_choices(300, seed=2), l2=0.01)
    agreed = [np.argmax(choice.features @ found) == np.argmax(choice.features @ PLANTED) for choice in draw_choices(200, seed=3)]
    assert np.mean(agreed) > 0.9


def test_a_feature_that_never_differs_has_no_weight() -> None:
    choices = [Choice(np.column_stack((choice.features, np.full(6, 7.0))), choice.right, 1.0) for choice in draw_choices(100, seed=4)]
    assert fit_conditional_logit(choices, l2=0.01)[-1] == pytest.approx(0)


def test_the_unit_of_a_feature_does_not_matter() -> None:
    choices, units = draw_choices(200, seed=5), np.array([1000.0, 1.0, 0.01, 1.0])
    in_other_units = [Choice(choice.features * units, choice.right, 1.0) for choice in choices]
    np.testing.assert_allclose(fit_conditional_logit(in_other_units, l2=0.01) * units, fit_conditional_logit(choices, l2=0.01), atol=1e-3)


def test_a_query_of_twice_the_weight_counts_as_two() -> None:
    choices = draw_choices(60, seed=6)
    heavy = [Choice(choices[0].features, choices[0].right, 2.0), *choices[1:]]
    np.testing.assert_allclose(fit_conditional_logit(heavy, l2=0.01), fit_conditional_logit([choices[0], *choices], l2=0.01), atol=1e-3)


def test_more_queries_of_the_same_kind_leave_the_ridge_as_strong_as_it_was() -> None:
    choices = draw_choices(60, seed=7)
    np.testing.assert_allclose(fit_conditional_logit(choices * 5, l2=0.1), fit_conditional_logit(choices, l2=0.1), atol=1e-3)


def test_a_stronger_ridge_gives_smaller_weights() -> None:
    choices = draw_choices(200, seed=8)
    lengths = [float(np.linalg.norm(fit_conditional_logit(choices, l2))) for l2 in (0.001, 0.1, 100.0)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] < 0.1


def test_any_of_several_right_candidates_will_do() -> None:
    rng = np.random.default_rng(9)
    choices = [Choice(features, features[:, 0] > np.median(features[:, 0]), 1.0) for features in rng.normal(size=(200, 6, 2))]
    first, second = fit_conditional_logit(choices, l2=0.01)
    assert first > 1
    assert abs(second) < 0.3


def test_queries_may_have_different_numbers_of_candidates() -> None:
    choices = [Choice(choice.features[: 2 + n % 5], np.arange(2 + n % 5) == 0, 1.0) for n, choice in enumerate(draw_choices(50, seed=10))]
    assert np.isfinite(fit_conditional_logit(choices, l2=0.01)).all()


def test_the_conditional_logit_is_the_same_at_every_call() -> None:
    choices = draw_choices(100, seed=11)
    assert fit_conditional_logit(choices, l2=0.01).tolist() == fit_conditional_logit(choices, l2=0.01).tolist()


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6).map(np.array), st.floats(0.1, 100))
def test_without_labels_the_start_is_returned(start: Floats, strength: float) -> None:
    assert fit_ridge_towards(np.empty((0, len(start))), np.empty(0), start, strength).tolist() == start.tolist()


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_labels_move_the_weights_to_their_side(label: float) -> None:
    start, features = np.array([0.2, -0.5]), np.array([[1.0, 1.0]] * 10)
    moved = fit_ridge_towards(features, np.full(10, label), start, strength=20.0)
    assert ((moved - start > 0) == (label == 1.0)).all()


def test_labels_that_the_start_predicts_hardly_move_it() -> None:
    start = np.array([-0.5, 1.5, -1.0])
    features, labels = draw_labels(4000, 12, start)
    np.testing.assert_allclose(fit_ridge_towards(features, labels, start, strength=20.0), start, atol=0.15)


def test_many_labels_outweigh_the_start() -> None:
    truth = np.array([0.5, -1.5, 1.0])
    features, labels = draw_labels(8000, 13, truth)
    np.testing.assert_allclose(fit_ridge_towards(features, labels, -truth, strength=20.0), truth, atol=0.15)


def test_a_stronger_pull_stays_closer_to_the_start() -> None:
    start = np.array([0.0, 1.0, 1.0])
    features, labels = draw_labels(50, 14, -start)
    distances = [float(np.linalg.norm(fit_ridge_towards(features, labels, start, strength) - start)) for strength in (1.0, 20.0, 1000.0)]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.1


def test_the_intercept_is_drawn_ten_times_less() -> None:
    features = np.array([[1.0, 1.0]] * 30)
    intercept, weight = fit_ridge_towards(features, np.ones(30), np.zeros(2), strength=20.0)
    assert intercept == pytest.approx(10 * weight, rel=1e-3)
