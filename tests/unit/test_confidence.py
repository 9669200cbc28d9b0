"""What the confidence looks at: each feature by a ranking that one can count out by hand."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry
from faqbot.errors import QueryError
from faqbot.korean.analyzer import Analyzer, KiwiAnalyzer
from faqbot.korean.keyboard import decompose
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import EXACT, Bot
from faqbot.retrieval.channels import CHANNELS
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES, confidence_features
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.retrieval.index import Index
from faqbot.retrieval.ranking import Ranking, rank
from faqbot.training.base import index_entries

TABLE = (
    FaqEntry("refund", "환불 기간 안내", "카드 결제 삼일"),
    FaqEntry("cancel", "결제 취소 방법", "주문 화면 에서 취소"),
    FaqEntry("late", "배송 지연 사유", "이틀 안에 도착"),
)
#: Of a share, however the rounding of 32-bit weights goes.
CLOSE = 1e-5
korean = st.text(st.one_of(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from(" 환불결제배송수료취소안못?!1aA")), max_size=30)


class Measured:
    """A table with the features of what is asked of it, ranked by the sum of all channels' scores."""

    def __init__(self, entries: Sequence[FaqEntry], analyzer: Analyzer) -> None:
        self.reader = Reader(analyzer, Synonyms(()))
        self.index: Index = index_entries(entries, self.reader).index

    def ranking(self, query: str) -> Ranking:
        weights = np.array([float(name.endswith(".value")) for name in CANDIDATE_FEATURES])
        return rank(self.reader.query(normalize(query)), self.index, weights)

    def __call__(self, query: str) -> Mapping[str, float]:
        return dict(zip(CONFIDENCE_FEATURES, confidence_features(self.ranking(query), self.index).tolist(), strict=True))

    def candidate(self, query: str) -> Mapping[str, float]:
        """Features of the first candidate."""
        return dict(zip(CANDIDATE_FEATURES, self.ranking(query).features[0].tolist(), strict=True))


@pytest.fixture(scope="module")
def table(space_analyzer: Analyzer) -> Measured:
    return Measured(TABLE, space_analyzer)


@pytest.fixture(scope="module")
def real(small_table: tuple[FaqEntry, ...], analyzer: KiwiAnalyzer) -> Measured:
    return Measured(small_table, analyzer)


def test_a_stored_question_has_every_share_and_lacks_nothing(table: Measured) -> None:
    found = table("환불 기간 안내")
    whole = (
        "coverage",
        "canonical_coverage",
        "stored_coverage",
        "stored_canonical_coverage",
        "known_content",
        "jamo",
        "same_nouns",
        "first_word",
        "bigrams",
        "in_entry",
    )
    assert {name: found[name] for name in whole} == pytest.approx(dict.fromkeys(whole, 1.0), abs=CLOSE)
    assert {name: found[name] for name in ("negation_differs", "missing_nouns", "absent_nouns", "length_gap")} == pytest.approx(
        {"negation_differs": 0.0, "missing_nouns": 0.0, "absent_nouns": 0.0, "length_gap": 0.0}, abs=CLOSE
    )


def test_shares_are_those_of_the_first_candidate(table: Measured) -> None:
    ranking = table.ranking("결제 안내")
    shares = ranking.shares().tolist()
    found = table("결제 안내")
    assert len(ranking) > 1
    assert found["share_logit"] == pytest.approx(math.log(shares[0] / (1 - shares[0])), abs=1e-4)
    assert found["entropy"] == pytest.approx(-sum(share * math.log(share) for share in shares), abs=1e-6)
    assert found["candidates"] == pytest.approx(math.log(len(ranking)))


def test_fewer_than_four_candidates_leave_the_fourth_as_far_behind_as_can_be(table: Measured) -> None:
    assert table("결제 안내")["margin_fourth"] == 8.0


def test_the_margin_is_the_distance_to_the_fourth_candidate(space_analyzer: Analyzer) -> None:
    measured = Measured([FaqEntry(f"e{i}", f"환불 {word}", word) for i, word in enumerate(("기간", "방법", "취소", "지연", "한도"))], space_analyzer)
    ranking = measured.ranking("환불 기간")
    assert len(ranking) > 3
    assert measured("환불 기간")["margin_fourth"] == pytest.approx(float(ranking.scores[0] - ranking.scores[3]))


@pytest.mark.parametrize(("query", "missing"), [("환불 기간", 0), ("환불 쿠폰", 1), ("환불 쿠폰 등급", 2), ("환불 쿠폰 등급 회원 정보 수정", 3)])
def test_missing_nouns_are_counted_up_to_three(table: Measured, query: str, missing: int) -> None:
    assert table(query)["missing_nouns"] <= 3.0
    assert (table(query)["missing_nouns"] > 0) is (missing > 0)
    if missing:
        assert table(query)["missing_nouns"] > table("환불 기간")["missing_nouns"]


