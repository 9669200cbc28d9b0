import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry, Level, Outcome, Reason, Reply
from faqbot.errors import QueryError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.normalize import MAX_NORMALIZED, MAX_RAW
from faqbot.retrieval.bot import EXACT, Bot
from faqbot.retrieval.calibration import LogisticModel
from faqbot.retrieval.confidence import CONFIDENCE_FEATURES
from faqbot.retrieval.parameters import Thresholds
from faqbot.retrieval.release import Release, current_id, load_release

UNKNOWN = ("뷁뚫꿿", "뷁 뚫꿿 쀍", "☃")
LAST_DAY_OF_EVENT = date(2020, 1, 31)
EVENT = "설 연휴 이벤트는 언제까지인가요?"
#: ln(p / (1 - p)) of 95 %, 50 % and 5 %.
SURE, EVEN, UNLIKELY = 2.944, 0.0, -2.944

#: Queries with words of the table, and any others.
queries = st.one_of(
    st.lists(
        st.sampled_from(
            [
                "환불",
                "결제",
                "취소",
                "배송이",
                "늦어요",
                "안",
                "택배",
                "비밀번호를",
                "수수료는",
                "얼마인가요?",
                "이벤트",
                "전화",
                "우주",
                "ㅋㅋㅋ",
                "ghksqnf",
                "!",
            ]
        ),
        min_size=1,
        max_size=6,
    ).map(" ".join),
    st.text(
        st.one_of(
            st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
            st.characters(min_codepoint=0x3131, max_codepoint=0x3163),
            st.sampled_from(" 환불은요abzAZ09?!☃😀"),
        ),
        max_size=40,
    ),
    st.text(max_size=40),
)


@pytest.fixture(scope="module")
def release(trained_site: Path) -> Release:
    return load_release(trained_site / current_id(trained_site))


@pytest.fixture(scope="module")
def bot_on(release: Release, analyzer: KiwiAnalyzer) -> Callable[[date], Bot]:
    """The bot of the small table on a day."""
    return lambda day: release.bot(analyzer, today=lambda: day)


def always(logit: float) -> LogisticModel:
    """The same probability whatever the features."""
    n = len(CONFIDENCE_FEATURES)
    return LogisticModel((0.0,) * n, (1.0,) * n, (0.0,) * n, logit)


@pytest.fixture(scope="module")
def bot_believing(release: Release, analyzer: KiwiAnalyzer) -> Callable[[float, float], Bot]:
    """A bot with a log odds of its own for every first candidate, and for every first three."""

    def believing(first: float, three: float) -> Bot:
        parameters = replace(release.parameters, first=always(first), three=always(three), thresholds=Thresholds(answer=0.9, suggest=0.3))
        return replace(release, parameters=parameters).bot(analyzer)

    return believing


def ids(reply: Reply) -> list[str]:
    return [candidate.id for candidate in reply.candidates]


def ask(bot: Bot, query: str, limit: int = 10) -> Reply | None:
    """The reply, or None where the query is refused."""
    try:
        return bot.ask(query, limit)
    except QueryError:
        return None


@pytest.mark.parametrize(
    ("query", "entry"),
    [("환불 며칠 걸려요?", "refund"), ("결제 취소하고 싶은데요", "cancel"), ("배송이 너무 늦어요", "late"), ("비밀번호를 잊어버렸습니다", "password")],
)
def test_a_question_in_slightly_other_words_is_answered(bot: Bot, query: str, entry: str) -> None:
    reply = bot.ask(query)
    assert (reply.outcome, reply.level, ids(reply)[0]) == (Outcome.ANSWER, Level.HIGH, entry)
    assert reply.confidence >= bot.parameters.thresholds.answer


def test_a_confident_bot_answers(bot_believing: Callable[[float, float], Bot]) -> None:
    reply = bot_believing(SURE, SURE).ask("환불 결제 취소")
    assert (reply.outcome, reply.reason, reply.level) == (Outcome.ANSWER, Reason.CONFIDENT, Level.HIGH)
    assert reply.confidence == pytest.approx(0.95, abs=1e-3)


