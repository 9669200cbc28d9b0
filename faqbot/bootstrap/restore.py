"""A backup → what the site was then. Everything is unpacked, opened and counted beside what is there; only then it takes its place, whole, whenever a kill comes."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from faqbot.bootstrap.archive import DATABASE, KEY, SETTINGS, Archive, Manifest, damaged
from faqbot.bootstrap.backup import release_files, write_backup
from faqbot.bootstrap.in_use import STEPS, Step, alone, decide, finish
from faqbot.bootstrap.parts import database_address, secret_key
from faqbot.errors import BackupError, ReleaseError, SettingsError, StoreError
from faqbot.retrieval.release import CURRENT, load_release
from faqbot.settings import MIN_SECRET, Settings, settings_file, variable
from faqbot.training.publish import HISTORY, training_lock, write_release

#: Staged files begin with this; the next restoration overwrites what a kill leaves.
_STAGED = ".restored-"
#: Space that must be left beside what is unpacked.
_SPARE = 50_000_000


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, where the state before it lies, and sentences for the operator."""

    manifest: Manifest
    before: Path
    remarks: tuple[str, ...]


def restore(settings: Settings, file: Path, *, by: str) -> Restored:
    """Put a backup in the place of what is there. Until all of it was verified nothing is touched; a kill later is finished by whoever opens the store next.

    PostgreSQL changes in one transaction before the files do: a kill in between leaves the files of before, and restoring again puts that right.

    Args:
        settings: of the site; they say where things are put.
        file: the archive.
        by: who does it, for the log.

    Raises:
        BackupError: it is damaged, foreign or newer, somebody uses the folder, or there is no space. Nothing was changed.
        StoreError: its database cannot be used. Nothing was changed.
        SettingsError: neither the archive nor the settings hold its key. Nothing was changed.
        ReleaseError: a training is at work. Nothing was changed.
    """
    var = settings.var
    with Archive.open(file) as archive, alone(var):
        finish(var)  # of an earlier one
        try:
            _require_space(archive.manifest, var, file)
            with _stage(var) as staged:
                return _restored(settings, archive, staged, {"by": by, "archive": file.name, "made_at": archive.manifest.made_at})
        except OSError as error:
            if (var / STEPS).exists():
                raise BackupError(f"{var}: 마지막 단계에서 멈췄습니다: {error}. 고친 뒤 faqbot serve 를 켜면 이어서 끝냅니다.") from error
            raise BackupError(f"{var}: 되돌리지 못했습니다: {error}. 공간과 권한을 확인하세요. 아무것도 바꾸지 않았습니다.") from error


@contextmanager
def _stage(var: Path) -> Iterator[Path]:
    """An empty folder in the file system of the database; it stays where steps that need it were decided on and not done."""
    staged = var / ".restoring"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700)
    try:
        yield staged
    finally:
        if not (var / STEPS).exists():
            shutil.rmtree(staged, ignore_errors=True)


def _require_space(manifest: Manifest, var: Path, file: Path) -> None:
    free = shutil.disk_usage(var).free
    if free < manifest.size + _SPARE:
        raise BackupError(
            f"{file}: 풀 공간이 모자랍니다. {var} 에 {(manifest.size + _SPARE) // 1_000_000:,} MB가 필요한데 {free // 1_000_000:,} MB뿐입니다. 아무것도 바꾸지 않았습니다."
        )


def _restored(settings: Settings, archive: Archive, staged: Path, note: dict[str, str]) -> Restored:
    from faqbot.store import snapshot  # noqa: PLC0415  # --help needs no database

    manifest, var = archive.manifest, settings.var
    archive.verify()
    archive.extract(DATABASE, staged / DATABASE)
    contents = snapshot.examine(staged / DATABASE)
    if (contents.revision, contents.rows) != (manifest.revision, manifest.rows):
        raise damaged(Path(note["archive"]), DATABASE)
    key, key_steps = _key(settings, archive, staged)
    zone = ZoneInfo(settings.timezone)
    snapshot.make_ready(staged / DATABASE, key, settings.site, lambda: datetime.now(zone), note)
    remarks: list[str] = []
    release_steps = [step for site in manifest.sites() for step in _release_steps(settings.models / site, archive, remarks)]
    address = database_address(settings)
    path = sqlite_path(address)
    before = var / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    _keep(settings, path, manifest, staged / "before")
    if path is None:
        snapshot.load(address, staged / DATABASE)
        database_steps: list[Step] = []
    else:
        ready = _beside(staged / DATABASE, path)
        database_steps = [("remove", f"{path}-wal", ""), ("remove", f"{path}-shm", ""), _move(ready, path)]
    decide(var, [*database_steps, *key_steps, *release_steps, *_settings_steps(archive, remarks), _move(staged / "before", before)])
    finish(var)
    return Restored(manifest, before, tuple(remarks))


