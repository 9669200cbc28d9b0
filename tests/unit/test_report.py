import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from faqbot.domain import Candidate, LabelledQuery, Outcome
from faqbot.evaluation.curves import BARS, POINTS, histogram, operating_point, reliability, risk_coverage
from faqbot.evaluation.intervals import clopper_pearson, clopper_pearson_lower
from faqbot.evaluation.metrics import BINS, Judged, by_kind, figures
from faqbot.evaluation.report import FAILURES, TRIED, Subject, Unlabelled, report, visible
from faqbot.evaluation.report_page import FIGURES, page
from faqbot.evaluation.report_text import lines
from faqbot.evaluation.run import Grounds, Prediction, judge, predict, prediction
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.decision import Evidence
from faqbot.retrieval.parameters import Thresholds

ANSWER, SUGGEST, FALLBACK = Outcome
QUESTIONS = {"refund": "환불은 며칠 걸리나요?", "cancel": "결제를 취소하고 싶어요", "late": "배송이 늦어요"}
SUBJECT = Subject("default", "0123456789abcdef", datetime(2026, 3, 2, 9, 30, tzinfo=UTC), QUESTIONS, 0.9, Thresholds(0.72, 0.3))
NOTHING = Unlabelled()


def believed(*confidences: float, category: tuple[str, ...] = ()) -> tuple[Grounds, ...]:
    """Grounds with one candidate each."""
    return tuple(Grounds(Evidence(confidence, confidence, 1, exact=0, sharing=1), category) for confidence in confidences)


UNLABELLED = Unlabelled(stored=believed(0.99, 0.97, 0.8), removed=believed(0.4, 0.1), far=believed(0.0, 0.02, 0.9))
HOSTILE = "</script></svg><script>alert(1)</script><img src=x onerror=\"alert('2')\">{{ 7*7 }}\x00\ud800\u202e"

Asked = tuple[LabelledQuery, Prediction]


def asked(query: str, right: str, found: str, confidence: float, outcome: Outcome, kind: str = "", *, category: str = "") -> Asked:
    """A query with the ids that answer it and the ids that were found, both with spaces between, and the category of the first of them."""
    candidates = tuple(Candidate(i, QUESTIONS.get(i, i), 0.0, confidence) for i in found.split())
    (grounds,) = believed(confidence, category=tuple(filter(None, [category]))) if candidates else (Grounds(),)
    return LabelledQuery(query, frozenset(right.split()), kind), Prediction(query, outcome, confidence, candidates, grounds)


#: Can be checked by hand: four in scope, three out of scope.
SEVEN = (
    asked("환불 언제", "refund", "refund late", 0.95, ANSWER, "keyword"),
    asked("돈 돌려줘", "refund", "cancel refund", 0.8, ANSWER, "colloquial"),
    asked("취소할래요", "cancel", "cancel", 0.72, ANSWER),
    asked("언제 와", "late", "cancel late", 0.2, FALLBACK, "colloquial"),
    asked("달러 환율", "", "refund", 0.75, ANSWER, "oos_far"),
    asked("해외 환불", "", "refund", 0.4, SUGGEST, "oos_near"),
    asked("점심 뭐 먹지", "", "", 0.0, FALLBACK),
)


def reported(pairs: Sequence[Asked], unlabelled: Unlabelled = NOTHING, subject: Subject = SUBJECT) -> dict[str, Any]:
    return report(subject, [label for label, _ in pairs], [predicted for _, predicted in pairs], unlabelled)


@pytest.fixture(scope="module")
def seven() -> dict[str, Any]:
    return reported(SEVEN)


# --- intervals


@pytest.mark.parametrize(("right", "n"), [(0, 1), (1, 1), (3, 10), (10, 10), (236, 256), (999, 1000)])
def test_the_lower_bound_is_the_quantile_of_the_beta_distribution(right: int, n: int) -> None:
    assert clopper_pearson_lower(right, n) == pytest.approx(beta.ppf(0.05, right, n - right + 1) if right else 0.0)


def test_twenty_nine_right_answers_are_the_fewest_that_show_nine_in_ten() -> None:
    assert clopper_pearson_lower(29, 29) >= 0.9 > clopper_pearson_lower(28, 28)


