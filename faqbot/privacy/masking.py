"""Text → text that may be stored. Pure; the kinds are found one after another, each in what the ones before it left."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from faqbot.privacy.accounts import accounts
from faqbot.privacy.cards import cards
from faqbot.privacy.documents import businesses, customs_codes, licences, licences_by_name, passports, said_businesses, said_licences
from faqbot.privacy.emails import emails, without_urls
from faqbot.privacy.kinds import LABELS, Kind
from faqbot.privacy.number import S, Span, walled
from faqbot.privacy.phones import landlines, mobiles
from faqbot.privacy.residents import residents, residents_beside_banks
from faqbot.privacy.view import View, view_of

#: In the order in which they take digits from each other.
_FINDERS: tuple[tuple[Kind, Callable[[str], Iterator[Span]]], ...] = (
    (Kind.EMAIL, emails),
    (Kind.RESIDENT_NUMBER, residents),
    (Kind.CARD, cards),
    (Kind.CUSTOMS_CODE, customs_codes),
    (Kind.PASSPORT, passports),
    (Kind.ACCOUNT, accounts),
    (Kind.RESIDENT_NUMBER, residents_beside_banks),
    (Kind.PHONE, mobiles),
    (Kind.PHONE, landlines),
    (Kind.DRIVER_LICENCE, licences),
    (Kind.DRIVER_LICENCE, licences_by_name),
    (Kind.DRIVER_LICENCE, said_licences),
    (Kind.BUSINESS_NUMBER, businesses),
    (Kind.BUSINESS_NUMBER, said_businesses),
)
#: Without one of these there is nothing to find; most queries have none.
_ANYTHING = re.compile(r"\d|@|골뱅이|at ?[)\]]", re.IGNORECASE)
_NUMBER = re.compile(rf"\d(?:{S}\d)*")
#: How often a text is looked at anew. Two are usual; without a bound, the time of a text that is made for it would grow with the square of its length.
_ROUNDS = 8

_Found = tuple[int, int, Kind]


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored, and each kind that was replaced in it, once, in the order of Kind. Nothing found: the text itself and ()."""

    text: str
    kinds: tuple[Kind, ...]


def mask(text: str) -> Masked:
    """Replace what is personal by labels; all else stays as typed. Masking what is masked changes nothing. Time grows with the length of the text.

    >>> mask("제 번호는 010 1234 5678인데요").text
    '제 번호는 [전화번호]인데요'
    >>> masked = mask("주민번호 ９００１０１ㅡ１２３４５６７, 국민은행 123456-04-123456 홍길동")
    >>> masked.text, *masked.kinds
    ('주민번호 [주민등록번호], 국민은행 [계좌번호] 홍길동', <Kind.RESIDENT_NUMBER: 'resident_number'>, <Kind.ACCOUNT: 'account'>)
    >>> mask("주문번호 2026112712345678, 1,234,567원").kinds
    ()
    """
    kinds: set[Kind] = set()
    # A label takes what stood beside the number after it, which may show what that is: until nothing more is found.
    for find in (*[_found] * _ROUNDS, _every_number):
        view = view_of(text)
        found = find(view)
        if not found:
            break
        kinds.update(kind for _, _, kind in found)
        text = _labelled(text, view, found)
    return Masked(text, tuple(kind for kind in Kind if kind in kinds))


def _found(view: View) -> list[_Found]:
    """Spans of the view with their kinds, none over another, from left to right."""
    if not _ANYTHING.search(view.chars):
        return []
    found: list[_Found] = []
    chars = view.chars
    for kind, finder in _FINDERS:
        spans = tuple(finder(chars))
        found += [(start, end, kind) for start, end in spans]
        chars = walled(chars, spans)
        if kind is Kind.EMAIL:
            chars = without_urls(chars)
    return sorted(found)


def _every_number(view: View) -> list[_Found]:
    """All digits of the view, if there is still something to find; then no digit is left to find."""
    return [(*match.span(), Kind.NUMBER) for match in _NUMBER.finditer(view.chars)] if _found(view) else []


def _labelled(text: str, view: View, found: list[_Found]) -> str:
    """The text with labels in place of what was found."""
    parts: list[str] = []
    at = 0
    for start, end, kind in found:
        parts += text[at : view.starts[start]], LABELS[kind]
        at = view.ends[end - 1]
    return "".join(parts) + text[at:]
