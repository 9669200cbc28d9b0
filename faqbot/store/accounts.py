"""Operators, who is logged in, and keys of programs. Each method is one transaction, and what it returned is on disk."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, exists, or_, select, update

from faqbot.errors import AccessError, StoreError
from faqbot.store import attempts, keys, operators, sessions
from faqbot.store.access import KEY_DAYS, MAX_KEY_DAYS, ApiKey, Operator, Role, Session
from faqbot.store.credentials import (
    as_name,
    hash_password,
    is_outdated,
    is_password,
    is_token,
    new_key,
    prefix_of,
    require_name,
    require_password,
)
from faqbot.store.engine import alone, reading, together, writing
from faqbot.store.schema import api_keys
from faqbot.store.schema import operators as operator_table

_WRONG = "이름이나 비밀번호가 맞지 않습니다."
_THROTTLED = "로그인에 여러 번 실패했습니다. {wait}초 뒤에 다시 시도하세요."


class Accounts:
    """Who may use the desk of one site. What is sent as a secret may be anything at all; only a right one opens.

    Every method may raise StoreError: the database failed, nothing was changed. Whoever calls writes the audit log, in a block of `together`.
    """

    def __init__(self, engine: Engine, site: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._site = site
        self._clock = clock

    def together(self) -> AbstractContextManager[None]:
        """As `Store.together`; nothing that counts failures of a log-in belongs into it."""
        return together(self._engine)

    def exist(self) -> bool:
        """Whether there was ever an operator or a key; without any the desk is off."""
        any_operator = exists().where(operator_table.c.site == self._site)
        any_key = exists().where(api_keys.c.site == self._site)
        with reading(self._engine) as connection:
            return bool(connection.execute(select(or_(any_operator, any_key))).scalar_one())

    # Operators

    def create(self, name: str, password: str, role: Role) -> Operator:
        """A new account.

        Raises:
            AccessError: name or password cannot be used, or the name is taken.
        """
        name = require_name(name)
        require_password(password, name)
        hashed, now = hash_password(password), self._clock()
        with writing(self._engine) as connection:
            return operators.create(connection, self._site, Operator(name, role, now, now, None, None), hashed)

    def operators(self) -> tuple[Operator, ...]:
        """All accounts by name, disabled ones too."""
        with reading(self._engine) as connection:
            return operators.every(connection, self._site)

    def operator(self, name: str) -> Operator:
        """The account of that name.

        Raises:
            MissingRecordError: there is none.
        """
        with reading(self._engine) as connection:
            return operators.as_operator(operators.row(connection, self._site, name))

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; every session of it ends.

        Raises:
            AccessError: the password cannot be used.
            MissingRecordError: there is no such account.
        """
        require_password(password, as_name(name))
        hashed = hash_password(password)
        with writing(self._engine) as connection:
            operator_id = operators.row(connection, self._site, name).id
            connection.execute(update(operator_table).where(operator_table.c.id == operator_id).values(password_hash=hashed, password_at=self._clock()))
            sessions.end_all(connection, operator_id)

    def set_role(self, name: str, role: Role) -> Operator:
        """Let an account do more or less; every session of it ends. The account as it was before.

        Raises:
            AccessError: nobody would be left who may look after accounts.
            MissingRecordError: there is no such account.
        """
        with writing(self._engine) as connection:
            before = operators.row(connection, self._site, name)
            if role is not Role.OWNER:
                operators.refuse_for_last(connection, self._site, before)
            connection.execute(update(operator_table).where(operator_table.c.id == before.id).values(role=role.value))
            if before.role != role:
                sessions.end_all(connection, before.id)
        return operators.as_operator(before)

    def disable(self, name: str) -> Operator:
        """Let an account log in no more; every session of it ends. The account as it was before.

        Raises:
            AccessError: nobody would be left who may look after accounts.
            MissingRecordError: there is no such account.
        """
        with writing(self._engine) as connection:
            before = operators.row(connection, self._site, name)
            operators.refuse_for_last(connection, self._site, before)
            still = operator_table.c.disabled_at.is_(None)
            connection.execute(update(operator_table).where(operator_table.c.id == before.id, still).values(disabled_at=self._clock()))
            sessions.end_all(connection, before.id)
        return operators.as_operator(before)

    def enable(self, name: str) -> Operator:
        """Let a disabled account log in again. The account as it was before.

        Raises:
            MissingRecordError: there is no such account.
        """
        with writing(self._engine) as connection:
            before = operators.row(connection, self._site, name)
            connection.execute(update(operator_table).where(operator_table.c.id == before.id).values(disabled_at=None))
        return operators.as_operator(before)

    # Sessions

    def log_in(self, name: object, password: object, address: str) -> tuple[str, Session]:
        """The token and the session of somebody who knows name and password. It takes as long for names that nobody has.

        Args:
            name: as typed.
            password: as typed.
            address: where the request came from; failures of an address are counted, and those of a name.

        Raises:
            AccessError: `wrong`, or `throttled` and then unheard: see `wait`.
        """
        attempt, row = self._checked(as_name(name), password, address)
        now = self._clock()
        with writing(self._engine) as connection:
            attempts.take_back(connection, attempt)
            values = {"seen_at": now} | ({"password_hash": hash_password(str(password))} if is_outdated(row.password_hash) else {})
            # The password and the right to log in may have changed while this one was being compared.
            unchanged = (operator_table.c.id == row.id, operator_table.c.password_hash == row.password_hash, operator_table.c.disabled_at.is_(None))
            if not connection.execute(update(operator_table).where(*unchanged).values(values)).rowcount:
                raise AccessError(_WRONG, code="wrong")
            return sessions.start(connection, row.id, now), Session(row.name, Role(row.role), now)

    def change_password(self, name: str, password: object, new: object, address: str) -> str:
        """Give oneself, who is `confirm`ed first, another password; every session ends, and the token of a new one is returned.

        Raises:
            AccessError: as `confirm`.
        """
        self.confirm(name, password, new, address)
        self.set_password(name, str(new))
        return self.start_session(name)

    def confirm(self, name: str, password: object, new: object, address: str) -> None:
        """Whether somebody may give themselves another password.

        Args:
            name: of the operator.
            password: as it is now, as typed.
            new: as it shall be, as typed.
            address: where the request came from; failures are counted as with `log_in`.

        Raises:
            AccessError: as `log_in`; or the new one cannot be used.
        """
        require_password(new, as_name(name))
        attempt, _ = self._checked(as_name(name), password, address)
        with writing(self._engine) as connection:
            attempts.take_back(connection, attempt)

    def start_session(self, name: str) -> str:
        """The token of a new session of an operator who was just logged in under another.

        Raises:
            MissingRecordError: there is no such account.
        """
        with writing(self._engine) as connection:
            return sessions.start(connection, operators.row(connection, self._site, name).id, self._clock())

    def session(self, token: object) -> Session | None:
        """Whose session a token opens now; None for everything that opens none."""
        if not is_token(token):
            return None
        now = self._clock()
        with reading(self._engine) as connection:
            found = sessions.find(connection, self._site, token, now)
        if found is None:
            return None
        if found[1]:
            self._note(lambda connection: sessions.touch(connection, token, now))
        return found[0]

    def log_out(self, token: object) -> None:
        """End the session of a token; nothing happens where there is none."""
        if is_token(token):
            with writing(self._engine) as connection:
                sessions.end(connection, token)

    # Keys

    def create_key(self, name: str, role: Role, created_by: str, days: int = KEY_DAYS) -> tuple[ApiKey, str]:
        """A new key, and its text, which is nowhere else: it cannot be shown again.

        Args:
            name: what it is for. Two keys of one name may be valid at once, so that programs can move from one to the other.
            role: its scope.
            created_by: by whom.
            days: how long it opens anything, 1 … MAX_KEY_DAYS.

        Raises:
            AccessError: the name cannot be used, there are two of it, or the days are out of range.
        """
        if not 1 <= days <= MAX_KEY_DAYS:
            raise AccessError(f"키의 기한은 1일부터 {MAX_KEY_DAYS}일까지입니다.", code="days")
        now = self._clock()
        prefix, text = new_key()
        key = ApiKey(prefix, require_name(name), role, now, created_by, now + timedelta(days=days), None, None)
        with writing(self._engine) as connection:
            keys.create(connection, self._site, key, text)
        return key, text

    def all_keys(self) -> tuple[ApiKey, ...]:
        """All keys, expired and revoked ones too, the latest first."""
        with reading(self._engine) as connection:
            return keys.every(connection, self._site)

    def revoke_key(self, prefix: str) -> ApiKey:
        """Let a key open nothing from now on. The key as it was before.

        Raises:
            MissingRecordError: there is none of that prefix.
        """
        with writing(self._engine) as connection:
            return keys.revoke(connection, self._site, prefix, self._clock())

    def key(self, sent: object) -> ApiKey | None:
        """The key that was sent, where it opens something now; None for everything else."""
        if not isinstance(sent, str) or not prefix_of(sent):
            return None
        now = self._clock()
        with reading(self._engine) as connection:
            found = keys.find(connection, self._site, sent, now)
        if found is not None and (found.used_at is None or now - found.used_at >= keys.TOUCHED):
            self._note(lambda connection: keys.touch(connection, self._site, found.prefix, now))
        return found

    def _checked(self, name: str, password: object, address: str) -> tuple[int, Row[tuple[object, ...]]]:
        """The attempt and the row of the operator whose password it is.

        Raises:
            AccessError: as `log_in`.
        """
        with alone(self._engine, f"log-ins of {self._site}") as connection:
            attempt, wait = attempts.reserve(connection, self._site, name, address, self._clock())
            row = operators.find(connection, self._site, name)
        if wait:
            raise AccessError(_THROTTLED.format(wait=wait), code="throttled", wait=wait)
        is_right = is_password(password, row.password_hash if row else None)
        if row is None or not is_right or row.disabled_at is not None:
            raise AccessError(_WRONG, code="wrong")
        return attempt, row

    def _note(self, write: Callable[[Connection], None]) -> None:
        """Write down a use. A database that is busy for a moment keeps nobody out."""
        with contextlib.suppress(StoreError), writing(self._engine) as connection:
            write(connection)
