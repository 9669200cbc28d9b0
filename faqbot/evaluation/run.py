"""Ask a bot every query of a file and judge the replies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from faqbot.domain import Candidate, LabelledQuery, Outcome, Reply
from faqbot.errors import QueryError
from faqbot.evaluation.metrics import Judged
from faqbot.retrieval.bot import Bot

#: Candidates of each prediction; figures look at ten at most.
LISTED = 10


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the bot made of one query; a refused one is a fallback without candidates and confidence 0."""

    query: str
    outcome: Outcome
    confidence: float
    candidates: tuple[Candidate, ...]

    def to_json(self) -> dict[str, Any]:
        """One line of a predictions file."""
        listed = [{"id": c.id, "question": c.question, "confidence": c.confidence} for c in self.candidates]
        return {"query": self.query, "outcome": str(self.outcome), "confidence": self.confidence, "candidates": listed}


def predict(bot: Bot, queries: Iterable[str]) -> Iterator[Prediction]:
    """One prediction a query, in order."""
    for query in queries:
        try:
            yield prediction(bot.ask(query, limit=LISTED))
        except QueryError:
            yield Prediction(query, Outcome.FALLBACK, 0.0, ())


def prediction(reply: Reply) -> Prediction:
    """A reply as a line of a predictions file."""
    return Prediction(reply.query, reply.outcome, reply.confidence, reply.candidates)


def judge(labelled: LabelledQuery, predicted: Prediction) -> Judged:
    """A prediction beside its label."""
    rank = next((i for i, candidate in enumerate(predicted.candidates) if candidate.id in labelled.faq_ids), None)
    return Judged(predicted.confidence, rank, labelled.in_scope, predicted.outcome, labelled.kind)


def evaluate(bot: Bot, labelled: Sequence[LabelledQuery]) -> list[Judged]:
    """Ask and judge all of them."""
    return [judge(label, predicted) for label, predicted in zip(labelled, predict(bot, (label.query for label in labelled)), strict=True)]
