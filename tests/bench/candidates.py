"""The whole search with candidates from a real Milvus core beside the process's own postings, over terms drawn by Zipf's law."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from faqbot.korean.reading import Reading
from faqbot.retrieval.engine import Collection, EngineSource
from faqbot.retrieval.index import Index, Matches
from faqbot.retrieval.milvus import Found, Milvus
from faqbot.retrieval.vectors import count_vectors, vectors
from tests.bench import zipf
from tests.bench.report import Row
from tests.bench.timing import percentiles
from tests.bench.workbench import Workbench, step
from tests.contract.candidates.milvus_core import environment, opened

#: Where the packages of the core are kept: the folder of pytest's cache.
CACHE = Path(".pytest_cache/d/milvus")


class Connection:
    """Straight to the engine; counts the searches in which the process had to help out."""

    def __init__(self, client: Milvus) -> None:
        self._client = client
        self.late = 0

    def search(
        self, collection: Collection, wanted: Sequence[Mapping[int, float]], limit: int, entries: Sequence[int] | None, timeout: float
    ) -> list[Found] | None:
        """As the engine says."""
        try:
            return self._client.search(collection.name, wanted, limit, entries, timeout)
        except Exception:  # noqa: BLE001  # it is counted
            self.late += 1
            return None

    def distrust(self, collection: Collection, error: Exception) -> None:  # noqa: ARG002  # the protocol's
        """Count it."""
        self.late += 1


def measure(bench: Workbench) -> Iterator[Row]:
    """Every size; wall-clock time, for the core computes in a process of its own."""
    CACHE.mkdir(parents=True, exist_ok=True)
    python = environment(CACHE)
    for size in bench.sizes:
        with step(f"synthesise {size:,} entries"):
            index, readings = zipf.synthesise(size)
        with tempfile.TemporaryDirectory() as folder, opened(python, Path(folder) / "bench.db") as address, closing(Milvus(address)) as client:
            yield _beside(size, index, readings, client)


def _beside(size: int, index: Index, readings: Sequence[Reading], client: Milvus) -> Row:
    collection, connection = Collection("faqbot_bench", "faqbot 1 bench", "bench", "0" * 16), Connection(client)
    with step(f"build {size:,} entries in the engine"):
        began = perf_counter()
        client.build(collection.name, collection.about, count_vectors(index), vectors(index))
        built = perf_counter() - began
    outside = replace(index, source=EngineSource(collection, connection))
    same = sum(_alike(outside.search(reading), index.search(reading)) for reading in readings) / len(readings)
    everything = sum(_alike(index.search(reading, budget=len(index.postings.rows)), index.search(reading)) for reading in readings) / len(readings)
    engine, process = (percentiles(_micros(each.search, readings)) for each in (outside, index))
    note = f"p95 {engine['p95']:.0f} beside {process['p95']:.0f} µs; same candidates {same:.2f}, late {connection.late}; built in {built:.0f} s"
    details = {"engine": engine, "process": process, "same": same, "late": connection.late, "built": built, "same_with_all_postings": everything}
    return Row("engine", size, "µs", engine["p50"], process["p50"], note=f"{note}; same as with all postings {everything:.2f}", details=details)


def _alike(one: Matches, other: Matches) -> bool:
    return one.entries.tolist() == other.entries.tolist() and bool((one.scores == other.scores).all())


def _micros(search: Callable[[Reading], Matches], readings: Sequence[Reading]) -> np.ndarray:
    """Least of three passes."""
    took = np.full((3, len(readings)), np.inf)
    for one in took:
        for i, reading in enumerate(readings):
            began = perf_counter()
            search(reading)
            one[i] = (perf_counter() - began) * 1e6
    return took.min(axis=0)
