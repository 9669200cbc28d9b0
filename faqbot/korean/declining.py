"""Tokens → what is to be left undone: "탈퇴 안 하고 쉬려면" asks how to rest, not how to leave. Pure."""

import re
from collections.abc import Sequence

from faqbot.korean.analyzer import Token
from faqbot.korean.opposites import SIDES

#: What undoes something else. To decline it is to keep what there is, while to decline anything else (자동 충전 안 하려면) is to ask how it is undone.
_UNDOING = sorted(
    {form for form, named in SIDES.items() for side in named if (side.name, side.sign, side.tag) == ("설정", ">", "N")} | {"환불", "반품", "교환"}
)
#: Without one of these nothing is declined; most queries hold none.
_DENIALS = frozenset({"안", "않", "말", "싫"})
_PARTICLE = r"(?: [을를은는가]/J\w+)?"
#: What the asker wants: 하려면, 하려고, 할래요, 하고 싶다, 하는 방법.
_WISH = re.compile(r" (?:(?:으?려[면고]|려는데|[ᆯ을]래요?|고자)/E\w+|고/EC 싶/VX\S*|는/ETM 방?법/NN\w)")
#: One act up to its denial, not behind 까지 or 도; `wish` where the denial is one by itself.
_DENIED = re.compile(
    rf" (?:{'|'.join(_UNDOING)})/NNG{_PARTICLE} (?:"
    rf"(?P<wish>하/\S+ (?:기/ETN{_PARTICLE} 싫/VA\S*|고/EC 싶/VX\S* 지/EC{_PARTICLE} 않/VX\S*))"
    rf"|안/MAG 하/\S+|하/\S+ 지/EC{_PARTICLE} [않말]/V\S+)"
)


def declined(tokens: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    """Half-open ranges of the tokens that decline to undo something, in order; none for an empty text.

    What is only said, done or demanded is no wish: "취소 안 하면 어떻게 되나요", "취소하지 마세요".

    >>> from faqbot.korean.analyzer import KiwiAnalyzer
    >>> [declined(KiwiAnalyzer().tokenize(text)) for text in ("탈퇴 안 하고 쉬려면", "탈퇴가 안 돼요")]
    [((0, 3),), ()]
    """
    if not any(token.form in _DENIALS for token in tokens):
        return ()
    line = "".join(f" {token.form.replace(' ', '')}/{token.tag}" for token in tokens)
    last = max((wish.start() for wish in _WISH.finditer(line)), default=-1)
    return tuple(
        (line.count(" ", 0, found.start()), line.count(" ", 0, found.end()))
        for found in _DENIED.finditer(line)
        if found["wish"] or _WISH.match(line, found.end()) or (line.startswith(" 고/EC", found.end()) and last > found.end())
    )
