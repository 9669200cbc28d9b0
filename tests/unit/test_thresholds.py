"""Thresholds by category, from the setting to the decision, and the bound behind them once answers were measured."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from faqbot.bootstrap.parts import build_bot
from faqbot.bootstrap.training import train_release
from faqbot.corpus.read import read_faq
from faqbot.domain import Level, Outcome, Reason
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.parameters import Parameters, Targets, Thresholds
from faqbot.retrieval.release import Release, current_id, load_release
from faqbot.settings import load_settings
from faqbot.training.base import untracked
from faqbot.training.refit import LOWEST_ANSWER, MEASURED, answer_threshold, threshold_for
from faqbot.training.solvers import Bools

#: ln(p / (1 - p)) of 95 %.
SURE = 2.944
CATEGORIES = (("결제", 0.97), ("결제 > 환불", 0.9), ("결제 > 환불 > 카드", 0.99), ("배송", 0.5))


# --- which threshold


@pytest.mark.parametrize(
    ("category", "answer"),
    [
        (("결제",), 0.97),
        (("결제", "취소"), 0.97),
        (("결제", "취소", "카드"), 0.97),
        (("결제", "환불"), 0.9),
        (("결제", "환불", "계좌"), 0.9),
        (("결제", "환불", "카드"), 0.99),
        (("결제", "환불", "카드", "해외"), 0.99),
        (("배송",), 0.5),
        (("계정",), 0.8),
        (("환불",), 0.8),
        (("환불", "결제"), 0.8),
        (("결", "환불"), 0.8),
        (("결제수단",), 0.8),
        ((), 0.8),
    ],
    ids=lambda value: " > ".join(value) if isinstance(value, tuple) else str(value),
)
def test_the_deepest_part_of_a_category_that_has_a_threshold_wins(category: tuple[str, ...], answer: float) -> None:
    assert Thresholds(0.8, 0.3, CATEGORIES).within(category).answer == answer


@given(st.permutations(CATEGORIES), st.lists(st.sampled_from(["결제", "환불", "카드", "배송"]), max_size=4))
def test_the_order_of_categories_does_not_matter(categories: list[tuple[str, float]], category: list[str]) -> None:
    assert Thresholds(0.8, 0.3, tuple(categories)).within(category).answer == Thresholds(0.8, 0.3, CATEGORIES).within(category).answer


@given(st.lists(st.sampled_from(["결제", "환불", "배송"]), max_size=4))
def test_a_category_never_changes_the_suggest_threshold(category: list[str]) -> None:
    assert Thresholds(0.8, 0.321, CATEGORIES).within(category).suggest == 0.321


def test_without_thresholds_of_categories_all_entries_have_the_same() -> None:
    thresholds = Thresholds(0.8, 0.3)
    assert thresholds.within(("결제", "환불")) is thresholds


def test_thresholds_of_categories_survive_json(bot: Bot) -> None:
    parameters = replace(bot.parameters, thresholds=Thresholds(0.8, 0.3, CATEGORIES))
    read = Parameters.from_json(json.loads(json.dumps(parameters.to_json(), sort_keys=True)))
    assert dict(read.thresholds.in_category) == dict(CATEGORIES)


# --- what the bot makes of it


@pytest.fixture(scope="module")
def release(trained_site: Path) -> Release:
    return load_release(trained_site / current_id(trained_site))


Deciding = Callable[[Mapping[str, float]], Bot]


@pytest.fixture(scope="module")
def deciding(release: Release, analyzer: KiwiAnalyzer) -> Deciding:
    """A bot that holds every first candidate for 95 % sure and answers from 90 %, but for some categories."""
    n = len(CONFIDENCE_FEATURES)
    sure = LogisticModel((0.0,) * n, (1.0,) * n, (0.0,) * n, SURE)

    def make(in_category: Mapping[str, float]) -> Bot:
        parameters = replace(release.parameters, first=sure, three=sure, thresholds=Thresholds(0.9, 0.3, tuple(in_category.items())))
        return replace(release, parameters=parameters).bot(analyzer)

    return make


#: Query → the entry that comes first, none typed as it is stored.
QUERIES = {"환불 며칠 걸려요": "refund", "취소하고 싶어요": "cancel", "배송이 너무 늦어요": "late", "비밀번호를 잊어버렸습니다": "password"}


def outcomes(bot: Bot) -> dict[str, Outcome]:
    """Entry → what is done where it comes first."""
    replies = {entry: bot.ask(query) for query, entry in QUERIES.items()}
    assert [reply.candidates[0].id for reply in replies.values()] == list(replies)
    return {entry: reply.outcome for entry, reply in replies.items()}


@pytest.mark.parametrize(
    ("in_category", "suggested"),
    [
        ({}, set()),
        ({"결제": 0.97}, {"refund", "cancel"}),
        ({"결제 > 환불": 0.97}, {"refund"}),
        ({"결제": 0.97, "결제 > 환불": 0.9}, {"cancel"}),
        ({"결제": 0.9, "결제 > 취소": 0.97}, {"cancel"}),
        ({"결제 > 환불 > 카드": 0.97}, set()),
        ({"환불": 0.97, "없는 분류": 0.99}, set()),
        ({"배송": 0.97, "계정": 0.96}, {"late", "password"}),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_a_candidate_in_a_category_with_a_higher_threshold_is_suggested_where_another_is_answered(
    deciding: Deciding, in_category: dict[str, float], suggested: set[str]
) -> None:
    expected = {entry: Outcome.SUGGEST if entry in suggested else Outcome.ANSWER for entry in QUERIES.values()}
    assert outcomes(deciding(in_category)) == expected


def test_a_category_with_a_lower_threshold_is_answered_where_others_are_suggested(deciding: Deciding) -> None:
    strict = deciding({"결제": 0.97, "배송": 0.97, "계정": 0.97, "결제 > 환불": 0.5})
    assert outcomes(strict) == {"refund": Outcome.ANSWER, "cancel": Outcome.SUGGEST, "late": Outcome.SUGGEST, "password": Outcome.SUGGEST}


def test_a_category_changes_the_decision_and_not_the_confidence(deciding: Deciding) -> None:
    plain, strict = (deciding(in_category).ask("환불 며칠 걸려요") for in_category in ({}, {"결제": 0.97}))
    assert (plain.reason, plain.level, plain.shown) == (Reason.CONFIDENT, Level.HIGH, 1)
    assert (strict.reason, strict.level, strict.shown) == (Reason.SEVERAL_LIKELY, Level.MEDIUM, 3)
    assert strict.candidates == plain.candidates


def test_the_category_of_the_first_candidate_counts_whatever_category_was_asked_for(deciding: Deciding) -> None:
    bot = deciding({"결제 > 환불": 0.97})
    assert bot.ask("환불 며칠 걸려요", category=("결제",)).outcome is Outcome.SUGGEST


def test_a_stored_question_is_answered_in_any_category(deciding: Deciding) -> None:
    reply = deciding({"결제": 0.99}).ask("환불은 며칠 걸리나요?")
    assert (reply.outcome, reply.reason) == (Outcome.ANSWER, Reason.EXACT)


def test_nothing_found_has_no_category(deciding: Deciding) -> None:
    assert deciding({"결제": 0.97}).ask("뷁뚫꿿").reason is Reason.NOTHING_KNOWN


# --- from the setting to the decision


@pytest.mark.slow
def test_a_setting_reaches_the_release_and_the_decision(tmp_path: Path, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same table as that of `bot`, which knows no categories: cancelling falls between the two thresholds, and lateness has the general one."""
    table = tmp_path / "faq.csv"
    rows = [f'{e.id},{e.question},"{e.answer}",{">".join(e.category)},{"|".join(e.alternate_questions)}' for e in bot.entries if e.id != "event"]
    table.write_text("\n".join(["id,question,answer,category,alternate_questions", *rows]), encoding="utf-8")
    monkeypatch.setenv("FAQBOT_CATEGORY_PRECISION", '{"결제": 0.99, "결제>환불": 0.8, "계정": 0.95}')
    settings = load_settings({"models": tmp_path / "models", "target_precision": 0.8})

    done = train_release(read_faq(table), None, settings, track=untracked)
    thresholds = json.loads((done.folder / "manifest.json").read_bytes())["thresholds"]
    assert set(thresholds["in_category"]) == {"결제", "결제 > 환불", "계정"}
    assert thresholds["in_category"]["결제 > 환불"] == thresholds["answer"] < thresholds["in_category"]["계정"] < thresholds["in_category"]["결제"]

    trained = build_bot(settings)
    cancel, refund, late = (trained.ask(query) for query in ("취소하고 싶어요", "환불 며칠 걸려요", "배송이 너무 늦어요"))
    assert thresholds["answer"] <= cancel.confidence < thresholds["in_category"]["결제"]
    assert (cancel.outcome, refund.outcome, late.outcome) == (Outcome.SUGGEST, Outcome.ANSWER, Outcome.ANSWER)