def _beside(file: Path, place: Path) -> Path:
    """The file in the folder of the place it will take, so that one rename puts it there: the database may be in another file system than the var folder."""
    staged = place.with_name(f"{_STAGED}{place.name}")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, staged)
    with staged.open("rb+") as handle:
        os.fsync(handle.fileno())
    return staged


def _move(staged: Path, place: Path) -> Step:
    return "put", str(staged.absolute()), str(place.absolute())


def sqlite_path(address: str) -> Path | None:
    """The file of the database; None where it is PostgreSQL's."""
    from faqbot.store.engine import sqlite_file  # noqa: PLC0415

    return sqlite_file(address)


def _key(settings: Settings, archive: Archive, staged: Path) -> tuple[bytes, list[Step]]:
    """The key that the restored inquiries need, and the steps that put it there.

    Raises:
        SettingsError: the key of the settings is another one than the archive's; or there is none.
    """
    if not archive.manifest.has_key:
        try:
            return secret_key(settings, may_make=False), []
        except SettingsError as error:
            raise SettingsError(
                f"{settings.var / 'secret.key'}: 이 백업에는 비밀 키가 없습니다. 백업할 때 쓰던 secret.key 를 그 자리에 두거나 "
                f"{variable('secret_key')} 를 정하고 다시 하세요. 아무것도 바꾸지 않았습니다."
            ) from error
    key = archive.data(KEY)
    if len(key) < MIN_SECRET:
        raise damaged(Path(KEY), KEY)
    if given := settings.secret_key.get_secret_value():
        if given.encode() != key:
            raise SettingsError(
                f"{variable('secret_key')}: 백업에 든 키와 다릅니다. 이대로는 되돌린 문의를 읽을 수 없습니다. 변수를 그 키로 바꾸거나 지우고 다시 하세요. "
                "아무것도 바꾸지 않았습니다."
            )
        return key, []
    archive.extract(KEY, staged / KEY)
    return key, [_move(staged / KEY, settings.var / KEY)]


def _release_steps(site: Path, archive: Archive, remarks: list[str]) -> Iterator[Step]:
    """Write the releases of a site that are not there yet, which changes nothing that serves, and stage what names the one that does."""
    with training_lock(site):
        for release, names in release_files(archive.manifest, site.name).items():
            write_release(site, release, {name.rpartition("/")[2]: archive.data(name) for name in names})
    current = archive.data(f"models/{site.name}/{CURRENT}").decode("ascii", "replace").strip()
    try:
        load_release(site / current)
    except ReleaseError as error:
        remarks.append(f"{site.name}: 백업의 릴리스를 이 버전이 읽지 못합니다. {error}")
        if (site / CURRENT).exists():
            return
    for name in (HISTORY, CURRENT):
        data, staged = archive.data(f"models/{site.name}/{name}"), site / f"{_STAGED}{name}"
        with staged.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        yield _move(staged, site / name)


def _settings_steps(archive: Archive, remarks: list[str]) -> list[Step]:
    """The settings file, where there is none."""
    if SETTINGS not in archive.manifest.files:
        return []
    file, data = settings_file(), archive.data(SETTINGS)
    if file.exists():
        if file.read_bytes() != data:
            remarks.append(f"설정 파일 {file} 은 지금 것을 그대로 두었습니다. 백업의 것과 다릅니다.")
        return []
    staged = file.with_name(f"{_STAGED}{file.name}")
    staged.unlink(missing_ok=True)
    archive.extract(SETTINGS, staged)
    return [_move(staged, file)]


def _keep(settings: Settings, path: Path | None, manifest: Manifest, before: Path) -> None:
    """Put what is about to be replaced into a folder, also where it is damaged: links for the files of SQLite, a backup for PostgreSQL."""
    before.mkdir(mode=0o700)
    for site in manifest.sites():
        for name in (CURRENT, HISTORY):
            if (settings.models / site / name).is_file():
                (before / "models" / site).mkdir(parents=True, exist_ok=True)
                shutil.copy2(settings.models / site / name, before / "models" / site / name)
    files = [settings.var / KEY]
    if path is None:
        with suppress(StoreError):  # nothing is there yet
            write_backup(settings, before / "database.zip", with_key=False)
    else:
        files += [path.with_name(f"{path.name}{end}") for end in ("", "-wal", "-shm")]
    for file in files:
        if file.is_file():
            _link(file, before / file.name)


def _link(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except OSError:  # a file system without links
        shutil.copy2(file, to)
