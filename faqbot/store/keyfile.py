"""The file with the secret key: made once, readable by its owner only."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from faqbot.errors import SettingsError
from faqbot.settings import MIN_SECRET


def read_or_make_key(path: Path, *, may_make: bool) -> bytes:
    """The key in a file; where there is none, a new one of 64 characters. Two processes that make it at once get the same.

    Raises:
        SettingsError: there is none and none may be made, it is too short, or the file cannot be used.
    """
    try:
        if may_make and not path.exists():
            _make(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"비밀 키 {path} 을(를) 읽거나 만들 수 없습니다: {error.strerror}. 폴더와 권한을 확인하세요.") from error
    if len(key) < MIN_SECRET:
        raise SettingsError(f"비밀 키 {path} 이(가) {MIN_SECRET}자보다 짧습니다. 백업에서 되돌리세요. 새로 만들면 이미 받은 문의를 읽을 수 없습니다.")
    return key


def _make(path: Path) -> None:
    """Write elsewhere, then give it the name: nobody ever reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".secret-") as file:  # mode 0600
        file.write(secrets.token_urlsafe(48).encode())
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
