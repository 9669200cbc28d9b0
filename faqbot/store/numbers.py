"""Random ids of queries; and receipt numbers: short, and without characters that are mistaken for each other when read aloud or copied by hand."""

import secrets
from datetime import date

#: Digits and capitals without 0, 1, I and O.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: Random characters: 32^6, a thousand million, for each day.
LENGTH = 6


def new_query_id() -> int:
    """A random one, 1 … 2^62, that nobody needs to ask the database for."""
    return secrets.randbits(62) + 1


def receipt_number(day: date) -> str:
    """A random one: `20261127-K7Q2MX`."""
    return f"{day:%Y%m%d}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"


def as_written(typed: str) -> str:
    """What a person typed, as numbers are written: capitals, no spaces.

    >>> as_written(" 20261127-k7q2mx")
    '20261127-K7Q2MX'
    """
    return "".join(typed.split()).upper()
