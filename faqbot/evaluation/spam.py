"""What in a queue of unanswered queries is no question at all: adverts, keys pressed at random. Pure, and only a guess: a person has the last word."""

import re
from enum import StrEnum

from faqbot.korean.keyboard import to_hangul
from faqbot.korean.normalize import normalize
from faqbot.privacy.kinds import LABELS, Kind


class Spam(StrEnum):
    """Why a text looks like spam."""

    ADVERT = "advert"
    REPEATED = "repeated"
    GIBBERISH = "gibberish"


#: Distinct texts with a contact that share a skeleton, from which on they are a template.
REPEATS = 5
#: Characters of a text that people do not type alike to the letter, and queries of it from which on a program does.
LONG, MANY = 60, 20

_URL = re.compile(r"https?://|www\.|\b[a-z0-9-]{2,63}\.(?:com|net|kr|me|io|ly|gg|cc|xyz|shop|site|top|link|bet|vip|info)\b", re.IGNORECASE)
_MESSENGER = re.compile(
    r"(?:카톡|카카오톡|카카오|텔레그램|텔레|텔렘|텔그|라인|위챗|톡)\s*(?:문의|상담|추가|아이디|id|친추)?\s*[:：;@=]+\s*[@a-z0-9_\-]{3,}"
    r"|(?:카톡|텔레그램|텔레|텔렘|라인)\s*(?:문의|상담|추가|아이디|id)?\s*[:：]?\s*@?[a-z][a-z0-9_\-]{4,}\b|t\.me/|open\.kakao|pf\.kakao",
    re.IGNORECASE,
)
_LABELS = tuple(LABELS[kind] for kind in (Kind.PHONE, Kind.EMAIL))
#: Sold by nobody's help centre.
_STRONG = re.compile(
    r"바카라|카지노|토토\s*(?:사이트|총판)|먹튀|꽁머니|꽁포|슬롯\s*사이트|홀덤|출장\s*(?:마사지|안마|샵|만남)|조건\s*만남|룸\s*살롱|유흥\s*알바|비아그라|시알리스|성인\s*용품|야동|작업\s*대출|"
    r"백링크|팔로워\s*(?:구매|늘리기)|리딩\s*방|코인\s*리딩|해외\s*선물\s*대여|신용\s*불량자?\s*(?:가능|대출)|대포\s*(?:통장|폰)|통장\s*(?:매입|삽니다)"
)
_WEAK = re.compile(
    r"대출|상위\s*노출|고수익|수익\s*보장|부업|재택\s*알바|당일\s*(?:지급|입금|가능)|최저가|무료\s*(?:체험|상담|충전|가입)|첫\s*충|충전\s*보너스|홍보|광고\s*대행|마케팅\s*대행|대행|매크로|투자|주식|급전|"
    r"이벤트\s*중|상담\s*환영|문의\s*환영|친절\s*상담|추천인\s*코드|가입\s*시|팝니다|삽니다|판매합니다|매입"
)
#: Said by those who ask about such messages.
_ASKING = re.compile(r"문자|사기|피싱|스팸|신고|사칭|의심|[가-힣]\s*(?:나요|까요|가요|는데요|[은는인]데|[했됐났]어요|왔어요|싶어요)|\?")
_SYLLABLE = re.compile("[가-힣]")
_LOOSE = re.compile("[ㄱ-ㅎㅏ-ㅣ]")
_LAUGHTER = re.compile("[ㅋㅎㅠㅜㅡ]")
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE)
_WHOLE = re.compile("[가-힣]+")
_VOWELS = re.compile("[aeiouy]", re.IGNORECASE)
#: Rows of a keyboard; three neighbours in a row are no word.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ", "1234567890")


def looks_like_advert(text: str) -> bool:
    """Whether a text sells something: what no help centre sells; or it names a way to reach somebody and sounds like an advert without asking anything.

    >>> looks_like_advert("신규가입 꽁머니 3만 바카라 abc-77.com"), looks_like_advert("당일 대출 친절 상담 카톡: money77")
    (True, True)
    >>> looks_like_advert("대출 이벤트라고 [전화번호]에서 문자가 왔는데 맞나요?"), looks_like_advert("https://pay.example.kr 접속이 안 돼요")
    (False, False)
    """
    reach = sum((bool(_URL.search(text)), bool(_MESSENGER.search(text)), any(label in text for label in _LABELS)))
    strong, weak = bool(_STRONG.search(text)), len(set(_WEAK.findall(text)))
    if _ASKING.search(text):
        return strong and reach > 0 and not re.search("신고|스팸|사기|피싱|문자", text)
    return strong or (reach > 0 and weak > 1) or (bool(_MESSENGER.search(text)) and weak > 0)


def is_gibberish(text: str) -> bool:
    """Whether a text has no words: loose jamo, laughter, signs, one digit again and again, keys beside each other. Initials such as ㅂㅅㅈㅎ count too.

    >>> [is_gibberish(text) for text in ("ㅁㄴㅇㄹ", "asdfgh", "ㅋㅋㅋㅋ", "...", "11111")]
    [True, True, True, True, True]
    >>> [is_gibberish(text) for text in ("환불", "A/S", "QR", "ssl", "ㅎㅎ 환불 어디서 해요ㅠㅠ", "err 500", "pay")]
    [False, False, False, False, False, False, False]
    """
    bare = "".join(c for c in normalize(text).casefold() if c.isalnum())
    words = _LAUGHTER.sub("", bare)
    if not words:
        return True
    syllables, loose = len(_SYLLABLE.findall(words)), len(_LOOSE.findall(words))
    if syllables:
        return loose > 2 * syllables
    return loose > 0 or _is_hammered("".join(_LATIN.findall(words)), len(words), len(set(words)))


def skeleton(text: str) -> str:
    """What a template leaves the same: the text without digits, Latin letters and signs.

    >>> skeleton("당일대출 카톡 ab12!!") == skeleton("당일대출 카톡 zz99?")
    True
    """
    return "".join(_SYLLABLE.findall(text))


def has_contact(text: str) -> bool:
    """Whether it names a way to reach somebody: an address of a page, a messenger's id, or a number or mail address that was masked."""
    return bool(_URL.search(text) or _MESSENGER.search(text) or any(label in text for label in _LABELS))


def _is_hammered(latin: str, length: int, distinct: int) -> bool:
    """Whether keys were pressed at random; Hangul on the wrong layout was not."""
    if not latin:
        return length > 3 and distinct <= 2 and (distinct == 1 or length > 4)
    if len(latin) < 4 or _WHOLE.fullmatch(to_hangul(latin)):
        return False
    return _is_row(latin) or (len(latin) > 5 and not _VOWELS.search(latin))


def _is_row(latin: str) -> bool:
    """Whether at least two in three of its pairs of letters are neighbours on the keyboard, in either direction."""
    pairs = [latin[i : i + 2] for i in range(len(latin) - 1)]
    near = sum(any(pair in row or pair[::-1] in row for row in _ROWS) for pair in pairs)
    return 3 * near >= 2 * len(pairs)
