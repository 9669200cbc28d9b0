"""What was asked, written down behind the visitor's back: no reply waits for a disk, and a store that is down stops no answers."""

import atexit
import logging
import os
import queue
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from faqbot.errors import FaqbotError, StoreError
from faqbot.web.spool import Spool

#: Records that wait in memory at most; the newest are dropped above that, and counted.
MOST = 10_000
#: Records written in one transaction.
BATCH = 200
#: Seconds from one transaction to the next, in which records are gathered: each costs as much as answering a question does, whatever is in it.
GATHER = 0.1
#: Seconds between two attempts while the store is down, and that anybody waits for what was put.
PAUSE, PATIENCE = 1.0, 5.0
#: Seconds for which a store that neither writes nor refuses holds records in memory. Below PATIENCE: a process that ends has laid them down by then.
HANG = 3.0

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
        spool: where records wait while the store is down; without one they wait in memory.
        watcher: told how many of this process wait and how many are dropped.
    """

    def __init__(self, write: Callable[[Sequence[Record]], object], spool: Spool[Record] | None = None, watcher: Watcher | None = None) -> None:
        self._write = write
        self._watcher = watcher
        self._spool = spool
        self._has_spooled = False
        self._aside: _Aside | None = None
        self._try_at = self._write_at = 0.0
        self._waiting: queue.Queue[Record] = queue.Queue(MOST)
        self._hurry = threading.Event()
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
        """Wait until everything that this process put is written or lies on the disk, PATIENCE seconds at most."""
        self._wait_for(lambda: not self._waiting.unfinished_tasks)

    def catch_up(self) -> bool:
        """The same for a request, which does not wait while the store is down. Whether everything is written."""
        self._wait_for(lambda: not self._waiting.unfinished_tasks or self._is_down)
        return self._process != os.getpid() or not (self._waiting.unfinished_tasks or self._has_spooled)

    def _wait_for(self, condition: Callable[[], bool]) -> None:
        if self._process == os.getpid():
            self._hurry.set()
            with self._waiting.all_tasks_done:
                self._waiting.all_tasks_done.wait_for(condition, PATIENCE)

    def _start(self) -> None:
        """A thread does not survive a fork: each process has its own, and leaves what waits in its parent to that one."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._hurry = threading.Event()
                self._waiting, self._is_down, self._has_spooled, self._aside, self._try_at = queue.Queue(MOST), False, False, None, 0.0
                if self._spool is not None:
                    self._spool.after_fork()
                self._process = os.getpid()
                threading.Thread(target=self._run, name="journal", daemon=True).start()

    def _run(self) -> None:
        self._has_spooled = self._spool is not None and not self._spool.is_empty
        while True:
            batch = self._next()
            self._store(batch)
            for _ in batch:
                self._waiting.task_done()
            self._count()

    def _next(self) -> list[Record]:
        """What waits, and what comes until it is time to write again or somebody waits for it, BATCH records at most.

        None where something lies on the disk and it is time to try the store again.
        """
        try:
            batch = [self._waiting.get(timeout=PAUSE if self._has_spooled else None)]
        except queue.Empty:
            return []
        if self._waiting.qsize() < BATCH:
            self._hurry.wait(max(0.0, self._write_at - time.monotonic()))
        self._hurry.clear()
        self._write_at = time.monotonic() + GATHER
        while len(batch) < BATCH and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        return batch

    def _store(self, batch: Sequence[Record]) -> None:
        """Try until it is written, or laid on the disk; only what no attempt can write is dropped. An outage is told once."""
        pause = threading.Event()
        while True:
            if time.monotonic() >= self._try_at or self._spool is None:
                try:
                    self._attempt(batch)
                except (FaqbotError, OSError) as error:
                    if not self._is_down:
                        _log.error("the store is down, so records wait: %s", error)
                    self._try_at = time.monotonic() + PAUSE
                    self._tell(is_down=True)
                else:
                    self._tell(is_down=False)
                    return
            if self._is_laid_down(batch):
                return
            pause.wait(PAUSE)

    def _attempt(self, batch: Sequence[Record]) -> None:
        """Write what lies on the disk, and then the batch. Where records can be laid down a store that hangs holds up a thread of its own, and one alone.

        Raises:
            FaqbotError, OSError: some may not be written. They may be all the same, or be so later: whoever tries again doubles nothing.
        """
        spool = self._spool
        if spool is None:
            self._write_all(batch)
            return

        has_spooled = self._has_spooled

        def work() -> None:
            if has_spooled:
                spool.drain(self._write_all, BATCH)
            self._write_all(batch)

        if self._aside is None:
            self._aside = _Aside()
        if not self._aside.is_over(0):
            raise StoreError("데이터베이스가 아직 대답하지 않습니다.", code="unreachable")
        self._aside.begin(work)
        if not self._aside.is_over(HANG):
            raise StoreError("데이터베이스가 대답하지 않습니다.", code="unreachable")
        self._aside.require()
        self._has_spooled = False

    def _is_laid_down(self, batch: Sequence[Record]) -> bool:
        """Whether the batch lies on the disk now, which frees the memory for what comes; where the disk takes nothing it stays in memory."""
        if self._spool is None:
            return False
        try:
            dropped = self._spool.append(batch)
        except OSError:
            return False
        self._has_spooled = True
        if dropped:
            self._drop(dropped)
            _log.error("records dropped because too many wait on the disk: %d", self.dropped)
        return True

    def _write_all(self, batch: Sequence[Record]) -> None:
        """Write a batch; one record that the store refuses takes no other with it.

        Raises:
            FaqbotError: the store is down.
        """
        try:
            if batch:
                self._write(batch)
        except StoreError as error:
            if error.code != "refused":  # else it is of what it holds, not of the store: waiting would not help
                raise
            if len(batch) == 1:
                self._drop(1)
                _log.error("a record dropped because the store refuses it: %s", error)
                return
            for record in batch:
                self._write_all([record])
        except FaqbotError:
            raise
        except Exception as error:  # noqa: BLE001  # the thread must not end; the error's own words may hold a query
            self._drop(len(batch))
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("records dropped because they cannot be written: %d: %s\n%s", len(batch), type(error).__name__, frames)

    def _count(self) -> None:
        if self._watcher:
            self._watcher.waits(self._waiting.unfinished_tasks + (self._spool.waiting if self._spool else 0))

    def _drop(self, records: int) -> None:
        self.dropped += records
        if self._watcher:
            self._watcher.dropped(records)

    def _tell(self, *, is_down: bool) -> None:
        """Those who wait."""
        with self._waiting.all_tasks_done:
            self._is_down = is_down
            self._waiting.all_tasks_done.notify_all()


class _Aside:
    """A thread that does one thing at a time for somebody who does not have to wait for it."""

    def __init__(self) -> None:
        self._given: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._over = threading.Event()
        self._over.set()
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="journal-writing", daemon=True).start()

    def begin(self, work: Callable[[], object]) -> None:
        """Do this; what was begun before is over."""
        self._over.clear()
        self._given.put(work)

    def is_over(self, seconds: float) -> bool:
        """Whether it is done, or has failed, within so many seconds."""
        return self._over.wait(seconds)

    def require(self) -> None:
        """Raise what it failed with."""
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while True:
            work = self._given.get()
            self._error = None
            try:
                work()
            except BaseException as error:  # noqa: BLE001  # raised where it is waited for
                self._error = error
            self._over.set()
