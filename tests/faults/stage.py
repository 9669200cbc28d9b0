"""A process that has everything imported and forks a child for each act, which waits until strace holds it: a run costs no start of Python.

Reads lines `act<TAB>argument<TAB>…` and answers each with the child's process id, and with its exit status when it has ended:
0 done and acknowledged, 1 refused with an error that a person or the HTTP layer understands, 2 anything else, 128 + signal where it was killed.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from faqbot.bootstrap.backup import make_backup
from faqbot.bootstrap.restore import restore
from faqbot.errors import FaqbotError
from faqbot.settings import Settings
from faqbot.store import NewInquiry, open_store
from faqbot.training.publish import publish, rollback, write_release
from faqbot.training.releasing import publish_release

SECRET = b"the secret of the tests, 32 byte"
QUESTION = "결제가 두 번 됐어요"
#: Seconds that strace has to take hold.
PATIENCE = 20.0


def submit(database: str, key: str) -> None:
    with open_store(f"sqlite:///{database}", SECRET, "default", lambda: datetime.now(UTC)) as store:
        store.submit_inquiry(NewInquiry(question=QUESTION), key)


def log_in_log(database: str, site: str, release: str) -> None:
    with open_store(f"sqlite:///{database}", SECRET, "default", lambda: datetime.now(UTC)) as store:
        publish_release(store, Path(site), release, by="cli:test", why="-")


def publish_only(site: str, release: str) -> None:
    publish(Path(site), release)


def go_back(site: str) -> None:
    rollback(Path(site))


def write(source: str, site: str) -> None:
    files = {path.name: path.read_bytes() for path in sorted(Path(source).iterdir())}
    write_release(Path(site), Path(source).name, files)


def back_up(root: str) -> None:
    make_backup(_settings(root), Path(root) / "backup.zip")


def put_back(root: str) -> None:
    restore(_settings(root), Path(root) / "given.zip", by="cli:test")


def _settings(root: str) -> Settings:
    return Settings(var=Path(root) / "var", models=Path(root) / "models")


ACTS = {act.__name__: act for act in (submit, log_in_log, publish_only, go_back, write, back_up, put_back)}


def _wait_for_strace() -> None:
    """Returns once somebody traces this process."""
    deadline = time.monotonic() + PATIENCE
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
        if time.monotonic() > deadline:
            os._exit(3)
        time.sleep(0.002)
    time.sleep(0.02)  # it has us a moment before it looks at our calls


def _act(line: str) -> int:
    name, *arguments = line.rstrip("\n").split("\t")
    try:
        _wait_for_strace()
        ACTS[name](*arguments)
    except (FaqbotError, OSError):
        return 1
    except BaseException as error:  # noqa: BLE001  # what it is, is the driver's to judge
        sys.stderr.write(f"{error!r}\n")
        return 2
    return 0


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Serve acts until standard input ends."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(_act(line))
        _answer(pid)
        status = os.waitpid(pid, 0)[1]
        _answer(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


if __name__ == "__main__":
    main()
