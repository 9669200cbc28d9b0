"""Records that wait on this machine's disk while the store is down: JSON lines, bounded, taken over from processes that died."""

import json
import logging
import os
import secrets
from collections.abc import Callable, Sequence
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
        self._own: tuple[int, Path] | None = None

    def after_fork(self) -> None:
        """The file of the parent stays the parent's."""
        if self._own is not None:
            os.close(self._own[0])  # the parent's descriptor still holds the lock
            self._own = None

    @property
    def is_empty(self) -> bool:
        """Whether no file is there that this process could write to the store: its own, or one of a process that died."""
        return self._own is None and not self._orphans(is_only_asked=True)

    def append(self, records: Sequence[Record]) -> int:
        """Keep records. How many were dropped, because the folder is full.

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
            descriptor = self._opened()
            start = os.fstat(descriptor).st_size
            data = b"".join(lines[:kept])
            try:
                _write_all(descriptor, data)
            except OSError:
                os.ftruncate(descriptor, start)
                raise
        return len(lines) - kept

    def drain(self, write: Write[Record], batch: int) -> None:
        """Write everything to the store, this process's own file and those of processes that died, and delete them.

        Args:
            write: see Write. What it raises ends this; nothing is lost, and what was written is not written twice.
            batch: records of one transaction.

        Raises:
            OSError: a file cannot be read.
        """
        own, self._own = self._own, None
        if own is not None:
            try:
                self._drain(own[1], write, batch)
            except BaseException:
                self._own = own
                raise
            os.close(own[0])
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

    def _opened(self) -> int:
        if self._own is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{os.getpid()}-{secrets.token_hex(8)}.jsonl"
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
            _lock(descriptor)
            self._own = descriptor, path
        return self._own[0]

    def _orphans(self, *, is_only_asked: bool = False) -> list[tuple[int, Path]]:
        """Files that no process holds, locked by this one from here on unless it only asks."""
        found = []
        for path in sorted(self._folder.glob("*.jsonl")):
            if self._own is not None and path == self._own[1]:
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
