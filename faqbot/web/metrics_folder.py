"""Where workers keep their metrics for one another: a folder in memory with one file for each worker and kind."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

from faqbot.errors import SettingsError

#: The variable that the library reads.
ENVIRONMENT = "PROMETHEUS_MULTIPROC_DIR"
#: Files are mapped into memory: on a disk that is full, writing to them would kill the worker. So they are in memory where there is such a place.
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it, readable by its owner only
_PREFIX = "faqbot-metrics-"
_HELD, _FOLDING = "held.lock", "folding.lock"
#: Stands in file names where a process id does: what all workers that ended have counted.
_ENDED = "ended"
#: Seconds that a scrape waits for an ended worker's files to be added up, or the other way round. Either takes milliseconds.
_PATIENCE = 5.0
#: Locks that say that a folder is in use. Children hold them too, for they share what is open.
_held: list[FileLock] = []


def make_folder(fallback: Path, memory: Path = MEMORY) -> Path:
    """A new, empty folder for this process and those that are forked from it, and the variable that names it to the library.

    Folders of servers that ended without tidying up are removed.

    Args:
        fallback: folder to make it in where there is none in memory.
        memory: a folder that is not on a disk.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        return _make_folder(fallback, memory)
    except OSError as error:
        raise SettingsError(
            f"서버 프로세스들의 수치를 모을 폴더를 {memory} 에도 {fallback} 에도 만들 수 없습니다: {error.strerror}. 쓰기 권한을 확인하세요."
        ) from error


def _make_folder(fallback: Path, memory: Path) -> Path:
    if not os.access(memory, os.W_OK | os.X_OK):
        fallback.mkdir(parents=True, exist_ok=True)
        memory = fallback
    for old in memory.glob(f"{_PREFIX}*"):
        _remove_if_left(old)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=memory))
    lock = FileLock(folder / _HELD)
    lock.acquire(timeout=0)
    _held.append(lock)
    atexit.register(_remove_own, folder, os.getpid())
    os.environ[ENVIRONMENT] = str(folder)
    return folder


def forget_worker(worker: int) -> None:
    """A worker ended: what it counted stays, in one file with what others did, and what it was doing is over."""
    if not (named := os.environ.get(ENVIRONMENT)):
        return
    folder = Path(named)
    try:
        with folding(folder):
            mark_process_dead(worker, str(folder))
            for kind in ("counter", "histogram"):
                _fold(folder / f"{kind}_{worker}.db", folder / f"{kind}_{_ENDED}.db")
    except (OSError, Timeout):  # the numbers stay right: the files are read where they are
        return


@contextmanager
def folding(folder: Path) -> Iterator[None]:
    """Nobody else reads or folds meanwhile.

    Raises:
        Timeout: somebody else did for long.
    """
    with FileLock(folder / _FOLDING, timeout=_PATIENCE):
        yield


def _remove_own(folder: Path, maker: int) -> None:
    """In the process that made it: those that were forked from it end earlier, and it goes on."""
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def _fold(ended: Path, into: Path) -> None:
    if not ended.exists():
        return
    total = MmapedDict(str(into))
    try:
        for key, value, _, _ in MmapedDict.read_all_values_from_file(str(ended)):
            total.write_value(key, total.read_value(key)[0] + value, 0.0)
    finally:
        total.close()
    ended.unlink()


def _remove_if_left(folder: Path) -> None:
    """Remove a folder that no process holds. Those of other users cannot be opened, and stay."""
    try:
        lock = FileLock(folder / _HELD)
        lock.acquire(timeout=0)
    except (OSError, Timeout):
        return
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
