"""A backup: the database as it stands, the releases that serve, the settings file and, if wished, the secret key, in one verified file."""

import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout

from faqbot.bootstrap.archive import DATABASE, KEY, SETTINGS, Archive, Manifest, is_name, write_archive
from faqbot.bootstrap.in_use import use
from faqbot.bootstrap.parts import database_address, secret_key
from faqbot.errors import BackupError, FaqbotError, ReleaseError, SettingsError
from faqbot.retrieval.release import CURRENT, current_id, is_release_id, load_release
from faqbot.settings import Settings, secret_settings, settings_file
from faqbot.site_files import site_names
from faqbot.training.publish import HISTORY, published_before, publishing_lock, sync_folder

#: Releases of a site that are taken along: the one that serves and those that served before it.
RELEASES = 3
#: Written for data scientists, never opened by faqbot, and it is a pickle: an archive holds nothing that can run.
_LEFT_OUT = frozenset({"pipeline.joblib"})
_UNFINISHED = ".faqbot-backup-"
#: What ends the name of a backup that was named here, and how many letters it has.
_TIME, _TIME_LETTERS = r"\d{8}T\d{6}Z\.zip", 20


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and verified; sentences for the operator about what is not in it; older backups that were deleted for it."""

    path: Path
    manifest: Manifest
    remarks: tuple[str, ...]
    deleted: tuple[Path, ...] = ()


def make_backup(settings: Settings, to: Path, *, with_key: bool = False, keep: int | None = None) -> Made:
    """Write one while the server runs, and open and count it before it gets its name.

    Args:
        settings: of the site.
        to: a file that does not exist yet and ends in .zip, or a folder, which is made where there is none: then the file is named after the time and, where there is only one, the site.
        with_key: whether the secret key is put into it.
        keep: delete the oldest backups of the site in that folder above this number; None keeps all.

    Raises:
        BackupError: there is such a file, another backup is at work there, or the folder cannot be written.
        StoreError: the database cannot be read, or what was written cannot be opened.
        SettingsError: the key that is wanted cannot be read.
    """
    if to.is_dir() or (to.suffix.lower() != ".zip" and not to.exists()):
        of_site = "" if len(all_sites(settings)) > 1 else f"{settings.site}-"
        path = to / f"faqbot-{of_site}{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"
    elif keep is not None:
        raise BackupError(f"{to}: --keep 은 폴더에 백업할 때만 씁니다. 폴더를 주세요.")
    else:
        path = to
    held = use(settings.var)
    try:
        made = write_backup(settings, path, with_key=with_key)
    finally:
        if held is not None:
            os.close(held)
    return replace(made, deleted=_rotate(path, settings.site, keep))


def all_sites(settings: Settings) -> tuple[str, ...]:
    """Sites that share the database and the models folder, by alphabet: that of the settings, those with a published release, and those with a file."""
    found = {settings.site, *(path.parent.name for path in _published(settings.models))}
    if settings.sites is not None:
        with suppress(SettingsError):  # a folder that cannot be read keeps nobody from saving the database
            found |= set(site_names(settings.sites))
    return tuple(sorted(found))


def backups_of(folder: Path, site: str) -> list[Path]:
    """Backups in the folder that were named here for an installation with that site in its settings, the oldest first; none where there is no folder."""
    if not folder.is_dir():
        return []
    named, unnamed = re.compile(rf"faqbot-{re.escape(site)}-{_TIME}"), re.compile(rf"faqbot-{_TIME}")
    found = [file for file in folder.iterdir() if named.fullmatch(file.name) or (unnamed.fullmatch(file.name) and _site_of(file) == site)]
    return sorted(found, key=lambda file: file.name[-_TIME_LETTERS:])


def _site_of(file: Path) -> str | None:
    """The site of the settings that a backup was made with; None where it cannot be read."""
    try:
        with Archive.open(file) as archive:
            return archive.manifest.site
    except BackupError:
        return None


def write_backup(settings: Settings, path: Path, *, with_key: bool) -> Made:
    """The same for whoever uses the var folder already.

    Raises:
        BackupError, StoreError, SettingsError: as `make_backup`.
    """
    try:
        with _workshop(path) as folder:
            made = _made(settings, folder, path, with_key=with_key)
            _give_name(folder / path.name, path)
            sync_folder(path.parent)
            return made
    except FileExistsError as error:
        raise BackupError(f"{path}: 이미 있습니다. 덮어쓰지 않습니다. 다른 이름을 주세요.") from error
    except OSError as error:
        raise BackupError(f"{path}: 백업을 쓰지 못했습니다: {error.strerror}. 공간과 권한을 확인하세요. 쓰다 만 파일은 남기지 않았습니다.") from error


def _give_name(written: Path, path: Path) -> None:
    """Without overwriting."""
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, as on a stick
        written.rename(path)


@contextmanager
def _workshop(path: Path) -> Iterator[Path]:
    """A folder beside the archive for this backup alone, gone in the end; one that a kill left is removed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        raise FileExistsError
    try:
        with FileLock(path.parent / f"{_UNFINISHED[:-1]}.lock", timeout=0):
            for leftover in path.parent.glob(f"{_UNFINISHED}*/"):
                shutil.rmtree(leftover)
            with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=path.parent) as folder:
                yield Path(folder)
    except Timeout as error:
        raise BackupError(f"{path.parent}: 이 폴더에 다른 백업이 진행 중입니다. 끝난 뒤에 다시 하세요.") from error


