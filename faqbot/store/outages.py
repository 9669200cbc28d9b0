"""What keeps an outage of PostgreSQL from becoming one of the bot: short waits, one attempt at a time, no connection to what is no primary any more."""

import logging
import threading
import time
from typing import Any

from sqlalchemy import Dialect, Engine, ExceptionContext, QueuePool, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

#: Options of a connection, in seconds (`tcp_user_timeout` in milliseconds). A host that does not answer is given up soon, for a thread that waits answers
#: nobody; of several hosts each is waited for that long. A peer that went away without a word is noticed.
POSTGRES: dict[str, Any] = {"connect_timeout": 2, "tcp_user_timeout": 5_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
#: Seconds after a failed attempt in which the next fails at once.
HOLD = 0.5


# SQLAlchemy names the logger of a pool after its class: what it notes of connections is no more news under our name than under its own.
logging.getLogger(f"{__name__}.ImpatientPool").setLevel(logging.WARNING)


class ImpatientPool(QueuePool):
    """Where one has waited for a connection in vain, nobody waits until one comes back: a database that hangs holds no thread but those it has."""

    _is_stuck = False

    def connect(self) -> PoolProxiedConnection:
        """A connection of the pool.

        Raises:
            sqlalchemy.exc.TimeoutError: all are in use and none came back in time; at once where the one before was told so.
        """
        if self._is_stuck and self.checkedout() >= self.size():
            raise PoolTimeoutError("no connection has come back since one was waited for in vain")
        try:
            connection = super().connect()
        except PoolTimeoutError:
            self._is_stuck = True
            raise
        self._is_stuck = False
        return connection


#: Connections of a process, fewer than a server has threads: a database that hangs takes no more threads than that from those who ask. Whoever finds none
#: free for a second is told to come back; a transaction takes milliseconds.
POOL: dict[str, Any] = {"poolclass": ImpatientPool, "pool_size": 3, "max_overflow": 0, "pool_timeout": 1.0}


class _Gate:
    """Lets one thread try to connect while connecting fails, and all while it works."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed_at: float | None = None

    def connect(self, dialect: Dialect, record: ConnectionPoolEntry, args: list[Any], options: dict[str, Any]) -> DBAPIConnection:  # noqa: ARG002  # the event's
        """A connection, or the driver's error; at once where another thread is finding out."""
        failed_at = self._failed_at
        if failed_at is None:
            return self._attempt(dialect, args, options)
        if time.monotonic() - failed_at < HOLD or not self._lock.acquire(blocking=False):
            raise dialect.loaded_dbapi.OperationalError("the server could not be reached a moment ago")
        try:
            return self._attempt(dialect, args, options)
        finally:
            self._lock.release()

    def _attempt(self, dialect: Dialect, args: list[Any], options: dict[str, Any]) -> DBAPIConnection:
        try:
            connection: DBAPIConnection = dialect.connect(*args, **options)
        except dialect.loaded_dbapi.OperationalError:
            self._failed_at = time.monotonic()
            raise
        self._failed_at = None
        return connection


def survive_outages(engine: Engine) -> None:
    """Let an engine of PostgreSQL fail fast while the server is down, and leave a server that only reads."""
    event.listen(engine, "do_connect", _Gate().connect)
    event.listen(engine, "handle_error", _leave_standby)


def _leave_standby(context: ExceptionContext) -> None:
    """A primary that became a standby keeps its connections; of several hosts the next attempt finds the one that writes."""
    if getattr(context.original_exception, "sqlstate", None) == "25006":
        context.is_disconnect = True