# --- the bound


def judged(*groups: tuple[int, int, float]) -> tuple[Floats, Bools]:
    """Confidences and whether they are right, from (how many, of them right, confidence)."""
    confidences = np.repeat([confidence for _, _, confidence in groups], [n for n, _, _ in groups])
    right = np.concatenate([np.arange(n) < n_right for n, n_right, _ in groups])
    return confidences, right


def lower(right: Bools) -> float:
    """The one-sided 95 % bound of Clopper and Pearson."""
    return float(beta.ppf(0.05, right.sum(), len(right) - right.sum() + 1)) if right.any() else 0.0


def test_below_enough_answers_the_calibrated_confidences_decide_whatever_was_right() -> None:
    for right in (0, MEASURED - 1):
        assert answer_threshold(*judged((MEASURED - 1, right, 0.95)), 0.9) == 0.95


def test_answers_that_are_wrong_more_often_than_they_say_are_cut_off() -> None:
    confidences, right = judged((MEASURED, MEASURED, 0.99), (100, 40, 0.98))
    assert threshold_for(confidences, 0.9) == 0.98
    assert answer_threshold(confidences, right, 0.9) == 0.99


def test_answers_that_are_right_more_often_than_they_say_are_given() -> None:
    confidences, right = judged((MEASURED, MEASURED, 0.95), (100, 100, 0.72))
    assert threshold_for(confidences, 0.9) == 0.95
    assert answer_threshold(confidences, right, 0.9) == 0.72


