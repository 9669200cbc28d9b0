from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import confidence_features
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.parameters import Parameters, Targets
from faqbot.training.base import Search, index_entries, search_all
from faqbot.training.prior import Prior, ranked, shipped_prior
from faqbot.training.refit import ENOUGH, FOLDS, LOWEST_ANSWER, answer_threshold, folds, refit, threshold_for

ENTRIES = (
    FaqEntry("refund", "환불 기간", "카드 결제 삼 일"),
    FaqEntry("cancel", "결제 취소 방법", "내 주문 에서 취소"),
    FaqEntry("late", "배송 지연", "이틀 안에 도착"),
)
TARGETS = Targets(precision=0.9, suggest=0.3)
QUERIES = ("환불 언제", "환불 기간 문의", "결제 취소", "취소 방법 문의", "배송 언제", "배송 지연 문의", "카드 문의", "환불 결제")


@pytest.fixture(scope="module")
def prior() -> Prior:
    return shipped_prior()


class Searcher:
    """Searches queries in the three entries, each labelled as its first candidate says or otherwise."""

    def __init__(self, reader: Reader, prior: Prior) -> None:
        self._reader = reader
        self._prior = prior
        self._index = index_entries(ENTRIES, reader).index

    def __call__(self, *queries: str, right: bool = True) -> list[Search]:
        found = search_all(self._index, {}, [LabelledQuery(query) for query in queries], self._reader)
        return [replace(search, right=frozenset(self.first(search)) if right else frozenset()) for search in found]

    def first(self, search: Search) -> list[int]:
        """The entry that the prior ranks first, or none."""
        return ranked(search, self._prior.ranker).entries[:1].tolist()

    def features(self, query: str) -> Floats:
        (search,) = self(query)
        return confidence_features(ranked(search, self._prior.ranker), self._index)


@pytest.fixture(scope="module")
def search(space_analyzer: Analyzer, prior: Prior) -> Searcher:
    return Searcher(Reader(space_analyzer, Synonyms(())), prior)


def assert_equal(found: Parameters, expected: Parameters) -> None:
    assert found.to_json() == expected.to_json()


def test_without_labels_the_prior_stays(prior: Prior) -> None:
    assert_equal(refit(prior, [], TARGETS), prior.parameters(TARGETS))


def test_a_query_without_candidates_teaches_nothing(prior: Prior, search: Searcher) -> None:
    assert_equal(refit(prior, search("뷁뚫꿿", "쀍"), TARGETS), prior.parameters(TARGETS))


@pytest.mark.parametrize("model", ["first", "three"])
@pytest.mark.parametrize("right", [True, False])
def test_labels_move_the_confidence_to_their_side(prior: Prior, search: Searcher, model: str, right: bool) -> None:
    moved = refit(prior, search(*QUERIES, right=right), TARGETS)
    for query in QUERIES:
        before, after = (getattr(parameters, model).probability(search.features(query)) for parameters in (prior, moved))
        assert after > before if right else after < before


def test_more_labels_move_it_further(prior: Prior, search: Searcher) -> None:
    features = search.features(QUERIES[0])
    confidences = [refit(prior, search(*QUERIES, right=False) * times, TARGETS).first.probability(features) for times in (1, 3, 20)]
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[-1] < 0.1


def test_the_right_entry_among_three_moves_that_model_alone(prior: Prior, search: Searcher) -> None:
    (found,) = search("환불 결제 문의")
    order = ranked(found, prior.ranker).entries.tolist()
    assert len(order) > 1
    moved = refit(prior, [replace(found, right=frozenset({order[1]}))] * 20, TARGETS)
    features = search.features("환불 결제 문의")
    assert moved.first.probability(features) < prior.first.probability(features)
    assert moved.three.probability(features) > moved.first.probability(features)


def test_the_ranker_and_the_standardization_stay(prior: Prior, search: Searcher) -> None:
    moved = refit(prior, search(*QUERIES, right=False), TARGETS)
    assert moved.ranker.tolist() == prior.ranker.tolist()
    assert (moved.first.mean, moved.first.scale) == (prior.first.mean, prior.first.scale)


def test_few_labels_leave_the_answer_threshold(prior: Prior, search: Searcher) -> None:
    labelled = search(*(QUERIES * ENOUGH)[: ENOUGH - 1])
    assert refit(prior, labelled, TARGETS).thresholds == prior.parameters(TARGETS).thresholds


@pytest.fixture(scope="module")
def labelled(search: Searcher) -> list[Search]:
    """Enough of them, three in four right."""
    found = []
    for i in range(ENOUGH):
        found += search(QUERIES[i % len(QUERIES)], right=i % 4 > 0)
    return found


def test_enough_labels_set_the_answer_threshold_by_parameters_that_never_saw_them(prior: Prior, labelled: list[Search]) -> None:
    targets = Targets(0.85, 0.3, (("결제", 0.95), ("배송", 0.8)))
    confidences, right = np.zeros(len(labelled)), np.zeros(len(labelled), dtype=np.bool_)
    for fold in folds(len(labelled)):
        moved = refit(prior, [search for i, search in enumerate(labelled) if i not in fold], targets)
        for i in fold:
            ranking = ranked(labelled[i], prior.ranker)
            confidences[i] = moved.first.probability(confidence_features(ranking, labelled[i].index))
            right[i] = ranking.entries[0] in labelled[i].right
    found = refit(prior, labelled, targets).thresholds
    assert found.answer == pytest.approx(answer_threshold(confidences, right, 0.85), abs=1e-6)
    assert dict(found.in_category) == pytest.approx(
        {"결제": answer_threshold(confidences, right, 0.95), "배송": answer_threshold(confidences, right, 0.8)}, abs=1e-6
    )
    assert found.suggest == 0.3


