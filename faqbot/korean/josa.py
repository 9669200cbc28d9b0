"""The particle that fits a word: 환불을, 결제를, 서울로. Pure."""

#: Particle after a consonant → after a vowel.
_PAIRS = {"을": "를", "이": "가", "은": "는", "과": "와", "으로": "로", "이라": "라", "이에요": "예요"}
#: Digits and Latin letters that end in a consonant when they are read in Korean, and those that end in ㄹ.
_CLOSED = frozenset("013678lmnr")
_RIEUL = frozenset("178lr")


def with_josa(word: str, josa: str) -> str:
    """The word and the form of the particle that fits its last letter or digit; signs behind it are passed over.

    Args:
        word: any text.
        josa: the form after a consonant.

    >>> with_josa("'배송'", "으로"), with_josa("서울", "으로"), with_josa("결제", "을"), with_josa("PC", "은"), with_josa("2026", "이")
    ("'배송'으로", '서울로', '결제를', 'PC는', '2026이')
    """
    return word + (josa if _is_closed(word, josa) else _PAIRS[josa])


def _is_closed(word: str, josa: str) -> bool:
    last = next((c for c in reversed(word.casefold()) if c.isalnum()), "")
    if "가" <= last <= "힣":
        final = (ord(last) - 0xAC00) % 28
        return final != 0 and not (josa == "으로" and final == 8)
    return last in _CLOSED and not (josa == "으로" and last in _RIEUL)
