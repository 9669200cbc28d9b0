import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import Level, Outcome, Reason
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.decision import LOW, Evidence, decide, level
from faqbot.retrieval.parameters import Thresholds

THRESHOLDS = Thresholds(answer=0.8, suggest=0.3)
STRENGTH = {Outcome.FALLBACK: 0, Outcome.SUGGEST: 1, Outcome.ANSWER: 2}


def evidence(first: float = 0.5, three: float = 0.5, candidates: int = 5, exact: int = 0, sharing: int = 1) -> Evidence:
    return Evidence(first, three, candidates, exact, sharing)


@pytest.mark.parametrize(
    ("seen", "outcome", "reason"),
    [
        (evidence(first=0.95, three=0.99), Outcome.ANSWER, Reason.CONFIDENT),
        (evidence(first=0.8, three=0.9), Outcome.ANSWER, Reason.CONFIDENT),
        (evidence(first=0.7999, three=0.9), Outcome.SUGGEST, Reason.SEVERAL_LIKELY),
        (evidence(first=0.1, three=0.3), Outcome.SUGGEST, Reason.SEVERAL_LIKELY),
        (evidence(first=0.1, three=0.2999), Outcome.FALLBACK, Reason.NOT_CONFIDENT),
        (evidence(first=0.0, three=0.0), Outcome.FALLBACK, Reason.NOT_CONFIDENT),
        (evidence(first=0.0, three=0.0, candidates=0, sharing=0), Outcome.FALLBACK, Reason.NOTHING_KNOWN),
        (evidence(first=0.99, three=0.99, exact=1), Outcome.ANSWER, Reason.EXACT),
        (evidence(first=0.495, three=0.99, exact=2, sharing=2), Outcome.SUGGEST, Reason.SHARED_QUESTION),
        (evidence(first=0.95, three=0.99, sharing=2), Outcome.SUGGEST, Reason.SHARED_QUESTION),
        (evidence(first=0.1, three=0.4, sharing=3), Outcome.SUGGEST, Reason.SHARED_QUESTION),
        (evidence(first=0.1, three=0.2, sharing=3), Outcome.FALLBACK, Reason.NOT_CONFIDENT),
    ],
    ids=[
        "confident", "at the answer threshold", "below the answer threshold", "at the suggest threshold", "below the suggest threshold", "impossible",
        "no candidates", "exact", "exact and shared", "confident and shared", "likely and shared", "unlikely and shared",
    ],
)  # fmt: skip
def test_decisions(seen: Evidence, outcome: Outcome, reason: Reason) -> None:
    assert decide(seen, THRESHOLDS) == (outcome, reason)


def test_an_exact_question_is_answered_even_where_the_threshold_is_out_of_reach() -> None:
    assert decide(evidence(first=0.99, three=0.99, exact=1), Thresholds(answer=0.995, suggest=0.3)) == (Outcome.ANSWER, Reason.EXACT)


@st.composite
def any_evidence(draw: st.DrawFn) -> Evidence:
    first = draw(st.floats(0, 1))
    candidates = draw(st.integers(1, 9))
    sharing = draw(st.integers(1, candidates))
    return Evidence(first, draw(st.floats(first, 1)), candidates, draw(st.integers(0, sharing)), sharing)


any_thresholds = st.builds(Thresholds, st.floats(0.01, 1), st.floats(0.01, 1))


@given(any_evidence(), any_thresholds, st.data())
def test_raising_a_probability_never_weakens_the_outcome(seen: Evidence, thresholds: Thresholds, data: st.DataObject) -> None:
    first = data.draw(st.floats(seen.first, 1))
    likelier = Evidence(first, data.draw(st.floats(max(first, seen.three), 1)), seen.candidates, seen.exact, seen.sharing)
    assert STRENGTH[decide(likelier, thresholds)[0]] >= STRENGTH[decide(seen, thresholds)[0]]


@given(any_evidence(), any_thresholds)
def test_a_shared_question_is_never_answered_by_one_entry_alone(seen: Evidence, thresholds: Thresholds) -> None:
    outcome, reason = decide(seen, thresholds)
    assert seen.sharing == 1 or (outcome, reason) in {(Outcome.SUGGEST, Reason.SHARED_QUESTION), (Outcome.FALLBACK, Reason.NOT_CONFIDENT)}


@given(any_evidence(), any_thresholds)
def test_an_exact_question_never_falls_back(seen: Evidence, thresholds: Thresholds) -> None:
    assert seen.exact == 0 or decide(seen, thresholds)[0] is not Outcome.FALLBACK


@given(st.floats(0, 1), st.floats(0, 1), any_thresholds)
def test_without_candidates_nothing_is_known(first: float, three: float, thresholds: Thresholds) -> None:
    assert decide(Evidence(first, three, 0, 0, 0), thresholds) == (Outcome.FALLBACK, Reason.NOTHING_KNOWN)


@given(any_evidence(), any_thresholds)
def test_every_reason_belongs_to_one_outcome(seen: Evidence, thresholds: Thresholds) -> None:
    belongs = {
        Reason.CONFIDENT: Outcome.ANSWER,
        Reason.EXACT: Outcome.ANSWER,
        Reason.SHARED_QUESTION: Outcome.SUGGEST,
        Reason.SEVERAL_LIKELY: Outcome.SUGGEST,
        Reason.NOT_CONFIDENT: Outcome.FALLBACK,
    }
    outcome, reason = decide(seen, thresholds)
    assert belongs[reason] is outcome


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(1.0, Level.HIGH), (0.8, Level.HIGH), (0.7999, Level.MEDIUM), (LOW, Level.MEDIUM), (0.3333, Level.LOW), (0.0, Level.LOW)],
)
def test_levels(confidence: float, words: Level) -> None:
    assert level(confidence, THRESHOLDS) is words


def test_a_low_answer_threshold_is_high_all_the_same() -> None:
    assert level(0.25, Thresholds(answer=0.2, suggest=0.1)) is Level.HIGH
    assert level(0.19, Thresholds(answer=0.2, suggest=0.1)) is Level.LOW


@given(st.floats(0, 1), st.floats(0, 1), any_thresholds)
def test_more_confidence_is_never_a_lower_level(one: float, other: float, thresholds: Thresholds) -> None:
    order = [Level.LOW, Level.MEDIUM, Level.HIGH]
    low, high = sorted((one, other))
    assert order.index(level(low, thresholds)) <= order.index(level(high, thresholds))


def test_a_confidence_that_is_answered_is_called_high() -> None:
    assert decide(evidence(first=0.8, three=0.8), THRESHOLDS)[0] is Outcome.ANSWER
    assert level(0.8, THRESHOLDS) is Level.HIGH


def test_entries_that_share_a_question_are_suggested_together(bot: Bot) -> None:
    reply = bot.ask("수수료는 얼마인가요?")
    assert (reply.outcome, reply.reason) == (Outcome.SUGGEST, Reason.SHARED_QUESTION)
    assert [candidate.id for candidate in reply.candidates[:2]] == ["fee-buyer", "fee-seller"]
    assert reply.candidates[1].confidence == pytest.approx(reply.candidates[0].confidence, abs=1e-4)
