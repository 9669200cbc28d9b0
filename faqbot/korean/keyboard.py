"""두벌식: what the keys of one layout say in the other. Pure; whether a conversion is meant is decided by evidence elsewhere."""

from functools import cache

_LATIN_TO_JAMO = dict(zip("qwertyuiopasdfghjklzxcvbnmQWERTOP", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ", strict=True))
#: Initial consonants in the order of their syllables.
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_PAIRS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
_SPLIT = {pair: parts for parts, pair in _PAIRS.items()}
_JAMO_TO_LATIN = {jamo: key for key, jamo in _LATIN_TO_JAMO.items()}


def to_hangul(latin: str) -> str:
    """What the same keys give with the Korean layout on; keys without a jamo stay as they are.

    >>> to_hangul("ghksqnf"), to_hangul("qothd djswp dhkdy?")
    ('환불', '배송 언제 와요?')
    """
    return _compose([_LATIN_TO_JAMO.get(key) or _LATIN_TO_JAMO.get(key.lower(), key) for key in latin])


def to_latin(hangul: str) -> str:
    """What the same keys give with the English layout on; everything but Hangul stays as it is.

    >>> to_latin("ㅜㅁㅍㄷㄱ"), to_latin("환불")
    ('naver', 'ghksqnf')
    """
    return "".join(_JAMO_TO_LATIN.get(jamo, jamo) for jamo in decompose(hangul))


def decompose(text: str) -> str:
    """Syllables and compound jamo as the jamo that are typed, one a key; everything else as it is.

    >>> decompose("값을")
    'ㄱㅏㅂㅅㅇㅡㄹ'
    """
    return "".join([_jamo(c) if "가" <= c <= "힣" else _split(c) for c in text])


@cache
def _jamo(syllable: str) -> str:
    initial, rest = divmod(ord(syllable) - 0xAC00, 588)
    vowel, final = divmod(rest, 28)
    return INITIALS[initial] + _split(_VOWELS[vowel]) + _split(_FINALS[final])


def _split(jamo: str) -> str:
    return _SPLIT.get(jamo, jamo)


def _compose(jamo: list[str]) -> str:
    """Jamo in typing order → text, as an input method composes it: a final consonant moves on when a vowel follows."""
    out: list[str] = []
    i = 0
    while i < len(jamo):
        if jamo[i] in INITIALS and _is_vowel(jamo, i + 1):
            syllable, i = _syllable(jamo, i)
            out.append(syllable)
        else:
            out.append(jamo[i])
            i += 1
    return "".join(out)


def _is_vowel(jamo: list[str], i: int) -> bool:
    return i < len(jamo) and jamo[i] in _VOWELS


def _syllable(jamo: list[str], i: int) -> tuple[str, int]:
    """The syllable that begins at i with an initial and a vowel, and where the next one begins."""
    initial, vowel, i = jamo[i], jamo[i + 1], i + 2
    if i < len(jamo) and vowel + jamo[i] in _PAIRS:
        vowel, i = _PAIRS[vowel + jamo[i]], i + 1
    final = ""
    if i < len(jamo) and jamo[i] in _FINALS and not _is_vowel(jamo, i + 1):
        final, i = jamo[i], i + 1
        if i < len(jamo) and final + jamo[i] in _PAIRS and not _is_vowel(jamo, i + 1):
            final, i = _PAIRS[final + jamo[i]], i + 1
    return chr(0xAC00 + (INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28 + _FINALS.index(final)), i
