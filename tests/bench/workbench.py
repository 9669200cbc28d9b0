"""What the items share: sizes, queries, the analyzer, and bases that are built once a run."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from faqbot.bootstrap.training import train_release
from faqbot.corpus import read_faq, read_queries
from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer, shared_kiwi
from faqbot.korean.dictionaries import Dictionaries, read_dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.index import Index
from faqbot.settings import load_settings
from faqbot.training.base import untracked
from faqbot.training.fit_index import fit_index
from tests.bench.bases import FRAGMENTS, Pool, Synthetic, make_pool, synthesise

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"


@dataclass(frozen=True)
class Base:
    """A synthetic base, indexed."""

    entries: tuple[FaqEntry, ...]
    index: Index


class Workbench:
    """One run, and what it leaves in folders until its end.

    Args:
        sizes: entries of the bases.
        queries: of data/queries.csv that are asked, from the first on; None for all.
        passes: over the queries, of which the fastest counts.
        fragments: of each kind that bases are made of.
    """

    def __init__(self, sizes: Sequence[int], queries: int | None = None, passes: int = 3, fragments: int = FRAGMENTS) -> None:
        self.sizes = tuple(sizes)
        self.passes = passes
        self._n_queries = queries
        self._fragments = fragments
        self._bases: dict[int, Base] = {}
        self._folders = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folders.close()

    @cached_property
    def queries(self) -> tuple[str, ...]:
        """Queries as typed."""
        return tuple(read_queries(DATA / "queries.csv")[: self._n_queries])

    @cached_property
    def table(self) -> tuple[FaqEntry, ...]:
        """The real table."""
        return read_faq(DATA / "faq.csv").entries

    @cached_property
    def dictionaries(self) -> Dictionaries:
        """The real dictionaries."""
        return read_dictionaries(DATA)

    @cached_property
    def analyzer(self) -> KiwiAnalyzer:
        """As the real site has it, warm."""
        analyzer = KiwiAnalyzer(self.dictionaries.user_words)
        analyzer.warm()
        return analyzer

    @cached_property
    def reader(self) -> Reader:
        """Analyzer and synonyms of the real site."""
        return Reader(self.analyzer, Synonyms.compile(self.dictionaries.synonyms, self.analyzer))

    @cached_property
    def pool(self) -> Pool:
        """What bases are made of."""
        with step(f"analyse 3 x {self._fragments:,} fragments"):
            return make_pool(self.table, self.reader, self._fragments)

    def kiwi(self, text: str) -> Any:
        """Kiwi's own tokenize on a normalized text, with the options of the product: the yardstick."""
        return shared_kiwi().tokenize(text, normalize_coda=True)

    def synthetic(self, size: int) -> Synthetic:
        """Entries and readings, made anew."""
        return synthesise(size, self.pool)

    def base(self, size: int) -> Base:
        """Entries and index, kept."""
        if size not in self._bases:
            synthetic = self.synthetic(size)
            with step(f"index {size:,} entries"):
                self._bases[size] = Base(synthetic.entries, fit_index(synthetic.questions, synthetic.whole).index)
        return self._bases[size]

    @cached_property
    def models(self) -> Path:
        """A folder with a published release of the real table, as `faqbot train --faq data/faq.csv` makes it; removed at the end of the run."""
        models = Path(self._folders.enter_context(TemporaryDirectory(prefix="faqbot-bench-")))
        with step(f"train data/faq.csv, {len(self.table)} entries"):
            train_release(read_faq(DATA / "faq.csv"), None, load_settings({"models": models}), track=untracked)
        return models


@contextmanager
def step(label: str) -> Iterator[None]:
    """Says on standard error what takes its time, and how much it took."""
    start = time.perf_counter()
    sys.stderr.write(f"{label} … ")
    sys.stderr.flush()
    yield
    sys.stderr.write(f"{time.perf_counter() - start:.1f} s\n")