def _made(settings: Settings, folder: Path, path: Path, *, with_key: bool) -> Made:
    """The archive in that folder, verified."""
    from faqbot.store import snapshot  # noqa: PLC0415  # --help needs no database

    sources: dict[str, Path | bytes] = {}
    remarks = [*_settings_into(sources, with_key=with_key), *_releases_into(sources, settings.models)]
    if settings.sites is not None:
        remarks.append(f"사이트 파일({settings.sites}/*.toml)은 넣지 않았습니다. 따로 보관하세요.")
    if with_key:
        sources[KEY] = secret_key(settings, may_make=False)
    else:
        remarks.append("비밀 키는 넣지 않았습니다. 이 백업만으로는 받은 문의를 읽을 수 없으니 키를 따로 보관하세요.")
    address = database_address(settings)
    snapshot.take(address, folder / DATABASE)
    contents = snapshot.examine(folder / DATABASE)
    engine = "sqlite" if address.startswith("sqlite") else "postgresql"
    manifest = Manifest(version("faqbot"), datetime.now(UTC).isoformat(timespec="seconds"), settings.site, engine, contents.revision, contents.rows)
    manifest = write_archive(folder / path.name, manifest, {DATABASE: folder / DATABASE, **sources})
    (folder / DATABASE).unlink()
    with Archive.open(folder / path.name) as archive:
        archive.verify()
        archive.extract(DATABASE, folder / DATABASE)
    if snapshot.examine(folder / DATABASE) != contents:
        raise BackupError(f"{path}: 쓴 것을 다시 세어 보니 다릅니다. 디스크를 확인하고 다시 하세요. 백업을 남기지 않았습니다.")
    return Made(path, manifest, tuple(remarks))


def _settings_into(sources: dict[str, Path | bytes], *, with_key: bool) -> Iterator[str]:
    """The settings file, unless it says what the key's owner did not want in the archive; yields what is to be said of it."""
    file = settings_file()
    if not file.is_file():
        return
    data = file.read_bytes()
    secrets = sorted(secret_settings() & tomllib.loads(data.decode()).keys())
    if secrets and not with_key:
        yield f"설정 파일 {file} 은 넣지 않았습니다. 비밀({', '.join(secrets)})이 들어 있습니다. 함께 넣으려면 --with-key 를 주세요."
        return
    sources[SETTINGS] = data


def _releases_into(sources: dict[str, Path | bytes], models: Path) -> Iterator[str]:
    """What serves on each site, and what served before; yields what is to be said of releases that are left out."""
    for site in (path.parent for path in _published(models)):
        with publishing_lock(site):
            try:
                current, history = current_id(site), published_before(site)
            except ReleaseError as error:
                yield str(error)
                continue
        kept = []
        for release in list(dict.fromkeys(reversed([*history, current])))[:RELEASES]:
            try:
                load_release(site / release)
            except FaqbotError as error:
                yield f"릴리스를 넣지 않았습니다. {error}"
                continue
            kept.append(release)
            files = {f"models/{site.name}/{release}/{file.name}": file for file in sorted((site / release).iterdir()) if file.name not in _LEFT_OUT}
            sources |= {name: file for name, file in files.items() if is_name(name) and file.is_file()}
        if current in kept:
            sources[f"models/{site.name}/{CURRENT}"] = f"{current}\n".encode()
            sources[f"models/{site.name}/{HISTORY}"] = "".join(f"{each}\n" for each in history if each in kept).encode()


def _published(models: Path) -> list[Path]:
    """The file of each site that names its published release, by alphabet."""
    return sorted(path for path in models.glob(f"*/{CURRENT}") if is_name(f"models/{path.parent.name}/{CURRENT}"))


def _rotate(path: Path, site: str, keep: int | None) -> tuple[Path, ...]:
    """Delete the oldest backups of the site above a number; never the new one, nor a file of another name."""
    if keep is None:
        return ()
    older = [file for file in backups_of(path.parent, site) if file != path]
    deleted = tuple(older[: max(0, len(older) + 1 - keep)])
    for file in deleted:
        file.unlink()
    return deleted


def release_files(manifest: Manifest, site: str) -> dict[str, list[str]]:
    """Release → names of its files in the archive."""
    found: dict[str, list[str]] = {}
    for name in manifest.files:
        parts = name.split("/")
        if len(parts) == 4 and parts[1] == site and is_release_id(parts[2]):
            found.setdefault(parts[2], []).append(name)
    return found
