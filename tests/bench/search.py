"""The search for candidates over each kind of rows beside scikit-learn's brute force and bm25s."""

from collections.abc import Iterator, Sequence

from faqbot.korean.normalize import normalize_query
from faqbot.korean.reading import Reading
from faqbot.retrieval.channels import Rows
from faqbot.retrieval.index import Index
from tests.bench import zipf
from tests.bench.ask import LARGEST
from tests.bench.engines import Kind, bm25, brute_force
from tests.bench.report import Row
from tests.bench.timing import affordable, fastest, percentiles
from tests.bench.workbench import Workbench, step

#: The whole search over a base that is only searched takes at most this many milliseconds.
LIMIT = 40.0
#: Seconds of brute force that one kind may take in one pass, and queries that there are at least.
PATIENCE, LEAST = 0.4, 15


def measure(bench: Workbench) -> Iterator[Row]:
    """Both kinds of rows at every size; above LARGEST the whole search first."""
    for size in bench.sizes:
        if size <= LARGEST:
            index, readings = bench.base(size).index, [bench.reader.query(normalize_query(typed)) for typed in bench.queries]
        else:
            with step(f"synthesise {size:,} entries"):
                index, readings = zipf.synthesise(size)
            yield _whole(size, index, readings, bench.passes)
        for kind in (Kind(index, rows) for rows in Rows):
            if known := [reading for reading in readings if kind.knows(reading)]:
                yield _kind(size, kind, known, bench.passes)


def _whole(size: int, index: Index, readings: Sequence[Reading], passes: int) -> Row:
    index.warm()
    millis = {name: value / 1000 for name, value in percentiles(fastest({"ours": index.search}, readings, passes)["ours"]).items()}
    note = f"all channels; yardstick: the limit; p95 {millis['p95']:.1f} ms"
    return Row("search", size, "ms", millis["p50"], LIMIT, 1.0, note=note, details={"ours": millis, "postings": len(index.postings.rows)})


def _kind(size: int, kind: Kind, readings: Sequence[Reading], passes: int) -> Row:
    slow = brute_force(kind)
    engines = {"ours": kind.search, "everything": kind.search_all, "sklearn": slow}
    engines |= {"bm25s": bm25(kind, "numpy"), "bm25s-numba": bm25(kind, "numba")}
    queries = affordable(slow, readings, PATIENCE, LEAST)
    with step(f"search {kind.rows}, {size:,} entries, {len(queries)} queries"):
        took = {engine: percentiles(micros) for engine, micros in fastest(engines, queries, passes).items()}
    recall = sum(kind.recall(reading) for reading in queries) / len(queries)
    beside = ", ".join(f"{engine} {took[engine]['p50']:.0f}" for engine in engines if engine not in {"ours", "everything"})
    return Row(
        f"search {kind.rows}",
        size,
        "µs",
        took["ours"]["p50"],
        min(took[engine]["p50"] for engine in ("sklearn", "bm25s")),
        1.0,
        note=f"{beside} µs; ours p95 {took['ours']['p95']:.0f}, recall {recall:.2f}; with all postings {took['everything']['p50']:.0f}",
        details={**took, "rows": kind.n_rows, "queries": len(queries), "recall": recall},
    )