def test_nothing_seen_says_nothing() -> None:
    assert clopper_pearson_lower(0, 0) == 0.0
    assert clopper_pearson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval_and_the_one_sided_bound_is_the_higher(counted: tuple[int, int]) -> None:
    right, n = counted
    lower, upper = clopper_pearson(right, n)
    assert 0 <= lower <= clopper_pearson_lower(right, n) <= right / n <= upper <= 1


# --- curves


@st.composite
def replies(draw: st.DrawFn) -> list[Judged]:
    """Replies as a bot makes them: confidences that often tie, no rank out of scope."""
    confidence = st.sampled_from([0.0, 0.3, 0.5, 0.99, 1.0]) | st.floats(0, 1)
    inside = st.builds(Judged, confidence, st.none() | st.integers(0, 11), st.just(True), st.sampled_from(Outcome))
    outside = st.builds(Judged, confidence, st.none(), st.just(False), st.sampled_from(Outcome), st.sampled_from(["", "oos_near", "oos_far"]))
    return draw(st.lists(inside | outside, max_size=60))


def test_bins_are_of_equal_count() -> None:
    bins = reliability([Judged(i / 100, 0 if i % 2 else None, True, ANSWER) for i in range(60)])
    assert [b["n"] for b in bins] == [4] * BINS
    assert [b["right"] for b in bins] == [2] * BINS
    assert bins[0]["from"] == 0.0
    assert bins[0]["to"] == 0.03
    assert bins[0]["confidence"] == pytest.approx(0.015)
    assert (bins[0]["lower"], bins[0]["upper"]) == clopper_pearson(2, 4)


@given(replies())
def test_every_reply_is_in_one_bin_and_equal_confidences_are_in_the_same(judged: list[Judged]) -> None:
    bins = reliability(judged)
    assert len(bins) <= BINS
    assert sum(b["n"] for b in bins) == len(judged)
    assert sum(b["right"] for b in bins) == sum(j.correct for j in judged)
    assert all(before["to"] < after["from"] for before, after in pairwise(bins))
    assert all(0 <= b["lower"] <= b["accuracy"] <= b["upper"] <= 1 for b in bins)


@given(replies(), st.randoms(use_true_random=False))
def test_the_order_of_queries_changes_no_curve(judged: list[Judged], rng: Any) -> None:
    shuffled = rng.sample(judged, len(judged))
    assert [(b["n"], b["right"]) for b in reliability(shuffled)] == [(b["n"], b["right"]) for b in reliability(judged)]
    assert risk_coverage(shuffled, 0.7) == risk_coverage(judged, 0.7)


def test_the_curve_tells_what_each_cut_would_answer_and_get_wrong() -> None:
    curve = risk_coverage([judge(*pair) for pair in SEVEN], 0.72)
    assert [p["confidence"] for p in curve["points"]] == [0.95, 0.8, 0.75, 0.72, 0.4, 0.2, 0.0]
    assert [p["answered"] for p in curve["points"]] == pytest.approx([n / 7 for n in range(1, 8)])
    assert [p["risk"] for p in curve["points"]] == pytest.approx([0, 1 / 2, 2 / 3, 2 / 4, 3 / 5, 4 / 6, 5 / 7])
    assert curve["in_use"] == curve["points"][3]
    assert curve["in_use"]["right_in_scope"] == 2 / 4


def test_a_threshold_that_nothing_reaches_has_no_place_on_the_curve() -> None:
    assert risk_coverage([Judged(0.5, 0, True, SUGGEST)], 0.7)["in_use"] is None
    assert risk_coverage([], 0.7) == {"points": [], "in_use": None}


def test_a_long_curve_is_thinned_but_keeps_its_ends_and_the_threshold() -> None:
    curve = risk_coverage([Judged(i / 5000, 0, True, ANSWER) for i in range(5000)], 0.7)
    assert len(curve["points"]) == POINTS
    assert curve["points"][0]["confidence"] == 4999 / 5000
    assert curve["points"][-1] == {"confidence": 0.0, "answered": 1.0, "risk": 0.0, "right_in_scope": 1.0}
    assert curve["in_use"]["confidence"] == 0.7


