import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.channels import CHANNELS, Rows, Weighting
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES, confidence_features
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.parameters import Parameters, Thresholds
from faqbot.retrieval.ranking import Ranking, rank
from faqbot.retrieval.release import current_id, load_release
from faqbot.training.base import index_entries

N = len(CONFIDENCE_FEATURES)
QUERIES = ("환불은 며칠 걸리나요?", "카드 결제를 취소하고 싶어요", "택배가 안 와요", "수수료 얼마", "비밀번호", "환불 안 되나요", "결제")

weight = st.floats(-5, 5)
any_weights = st.lists(weight, min_size=len(CANDIDATE_FEATURES), max_size=len(CANDIDATE_FEATURES)).map(np.array)
any_model = st.builds(
    LogisticModel,
    st.tuples(*[weight] * N),
    st.tuples(*[st.floats(0.1, 10)] * N),
    st.tuples(*[weight] * N),
    weight,
)
any_features = st.lists(weight, min_size=N, max_size=N).map(np.array)
korean = st.text(st.one_of(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from(" 환불결제배송수료취소안못?!1aA")), max_size=30)


@pytest.fixture(scope="module")
def reader(analyzer: KiwiAnalyzer) -> Reader:
    return Reader(analyzer, Synonyms(()))


@pytest.fixture(scope="module")
def index(small_table: tuple[FaqEntry, ...], reader: Reader) -> Index:
    return index_entries(small_table, reader).index


def toggle(numbers: dict[str, object], name: str, value: object) -> None:
    """Take the name out, or put it in where it is not there."""
    if name in numbers:
        del numbers[name]
    else:
        numbers[name] = value


class Ranker:
    """Ranks queries in one index."""

    def __init__(self, index: Index, reader: Reader) -> None:
        self.index = index
        self.reader = reader

    def __call__(self, query: str, weights: Floats | None = None, exact: list[int] | None = None) -> Ranking:
        of_values = np.array([float(name.endswith(".value")) for name in CANDIDATE_FEATURES])
        return rank(
            self.reader.query(normalize(query)), self.index, of_values if weights is None else weights, exact=None if exact is None else np.array(exact)
        )


@pytest.fixture(scope="module")
def ranker(index: Index, reader: Reader) -> Ranker:
    return Ranker(index, reader)


def weight_on(feature: str) -> Floats:
    return np.array([float(name == feature) for name in CANDIDATE_FEATURES])


def column(ranking: Ranking, feature: str) -> Floats:
    return ranking.features[:, CANDIDATE_FEATURES.index(feature)]


def test_an_exact_question_comes_first_whatever_its_score(ranker: Ranker) -> None:
    last = int(ranker("환불 결제 취소").entries[-1])
    ranking = ranker("환불 결제 취소", exact=[last])
    assert ranking.entries[0] == last
    assert ranking.exact.tolist() == [True, *[False] * (len(ranking) - 1)]
    assert ranking.scores[0] < ranking.scores[1]


def test_exact_questions_are_ordered_by_score_among_themselves(ranker: Ranker) -> None:
    plain = ranker("환불 결제 취소").entries.tolist()
    assert ranker("환불 결제 취소", exact=sorted(plain[1:])).entries.tolist() == [*plain[1:], plain[0]]


def test_ties_are_broken_by_entry_order(ranker: Ranker) -> None:
    ranking = ranker("환불 결제 취소 배송 수수료", np.zeros(len(CANDIDATE_FEATURES)))
    assert len(ranking) > 3
    assert ranking.entries.tolist() == sorted(ranking.entries.tolist())


@given(any_weights, st.sampled_from(QUERIES))
def test_scores_fall_from_first_to_last(ranker: Ranker, weights: Floats, query: str) -> None:
    scores = ranker(query, weights).scores
    assert (np.diff(scores) <= 0).all()


@given(any_weights, st.sampled_from(QUERIES))
def test_arrays_of_a_ranking_are_in_one_order(ranker: Ranker, weights: Floats, query: str) -> None:
    ranking = ranker(query, weights)
    assert ranking.entries.tolist() == ranking.matches.entries[ranking.order].tolist()
    assert ranking.questions.tolist() == ranking.matches.questions[ranking.order].tolist()
    np.testing.assert_allclose(ranking.features @ weights, ranking.scores, atol=1e-9)


@given(any_weights, st.sampled_from(QUERIES))
def test_shares_sum_to_one_and_follow_the_scores(ranker: Ranker, weights: Floats, query: str) -> None:
    shares = ranker(query, weights).shares()
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    assert (np.diff(shares) <= 0).all()


