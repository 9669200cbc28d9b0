"""Queries that took long: where the time went, told in the log without a word of them."""

import logging
import threading
import traceback
from collections.abc import Callable
from time import monotonic
from typing import Any

from faqbot.retrieval.tracing import Trace

#: Seconds between two that are asked again: under load the server has better things to do.
EVERY = 1.0
_log = logging.getLogger(__name__)


class SlowQueries:
    """Tells of them. One at a time is asked again to see where its time goes, behind the visitor's back; of others only how long they took is told."""

    def __init__(self, limit_ms: int, clock: Callable[[], float] = monotonic) -> None:
        self.limit = limit_ms / 1000
        self._clock = clock
        self._next = 0.0
        self._lock = threading.Lock()

    def is_slow(self, seconds: float) -> bool:
        """Whether it is worth telling; never where the limit is 0."""
        return 0 < self.limit <= seconds

    def tell(self, took: dict[str, Any], trace: Callable[[], Trace]) -> threading.Thread | None:
        """Log a slow query.

        Args:
            took: what is known of it: milliseconds, request, release.
            trace: asks it again.

        Returns:
            The thread that asks it again, None where another did a moment ago.
        """
        with self._lock:
            if (now := self._clock()) < self._next:
                again = False
            else:
                again, self._next = True, now + EVERY
        if not again:
            _log.warning("slow query", extra={"fields": took})
            return None
        thread = threading.Thread(target=_trace, args=(took, trace), name="slow-query", daemon=True)
        thread.start()
        return thread


def _trace(took: dict[str, Any], trace: Callable[[], Trace]) -> None:
    try:
        found = trace().to_json()
    except Exception as error:  # noqa: BLE001  # a thread has nobody to tell but the log, and the error's words may hold the query
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("slow query, and asking it again failed: %s\n%s", type(error).__name__, frames, extra={"fields": took})
        return
    _log.warning("slow query", extra={"fields": took | found})
