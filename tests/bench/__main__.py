"""`python -m tests.bench [--sizes "1000 10000 100000"] [--only NAME ...] [--json FILE]`."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from tests.bench import ask, candidates, operating, search, serving, sites, training
from tests.bench.report import Row, split_table, table
from tests.bench.workbench import Workbench

ITEMS: dict[str, Callable[[Workbench], Iterable[Row]]] = {
    "ask": ask.measure,
    "search": search.measure,
    "train": training.measure,
    "http": serving.http,
    "memory": serving.memory_of_workers,
    "start": serving.start,
    "beside": operating.training,
    "publish": operating.publishing,
    "engine": candidates.measure,
    "sites": sites.measure,
}
#: Items that run only when they are named: they fetch packages.
ON_REQUEST = {"engine"}
SIZES = "1000 10000 100000"
LIBRARIES = ("kiwipiepy", "kiwipiepy_model", "numpy", "scikit-learn", "scipy", "bm25s", "numba", "flask", "gunicorn")

NOTES = """\
ratio = ours / yardstick of the same run, one thread. Latencies: CPU time, each query's least of three passes, then percentiles over the queries.
Bases: words of data/faq.csv with a seed, six entries in ten with one question, the others with up to five; one in a hundred out of date.
  For ask and search they are put together from 3 x 3,000 fragments that were analysed once each; train analyses every text whole.
  Above 100,000 entries terms are drawn by Zipf's law and nothing but the search is measured.
Queries: data/queries.csv; as many of them as one pass of ask gets through in 3 s (at least 100), of brute force in 0.4 s (at least 15).
search: a query's terms to the best rows of either kind, which become candidates. All engines share terms and weights; the yardstick is the faster of
  scikit-learn and bm25s (NumPy). Recall is the share of the best rows (or others as good) that we find, for the most frequent terms are left out; "with all postings" leaves out none.
http, memory, start: the real data/faq.csv behind `faqbot serve`. The load generator shares the machine's cores with the server.
beside: a draft of that table is trained as the desk trains it, and made to stand still (SIGSTOP) in every other turn.
sites: a thousand installed, four tables of 500 entries of data/ with a thousand different answers; each question asks a site drawn at random.
publish: each request over a connection of its own; a worker serves the new release when none of its replies names the old one any more.
engine: the whole search with candidates from the embedded core of Milvus beside the process's own; wall-clock time. Only with --only engine, which installs Milvus on first use.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table, write the JSON."""
    options = _options(arguments)
    began = _load()
    with Workbench(options.sizes) as bench:
        rows = run(bench, options.only or [name for name in ITEMS if name not in ON_REQUEST])
    machine = _machine(began)
    options.json.write_text(json.dumps({"machine": machine, "rows": [row.to_json() for row in rows]}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("\n\n".join(part for part in (table(rows), split_table(rows), NOTES + _busy(machine)) if part) + "\n")


def run(bench: Workbench, names: Sequence[str]) -> list[Row]:
    """The rows of the named items, in that order, with one thread."""
    with threadpool_limits(1):
        return [row for name in names for row in ITEMS[name](bench)]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Speed and memory of faqbot as ratios to yardsticks of the same run.")
    parser.add_argument("--sizes", type=_sizes, default=_sizes(SIZES), help=f'entries of the bases (default: "{SIZES}"; 1000000 is search only)')
    parser.add_argument("--only", nargs="+", choices=ITEMS, metavar="NAME", help=f"items to run: {', '.join(ITEMS)} (default: all but engine)")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="result file (default: bench.json)")
    return parser.parse_args(arguments)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.replace(",", " ").split())


def _load() -> float:
    return round(os.getloadavg()[0], 1)


def _busy(machine: Mapping[str, Any]) -> str:
    loads = f"load average {machine['load_before']} before and {machine['load_after']} after"
    return f"Machine: {machine['cpus']} CPUs, {loads}; where others are at work, ratios are noisy, p99 above all."


def _machine(load_before: float) -> dict[str, Any]:
    return {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "load_before": load_before,
        "load_after": _load(),
    }


if __name__ == "__main__":
    main()
