"""Hears of publications as they happen. NOTIFY is not durable: whoever listens looks for themselves after each wait."""

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine

from faqbot.store.releases import CHANNEL

#: Seconds of one wait on the connection; a stop is heard after that.
_STEP = 1.0


class Listener:
    """Listens on a session connection of its own, which PgBouncer must not share among transactions; without PostgreSQL it only waits.

    Args:
        engine: the database. The connection is none of its pool's: it is held for long, and requests need theirs.
        sites: whose publications, asked again with each one that is heard of.
    """

    def __init__(self, engine: Engine, sites: Callable[[], Collection[str]]) -> None:
        self._engine = engine
        self._sites = sites
        self._driver: Any = None

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Until something was published, the time is over, or a stop is asked for. A connection that was lost is made anew, then or at the next call.

        The caller looks for news after each call, and so misses nothing that was said while nobody listened.
        """
        try:
            if self._engine.dialect.name == "postgresql" and not stop.is_set():
                self._listen(seconds, stop)
                return
        except Exception:  # noqa: BLE001  # the driver's own errors come past SQLAlchemy here; all mean a lost connection
            self.close()
        stop.wait(seconds)

    def close(self) -> None:
        """Give up the connection."""
        driver, self._driver = self._driver, None
        if driver is not None:
            with suppress(Exception):  # it is lost, or will be
                driver.close()

    def _listen(self, seconds: float, stop: threading.Event) -> None:
        if self._driver is None:
            connection = self._engine.raw_connection()
            self._driver = connection.driver_connection
            connection.detach()
            self._driver.autocommit = True
            self._driver.execute(f"LISTEN {CHANNEL}")
            return  # what was published before is looked for first
        waited = 0.0
        while waited < seconds and not stop.is_set():
            step = min(_STEP, seconds - waited)
            if any(notice.payload in self._sites() for notice in self._driver.notifies(timeout=step, stop_after=1)):
                return
            waited += step