def test_a_bot_in_two_minds_suggests(bot_believing: Callable[[float, float], Bot]) -> None:
    reply = bot_believing(EVEN, SURE).ask("환불 결제 취소")
    assert (reply.outcome, reply.reason, reply.level) == (Outcome.SUGGEST, Reason.SEVERAL_LIKELY, Level.MEDIUM)
    assert reply.confidence == 0.5


def test_a_bot_without_confidence_falls_back(bot_believing: Callable[[float, float], Bot]) -> None:
    reply = bot_believing(UNLIKELY, UNLIKELY).ask("환불 결제 취소")
    assert (reply.outcome, reply.reason, reply.level) == (Outcome.FALLBACK, Reason.NOT_CONFIDENT, Level.LOW)
    assert reply.confidence == pytest.approx(0.05, abs=1e-3)


def test_a_bare_word_of_a_question_is_suggested_by_a_bot_without_confidence(bot_believing: Callable[[float, float], Bot]) -> None:
    reply = bot_believing(UNLIKELY, UNLIKELY).ask("환불")
    assert (reply.outcome, reply.reason, reply.level) == (Outcome.SUGGEST, Reason.SEVERAL_LIKELY, Level.LOW)


@pytest.mark.parametrize("query", UNKNOWN)
def test_nothing_but_unknown_words_falls_back_with_no_confidence(bot: Bot, query: str) -> None:
    reply = bot.ask(query)
    assert (reply.outcome, reply.reason, reply.level) == (Outcome.FALLBACK, Reason.NOTHING_KNOWN, Level.LOW)
    assert (reply.confidence, reply.candidates) == (0.0, ())


def test_every_question_of_the_table_typed_exactly_is_answered(bot: Bot) -> None:
    for entry in bot.visible():
        for question in entry.questions if not entry.id.startswith("fee") else ():
            reply = bot.ask(question)
            assert (reply.outcome, reply.reason, reply.confidence) == (Outcome.ANSWER, Reason.EXACT, EXACT), question
            assert (reply.candidates[0].id, reply.candidates[0].question) == (entry.id, question)


@pytest.mark.parametrize(
    "typed", ["환불은며칠걸리나요", "환불은 며칠 걸리나요???", "  환불은  며칠 걸리나요 ", "환불은 며칠 걸리나요?", "환불은 며칠, 걸리나요!"],
    ids=["no spaces", "more signs", "more spaces", "NFD", "other signs"],
)  # fmt: skip
def test_spaces_and_signs_make_no_other_question(bot: Bot, typed: str) -> None:
    assert bot.ask(typed).reason is Reason.EXACT


def test_an_exact_question_is_answered_even_by_a_bot_without_confidence(bot_believing: Callable[[float, float], Bot]) -> None:
    reply = bot_believing(UNLIKELY, UNLIKELY).ask("배송이 늦어요")
    assert (reply.outcome, reply.reason, reply.confidence) == (Outcome.ANSWER, Reason.EXACT, EXACT)


def test_entries_that_share_a_question_are_suggested_together(bot: Bot) -> None:
    reply = bot.ask("수수료는 얼마인가요?")
    assert (reply.outcome, reply.reason) == (Outcome.SUGGEST, Reason.SHARED_QUESTION)
    assert ids(reply)[:2] == ["fee-buyer", "fee-seller"]
    assert reply.candidates[0].confidence == pytest.approx(EXACT / 2)


def test_entries_that_share_a_question_are_suggested_together_when_it_is_met_in_other_words(bot_believing: Callable[[float, float], Bot]) -> None:
    reply = bot_believing(SURE, SURE).ask("수수료가 얼마예요")
    assert (reply.outcome, reply.reason) == (Outcome.SUGGEST, Reason.SHARED_QUESTION)
    assert ids(reply)[:2] == ["fee-buyer", "fee-seller"]


