import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.parameters import Targets
from faqbot.training.base import Base, index_entries, search_all
from faqbot.training.prior import Prior, examples, fit_prior, read_prior, shipped_prior

SHOP = {"refund": "환불 기간 안내", "cancel": "결제 취소 방법", "late": "배송 지연 사유", "coupon": "쿠폰 사용 방법", "points": "포인트 적립 기간"}
BANK = {"loan": "대출 금리 안내", "card": "카드 분실 신고", "limit": "이체 한도 변경", "close": "계좌 해지 방법", "otp": "인증서 발급 방법"}
FAR = ("오늘 점심 메뉴 추천", "내일 날씨 안내", "축구 경기 방법", "영화 추천 기간", "주말 여행 사유")


@pytest.fixture(scope="module")
def shipped() -> Prior:
    return shipped_prior()


def read_toy(name: str, questions: dict[str, str], reader: Reader) -> Base:
    """A base that is asked parts of its questions, and things that it does not answer; each answer speaks of another question."""
    others = [*list(questions.values())[1:], "문의 하기"]
    entries = tuple(FaqEntry(i, question, other) for (i, question), other in zip(questions.items(), others, strict=True))
    index = index_entries(entries, reader).index
    positions = {entry.id: position for position, entry in enumerate(entries)}
    asked = [LabelledQuery(" ".join(question.split()[a:b]), frozenset({i})) for i, question in questions.items() for a, b in ((0, 2), (1, 3), (0, 1))]
    outside = [LabelledQuery(f"{other} {question.split()[-1]}") for question in questions.values() for other in ("날씨", "축구")]
    far = tuple(LabelledQuery(text) for text in FAR)
    return Base(name, entries, index, search_all(index, positions, [*asked, *outside], reader), search_all(index, positions, far, reader))


@pytest.fixture(scope="module")
def toys(space_analyzer: Analyzer) -> list[Base]:
    reader = Reader(space_analyzer, Synonyms(()))
    return [read_toy("shop", SHOP, reader), read_toy("bank", BANK, reader)]


@pytest.fixture(scope="module")
def fitted(toys: list[Base]) -> Prior:
    return fit_prior(toys)


def test_the_shipped_prior_is_for_the_features_of_this_version(shipped: Prior) -> None:
    assert shipped.ranker.shape == (len(CANDIDATE_FEATURES),)
    assert len(shipped.first.weights) == len(shipped.three.weights) == len(CONFIDENCE_FEATURES)


def test_the_shipped_prior_says_which_bases_it_was_fitted_on(shipped: Prior) -> None:
    assert len(shipped.bases) > 1
    assert len(set(shipped.bases)) == len(shipped.bases)


def test_the_shipped_prior_has_finite_numbers_and_no_empty_scale(shipped: Prior) -> None:
    assert np.isfinite(shipped.ranker).all()
    for model in (shipped.first, shipped.three):
        assert np.isfinite((*model.mean, *model.scale, *model.weights, model.intercept)).all()
        assert min(model.scale) > 0


def test_thresholds_of_the_shipped_prior_ascend_with_the_target(shipped: Prior) -> None:
    assert all(low[0] < high[0] and low[1] <= high[1] for low, high in pairwise(shipped.thresholds))
    assert all(0 < number < 1 for pair in shipped.thresholds for number in pair)


def with_thresholds(prior: Prior) -> Prior:
    return replace(prior, thresholds=((0.8, 0.5), (0.9, 0.7), (0.95, 0.9)))


@pytest.mark.parametrize(
    ("target", "threshold"),
    [(0.8, 0.5), (0.85, 0.6), (0.9, 0.7), (0.9125, 0.75), (0.95, 0.9), (0.5, 0.5), (0.99, 0.9)],
    ids=["stored", "half way", "in the middle", "a quarter of the way", "last", "below the first", "above the last"],
)
def test_thresholds_between_two_targets_are_interpolated(shipped: Prior, target: float, threshold: float) -> None:
    assert with_thresholds(shipped).parameters(Targets(target, 0.3)).thresholds.answer == pytest.approx(threshold)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_higher_target_never_has_a_lower_threshold(shipped: Prior, one: float, other: float) -> None:
    low, high = (shipped.parameters(Targets(target, 0.3)).thresholds.answer for target in sorted((one, other)))
    assert low <= high


def test_a_category_has_the_threshold_of_its_own_target(shipped: Prior) -> None:
    prior = with_thresholds(shipped)
    thresholds = prior.parameters(Targets(0.8, 0.3, (("결제 > 환불", 0.9), ("배송", 0.925)))).thresholds
    assert thresholds.in_category == (("결제 > 환불", prior.threshold(0.9)), ("배송", pytest.approx(0.8)))
    assert thresholds.answer == prior.threshold(0.8) == 0.5


def test_without_targets_of_categories_no_category_has_its_own_threshold(shipped: Prior) -> None:
    assert shipped.parameters(Targets(0.9, 0.3)).thresholds.in_category == ()


def test_a_prior_is_served_with_its_own_models(shipped: Prior) -> None:
    parameters = shipped.parameters(Targets(0.9, 0.3))
    assert (parameters.first, parameters.three) == (shipped.first, shipped.three)
    assert parameters.ranker.tolist() == shipped.ranker.tolist()


