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
#: How Python's reader of TOML begins to say what is wrong → the same in Korean.
_WORDS = {
    "Invalid value": "값을 읽을 수 없습니다. 글은 큰따옴표로 묶으세요.",
    "Invalid statement": "이름을 읽을 수 없습니다. 이름 = 값 으로 적으세요.",
    "Expected '=' after a key": "이름 뒤에 = 이 없습니다. 이름 = 값 으로 적으세요.",
    "Cannot overwrite a value": "같은 이름을 두 번 적었습니다. 하나를 지우세요.",
    "Unterminated string": "따옴표가 닫히지 않았습니다. 글의 끝에도 큰따옴표를 적으세요.",
    "Illegal character": "쓸 수 없는 글자입니다. 따옴표를 같은 줄에서 닫았는지 보세요.",
    "Expected newline or end of document": "값 뒤에 남는 글이 있습니다. 한 줄에 하나씩 적으세요.",
    "Unclosed array": "대괄호가 닫히지 않았습니다. ] 를 적으세요.",
}
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
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


def what_is_wrong(error: Exception) -> str:
    """Why a TOML file cannot be read, in which line, and what to do.

    >>> what_is_wrong(tomllib.TOMLDecodeError("Invalid value (at line 1, column 9)"))
    '1번째 줄 9번째 글자: 값을 읽을 수 없습니다. 글은 큰따옴표로 묶으세요.'
    """
    if isinstance(error, OSError):
        return f"{error.strerror}. 경로와 권한을 확인하세요."
    if isinstance(error, UnicodeDecodeError):
        return f"UTF-8이 아닙니다({error.start + 1}번째 바이트). UTF-8로 다시 저장하세요."
    if isinstance(error, RecursionError):
        return "괄호가 너무 깊습니다. 괄호를 줄이세요."
    found = _PLACE.search(str(error))
    place = "" if found is None else f"{found[1]}번째 줄 {found[2]}번째 글자: " if found[1] else "파일의 끝: "
    said = next((words for start, words in _WORDS.items() if str(error).startswith(start)), "TOML 문법에 맞지 않습니다. 그곳을 고치세요.")
    return place + said


def read_site_file(folder: Path, name: str) -> dict[str, Any]:
    """What the file of a site says, not yet checked.

    Raises:
        SettingsError: it cannot be read, is no TOML, or holds what belongs to the whole process.
    """
    path = site_file(folder, name)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: 사이트 파일을 읽을 수 없습니다. {what_is_wrong(error)}") from error
    if foreign := sorted(set(values) - OWN - SHARED):
        allowed = sorted(OWN | SHARED)
        near = get_close_matches(foreign[0], allowed, n=1, cutoff=0.8)
        meant = f"{near[0]} 을(를) 쓰려던 것인가요? 아니면 서버의" if near else "서버의"
        raise SettingsError(
            f"{path}: {', '.join(foreign)} 은(는) 사이트마다 정할 수 없습니다. {meant} 설정으로 옮기거나 지우세요. 쓸 수 있는 이름: {', '.join(allowed)}"
        )
    return values