@pytest.mark.parametrize("query", ["전화 상담을 받을 수 있나요?", "전화 상담", "준비하고 있습니다"])
def test_a_disabled_entry_never_appears(bot: Bot, query: str) -> None:
    assert "phone" not in ids(bot.ask(query, limit=10))
    assert "phone" not in [entry.id for entry in (*bot.suggest(query, 10), *bot.visible())]


@pytest.mark.parametrize("query", [EVENT, "설 연휴 이벤트", "1월 31일까지입니다."])
def test_an_entry_that_is_out_of_date_never_appears(bot: Bot, query: str) -> None:
    assert "event" not in ids(bot.ask(query, limit=10))
    assert "event" not in [entry.id for entry in (*bot.suggest(query, 10), *bot.visible())]


@pytest.mark.parametrize(
    ("day", "visible"),
    [(date(2019, 12, 31), False), (date(2020, 1, 1), True), (LAST_DAY_OF_EVENT, True), (date(2020, 2, 1), False)],
    ids=["day before", "first day", "last day", "day after"],
)
def test_an_entry_appears_on_its_days_only(bot_on: Callable[[date], Bot], day: date, visible: bool) -> None:
    bot = bot_on(day)
    assert (bot.ask(EVENT).reason is Reason.EXACT) is visible
    assert ("event" in [entry.id for entry in bot.suggest("설 연휴")]) is visible
    assert ("event" in [entry.id for entry in bot.visible()]) is visible


def test_an_entry_disappears_at_midnight_while_the_bot_runs(release: Release, analyzer: KiwiAnalyzer) -> None:
    days = [LAST_DAY_OF_EVENT]
    bot = release.bot(analyzer, today=lambda: days[-1])
    assert ids(bot.ask(EVENT))[0] == "event"
    days.append(LAST_DAY_OF_EVENT + timedelta(days=1))
    assert "event" not in ids(bot.ask(EVENT, limit=10))


@given(queries)
def test_only_visible_entries_are_candidates(bot: Bot, query: str) -> None:
    reply = ask(bot, query)
    assert reply is None or set(ids(reply)) <= {entry.id for entry in bot.visible()}


@pytest.mark.parametrize(
    ("category", "entries"),
    [(("결제",), {"refund", "cancel"}), (("결제", "환불"), {"refund"}), (("구매자",), {"fee-buyer"})],
    ids=["결제", "결제>환불", "구매자"],
)
def test_a_category_restricts_the_candidates(bot: Bot, category: tuple[str, ...], entries: set[str]) -> None:
    assert set(ids(bot.ask("환불 결제 취소 수수료 얼마", limit=10, category=category))) == entries
    assert {entry.id for entry in bot.visible(category)} == entries


def test_a_shared_question_is_answered_where_the_category_leaves_one_entry(bot: Bot) -> None:
    reply = bot.ask("수수료는 얼마인가요?", category=("판매자",))
    assert (reply.outcome, reply.reason, ids(reply)) == (Outcome.ANSWER, Reason.EXACT, ["fee-seller"])


@pytest.mark.parametrize("category", [("없는 분류",), ("환불",), ("결제", "환불", "카드"), ("결",)])
def test_a_category_without_entries_finds_nothing(bot: Bot, category: tuple[str, ...]) -> None:
    assert bot.ask("환불은 며칠 걸리나요?", category=category).reason is Reason.NOTHING_KNOWN
    assert bot.visible(category) == ()


@given(queries, st.integers(1, 9))
def test_the_limit_only_cuts_the_list(bot: Bot, query: str, limit: int) -> None:
    whole = ask(bot, query)
    assert ask(bot, query, limit) == (None if whole is None else replace(whole, candidates=whole.candidates[:limit]))


@given(queries)
def test_confidences_are_a_distribution_that_never_rises(bot: Bot, query: str) -> None:
    reply = ask(bot, query)
    confidences = [] if reply is None else [candidate.confidence for candidate in reply.candidates]
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) <= 1 + 1e-9


