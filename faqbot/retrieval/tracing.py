"""Where the time of a query goes, found by asking it again step by step: the bot that serves is not slowed down by being watched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from faqbot.korean.normalize import normalize_query
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.features import candidate_features

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trace:
    """How long each step took and how much there was to do. Nothing of the text.

    Attributes:
        stages: milliseconds by step, in order. `read` holds Kiwi; `rank` holds `search` and `features`, which are also timed alone.
        sizes: characters as typed and as normalized, morphemes, words read otherwise, candidates.
    """

    stages: dict[str, float]
    sizes: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """For a line of a log."""
        return {"stages": self.stages, **self.sizes}


def trace(bot: Bot, query: str, category: Sequence[str] = (), *, literal: bool = False) -> Trace:
    """Ask again, step by step.

    Args:
        bot: of the release that was asked.
        query: as typed.
        category: as in `Bot.ask`.
        literal: as in `Bot.ask`.

    Raises:
        QueryError: empty, too long or not text.
    """
    stages: dict[str, float] = {}

    def timed(name: str, work: Callable[[], T]) -> T:
        began = perf_counter()
        done = work()
        stages[name] = round((perf_counter() - began) * 1000, 2)
        return done

    text = timed("normalize", lambda: normalize_query(query))
    interpretation, reading = timed("read", lambda: bot.read(query, literal=literal))
    matches = timed("search", lambda: bot.index.search(reading))
    timed("features", lambda: candidate_features(reading, matches, bot.index))
    ranking = timed("rank", lambda: bot.rank(reading, category))
    timed("confidence", lambda: bot.confidences(ranking))
    sizes = {"characters": len(query), "normalized": len(text), "morphemes": len(reading.tokens)}
    return Trace(stages, sizes | {"corrections": len(interpretation.corrections), "candidates": len(ranking)})
