"""Stop-watches that a busy machine disturbs as little as possible.

They count the CPU time of this thread: on an idle machine that is what the clock on the wall shows, for nothing here waits;
on a busy one it leaves out the time in which others had the processor.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import thread_time_ns
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Micros = npt.NDArray[np.float64]


def fastest(contestants: Mapping[str, Callable[[T], object]], items: Sequence[T], passes: int = 3) -> dict[str, Micros]:
    """Microseconds each contestant needs for each item, the least of all passes; they take turns pass by pass, after one unmeasured item."""
    best = {name: np.full(len(items), np.inf) for name in contestants}
    with settled():
        for _ in range(passes):
            for name, call in contestants.items():
                call(items[0])
                np.minimum(best[name], _micros(call, items), out=best[name])
    return best


def _micros(call: Callable[[T], object], items: Sequence[T]) -> Micros:
    took = np.empty(len(items))
    for i, item in enumerate(items):
        start = thread_time_ns()
        call(item)
        took[i] = thread_time_ns() - start
    return took / 1000


@contextmanager
def settled() -> Iterator[None]:
    """Everything that lives now is kept from the garbage collector, as `faqbot serve` does before it forks."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def percentiles(micros: Micros) -> dict[str, float]:
    """p50, p95 and p99 over the items."""
    return {f"p{q}": float(np.percentile(micros, q)) for q in (50, 95, 99)}


def affordable(call: Callable[[T], object], items: Sequence[T], seconds: float, least: int) -> Sequence[T]:
    """As many of the items, from the first on, as the call gets through in that time, by a trial on the first few; at least `least`."""
    trial = np.min([_micros(call, items[:5]).mean() for _ in range(2)]) / 1e6
    return items[: max(least, int(seconds / trial))]
