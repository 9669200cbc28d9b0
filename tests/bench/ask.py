"""`bot.ask` beside Kiwi's own time on the same queries, and where its time goes."""

from collections.abc import Iterator, Sequence
from functools import partialmethod
from unittest.mock import patch

import numpy as np

from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.normalize import normalize_query
from faqbot.korean.reading import Reader
from faqbot.retrieval import bot as bots
from faqbot.retrieval import interpretation, ranking
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.contents import Contents
from faqbot.retrieval.index import Index
from faqbot.retrieval.lexicon import Lexicon
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.postings import Postings
from faqbot.retrieval.spelling import Speller
from faqbot.training.prior import shipped_prior
from tests.bench.report import Row
from tests.bench.timing import affordable, fastest, percentiles
from tests.bench.tracing import Stage, split
from tests.bench.workbench import Workbench, step

#: (largest size, ratio of the median to Kiwi's), ascending.
MEDIAN = ((10_000, 4.0), (100_000, 10.0))
#: The same of p99 to Kiwi's median; it is shown without a target above.
TAIL = ((10_000, 12.0),)
#: Larger bases are searched only.
LARGEST = 100_000
#: Seconds of one pass over the queries, and queries that there are at least.
PATIENCE, LEAST = 3.0, 100
#: What `ask` runs through.
STAGES: tuple[Stage, ...] = (
    ("normalize", bots, "normalize_query"),
    ("keyboard layout", interpretation, "interpret"),
    ("spelling", Speller, "respell"),
    ("Kiwi and tokens", KiwiAnalyzer, "tokenize"),
    ("reading, synonyms", Reader, "query"),
    ("weigh", Lexicon, "weigh"),
    ("nominate", Postings, "add_up"),
    ("exact scores", Contents, "scores"),
    ("search", Index, "search"),
    ("features", ranking, "candidate_features"),
    ("order", bots, "rank"),
    ("confidence", Bot, "confidences"),
    ("decide, reply", Bot, "ask"),
)


def measure(bench: Workbench) -> Iterator[Row]:
    """Median and p99 at each size."""
    for size in bench.sizes:
        if size <= LARGEST:
            yield from _at(size, bench)


def _at(size: int, bench: Workbench) -> Iterator[Row]:
    base = bench.base(size)
    bot = Bot("", base.entries, base.index, shipped_prior().parameters(Targets(0.9, 0.3)), bench.reader)
    with step(f"ask, {size:,} entries"):
        queries = affordable(bot.ask, bench.queries, PATIENCE, LEAST)
        pairs = [(typed, normalize_query(typed)) for typed in queries]
        took = fastest({"kiwi": lambda pair: bench.kiwi(pair[1]), "ask": lambda pair: bot.ask(pair[0])}, pairs, bench.passes)
        same_first = _same_first(bot, queries)
        stages = split(STAGES, lambda typed: bot.ask(query=typed), queries, bench.passes)
    ours, kiwi = percentiles(took["ask"]), percentiles(took["kiwi"])
    parts = {name: float(np.median(micros)) for name, micros in stages.items()} | {"ask": ours["p50"], "Kiwi alone": kiwi["p50"]}
    details = {"ask": ours, "kiwi": kiwi, "split": parts, "question_rows": len(base.index.question_lengths), "queries": len(queries), "same_first": same_first}
    yield Row(
        "ask p50",
        size,
        "µs",
        ours["p50"],
        kiwi["p50"],
        _target(MEDIAN, size),
        note=f"Kiwi's own p50; first candidate as with all postings {same_first:.2f}",
        details=details,
    )
    yield Row("ask p99", size, "µs", ours["p99"], kiwi["p50"], _target(TAIL, size), note=f"Kiwi's own p99 is {kiwi['p99']:.0f} µs")


def _same_first(bot: Bot, queries: Sequence[str]) -> float:
    """Share of queries whose first candidate stays the same when no frequent term is left to the candidates alone."""
    abridged = [_first(bot, query) for query in queries]
    with patch.object(Index, "search", partialmethod(Index.search, budget=len(bot.index.postings.rows))):
        return sum(_first(bot, query) == first for query, first in zip(queries, abridged, strict=True)) / len(queries)


def _first(bot: Bot, query: str) -> str | None:
    candidates = bot.ask(query, limit=1).candidates
    return candidates[0].id if candidates else None


def _target(targets: tuple[tuple[int, float], ...], size: int) -> float | None:
    return next((target for largest, target in targets if size <= largest), None)
