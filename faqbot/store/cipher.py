"""Sealing of what visitors write, and status tokens. Both come from one secret, through HKDF, so that neither tells anything about the other."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from faqbot.errors import StoreError
from faqbot.settings import MIN_SECRET


class Cipher:
    """Seals with the first secret, opens with any.

    Args:
        secret: what an attacker must not know, MIN_SECRET bytes or more.
        old: secrets that were in use before, newest first; what they sealed can still be opened.

    Raises:
        StoreError: a secret is too short.
    """

    def __init__(self, secret: bytes, old: tuple[bytes, ...] = ()) -> None:
        secrets = (secret, *old)
        if any(len(each) < MIN_SECRET for each in secrets):
            raise StoreError(
                f"비밀 키가 너무 짧습니다. {MIN_SECRET}바이트 이상이어야 합니다. "
                '`python3 -c "import secrets; print(secrets.token_urlsafe(32))"` 로 만들어 설정하세요.',
                code="secret",
            )
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(each, b"faqbot inquiry text"))) for each in secrets])
        self._token_keys = tuple(_derive(each, b"faqbot status token") for each in secrets)

    def seal(self, text: str) -> bytes:
        """Encrypted and authenticated; any text, also lone surrogates and NUL."""
        return self.seal_bytes(text.encode("utf-8", "surrogatepass"))

    def seal_bytes(self, data: bytes) -> bytes:
        """The same for bytes. A third longer than they are."""
        return self._fernet.encrypt(data)

    def open(self, sealed: bytes) -> str:
        """The text that was sealed.

        Raises:
            StoreError: sealed with a secret that is not at hand, or altered since.
        """
        return self.open_bytes(sealed).decode("utf-8", "surrogatepass")

    def open_bytes(self, sealed: bytes) -> bytes:
        """The bytes that were sealed.

        Raises:
            StoreError: as `open`.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise lost_secret() from error

    def reseal(self, sealed: bytes) -> bytes:
        """The same text, sealed with the first secret.

        Raises:
            StoreError: as `open`.
        """
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise lost_secret() from error

    def tokens(self, site: str, number: str) -> tuple[str, ...]:
        """The status token of a receipt number under each secret, the first one's first: 43 url-safe characters, the same at each call."""
        named = f"{site}\n{number}".encode()
        return tuple(base64.urlsafe_b64encode(hmac.digest(key, named, "sha256")).rstrip(b"=").decode() for key in self._token_keys)


def digest(text: str) -> str:
    """The sha256 that stands in the database for a token or a key, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lost_secret() -> StoreError:
    """What to say where a row was written under a secret that is not at hand."""
    return StoreError(
        "저장된 문의를 지금의 비밀 키로 열 수 없습니다. 비밀 키가 바뀌었거나 데이터가 손상되었습니다. 전에 쓰던 비밀 키를 되돌리거나 이전 키로 함께 넘겨 주세요.",
        code="secret",
    )


def _derive(secret: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
