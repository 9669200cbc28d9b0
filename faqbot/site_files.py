"""Files that describe further sites of a process, one a site: `<folder>/<site>.toml`. What they may say; how they are found, and noticed when they change."""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from faqbot.errors import SettingsError

#: What a site is called; the same as a folder under models/ and a part of paths.
SITE = r"^[a-z0-9][a-z0-9-]{0,40}$"
#: Settings that say whose help centre it is. A site that does not say so has none: never another site's telephone number.
OWN = frozenset({
    "title", "phone", "hours", "open_hours", "closed_days", "call_charge", "chat_url", "email", "inquiry_url", "origins", "public_url", "category_precision",
})  # fmt: skip
#: Settings that a site takes over from the process unless its file says otherwise. All that is in neither belongs to the process alone.
SHARED = frozenset({
    "target_precision", "suggest_probability", "timezone", "closed_on_holidays", "inquiry_days", "attachments", "attachment_bytes", "notify_command",
    "keep_queries", "keep_feedback", "keep_inquiries", "limit_questions", "limit_feedback", "limit_inquiries",
})  # fmt: skip
_NAME = re.compile(SITE.removesuffix("$"))

#: What tells one state of a file from another: time of its last change, inode, bytes.
Stamp = tuple[int, int, int]


def is_site(name: str) -> bool:
    """Whether a site can be called that; anything else is never used as a path."""
    return _NAME.fullmatch(name) is not None


def site_file(folder: Path, name: str) -> Path:
    """The file of a site."""
    return folder / f"{name}.toml"


def stamp(folder: Path, name: str) -> Stamp | None:
    """The state of a site's file; None where there is none."""
    try:
        found = site_file(folder, name).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def site_names(folder: Path) -> tuple[str, ...]:
    """All sites that have a file, in order.

    Raises:
        SettingsError: the folder cannot be read.
    """
    try:
        return tuple(sorted(path.stem for path in folder.iterdir() if path.suffix == ".toml" and is_site(path.stem)))
    except OSError as error:
        raise SettingsError(f"사이트 파일을 두는 폴더 {folder} 을(를) 읽을 수 없습니다: {error.strerror}. 폴더를 만들거나 FAQBOT_SITES 를 고치세요.") from error


def read_site_file(folder: Path, name: str) -> dict[str, Any]:
    """What the file of a site says, not yet checked.

    Raises:
        SettingsError: it cannot be read, is no TOML, or holds what belongs to the whole process.
    """
    path = site_file(folder, name)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: 사이트 파일을 읽을 수 없습니다({error}). TOML 문법과 권한을 확인하세요.") from error
    if foreign := sorted(set(values) - OWN - SHARED):
        allowed = sorted(OWN | SHARED)
        near = get_close_matches(foreign[0], allowed, n=1, cutoff=0.8)
        meant = f"{near[0]} 을(를) 쓰려던 것인가요? 아니면 서버의" if near else "서버의"
        raise SettingsError(
            f"{path}: {', '.join(foreign)} 은(는) 사이트마다 정할 수 없습니다. {meant} 설정으로 옮기거나 지우세요. 쓸 수 있는 이름: {', '.join(allowed)}"
        )
    return values
