"""Each channel's search alone beside scikit-learn's brute force and bm25s."""

from collections.abc import Iterator, Sequence

from faqbot.korean.normalize import normalize_query
from faqbot.korean.reading import Reading
from faqbot.retrieval.index import Index
from tests.bench import zipf
from tests.bench.ask import LARGEST
from tests.bench.engines import SingleChannel, bm25, brute_force, cut_out
from tests.bench.report import Row
from tests.bench.timing import affordable, fastest, percentiles
from tests.bench.workbench import Workbench, step

#: The whole search over a base that is only searched takes at most this many milliseconds.
LIMIT = 40.0
#: Seconds of brute force that one channel may take in one pass, and queries that there are at least.
PATIENCE, LEAST = 0.4, 15


def measure(bench: Workbench) -> Iterator[Row]:
    """Every channel at every size; above LARGEST the whole search first."""
    for size in bench.sizes:
        if size <= LARGEST:
            index, readings = bench.base(size).index, [bench.reader.query(normalize_query(typed)) for typed in bench.queries]
        else:
            with step(f"synthesise {size:,} entries"):
                index, readings = zipf.synthesise(size)
            yield _whole(size, index, readings, bench.passes)
        for position in range(len(index.lexicon.channels)):
            single = cut_out(index, position)
            if known := [reading for reading in readings if single.knows(reading)]:
                yield _channel(size, single, known, bench.passes)


def _whole(size: int, index: Index, readings: Sequence[Reading], passes: int) -> Row:
    index.warm()
    millis = {name: value / 1000 for name, value in percentiles(fastest({"ours": index.search}, readings, passes)["ours"]).items()}
    note = f"all channels; yardstick: the limit; p95 {millis['p95']:.1f} ms"
    return Row("search", size, "ms", millis["p50"], LIMIT, 1.0, note=note, details={"ours": millis, "postings": len(index.postings.packed)})


def _channel(size: int, single: SingleChannel, readings: Sequence[Reading], passes: int) -> Row:
    name = single.channel.name
    slow = brute_force(single)
    engines = {"ours": single.search, "everything": single.search_all, "sklearn": slow}
    engines |= {"bm25s": bm25(single, "numpy"), "bm25s-numba": bm25(single, "numba")}
    _ = single.postings.dense
    queries = affordable(slow, readings, PATIENCE, LEAST)
    with step(f"search {name}, {size:,} entries, {len(queries)} queries"):
        took = {engine: percentiles(micros) for engine, micros in fastest(engines, queries, passes).items()}
    recall = sum(single.recall(reading) for reading in queries) / len(queries)
    beside = ", ".join(f"{engine} {took[engine]['p50']:.0f}" for engine in engines if engine not in {"ours", "everything"})
    return Row(
        f"search {name}",
        size,
        "µs",
        took["ours"]["p50"],
        min(took[engine]["p50"] for engine in ("sklearn", "bm25s")),
        1.0,
        note=f"{beside} µs; ours p95 {took['ours']['p95']:.0f}, recall {recall:.2f}; with all postings {took['everything']['p50']:.0f}",
        details={**took, "rows": single.n_rows, "postings": len(single.postings.packed), "queries": len(queries), "recall": recall},
    )
