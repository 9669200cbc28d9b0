"""Who uses the var folder now, and the last steps of a restoration: nobody opens a database while another one is put in its place, nor when that is half done."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from faqbot.errors import BackupError, StoreError
from faqbot.training.publish import sync_folder, write_durably

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: whoever restores there stops the server first, nobody is kept from anything
    fcntl = None

#: Held by everybody who has a store of this folder open, shared; by a restoration alone.
LOCK = "in-use.lock"
#: Steps that a restoration has decided on and not yet done.
STEPS = "restoring.json"
#: Seconds that a restoration in its last steps is waited for.
PATIENCE = 10.0

#: ("put", staged file, its place) or ("remove", file, "").
Step = tuple[str, str, str]


def use(var: Path) -> int | None:
    """Say that this process uses the folder, for as long as it keeps the descriptor that is returned open; what a killed restoration left undone is done first.

    None where there is nothing to lock with: the folder cannot be written, as with a database elsewhere, or the system has no such locks.

    Raises:
        StoreError: it is being restored.
    """
    deadline = time.monotonic() + PATIENCE
    while (descriptor := _lock(var, alone=False)) is not None:
        if descriptor >= 0 and not (var / STEPS).exists():
            return descriptor
        if descriptor >= 0:
            os.close(descriptor)
            with suppress(BackupError), alone(var):
                finish(var)
        if time.monotonic() > deadline:
            raise StoreError(f"{var}: 백업을 되돌리는 중입니다. 끝난 뒤에 다시 실행하세요.", code="busy")
        time.sleep(0.02)
    return None


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """Nobody else uses the folder, and nobody begins to.

    Raises:
        BackupError: somebody does.
    """
    descriptor = _lock(var, alone=True)
    if descriptor == -1:
        raise BackupError(f"{var}: 서버나 다른 faqbot 명령이 쓰고 있습니다. 서버를 멈추고 학습이 끝난 뒤에 다시 하세요. 아무것도 바꾸지 않았습니다.")
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def decide(var: Path, steps: Sequence[Step]) -> None:
    """Write the steps down. From here on they will be done, by `finish` or by whoever uses the folder next.

    Staged files must be on the disk; their names are put there first: a step whose file is not there counts as done.
    """
    for folder in sorted({Path(one).parent for kind, one, _ in steps if kind == "put"}):
        sync_folder(folder)
    temporary = var / f".{STEPS}"
    write_durably(temporary, json.dumps(steps).encode())
    temporary.replace(var / STEPS)
    sync_folder(var)


def finish(var: Path) -> None:
    """Do the steps that were decided on, those that are done already too; nothing where there are none. For whoever is `alone`."""
    try:
        steps: list[Step] = json.loads((var / STEPS).read_bytes())
    except FileNotFoundError:
        return
    for kind, one, place in steps:
        if kind == "remove":
            Path(one).unlink(missing_ok=True)
        else:
            with suppress(FileNotFoundError):  # it was put there before a kill
                Path(one).replace(place)
            sync_folder(Path(place).parent)
    sync_folder(var)
    (var / STEPS).unlink()
    sync_folder(var)


def _lock(var: Path, *, alone: bool) -> int | None:
    """A descriptor that holds the lock, -1 where somebody else's keeps us from it, None where there is nothing to lock with."""
    if fcntl is None:
        return None
    try:
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(var / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return -1
    return descriptor