@given(st.floats(-9, 9), st.floats(-9, 9), st.sampled_from(["환불 결제 취소", "배송이 늦어요", "수수료는 얼마인가요?", "환불", "택배 수수료"]))
def test_confidences_are_a_distribution_whatever_the_bot_believes(bot_believing: Callable[[float, float], Bot], first: float, three: float, query: str) -> None:
    confidences = [candidate.confidence for candidate in bot_believing(first, three).ask(query, limit=10).candidates]
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) <= 1 + 1e-9


@given(queries)
def test_the_confidence_of_a_reply_is_that_of_its_first_candidate(bot: Bot, query: str) -> None:
    reply = ask(bot, query)
    assert reply is None or reply.confidence == (reply.candidates[0].confidence if reply.candidates else 0.0)


@given(queries)
def test_whatever_is_typed_is_answered_or_refused_for_a_reason(bot: Bot, query: str) -> None:
    reply = ask(bot, query)
    if reply is None:
        with pytest.raises(QueryError) as refusal:
            bot.ask(query)
        assert refusal.value.code in {"empty", "not_text"}
    else:
        assert (reply.query, reply.release) == (query, bot.release)


@given(queries)
def test_the_same_query_gets_the_same_reply(bot: Bot, bot_on: Callable[[date], Bot], query: str) -> None:
    assert ask(bot, query) == ask(bot, query) == ask(bot_on(date(2026, 3, 2)), query)


def test_threads_that_ask_at_once_get_the_same_replies(bot: Bot) -> None:
    asked = ["환불 며칠", "배송이 늦어요", "수수료는 얼마인가요?", "결제 취소", *UNKNOWN] * 10
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(bot.ask, asked)) == [bot.ask(query) for query in asked]


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("", "empty", "질문이 비어 있습니다. 궁금한 점을 적어 주세요."),
        (" \n\u200b", "empty", "질문이 비어 있습니다. 궁금한 점을 적어 주세요."),
        ("환불\ud800", "not_text", "질문에 깨진 글자가 있습니다. 다시 입력해 주세요."),
        ("가나" * (MAX_NORMALIZED // 2) + "다", "too_long", "질문이 너무 깁니다(301자). 300자 이내로 줄여 주세요."),
        ("환" * (MAX_RAW + 1), "too_long", "질문이 너무 깁니다(1,201자). 300자 이내로 줄여 주세요."),
    ],
    ids=["nothing", "nothing visible", "half a character", "one character too many", "a whole mail"],
)
def test_a_query_that_cannot_be_read_is_refused(bot: Bot, query: str, code: str, message: str) -> None:
    with pytest.raises(QueryError) as refusal:
        bot.ask(query)
    assert (refusal.value.code, str(refusal.value)) == (code, message)


