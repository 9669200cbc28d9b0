"""Phone numbers of persons: mobile, of an area, over the internet; not 1588-1234 or 080. Pure."""

import re
from collections.abc import Iterator

from faqbot.privacy import beside
from faqbot.privacy.number import EDGE, START, Number, S, Span, T, scan

_IN_BRACKETS = r"(?:\((?=[+0-9 ]{2,5}\)))?"
_ABROAD = rf"(?:\+ ?|{START}[0０]{{2}}{S})[8８][2２]{S}[0０]?{S}"
#: A caller's 0, or +82 in its place or, mistakenly, before it.
_ZERO = rf"{_IN_BRACKETS}(?:{_ABROAD}|{START}[0０])"
_MOBILE_PREFIX = rf"(?:{_ZERO}|{START}[8８][2２]{S}[0０]?{S})[1１][016-9０１６-９]"
MOBILE = re.compile(
    rf"{_MOBILE_PREFIX}{S}(?:\d{{4}}{S}\d{{4}}|\d{{3}}{S}\d{{4}}|\d(?:{S}\d){{7}})(?![0-9])"
    rf"|{EDGE}[0０]{S}[1１]{S}[016-9０１６-９](?:{T}\d){{7,8}}(?![0-9])"
)
_AREA = r"(?:[2２]|[3-6３-６][1-5１-５]|[7７][0０]|[5５][0０][2-8２-８]?)"
LANDLINE = re.compile(rf"{_ZERO}{_AREA}{S}\d{{3,4}}{S}\d{{4}}(?![0-9])|{START}[0０]{T}[2-7２-７](?:{T}\d){{7,10}}(?![0-9])")
#: Digits that a dash or a dot joins to two or more before them are no number of an area: 2026-02-1234567.
_LANDLINE_OR_MORE = re.compile(rf"(?P<phone>{LANDLINE.pattern})|[0-9]{{2,}}(?:[-./][0-9]+)*")


def mobiles(chars: str) -> Iterator[Span]:
    """Mobile numbers, wherever they stand."""
    return scan(chars, MOBILE, lambda number: None if _is_order(number) else number.end)


def landlines(chars: str) -> Iterator[Span]:
    """Numbers of an area or over the internet that are no part of something longer; mobile numbers are gone by then."""
    numbers = (Number(chars, *match.span()) for match in _LANDLINE_OR_MORE.finditer(chars) if match["phone"])
    return ((number.start, number.end) for number in numbers if not _is_order(number))


def _is_order(number: Number) -> bool:
    """Digits beside 주문번호 or 송장 that go on behind a dash, or that are bare; a mobile number of today (010) is one even there."""
    if not beside.ORDER.search(number.before):
        return False
    return bool(beside.MORE_DIGITS_BEHIND.match(number.behind)) or (not number.cuts and not number.digits.startswith("010"))
