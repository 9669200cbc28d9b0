"""strace around one act: its n-th system call of a kind fails, or the process is killed there."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

#: Calls that change something on a disk, or make sure of it.
CHANGING = (
    "openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "rmdir",
    "mkdir", "fallocate", "flock", "sendfile", "copy_file_range",
)  # fmt: skip
#: What each of them fails with.
ERRORS = {"write": "ENOSPC", "pwrite64": "ENOSPC", "ftruncate": "ENOSPC", "fallocate": "ENOSPC", "mkdir": "ENOSPC", "openat": "EROFS", "flock": "ENOLCK"}
#: Everything else.
ERROR = "EIO"


def missing() -> str:
    """What would have to be there, "" where all of it is."""
    if sys.platform != "linux" or not shutil.which("strace"):
        return "strace가 없습니다: apt-get install strace 를 실행하세요"
    tried = subprocess.run(["strace", "-f", "-e", "inject=fsync:error=EIO", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"strace가 다른 프로세스를 볼 수 없습니다: {tried.stderr.strip()[:200]}"


@dataclass(frozen=True, slots=True)
class Fault:
    """The n-th call (from 1) of a kind: fails with an error, or ends the process with SIGKILL before it is done where the error is ""."""

    call: str
    n: int
    error: str

    def option(self) -> str:
        return f"inject={self.call}:{f'error={self.error}' if self.error else 'signal=KILL'}:when={self.n}"


class Stage:
    """The running `tests.faults.stage`."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "strace.log"
        command = [sys.executable, "-m", "tests.faults.stage"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def run(self, act: str, *arguments: str | Path, fault: Fault | None = None) -> int:
        """Its exit status; see `tests.faults.stage`."""
        self._process.stdin.write("\t".join([act, *map(str, arguments)]) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        options = ["-e", f"trace={fault.call}", "-e", fault.option()] if fault else ["-e", f"trace={','.join(CHANGING)}"]
        with subprocess.Popen(["strace", "-qq", "-y", "-s", "16", "-o", self._log, "-p", str(pid), *options], stderr=subprocess.PIPE) as strace:
            status = int(self._process.stdout.readline())
            strace.wait(30)
        return status

    def calls(self, act: str, *arguments: str | Path) -> list[str]:
        """The changing calls of an act that nothing happens to, in order, as strace writes them."""
        status = self.run(act, *arguments)
        assert status == 0, status
        return [line for line in self._log.read_text(errors="replace").splitlines() if re.match(r"[a-z0-9_]+\(", line)]

    def happened(self) -> bool:
        """Whether the last fault was met."""
        return "(INJECTED)" in self._log.read_text(errors="replace")


def faults(calls: list[str], *, kill: bool) -> list[Fault]:
    """One for each call; reading opens are left out where they should fail, for nothing is written there."""
    seen, found = Counter[str](), []
    for line in calls:
        call = line.partition("(")[0]
        seen[call] += 1
        if call == "openat" and not re.search(r"O_(WRONLY|RDWR)", line):
            continue
        found.append(Fault(call, seen[call], "" if kill else ERRORS.get(call, ERROR)))
    return found


@contextmanager
def traced(pids: Iterable[int], log: Path, *options: str) -> Iterator[None]:
    """Hold these running processes, with all their threads, under strace inside the block.

    Args:
        pids: of the processes.
        log: what strace writes.
        options: what it watches, and what it does to that.
    """
    wanted = list(pids)
    command = ["strace", "-f", "-y", "-s", "80", "-o", str(log), *options, *(part for pid in wanted for part in ("-p", str(pid)))]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        for _ in wanted:
            line = strace.stderr.readline()
            assert "attached" in line, line
        threading.Thread(target=strace.stderr.read, daemon=True).start()  # it says more about threads that begin
        try:
            yield
        finally:
            strace.send_signal(signal.SIGINT)  # it lets go of them
            strace.wait(30)
