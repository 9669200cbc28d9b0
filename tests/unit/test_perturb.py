"""Perturbed questions keep their meaning, and what they do to the replies is counted."""

import re
import unicodedata

import pytest

from faqbot.domain import FaqEntry, Outcome
from faqbot.evaluation.perturb import CHANGE, SAME_FIRST, WORST, Reaction, _reaction, _row, lines, perturb, questions_of, sampled
from faqbot.evaluation.perturbations import KINDS, PERTURBATIONS, perturbed
from faqbot.evaluation.run import Prediction
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.keyboard import to_hangul, to_latin
from faqbot.korean.normalize import normalize
from faqbot.korean.terms import question_key
from faqbot.retrieval.bot import Bot

ANSWER, SUGGEST, FALLBACK = Outcome
QUESTIONS = (
    "환불은 며칠 걸리나요?",
    "결제를 취소하고 싶어요",
    "택배가 아직 안 왔어요",
    "비밀번호를 잊어버렸어요",
    "A/S는 어디서 받나요?",
    "1:1 문의에 답이 없어요. 어떻게 하죠?",
    "쿠폰 적용 방법",
)


def texts(question: str, analyzer: KiwiAnalyzer, kind: str) -> dict[str, str]:
    """What the perturbations of a kind make of a question, by name."""
    return {perturbation.name: text for perturbation, text in perturbed(question, analyzer) if perturbation.kind == kind}


