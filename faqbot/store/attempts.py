"""Log-ins that were tried, counted for all processes together, on one connection and one site.

An attempt is written down before the password is looked at and taken back when it was right, so that many tries at once are no way around the limit.
"""

import ipaddress
import math
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select

from faqbot.store.cipher import digest
from faqbot.store.schema import login_attempts

#: Failed log-ins that one address, and one account, may have in a period.
LIMIT = 5
PERIOD = timedelta(minutes=1)


def reserve(connection: Connection, site: str, name: str, address: str, now: datetime) -> tuple[int, int]:
    """Write an attempt down, unless there were too many.

    Args:
        connection: in a transaction that nobody else counts in, as of `alone`.
        site: whose.
        name: that somebody wants to log in by, whether or not there is such an operator.
        address: where they are.
        now: the moment.

    Returns:
        The attempt's id and 0; or 0 and the seconds to wait.
    """
    # What lies ahead was written before the clock was set back.
    is_old = or_(login_attempts.c.tried_at <= now - PERIOD, login_attempts.c.tried_at > now)
    connection.execute(delete(login_attempts).where(login_attempts.c.site == site, is_old))
    marks = {"name_hash": digest(name), "address_hash": digest(network(address))}
    for column, mark in marks.items():
        tried = select(login_attempts.c.tried_at).where(login_attempts.c.site == site, login_attempts.c[column] == mark)
        decisive = connection.execute(tried.order_by(login_attempts.c.tried_at.desc()).offset(LIMIT - 1).limit(1)).scalar_one_or_none()
        if decisive is not None:
            return 0, max(1, math.ceil((decisive + PERIOD - now).total_seconds()))
    inserted = insert(login_attempts).values(site=site, tried_at=now, **marks).returning(login_attempts.c.id)
    return connection.execute(inserted).scalar_one(), 0


def take_back(connection: Connection, attempt: int) -> None:
    """Forget an attempt that succeeded."""
    connection.execute(delete(login_attempts).where(login_attempts.c.id == attempt))


def network(address: str) -> str:
    """What one person has: an address of version 4, of version 6 the network of 64 bits, in which addresses cost nothing.

    >>> network("2001:db8::1"), network("203.0.113.7")
    ('2001:db8::', '203.0.113.7')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False).network_address)
