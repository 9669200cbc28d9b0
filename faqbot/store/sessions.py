"""Sessions of operators, on one connection and one site. Only what a token hashes to is stored."""

from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import Connection, delete, insert, select, update

from faqbot.store.access import ABSOLUTE, IDLE, Role, Session
from faqbot.store.cipher import digest
from faqbot.store.credentials import new_token
from faqbot.store.schema import operator_sessions, operators

#: A use is written down so much after the one before: not every request needs to write.
TOUCHED = timedelta(minutes=1)


def start(connection: Connection, operator_id: int, now: datetime) -> str:
    """The token of a new session. Sessions of the operator that are over are deleted."""
    over = (operator_sessions.c.used_at <= now - IDLE) | (operator_sessions.c.created_at <= now - ABSOLUTE)
    connection.execute(delete(operator_sessions).where(operator_sessions.c.operator_id == operator_id, over))
    token = new_token()
    connection.execute(insert(operator_sessions).values(operator_id=operator_id, token_hash=digest(token), created_at=now, used_at=now))
    return token


def find(connection: Connection, site: str, token: str, now: datetime) -> tuple[Session, bool] | None:
    """Whose session a token is of, and whether its use should be written down. None where it is over or none, or the operator may not log in."""
    hashed = digest(token)
    columns = (operator_sessions, operators.c.name, operators.c.role)
    joined = select(*columns).join(operators, operators.c.id == operator_sessions.c.operator_id)
    ours = joined.where(operator_sessions.c.token_hash == hashed, operators.c.site == site, operators.c.disabled_at.is_(None))
    row = connection.execute(ours).one_or_none()
    if row is None or not compare_digest(row.token_hash, hashed):
        return None
    if now - row.used_at >= IDLE or now - row.created_at >= ABSOLUTE:
        return None
    return Session(row.name, Role(row.role), row.created_at), now - row.used_at >= TOUCHED


def touch(connection: Connection, token: str, now: datetime) -> None:
    """Write down that a session was used."""
    connection.execute(update(operator_sessions).where(operator_sessions.c.token_hash == digest(token)).values(used_at=now))


def end(connection: Connection, token: str) -> None:
    """End one session."""
    connection.execute(delete(operator_sessions).where(operator_sessions.c.token_hash == digest(token)))


def end_all(connection: Connection, operator_id: int) -> None:
    """End all sessions of an operator."""
    connection.execute(delete(operator_sessions).where(operator_sessions.c.operator_id == operator_id))
