"""The gate's verdict: red for harm, never for change."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from faqbot.domain import Candidate, FaqEntry, LabelledQuery, Outcome
from faqbot.evaluation.checks import MAIN, passes, sign_test
from faqbot.evaluation.findings import Change, Check, Findings, Pair, Reworded, State, Strayed
from faqbot.evaluation.gate import GateReport, judged
from faqbot.evaluation.run import Prediction
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.training.comparing import strayed

ENTRIES = {"a": ("환불되나요?", "결제>환불"), "b": ("배송이 늦어요", "배송")}
EMPTY = Findings("new", "old", ENTRIES, 0.9)
RIGHT, WRONG = "a", "b"


def seen(first: str, outcome: Outcome = Outcome.ANSWER, confidence: float = 0.9) -> Prediction:
    return Prediction("", outcome, confidence, (Candidate(first, "", 1.0, confidence),) if first else ())


def pairs(n: int, before: Prediction | None, after: Prediction, *, ids: str = "a", kind: str = "") -> list[Pair]:
    return [Pair(LabelledQuery(f"질의 {before and before.candidates} {i}", frozenset(ids), kind), before, after) for i in range(n)]


def report(**findings: object) -> GateReport:
    return judged(replace(EMPTY, **findings), "2026-03-02T00:00:00+00:00")


def check(name: str, **findings: object) -> Check:
    return next(one for one in report(**findings).checks if one.name == name)


def kept(n: int) -> list[Pair]:
    return pairs(n, seen(RIGHT), seen(RIGHT))


def lost(n: int) -> list[Pair]:
    return pairs(n, seen(RIGHT), seen(WRONG))


def won(n: int) -> list[Pair]:
    return pairs(n, seen(WRONG), seen(RIGHT))


def test_without_anything_to_judge_nothing_is_red() -> None:
    found = report()
    assert {one.state for one in found.checks} == {State.SKIPPED}
    assert not found.is_red


def test_the_same_replies_pass() -> None:
    found = report(labelled=kept(60), stored=kept(10), former=kept(3))
    assert not found.is_red
    assert found.flips == ()


@pytest.mark.parametrize(
    ("labelled", "state"),
    [
        (kept(300) + lost(10), State.RED),
        (kept(300) + lost(10) + won(2), State.RED),
        (kept(300) + lost(5), State.RED),
        (kept(300) + lost(4), State.GREEN),
        (kept(300) + lost(10) + won(9), State.GREEN),
        (kept(17) + lost(3), State.RED),
        (kept(18) + lost(2), State.GREEN),
    ],
    ids=["ten lost", "ten lost, two won", "five lost", "four lost", "as many won", "three of twenty", "two of twenty"],
)
def test_more_answers_lost_than_chance_explains_are_red(labelled: Sequence[Pair], state: State) -> None:
    assert check("labelled", labelled=labelled).state is state


def test_suggestions_that_no_longer_help_are_red_although_the_first_candidate_was_never_right() -> None:
    helping = Prediction("", Outcome.SUGGEST, 0.4, (Candidate("b", "", 1.0, 0.4), Candidate("a", "", 0.9, 0.3)))
    labelled = kept(100) + pairs(10, helping, replace(helping, outcome=Outcome.FALLBACK))
    assert check("labelled", labelled=labelled).state is State.GREEN
    assert check("helped", labelled=labelled).state is State.RED


def test_queries_that_no_entry_answers_are_lost_when_they_are_answered() -> None:
    labelled = kept(100) + pairs(6, seen(WRONG, Outcome.FALLBACK, 0.1), seen(WRONG), ids="")
    assert check("labelled", labelled=labelled).state is State.RED


def test_a_site_without_published_release_has_nothing_to_lose() -> None:
    found = report(published="", labelled=pairs(10, None, seen(WRONG, Outcome.SUGGEST, 0.4)))
    assert next(one for one in found.checks if one.name == "labelled").reason == "공개된 릴리스가 없어 견줄 것이 없습니다."
    assert not found.is_red


@pytest.mark.parametrize(
    ("label", "predicted", "is_kept"),
    [
        (LabelledQuery("환불", frozenset("a"), "must_answer"), seen("a"), True),
        (LabelledQuery("환불", frozenset("a"), "must_answer"), seen("b"), False),
        (LabelledQuery("환불", frozenset("a"), "must_answer"), seen("a", Outcome.SUGGEST), False),
        (LabelledQuery("욕", kind="must_not_answer"), seen("a", Outcome.SUGGEST), True),
        (LabelledQuery("욕", kind="must_not_answer"), seen("", Outcome.FALLBACK), True),
        (LabelledQuery("욕", kind="must_not_answer"), seen("a"), False),
    ],
)
def test_one_case_that_is_not_kept_is_red(label: LabelledQuery, predicted: Prediction, is_kept: bool) -> None:
    assert passes(label, predicted) is is_kept
    assert check("cases", cases=[Pair(label, None, predicted)]).state is (State.GREEN if is_kept else State.RED)


def test_a_case_whose_entry_is_gone_is_red() -> None:
    gone = check("cases", lost=[LabelledQuery("환불", frozenset("z"), "must_answer")])
    assert (gone.state, gone.reason) == (State.RED, "1개 중 1개를 어겼습니다: '환불'")


def test_queries_whose_entries_are_gone_are_reported_and_red_only_where_they_are_many() -> None:
    few, many = ([LabelledQuery(f"질의 {i}", frozenset("z")) for i in range(n)] for n in (4, 12))
    assert check("lost", labelled=kept(100), lost=few).state is State.GREEN
    assert check("lost", labelled=kept(100), lost=many).state is State.RED
    flips = [flip for flip in report(labelled=kept(100), lost=few).flips if flip.change is Change.LOST]
    assert [(flip.entry, flip.query) for flip in flips] == [("z", f"질의 {i}") for i in range(4)]


@pytest.mark.parametrize(
    ("gone", "held", "state"), [(176, 176, State.RED), (3, 10, State.RED), (2, 10, State.GREEN), (0, 10, State.GREEN), (0, 0, State.SKIPPED)]
)
def test_more_than_a_fifth_of_what_is_published_cannot_go_without_a_reason(gone: int, held: int, state: State) -> None:
    found = report(stored=kept(100), held=held, removed=[f"r{i}" for i in range(gone)])
    assert next(one.state for one in found.checks if one.name == "removed") is state
    assert found.is_red is (state is State.RED)


def test_removed_entries_are_told_by_their_questions_and_not_as_nothing_removed() -> None:
    assert check("removed", held=176, removed=["b"]).reason == "공개된 FAQ 176건 중 1건이 표에서 없어졌거나 '사용 안 함'입니다: '배송이 늦어요'"
    assert check("former", held=176, removed=["b"]).reason == "남은 FAQ에서 고치거나 지운 질문이 없습니다. 통째로 빠진 FAQ 1건의 질문은 묻지 않았습니다."
    assert check("former", held=176).reason == "고치거나 지운 질문이 없습니다."


def test_a_gate_that_asked_only_the_new_release_says_that_nothing_was_compared() -> None:
    alone = report(stored=pairs(12, None, seen(RIGHT)))
    assert (alone.has_compared, alone.to_json()["state"], alone.to_json()["compared"]) == (False, "green", False)
    assert any("견줄 것이 없음" in line for line in alone.lines())
    both = report(stored=kept(12))
    assert (both.has_compared, any("견줄 것이 없음" in line for line in both.lines())) == (True, False)


def test_a_stored_question_that_does_not_lead_to_its_entry_is_red() -> None:
    assert check("stored", stored=[*kept(500), *pairs(1, None, seen("", Outcome.FALLBACK))]).state is State.RED
    assert check("stored", stored=[*kept(500), *pairs(1, None, seen(WRONG))]).state is State.RED


def test_many_stored_questions_that_are_only_suggested_now_are_red() -> None:
    shared = pairs(6, seen(RIGHT), seen(RIGHT, Outcome.SUGGEST))
    assert check("stored", stored=kept(100) + shared).state is State.RED
    assert check("stored", stored=kept(100) + shared[:4]).state is State.GREEN


@pytest.mark.parametrize(("missed", "n", "state"), [(8, 10, State.RED), (4, 40, State.GREEN), (5, 40, State.RED), (10, 300, State.GREEN), (2, 2, State.GREEN)])
def test_questions_that_were_changed_beyond_recognition_are_red(missed: int, n: int, state: State) -> None:
    former = [replace(pair, label=replace(pair.label, kind=MAIN)) for pair in (*lost(missed), *kept(n - missed))]
    assert check("former", former=former).state is state


@pytest.mark.parametrize(("missed", "n", "state"), [(4, 9, State.GREEN), (10, 30, State.GREEN), (29, 43, State.RED)])
def test_alternate_questions_may_be_taken_away_but_not_by_the_column(missed: int, n: int, state: State) -> None:
    assert check("former", former=[*lost(missed), *kept(n - missed)]).state is state


@pytest.mark.parametrize(
    ("answers", "changed", "state"),
    [
        ([Strayed("a", "b"), Strayed("b", "a")], 30, State.GREEN),
        ([Strayed(str(i), "b") for i in range(3)], 30, State.RED),
        ([Strayed(str(i)) for i in range(10)], 40, State.RED),
        ([Strayed(str(i)) for i in range(4)], 30, State.GREEN),
        ([], 0, State.SKIPPED),
    ],
)
def test_answers_that_left_their_questions_are_red(answers: Sequence[Strayed], changed: int, state: State) -> None:
    assert check("answers", strayed=answers, answers_changed=changed).state is state


def test_register_and_wording_are_judged_apart() -> None:
    worse = [Reworded("endings", "환불되나요?", "환불되냐", "a", True, False)] * 10
    same = [Reworded("typo", "환불되나요?", "환불되나여", "a", True, True)] * 10
    assert check("register", reworded=worse + same).state is State.RED
    assert check("wording", reworded=worse + same).state is State.GREEN


def test_confidence_that_can_no_longer_be_believed_is_red() -> None:
    labelled = [*kept(60), *pairs(30, seen(WRONG, Outcome.SUGGEST, 0.1), seen(WRONG, Outcome.ANSWER, 0.95))]
    assert check("reliability", labelled=labelled).state is State.RED
    assert check("precision", labelled=labelled).state is State.RED
    assert check("precision", labelled=pairs(40, seen(WRONG), seen(WRONG))).state is State.GREEN


def test_too_few_labelled_queries_say_nothing_of_confidence() -> None:
    assert check("reliability", labelled=kept(49)).state is State.SKIPPED
    assert check("precision", labelled=kept(19)).state is State.SKIPPED


def test_flips_are_counted_by_entry_and_by_category() -> None:
    found = report(labelled=[*lost(2), *won(1), *pairs(1, seen(RIGHT), seen(RIGHT, Outcome.SUGGEST))])
    assert found.by_entry == ({"entry": "a", "question": "환불되나요?", "category": "결제>환불", "worse": 2, "better": 1, "band": 1, "lost": 0},)
    assert found.by_category == ({"category": "결제>환불", "worse": 2, "better": 1, "band": 1, "lost": 0},)
    assert [flip.change for flip in found.flips] == [Change.WORSE, Change.WORSE, Change.BETTER, Change.BAND]
    assert found.flips[0].note == "첫 후보 a → b"
    assert found.flips[3].note == "바로 답함 → 후보를 보여 줌"


def test_a_report_is_the_same_after_it_was_json() -> None:
    found = report(labelled=lost(3), cases=kept(1), lost=[LabelledQuery("\ud83d\x00", frozenset("z"))], strayed=[Strayed("a")], answers_changed=1)
    assert GateReport.from_json(json.loads(json.dumps(found.to_json(), ensure_ascii=False).encode())) == found
    assert found.to_json()["state"] == "red"


def test_lines_name_every_check_and_the_worst_flips() -> None:
    text = "\n".join(report(labelled=lost(5)).lines())
    assert "[빨강] 정답을 아는 질문의 첫째 후보: 질문 5개 중 맞던 것이 틀리게 된 것 5개" in text
    assert "나빠짐 · 질의" in text


def test_chance_of_losses_is_that_of_a_fair_coin() -> None:
    assert sign_test(1, 0) == 0.5
    assert sign_test(8, 2) == pytest.approx(56 / 1024)


# Answers


def entries(*answers: str) -> dict[str, FaqEntry]:
    questions = ("환불은 며칠 걸리나요?", "배송 조회는 어디서 하나요?", "비밀번호를 잊어버렸어요", "쿠폰은 어떻게 쓰나요?")
    return {str(i): FaqEntry(str(i), question, answer) for i, (question, answer) in enumerate(zip(questions, answers, strict=True))}


OLD = entries("환불은 영업일 3일 걸립니다.", "주문 내역에서 배송 조회를 누르세요.", "로그인 화면에서 비밀번호 찾기를 누르세요.", "결제할 때 쿠폰을 고르세요.")


def found_in(new: dict[str, FaqEntry], old: dict[str, FaqEntry], analyzer: KiwiAnalyzer) -> list[Strayed]:
    return list(strayed(old, new, analyzer.tokenize))


def answered(*answers: str) -> dict[str, FaqEntry]:
    return entries(*answers)


def test_answers_that_were_swapped_have_strayed(analyzer: KiwiAnalyzer) -> None:
    one, two, three, four = (entry.answer for entry in OLD.values())
    assert found_in(answered(two, one, three, four), OLD, analyzer) == [Strayed("0", "1"), Strayed("1", "0")]


def test_putting_swapped_answers_right_is_no_straying(analyzer: KiwiAnalyzer) -> None:
    one, two, three, four = (entry.answer for entry in OLD.values())
    assert found_in(OLD, answered(two, one, three, four), analyzer) == []


def test_an_answer_that_speaks_of_something_else_has_strayed(analyzer: KiwiAnalyzer) -> None:
    _, two, three, four = (entry.answer for entry in OLD.values())
    assert found_in(answered("오늘 점심은 김치찌개입니다.", two, three, four), OLD, analyzer) == [Strayed("0")]


def test_one_answer_for_many_entries_has_strayed(analyzer: KiwiAnalyzer) -> None:
    assert found_in(answered(*["환불, 배송, 비밀번호, 쿠폰은 고객센터로 문의하세요."] * 4), OLD, analyzer) == [Strayed(i) for i in "0123"]


def test_honest_edits_and_entries_that_move_as_a_whole_have_not_strayed(analyzer: KiwiAnalyzer) -> None:
    one, two, three, four = (entry.answer for entry in OLD.values())
    assert found_in(answered("이제 환불은 하루 걸립니다.", two + " 앱에서도 됩니다.", "비밀번호는 앱에서 바꿉니다.", four), OLD, analyzer) == []
    shifted = {"0": replace(OLD["1"], id="0"), "1": replace(OLD["0"], id="1"), "2": OLD["2"], "3": OLD["3"]}
    assert found_in(shifted, OLD, analyzer) == []
    assert one != three
