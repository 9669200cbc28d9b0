"""Payment cards. Pure."""

import re
from collections.abc import Iterator

from faqbot.privacy import beside
from faqbot.privacy.number import START, Number, S, Span, scan

_CARD = re.compile(rf"{START}[2-69２-６９](?:{S}\d){{12,15}}(?![0-9])")
_TYPED_DIGIT = re.compile("[0-9]")
#: First digits by length: Visa, Mastercard, JCB, UnionPay and domestic ones (9), American Express, Diners, old Visa. None begins like a year.
_ISSUED = re.compile(r"(?:[4569]\d|35|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|4\d{12}")


def cards(chars: str) -> Iterator[Span]:
    """13 to 16 digits of an issuer with Luhn's check digit; 15 or 16 mistyped ones beside 카드번호, or in fours beside 카드; none beside 주문번호."""
    return scan(chars, _CARD, _end)


def _end(number: Number) -> int | None:
    ends = [at for at in range(number.start + 1, number.end + 1) if number.chars[at - 1].isdigit()]
    whole = [Number(number.chars, number.start, end) for end in reversed(ends[12:]) if not _TYPED_DIGIT.match(number.chars, end)]
    ways = (_is_card, _is_mistyped) if beside.CARD.search(number.before) else (_is_card,)
    return next((each.end for is_card in ways for each in whole if is_card(each)), None)


def _is_card(number: Number) -> bool:
    if not _ISSUED.fullmatch(number.digits) or not _has_luhn(number.digits):
        return False
    return bool(beside.CARD.search(number.before)) or (_is_shaped(number) and not _is_another(number))


def _is_mistyped(number: Number) -> bool:
    """Whether it is long enough, and printed in fours beside 카드 or grouped in another usual way beside 카드번호."""
    return len(number.digits) >= 15 and _is_shaped(number) and (number.cuts == {4, 8, 12} or bool(beside.CARD_NUMBER.search(number.before)))


def _is_shaped(number: Number) -> bool:
    """Whether it is grouped as on cards, or not at all, or wholly."""
    return number.single or number.cuts <= {4, 8, 12} or number.cuts == {4, 10}


def _is_another(number: Number) -> bool:
    before = number.before
    return bool(beside.LATIN.search(before) or beside.ORDER.search(before) or (len(number.digits) < 15 and beside.BANK.search(before)))


def _has_luhn(digits: str) -> bool:
    """Whether every second digit from the right, doubled, and the others give a multiple of ten.

    >>> _has_luhn("4111111111111111"), _has_luhn("4111111111111112")
    (True, False)
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0