@given(st.lists(st.floats(0, 1)))
def test_a_histogram_holds_every_confidence(confidences: list[float]) -> None:
    counts = histogram(confidences)
    assert len(counts) == BARS
    assert sum(counts) == len(confidences)


# --- data


def test_the_head_says_what_is_reported_on(seven: dict[str, Any]) -> None:
    assert {name: seven[name] for name in ("site", "release", "created", "entries", "labelled", "measured", "target_precision", "thresholds")} == {
        "site": "default",
        "release": "0123456789abcdef",
        "created": "2026-03-02T09:30:00+00:00",
        "entries": 3,
        "labelled": 7,
        "measured": True,
        "target_precision": 0.9,
        "thresholds": {"answer": 0.72, "suggest": 0.3, "in_category": ()},
    }


def test_figures_are_those_of_the_metrics(seven: dict[str, Any]) -> None:
    judged = [judge(*pair) for pair in SEVEN]
    assert seven["figures"] == figures(judged)
    kinds = {row["kind"]: row for row in seven["kinds"]}
    assert list(kinds) == ["colloquial", "keyword", "oos_far", "oos_near", ""]
    assert kinds["colloquial"] == {"kind": "colloquial", "n": 2, **by_kind(judged)["colloquial"]}
    assert kinds[""]["n"] == 2


def test_every_share_of_counted_things_has_its_interval(seven: dict[str, Any]) -> None:
    assert seven["answers"] == {"n": 4, "right": 2, "precision": 0.5, "lower": clopper_pearson_lower(2, 4)}
    assert seven["intervals"]["answer_precision"] == clopper_pearson(2, 4)
    assert seven["intervals"]["hit@1"] == clopper_pearson(2, 4)
    assert seven["intervals"]["false_answer"] == clopper_pearson(1, 3)
    assert set(seven["intervals"]) == {"hit@1", "hit@3", "hit@5", "answered", "helped", "answer_precision", "false_answer", "fallback_out"}


@pytest.mark.parametrize(
    ("right", "wrong", "verdict"),
    [(29, 0, "reached"), (28, 0, "likely"), (9, 1, "likely"), (8, 1, "missed"), (0, 0, "unknown")],
)
def test_the_verdict_needs_certainty_before_it_says_that_the_target_is_reached(right: int, wrong: int, verdict: str) -> None:
    pairs = [asked("ㄱ", "late", "late", 0.9, ANSWER)] * right + [asked("ㄴ", "late", "refund", 0.9, ANSWER)] * wrong
    assert reported(pairs)["verdict"] == verdict


def test_out_of_scope_queries_without_a_kind_are_near_ones_and_the_far_pool_joins_the_far_ones() -> None:
    histograms = {h["name"]: h for h in reported(SEVEN, Unlabelled(far=believed(0.0, 0.9)))["histograms"]}
    assert {name: h["n"] for name, h in histograms.items()} == {"right": 2, "wrong": 2, "near": 2, "far": 3}
    assert histograms["far"]["answered"] == 2 / 3
    assert histograms["near"]["counts"] == histogram([0.4, 0.0])


def test_another_threshold_is_tried_on_the_same_replies(seven: dict[str, Any]) -> None:
    rows = {row["threshold"]: row for row in seven["what_if"]}
    assert sorted(rows) == sorted({*TRIED, 0.72})
    assert [t for t, row in rows.items() if row["in_use"]] == [0.72]
    assert rows[0.72] == {
        "threshold": 0.72,
        "in_use": True,
        "answers": {"n": 4, "right": 2, "precision": 0.5, "lower": clopper_pearson_lower(2, 4)},
        "answered": 3 / 4,
        "suggested": 0.0,
        "false_answer": 1 / 3,
        "to_person": 2 / 7,
        "to_person_in_scope": 1 / 4,
    }
    assert rows[0.8]["answered"] == 2 / 4  # at the threshold is enough
    assert rows[0.8]["suggested"] == 1 / 4
    assert rows[0.8]["false_answer"] == 0.0
    assert rows[0.97]["answers"] == {"n": 0, "right": 0, "precision": None, "lower": 0.0}