def test_labels_never_make_the_bot_answer_what_is_hardly_likelier_than_not(prior: Prior, search: Searcher) -> None:
    thresholds = refit(prior, search(*(QUERIES * ENOUGH)[: ENOUGH * 2]), Targets(0.5, 0.3, (("결제", 0.4),))).thresholds
    assert thresholds.answer >= LOWEST_ANSWER
    assert thresholds.in_category[0][1] >= LOWEST_ANSWER


def test_few_labels_leave_the_thresholds_of_categories(prior: Prior, search: Searcher) -> None:
    targets = Targets(0.9, 0.3, (("결제 > 환불", 0.97),))
    assert refit(prior, search(*QUERIES), targets).thresholds == prior.parameters(targets).thresholds


def test_the_far_pool_lowers_the_confidence_of_what_is_far(prior: Prior, search: Searcher) -> None:
    right, far = search(*QUERIES), search("오늘 점심 방법", "축구 경기 언제", right=False)
    features = search.features("축구 경기 언제")
    alone, beside = (refit(prior, right, TARGETS, beyond).first.probability(features) for beyond in ([], far))
    assert beside < alone


def test_a_larger_far_pool_weighs_no_more(prior: Prior, search: Searcher) -> None:
    right, far = search(*QUERIES), search("오늘 점심 방법", "축구 경기 언제", right=False)
    once, thrice = (refit(prior, right, TARGETS, far * times) for times in (1, 3))
    np.testing.assert_allclose(once.first.weights, thrice.first.weights, atol=1e-4)


def test_a_far_pool_without_labels_teaches_nothing(prior: Prior, search: Searcher) -> None:
    assert_equal(refit(prior, [], TARGETS, search("축구 경기 언제", right=False)), prior.parameters(TARGETS))


@pytest.mark.parametrize("labels", [0, 5, ENOUGH])
def test_the_suggest_threshold_is_taken_over_as_it_is(prior: Prior, search: Searcher, labels: int) -> None:
    assert refit(prior, search(*(QUERIES * ENOUGH)[:labels]), Targets(0.9, 0.456)).thresholds.suggest == 0.456


def test_the_order_of_labels_does_not_matter(prior: Prior, search: Searcher) -> None:
    labelled = [*search(*QUERIES[:4]), *search(*QUERIES[4:], right=False)]
    one, other = refit(prior, labelled, TARGETS), refit(prior, labelled[::-1], TARGETS)
    np.testing.assert_allclose(one.first.weights, other.first.weights, atol=1e-4)


def test_a_refit_is_the_same_at_every_call(prior: Prior, search: Searcher) -> None:
    labelled = search(*QUERIES)
    assert_equal(refit(prior, labelled, TARGETS), refit(prior, labelled, TARGETS))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60).map(np.array), st.floats(0.05, 0.99))
def test_answers_at_the_threshold_reach_the_target(confidences: Floats, target: float) -> None:
    threshold = threshold_for(confidences, target)
    answered = confidences[confidences >= threshold]
    assert not len(answered) or answered.mean() >= target - 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60).map(np.array), st.floats(0.05, 0.99))
def test_no_lower_threshold_would_reach_the_target(confidences: Floats, target: float) -> None:
    threshold = threshold_for(confidences, target)
    lower = [c for c in confidences.tolist() if c < threshold and confidences[confidences >= c].mean() >= target + 1e-9]
    assert lower == []


def test_a_target_out_of_reach_is_the_threshold_itself() -> None:
    assert threshold_for(np.array([0.5, 0.4]), 0.9) == 0.9


def test_a_higher_target_never_lowers_the_threshold() -> None:
    confidences = np.random.default_rng(0).random(200)
    thresholds = [threshold_for(confidences, target) for target in (0.6, 0.7, 0.8, 0.9, 0.95)]
    assert thresholds == sorted(thresholds)


@given(st.integers(0, 200), st.integers(1, 10))
def test_folds_share_out_every_position_once(n: int, k: int) -> None:
    parts = folds(n, k)
    assert sorted(position for part in parts for position in part) == list(range(n))
    assert len(parts) == min(k, n)
    assert max(map(len, parts), default=0) - min(map(len, parts), default=0) <= 1


def test_folds_are_shuffled_and_the_same_at_every_call() -> None:
    assert folds(100) == folds(100)
    assert len(folds(100)) == FOLDS
    assert folds(100)[0] != list(range(0, 100, FOLDS))


def test_the_moved_models_are_plain_numbers(prior: Prior, search: Searcher) -> None:
    moved = refit(prior, search(*QUERIES), TARGETS)
    assert all(type(number) is float for model in (moved.first, moved.three) for number in (*model.weights, model.intercept))
    assert LogisticModel.from_json(moved.first.to_json()) == moved.first