@pytest.mark.parametrize(("query", "same"), [("환불 기간 안내", 1.0), ("안내 환불 기간", 1.0), ("환불 기간", 0.0), ("환불 기간 안내 방법", 0.0)])
def test_nouns_are_the_same_where_neither_side_has_one_more(table: Measured, query: str, same: float) -> None:
    assert table(query)["same_nouns"] == same


@pytest.mark.parametrize(
    ("query", "sign"),
    [("환불 기간 안내", 0), ("환불 기간 안내 쿠폰", 0), ("환불 기간 안내 배송", 1), ("환불 기간 카드", -1)],
    ids=["its own", "known to nobody", "of another question", "of its answer alone"],
)
def test_a_noun_is_absent_where_another_question_has_it_and_the_whole_entry_has_not(table: Measured, query: str, sign: int) -> None:
    absent = table(query)["absent_nouns"]
    assert (absent > CLOSE) - (absent < -CLOSE) == sign


def test_what_the_base_does_not_know_is_not_known(table: Measured) -> None:
    assert table("환불 기간 안내")["known_content"] == pytest.approx(1.0)
    assert 0.0 < table("환불 기간 우주선")["known_content"] < 1.0


@pytest.mark.parametrize(("query", "holds"), [("환불 우주", 1.0), ("우주 환불 기간", 0.0), ("기간 우주 환불", 1.0)])
def test_the_first_word_is_looked_for_in_the_stored_question(table: Measured, query: str, holds: float) -> None:
    assert table(query)["first_word"] == holds


@pytest.mark.parametrize(
    ("query", "share"),
    [("환불기간안내", 1.0), ("환불 기간", 1.0), ("환불 안내", 2 / 3), ("환불 우주", 1 / 3)],  # 환불·불안·안내; 환불·불우·우주
)
def test_bigrams_are_pairs_of_the_content_that_the_stored_question_holds(table: Measured, query: str, share: float) -> None:
    assert table(query)["bigrams"] == pytest.approx(share)


def test_the_share_in_the_entry_looks_at_the_answer_too(table: Measured) -> None:
    reading = table.reader.query("환불 카드")
    channel = next(channel for channel in CHANNELS if channel.name == "entry_bm25")
    terms, whole = set(channel.terms(reading)), set(channel.terms(table.reader.query("환불 기간 안내 환불 기간 안내 카드 결제 삼일")))
    assert len(terms - set(channel.terms(table.reader.query("환불 기간 안내")))) > 0
    assert table.index.share_in_entry("entry_bm25", table.index.lexicon.weigh(reading), 0) == pytest.approx(len(terms & whole) / len(terms))
    assert table("환불 카드")["in_entry"] == table.index.share_in_entry("entry_bm25", table.index.lexicon.weigh(reading), 0)


def test_nothing_of_an_unknown_query_is_in_an_entry_and_all_of_an_empty_one(table: Measured) -> None:
    assert table.index.share_in_entry("entry_bm25", table.index.lexicon.weigh(table.reader.query("뷁뚫")), 0) == 0.0
    assert table.index.share_in_entry("entry_bm25", table.index.lexicon.weigh(table.reader.query("")), 0) == 1.0


@pytest.mark.parametrize("channel", [channel.name for channel in CHANNELS if not channel.is_coverage and channel.name.startswith("entry")])
def test_all_of_an_entrys_own_words_are_in_it_and_not_in_another(table: Measured, channel: str) -> None:
    reading = table.reader.query("배송 지연 사유")
    assert table.index.share_in_entry(channel, table.index.lexicon.weigh(reading), 2) == 1.0
    assert table.index.share_in_entry(channel, table.index.lexicon.weigh(reading), 0) < 0.5


def test_agreement_is_the_share_of_channels_that_put_the_candidate_first(table: Measured) -> None:
    assert table("환불 기간 안내")["agreement"] == 1.0
    assert table("환불 기간 안내")["mean_rank"] == 1.0


def test_words_of_the_query_are_counted(table: Measured) -> None:
    assert table("환불 기간 우주")["query_words"] == pytest.approx(math.log(4))


def test_a_denial_on_one_side_only_is_seen(real: Measured) -> None:
    assert real("배송이 늦어요")["negation_differs"] == 0.0
    assert real("배송이 안 늦어요")["negation_differs"] == 1.0


@pytest.mark.parametrize("word", ["없이", "싫어요"])
def test_without_and_dislike_deny(analyzer: KiwiAnalyzer, word: str) -> None:
    assert Reader(analyzer, Synonyms(())).query(f"영수증 {word}").negated


def test_candidates_that_differ_little_are_near(space_analyzer: Analyzer) -> None:
    twins = Measured([FaqEntry("in", "국내 배송 기간", "이틀"), FaqEntry("out", "해외 배송 기간", "열흘")], space_analyzer)
    assert twins("배송 기간")["second_differs"] < twins("국내 배송 기간")["second_differs"] <= 12


