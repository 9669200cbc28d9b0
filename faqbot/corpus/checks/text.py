"""Answers as plain sentences and as words without particles, for checks that need no analyzer. Pure."""

import re
from collections.abc import Iterator

_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^)\n]{0,500}\)")
_SIGNS = re.compile(r"\*\*|__|~~|`")
_LINE_START = re.compile(r"^\s*(?:[-*+•·◦▪■□▶►▷◆◇●○※☞]|#{1,6}|>|\d{1,2}[.)](?!\d)|[①-⑳])\s*")
#: Where a sentence ends: a sign with space behind it, a polite ending with its full stop (people forget the space), or a sign that begins an item.
_END = re.compile(r"(?<=[.!?。])\s+(?!\d{1,2}[.월])|(?<=[다요죠]\.)(?=[^\s.)\]\"'])|(?<!\s)\s+(?=[·※■▶●]\s)|(?<=\S)(?=[※■▶●])|\s(?=\d{1,2}\)\s)")
_EXAMPLE = re.compile(r"예\s*\)|예시|예를\s*들|(?<![가-힣])예\s*:|\bex\b|만약|가정(?:하|할|해)|가령", re.IGNORECASE)
#: Sentences of an example behind the one that begins it.
_EXAMPLE_LENGTH = 5
#: Letters of a word that may have an ending; what is longer was not written by a person.
_LONGEST = 40
_WORD = re.compile(r"[가-힣A-Za-z0-9]+(?:[.:/,~-][0-9A-Za-z]+)*")
_PARTICLES = re.compile(
    r"(?:으로부터|에서부터|까지는|까지만|부터는|에서는|에게는|으로는|이라도|이라면|에서도|까지|부터|에서|에게|한테|으로|이나|이며|이고|이면|라도|마다|조차|처럼|보다|께서|입니다|이에요|예요|인데|이란"
    r"|은|는|이|가|을|를|의|에|도|만|와|과|로|나|란|께)$"
)
#: Endings of 하다 and 되다 and the like behind a noun: what is left is the noun.
_LIGHT_VERB = re.compile(
    r"(?:하|되|받|시키|드리|당하)(?:시|신|실|셨|면|여|고|는|며|려|지|기|거나|도록|ㄴ|ㄹ)*[가-힣]*$|(?:합니|됩니|했|됐|해야|해|돼|한|된|할|될|함|됨)[가-힣]*$"
)
#: Verbs, adjectives and words that say nothing of what a sentence is about.
_EMPTY = re.compile(
    r"^(?:있|없|않|같|아니|어떻|어떤|어떠|무엇|뭔|언제|어디|얼마|왜|누구|그리고|그러나|또는|및|또|또한|다만|단|즉|그|이|저|해당|각|등|것|수|때|경우|관련|대한|대해|위한|위해|통해|따라|따른|의한|바랍|주세|주시|드립"
    r"|드려|보통|약|최대|최소|대략|정도|가량|걸리|걸립|됩니|합니|입니|하시|하세|하면|하고|하는|해야|되면|되는|됐|했|알려|궁금|방법|안내|문의|확인|가능|있나|나요|인가|까지|부터|이내|안에|안|내|이상|이하|미만|초과|이후|이전|전|후|뒤)"
    r"(?:습니다|어요|나요|는|을|을까|을까요|은|을때|게|하게|나|요|지|죠|가요|으로|에|니다|세요|다|면|고|도|만|를|이|로|의|며|지만|거나|아도|인|이나|에는|에서)?$"
)


def sentences(answer: str) -> Iterator[str]:
    """Sentences of an answer without Markdown; a line is never part of two. A row of a table is one sentence.

    >>> list(sentences("**환불**은 [신청](https://pay.example.kr)하세요.3일 걸립니다."))
    ['환불은 신청하세요.', '3일 걸립니다.']
    """
    for line in plain(answer).splitlines():
        for sentence in _END.split(_LINE_START.sub("", line)):
            if stripped := _LINE_START.sub("", sentence).strip():
                yield stripped


def statements(answer: str) -> Iterator[str]:
    """Sentences that say how it is: without examples, and without the few behind one on its line, which mostly go on with it.

    >>> list(statements("7일 안에 하세요. 예) 1일에 받으면 8일까지"))
    ['7일 안에 하세요.']
    """
    for line in plain(answer).splitlines():
        skipped = 0
        for sentence in sentences(line):
            skipped = _EXAMPLE_LENGTH if _EXAMPLE.search(sentence) else skipped - 1
            if skipped < 0:
                yield sentence


def plain(answer: str) -> str:
    """The answer without signs of Markdown: links as their labels."""
    return _SIGNS.sub("", _LINK.sub(r"\1", answer)).replace("\u200b", "").replace("\ufeff", "").replace("\u00a0", " ")


def words(text: str) -> tuple[str, ...]:
    """What the text is about, in order: words in lower case without particles and without endings of 하다 and 되다; words that say nothing are left out.

    >>> words("카드로 결제하셨다면 환불은 며칠 걸리나요?")
    ('카드', '결제', '환불', '며칠')
    """
    found = (_stem(word) for word in _WORD.findall(text.casefold()))
    return tuple(word for word in found if word and not _EMPTY.match(word))


def _stem(word: str) -> str:
    if len(word) > _LONGEST:
        return word
    if len(word) < 3:
        return word[:-1] if len(word) == 2 and word[-1] in "은는을를" else word
    without_verb = _LIGHT_VERB.sub("", word)
    if len(without_verb) >= 2:
        word = without_verb
    stem = _PARTICLES.sub("", word)
    return stem if len(stem) >= 2 else word
