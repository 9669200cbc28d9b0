"""Folders, the key in one of them, the space that is left, backups."""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from faqbot.bootstrap.backup import backups_of
from faqbot.bootstrap.doctor.check import Check, State
from faqbot.bootstrap.parts import database_address, is_loopback
from faqbot.settings import MIN_SECRET, Settings, variable
from faqbot.store.health import sqlite_file

#: Free bytes below which it is time to tidy up, and below which a database can no longer be trusted to be written.
_LITTLE, _TOO_LITTLE = 1_000_000_000, 100_000_000
#: Different characters of a key that a machine drew; 32 of base64 have 20 and more.
_VARIED = 12
_DAY = 86_400
_OLD_BACKUP = 2 * _DAY
_NEW_KEY = "openssl rand -base64 48 로 만든 값을 쓰세요."


def folders(settings: Settings) -> Iterator[Check]:
    """Whether the var folder can be written, and the models folder at least read."""
    yield _writable("var", settings.var, State.FAIL, "문의와 질문 기록을 저장하지 못합니다")
    if not settings.models.exists():
        yield Check("models", State.WARN, f"{settings.models}: 릴리스 폴더가 없습니다", "faqbot train --faq 파일.csv 로 학습하면 생깁니다.")
    elif not os.access(settings.models, os.R_OK | os.X_OK):
        yield Check("models", State.FAIL, f"{settings.models}: 릴리스를 읽을 수 없습니다", "서버를 켜는 사용자에게 읽기 권한을 주세요.")
    else:
        yield _writable("models", settings.models, State.WARN, "답은 할 수 있지만 학습하고 공개하지 못합니다")


def key(settings: Settings) -> Iterator[Check]:
    """Whether there is a secret key that only its owner can read and nobody can guess."""
    path = settings.var / "secret.key"
    if given := settings.secret_key.get_secret_value():
        yield _strength(given, variable("secret_key"))
        return
    if not path.exists():
        yield _without_key(settings)
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        yield Check("key", State.FAIL, f"{path}: 다른 사용자도 비밀 키를 읽을 수 있습니다 (권한 {mode:o})", f"chmod 600 {path} 을(를) 하세요.")
        return
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        yield Check("key", State.FAIL, f"{path}: 비밀 키를 읽을 수 없습니다", "서버를 켜는 사용자의 파일인지 확인하고, 손상되었으면 백업에서 되돌리세요.")
        return
    yield _strength(text, str(path))


def disk(settings: Settings) -> Iterator[Check]:
    """Whether there is space where things are written."""
    places = {folder.stat().st_dev: folder for folder in (_existing(settings.models), _existing(settings.var))}
    for folder in places.values():
        free = shutil.disk_usage(folder).free
        state = State.OK if free >= _LITTLE else State.WARN if free >= _TOO_LITTLE else State.FAIL
        what = "쓰지 않는 릴리스와 백업을 지우거나 디스크를 늘리세요." if state is not State.OK else ""
        yield Check("disk", state, f"{folder}: 디스크에 {free / 1e9:.1f} GB 남았습니다", what)


def backups(settings: Settings, folder: Path | None) -> Check:
    """How old the newest backup is."""
    if folder is None:
        return Check("backups", State.SKIP, "백업은 살펴보지 않았습니다", "백업하는 폴더가 있으면 --backups 폴더 로 알려 주세요.")
    found = [file.stat().st_mtime for file in backups_of(folder, settings.site)]
    if not found:
        return Check("backups", State.FAIL, f"{folder}: 이 사이트의 백업이 없습니다", "백업을 한 번 만들고, 날마다 하도록 등록하세요.")
    days = (time.time() - max(found)) / _DAY
    if days * _DAY > _OLD_BACKUP:
        return Check("backups", State.WARN, f"{folder}: 마지막 백업이 {days:.0f}일 전입니다", "날마다 백업하는 작업이 도는지 확인하세요.")
    return Check("backups", State.OK, f"{folder}: 백업 {len(found)}개, 마지막은 {days * 24:.0f}시간 전입니다")


def _writable(name: str, folder: Path, if_not: State, then: str) -> Check:
    place = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Check(name, if_not, f"{place}: 쓸 수 없습니다({error.strerror}). {then}", "서버를 켜는 사용자의 폴더로 바꾸거나 쓰기 권한을 주세요.")
    return Check(name, State.OK, f"{folder}: {'쓸 수 있습니다' if folder.exists() else '아직 없고, 만들 수 있습니다'}")


def _strength(text: str, where: str) -> Check:
    if len(text.encode()) < MIN_SECRET:
        return Check("key", State.FAIL, f"{where}: 비밀 키가 {MIN_SECRET}자보다 짧습니다", f"백업에서 되돌리세요. 받은 문의가 없으면 {_NEW_KEY}")
    if len(set(text)) < _VARIED:
        return Check("key", State.WARN, f"{where}: 비밀 키가 짐작하기 쉽습니다", f"받은 문의가 없으면 {_NEW_KEY} 있으면 바꾸지 마세요. 읽을 수 없게 됩니다.")
    return Check("key", State.OK, f"{where}: 비밀 키가 있습니다", "잃어버리면 문의를 읽을 수 없으니 백업과 다른 곳에 한 벌 두세요.")


def _without_key(settings: Settings) -> Check:
    if not is_loopback(settings.host):
        return Check("key", State.FAIL, f"{variable('secret_key')}: 다른 컴퓨터에서 접속을 받는데 비밀 키가 없습니다", _NEW_KEY)
    file = sqlite_file(database_address(settings))
    if file is None or file.exists():
        return Check(
            "key",
            State.FAIL,
            f"{settings.var / 'secret.key'}: 데이터베이스는 있는데 비밀 키가 없습니다",
            "백업에서 되돌리세요. 새로 만들면 이미 받은 문의를 읽을 수 없습니다.",
        )
    return Check("key", State.OK, "비밀 키가 아직 없습니다. 서버를 처음 켤 때 만듭니다")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), Path("/"))