def edits(one: str, other: str) -> int:
    """Keys to add, leave out or exchange between two texts."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def reaction(change: float, *, is_same: bool = True, outcome: Outcome = ANSWER, question: str = "질문") -> Reaction:
    return Reaction(question, f"{question}?", ("a", "a" if is_same else "b"), (0.9, 0.9 - change), (ANSWER, outcome), is_same)


# join


def test_morphemes_are_joined_with_their_conjugation_and_the_particle_that_fits(analyzer: KiwiAnalyzer) -> None:
    assert analyzer.join([("카드", "NNG"), ("을", "JKO"), ("바꾸", "VV"), ("어요", "EF")]) == "카드를 바꿔요"
    assert analyzer.join(iter([("듣", "VV-I"), ("어", "EF")])) == "들어"


def test_nothing_joined_is_an_empty_text(analyzer: KiwiAnalyzer) -> None:
    assert analyzer.join([]) == ""


# what the perturbations make


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "환불은 어떻게 하나요?",
            {"polite": "환불은 어떻게 해요?", "plain": "환불은 어떻게 해?", "nominal": "환불은 어떻게 함?", "formal": "환불은 어떻게 합니까?",
             "indirect": "환불은 어떻게 하는지 궁금해요"},
        ),
        (
            "쿠폰이 안 되나요",
            {"polite": "쿠폰이 안 돼요", "plain": "쿠폰이 안 돼", "nominal": "쿠폰이 안 됨", "formal": "쿠폰이 안 됩니까", "indirect": "쿠폰이 안 되는지 궁금해요"},
        ),
        (
            "바꿀 수 있어요?",
            {"neutral": "바꿀 수 있나요?", "plain": "바꿀 수 있어?", "nominal": "바꿀 수 있음?", "formal": "바꿀 수 있습니까?", "indirect": "바꿀 수 있는지 궁금해요"},
        ),
        (
            "수수료는 무료인가요?",
            {"polite": "수수료는 무료예요?", "plain": "수수료는 무료야?", "nominal": "수수료는 무료임?", "formal": "수수료는 무료입니까?",
             "indirect": "수수료는 무료인지 궁금해요"},
        ),
        (
            "어느 쪽이 빨라?",
            {"neutral": "어느 쪽이 빠른가요?", "polite": "어느 쪽이 빨라요?", "nominal": "어느 쪽이 빠름?", "formal": "어느 쪽이 빠릅니까?",
             "indirect": "어느 쪽이 빠른지 궁금해요"},
        ),
        (
            "주문이 취소됐어요.",
            {"neutral": "주문이 취소됐네요.", "plain": "주문이 취소됐어.", "nominal": "주문이 취소됐음.", "formal": "주문이 취소됐습니다.", "indirect": "주문이 취소됐는데요."},
        ),
        ("방법을 알려주세요", {"polite": "방법을 알려줘요", "plain": "방법을 알려줘", "formal": "방법을 알려주십시오"}),
    ],
    ids=["verb", "되", "있", "copula", "adjective", "statement", "request"],
)  # fmt: skip
def test_final_endings_are_exchanged_with_the_right_conjugation(analyzer: KiwiAnalyzer, question: str, expected: dict[str, str]) -> None:
    assert texts(question, analyzer, "endings") == expected


@pytest.mark.parametrize("question", ["쿠폰 적용 방법", "주문 취소 해지", "비밀번호를 바꾸려면?", "ghksqnf", "?", ""])
def test_a_text_that_does_not_end_in_an_ending_keeps_its_end(analyzer: KiwiAnalyzer, question: str) -> None:
    assert texts(question, analyzer, "endings") == {}


def test_the_copula_is_written_as_its_noun_asks(analyzer: KiwiAnalyzer) -> None:
    assert [texts(q, analyzer, "endings")["polite"] for q in ("그건 책인가요?", "그건 카드인가요?", "그건 아닌가요?")] == [
        "그건 책이에요?",
        "그건 카드예요?",
        "그건 아니에요?",
    ]


def test_a_word_that_is_joined_in_another_spelling_is_left_alone(analyzer: KiwiAnalyzer) -> None:
    assert analyzer.join((token.form, token.tag) for token in analyzer.tokenize("청구된 건가요")) == "청구된 거인가요"
    assert texts("이중으로 청구된 건가요?", analyzer, "endings") == {}


def test_only_the_last_sentence_and_its_last_word_change(analyzer: KiwiAnalyzer) -> None:
    question = "구매확정은  언제 되나요? 꼭 눌러야 하나요?!"
    assert set(texts(question, analyzer, "endings").values()) == {
        f"구매확정은 언제 되나요? 꼭 눌러야 {end}" for end in ("해요?!", "해?!", "함?!", "합니까?!", "하는지 궁금해요")
    }


@pytest.mark.parametrize(
    ("question", "honorific"),
    [
        ("어디서 보나요?", "어디서 보시나요?"),
        ("왔어요?", "오셨나요?"),
        ("수수료는 무료야?", "수수료는 무료신가요?"),
        ("확인하셨나요?", "확인했나요?"),
        ("방법을 알려주세요", "방법을 알려줘요"),
    ],
)
def test_honorifics_come_and_go(analyzer: KiwiAnalyzer, question: str, honorific: str) -> None:
    assert texts(question, analyzer, "politeness")["honorific"] == honorific


def test_nobody_honours_himself_in_a_statement(analyzer: KiwiAnalyzer) -> None:
    assert "honorific" not in texts("결제를 취소하고 싶어요", analyzer, "politeness")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("환불은 언제 되나요?", {"dropped": "환불 언제 되나요?", "swapped": "환불이 언제 되나요?"}),
        ("카드를 친구에게 빌려줬어요", {"dropped": "카드 친구에게 빌려줬어요", "swapped": "카드는 친구한테 빌려줬어요"}),
        ("내가 산 건 언제 와?", {}),
        ("쿠폰 적용 방법", {}),
    ],
    ids=["topic", "object", "bound", "none"],
)
def test_particles_are_dropped_and_swapped_where_they_are_syllables_of_their_own(analyzer: KiwiAnalyzer, question: str, expected: dict[str, str]) -> None:
    assert texts(question, analyzer, "particles") == expected


@pytest.mark.parametrize("kind", ["spacing", "nfd", "width"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_spacing_and_encoding_change_no_letter(analyzer: KiwiAnalyzer, kind: str, question: str) -> None:
    changed = texts(question, analyzer, kind)
    assert changed
    assert {question_key(normalize(text)) for text in changed.values()} == {question_key(question)}


def test_spaces_go_and_come_in_wrong_places(analyzer: KiwiAnalyzer) -> None:
    changed = texts("환불은 며칠 걸리나요?", analyzer, "spacing")
    assert changed["removed"] == "환불은며칠걸리나요?"
    assert set(changed["misplaced"].split()) - {"환불은", "며칠", "걸리나요?"}


def test_full_width_reaches_letters_digits_signs_and_spaces(analyzer: KiwiAnalyzer) -> None:
    assert texts("OTP 6자리?", analyzer, "width") == {"characters": "ＯＴＰ ６자리？", "spaces": "OTP\u30006자리?"}


def test_signs_of_a_sentence_go_and_those_of_a_word_stay(analyzer: KiwiAnalyzer) -> None:
    assert texts("1:1 문의는 3.5점 이상인가요?!", analyzer, "punctuation")["removed"] == "1:1 문의는 3.5점 이상인가요"


@pytest.mark.parametrize("question", QUESTIONS)
def test_signs_laughter_and_tears_come_at_the_end(analyzer: KiwiAnalyzer, question: str) -> None:
    changed = texts(question, analyzer, "punctuation")
    body = question.rstrip("?.")
    assert changed["other"].startswith(body)
    assert re.fullmatch(r"[?!.…~]+", changed["other"].removeprefix(body))
    assert re.fullmatch(r" ?[ㅠㅜ]{2}", changed["crying"].removeprefix(question))
    assert re.fullmatch(r" ?[ㅋㅎ]{2}", changed["laughing"].removeprefix(question))


@pytest.mark.parametrize("question", QUESTIONS)
def test_fillers_leave_the_question_whole(analyzer: KiwiAnalyzer, question: str) -> None:
    changed = texts(question, analyzer, "politeness")
    assert changed["greeting"].endswith(f" {question}")
    assert changed["closing"].startswith(f"{question} ")
    assert question in (changed["softener"].removeprefix("혹시 "), changed["softener"].replace("좀 ", ""))


@pytest.mark.parametrize("name", ["neighbour", "dropped", "doubled"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_typo_is_one_key(analyzer: KiwiAnalyzer, name: str, question: str) -> None:
    typed = texts(question, analyzer, "typo")[name]
    assert edits(to_latin(question), to_latin(typed)) == 1


@pytest.mark.parametrize(("name", "question", "typed"), [("vowel", "결제", "결재"), ("become", "안 돼요", "안 되요"), ("negation", "안 돼요", "않 돼요")])
def test_typos_of_spelling_are_those_that_people_make(analyzer: KiwiAnalyzer, name: str, question: str, typed: str) -> None:
    assert texts(question, analyzer, "typo")[name] == typed


def test_a_syllable_that_looks_like_a_negation_is_left_alone(analyzer: KiwiAnalyzer) -> None:
    assert "negation" not in texts("안내 문자를 받았어요", analyzer, "typo")


def test_the_other_layout_gives_the_same_keys(analyzer: KiwiAnalyzer) -> None:
    assert texts("환불은 며칠 걸리나요?", analyzer, "keyboard") == {"": "ghksqnfdms auclf rjfflskdy?"}
    assert all(to_hangul(text) == question for question in QUESTIONS[:4] for text in texts(question, analyzer, "keyboard").values())


def test_a_text_typed_on_the_other_layout_gets_no_hangul(analyzer: KiwiAnalyzer) -> None:
    assert [text for _, text in perturbed("ghksqnf djswp", analyzer) if re.search("[가-힣ㄱ-ㅣ]", text)] == []


def test_what_changes_nothing_is_left_out(analyzer: KiwiAnalyzer) -> None:
    question = "환불"
    changed = [text for _, text in perturbed(question, analyzer)]
    assert question not in changed
    assert {perturbation.kind for perturbation, _ in perturbed(question, analyzer)} == {"spacing", "politeness", "nfd", "punctuation", "typo", "keyboard"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_is_always_perturbed_alike(analyzer: KiwiAnalyzer, question: str) -> None:
    first = perturbed(question, analyzer)
    perturbed("다른 질문", analyzer)
    assert perturbed(f"  {question}", analyzer) == first


def test_different_questions_get_different_typos(analyzer: KiwiAnalyzer) -> None:
    at = {
        next(i for i, (a, b) in enumerate(zip(q, texts(q, analyzer, "typo")["doubled"], strict=False)) if a != b)
        for q in (f"환불은 언제 되나요 {i}" for i in range(20))
    }
    assert len(at) > 3


# which questions


def test_questions_that_differ_in_spaces_and_signs_alone_are_asked_once() -> None:
    entries = (FaqEntry("a", "환불은 언제?", "", alternate_questions=("환불 기간",)), FaqEntry("b", "환불은언제", "", alternate_questions=("교환 기간",)))
    assert questions_of(entries) == ["환불은 언제?", "환불 기간", "교환 기간"]


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    questions = [f"질문 {i:02d}" for i in range(40)]
    drawn = sampled(questions, 7)
    assert drawn == sampled(questions, 7) == sorted(drawn)
    assert len(set(drawn)) == 7
    assert sampled(questions, None) == sampled(questions, 40) == sampled(questions, 99) == questions


# what is counted


def test_figures_of_a_row_are_over_the_texts_that_changed() -> None:
    row = _row("typo", "vowel", "ㅐ/ㅔ", [reaction(0.0), reaction(0.2), reaction(0.4, outcome=SUGGEST), reaction(-0.06, is_same=False)])
    assert (row.n, row.same_first, row.outcome_changed) == (4, 0.75, 0.25)
    assert row.change == pytest.approx(0.66 / 4)


def test_the_worst_are_other_candidates_before_other_outcomes_and_large_changes_first() -> None:
    others = [reaction(0.1 * i, is_same=False, question=f"다름 {i}") for i in range(3)]
    weaker = [reaction(0.5 + 0.1 * i, outcome=SUGGEST, question=f"약함 {i}") for i in range(4)]
    row = _row("typo", "", "오타", [reaction(0.9), *weaker, *others])
    assert len(row.worst) == WORST
    assert [r.question for r in row.worst] == ["다름 2", "다름 1", "다름 0", "약함 3", "약함 2"]


def test_a_row_without_texts_has_no_figures() -> None:
    row = _row("nfd", "", "NFD", [])
    assert (row.n, row.same_first, row.change, row.outcome_changed, row.worst) == (0, None, None, None, ())
    assert lines([row])[1].split() == ["NFD", "0", "-", "0.990", "-", "0.050", "-"]


def test_another_entry_with_the_very_question_counts_as_the_same(bot: Bot) -> None:
    holders = frozenset(bot.entries[i].id for i in bot.holding("수수료는 얼마인가요?"))
    assert holders == {"fee-buyer", "fee-seller"}
    shared, other = (Prediction("q", ANSWER, 0.5, bot.ask(query).candidates[:1]) for query in ("수수료는 얼마인가요?", "배송이 늦어요"))
    twin = Prediction("q", ANSWER, 0.5, tuple(c for c in bot.ask("수수료는 얼마인가요?").candidates if c.id != shared.candidates[0].id)[:1])
    assert {shared.candidates[0].id, twin.candidates[0].id} == holders
    assert _reaction(shared, twin, holders).is_same
    assert not _reaction(shared, other, holders).is_same
    assert not _reaction(shared, twin, frozenset()).is_same


def test_replies_without_candidates_have_the_same_first_candidate() -> None:
    nothing = Prediction("q", FALLBACK, 0.0, ())
    found = _reaction(nothing, nothing, frozenset())
    assert (found.is_same, found.first, found.line()) == (True, ("", ""), "q → q: 없음 0.0% fallback → 없음 0.0% fallback")


def test_every_perturbation_has_a_row_below_that_of_its_kind(bot: Bot, analyzer: KiwiAnalyzer, small_table: tuple[FaqEntry, ...]) -> None:
    rows = perturb(bot, analyzer, questions_of(small_table))
    assert [row.kind for row in rows if not row.name] == list(KINDS)
    assert [(row.kind, row.name) for row in rows if row.name] == [(p.kind, p.name) for p in PERTURBATIONS if p.name]
    for kind in KINDS:
        whole, *parts = [row for row in rows if row.kind == kind]
        assert whole.n > 0
        assert not parts or whole.n == sum(part.n for part in parts)


def test_a_bot_that_folds_encoding_and_spaces_replies_alike(bot: Bot, analyzer: KiwiAnalyzer) -> None:
    rows = perturb(bot, analyzer, QUESTIONS[:4])
    for row in rows:
        if row.kind in {"spacing", "nfd", "width"}:
            assert (row.same_first, row.change, row.outcome_changed, row.worst) == (1.0, 0.0, 0.0, ())


def test_a_text_that_becomes_too_long_is_a_reply_without_candidates(bot: Bot, analyzer: KiwiAnalyzer) -> None:
    question = " ".join(["배송이 늦어요"] * 30)
    row = next(row for row in perturb(bot, analyzer, [question]) if row.kind == "keyboard")
    assert (row.same_first, row.outcome_changed) == (0.0, 1.0)
    assert row.worst[0].first == ("late", "")


def test_measuring_twice_gives_the_same_rows(bot: Bot, analyzer: KiwiAnalyzer) -> None:
    assert perturb(bot, analyzer, QUESTIONS) == perturb(bot, analyzer, QUESTIONS)


def test_every_question_is_tracked(bot: Bot, analyzer: KiwiAnalyzer) -> None:
    seen: list[tuple[str, list[str]]] = []
    perturb(bot, analyzer, QUESTIONS[:2], lambda label, items: seen.append((label, list(items))) or items)
    assert seen == [("바꾼 말로 묻는 중", list(QUESTIONS[:2]))]


def test_targets_stand_beside_the_figures() -> None:
    assert {kind: _row(kind, "", "", []).targets for kind in KINDS} == {kind: (SAME_FIRST.get(kind), CHANGE) for kind in KINDS}
    data = _row("particles", "dropped", "뺌", [reaction(0.2, outcome=SUGGEST)]).to_json()
    assert (data["target_same_first"], data["target_change"]) == (None, 0.05)
    assert data["worst"][0]["outcome"] == (ANSWER, SUGGEST)


def test_the_table_keeps_its_columns_and_ends_with_the_worst_of_each_kind(bot: Bot, analyzer: KiwiAnalyzer) -> None:
    rows = perturb(bot, analyzer, QUESTIONS)
    printed = lines(rows)
    table = printed[: len(rows) + 1]
    assert len({columns(line) for line in table}) == 1
    assert [line.lstrip().startswith(row.label) for row, line in zip(rows, table[1:], strict=True)] == [True] * len(rows)
    assert [line for line in printed[len(rows) + 1 :] if not line.startswith("  ")] == [
        f"\n{row.label}: 가장 크게 달라진 글" for row in rows if row.worst and not row.name
    ]
