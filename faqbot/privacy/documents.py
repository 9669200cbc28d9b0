"""Numbers of documents: driver licences, passports, customs codes, businesses. Pure."""

import re
from collections.abc import Iterator

from faqbot.privacy import beside
from faqbot.privacy.number import END, START, Number, S, Span, T, scan

#: Police of a region by number and, in older licences, by name.
_REGIONS = frozenset(map(str, (*range(11, 27), 28)))
_REGION_NAMES = "서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산"
_LICENCE = re.compile(rf"{START}\d\d{T}\d\d{T}\d{{6}}{T}\d\d{END}")
_LICENCE_BY_NAME = re.compile(rf"(?:{_REGION_NAMES}){S}\d\d{T}\d{{6}}{T}\d\d{END}")
_TWELVE = re.compile(rf"{START}\d(?:{S}\d){{11}}{END}")
_BUSINESS = re.compile(rf"{START}\d{{3}}{T}\d\d{T}\d{{5}}{END}")
_TEN_OR_THIRTEEN = re.compile(rf"{START}\d(?:{S}\d){{9}}(?:(?:{S}\d){{3}})?{END}")
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_PASSPORT = re.compile(
    rf"(?<![0-9A-Za-z])[A-Za-z]{{1,2}}{S}(?:\d(?:{S}\d){{6,7}}|\d{S}\d{S}\d{S}[A-Za-z]{S}\d(?:{S}\d){{3}})(?![A-Za-z]){END}",
)
#: M, S, R, G or D, and eight digits that are no day, or three digits, a letter and four.
_KOREAN_PASSPORT = re.compile(r"[MSRGD](?:(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\d{8}|\d{3}[A-Z]\d{4})", re.IGNORECASE)
_CUSTOMS_CODE = re.compile(rf"(?<![0-9A-Za-z])[Pp](?:{S}\d){{12}}(?![A-Za-z]){END}")


def licences(chars: str) -> Iterator[Span]:
    """2-2-6-2 that begins with a region's number."""
    return scan(chars, _LICENCE, lambda number: number.end if number.digits[:2] in _REGIONS and not beside.ORDER.search(number.before) else None)


def licences_by_name(chars: str) -> Iterator[Span]:
    """2-6-2 behind a region's name."""
    return (match.span() for match in _LICENCE_BY_NAME.finditer(chars))


def said_licences(chars: str) -> Iterator[Span]:
    """Any 12 digits beside 면허."""
    return scan(chars, _TWELVE, lambda number: number.end if beside.LICENCE.search(number.before) else None) if "면허" in chars else iter(())


def businesses(chars: str) -> Iterator[Span]:
    """3-2-5 with its check digit."""
    return scan(chars, _BUSINESS, lambda number: number.end if _has_business_check(number.digits) and not beside.ORDER.search(number.before) else None)


def said_businesses(chars: str) -> Iterator[Span]:
    """Any 10 digits beside 사업자, the 13 of a corporation beside 법인."""
    return scan(chars, _TEN_OR_THIRTEEN, _said_business_end) if beside.ANY_BUSINESS.search(chars) else iter(())


def _said_business_end(number: Number) -> int | None:
    word = beside.BUSINESS if len(number.digits) == 10 else beside.CORPORATION
    return number.end if word.search(number.before) else None


def _has_business_check(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, _BUSINESS_WEIGHTS, strict=False)) + int(digits[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(digits[9])


def passports(chars: str) -> Iterator[Span]:
    """Korean ones of both forms; beside 여권 those with other letters too."""
    return scan(chars, _PASSPORT, _passport_end)


def _passport_end(number: Number) -> int | None:
    korean = _KOREAN_PASSPORT.fullmatch("".join(filter(str.isalnum, number.typed))) and not beside.ORDER.search(number.before)
    return number.end if korean or beside.PASSPORT.search(number.before) else None


def customs_codes(chars: str) -> Iterator[Span]:
    """P and twelve digits, which everybody has who orders from abroad."""
    return (match.span() for match in _CUSTOMS_CODE.finditer(chars))
