"""What was asked, written down behind the visitor's back: no reply waits for a disk, and a store that is down stops no answers."""

import atexit
import logging
import os
import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from faqbot.errors import FaqbotError, StoreError

#: Records that wait at most; the newest are dropped above that, and counted.
MOST = 10_000
#: Records written in one transaction.
BATCH = 200
#: Seconds between two attempts while the store is down, and that anybody waits for what was put.
PAUSE, PATIENCE = 1.0, 5.0

Record = TypeVar("Record")
_log = logging.getLogger(__name__)


class Watcher(Protocol):
    """Whoever counts what becomes of records."""

    def waits(self, queries: int) -> None:
        """So many wait now."""

    def dropped(self, queries: int) -> None:
        """So many more will never be written."""


class Journal(Generic[Record]):
    """A queue in front of a store, emptied by one thread of each process.

    Args:
        write: stores a batch in one transaction, or raises FaqbotError; the batch is tried again then.
        watcher: told how many wait and how many are dropped.
    """

    def __init__(self, write: Callable[[Sequence[Record]], object], watcher: Watcher | None = None) -> None:
        self._write = write
        self._watcher = watcher
        self._waiting: queue.Queue[Record] = queue.Queue(MOST)
        self._lock = threading.Lock()
        self._process = 0
        self._is_down = False
        self.dropped = 0
        atexit.register(self.flush)

    def put(self, record: Record) -> None:
        """Write it soon. Never blocks and never fails."""
        self._start()
        try:
            self._waiting.put_nowait(record)
            self._count()
        except queue.Full:
            self._drop(1)
            _log.error("records dropped because the store has been down for long: %d", self.dropped)

    def flush(self) -> None:
        """Wait until everything that this process put is written, PATIENCE seconds at most."""
        self._wait_for(lambda: not self._waiting.unfinished_tasks)

    def catch_up(self) -> bool:
        """The same for a request, which does not wait while the store is down. Whether everything is written."""
        self._wait_for(lambda: not self._waiting.unfinished_tasks or self._is_down)
        return self._process != os.getpid() or not self._waiting.unfinished_tasks

    def _wait_for(self, condition: Callable[[], bool]) -> None:
        if self._process == os.getpid():
            with self._waiting.all_tasks_done:
                self._waiting.all_tasks_done.wait_for(condition, PATIENCE)

    def _start(self) -> None:
        """A thread does not survive a fork: each process has its own, and leaves what waits in its parent to that one."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._waiting, self._is_down = queue.Queue(MOST), False
                self._process = os.getpid()
                threading.Thread(target=self._run, name="journal", daemon=True).start()

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            self._store(batch)
            for _ in batch:
                self._waiting.task_done()
            self._count()

    def _store(self, batch: Sequence[Record]) -> None:
        """Try until it is written; only what no attempt can write is dropped. An outage is told once."""
        pause = threading.Event()
        while True:
            try:
                self._write(batch)
            except FaqbotError as error:
                if isinstance(error, StoreError) and error.code == "refused":  # of what it holds, not of the store: waiting would not help
                    self._tell(is_down=False)
                    self._part(batch, error)
                    return
                if not self._is_down:
                    _log.error("the store is down, so records wait: %s", error)
                self._tell(is_down=True)
                pause.wait(PAUSE)
            except Exception as error:  # noqa: BLE001  # the thread must not end; the error's own words may hold a query
                self._drop(len(batch))
                frames = "".join(traceback.format_tb(error.__traceback__))
                _log.error("records dropped because they cannot be written: %d: %s\n%s", len(batch), type(error).__name__, frames)
                return
            else:
                self._tell(is_down=False)
                return

    def _part(self, batch: Sequence[Record], error: StoreError) -> None:
        """Write one by one what the store refused together, so that one record takes no other with it."""
        if len(batch) > 1:
            for record in batch:
                self._store([record])
            return
        self._drop(1)
        _log.error("a record dropped because the store refuses it: %s", error)

    def _count(self) -> None:
        if self._watcher:
            self._watcher.waits(self._waiting.unfinished_tasks)

    def _drop(self, records: int) -> None:
        self.dropped += records
        if self._watcher:
            self._watcher.dropped(records)

    def _tell(self, *, is_down: bool) -> None:
        """Those who wait."""
        with self._waiting.all_tasks_done:
            self._is_down = is_down
            self._waiting.all_tasks_done.notify_all()
