"""주민등록번호 and 외국인등록번호: birth date, seventh digit, six more. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from faqbot.privacy import beside
from faqbot.privacy.number import END, START, Number, S, Span, T, scan

_RESIDENT = re.compile(rf"{START}(?<!\+)\d{S}\d{S}[01０１]{S}\d{S}[0-3０-３](?:{S}\d){{8}}{END}")
#: Seventh digit → century of birth: Koreans 9, 0 and 1 to 4, foreigners 5 to 8.
_CENTURY = dict(zip("9012345678", (1800, 1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000), strict=True))
_MORE_SINGLE = re.compile(rf"{T}\d{T}\d")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def residents(chars: str) -> Iterator[Span]:
    """Birth date and seventh digit decide, for numbers given since October 2020 have no check digit. It decides where the form is doubtful."""
    return scan(chars, _RESIDENT, lambda number: None if _is_account(number) else _end(number))


def residents_beside_banks(chars: str) -> Iterator[Span]:
    """Those that may have been accounts, once the accounts are gone."""
    return scan(chars, _RESIDENT, _end)


def _is_account(number: Number) -> bool:
    return number.cuts != {6} and bool(beside.BANK.search(number.before)) and not beside.RESIDENT.search(number.before)


def _end(number: Number) -> int | None:
    before = number.before
    if not _is_birth(number.digits) or beside.CORPORATION.search(before):
        return None
    if beside.RESIDENT.search(before):
        return number.end
    if beside.ORDER.search(before) or beside.MONEY_BEHIND.match(number.behind):
        return None
    if number.single:
        return None if _MORE_SINGLE.match(number.behind) else number.end
    return number.end if not _is_doubtful(number) or _has_check(number.digits) else None


def _is_birth(digits: str) -> bool:
    try:
        date(_CENTURY[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True


def _is_doubtful(number: Number) -> bool:
    """Whether it may well be another number: not parted behind the birth date, and grouped otherwise, within more, of an order, or born before 1900."""
    if number.cuts == {7} or (6 in number.cuts and len(number.cuts - {2, 4, 6}) <= 1):
        return False
    before, behind = number.before, number.behind
    within_more = any(
        (beside.LATIN.search(before), beside.MORE_DIGITS.search(before), beside.LATIN_BEHIND.match(behind), beside.MORE_DIGITS_BEHIND.match(behind))
    )
    return bool(number.cuts) or within_more or number.digits[6] in "90" or bool(beside.ORDER_BEHIND.match(behind))


def _has_check(digits: str) -> bool:
    """Whether the last digit is the check digit; a foreigner's is by two higher."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return ((13 if digits[6] in "5678" else 11) - total % 11) % 10 == int(digits[12])
