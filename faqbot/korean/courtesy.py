"""Politeness around a need: greetings before it, requests and thanks behind it. Pure."""

import re

_DO = r"(?:드립니다|드려요|드릴게요|드리고\s*싶(?:습니다|어요)|합니다|할게요|해요|하려고요|있습니다|있어요|이요)"
_GIVE = (
    r"(?:주세요|주셔요|주십시오|주시겠어요|주실\s*수\s*있(?:나요|을까요|어요)|주시면\s*(?:감사하겠습니다|고맙겠습니다|좋겠습니다|좋겠어요)|줘요|줘라|줘|주라)"
)
_ASK = rf"(?:부탁\s*(?:드립니다|드려요|드리겠습니다|드릴게요|합니다|해요|해)|바랍니다|{_GIVE})"
_BEFORE = "|".join((
    r"안녕(?:하세요|하십니까|하신가요)", r"안녕(?=[,.!~])", r"저기(?:요|(?=[\s,.~]))", r"있잖아요?", r"혹시(?:나|라도)?(?=[\s,])", r"죄송(?:한데요?|하지만|합니다만|해요|합니다)",
    r"실례(?:지만|합니다만|합니다|할게요|인데요)", r"(?:수고|고생)\s*(?:하십니다|하세요|많으십니다|많으세요)", r"바쁘신데\s*죄송(?:한데요?|하지만|합니다)", r"다름이?\s*아니라",
    rf"문의\s*{_DO}", rf"질문\s*(?:하나\s*)?{_DO}", r"(?:하나만?\s*|뭐\s*좀\s*|좀\s*)?(?:여쭤|여쭈어|물어)\s*볼게요", r"궁금한\s*(?:게|것이|점이|거)\s*있(?:는데요?|어요|습니다|어서요)",
))  # fmt: skip
_BEHIND = "|".join((
    rf"(?:좀\s*)?(?:자세히\s*|빨리\s*|빠르게\s*)?(?:알려|가르쳐|설명해|말씀해|답변해|답변|답|안내해|안내|도와|확인)\s*(?:좀\s*)?{_ASK}",
    rf"(?:문의|질문)\s*{_DO}", r"(?:이|가|은|는)?\s*궁금\s*(?:합니다|해요|하네요|한데요|해서요|함|해)", r"(?:을|를)?\s*알고\s*싶(?:습니다|어요|은데요|네요|어서요|어)",
    rf"(?:빠른|신속한)\s*(?:답변|회신|안내|처리)\s*{_ASK}", r"부탁\s*(?:드립니다|드려요|드리겠습니다|드릴게요|합니다|해요)", r"(?:감사|고맙)\s*(?:합니다|드립니다|해요|습니다)", r"수고하세요",
))  # fmt: skip
_SIGNS = r"[\s,.!?~^;…ㅎㅋㅠㅜ]*"
#: One courtesy at a time: repeated groups of optional parts would try every way to divide a long run of them.
_LEADING = re.compile(rf"^{_SIGNS}(?:{_BEFORE}){_SIGNS}")
_TRAILING = re.compile(rf"(?<=[^\W_])[\s,.!?~]*(?:{_BEHIND}){_SIGNS}$")


def without_courtesy(text: str) -> str:
    """The text without greetings before it and without requests, thanks and laughter behind it; the text itself where fewer than two syllables would be left.

    >>> without_courtesy("안녕하세요, 혹시 환불은 언제 되는지 알려 주세요 감사합니다!")
    '환불은 언제 되는지'
    >>> without_courtesy("문의드립니다")
    '문의드립니다'
    """
    kept = text
    for courtesy in (_LEADING, _TRAILING):
        while (shorter := courtesy.sub("", kept, count=1).strip()) != kept.strip():
            kept = shorter
    kept = kept.strip()
    return kept if sum(c.isalnum() for c in kept) > 1 else text
