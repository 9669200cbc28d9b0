"""Tokens → claims: what a text says of something, what it denies, and which side of an opposite it names. Pure.

Two texts with the same words may mean the reverse of each other ("반품할 수 있는 상품", "반품할 수 없는 상품"); their claims tell them apart.
"""

from collections.abc import Iterable, Sequence

from faqbot.korean.analyzer import Token
from faqbot.korean.opposites import CONTRARY
from faqbot.korean.predicates import said_and_denied

#: A claim is a sign and what it is about: `+등록` something is said to be registered, `-등록` that is denied, `<설정` and `>설정` the two sides of the opposite
#: that begins with 설정. `-` alone denies something that the text does not name ("안 돼요"). The contrary of a claim has the other sign.
Claims = frozenset[str]

#: Claims of one kind are counted up to this.
MOST = 2
_NOTHING = (0, 0, 0, 0)


def claims(tokens: Sequence[Token]) -> Claims:
    """The claims of a text, without those whose contrary it makes as well; none for an empty text.

    >>> from faqbot.korean.analyzer import KiwiAnalyzer
    >>> sorted(claims(KiwiAnalyzer().tokenize("주문은 됐는데 결제가 안 됐어요"))), sorted(claims(KiwiAnalyzer().tokenize("14세가 안 된 아이")))
    (['+사', '-결제'], ['>이상'])
    """
    return said_and_denied(tokens)


def denies(made: Claims) -> bool:
    """Whether anything is denied, named or not.

    >>> denies(frozenset({"+등록", "-적립"})), denies(frozenset({">이상"}))
    (True, False)
    """
    return any(claim[0] == "-" for claim in made)


def compare(query: Claims, stored: Iterable[Claims]) -> list[tuple[int, int, int, int]]:
    """(contradicted, denied alike, said alike, sides alike) of each stored text: claims of the query that it contradicts or makes as well, each 0..MOST.

    >>> compare(frozenset({"-반품", "<국내"}), [frozenset({"+반품"}), frozenset({"-반품", "<국내"})])
    [(1, 0, 0, 0), (0, 1, 0, 1)]
    """
    against = frozenset(CONTRARY[claim[0]] + claim[1:] for claim in query)
    denied, said = (frozenset(claim for claim in query if claim[0] == sign) for sign in "-+")
    sides = query - denied - said
    related = query | against  # few texts claim anything about the same
    return [
        _NOTHING if related.isdisjoint(made) else (_common(against, made), _common(denied, made), _common(said, made), _common(sides, made)) for made in stored
    ]


def _common(some: Claims, made: Claims) -> int:
    return min(MOST, len(some & made))
