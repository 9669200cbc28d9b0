"""The file of a backup: a zip of plain files under known names, and a manifest with the size and SHA-256 of each. It is read as if a stranger had made it."""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from faqbot.errors import BackupError

#: Raised with every change of what the files mean; an archive of a higher one is refused.
FORMAT = 1
MANIFEST, DATABASE, KEY, SETTINGS = "manifest.json", "faqbot.db", "secret.key", "faqbot.toml"
#: Every name that an archive may hold. No other can become a path.
_NAMES = re.compile(
    r"manifest\.json|faqbot\.db|secret\.key|faqbot\.toml|models/[a-z0-9][a-z0-9-]{0,40}/(?:CURRENT|HISTORY|[0-9a-f]{16}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,60})"
)
#: Bytes of the largest manifest that is read, and bytes copied at a time.
_MANIFEST_LIMIT, _CHUNK = 50_000_000, 1 << 20


def is_name(name: str) -> bool:
    """Whether an archive may hold a file of that name."""
    return bool(_NAMES.fullmatch(name))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        faqbot: the version that made it.
        made_at: ISO 8601, UTC.
        site: name of the site of the settings; the database and the releases may hold others too.
        engine: `sqlite` or `postgresql`: where the database came from. What is in the archive is a SQLite file in both cases.
        revision: version of the tables.
        rows: by table.
        files: name → [bytes, SHA-256].
        format: FORMAT of the program that made it.
    """

    faqbot: str
    made_at: str
    site: str
    engine: str
    revision: str
    rows: dict[str, int]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Bytes of everything, unpacked."""
        return sum(size for size, _ in self.files.values())

    @property
    def has_key(self) -> bool:
        """Whether the secret key is in it."""
        return KEY in self.files

    def sites(self) -> tuple[str, ...]:
        """Sites whose published release is in it, by alphabet."""
        return tuple(sorted(name.split("/")[1] for name in self.files if name.endswith("/CURRENT")))


def write_archive(path: Path, manifest: Manifest, sources: Mapping[str, Path | bytes]) -> Manifest:
    """Write a new archive, readable by its owner only, and force it to the disk.

    Args:
        path: does not exist yet.
        manifest: without its files.
        sources: name in the archive → what it holds.

    Returns:
        The manifest with its files.
    """
    files: dict[str, tuple[int, str]] = {}
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as handle:
        with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, source in sources.items():
                with archive.open(name, "w", force_zip64=True) as target:
                    files[name] = _write(source, target)
            whole = Manifest(**{**asdict(manifest), "files": files})
            archive.writestr(MANIFEST, json.dumps(asdict(whole), ensure_ascii=False, indent=1))
        handle.flush()
        os.fsync(handle.fileno())
    return whole


def _write(source: Path | bytes, target: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for piece in [source] if isinstance(source, bytes) else _pieces(source):
        target.write(piece)
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while piece := handle.read(_CHUNK):
            yield piece


class Archive:
    """An archive that was opened: its names are ours and its manifest can be read. What its files hold is compared with the manifest whenever one is read."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._path = path
        self._archive = archive
        self.manifest = manifest

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open one.

        Raises:
            BackupError: it is no archive of ours, damaged, or made by a newer faqbot.
        """
        with _reading(path):
            archive = zipfile.ZipFile(path)
        with archive:
            with _reading(path):
                manifest = _manifest(path, archive)
            yield cls(path, archive, manifest)

    def verify(self) -> None:
        """Read everything once.

        Raises:
            BackupError: something is not what the manifest says.
        """
        for name in self.manifest.files:
            for _ in self._read(name):
                pass

    def extract(self, name: str, to: Path) -> None:
        """Unpack one file to a place that is given, readable by its owner only, and force it to the disk.

        Raises:
            BackupError: it is not what the manifest says.
        """
        with os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as handle:
            for piece in self._read(name):
                handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())

    def data(self, name: str) -> bytes:
        """One file.

        Raises:
            BackupError: it is not what the manifest says.
        """
        return b"".join(self._read(name))

    def _read(self, name: str) -> Iterator[bytes]:
        size, expected = self.manifest.files[name]
        digest, left = hashlib.sha256(), size
        with _reading(self._path), self._archive.open(name) as source:
            while piece := source.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    break
                digest.update(piece)
                yield piece
        if left or digest.hexdigest() != expected:
            raise damaged(self._path, name)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """What goes wrong with reading an archive, as a BackupError."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, LookupError) as error:
        raise damaged(path, type(error).__name__) from error
    except OSError as error:
        raise BackupError(f"{path}: 읽을 수 없습니다: {error.strerror or error}. 경로와 권한을 확인하세요.") from error


def damaged(path: Path, what: str) -> BackupError:
    """What to say of an archive that is not whole."""
    return BackupError(f"{path}: 백업 파일이 손상되었거나 faqbot의 백업이 아닙니다 ({what}). 아무것도 바꾸지 않았습니다. 다른 백업을 쓰세요.")


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    names = archive.namelist()
    if (strange := [name for name in names if not is_name(name)]) or len(set(names)) != len(names) or MANIFEST not in names:
        raise damaged(path, repr(strange[0][:80]) if strange else MANIFEST)
    if archive.getinfo(MANIFEST).file_size > _MANIFEST_LIMIT:
        raise damaged(path, MANIFEST)
    data: Any = json.loads(archive.read(MANIFEST))
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise damaged(path, MANIFEST)
    if data["format"] > FORMAT:
        raise BackupError(
            f"{path}: 더 새로운 faqbot({data.get('faqbot')})이 만든 백업입니다. faqbot을 그 버전으로 올린 뒤에 되돌리세요. 아무것도 바꾸지 않았습니다."
        )
    try:
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in data["files"].items()}
        rows = {str(table): int(count) for table, count in data["rows"].items()}
        texts = {name: str(data[name]) for name in ("faqbot", "made_at", "site", "engine", "revision")}
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise damaged(path, MANIFEST) from error
    if set(files) != set(names) - {MANIFEST} or DATABASE not in files:
        raise damaged(path, MANIFEST)
    return Manifest(**texts, rows=rows, files=files, format=data["format"])
