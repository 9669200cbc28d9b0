"""What visitors ask most, counted now and then."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from faqbot.errors import StoreError
from faqbot.store import Store

#: Days that are counted, entries that are kept, and seconds for which a count holds.
DAYS, MOST, FRESH = 30, 50, 300.0


class Popular:
    """Ids of entries by the number of queries that ended at them in the last DAYS, most first; those of before while the store is down."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._counted_at = -FRESH
        self._ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Most first; none before anything was asked."""
        if time.monotonic() - self._counted_at >= FRESH:
            self._counted_at = time.monotonic()
            try:
                self._ids = tuple(entry_id for entry_id, _ in self._store.popular(self._clock() - timedelta(days=DAYS), MOST))
            except StoreError:
                return self._ids
        return self._ids
