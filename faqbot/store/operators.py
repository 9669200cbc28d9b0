"""Accounts of people: their rows, and that an owner is always left. Each function works in the transaction of its caller."""

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from faqbot.errors import AccessError, MissingRecordError
from faqbot.store.access import Operator, Role
from faqbot.store.credentials import as_name
from faqbot.store.schema import operators


def create(connection: Connection, site: str, operator: Operator, password_hash: str) -> Operator:
    """Store a new one.

    Raises:
        AccessError: the name is taken.
    """
    values = {
        "site": site, "name": operator.name, "password_hash": password_hash, "role": operator.role.value, "created_at": operator.created_at,
        "password_at": operator.password_at,
    }  # fmt: skip
    try:
        connection.execute(insert(operators).values(values))
    except IntegrityError as error:
        raise AccessError(f"'{operator.name}' 은(는) 이미 있는 이름입니다. 다른 이름을 고르세요.", code="taken") from error
    return operator


def every(connection: Connection, site: str) -> tuple[Operator, ...]:
    """All by name, disabled ones too."""
    rows = connection.execute(select(operators).where(operators.c.site == site).order_by(operators.c.name)).all()
    return tuple(as_operator(row) for row in rows)


def find(connection: Connection, site: str, name: str) -> Row[tuple[object, ...]] | None:
    """The row of the one of exactly that name; None for none."""
    return connection.execute(select(operators).where(operators.c.site == site, operators.c.name == name)).one_or_none()


def row(connection: Connection, site: str, name: str) -> Row[tuple[object, ...]]:
    """The row of the one of that name, however it is spelt.

    Raises:
        MissingRecordError: there is none.
    """
    found = find(connection, site, as_name(name))
    if found is None:
        raise MissingRecordError(f"'{name}' 계정이 없습니다. 계정 목록에서 이름을 확인하세요.")
    return found


def refuse_for_last(connection: Connection, site: str, found: Row[tuple[object, ...]]) -> None:
    """Rows of owners are locked, so that two owners cannot remove each other at once.

    Raises:
        AccessError: it is the only owner who may log in.
    """
    owners = select(operators.c.id).where(operators.c.site == site, operators.c.role == Role.OWNER.value, operators.c.disabled_at.is_(None))
    if connection.execute(owners.with_for_update()).scalars().all() == [found.id]:
        raise AccessError("소유자가 한 사람은 남아 있어야 합니다. 먼저 다른 사람을 소유자로 정하세요.", code="last_owner")


def as_operator(found: Row[tuple[object, ...]]) -> Operator:
    """What a row says."""
    return Operator(found.name, Role(found.role), found.created_at, found.password_at, found.disabled_at, found.seen_at)