def test_a_threshold_in_use_that_is_tried_anyway_is_one_row() -> None:
    subject = Subject("default", "x", SUBJECT.created, QUESTIONS, 0.9, Thresholds(0.9, 0.3))
    assert [row["threshold"] for row in reported(SEVEN, subject=subject)["what_if"]] == list(TRIED)


@given(replies())
def test_a_higher_threshold_never_answers_more(judged: list[Judged]) -> None:
    pairs = [asked("ㄱ", "late" if j.in_scope else "", "late" if j.correct else "refund", j.confidence, j.outcome) for j in judged]
    rows = reported(pairs)["what_if"]
    answers = [row["answers"]["n"] for row in rows]
    assert answers == sorted(answers, reverse=True)
    for row in rows:
        shares = [row[name] for name in ("answered", "suggested", "to_person_in_scope")]
        assert shares == [None] * 3 or sum(shares) == pytest.approx(1)


def test_entries_that_share_a_question_are_offered_together_at_any_threshold() -> None:
    candidates = tuple(Candidate(i, "수수료는 얼마인가요?", 0.0, 0.5) for i in "ab")
    predicted = Prediction("수수료", SUGGEST, 0.995, candidates, Grounds(Evidence(0.995, 0.995, 2, exact=0, sharing=2)))
    assert {(row["answered"], row["suggested"]) for row in reported([(LabelledQuery("수수료", frozenset("a")), predicted)])["what_if"]} == {(0.0, 1.0)}


def test_thresholds_decide_on_replies_of_a_real_bot_as_it_does_itself(bot: Bot) -> None:
    labelled = [LabelledQuery("수수료는 얼마인가요", frozenset({"fee-buyer"})), LabelledQuery("비밀번호를 잊어버렸어요", frozenset({"password"}))]
    found = report(SUBJECT, labelled, list(predict(bot, [label.query for label in labelled])))
    assert found["figures"]["answered"] == 0.5
    assert [row["answered"] for row in found["what_if"]] == [0.5] * len(found["what_if"])


# --- thresholds of categories


OWN = Thresholds(0.72, 0.3, (("결제", 0.9), ("배송", 0.5)))
OF_CATEGORIES = Subject("default", "x", SUBJECT.created, QUESTIONS, 0.9, OWN)
#: One answer above its category's threshold and one below, one that only its category answers, and two that are of no category with a threshold.
BY_CATEGORY = (
    asked("환불 언제", "refund", "refund", 0.95, ANSWER, category="결제"),
    asked("돈 돌려줘", "refund", "cancel", 0.8, SUGGEST, category="결제"),
    asked("언제 와", "late", "late", 0.6, ANSWER, category="배송"),
    asked("점심 뭐 먹지", "", "late", 0.7, SUGGEST, category="기타"),
    asked("취소할래요", "cancel", "cancel", 0.72, ANSWER),
)


@pytest.fixture(scope="module")
def by_category() -> dict[str, Any]:
    unlabelled = Unlabelled(stored=(*believed(0.8, 0.95, category=("결제", "환불")), *believed(0.8)), far=believed(0.55, category=("배송",)))
    return reported(BY_CATEGORY, unlabelled, OF_CATEGORIES)


def test_a_category_keeps_its_own_threshold_whatever_the_general_one(by_category: dict[str, Any]) -> None:
    rows = {row["threshold"]: row for row in by_category["what_if"]}
    assert {t: (rows[t]["answers"]["n"], rows[t]["answers"]["right"]) for t in (0.5, 0.72, 0.75, 0.99)} == {
        0.5: (4, 3),
        0.72: (3, 3),
        0.75: (2, 2),
        0.99: (2, 2),
    }
    assert [t for t, row in rows.items() if row["in_use"]] == [0.72]
    assert (rows[0.5]["false_answer"], rows[0.72]["false_answer"]) == (1.0, 0.0)
    assert (rows[0.72]["answered"], rows[0.72]["suggested"], rows[0.72]["to_person"]) == (3 / 4, 1 / 4, 0.0)


