"""Tokens → terms, the strings that are indexed. Pure."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from operator import add

from faqbot.korean.analyzer import Token

#: Sejong tags that carry content; endings, particles, copulas and signs do not. 못/안 are MAG and 않 is VX: without them
#: "로그인이 돼요" and "로그인이 안 돼요" would be one query.
_CONTENT = ("NNG", "NNP", "NNB", "NR", "NP", "VV", "VA", "VCN", "MM", "MAG", "XR", "XPN", "XSN", "SL", "SH", "SN", "W_")
_AUXILIARY, _NEGATING_VX = "VX", frozenset({"않", "못하", "말"})
#: Tags of what names something; questions of one family differ in these.
NAMING = frozenset({"NNG", "NNP", "XR", "SL", "SN", "SH"})
#: Said for politeness wherever it stands; it never tells one need from another.
_SOFTENERS = frozenset({("좀", "MAG"), ("혹시", "MAG")})


def content(tokens: Iterable[Token]) -> list[tuple[str, str]]:
    """(form, tag) of the tokens that carry content, in order, Latin folded to lower case."""
    return [
        (t.form.casefold(), kept)
        for t in tokens
        if (kept := _kept_as(t.tag)) and (t.form in _NEGATING_VX if kept == _AUXILIARY else (t.form, t.tag) not in _SOFTENERS)
    ]


@cache  # there are 60 tags
def _kept_as(tag: str) -> str:
    """The tag of a term without how its verb is conjugated, -R or -I; empty where tokens of that tag carry no content."""
    return tag.partition("-")[0] if tag.startswith(_CONTENT) or tag == _AUXILIARY else ""


def morphemes(items: Sequence[tuple[str, str]]) -> list[str]:
    """Content morphemes as `form/TAG`; MAG and VX keep theirs, so negation stays visible."""
    return [f"{form}/{tag}" for form, tag in items]


def syllables(text: str, low: int, high: int) -> list[str]:
    """All substrings of low..high characters.

    >>> syllables("배송조회", 2, 2)
    ['배송', '송조', '조회']
    """
    return [text[i : i + n] for n in range(low, high + 1) for i in range(len(text) - n + 1)]


def pieces(text: str) -> list[str]:
    """All syllables, then all pairs of them: what `syllables(text, 1, 2)` gives, in a third of the time.

    >>> pieces("배송조")
    ['배', '송', '조', '배송', '송조']
    """
    return [*text, *map(add, text, text[1:])]


#: Signs, and jamo that laugh and weep.
_UNSAID = re.compile(r"[\W_ㅋㅎㅠㅜ]+")


def question_key(text: str) -> str:
    """What two questions must share to be the same question: letters and digits without laughter and tears, or the signs where there is nothing else.

    >>> question_key("환불은 어떻게 하나요?") == question_key("환불은 어떻게하나요ㅠㅠ")
    True
    """
    return _UNSAID.sub("", text.casefold()) or text.replace(" ", "")
