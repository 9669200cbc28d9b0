"""Ask a bot every query of a file and judge the replies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from faqbot.domain import Candidate, LabelledQuery, Outcome
from faqbot.errors import QueryError
from faqbot.evaluation.metrics import Judged
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.decision import Evidence, decide
from faqbot.retrieval.parameters import Thresholds
from faqbot.retrieval.ranking import Ranking

#: Candidates of each prediction; figures look at ten at most.
LISTED = 10
_NO_EVIDENCE = Evidence(first=0.0, three=0.0, candidates=0, exact=0, sharing=0)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision rests on, so that it can be made again with other thresholds. Without arguments: of a query without candidates.

    Attributes:
        evidence: what is known of the first candidates.
        category: of the first candidate's entry, () without one.
    """

    evidence: Evidence = _NO_EVIDENCE
    category: tuple[str, ...] = ()

    def outcome(self, thresholds: Thresholds) -> Outcome:
        """What the bot does at these thresholds, those of the category included."""
        return decide(self.evidence, thresholds.within(self.category))[0]


_NONE = Grounds()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the bot made of one query, and why; a refused one is a fallback without candidates and confidence 0."""

    query: str
    outcome: Outcome
    confidence: float
    candidates: tuple[Candidate, ...]
    grounds: Grounds = _NONE

    def to_json(self) -> dict[str, Any]:
        """One line of a predictions file."""
        listed = [{"id": c.id, "question": c.question, "confidence": c.confidence} for c in self.candidates]
        return {"query": self.query, "outcome": str(self.outcome), "confidence": self.confidence, "candidates": listed}


def predict(bot: Bot, queries: Iterable[str]) -> Iterator[Prediction]:
    """One prediction a query, in order."""
    for query in queries:
        try:
            yield prediction(bot, query)
        except QueryError:
            yield Prediction(query, Outcome.FALLBACK, 0.0, ())


def prediction(bot: Bot, query: str) -> Prediction:
    """What the bot makes of one query.

    Raises:
        QueryError: empty, too long or not text.
    """
    explanation = bot.explain(query, limit=LISTED)
    reply = explanation.reply
    return Prediction(query, reply.outcome, reply.confidence, reply.candidates, grounds(bot, explanation.ranking, reply.confidence, explanation.three))


def grounds(bot: Bot, ranking: Ranking, first: float, three: float) -> Grounds:
    """What the bot decides on.

    Args:
        bot: that ranked.
        ranking: of the query, with or without candidates.
        first: P(the first candidate answers), 0..1.
        three: P(one of the first three does), at least `first`.
    """
    if not len(ranking):
        return _NONE
    position, row = int(ranking.entries[0]), int(ranking.questions[0])
    entry = bot.entries[position]
    holders = bot.holding(entry.questions[row - int(bot.index.question_starts[position])])
    sharing = int(np.isin(ranking.entries, holders).sum())
    return Grounds(Evidence(first, three, len(ranking), int(ranking.exact.sum()), sharing, ranking.covered), entry.category)


def judge(labelled: LabelledQuery, predicted: Prediction) -> Judged:
    """A prediction beside its label."""
    rank = next((i for i, candidate in enumerate(predicted.candidates) if candidate.id in labelled.faq_ids), None)
    return Judged(predicted.confidence, rank, labelled.in_scope, predicted.outcome, labelled.kind)


def evaluate(bot: Bot, labelled: Sequence[LabelledQuery]) -> list[Judged]:
    """Ask and judge all of them."""
    return [judge(label, predicted) for label, predicted in zip(labelled, predict(bot, (label.query for label in labelled)), strict=True)]
