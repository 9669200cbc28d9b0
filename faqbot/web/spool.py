"""Records that wait on this machine's disk while the store is down: JSON lines, bounded, taken over from processes that died."""

import json
import logging
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

try:
    import fcntl
except ImportError:  # Windows, where one process serves: nobody else holds a file
    fcntl = None  # type: ignore[assignment]

#: Bytes that all processes of a site may leave on the disk; above that the newest records are dropped. A record is about 500.
MOST_BYTES = 100_000_000

Record = TypeVar("Record")
#: Stores records in one transaction, or raises; those that are stored already are left as they are.
Write = Callable[[Sequence[Record]], object]
_log = logging.getLogger(__name__)


class Spool(Generic[Record]):
    """A folder with one file for each process that could not write. A process holds the lock of its file; a file that nobody holds is anybody's.

    Nothing is asked of the disk but to take the bytes: a process that is killed loses nothing it appended, a machine that loses power may.

    Args:
        folder: of the site; made when something is to be kept.
        dump: record → anything JSON holds, without personal data.
        load: the way back; raises LookupError, TypeError or ValueError for what is no record.
        most_bytes: see MOST_BYTES.
    """

    def __init__(self, folder: Path, dump: Callable[[Record], Any], load: Callable[[Any], Record], most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._dump = dump
        self._load = load
        self._most_bytes = most_bytes
        self._own: _File | None = None
        self._leaving: list[_File] = []
        self._lock = threading.Lock()

    def after_fork(self) -> None:
        """The files of the parent stay the parent's."""
        for file in self._mine():
            os.close(file.descriptor)  # the parent's descriptor still holds the lock
        self._own, self._leaving, self._lock = None, [], threading.Lock()

    @property
    def waiting(self) -> int:
        """Records that this process keeps here."""
        return sum(file.records for file in self._mine())

    @property
    def is_empty(self) -> bool:
        """Whether no file is there that this process could write to the store: its own, or one of a process that died."""
        return not self._mine() and not self._orphans(is_only_asked=True)

    def append(self, records: Sequence[Record]) -> int:
        """Keep records, while another thread drains what was kept before. How many were dropped, because the folder is full.

        Raises:
            OSError: nothing was kept.
        """
        lines = [json.dumps(self._dump(record), ensure_ascii=True).encode() + b"\n" for record in records]
        room = self._most_bytes - sum(path.stat().st_size for path in self._folder.glob("*.jsonl"))
        kept = 0
        for line in lines:
            room -= len(line)
            if room < 0:
                break
            kept += 1
        if kept:
            with self._lock:
                file = self._opened()
                start = os.fstat(file.descriptor).st_size
                try:
                    _write_all(file.descriptor, b"".join(lines[:kept]))
                except OSError:
                    os.ftruncate(file.descriptor, start)
                    raise
                file.records += kept
        return len(lines) - kept

    def drain(self, write: Write[Record], batch: int) -> None:
        """Write everything to the store, this process's own file and those of processes that died, and delete them. One thread at a time.

        Args:
            write: see Write. What it raises ends this; nothing is lost, and what was written is not written twice.
            batch: records of one transaction.

        Raises:
            OSError: a file cannot be read.
        """
        with self._lock:
            if self._own is not None:
                self._leaving.append(self._own)
                self._own = None
        try:
            while self._leaving:
                self._drain(self._leaving[0].path, write, batch)
                os.close(self._leaving.pop(0).descriptor)
        finally:
            with self._lock:
                if self._own is None and self._leaving:
                    self._own = self._leaving.pop()  # an outage makes no file with each attempt
        for descriptor, path in self._orphans():
            try:
                self._drain(path, write, batch)
            finally:
                os.close(descriptor)

    def _drain(self, path: Path, write: Write[Record], batch: int) -> None:
        waiting: list[Record] = []
        with path.open("rb") as lines:
            for line in lines:
                if (record := self._read(line)) is not None:
                    waiting.append(record)
                if len(waiting) == batch:
                    write(waiting)
                    waiting = []
        if waiting:
            write(waiting)
        path.unlink()

    def _read(self, line: bytes) -> Record | None:
        """A record; None for what is none, such as the end of what a process wrote when it was killed."""
        try:
            return self._load(json.loads(line))
        except (LookupError, TypeError, ValueError, RecursionError):
            _log.error("a record that waited on the disk cannot be read and is dropped")
            return None

    def _mine(self) -> list["_File"]:
        return [*self._leaving, *((self._own,) if self._own else ())]

    def _opened(self) -> "_File":
        if self._own is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{os.getpid()}-{secrets.token_hex(8)}.jsonl"
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
            _lock(descriptor)
            self._own = _File(descriptor, path)
        return self._own

    def _orphans(self, *, is_only_asked: bool = False) -> list[tuple[int, Path]]:
        """Files that no process holds, locked by this one from here on unless it only asks."""
        found = []
        for path in sorted(self._folder.glob("*.jsonl")):
            if any(path == mine.path for mine in self._mine()):
                continue
            try:
                descriptor = os.open(path, os.O_RDWR)
            except OSError:  # another process was faster
                continue
            try:
                _lock(descriptor)
                is_there = path.exists()
            except OSError:
                is_there = False
            if is_there and not is_only_asked:
                found.append((descriptor, path))
            else:
                os.close(descriptor)
                if is_there:
                    return [(-1, path)]
        return found


@dataclass
class _File:
    """A file of this process and the records that are in it."""

    descriptor: int
    path: Path
    records: int = 0


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all of it.

    Raises:
        OSError: a part may be written.
    """
    while data:
        data = data[os.write(descriptor, data) :]


def _lock(descriptor: int) -> None:
    """Hold a file for as long as its descriptor is open.

    Raises:
        OSError: another process holds it.
    """
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
