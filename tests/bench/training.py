"""A whole training beside Kiwi's own time on the same texts."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar

from faqbot.domain import FaqEntry
from faqbot.korean.normalize import normalize
from faqbot.retrieval.parameters import Targets
from faqbot.training.prior import shipped_prior
from faqbot.training.train import Plan, train
from tests.bench.report import Row
from tests.bench.workbench import Workbench, step

T = TypeVar("T")

TARGET = 3.0
#: The size of the target; where no size of the run is it, the largest below it is measured.
LARGEST = 10_000


class Watch:
    """Shows no progress but notes how many CPU seconds the reading of the entries took."""

    reading = 0.0

    def __call__(self, _: str, items: Sequence[T], /) -> Iterable[T]:
        """The items, in order."""
        start = process_time()
        yield from items
        self.reading += process_time() - start


def measure(bench: Workbench) -> Iterator[Row]:
    """One training and one pass of Kiwi, both in CPU seconds: they are too long to be repeated, and others share the machine."""
    sizes = [size for size in bench.sizes if size <= LARGEST]
    if not sizes:
        return
    size = max(sizes)
    entries = bench.synthetic(size).entries
    with step(f"train {size:,} entries"):
        ours, reading = _train(entries, bench)
    with step(f"Kiwi on the texts of {size:,} entries"):
        kiwi = _kiwi(entries, bench)
    note = f"CPU s: reading {reading:.1f}, index, files and gate {ours - reading:.1f}"
    yield Row("train", size, "s", ours, kiwi, TARGET, note=note, details={"reading": reading, "rest": ours - reading})


def _train(entries: Sequence[FaqEntry], bench: Workbench) -> tuple[float, float]:
    """CPU seconds of everything `faqbot train --no-publish` does behind the reading of the table, and of the reading of the entries alone."""
    watch, prior, plan = Watch(), shipped_prior(), Plan(Targets(0.9, 0.3), publish=False)
    with TemporaryDirectory(prefix="faqbot-bench-") as folder:
        start = process_time()
        train(entries, (), bench.dictionaries, site=Path(folder), analyzer=bench.analyzer, prior=prior, plan=plan, track=watch)
        return process_time() - start, watch.reading


def _kiwi(entries: Sequence[FaqEntry], bench: Workbench) -> float:
    texts = [normalize(text) for entry in entries for text in (*entry.questions, entry.answer)]
    start = process_time()
    for text in texts:
        bench.kiwi(text)
    return process_time() - start