def test_a_share_is_the_soft_max_of_the_scores(ranker: Ranker) -> None:
    ranking = ranker("환불 결제 취소")
    raised = [math.exp(score) for score in ranking.scores.tolist()]
    assert ranking.shares().tolist() == pytest.approx([part / sum(raised) for part in raised])


def test_without_candidates_there_are_no_shares(ranker: Ranker) -> None:
    ranking = ranker("뷁")
    assert len(ranking) == 0
    assert ranking.shares().tolist() == []
    assert ranking.features.shape == (0, len(CANDIDATE_FEATURES))


@pytest.mark.parametrize("names", [CANDIDATE_FEATURES, CONFIDENCE_FEATURES], ids=["candidate", "confidence"])
def test_feature_names_are_unique(names: tuple[str, ...]) -> None:
    assert len(set(names)) == len(names)


def test_candidate_features_are_named_after_the_channels() -> None:
    coverages = [channel for channel in CHANNELS if channel.weighting in {Weighting.OVERLAP, Weighting.SHARE}]
    expected = (
        *(f"{channel.name}.{part}" for part in ("value", "ratio", "rank") for channel in CHANNELS if channel not in coverages),
        *(channel.name for channel in coverages),
        *(f"stored_{channel.name}" for channel in coverages if channel.rows is Rows.QUESTIONS),
        "negation_differs",
        "length",
        "jamo",
        "stored_jamo",
        "jamo.ratio",
        "contradicted",
        "denied_alike",
        "said_alike",
        "sides_alike",
    )
    assert expected == CANDIDATE_FEATURES


def test_no_score_of_a_channel_is_a_confidence_feature_but_one_that_is_a_share() -> None:
    assert [name for name in CONFIDENCE_FEATURES if name.endswith(".value")] == ["canonical_bm25.value"]


@given(korean)
def test_features_are_finite_whatever_is_typed(ranker: Ranker, query: str) -> None:
    ranking = ranker(query)
    assert ranking.features.shape == (len(ranking), len(CANDIDATE_FEATURES))
    assert np.isfinite(ranking.features).all()
    if len(ranking):
        features = confidence_features(ranking, ranker.index)
        assert features.shape == (N,)
        assert np.isfinite(features).all()


@given(korean)
def test_shares_and_ranks_among_the_features_lie_between_zero_and_one(ranker: Ranker, query: str) -> None:
    ranking = ranker(query)
    bounded = [name for name in CANDIDATE_FEATURES if name != "length"]
    values = np.array([column(ranking, name) for name in bounded])
    assert ((values >= 0) & (values <= 1 + 1e-6)).all()


def test_the_best_candidate_of_a_channel_has_ratio_and_rank_one(ranker: Ranker) -> None:
    ranking = ranker("카드 결제 취소", weight_on("content.value"))
    assert column(ranking, "content.ratio")[0] == 1.0
    assert column(ranking, "content.rank")[0] == 1.0
    assert (column(ranking, "content.rank")[1:] <= 0.5).all()


@pytest.mark.parametrize(("query", "differs"), [("배송이 늦어요", 0.0), ("배송이 안 늦어요", 1.0)])
def test_a_denial_on_one_side_only_is_a_feature(ranker: Ranker, small_table: tuple[FaqEntry, ...], query: str, differs: float) -> None:
    ranking = ranker(query, weight_on("content.value"))
    assert small_table[ranking.entries[0]].question == "배송이 늦어요"
    assert column(ranking, "negation_differs")[0] == differs


def test_length_is_the_logarithm_of_stored_over_typed(ranker: Ranker) -> None:
    ranking = ranker("비밀번호")
    assert column(ranking, "length")[0] == pytest.approx(math.log((1 + len("비밀번호를잊어버렸어요")) / (1 + len("비밀번호"))))


def test_a_candidate_alone_is_as_far_ahead_as_can_be(small_table: tuple[FaqEntry, ...], reader: Reader) -> None:
    ranker = Ranker(index_entries(small_table[:1], reader).index, reader)
    ranking = ranker("환불 기간")
    assert len(ranking) == 1
    named = dict(zip(CONFIDENCE_FEATURES, confidence_features(ranking, ranker.index).tolist(), strict=True))
    assert (named["margin_fourth"], named["second_differs"], named["candidates"], named["agreement"]) == (8.0, 3.0, 0.0, 1.0)
    assert named["entropy"] == pytest.approx(0, abs=1e-9)


