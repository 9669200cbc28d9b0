"""When a worker makes room for a fresh one: some time after there is a reason, and one worker after the other."""

import fcntl
import math
import random
from collections.abc import Callable
from pathlib import Path
from tempfile import mkstemp

#: Seconds until a worker is replaced that has a release to itself, and so many more for each worker, by chance.
RETIRE = 30.0
#: Seconds from the end of one worker to that of the next, in which the one that takes its place begins to answer.
PAUSE = 5.0


class Order:
    """Lets one process at a time end. Made before workers are forked; a process that ends, in whatever way, lets go of it.

    Args:
        folder: where a file may be made for a moment; the system's for temporary files where it is None.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._file, name = mkstemp(prefix="faqbot-", dir=folder)  # open as long as the process is
        Path(name).unlink()

    def take(self) -> bool:
        """Whether it is this process's turn, now and until it ends."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Retirement:
    """The end of one of several workers. A worker that ends still waits for clients, and meanwhile the others answer: there must be some.

    Args:
        should: tells whether a fresh worker would be better.
        workers: how many there are. One alone never retires but for what it has done.
        order: of all of them.
    """

    def __init__(self, should: Callable[[], bool], workers: int, order: Order) -> None:
        self._should, self._workers, self._order = should, workers, order
        self._at, self._is_next = math.inf, False

    def is_due(self, now: float, *, has_done: bool) -> bool:
        """Whether to end.

        Args:
            now: seconds; never less than at the call before.
            has_done: whether the worker has done all that one should.
        """
        if self._at == math.inf and has_done:
            self._at = now
        elif self._at == math.inf and self._workers > 1 and self._should():
            self._at = now + random.uniform(RETIRE, RETIRE * (1 + self._workers))  # noqa: S311  # no secret
        if self._at > now:
            return False
        if self._is_next or self._workers == 1:
            return True
        if self._order.take():
            self._is_next, self._at = True, now + PAUSE
        return False
