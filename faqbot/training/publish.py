"""Release folders on disk: written whole or not at all, published by one rename, rolled back by another."""

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from faqbot.errors import ReleaseError
from faqbot.retrieval.release import CURRENT, MANIFEST, SERVED, current_id, is_release_id, load_release

#: One id a line, the newest publication last; what `rollback` goes back along.
HISTORY = "HISTORY"
_UNFINISHED = ".unfinished-"
#: Begins what a killed publication leaves; the next one overwrites it. A training that runs meanwhile must not remove it.
_UNPUBLISHED = ".unpublished-"
#: What a manifest says of the training; the rest of it is of the files that serve.
_OF_TRAINING = ("created", "trained_from", "metrics")

#: Opens a release folder and raises ReleaseError where it must not serve.
Check = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """One release for lists: its id, when it was trained (ISO 8601, UTC), how many entries it has, whether it is the published one."""

    id: str
    created: str
    entries: int
    is_current: bool

    @property
    def trained_at(self) -> datetime | None:
        """When it was trained; None where a manifest that somebody wrote by hand names no moment."""
        try:
            moment = datetime.fromisoformat(self.created)
        except ValueError:
            return None
        return moment if moment.tzinfo else None


@contextmanager
def training_lock(site: Path) -> Iterator[None]:
    """Only one training or publication of a site at a time; the lock dies with its process.

    Raises:
        ReleaseError: another process holds it.
    """
    site.mkdir(parents=True, exist_ok=True)
    lock = FileLock(site / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ReleaseError(f"{site.name}: 다른 학습이나 공개가 진행 중입니다. 끝난 뒤에 다시 실행하세요.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def publishing_lock(site: Path) -> Iterator[None]:
    """Only one publication of a site at a time; waits for the other one. A training that runs keeps nobody from going back."""
    with FileLock(site / ".publishing"):
        yield


def write_release(site: Path, release_id: str, files: Mapping[str, bytes]) -> Path:
    """Write models/<site>/<id>/ in one step: all files into a folder beside it, each on the disk, then one rename.

    What serves in a sound folder of that name stays as it is, for equal ids mean equal answers; its manifest and report become those of this training, which may
    have had other labels. A damaged folder is replaced. Leftovers of killed trainings are removed.
    """
    for leftover in site.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    final, unfinished = site / release_id, site / f"{_UNFINISHED}{release_id}"
    if _is_sound(final):
        _renew(final, files)
        return final
    unfinished.mkdir()
    for name, data in files.items():
        write_durably(unfinished / name, data)
    sync_folder(unfinished)
    shutil.rmtree(final, ignore_errors=True)
    unfinished.rename(final)
    sync_folder(site)
    return final


def _renew(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put what serving does not open, and what the manifest says of the training, in the place of an older training's.

    The old files go before the manifest changes and the new ones come after it, so that a kill at any step leaves no report of other labels than the manifest's.
    """
    beside = [name for name in files if name not in {*SERVED, MANIFEST}]
    for name in beside:
        (folder / name).unlink(missing_ok=True)
    sync_folder(folder)
    old, new = json.loads((folder / MANIFEST).read_bytes()), json.loads(files[MANIFEST])
    manifest = json.dumps({**old, **{name: new[name] for name in _OF_TRAINING}}, ensure_ascii=False, indent=2).encode()
    for name, data in {MANIFEST: manifest, **{name: files[name] for name in beside}}.items():
        _replace(folder.parent, f"{folder.name}/{name}", data)


def _is_sound(folder: Path, check: Check = load_release) -> bool:
    if not (folder / MANIFEST).exists():
        return False
    try:
        check(folder)
    except ReleaseError:
        return False
    return True


def publish(site: Path, release_id: str, check: Check = load_release) -> None:
    """Make a release the one that serves. A crash at any moment leaves the old or the new one.

    Args:
        site: models/<site>.
        release_id: of a release there.
        check: raises ReleaseError where a release must not serve.

    Raises:
        ReleaseError: there is no such release, or it is damaged.
    """
    require(site, release_id)
    check(site / release_id)
    with publishing_lock(site):
        require(site, release_id)  # nobody removes it from here on
        history = _history(site)
        _replace(site, CURRENT, f"{release_id}\n".encode())
        if history[-1:] != [release_id]:
            _replace(site, HISTORY, "".join(f"{i}\n" for i in [*history, release_id]).encode())


def require(site: Path, release_id: str) -> None:
    """Refuse a release that is not there.

    Raises:
        ReleaseError: names those that are.
    """
    if not is_release_id(release_id) or not (site / release_id / MANIFEST).exists():
        known = ", ".join(info.id for info in list_releases(site)) or "없음"
        raise ReleaseError(f"{site.name}: 릴리스 {release_id[:40]!r}이(가) 없습니다. 있는 릴리스: {known}")


def follow_history(site: Path, history: Sequence[str]) -> None:
    """Make publications those of another machine: its last one serves here too.

    Args:
        site: models/<site>.
        history: ids in the order of their publication, one at least; the last is a sound release here.
    """
    with publishing_lock(site):
        require(site, history[-1])
        _replace(site, HISTORY, "".join(f"{i}\n" for i in history).encode())
        _replace(site, CURRENT, f"{history[-1]}\n".encode())


def before_current(site: Path, history: Sequence[str], check: Check = load_release) -> str:
    """The release to go back to: the one published before the last; those that fail the check are passed over.

    Args:
        site: models/<site>.
        history: ids in the order of their publication; the last one serves.
        check: raises ReleaseError where a release must not serve.

    Raises:
        ReleaseError: there is none.
    """
    for release_id in reversed(history):
        if release_id != history[-1] and _is_sound(site / release_id, check):
            return release_id
    raise ReleaseError(f"{site.name}: 되돌아갈 이전 릴리스가 없습니다. faqbot releases 로 목록을 확인하세요.")


def rollback(site: Path, check: Check = load_release, *, serving: str | None = None) -> str:
    """Publish the release that was published before the current one, and return its id; those that fail the check are passed over.

    Args:
        site: models/<site>.
        check: raises ReleaseError where a release must not serve.
        serving: what the person who asks for it saw serving, so that two who ask at once go back once; None takes what serves.

    Raises:
        ReleaseError: there is none, or another one serves than was seen.
    """
    current_id(site)  # who never published has no folder to lock
    with publishing_lock(site):
        current = current_id(site)
        if serving not in {None, current}:
            raise ReleaseError(f"그사이 다른 릴리스({current})가 공개되었습니다. 확인하고 다시 하세요.")
        history = published_before(site)
        release_id = before_current(site, history, check)
        kept = history[: len(history) - history[::-1].index(release_id)]
        _replace(site, HISTORY, "".join(f"{i}\n" for i in kept).encode())
        _replace(site, CURRENT, f"{release_id}\n".encode())
        return release_id


def list_releases(site: Path) -> tuple[ReleaseInfo, ...]:
    """All releases with a readable manifest, newest first; none for a site that is not there."""
    try:
        current = current_id(site)
    except ReleaseError:
        current = ""
    found = []
    for manifest in site.glob(f"*/{MANIFEST}"):
        try:
            data = json.loads(manifest.read_bytes())
            if is_release_id(manifest.parent.name):
                found.append(ReleaseInfo(manifest.parent.name, str(data["created"]), int(data["entries"]), manifest.parent.name == current))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
    return tuple(sorted(found, key=lambda info: (info.created, info.id), reverse=True))


def published_before(site: Path) -> tuple[str, ...]:
    """Ids in the order of their publication, the one that serves last and once there; none for a site that never published."""
    history = _history(site)
    try:
        current = current_id(site)
    except ReleaseError:
        return tuple(history)
    return tuple(history if history[-1:] == [current] else [*history, current])


def remove(site: Path, release_ids: Collection[str]) -> tuple[str, ...]:
    """Delete releases that serve no more and never will: those that were published are left. Returns the ids of those that are gone now.

    Raises:
        ReleaseError: a training or another publication is at work.
    """
    gone = []
    with training_lock(site), publishing_lock(site):
        published = published_before(site)
        for release_id in release_ids:
            if is_release_id(release_id) and release_id not in published:
                if (site / release_id).exists():
                    unfinished = site / f"{_UNFINISHED}{release_id}"  # what a kill leaves of it is no release, and the next training removes it
                    shutil.rmtree(unfinished, ignore_errors=True)
                    (site / release_id).rename(unfinished)
                    shutil.rmtree(unfinished, ignore_errors=True)
                gone.append(release_id)
    return tuple(gone)


def _history(site: Path) -> list[str]:
    path = site / HISTORY
    return [line for line in path.read_text(encoding="ascii", errors="replace").split() if is_release_id(line)] if path.exists() else []


def _replace(site: Path, name: str, data: bytes) -> None:
    """Write a file of the site, or of one of its releases, in one step; what a kill leaves lies in the site's folder, where the next one replaces it."""
    path = site / name
    temporary = site / f"{_UNFINISHED if path.parent != site else _UNPUBLISHED}{path.name}"
    write_durably(temporary, data)
    temporary.replace(path)
    sync_folder(path.parent)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file and force its bytes to the disk; its name is there for sure after `sync_folder`."""
    with path.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can."""
    if os.name == "nt":  # a folder cannot be opened there; its journal keeps renames in order
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