def test_the_mark_on_the_curve_is_what_the_bot_answers(by_category: dict[str, Any]) -> None:
    """By the general threshold alone it would be three of five with one wrong among them."""
    assert by_category["risk_coverage"]["in_use"] == {"confidence": 0.6, "answered": 3 / 5, "risk": 0.0, "right_in_scope": 3 / 4}


def test_distributions_and_the_table_without_labels_follow_the_thresholds_of_categories(by_category: dict[str, Any]) -> None:
    assert {h["name"]: h["answered"] for h in by_category["histograms"]} == {"right": 1.0, "wrong": 0.0, "stored": 2 / 3, "near": 0.0, "far": 1.0}
    rows = {row["threshold"]: row for row in by_category["what_if_unlabelled"]}
    assert {t: rows[t]["stored"] for t in (0.5, 0.72, 0.99)} == {0.5: 2 / 3, 0.72: 2 / 3, 0.99: 1 / 3}
    assert {t: rows[t]["far"] for t in (0.5, 0.72, 0.99)} == {0.5: 1.0, 0.72: 1.0, 0.99: 1.0}


def test_a_page_and_the_terminal_say_which_categories_keep_their_own_threshold(by_category: dict[str, Any], seven: dict[str, Any]) -> None:
    named = "<bdi>결제</bdi> 90%, <bdi>배송</bdi> 50%"
    text = page(by_category)
    assert f"<dt>따로 기준을 둔 분류</dt><dd>{named}</dd>" in text
    assert f"<strong>표의 기준은 일반 기준입니다.</strong> 따로 기준을 둔 분류({named})는 어느 줄에서나 그 기준 그대로 셉니다." in text
    assert f"표의 기준은 일반 기준이고, 따로 기준을 둔 분류({named})는" in text
    assert f"세로 점선 오른쪽은 바로 답합니다. 따로 기준을 둔 분류({named})는 그 기준을 따릅니다." in text
    assert "기준값을 바꾸면 (따로 기준을 둔 분류는 그 기준 그대로: 결제 0.900, 배송 0.500):" in lines(by_category)
    assert "따로 기준을 둔" not in page(seven)
    assert "기준값을 바꾸면:" in lines(seven)


def test_the_name_of_a_category_is_text() -> None:
    subject = replace(OF_CATEGORIES, thresholds=Thresholds(0.72, 0.3, ((HOSTILE, 0.9),)))
    text = page(reported(SEVEN, UNLABELLED, subject))
    Structure(text)
    text.encode()
    assert "<script" not in text


def test_a_mark_that_is_riskier_than_the_curve_is_inside_the_drawing() -> None:
    """The surest is right and is not answered, the less sure is wrong and is: at the mark all answers are wrong, on the curve at most half are."""
    pairs = [asked("환불", "refund", "refund", 0.85, SUGGEST, category="결제"), asked("배송", "refund", "late", 0.8, ANSWER)]
    found = reported(pairs, subject=OF_CATEGORIES)
    assert found["risk_coverage"]["in_use"]["risk"] == 1.0 > max(point["risk"] for point in found["risk_coverage"]["points"])
    drawing = next(d for d in re.findall(r"<svg.*?</svg>", page(found), re.DOTALL) if "risk-title" in d)
    assert 'text-anchor="end">100%</text>' in drawing


def test_a_point_of_what_is_answered_lies_on_the_curve_where_that_is_the_most_confident() -> None:
    judged = [judge(*pair) for pair in SEVEN]
    for point in risk_coverage(judged, 0.72)["points"]:
        assert operating_point(judged, [j.confidence >= point["confidence"] for j in judged]) == pytest.approx(point)
    assert operating_point(judged, [False] * 7) is operating_point([], []) is None


#: What visitors type: to the letter, nearly, shared by two entries, of an entry that is no longer valid, of nothing at all, and refused.
TYPED = {
    "환불은 며칠 걸리나요?": "refund",
    "환불 며칠 걸려요": "refund",
    "결제 취소하고 싶은데요": "cancel",
    "결제를 취소하고 싶어요": "cancel",
    "배송이 너무 늦어요": "late",
    "비밀번호": "password",
    "수수료는 얼마인가요": "fee-buyer",
    "수수료가 얼마죠": "fee-seller",
    "설 연휴 이벤트는 언제까지인가요?": "event",
    "오늘 서울 날씨": "",
    "뷁뚫꿿": "",
    "": "",
}


