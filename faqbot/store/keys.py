"""API keys, on one connection and one site. Only what a key hashes to is stored."""

from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from faqbot.errors import AccessError, MissingRecordError
from faqbot.store.access import KEYS_AT_ONCE, ApiKey, Role
from faqbot.store.cipher import digest
from faqbot.store.credentials import prefix_of
from faqbot.store.schema import api_keys

#: A use is written down so much after the one before.
TOUCHED = timedelta(minutes=1)


def create(connection: Connection, site: str, new: ApiKey, key: str) -> None:
    """Store what a key hashes to.

    Raises:
        AccessError: as many of that name are valid already as may be.
    """
    named = _keys(connection, api_keys.c.site == site, api_keys.c.name == new.name)
    if sum(other.is_valid(new.created_at) for other in named) >= KEYS_AT_ONCE:
        raise AccessError(f"'{new.name}' 키가 이미 {KEYS_AT_ONCE}개 있습니다. 새 키로 옮긴 뒤에 옛 키를 폐기하거나, 다른 이름을 쓰세요.", code="too_many_keys")
    values = {"prefix": new.prefix, "name": new.name, "role": new.role.value, "created_by": new.created_by}
    connection.execute(insert(api_keys).values(site=site, key_hash=digest(key), created_at=new.created_at, expires_at=new.expires_at, **values))


def find(connection: Connection, site: str, sent: str, now: datetime) -> ApiKey | None:
    """The key, where it is one that is valid now."""
    row = connection.execute(select(api_keys).where(api_keys.c.site == site, api_keys.c.prefix == prefix_of(sent))).one_or_none()
    if row is None or not compare_digest(row.key_hash, digest(sent)):
        return None
    key = _key(row)
    return key if key.is_valid(now) else None


def every(connection: Connection, site: str) -> tuple[ApiKey, ...]:
    """All keys, those that open nothing any more too, the latest first."""
    return _keys(connection, api_keys.c.site == site)


def touch(connection: Connection, site: str, prefix: str, now: datetime) -> None:
    """Write down that a key was used."""
    connection.execute(update(api_keys).where(api_keys.c.site == site, api_keys.c.prefix == prefix).values(used_at=now))


def revoke(connection: Connection, site: str, prefix: str, now: datetime) -> ApiKey:
    """The key, which from now on opens nothing; as it was before.

    Raises:
        MissingRecordError: there is none of that prefix.
    """
    found = _keys(connection, api_keys.c.site == site, api_keys.c.prefix == prefix)
    if not found:
        raise MissingRecordError(f"키 {prefix} 이(가) 없습니다. 키 목록에서 fq_ 다음의 여덟 글자를 확인하세요.")
    still = api_keys.c.revoked_at.is_(None)
    connection.execute(update(api_keys).where(api_keys.c.site == site, api_keys.c.prefix == prefix, still).values(revoked_at=now))
    return found[0]


def _keys(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[ApiKey, ...]:
    return tuple(_key(row) for row in connection.execute(select(api_keys).where(*conditions).order_by(api_keys.c.id.desc())))


def _key(row: Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(row.prefix, row.name, Role(row.role), row.created_at, row.created_by, row.expires_at, row.used_at, row.revoked_at)
