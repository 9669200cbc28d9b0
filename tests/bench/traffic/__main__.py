"""`python -m tests.bench.traffic [--entries N] [--rate N] [--seconds N] [--publications N] [--requests N] [--only NAME ...]`."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from tests.bench.traffic import items
from tests.bench.traffic.figures import Figure, table
from tests.bench.traffic.items import Plan
from tests.bench.traffic.site import Site, installed

ITEMS: dict[str, Callable[[Site, Plan], Iterator[Figure]]] = {
    "open": items.open_loop,
    "throughput": items.throughput,
    "adversary": items.adversary,
    "memory": items.workers_memory,
    "publish": items.publications,
}
ENTRIES = 10_000

NOTES = """\
open: requests are sent when they are due, over 64 connections at most, and count from when they were due. Client and server share the machine.
adversary: texts of 300 characters that cost Kiwi most, over 50 connections; the normal client asks 20 times a second, each of 40 addresses within its limit.
memory: PSS of master and workers. publish: two releases by turns, each a process's `publish`, at 100 requests/s.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 where every target is met, 1 otherwise."""
    options = _options(arguments)
    plan = Plan(options.rate, options.seconds, options.publications, options.requests)
    load = os.getloadavg()[0]
    with installed(options.entries) as site:
        figures = [figure for name in options.only or ITEMS for figure in ITEMS[name](site, plan)]
    machine = f"{datetime.now(UTC):%Y-%m-%d}, {options.entries:,} entries, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    busy = f"load average {load:.1f} before and {os.getloadavg()[0]:.1f} after; where others are at work, p99 is theirs"
    sys.stdout.write(f"{table(figures)}\n\n{NOTES}{machine}; {busy}.\n")
    return 0 if all(figure.is_met for figure in figures) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.traffic", description="What visitors notice when many ask at once, beside its targets.")
    plan = Plan()
    parser.add_argument("--entries", type=int, default=ENTRIES, help=f"entries of the table, which is trained once and kept (default: {ENTRIES})")
    parser.add_argument("--rate", type=float, default=plan.rate, help=f"requests a second of the open loop (default: {plan.rate:g})")
    parser.add_argument("--seconds", type=float, default=plan.seconds, help=f"of the open loop (default: {plan.seconds:g})")
    parser.add_argument("--publications", type=int, default=plan.publications, help=f"under load (default: {plan.publications})")
    parser.add_argument("--requests", type=int, default=plan.requests, help=f"after which memory is looked at again (default: {plan.requests})")
    parser.add_argument("--only", nargs="+", choices=ITEMS, metavar="NAME", help=f"items to run: {', '.join(ITEMS)} (default: all)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
