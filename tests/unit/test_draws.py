"""Draws of labels, samples, and what is said of a bot without labels: all seeded, and nothing scored that was learned from."""

import importlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry, LabelledQuery, Outcome
from faqbot.evaluation.metrics import Judged, figures
from faqbot.evaluation.run import Grounds, judge, predict
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import EXACT, Bot
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.parameters import Parameters, Targets, Thresholds
from faqbot.training import draws as module
from faqbot.training.base import Base, index_entries, search_all
from faqbot.training.draws import RankedQuery, label_draws, rank_queries
from faqbot.training.prior import Example, Prior, ranked, shipped_prior
from faqbot.training.sets import FAR, far_pool, sample
from faqbot.training.unlabelled import unlabelled

#: The day of the shared bot.
TODAY = date(2026, 3, 2)
TARGETS = Targets(precision=0.9, suggest=0.3)
ENTRIES = (
    FaqEntry("refund", "환불 기간", "카드 결제 삼 일", category=("결제", "환불")),
    FaqEntry("cancel", "결제 취소 방법", "내 주문 에서 취소", category=("결제", "취소")),
    FaqEntry("late", "배송 지연", "이틀 안에 도착", category=("배송",)),
    FaqEntry("coupon", "쿠폰 사용 방법", "결제 화면 에서 선택"),
)
LABELLED = (
    *(LabelledQuery(f"환불 {word}", frozenset({"refund"})) for word in ("언제", "기간 문의", "며칠", "얼마나")),
    *(LabelledQuery(f"취소 {word}", frozenset({"cancel"})) for word in ("방법", "결제 방법", "어떻게", "요청")),
    *(LabelledQuery(f"배송 {word}", frozenset({"late"})) for word in ("지연", "언제", "지연 사유", "늦음")),
    *(LabelledQuery(f"{word} 방법") for word in ("축구", "날씨", "점심", "영화")),
    LabelledQuery("뷁뚫꿿"),
    LabelledQuery("쿠폰 어디", frozenset({"coupon"})),
)


@pytest.fixture(scope="module")
def prior() -> Prior:
    return shipped_prior()


@pytest.fixture(scope="module")
def reader(space_analyzer: Analyzer) -> Reader:
    return Reader(space_analyzer, Synonyms(()))


@pytest.fixture(scope="module")
def base(reader: Reader) -> Base:
    index = index_entries(ENTRIES, reader).index
    positions = {entry.id: position for position, entry in enumerate(ENTRIES)}
    far = tuple(LabelledQuery(text) for text in ("축구 경기 방법", "주말 여행 기간"))
    return Base("shop", ENTRIES, index, search_all(index, positions, LABELLED, reader), search_all(index, positions, far, reader))


def test_every_draw_scores_what_it_did_not_draw(base: Base, prior: Prior) -> None:
    found = label_draws(base, prior, 6, 5, TARGETS)
    assert len(found) == 5
    assert [draw["in_scope"] + draw["out_of_scope"] for draw in found] == [len(LABELLED) - 6] * 5


def test_draws_are_the_same_at_every_call(base: Base, prior: Prior) -> None:
    assert label_draws(base, prior, 6, 4, TARGETS) == label_draws(base, prior, 6, 4, TARGETS)


def test_the_first_draws_do_not_depend_on_how_many_follow(base: Base, prior: Prior) -> None:
    assert label_draws(base, prior, 6, 5, TARGETS)[:2] == label_draws(base, prior, 6, 2, TARGETS)


def test_draws_differ(base: Base, prior: Prior) -> None:
    assert len({draw["brier"] for draw in label_draws(base, prior, 6, 5, TARGETS)}) > 1


def test_no_label_scores_the_prior_alone_on_everything(base: Base, prior: Prior) -> None:
    found = label_draws(base, prior, 0, 2, TARGETS)
    expected = figures(judged_all(base, prior.parameters(TARGETS)))
    assert (found[0]["in_scope"], found[0]["out_of_scope"]) == (13, 5)
    for draw in found:
        assert draw["brier"] == pytest.approx(expected["brier"])
        assert {name: draw[name] for name in ("hit@1", "answered", "false_answer")} == {name: expected[name] for name in ("hit@1", "answered", "false_answer")}


