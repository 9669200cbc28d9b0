"""Draws of labels, samples, and what is said of a bot without labels: all seeded, and nothing scored that was learned from."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry, LabelledQuery, Outcome
from faqbot.evaluation.metrics import figures
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import EXACT, Bot
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.parameters import Parameters, Targets, Thresholds
from faqbot.training import draws as module
from faqbot.training.base import Base, Search, index_entries, search_all
from faqbot.training.draws import judge_searches, label_draws
from faqbot.training.prior import Prior, ranked, shipped_prior
from faqbot.training.sets import FAR, far_pool, sample
from faqbot.training.unlabelled import unlabelled

TARGETS = Targets(precision=0.9, suggest=0.3)
ENTRIES = (
    FaqEntry("refund", "환불 기간", "카드 결제 삼 일"),
    FaqEntry("cancel", "결제 취소 방법", "내 주문 에서 취소"),
    FaqEntry("late", "배송 지연", "이틀 안에 도착"),
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
def base(space_analyzer: Analyzer) -> Base:
    reader = Reader(space_analyzer, Synonyms(()))
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
    expected = figures(judge_searches(base.searches, prior.parameters(TARGETS)))
    assert (found[0]["in_scope"], found[0]["out_of_scope"]) == (13, 5)
    for draw in found:
        assert draw["brier"] == pytest.approx(expected["brier"])
        assert {name: draw[name] for name in ("hit@1", "answered", "false_answer")} == {name: expected[name] for name in ("hit@1", "answered", "false_answer")}


def test_labels_are_learned_from_with_the_far_pool_and_nothing_scored_is(base: Base, prior: Prior, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[tuple[Any, ...]] = []
    judged: list[tuple[Search, ...]] = []

    def refit(_: Prior, searches: list[Search], targets: Targets, far: tuple[Search, ...]) -> Parameters:
        learned.append((tuple(searches), targets, far))
        return prior.parameters(targets)

    def judge(searches: list[Search], parameters: Parameters) -> list:
        judged.append(tuple(searches))
        return judge_searches(searches, parameters)

    monkeypatch.setattr(module, "refit", refit)
    monkeypatch.setattr(module, "judge_searches", judge)
    label_draws(base, prior, 6, 3, TARGETS)
    for (drawn, targets, far), rest in zip(learned, judged, strict=True):
        assert (len(drawn), targets, far) == (6, TARGETS, base.far)
        assert sorted(search.position for search in (*drawn, *rest)) == list(range(len(LABELLED)))


# --- judging


def believing(prior: Prior, first: float, three: float) -> Parameters:
    """Parameters with the same log odds for everything; answers from .9, suggestions from .3."""
    n = len(CONFIDENCE_FEATURES)
    one, other = (LogisticModel((0.0,) * n, (1.0,) * n, (0.0,) * n, logit) for logit in (first, three))
    return Parameters(prior.ranker, one, other, Thresholds(0.9, 0.3))


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
    (judged,) = judge_searches([base.searches[place]], believing(prior, first, three))
    assert judged.outcome is outcome
    assert judged.confidence == pytest.approx(0.0 if query == "뷁뚫꿿" else 1 / (1 + np.exp(-first)))


def test_the_rank_is_that_of_the_first_right_candidate(base: Base, prior: Prior) -> None:
    search = next(search for search in base.searches if len(search.matches.entries) > 2)
    order = ranked(search, prior.ranker).entries.tolist()
    for right, rank in ((order[:1], 0), (order[1:], 1), (order[2:], 2), ([], None)):
        (judged,) = judge_searches([replace(search, right=frozenset(right))], prior.parameters(TARGETS))
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


def test_stored_questions_are_sure_and_the_same_without_their_entry_are_not(bot: Bot) -> None:
    found = unlabelled(bot)
    assert len(found.stored) == len(found.removed) == len(bot.entries)
    by_entry = dict(zip((entry.id for entry in bot.entries), zip(found.stored, found.removed, strict=True), strict=True))
    assert by_entry["refund"][0] == by_entry["late"][0] == EXACT
    assert by_entry["fee-buyer"][0] == EXACT / 2
    assert max(removed for _, removed in by_entry.values()) < 0.9


def test_entries_that_share_a_question_are_taken_out_together(bot: Bot) -> None:
    found = dict(zip((entry.id for entry in bot.entries), unlabelled(bot).removed, strict=True))
    without = np.array([not entry.id.startswith("fee") for entry in bot.entries])
    assert found["fee-buyer"] == found["fee-seller"] == bot.confidence_among("수수료는 얼마인가요?", without)


def test_what_no_help_centre_answers_is_asked_too(bot: Bot) -> None:
    found = unlabelled(bot)
    assert len(found.far) == FAR
    assert list(found.far) == [bot.ask(text).confidence for text in sample(far_pool(), FAR)]
    assert np.mean(found.far) < 0.1


def test_what_is_said_without_labels_is_the_same_at_every_call(bot: Bot) -> None:
    assert unlabelled(bot) == unlabelled(bot)


def test_a_question_that_no_query_may_be_is_left_out(bot: Bot) -> None:
    entries = [replace(entry, question="배송이 늦어요 그래서 " * 40) if entry.id == "late" else entry for entry in bot.entries]
    longer = Bot("", entries, bot.index, bot.parameters, bot._reader)
    assert len(unlabelled(longer).stored) == len(unlabelled(longer).removed) == len(entries) - 1


def test_confidences_are_plain_numbers(bot: Bot) -> None:
    found = unlabelled(bot)
    assert json.loads(json.dumps([*found.stored, *found.removed, *found.far])) == [*found.stored, *found.removed, *found.far]
