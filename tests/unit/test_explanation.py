"""What an operator is told about a reply, word by word."""

from datetime import date

import numpy as np
import pytest

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import SynonymGroup, Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.explanation import Matched, _candidate_lines, _numbers
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.parameters import Parameters, Thresholds
from faqbot.training.base import index_entries

ENTRIES = (
    FaqEntry("refund", "환불 기간", "신청 뒤 사흘 걸립니다", ("결제",)),
    FaqEntry("late", "배송 지연", "이틀 걸립니다", ("배송",)),
)


@pytest.fixture(scope="module")
def bot(space_analyzer: Analyzer) -> Bot:
    """P(first) is .25 and P(three) is .6 unless a question is met to the letter."""
    reader = Reader(space_analyzer, Synonyms.compile((SynonymGroup("=", "common", "환불", ("반환",)),), space_analyzer))
    zeros, ones = (0.0,) * len(CONFIDENCE_FEATURES), (1.0,) * len(CONFIDENCE_FEATURES)
    ranker = np.array([10.0 * name.endswith(".value") for name in CANDIDATE_FEATURES])
    parameters = Parameters(ranker, LogisticModel(zeros, ones, zeros, -np.log(3)), LogisticModel(zeros, ones, zeros, np.log(1.5)), Thresholds(0.9, 0.3))
    return Bot("r", ENTRIES, index_entries(ENTRIES, reader).index, parameters, reader, today=lambda: date(2026, 3, 2))


def test_a_word_is_in_the_question_else_in_the_entry_else_nowhere(bot: Bot) -> None:
    assert bot.explain("신청 환불 우주", literal=True).matched(0) == Matched(("환불",), ("신청",), ("우주",))


def test_a_word_that_is_said_twice_is_named_once(bot: Bot) -> None:
    assert bot.explain("환불 우주 환불 우주", literal=True).matched(0) == Matched(("환불",), (), ("우주",))


def test_a_synonym_counts_as_the_word_it_is_read_as(bot: Bot) -> None:
    explanation = bot.explain("반환 우주", literal=True)
    assert (explanation.synonyms, explanation.matched(0).question) == (("반환→환불",), ("환불",))


def test_each_candidate_is_explained_by_what_it_holds_itself(bot: Bot) -> None:
    explanation = bot.explain("환불 배송", literal=True)
    held = {candidate["id"]: candidate["matched"] for candidate in explanation.to_json()["candidates"]}
    assert held == {
        "refund": {"question": ["환불"], "entry": [], "missing": ["배송"]},
        "late": {"question": ["배송"], "entry": [], "missing": ["환불"]},
    }


def test_an_explanation_in_json_holds_everything_that_led_to_the_reply(bot: Bot) -> None:
    explanation = bot.explain("환불 신청", literal=True)
    data, candidate = explanation.to_json(), explanation.reply.candidates[0]
    shown = data.pop("candidates")[0]
    assert data == {
        "morphemes": ["환불/NNG", "신청/NNG"],
        "canonical": list(explanation.ranking.reading.canonical),
        "synonyms": [],
        "claims": ["<설정"],
        "thresholds": {"answer": 0.9, "suggest": 0.3},
        "why": "신뢰도는 기준값 90.0%보다 낮지만, 셋 안에 답이 있을 확률이 30.0% 이상이거나 첫 후보가 질의의 말을 모두 담았습니다",
        "right_among_three": pytest.approx(0.6),
        "confidence_features": dict(explanation.confidence_features),
    }
    assert {name: shown[name] for name in ("id", "question", "score", "confidence")} == {
        "id": "refund",
        "question": "환불 기간",
        "score": candidate.score,
        "confidence": pytest.approx(0.25),
    }
    assert shown["features"] == dict(zip(CANDIDATE_FEATURES, explanation.ranking.features[0].tolist(), strict=True))


def test_an_explanation_is_read_line_by_line(bot: Bot) -> None:
    lines = bot.explain("환불 신청", literal=True).lines()
    assert [lines[0], lines[2], lines[4]] == ["형태소: 환불/NNG 신청/NNG", "유의어: 없음", "셋 안에 답이 있을 확률: 60.0%"]
    assert lines[6].startswith("[refund] 환불 기간 · 점수 ")
    assert lines[6].endswith(", 신뢰도 25.0% · 질문에 환불 · 항목에 신청")


def test_canonical_words_and_synonyms_stand_in_lines_of_their_own(bot: Bot) -> None:
    explanation = bot.explain("반환", literal=True)
    assert explanation.lines()[1:3] == [f"대표어: {' '.join(explanation.ranking.reading.canonical)}", "유의어: 반환→환불"]


def test_a_candidates_line_names_only_where_words_were_found() -> None:
    candidate = {
        "id": "a", "question": "질문", "score": 1.234, "confidence": 0.5, "features": {"x": 1.0, "y": 0.126},
        "matched": {"question": [], "entry": ["가", "나"], "missing": ["다"]},
    }  # fmt: skip
    assert _candidate_lines(candidate) == ("[a] 질문 · 점수 1.23, 신뢰도 50.0% · 항목에 가 나 · 없음 다", "    x=1.00 y=0.13")


def test_a_candidate_that_holds_and_lacks_nothing_has_no_words() -> None:
    candidate = {"id": "a", "question": "질문", "score": 0.0, "confidence": 0.0, "features": {}, "matched": {"question": [], "entry": [], "missing": []}}
    assert _candidate_lines(candidate) == ("[a] 질문 · 점수 0.00, 신뢰도 0.0%", "    ")


def test_numbers_are_named_and_have_two_places() -> None:
    assert _numbers({"a": 0.005, "b": -2.0}) == "a=0.01 b=-2.00"
