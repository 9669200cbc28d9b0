"""Where the time of a call goes: named functions are watched in place, so that each runs with the caches as the ones before it leave them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from time import thread_time_ns
from typing import Any
from unittest.mock import patch

import numpy as np

from tests.bench.timing import Micros, settled

#: Stage, owner of the function, its name.
Stage = tuple[str, Any, str]


class Tracer:
    """Nanoseconds spent in watched functions, each without the watched ones it calls."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._inside = [0]

    def watched(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            start = thread_time_ns()
            self._inside.append(0)
            try:
                return function(*args, **kwargs)
            finally:
                took = thread_time_ns() - start
                self.spent[stage] += took - self._inside.pop()
                self._inside[-1] += took

        return timed


@contextmanager
def traced(stages: Sequence[Stage]) -> Iterator[Tracer]:
    """Watch the functions of the stages."""
    tracer = Tracer()
    with ExitStack() as stack:
        for stage, owner, name in stages:
            stack.enter_context(patch.object(owner, name, tracer.watched(stage, getattr(owner, name))))
        yield tracer


def split(stages: Sequence[Stage], call: Callable[[str], Any], items: Sequence[str], passes: int) -> dict[str, Micros]:
    """Microseconds of each stage for each item, the least of all passes; stages of one name are added up."""
    names = list(dict.fromkeys(stage for stage, _, _ in stages))
    best = np.full((len(names), len(items)), np.inf)
    with traced(stages) as tracer, settled():
        for _ in range(passes):
            for i, item in enumerate(items):
                tracer.spent.clear()
                call(item)
                best[:, i] = np.minimum(best[:, i], [tracer.spent[name] / 1000 for name in names])
    return dict(zip(names, best, strict=True))