@given(any_model)
def test_a_logistic_model_survives_json(model: LogisticModel) -> None:
    assert LogisticModel.from_json(json.loads(json.dumps(model.to_json()))) == model


@given(any_model, any_features, st.integers(0, N - 1), st.floats(0.01, 5))
def test_probability_rises_with_a_feature_of_positive_weight(model: LogisticModel, features: Floats, place: int, step: float) -> None:
    more = features.copy()
    more[place] += step
    before, after = model.probability(features), model.probability(more)
    assert after >= before if model.weights[place] >= 0 else after <= before


@pytest.mark.parametrize("sign", [1, -1])
def test_probability_follows_the_sign_of_the_weight(sign: int) -> None:
    model = LogisticModel((0.0,) * N, (1.0,) * N, (float(sign), *(0.0,) * (N - 1)), 0.0)
    low, high = (model.probability(np.array([value, *[0.0] * (N - 1)])) for value in (-1.0, 1.0))
    assert (high > low) is (sign > 0)


def test_probability_is_the_logistic_function_of_the_standardized_features() -> None:
    model = LogisticModel((2.0,) * N, (4.0,) * N, (0.5, *(0.0,) * (N - 1)), -1.0)
    assert model.probability(np.full(N, 6.0)) == pytest.approx(1 / (1 + math.exp(-(-1.0 + 0.5 * (6.0 - 2.0) / 4.0))))


@pytest.mark.parametrize("value", [-1e300, -1e3, 1e3, 1e300])
def test_probability_is_never_quite_zero_or_one(value: float) -> None:
    model = LogisticModel((0.0,) * N, (1.0,) * N, (1.0,) * N, 0.0)
    assert 0 < model.probability(np.full(N, value)) < 1


@pytest.mark.parametrize("change", ["price", "entropy"], ids=["one more", "one fewer"])
def test_a_calibration_for_other_features_is_refused(change: str) -> None:
    data = LogisticModel((0.0,) * N, (1.0,) * N, (0.0,) * N, 0.0).to_json()
    toggle(data["features"], change, {"mean": 0.0, "scale": 1.0, "weight": 0.0})
    with pytest.raises(ReleaseError) as refusal:
        LogisticModel.from_json(data)
    assert str(refusal.value) == f"학습된 값의 특징 이름이 이 버전과 다릅니다: {change}. faqbot train 으로 다시 학습하세요."


@pytest.mark.parametrize("change", ["price", "length"], ids=["one more", "one fewer"])
def test_ranker_weights_for_other_features_are_refused(bot: Bot, change: str) -> None:
    data = bot.parameters.to_json()
    toggle(data["ranker"], change, 1.0)
    with pytest.raises(ReleaseError) as refusal:
        Parameters.from_json(data)
    assert str(refusal.value) == f"학습된 값의 특징 이름이 이 버전과 다릅니다: {change}. faqbot train 으로 다시 학습하세요."


def test_the_order_of_features_in_a_file_does_not_matter(bot: Bot) -> None:
    data = bot.parameters.to_json()
    backwards = {**data, "ranker": dict(reversed(data["ranker"].items()))}
    assert Parameters.from_json(backwards).ranker.tolist() == bot.parameters.ranker.tolist()


@given(any_weights, any_model, any_model, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_parameters_are_rounded_once_and_never_again(weights: Floats, first: LogisticModel, three: LogisticModel, answer: float, suggest: float) -> None:
    written = Parameters(weights, first, three, Thresholds(answer, suggest)).to_json()
    assert Parameters.from_json(json.loads(json.dumps(written))).to_json() == written


def test_parameters_are_rounded_to_six_digits(bot: Bot) -> None:
    precise = replace(bot.parameters, thresholds=Thresholds(answer=0.123456789, suggest=1 / 3, in_category=(("결제 > 환불", 2 / 3),)))
    assert precise.to_json()["thresholds"] == {"answer": 0.123457, "suggest": 0.333333, "in_category": {"결제 > 환불": 0.666667}}


@pytest.mark.parametrize("query", QUERIES)
def test_parameters_from_json_give_equal_replies(bot: Bot, trained_site: Path, analyzer: KiwiAnalyzer, query: str) -> None:
    release = load_release(trained_site / current_id(trained_site))
    again = replace(release, parameters=Parameters.from_json(json.loads(json.dumps(bot.parameters.to_json()))))
    assert again.bot(analyzer).ask(query, limit=10) == bot.ask(query, limit=10)
