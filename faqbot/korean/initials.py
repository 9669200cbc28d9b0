"""What is typed so far: beginnings of words, half a syllable, initials (초성: ㅎㅂ for 환불). Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate

from faqbot.korean.keyboard import INITIALS, decompose

#: Beginnings that are ranked; where more match, only those of whole texts count, and the first so many of them: one letter tells little.
BROAD = 4000

_CONSONANT = re.compile(r"[ㄱ-ㅎ]")


def initials(text: str) -> str:
    """Initials of the syllables, everything else as it is; pairs of consonants are two.

    >>> initials("배송 조회"), initials("2단계"), initials("ㄳ")
    ('ㅂㅅ ㅈㅎ', '2ㄷㄱ', 'ㄱㅅ')
    """
    return "".join(INITIALS[(ord(c) - 0xAC00) // 588] if "가" <= c <= "힣" else decompose(c) for c in text)


def begins(text: str, typed: str) -> bool:
    """Whether a text begins with what is typed: a consonant stands for a syllable that begins with it, and the last syllable may be half done.

    >>> [begins("환불규정", typed) for typed in ("환", "환부", "환ㅂ", "ㅎㅂ", "ㅎ불", "환불ㄱㅈ", "불")]
    [True, True, True, True, True, True, False]
    """
    if not typed or len(text) < len(typed):
        return False
    last = len(typed) - 1
    is_whole = all(c == t or (t in INITIALS and initials(c) == t) for c, t in zip(text, typed[:last], strict=False))
    return is_whole and decompose(text[last : last + 2]).startswith(decompose(typed[last]))


class Beginnings:
    """Finds texts by the beginning of any of their words, spaces and signs aside.

    Args:
        texts: (owner, normalized text) pairs.
    """

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        self._owners: list[int] = []
        self._letters: list[str] = []
        self._ends: list[list[int]] = []
        self._text_of: list[int] = []
        self._word_of: list[int] = []
        jamo: list[str] = []
        first: list[str] = []
        for owner, text in texts:
            words = [letters for word in re.split(r"\W+", text) if (letters := _letters(word))]
            jamo += _tails([decompose(word) for word in words])
            first += _tails([initials(word) for word in words])
            self._text_of += [len(self._owners)] * len(words)
            self._word_of += range(len(words))
            self._owners.append(owner)
            self._letters.append("".join(words))
            self._ends.append(list(accumulate(map(len, words))))
        self._by_jamo = sorted(range(len(jamo)), key=jamo.__getitem__)
        self._by_initials = sorted(range(len(first)), key=first.__getitem__)

    def find(self, typed: str) -> list[int]:
        """Owners of texts in which a word begins with what is typed, each once.

        First those of texts that begin so to the letter, by owner. Then by the number of words that it takes, the place of the first of them, the letters
        left in the last, and owner.
        """
        key = "".join(decompose(c) if _CONSONANT.match(c) else c for c in _letters(typed))
        if not key:
            return []
        if _CONSONANT.search(key[:-1]):
            found = self._range(initials(key), self._by_initials, initials, len(key))
        else:
            found = self._range(decompose(key), self._by_jamo, decompose, len(key) + 1)
        if len(found) > BROAD:
            found = [i for i in found if self._word_of[i] == 0][:BROAD]
        ordered = sorted((self._rank(i, key), self._owners[self._text_of[i]]) for i in found if begins(self._tail(i, len(key) + 1), key))
        return list(dict.fromkeys(owner for _, owner in ordered))

    def _start(self, i: int) -> int:
        word = self._word_of[i]
        return self._ends[self._text_of[i]][word - 1] if word else 0

    def _tail(self, i: int, length: int | None = None) -> str:
        """A word and everything behind it, at most `length` letters."""
        start = self._start(i)
        return self._letters[self._text_of[i]][start : None if length is None else start + length]

    def _range(self, wanted: str, order: list[int], spell: Callable[[str], str], letters: int) -> list[int]:
        def key(i: int) -> str:
            return spell(self._tail(i, letters))[: len(wanted)]

        low = bisect_left(order, wanted, key=key)
        return order[low : bisect_right(order, wanted, lo=low, key=key)]

    def _rank(self, i: int, typed: str) -> tuple[int, int, int]:
        """Sorts what begins with the typed; (0, 0, 0) for whole texts that do so to the letter."""
        ends, word, start = self._ends[self._text_of[i]], self._word_of[i], self._start(i)
        if word == 0 and self._tail(i, len(typed)) == typed:
            return 0, 0, 0
        last = bisect_left(ends, start + len(typed))
        return last - word + 1, word, ends[last] - start - len(typed)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _tails(words: list[str]) -> list[str]:
    """Each word with everything behind it."""
    whole = "".join(words)
    return [whole[end - len(word) :] for word, end in zip(words, accumulate(map(len, words)), strict=True)]