def test_a_query_of_the_longest_length_is_read(bot: Bot) -> None:
    assert len(bot.ask("가나" * (MAX_NORMALIZED // 2)).interpretation.normalized) == MAX_NORMALIZED


@pytest.mark.parametrize("query", ["qothddl smwdjdy", "비밀먼호를 잊어버렸어요"])
def test_no_word_of_a_query_that_is_meant_literally_is_read_otherwise(bot: Bot, query: str) -> None:
    assert bot.ask(query).interpretation.corrections
    literal = bot.ask(query, literal=True)
    assert (literal.interpretation.normalized, literal.interpretation.corrections) == (query, ())
    assert literal.confidence < bot.ask(query).confidence


def test_what_needs_no_correction_is_read_the_same_literally(bot: Bot) -> None:
    assert bot.ask("환불 며칠 걸려요", literal=True) == bot.ask("환불 며칠 걸려요")


def test_the_interpretation_is_the_normalized_query(bot: Bot) -> None:
    assert bot.ask(" ５일 안에　환불돼요ㅋㅋㅋㅋ ").interpretation.normalized == "5일 안에 환불돼요ㅋㅋ"


@pytest.mark.parametrize("typed", ["환", "환불은", "환불은 며", "환불은며칠걸", "환불 기간이 궁", "돈은 언제 돌"])
def test_the_beginning_of_a_question_suggests_its_entry_first(bot: Bot, typed: str) -> None:
    assert bot.suggest(typed)[0].id == "refund"


def test_questions_that_begin_alike_are_suggested_in_entry_order(bot: Bot) -> None:
    assert [entry.id for entry in bot.suggest("수수료")[:2]] == ["fee-buyer", "fee-seller"]


def test_questions_that_begin_so_come_before_what_search_finds(release: Release, analyzer: KiwiAnalyzer) -> None:
    wordings = {"cancel": ("카드 결제 취소", "주문 취소"), "late": ("결제했는데 언제 와요?", "택배 언제 와요?")}
    entries = [replace(e, question=wordings[e.id][0], alternate_questions=wordings[e.id][1:]) if e.id in wordings else e for e in release.entries]
    bot = replace(release, entries=tuple(entries)).bot(analyzer)
    assert [entry.id for entry in bot.suggest("결제")] == ["late", "cancel", "refund"]


def test_a_beginning_is_suggested_even_where_search_finds_nothing(release: Release, analyzer: KiwiAnalyzer) -> None:
    entries = tuple(replace(entry, question="뷁뚫꿿이 뭔가요?") if entry.id == "late" else entry for entry in release.entries)
    bot = replace(release, entries=entries).bot(analyzer)
    assert [entry.id for entry in bot.suggest("뷁뚫")] == ["late"]


@given(queries.filter(str.isprintable))
def test_only_visible_entries_are_suggested_and_each_once(bot: Bot, typed: str) -> None:
    suggested = [entry.id for entry in bot.suggest(typed, limit=20)]
    assert len(suggested) == len(set(suggested))
    assert set(suggested) <= {entry.id for entry in bot.visible()}


def test_suggestions_are_cut_at_the_limit(bot: Bot) -> None:
    whole = bot.suggest("환불 결제 취소 배송 수수료", limit=20)
    assert len(whole) > 3
    assert bot.suggest("환불 결제 취소 배송 수수료", limit=3) == whole[:3]


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\n"])
def test_nothing_typed_suggests_nothing(bot: Bot, typed: str) -> None:
    assert bot.suggest(typed) == ()


@pytest.mark.parametrize("typed", UNKNOWN)
def test_unknown_words_suggest_nothing(bot: Bot, typed: str) -> None:
    assert bot.suggest(typed) == ()


def test_signs_alone_begin_no_question(bot: Bot) -> None:
    assert bot.suggest("☃!") == ()


@given(queries)
def test_an_explanation_is_of_the_same_reply(bot: Bot, query: str) -> None:
    reply = ask(bot, query, 3)
    assert reply is None or bot.explain(query).reply == reply


def test_an_explanation_has_a_line_for_each_step_and_each_candidate(bot: Bot) -> None:
    explanation = bot.explain("카드 결제 취소")
    lines = explanation.lines()
    assert [line.split(":")[0] for line in lines[:6]] == ["형태소", "대표어", "유의어", "까닭", "셋 안에 답이 있을 확률", "신뢰도 특징"]
    assert lines[0] == "형태소: 카드/NNG 결제/NNG 취소/NNG"
    assert lines[4] == f"셋 안에 답이 있을 확률: {explanation.three:.1%}"
    assert all(f" {name}=" in f" {lines[5].partition(': ')[2]}" for name in CONFIDENCE_FEATURES)
    assert [line.split(" ")[0] for line in lines[6::2]] == [f"[{candidate.id}]" for candidate in explanation.reply.candidates]


def test_an_explanation_says_what_of_the_query_each_candidate_holds(bot: Bot) -> None:
    explanation = bot.explain("카드 결제 취소 요금")
    place = ids(explanation.reply).index("cancel")
    matched = explanation.matched(place)
    assert {"결제", "취소"} <= set(matched.question)
    assert {"카드", "요금"} & set(matched.missing)
    assert not set(matched.question) & set(matched.entry) | set(matched.entry) & set(matched.missing)
    shown = explanation.to_json()["candidates"][place]
    assert shown["matched"] == {"question": list(matched.question), "entry": list(matched.entry), "missing": list(matched.missing)}


@pytest.mark.parametrize("query", ["환불은 며칠 걸리나요?", "수수료는 얼마인가요?", "카드 결제 취소", "배송", UNKNOWN[0]])
def test_an_explanation_names_the_thresholds_that_decided(bot: Bot, query: str) -> None:
    explanation = bot.explain(query)
    thresholds = bot.parameters.thresholds
    assert explanation.to_json()["thresholds"] == {"answer": thresholds.answer, "suggest": thresholds.suggest}
    assert explanation.lines()[3] == f"까닭: {explanation.why}"
    if explanation.reply.reason in {Reason.CONFIDENT, Reason.SEVERAL_LIKELY, Reason.NOT_CONFIDENT}:
        assert f"{thresholds.answer:.1%}" in explanation.why


def test_an_explanation_names_the_synonyms_that_applied(bot: Bot) -> None:
    assert bot.explain("비번").lines()[2].startswith("유의어: 비번→")
    assert bot.explain("배송").lines()[2] == "유의어: 없음"


@pytest.mark.parametrize("query", ["환불은 며칠 걸리나요?", "카드 결제 취소", UNKNOWN[0]])
def test_an_explanation_is_plain_json(bot: Bot, query: str) -> None:
    explanation = bot.explain(query)
    data = explanation.to_json()
    assert json.loads(json.dumps(data)) == data
    assert [candidate["id"] for candidate in data["candidates"]] == ids(explanation.reply)
    assert set(data["confidence_features"]) == (set(CONFIDENCE_FEATURES) if explanation.reply.candidates else set())


def test_nothing_found_is_explained_too(bot: Bot) -> None:
    assert bot.explain(UNKNOWN[0]).lines()[4:] == ["셋 안에 답이 있을 확률: 0.0%", "신뢰도 특징: "]


def test_a_visitor_sees_the_one_answer(bot: Bot, small_table: tuple[FaqEntry, ...]) -> None:
    assert bot.ask(small_table[0].question, limit=10).shown == 1


def test_a_visitor_sees_three_suggestions(bot_believing: Callable[[float, float], Bot]) -> None:
    assert bot_believing(EVEN, SURE).ask("환불 결제 취소", limit=10).shown == 3


def test_a_visitor_sees_every_entry_that_shares_the_question(bot: Bot) -> None:
    assert bot.ask("수수료는 얼마인가요?", limit=10).shown == 2


@given(queries)
def test_a_visitor_sees_one_answer_two_to_four_suggestions_or_nothing(bot: Bot, query: str) -> None:
    reply = ask(bot, query)
    assert reply is None or reply.shown in {Outcome.ANSWER: {1}, Outcome.SUGGEST: {2, 3, 4}, Outcome.FALLBACK: {0}}[reply.outcome]


def test_a_visitor_sees_no_candidate_of_a_fallback(bot: Bot) -> None:
    assert bot.ask(UNKNOWN[0], limit=10).shown == 0


def test_the_bot_holds_the_enabled_entries_in_table_order(bot: Bot, small_table: tuple[FaqEntry, ...]) -> None:
    assert bot.entries == tuple(entry for entry in small_table if entry.enabled)


def test_the_entries_that_hold_a_question_are_told_in_order(bot: Bot) -> None:
    assert [bot.entries[i].id for i in bot.holding("수수료는 얼마인가요")] == ["fee-buyer", "fee-seller"]
    assert [bot.entries[i].id for i in bot.holding("돈은 언제  돌려받나요?!")] == ["refund"]


def test_no_entry_holds_another_text(bot: Bot) -> None:
    assert bot.holding("수수료").tolist() == []


def test_a_reply_names_the_release_that_gave_it(bot: Bot, trained_site: Path) -> None:
    assert bot.ask("배송이 늦어요").release == current_id(trained_site)
