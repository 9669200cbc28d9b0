"""Probabilities → outcome. Pure; a score never comes here."""

from dataclasses import dataclass

from faqbot.domain import Level, Outcome, Reason
from faqbot.retrieval.parameters import Thresholds

#: Below one in three a confidence is called low: two other answers are together likelier.
LOW = 1 / 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the first candidates.

    Attributes:
        first: P(the first candidate answers), 0 without candidates.
        three: P(one of the first three answers), at least `first`.
        candidates: how many there are.
        exact: how many of them hold the query as a question.
        sharing: how many candidates share the question that matched best, the first included.
        covered: whether the first candidate's question holds every word of the query: a bare "환불" asks for a choice, not for a person.
        asks: whether there is more in the query than greetings, thanks and requests.
    """

    first: float
    three: float
    candidates: int
    exact: int
    sharing: int
    covered: bool = False
    asks: bool = True


def decide(evidence: Evidence, thresholds: Thresholds) -> tuple[Outcome, Reason]:
    """Answer, suggest or fall back.

    A question that several entries share is never answered by one of them alone: they are suggested together. Raising a probability never makes the outcome weaker.

    >>> decide(Evidence(first=0.95, three=0.99, candidates=3, exact=0, sharing=1), Thresholds(0.8, 0.3))
    (<Outcome.ANSWER: 'answer'>, <Reason.CONFIDENT: 'confident'>)
    """
    if evidence.candidates == 0 or not (evidence.asks or evidence.exact):
        return Outcome.FALLBACK, Reason.NOTHING_KNOWN if evidence.asks else Reason.NOTHING_ASKED
    likely = evidence.exact > 0 or evidence.first >= thresholds.answer
    if evidence.sharing > 1 and (likely or evidence.three >= thresholds.suggest):
        return Outcome.SUGGEST, Reason.SHARED_QUESTION
    if evidence.exact > 0:
        return Outcome.ANSWER, Reason.EXACT
    if likely:
        return Outcome.ANSWER, Reason.CONFIDENT
    if evidence.three >= thresholds.suggest or evidence.covered:
        return Outcome.SUGGEST, Reason.SEVERAL_LIKELY
    return Outcome.FALLBACK, Reason.NOT_CONFIDENT


def level(confidence: float, thresholds: Thresholds) -> Level:
    """The confidence in words."""
    if confidence >= thresholds.answer:
        return Level.HIGH
    return Level.MEDIUM if confidence >= min(LOW, thresholds.answer) else Level.LOW