def test_the_suggest_threshold_is_taken_over_as_it_is(shipped: Prior) -> None:
    assert shipped.parameters(Targets(0.9, 0.123)).thresholds.suggest == 0.123


@pytest.mark.parametrize("which", ["shipped", "fitted"])
def test_a_prior_survives_json(which: str, request: pytest.FixtureRequest) -> None:
    written = request.getfixturevalue(which).to_json()
    assert Prior.from_json(json.loads(json.dumps(written))).to_json() == written


def test_a_prior_survives_a_file(shipped: Prior, tmp_path: Path) -> None:
    path = tmp_path / "prior.json"
    path.write_text(json.dumps(shipped.to_json(), ensure_ascii=False), encoding="utf-8")
    assert read_prior(path).to_json() == shipped.to_json()


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '"prior"', "{}", '{"bases": []}', '{"ranker": 1}', "\ufffd\x00"], ids=lambda text: text or "empty")
def test_a_file_that_is_no_prior_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prior.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError) as refusal:
        read_prior(path)
    assert str(refusal.value) == f"{path}: 사전 학습값 파일이 아닙니다. faqbot fit-prior 로 만든 파일을 주세요."


@pytest.mark.parametrize("part", ["ranker", "first", "three", "thresholds", "bases"])
def test_a_prior_that_lacks_a_part_is_refused(shipped: Prior, tmp_path: Path, part: str) -> None:
    path = tmp_path / "prior.json"
    path.write_text(json.dumps({name: value for name, value in shipped.to_json().items() if name != part}), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"사전 학습값 파일이 아닙니다\. faqbot fit-prior"):
        read_prior(path)


@pytest.mark.parametrize("thresholds", [[], [["높음", "낮음"]], [[0.9]], [[0.9, 0.8], [0.8, 0.7]]], ids=["none", "words", "half", "descending"])
def test_a_prior_without_usable_thresholds_is_refused(shipped: Prior, tmp_path: Path, thresholds: list) -> None:
    path = tmp_path / "prior.json"
    path.write_text(json.dumps({**shipped.to_json(), "thresholds": thresholds}), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"사전 학습값 파일이 아닙니다\. faqbot fit-prior"):
        read_prior(path)


def test_a_prior_for_other_features_is_refused(shipped: Prior, tmp_path: Path) -> None:
    path, data = tmp_path / "prior.json", shipped.to_json()
    data["ranker"]["price"] = 1.0
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ReleaseError) as refusal:
        read_prior(path)
    assert str(refusal.value) == "학습된 값의 특징 이름이 이 버전과 다릅니다: price. faqbot train 으로 다시 학습하세요."


def test_a_prior_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="사전 학습값 파일이 아닙니다"):
        read_prior(tmp_path / "nowhere.json")


def test_a_fit_names_its_bases(fitted: Prior) -> None:
    assert fitted.bases == ("shop", "bank")


def test_a_fit_is_deterministic(fitted: Prior, toys: list[Base]) -> None:
    assert fit_prior(toys).to_json() == fitted.to_json()


def test_a_fitted_ranker_puts_right_entries_first(fitted: Prior, toys: list[Base]) -> None:
    judged = [example.first for base in toys for example in examples([search for search in base.searches if search.right], fitted.ranker)]
    assert np.mean(judged) > 0.8


def test_a_fitted_calibration_is_surer_of_right_candidates_than_of_wrong_ones(fitted: Prior, toys: list[Base]) -> None:
    found = [example for base in toys for example in examples([*base.searches, *base.far], fitted.ranker)]
    right, wrong = ([fitted.first.probability(e.features) for e in found if e.first is first] for first in (True, False))
    assert np.mean(right) > np.mean(wrong) + 0.2


def test_fitted_thresholds_ascend_with_the_target(fitted: Prior) -> None:
    assert [target for target, _ in fitted.thresholds] == [0.8, 0.85, 0.9, 0.95, 0.97, 0.99]
    assert [value for _, value in fitted.thresholds] == sorted(value for _, value in fitted.thresholds)


def test_one_base_alone_can_be_fitted(toys: list[Base]) -> None:
    assert fit_prior(toys[:1]).bases == ("shop",)


def test_examples_leave_out_queries_without_candidates(toys: list[Base], fitted: Prior, space_analyzer: Analyzer) -> None:
    reader = Reader(space_analyzer, Synonyms(()))
    searches = search_all(toys[0].index, {}, [LabelledQuery("뷁뚫꿿"), LabelledQuery("환불")], reader)
    assert len(examples(searches, fitted.ranker)) == 1


def test_examples_know_whether_the_first_and_one_of_three_is_right(toys: list[Base], fitted: Prior) -> None:
    search = next(search for search in toys[0].searches if len(search.matches.entries) > 3)
    (plain,) = examples([replace(search, right=frozenset())], fitted.ranker)
    assert (plain.first, plain.three) == (False, False)
    found = [examples([replace(search, right=frozenset({entry}))], fitted.ranker)[0] for entry in search.matches.entries.tolist()]
    assert sum(example.first for example in found) == 1
    assert sum(example.three for example in found) == 3
    assert all(example.three for example in found if example.first)
