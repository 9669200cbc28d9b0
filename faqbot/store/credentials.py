"""Passwords, session tokens and API keys: what they look like, how they are made, and what stands for them in the database."""

import re
import secrets
import unicodedata
from functools import cache
from typing import TypeGuard

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from faqbot.errors import AccessError

#: Characters of the shortest and the longest password. Length is what makes one hard to guess; no mix of kinds is asked for.
MIN_PASSWORD, MAX_PASSWORD = 12, 128
#: Different characters that a password must have at least.
_DIFFERENT = 5
_NAME = re.compile(r"[a-z0-9가-힣][a-z0-9가-힣._@-]{0,39}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY = re.compile(r"fq_([a-z0-9]{8})_[A-Za-z0-9_-]{43}")
_PREFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
#: Argon2id as OWASP's password storage cheat sheet has it: 19 MiB, two passes, one lane. A log-in took a tenth of a second.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def as_name(typed: object) -> str:
    """A name as accounts are found by: NFC, small letters, no spaces around it; "" where it could be none.

    >>> as_name(" Minji.Kim ")
    'minji.kim'
    >>> as_name("a:b")
    ''
    """
    if not isinstance(typed, str) or len(typed) > 100:
        return ""
    name = unicodedata.normalize("NFC", typed).strip().lower()
    return name if _NAME.fullmatch(name) else ""


def require_name(typed: object) -> str:
    """The name, as `as_name`.

    Raises:
        AccessError: it cannot be one.
    """
    if not (name := as_name(typed)):
        raise AccessError("이름은 영문 소문자, 숫자, 한글과 . _ @ - 로 40자까지 쓸 수 있고, 글자나 숫자로 시작해야 합니다.", code="name")
    return name


def require_password(password: object, name: str) -> None:
    """Let pass what may become a password.

    Raises:
        AccessError: it is no text, too short, too long, too uniform, or holds the name.
    """
    if not isinstance(password, str) or not _is_text(password) or len(password.strip()) < MIN_PASSWORD:
        raise AccessError(f"비밀번호는 {MIN_PASSWORD}자 이상이어야 합니다. 기억하기 쉬운 낱말 여러 개를 이어 쓰면 좋습니다.", code="password")
    if len(password) > MAX_PASSWORD:
        raise AccessError(f"비밀번호는 {MAX_PASSWORD}자까지 쓸 수 있습니다.", code="password")
    if len(set(password)) < _DIFFERENT or name in password.lower():
        raise AccessError("같은 글자가 되풀이되거나 이름이 들어 있는 비밀번호는 쓸 수 없습니다. 다른 것을 고르세요.", code="password")


def hash_password(password: str) -> str:
    """Salted Argon2id, with its parameters in it."""
    return _HASHER.hash(_canonical(password))


def is_password(password: object, hashed: str | None) -> bool:
    """Whether the password is the hashed one. It takes as long where there is nothing to compare with, so that time tells no names."""
    decoy = _decoy()
    is_possible = isinstance(password, str) and _is_text(password) and bool(password.strip()) and len(password) <= MAX_PASSWORD
    try:
        matches = _HASHER.verify(hashed or decoy, _canonical(str(password)) if is_possible else "-")
    except (VerificationError, InvalidHashError):
        return False
    return matches and is_possible and hashed is not None


def is_outdated(hashed: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


def new_token() -> str:
    """256 random bits for a cookie, 43 characters."""
    return secrets.token_urlsafe(32)


def is_token(sent: object) -> TypeGuard[str]:
    """Whether it could be a token of a session."""
    return isinstance(sent, str) and _TOKEN.fullmatch(sent) is not None


def new_key() -> tuple[str, str]:
    """The prefix and the whole of a new API key: `fq_<prefix>_<256 random bits>`."""
    prefix = "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(8))
    return prefix, f"fq_{prefix}_{secrets.token_urlsafe(32)}"


def prefix_of(sent: object) -> str:
    """The prefix of what could be an API key; "" for everything else."""
    found = _KEY.fullmatch(sent) if isinstance(sent, str) else None
    return found[1] if found else ""


def _canonical(password: str) -> str:
    """The same bytes from every keyboard: macOS writes 한글 in pieces."""
    return unicodedata.normalize("NFKC", password)


def _is_text(password: str) -> bool:
    """Without NUL and lone surrogates, which some ways of typing would cut or change."""
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in password)


@cache
def _decoy() -> str:
    """The hash of what nobody knows."""
    return _HASHER.hash(secrets.token_urlsafe(32))