def test_an_answer_that_is_there_twice_is_no_weaker_for_it(space_analyzer: Analyzer) -> None:
    twice = Measured([*TABLE, FaqEntry("again", "환불 기간 안내", "카드 결제 삼일")], space_analyzer)
    assert len(twice.ranking("환불 기간 안내 사유")) == 3
    assert twice("환불 기간 안내 사유")["candidates"] == pytest.approx(math.log(2))


@given(korean)
def test_shares_lie_between_zero_and_one_whatever_is_typed(real: Measured, query: str) -> None:
    if len(real.ranking(query)):
        found = real(query)
        shares = (
            "coverage", "canonical_coverage", "stored_coverage", "stored_canonical_coverage", "negation_differs", "canonical_bm25.value", "entry_bm25.ratio", "jamo",
            "known_content", "same_nouns", "agreement", "mean_rank", "first_word", "bigrams", "in_entry",
        )  # fmt: skip
        assert all(-CLOSE <= found[name] <= 1 + CLOSE for name in shares), found
        assert all(np.isfinite(list(found.values())))
        assert -CLOSE <= found["missing_nouns"] <= 3
        assert 0 <= found["margin_fourth"] <= 8
        assert min(found["entropy"], found["candidates"], found["second_differs"], found["query_words"], found["length_gap"]) >= -CLOSE


@given(korean)
def test_features_are_the_same_at_every_call(real: Measured, query: str) -> None:
    if len(real.ranking(query)):
        assert real(query) == real(query)


# --- order of jamo


def test_the_index_knows_each_questions_content_and_its_jamo(real: Measured, small_table: tuple[FaqEntry, ...]) -> None:
    questions = [question for entry in small_table for question in entry.questions]
    assert real.index.question_contents == tuple(real.reader.stored(normalize(question)).content for question in questions)
    assert real.index.question_jamo == tuple(decompose(content) for content in real.index.question_contents)


def test_a_question_typed_as_it_is_has_all_its_jamo_in_order(table: Measured) -> None:
    found = table.candidate("환불 기간 안내")
    assert (found["jamo"], found["stored_jamo"], found["jamo.ratio"]) == (1.0, 1.0, 1.0)


def test_jamo_survive_a_wrong_key(table: Measured) -> None:
    assert 0.9 < table.candidate("환불 기간 안네")["jamo"] < 1.0  # one vowel of fourteen


def test_jamo_look_at_the_order(table: Measured) -> None:
    assert table.candidate("안내 기간 환불")["jamo"] < 0.7


def test_jamo_of_a_part_are_all_of_the_query_and_some_of_the_question(table: Measured) -> None:
    found = table.candidate("환불 기간")
    whole, part = (len(decompose(text)) for text in ("환불기간안내", "환불기간"))
    assert (found["jamo"], found["stored_jamo"]) == (1.0, pytest.approx(part / whole))


# --- bot


def test_an_explanation_has_the_features_of_its_confidence(bot: Bot) -> None:
    explanation = bot.explain("카드 결제 취소")
    expected = confidence_features(explanation.ranking, bot.index).tolist()
    assert list(explanation.confidence_features) == list(CONFIDENCE_FEATURES)
    assert list(explanation.confidence_features.values()) == expected
    assert explanation.reply.confidence == bot.parameters.first.probability(np.array(expected))


def test_nothing_found_has_no_features(bot: Bot) -> None:
    assert bot.explain("뷁뚫꿿").confidence_features == {}


def everything(bot: Bot) -> np.ndarray:
    return np.ones(len(bot.entries), dtype=np.bool_)


def without(bot: Bot, *ids: str) -> np.ndarray:
    return np.array([entry.id not in ids for entry in bot.entries])


@pytest.mark.parametrize("query", ["환불 며칠 걸려요", "카드 결제 취소 방법", "오늘 날씨", "택배 안 왔어요"])
def test_among_all_entries_a_query_is_worth_what_it_is(bot: Bot, query: str) -> None:
    assert bot.confidence_among(query, everything(bot) & without(bot, "event")) == bot.ask(query).confidence


@pytest.mark.parametrize(("query", "own"), [("환불은 며칠 걸리나요?", "refund"), ("배송이 늦어요", "late"), ("비밀번호를 잊어버렸어요", "password")])
def test_a_stored_question_is_worth_little_once_its_entry_is_gone(bot: Bot, query: str, own: str) -> None:
    assert bot.ask(query).confidence == EXACT
    assert bot.confidence_among(query, without(bot, own)) < 0.5


def test_a_stored_question_is_no_exact_one_where_its_confidence_is_measured(bot: Bot) -> None:
    assert 0.5 < bot.confidence_among("배송이 늦어요", everything(bot)) != EXACT


def test_where_no_entry_is_allowed_there_is_no_confidence(bot: Bot) -> None:
    assert bot.confidence_among("환불은 며칠 걸리나요?", ~everything(bot)) == 0.0


@pytest.mark.parametrize("query", ["", " \n", "환불\ud800"])
def test_a_query_that_cannot_be_read_has_no_confidence_among_any(bot: Bot, query: str) -> None:
    with pytest.raises(QueryError):
        bot.confidence_among(query, everything(bot))
