"""Real servers as child processes, and what the kernel says of them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryFile

from faqbot.settings import PREFIX
from tests.bench.workbench import ROOT

#: One thread a process, this checkout, no settings of the operator's.
LIMITED = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT),
}
#: The same for a server whose load one client makes.
ENVIRONMENT = LIMITED | {f"{PREFIX}LIMIT_{what}": "1000000/second" for what in ("QUESTIONS", "FEEDBACK", "INQUIRIES")}
#: Seconds a server may take to be ready, and to stop.
READY, STOP = 120, 30
#: Seconds between two looks at a server that is not ready.
LOOK = 0.005

FAQBOT = (sys.executable, "-c", "from faqbot.cli import main; main()")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], port: int, path: str, folder: Path, environment: Mapping[str, str] = ENVIRONMENT) -> Iterator[tuple[int, float]]:
    """Process id of a server that runs in a folder, and the seconds until `path` answered 200; stopped at the end.

    Raises:
        RuntimeError: it stopped or was not ready in time; with what it said.
    """
    with TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
        try:
            while not _answers(port, path):
                if process.poll() is not None or time.perf_counter() - start > READY:
                    said.seek(0)
                    raise RuntimeError(f"{command}: not ready\n{said.read().decode(errors='replace')[-2000:]}")
                time.sleep(LOOK)
            yield process.pid, time.perf_counter() - start
        finally:
            _stop(process)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tree(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {int(path.name): _stat(path)[1] for path in Path("/proc").iterdir() if path.name.isdigit() and _stat(path)}
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if int(parent) == pid]
    return found


def family(root: int) -> list[int]:
    """A process and its children: a server with its workers, without what those start beside them now and then."""
    return [root, *(pid for pid in tree(root)[1:] if _stat(Path(f"/proc/{pid}"))[1:2] == [str(root)])]


def memory(pids: Iterable[int]) -> float:
    """Megabytes of processes, pages that they share counted once: the sum of PSS."""
    return sum(_pss(pid) for pid in pids) / 1024


def descriptors(pids: Iterable[int]) -> int:
    """Open descriptors of processes."""
    return sum(len(_listed(Path(f"/proc/{pid}/fd"))) for pid in pids)


def threads(pids: Iterable[int]) -> int:
    """Threads of processes."""
    return sum(len(_listed(Path(f"/proc/{pid}/task"))) for pid in pids)


def _listed(folder: Path) -> list[Path]:
    """What is in a folder of /proc; nothing where its process is gone."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def cpu_seconds(root: int) -> float:
    """CPU seconds of a process tree so far."""
    ticks = sum(int(value) for pid in tree(root) for value in _stat(Path(f"/proc/{pid}"))[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it is gone
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _stat(process: Path) -> list[str]:
    """Fields of /proc/<pid>/stat from the state on; none for a process that is gone."""
    try:
        return (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