@pytest.mark.parametrize("in_category", [(), (("결제", 0.995), ("배송", 0.3)), (("결제", 0.4), ("결제 > 환불", 1.0), ("구매자", 0.2))])
@pytest.mark.parametrize("suggest", [0.1, 0.95])
def test_every_row_is_what_the_bot_itself_does_with_that_threshold(bot: Bot, in_category: tuple[tuple[str, float], ...], suggest: float) -> None:
    labelled = [LabelledQuery(query, frozenset(right.split())) for query, right in TYPED.items()]

    def at(answer: float) -> Bot:
        return bot.with_parameters(replace(bot.parameters, thresholds=Thresholds(answer, suggest, in_category)))

    subject = replace(SUBJECT, thresholds=at(0.72).parameters.thresholds)
    found = report(subject, labelled, list(predict(at(0.72), TYPED)))
    for row in found["what_if"]:
        judged = [judge(*pair) for pair in zip(labelled, predict(at(row["threshold"]), TYPED), strict=True)]
        expected = figures(judged)
        assert {name: row[name] for name in ("answered", "false_answer")} == {name: expected[name] for name in ("answered", "false_answer")}
        assert row["answers"]["n"] == sum(j.outcome is ANSWER for j in judged)
        assert row["to_person"] == sum(j.outcome is FALLBACK for j in judged) / len(judged)
    (used,) = (row for row in found["what_if"] if row["in_use"])
    assert used["answers"] == found["answers"]
    assert found["risk_coverage"]["in_use"]["answered"] == found["answers"]["n"] / len(TYPED)
    assert found["risk_coverage"]["in_use"]["risk"] == 1 - found["answers"]["precision"]


@pytest.mark.parametrize("query", [query for query in TYPED if query])
def test_grounds_lead_to_the_decision_of_the_bot(bot: Bot, query: str) -> None:
    found, explanation = prediction(bot, query), bot.explain(query)
    assert found.grounds.outcome(bot.parameters.thresholds) is found.outcome is explanation.reply.outcome
    assert (found.grounds.evidence.first, found.grounds.evidence.three) == (explanation.reply.confidence, explanation.three)


# --- failures


def test_confident_mistakes_come_most_confident_first_with_what_was_expected_and_given(seven: dict[str, Any]) -> None:
    assert [(f["query"], f["confidence"]) for f in seven["failures"]["wrong"]] == [("돈 돌려줘", 0.8), ("달러 환율", 0.75)]
    assert seven["failures"]["wrong"][0] == {
        "query": "돈 돌려줘",
        "kind": "colloquial",
        "in_scope": True,
        "expected": [{"id": "refund", "question": "환불은 며칠 걸리나요?"}],
        "given": {"id": "cancel", "question": "결제를 취소하고 싶어요"},
        "rank": 1,
        "confidence": 0.8,
        "outcome": "answer",
    }
    assert seven["failures"]["wrong"][1]["expected"] == []


def test_right_ones_that_led_to_a_person_are_listed(seven: dict[str, Any]) -> None:
    assert [(f["query"], f["rank"], f["outcome"]) for f in seven["failures"]["withheld"]] == [("언제 와", 1, "fallback")]


def test_right_first_candidates_are_listed_before_right_second_ones() -> None:
    pairs = [asked("둘째", "late", "refund late", 0.25, FALLBACK), asked("첫째", "late", "late", 0.1, FALLBACK), asked("넷째", "d", "a b c d", 0.2, FALLBACK)]
    assert [f["query"] for f in reported(pairs)["failures"]["withheld"]] == ["첫째", "둘째"]


def test_lists_of_failures_end() -> None:
    pairs = [asked(f"틀림 {i}", "late", "refund", 0.9, ANSWER) for i in range(50)] + [asked(f"못 줌 {i}", "late", "late", 0.1, FALLBACK) for i in range(50)]
    assert {name: len(items) for name, items in reported(pairs)["failures"].items()} == {"wrong": FAILURES, "withheld": FAILURES}