def test_it_is_the_bound_that_must_reach_the_target_and_not_the_share() -> None:
    """187 of 200 are 93.5 %, of which 89.9 % are certain; with 188 it is 90.5 %."""
    for right, threshold in ((187, 0.98), (188, 0.95)):
        confidences, was_right = judged((100, 100, 0.98), (100, right - 100, 0.95))
        assert answer_threshold(confidences, was_right, 0.9) == threshold


def test_one_answer_more_turns_measuring_on() -> None:
    few, enough = (judged((100, 100, 0.99), (n, 0, 0.97)) for n in (MEASURED - 101, MEASURED - 100))
    assert (answer_threshold(*few, 0.9), answer_threshold(*enough, 0.9)) == (0.97, 0.99)


def test_equal_confidences_are_answered_together() -> None:
    confidences, right = judged((300, 200, 0.95), (50, 50, 0.99))
    order = np.lexsort((~right, -confidences))  # the right ones of .95 first: no cut between them may be found
    assert answer_threshold(confidences[order], right[order], 0.9) == 0.99


def test_nothing_is_answered_below_seven_in_ten_however_right() -> None:
    assert answer_threshold(*judged((500, 500, 0.95), (500, 500, 0.69)), 0.5) == 0.95
    assert answer_threshold(*judged((50, 50, 0.6)), 0.5) == LOWEST_ANSWER


def test_where_nothing_is_proven_the_calibrated_confidences_decide() -> None:
    confidences, right = judged((MEASURED, 0, 0.95))
    assert answer_threshold(confidences, right, 0.9) == threshold_for(confidences, 0.9) == 0.95


measured = st.lists(st.tuples(st.integers(1, 200), st.floats(0, 1), st.integers(50, 99)), min_size=2, max_size=8).map(
    lambda groups: judged(*((n, round(n * share), confidence / 100) for n, share, confidence in groups))
)
targets = st.sampled_from((0.8, 0.9, 0.95, 0.97))


@given(measured, targets)
def test_a_threshold_is_the_lowest_that_is_proven_or_the_nearest_to_proof_or_with_few_answers_the_predicted_one(
    found: tuple[Floats, Bools], target: float
) -> None:
    confidences, right = found
    predicted = max(LOWEST_ANSWER, threshold_for(confidences, target))
    bounds = {t: lower(right[confidences >= t]) for t in np.unique(confidences).tolist()[::-1] if t >= LOWEST_ANSWER}
    measured_one = min((t for t, bound in bounds.items() if bound >= target), default=max(bounds, key=bounds.__getitem__, default=predicted))
    expected = measured_one if (confidences >= predicted).sum() >= MEASURED else predicted
    assert answer_threshold(confidences, right, target) == pytest.approx(expected)


@given(measured, targets, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(found: tuple[Floats, Bools], target: float, rng: object) -> None:
    confidences, right = found
    order = np.array(rng.sample(range(len(right)), len(right)))  # type: ignore[attr-defined]
    assert answer_threshold(confidences[order], right[order], target) == answer_threshold(confidences, right, target)


def test_a_higher_target_never_has_a_lower_threshold() -> None:
    confidences, right = judged((300, 285, 0.99), (100, 60, 0.98))
    thresholds = [answer_threshold(confidences, right, target) for target in (0.8, 0.9, 0.95, 0.97)]
    assert thresholds == sorted(thresholds)


def test_targets_without_categories_are_the_same_as_with_none() -> None:
    assert Targets(0.9, 0.3) == Targets(0.9, 0.3, ())
