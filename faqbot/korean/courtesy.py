"""Politeness around a need: greetings before it, requests, thanks and laughter behind it. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache


def _not_behind(words: Iterable[str]) -> str:
    """A look-behind for none of these words, with or without a space after them."""
    return "".join(rf"(?<!{word})(?<!{word}\s)" for word in map(re.escape, words))


#: What makes 문의 the name of something, such as a menu: it is no courtesy then.
_KINDS_OF_INQUIRY = (
    "1:1", "1대1", "1대일", "일대일", "일:일", "상품", "고객", "판매자", "판매처", "톡톡", "카톡", "채팅", "전화", "유선", "메일", "온라인", "비밀", "비공개", "제휴", "광고",
    "입점", "협찬", "견적", "대량구매", "대량 구매", "대량", "단체", "채용", "기술", "추가", "기타", "일반", "재",
    "전화로", "유선으로", "메일로", "톡톡으로", "카톡으로", "채팅으로", "온라인으로",
)  # fmt: skip
_INQUIRY = rf"(?:{_not_behind(_KINDS_OF_INQUIRY)}문의|{_not_behind(('묻는', '하는', '보안', '확인'))}질문)"
_SAY = r"(?:드립니다|드려요|드릴게요|드리고\s*싶(?:습니다|어요)|합니다|할게요|해요|하려고요|남깁니다|남겨요)"
_THERE_IS = r"(?:이\s*|사항\s*|사항이\s*)?(?:있습니다|있어요|있는데요?|있어서요?|이요)"
_THING = r"(?:게|것이|점이|거|사항이)\s*있(?:는데요?|어요|습니다|어서요?)"
_GIVE = (
    r"(?:주세요|주세용|주세여|주셔요|주십시오|주시겠어요|주시겠습니까|주실래요|주실\s*수\s*있(?:나요|을까요|어요)"
    r"|주시면\s*(?:감사하겠습니다|고맙겠습니다|좋겠습니다|좋겠어요)|줘요|줘라|줘|주라)"
)
_PLEASE = r"부탁\s*(?:드립니다|드려요|드리겠습니다|드릴게요|합니다|해요|해)"
_ASK = rf"(?:{_PLEASE}|바랍니다|{_GIVE})"
_SOON = r"(?:(?:좀|꼭|빨리|빠르게|자세히|다시|한\s?번|빠른|신속한|자세한|정확한)\s*)"
_SIGNS = r"[\s,.!?~^;…ㅎㅋㅠㅜ]*"

_BEFORE = "|".join((
    r"안녕(?:하세요|하십니까|하신가요)", r"안녕(?=[,.!~])", r"반갑습니다", r"여보세요", r"저기(?:요|(?=[\s,.~]))", r"있잖아요?", r"혹시나?\s*해서",
    r"혹시(?:나|라도)?(?=[\s,])", r"죄송(?:한데요?|하지만|합니다만|해요|합니다)", r"실례(?:지만|합니다만|합니다|할게요|인데요)", r"(?:수고|고생)\s*(?:하십니다|하세요|많으십니다|많으세요)",
    r"바쁘신데\s*죄송(?:한데요?|하지만|합니다)", r"다름이?\s*아니라", rf"문의\s*(?:{_SAY}|{_THERE_IS})", rf"질문\s*(?:하나\s*)?(?:{_SAY}|{_THERE_IS})",
    r"(?:하나만?\s*|뭐\s*좀\s*|좀\s*)?(?:여쭤|여쭈어|물어)\s*(?:볼게요|봅니다|봐요)", r"여쭙고\s*싶(?:은데요?|습니다|어요)",
    rf"(?:궁금한|(?:여쭤|여쭈어|물어)\s*볼|문의\s*드릴|문의\s*할|질문\s*할)\s*{_THING}",
))  # fmt: skip
#: Syllables without a final consonant: 을 behind one is no particle (마을). What looks like a particle before 궁금 stays altogether,
#: for many a noun ends like one (할인가, 차이, 어린이) and the analyzer knows them apart.
_OPEN = "".join(chr(code) for code in range(ord("가"), ord("힣") + 1, 28))
_BEHIND = "|".join((
    rf"{_SOON}*(?<!\s[안못])(?<!\s[안못]\s)(?:알려|가르쳐|설명해|말씀해|말해|답변해|안내해|도와)\s*(?:좀\s*)?{_ASK}",
    rf"{_INQUIRY}\s*(?:{_SAY}|{_THERE_IS}(?!\s*\?))", r"궁금\s*(?:합니다|해요|하네요|한데요?|해서요?|했어요|하다|함|해)",
    r"(?:를|(?<![" + _OPEN + r"])을)?\s?알고\s*싶(?:습니다|어요|은데요|네요|어서요|어)",
    rf"(?:좀|꼭|잘)?\s?{_PLEASE}", r"(?:감사|고맙)\s*(?:합니다|드립니다|드려요|해요|습니다)", r"고마워요", r"수고하세요",
))  # fmt: skip
#: Behind a space, for glued to a word they are a part of it: 길안내, 정답.
_BEHIND_A_SPACE = "|".join((
    rf"{_SOON}*{_not_behind(('문의', '질문', '리뷰', '후기', '상품평', '로'))}(?:답변|답|회신)\s*(?:좀\s*)?{_ASK}",
    rf"{_SOON}*{_not_behind(('이용', '길', '음성', '문자', '로'))}안내\s*(?:좀\s*)?{_ASK}", rf"{_SOON}+(?:확인|처리)\s*(?:좀\s*)?{_ASK}",
    rf"도움\s*(?:좀\s*)?{_ASK}", r"도움이?\s*필요(?:해요|합니다)",
))  # fmt: skip
#: 확인 behind a noun is a part of the need (입금 확인); behind a sentence it is none.
_SENTENCE = r"(?:(?<=[요다까죠네됨])|(?<=[는은인한던]데)|(?<=[는은을인한던]지)|(?<=[해어아]서)|(?<=[있없됐했왔았었렸졌갔]음)|(?<=[,.!?~…ㅎㅋㅠㅜ]))"

#: Characters from where a courtesy is looked for to the last letter: longer than any. One courtesy at a time, for repeated groups of
#: optional parts would try every way to divide a long run of them.
_LONGEST = 60
_LEADING = re.compile(rf"{_SIGNS}(?:{_BEFORE}){_SIGNS}")
_TRAILING = re.compile(rf"(?<=[^\W_])(?:[\s,.!?~]*(?:{_BEHIND})|[\s,.!?~]+(?:{_BEHIND_A_SPACE})|[\s,.!?~]*{_SENTENCE}\s?확인\s*(?:좀\s*)?{_ASK}){_SIGNS}$")
#: Every courtesy behind a need holds one of these. Most queries end in none, and are spared 40 µs of trying all ways to say it.
_STEMS = re.compile("알려|알고|궁금|가르쳐|설명|말|답|안내|도[와움]|문의|질문|부탁|감사|고[맙마]|수고|회신|확인|처리")
#: What asks for anything whatever, once the request behind it is gone.
_NO_NEED = re.compile(rf"(?:{_SOON}|(?:잘|제발)\s*)*(?:답변|답|회신|안내|확인|설명|도움|처리|문의|질문|추가 문의)?")
_LAUGHTER = "ㅎㅋㅠㅜ"
#: What is a courtesy only where nothing else is said.
_ALONE = (
    _BEFORE, _BEHIND, _BEHIND_A_SPACE, r"안녕", r"(?:하이|헬로우?|ㅎㅇ|ㅎ2|hi|hello)", r"(?:정말|너무|진짜|대단히|매우|네|넵|넹|예|아|오|와|우와|좀)", r"(?:감사|땡큐|ㄱㅅ|ㄳ|thanks?)",
    r"고마(?:워|웠어요|웠습니다)", r"감사(?:했습니다|했어요|해)", r"(?:좋은|즐거운|편안한)\s*(?:하루|오후|저녁|주말|밤|시간)\s*(?:되세요|보내세요|되십시오|보내십시오)", r"(?:알겠|알았)(?:습니다|어요)",
    r"(?:저기|거기)?\s*(?:누구|아무도)\s*(?:있나요|없나요|계세요|안\s*계세요|계신가요)", r"(?:ok|okay|ㅇㅋ|오케이)", r"도와\s*주세요", r"(?:질문|문의)(?:이요|요)?",
)  # fmt: skip
_ONE_ALONE = re.compile(rf"{_SIGNS}(?:{'|'.join(_ALONE)})(?![^\W\d_ㄱ-ㅣ]){_SIGNS}", re.IGNORECASE)


@lru_cache(maxsize=16)  # a query's is wanted twice: for its tokens, and for its characters
def without_courtesy(text: str) -> str:
    """The text without greetings before it and without requests, thanks and laughter behind it; the text itself where no need would be left.

    >>> without_courtesy("안녕하세요, 혹시 환불은 언제 되는지 알려 주세요 감사합니다 ㅎㅎ")
    '환불은 언제 되는지'
    >>> without_courtesy("1:1 문의드립니다"), without_courtesy("할인가 궁금해요")
    ('1:1 문의드립니다', '할인가')
    """
    kept = _without_laughter(_without_trailing(_without_leading(text))).strip()
    return text if kept == text or sum(c.isalnum() for c in kept) < 2 or _NO_NEED.fullmatch(kept) else kept


def is_courtesy(text: str) -> bool:
    """Whether nothing is asked: greetings, thanks, requests and signs alone.

    >>> [is_courtesy(text) for text in ("안녕하세요!", "네 감사합니다 ㅎㅎ", "환불해 주셔서 감사합니다", "1:1 문의")]
    [True, True, False, False]
    """
    if len(text) > _LONGEST:
        return False
    place = 0
    while found := _ONE_ALONE.match(text, place):
        place = found.end()
    return 0 < place == len(text)


def _without_leading(text: str) -> str:
    while found := _LEADING.match(text):
        text = text[found.end() :]
    return text


def _without_trailing(text: str) -> str:
    while True:
        start = max(0, len(_letters_end(text)) - _LONGEST)
        found = _TRAILING.search(text, start) if _STEMS.search(text, start) else None
        if found is None:
            return text
        text = text[: found.start()]


def _letters_end(text: str) -> str:
    return text.rstrip(" \t\r\n,.!?~^;…" + _LAUGHTER)


def _without_laughter(text: str) -> str:
    """The text up to the first laughing or weeping sign behind its last word."""
    end = len(_letters_end(text))
    laughs = next((i for i in range(end, len(text)) if text[i] in _LAUGHTER), len(text))
    return text[:laughs]