def test_an_expected_entry_that_the_release_does_not_hold_is_named_by_its_id() -> None:
    found = reported([asked("전화", "phone", "late", 0.9, ANSWER)])
    assert found["failures"]["wrong"][0]["expected"] == [{"id": "phone", "question": ""}]
    assert "(지금 표에 없는 항목)" in page(found)


def test_a_text_is_cut_where_a_list_would_burst() -> None:
    assert visible("가" * 200) == "가" * 200
    assert visible("가" * 201) == "가" * 200 + "…"


def test_there_is_one_prediction_a_query() -> None:
    with pytest.raises(ValueError, match="zip"):
        report(SUBJECT, [SEVEN[0][0]], [])


def test_without_labels_nothing_is_measured_but_confidences_are_shown() -> None:
    found = reported((), UNLABELLED)
    assert found["measured"] is False
    assert set(found["figures"].values()) == {0, None}
    assert [h["name"] for h in found["histograms"]] == ["stored", "removed", "far"]
    assert found["what_if"] == []
    rows = {row["threshold"]: row for row in found["what_if_unlabelled"]}
    assert rows[0.72] == {"threshold": 0.72, "in_use": True, "stored": 1.0, "removed": 0.0, "far": 1 / 3}
    assert rows[0.9] == {"threshold": 0.9, "in_use": False, "stored": 2 / 3, "removed": 0.0, "far": 1 / 3}


CASES = {
    "seven": (SEVEN, NOTHING),
    "with far pool": (SEVEN, Unlabelled(far=UNLABELLED.far)),
    "in scope only": (SEVEN[:4], NOTHING),
    "out of scope only": (SEVEN[4:], NOTHING),
    "no answers": (SEVEN[3:4], NOTHING),
    "without labels": ((), UNLABELLED),
    "nothing at all": ((), NOTHING),
    "hostile": (tuple(asked(HOSTILE, HOSTILE.replace(" ", ""), HOSTILE.replace(" ", "") + "x", 0.9, ANSWER, HOSTILE) for _ in range(3)), NOTHING),
}


@pytest.fixture(scope="module", params=CASES, ids=lambda name: name.replace(" ", "_"))
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    return reported(*CASES[request.param], subject=Subject(HOSTILE, HOSTILE, SUBJECT.created, QUESTIONS, 0.9, SUBJECT.thresholds))


def test_the_data_is_json_and_its_page_is_the_same_when_it_is_read_back(case: dict[str, Any]) -> None:
    written = json.dumps(case, ensure_ascii=False, allow_nan=False).encode()
    assert page(json.loads(written)) == page(case)


# --- page