def test_labels_are_learned_from_with_the_far_pool_and_nothing_scored_is(base: Base, prior: Prior, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[tuple[Any, ...]] = []
    scored: list[list[RankedQuery]] = []
    judged = RankedQuery.judged

    def calibrate(_: Prior, labelled: list[Example], targets: Targets, beyond: list[Example]) -> Parameters:
        learned.append(([found.features.tobytes() for found in labelled], targets, [found.features.tobytes() for found in beyond]))
        scored.append([])
        return prior.parameters(targets)

    def noted(query: RankedQuery, parameters: Parameters) -> Judged:
        scored[-1].append(query)
        return judged(query, parameters)

    monkeypatch.setattr(module, "calibrate", calibrate)
    monkeypatch.setattr(RankedQuery, "judged", noted)
    label_draws(base, prior, 6, 3, TARGETS)
    everything = sorted(query.example.features.tobytes() for query in rank_queries(base, prior.ranker) if query.example)
    for (drawn, targets, far), rest in zip(learned, scored, strict=True):
        assert (targets, len(far), len(rest)) == (TARGETS, len(base.far), len(LABELLED) - 6)
        assert sorted([*drawn, *(query.example.features.tobytes() for query in rest if query.example)]) == everything


def test_no_query_is_ranked_more_than_once_however_many_draws(base: Base, prior: Prior, monkeypatch: pytest.MonkeyPatch) -> None:
    ranked_ones: list[str] = []

    def noted(search: Any, weights: Any) -> Any:
        ranked_ones.append(search.reading.text)
        return ranked(search, weights)

    for holder in (module, importlib.import_module("faqbot.training.prior")):
        monkeypatch.setattr(holder, "ranked", noted)
    label_draws(base, prior, 6, 5, TARGETS)
    assert sorted(ranked_ones) == sorted(search.reading.text for search in (*base.searches, *base.far))


# --- judging


def judged_all(base: Base, parameters: Parameters) -> list[Judged]:
    return [query.judged(parameters) for query in rank_queries(base, parameters.ranker)]


def believing(prior: Prior, first: float, three: float, in_category: tuple[tuple[str, float], ...] = ()) -> Parameters:
    """Parameters with the same log odds for everything; answers from .9 but for some categories, suggestions from .3."""
    n = len(CONFIDENCE_FEATURES)
    one, other = (LogisticModel((0.0,) * n, (1.0,) * n, (0.0,) * n, logit) for logit in (first, three))
    return Parameters(prior.ranker, one, other, Thresholds(0.9, 0.3, in_category))


@pytest.mark.parametrize(
    ("first", "three", "query", "outcome"),
    [
        (3.0, 3.0, "환불 언제", Outcome.ANSWER),
        (0.0, 3.0, "환불 언제", Outcome.SUGGEST),
        (-3.0, -3.0, "환불 언제", Outcome.FALLBACK),
        (-3.0, -3.0, "배송 지연", Outcome.SUGGEST),
        (3.0, 3.0, "뷁뚫꿿", Outcome.FALLBACK),
    ],
    ids=["sure", "in two minds", "unsure", "all words there", "nothing found"],
)
def test_confidence_and_thresholds_decide(base: Base, prior: Prior, first: float, three: float, query: str, outcome: Outcome) -> None:
    place = next(i for i, labelled in enumerate(LABELLED) if labelled.query == query)
    judged = judged_all(base, believing(prior, first, three))[place]
    assert judged.outcome is outcome
    assert judged.confidence == pytest.approx(0.0 if query == "뷁뚫꿿" else 1 / (1 + np.exp(-first)))


def test_the_first_candidate_is_one_of_the_first_three(base: Base, prior: Prior) -> None:
    """Half sure of the first is at least half sure of three, whatever the model of three says."""
    place = next(i for i, labelled in enumerate(LABELLED) if labelled.query == "환불 언제")
    assert judged_all(base, believing(prior, 0.0, -3.0))[place].outcome is Outcome.SUGGEST


@pytest.mark.parametrize(("first", "three"), [(3.0, 3.0), (0.0, -3.0), (-0.5, 0.5), (-3.0, -3.0)])
@pytest.mark.parametrize("in_category", [(), (("결제", 0.99),), (("결제", 0.99), ("결제 > 환불", 0.3), ("배송", 0.02))])
def test_queries_are_judged_as_the_bot_replies(
    base: Base, reader: Reader, prior: Prior, first: float, three: float, in_category: tuple[tuple[str, float], ...]
) -> None:
    parameters = believing(prior, first, three, in_category)
    bot = Bot("", base.entries, base.index, parameters, reader)
    asked = [i for i, labelled in enumerate(LABELLED) if not len(bot.holding(labelled.query))]
    assert len(asked) == len(LABELLED) - 1
    expected = [judge(label, found) for label, found in zip(LABELLED, predict(bot, [label.query for label in LABELLED]), strict=True)]
    found = judged_all(base, parameters)
    assert [found[i] for i in asked] == [expected[i] for i in asked]


def test_the_thresholds_of_categories_are_those_of_the_targets(base: Base, prior: Prior) -> None:
    (plain,) = label_draws(base, prior, 0, 1, Targets(0.8, 0.3))
    (careful,) = label_draws(base, prior, 0, 1, Targets(0.8, 0.3, (("결제", 0.99),)))
    assert careful["answered"] < plain["answered"]
    assert careful["brier"] == plain["brier"]


def test_the_rank_is_that_of_the_first_right_candidate(base: Base, prior: Prior) -> None:
    search = next(search for search in base.searches if len(search.matches.entries) > 2)
    order = ranked(search, prior.ranker).entries.tolist()
    for right, rank in ((order[:1], 0), (order[1:], 1), (order[2:], 2), ([], None)):
        (judged,) = judged_all(replace(base, searches=(replace(search, right=frozenset(right)),)), prior.parameters(TARGETS))
        assert (judged.rank, judged.in_scope) == (rank, bool(right))


# --- samples


@given(st.lists(st.integers() | st.text(max_size=3)).map(tuple), st.integers(0, 30))
def test_a_sample_is_of_the_items_without_repetition_and_the_same_at_every_call(items: tuple[object, ...], most: int) -> None:
    marked = tuple(enumerate(items))
    drawn = sample(marked, most)
    assert drawn == sample(marked, most)
    assert len(drawn) == len(set(drawn)) == min(most, len(items))
    assert set(drawn) <= set(marked)


@pytest.mark.parametrize("items", [("환불", "취소"), (LabelledQuery("환불"), LabelledQuery("취소")), (1, 2)], ids=["texts", "labelled", "numbers"])
def test_no_more_than_the_most_are_all_of_them_in_their_order(items: tuple[object, ...]) -> None:
    assert sample(items, 2) is items


def test_a_sample_of_texts_is_that_of_queries_of_the_same_texts() -> None:
    texts = sample(far_pool(), FAR)
    assert tuple(query.query for query in sample(tuple(map(LabelledQuery, far_pool())), FAR)) == texts


def test_the_far_pool_is_larger_than_its_sample_and_says_nothing_twice() -> None:
    assert len(set(far_pool())) == len(far_pool()) > FAR
    assert all(text.strip() == text != "" for text in far_pool())


# --- without labels


def firsts(grounds: Sequence[Grounds]) -> list[float]:
    return [found.evidence.first for found in grounds]


def visible_ids(bot: Bot) -> list[str]:
    return [entry.id for entry in bot.visible()]


def test_stored_questions_are_sure_and_the_same_without_their_entry_are_not(bot: Bot) -> None:
    found = unlabelled(bot)
    by_entry = dict(zip(visible_ids(bot), zip(firsts(found.stored), firsts(found.removed), strict=True), strict=True))
    assert by_entry["refund"][0] == by_entry["late"][0] == EXACT
    assert by_entry["fee-buyer"][0] == EXACT / 2
    assert max(removed for _, removed in by_entry.values()) < 0.9


def test_entries_that_share_a_question_are_taken_out_together(bot: Bot) -> None:
    found = dict(zip(visible_ids(bot), firsts(unlabelled(bot).removed), strict=True))
    without = np.array([not entry.id.startswith("fee") and entry.id != "event" for entry in bot.entries])
    assert found["fee-buyer"] == found["fee-seller"] == bot.confidence_among("수수료는 얼마인가요?", without)


def test_an_entry_that_cannot_be_served_is_neither_asked_nor_a_candidate(bot: Bot) -> None:
    """In January 2020 three questions lead to the event once their own entries are gone; now that it is over, none does."""
    running, over = (Bot("", bot.entries, bot.index, bot.parameters, bot._reader, today=lambda day=day: day) for day in (date(2020, 1, 31), date(2020, 2, 1)))
    assert (len(unlabelled(running).stored), len(unlabelled(over).stored)) == (len(bot.entries), len(bot.entries) - 1)
    led = {name: sum(found.category == ("이벤트",) for found in unlabelled(at).removed) for name, at in (("running", running), ("over", over))}
    assert led == {"running": 3, "over": 0}


def test_where_nothing_can_be_served_only_the_far_pool_is_asked(bot: Bot) -> None:
    over = Bot("", [replace(entry, valid_from=None, valid_to=date(2020, 1, 1)) for entry in bot.entries], bot.index, bot.parameters, bot._reader)
    found = unlabelled(over)
    assert (found.stored, found.removed) == ([], [])
    assert set(firsts(found.far)) == {0.0}


def test_what_is_said_without_labels_carries_the_category_of_the_first_candidate(bot: Bot) -> None:
    found = dict(zip(visible_ids(bot), unlabelled(bot).stored, strict=True))
    assert (found["refund"].category, found["late"].category) == (("결제", "환불"), ("배송",))


def test_what_no_help_centre_answers_is_asked_too(bot: Bot) -> None:
    found = firsts(unlabelled(bot).far)
    assert len(found) == FAR
    assert found == [bot.ask(text).confidence for text in sample(far_pool(), FAR)]
    assert np.mean(np.array(found) >= bot.parameters.thresholds.answer) <= 0.01


def test_what_is_said_without_labels_is_the_same_at_every_call(bot: Bot) -> None:
    assert unlabelled(bot) == unlabelled(bot)


def test_a_question_that_no_query_may_be_is_left_out(bot: Bot) -> None:
    entries = [replace(entry, question="배송이 늦어요 그래서 " * 40) if entry.id == "late" else entry for entry in bot.entries]
    longer = Bot("", entries, bot.index, bot.parameters, bot._reader, today=lambda: TODAY)
    assert len(unlabelled(longer).stored) == len(unlabelled(longer).removed) == len(bot.visible()) - 1


def test_confidences_are_plain_numbers(bot: Bot) -> None:
    found = unlabelled(bot)
    confidences = firsts([*found.stored, *found.removed, *found.far])
    assert json.loads(json.dumps(confidences)) == confidences
