"""Bank accounts, which nothing but a word beside them tells from other numbers. Pure."""

import re
from collections.abc import Iterator, Sequence

from faqbot.privacy import beside
from faqbot.privacy.number import START, Number, Span
from faqbot.privacy.phones import LANDLINE, MOBILE

_LEAST, _MOST = 10, 14
_RUN = re.compile(rf"{START}\d+(?:[-. /()]\d+)*")
_GROUP = re.compile(r"\d+")
_MORE = re.compile(r"[0-9]|\d[^0-9]?\d")
_SPELLED_AT_END = re.compile("[０-９]$")
_PHONE = re.compile(rf"{MOBILE.pattern}|{LANDLINE.pattern}")
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d([-. ]?)(?:0?[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[-. ]|$|(?:[01]\d|2[0-3])[0-5]\d)")


def accounts(chars: str) -> Iterator[Span]:
    """10 to 14 digits with a bank, 계좌 or 예금주 before or behind them."""
    if not beside.ANY_BANK.search(chars):
        return
    for run in _RUN.finditer(chars):
        groups = [Number(chars, *group.span()) for group in _GROUP.finditer(chars, *run.span())]
        first = _account(groups)
        if first and _is_behind_bank(first):
            yield first.start, first.end
            groups = [group for group in groups if group.start > first.end]
        last = _last(groups, run.end())
        if last and _is_before_bank(last):
            yield last.start, last.end


def _account(groups: Sequence[Number]) -> Number | None:
    """As many groups from the first on as give 10 to 14 digits and are neither phone nor amount; None where there are too few, or where it is a date."""
    total, end = 0, 0
    for group in groups:
        size = group.end - group.start
        # One more that is spelled is a particle: 오사이요.
        particle = size > 1 and total + size == _MOST + 1 and bool(_SPELLED_AT_END.search(group.chars, group.start, group.end))
        if total + size - particle > _MOST or (total >= _LEAST and _is_no_part(group)):
            break
        total, end = total + size - particle, group.end - particle
    if total < _LEAST:
        return None
    number = Number(groups[0].chars, groups[0].start, end)
    return None if _is_phone(number) or _DATED.search(number.typed) or beside.MONEY_BEHIND.match(number.behind) else number


def _is_phone(number: Number) -> bool:
    """Whether nothing is left behind a phone number but one spelled digit, which may be a particle."""
    phone = _PHONE.match(number.chars, number.start)
    return phone is not None and not _MORE.search(number.chars, phone.end(), number.end)


def _is_no_part(group: Number) -> bool:
    """Whether a phone number begins here, or a space stands before an amount: enough digits came before."""
    amount = group.before.endswith(" ") and beside.UNIT_BEHIND.match(group.behind)
    return bool(amount or _PHONE.match(group.chars, group.start))


def _last(groups: Sequence[Number], end: int) -> Number | None:
    """What a word behind a run speaks of: a number that ends with it, best one that begins behind a space."""
    numbers = (_account(groups[at:]) for at in range(max(0, len(groups) - _MOST), len(groups)))
    whole = [number for number in numbers if number and number.end == end]
    return min(whole, key=lambda number: bool(beside.MORE_DIGITS.search(number.before)), default=None)


def _is_behind_bank(number: Number) -> bool:
    before, size = number.before, len(number.digits)
    if beside.BANK.search(before) or ((number.cuts or size > _LEAST) and beside.BANK_OR_WORD.search(before)):
        return True
    return (bool(number.cuts) or size == _MOST) and bool(beside.POST_OFFICE.search(before))


def _is_before_bank(number: Number) -> bool:
    return not beside.OTHER.search(number.before) and not beside.LATIN.search(number.before) and bool(beside.BANK_BEHIND.match(number.behind))