class Structure(HTMLParser):
    """Fails where a tag is not closed in turn; collects tags, ids and references."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.attributes if found == name]


def test_a_page_is_whole_and_needs_nothing_from_elsewhere(case: dict[str, Any]) -> None:
    text = page(case)
    found = Structure(text)
    text.encode()
    assert not {"script", "img", "iframe", "object", "a", "form"} & set(found.tags)
    assert [value for name, value in found.attributes if name in {"href", "src", "xlink:href"}] == ["data:,"]
    assert [name for name, _ in found.attributes if name.startswith("on") or name == "style"] == []
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text)


def test_text_from_outside_is_text(case: dict[str, Any]) -> None:
    text = page(case)
    assert "<script" not in text
    assert "&lt;/script&gt;&lt;/svg&gt;&lt;script&gt;alert(1)" in text
    assert "{{ 7*7 }}" in text


def test_every_drawing_has_a_name_a_description_and_a_table(case: dict[str, Any]) -> None:
    text = page(case)
    found = Structure(text)
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    assert all(reference in ids for value in found.values("aria-labelledby") for reference in value.split())
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 2 * case["measured"] + len(case["histograms"])
    for drawing in drawings:
        parts = ET.fromstring(drawing)  # noqa: S314  # our own page
        assert parts.get("role") == "img"
        assert [part.tag for part in parts[:2]] == ["title", "desc"]
        assert all((part.text or "").strip() for part in parts[:2])
    tables = 2 * case["measured"] + bool(case["histograms"])
    assert len(re.findall(r"<caption>(?:신뢰도 그림|위험 그림|신뢰도 분포)의 값", text)) == tables


def test_drawings_stay_inside_their_frame(case: dict[str, Any]) -> None:
    for drawing in re.findall(r"<svg.*?</svg>", page(case), re.DOTALL):
        parts = ET.fromstring(drawing)  # noqa: S314
        _, _, width, height = map(float, parts.get("viewBox", "").split())
        places = [(n, float(part.get(n, 0))) for part in parts.iter() for n in ("x", "x1", "x2", "cx", "y", "y1", "y2", "cy") if part.get(n)]
        assert all(0 <= value <= (width if name.strip("c12") == "x" else height) for name, value in places)


def test_the_target_is_in_the_drawing_even_where_no_answer_is_wrong() -> None:
    drawing = next(d for d in re.findall(r"<svg.*?</svg>", page(reported(SEVEN[:1])), re.DOTALL) if "risk-title" in d)
    assert "목표: 틀린 답 10%" in drawing
    assert "10%</text>" in drawing.split("목표")[0]


def test_a_page_says_what_it_measured(seven: dict[str, Any]) -> None:
    text = page(seven)
    assert "목표 정확도 90%에 못 미칩니다." in text
    assert "바로 준 답 4개 중 2개(50%)가 맞았습니다." in text
    assert "95% 확률로 말할 수 있는 정확도는 9.8% 이상입니다." in text
    assert "답이 있는 질의 100개 중 75개에 바로 답했습니다." in text
    assert "라벨이 있는 질의가 7개뿐입니다." in text
    assert "72% (지금)" in text
    assert "오타 (typo)" not in text
    assert "입말 (colloquial)" in text
    assert "돈 돌려줘" in text


def test_a_page_explains_every_figure_of_the_metrics(seven: dict[str, Any]) -> None:
    assert set(FIGURES) == set(seven["figures"]) - {"in_scope", "out_of_scope"}
    assert all(title in page(seven) for title, _, _ in FIGURES.values())


def test_a_page_without_labels_says_that_precision_is_a_guess_and_how_to_measure_it() -> None:
    text = page(reported((), UNLABELLED))
    assert "이 사이트에서 잰 정확도가 아직 없습니다." in text
    assert "짐작했습니다" in text
    assert "실제로 한 질문 100개에 맞는 faq_id를 적어" in text
    assert "주요 수치" not in text
    assert "항목을 뺀 저장된 질문 (2개)" in text


def test_a_page_says_when_the_bot_had_seen_the_queries() -> None:
    subject = Subject("default", "x", SUBJECT.created, QUESTIONS, 0.9, SUBJECT.thresholds, cross_fitted=False)
    assert "교차 검증" in page(reported(SEVEN))
    assert "교차 검증" not in page(reported(SEVEN, subject=subject))


def test_a_page_asks_for_out_of_scope_queries_where_there_are_none() -> None:
    assert "FAQ에 답이 없는 질의도 faq_id를 비워 함께 넣어 주세요." in page(reported(SEVEN[:4]))


def test_six_hundred_long_queries_fit_into_a_page_one_can_send() -> None:
    pairs = [asked("가" * 500, "refund", "cancel refund", i / 600, ANSWER if i % 2 else FALLBACK, f"종류 {i % 12}") for i in range(600)]
    found = reported(pairs, Unlabelled(*(believed(confidence) * 2000 for confidence in (0.9, 0.1, 0.0))))
    assert len(page(found).encode()) < 400_000
    assert len(json.dumps(found, ensure_ascii=False, indent=1).encode()) < 400_000


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", range(3), ids=["light", "dark", "print"])
def test_colours_can_be_told_from_what_is_behind_them(theme: int, seven: dict[str, Any]) -> None:
    colours = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", page(seven), re.DOTALL)][theme]
    for behind in ("page", "surface", "marked"):
        assert contrast(colours["text"], colours[behind]) >= 7
        assert contrast(colours["muted"], colours[behind]) >= 4.5
    assert all(contrast(colours[name], colours["page"]) >= 4.5 for name in ("blue", "red", "edge"))
