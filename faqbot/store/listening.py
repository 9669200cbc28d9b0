"""Hears of publications as they happen. NOTIFY is not durable: whoever listens looks for themselves after each wait."""

import threading
from contextlib import suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from faqbot.store.releases import CHANNEL

#: Seconds of one wait on the connection; a stop is heard after that.
_STEP = 1.0


class Listener:
    """Listens on a session connection of its own, which PgBouncer must not share among transactions; without PostgreSQL it only waits.

    Args:
        engine: the database.
        site: whose publications.
    """

    def __init__(self, engine: Engine, site: str) -> None:
        self._engine = engine
        self._site = site
        self._connection: Connection | None = None

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
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()
                connection.close()

    def _listen(self, seconds: float, stop: threading.Event) -> None:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            return  # what was published before is looked for first
        driver = self._connection.connection.driver_connection
        waited = 0.0
        while waited < seconds and not stop.is_set() and driver is not None:
            step = min(_STEP, seconds - waited)
            if any(notice.payload == self._site for notice in driver.notifies(timeout=step, stop_after=1)):
                return
            waited += step
