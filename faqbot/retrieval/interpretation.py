"""Typed on the wrong layout? Decided by what the base knows, never by force."""

import re

from faqbot.domain import Interpretation
from faqbot.korean.keyboard import to_hangul, to_latin
from faqbot.retrieval.lexicon import Lexicon

_LATIN = re.compile(r"[A-Za-z]{2,}")
_LOOSE = re.compile(r"[가-힣ㄱ-ㅣ]*[ㄱ-ㅣ][가-힣ㄱ-ㅣ]*")
_SYLLABLES = re.compile(r"[가-힣]+")
#: Channels whose terms count as known: what is written in questions, and in answers.
_PIECES = ("characters_bm25", "entry_bm25")
_WORDS = "coverage"
#: Loose jamo that are typed on purpose.
_LAUGHTER = set("ㅋㅎㅠㅜㅡ")


def interpret(text: str, lexicon: Lexicon) -> Interpretation:
    """Read keys pressed with the wrong layout on.

    Latin runs become Hangul when they are no words of the base, their keys give whole syllables, and at least half of the syllable pairs are in the base:
    all runs together when every one of them can be read so, else run by run. A word with loose jamo becomes Latin when that is a word of the base.
    Everything else stays: English, product codes, ids, laughter.
    """
    runs = [run for run in dict.fromkeys(_LATIN.findall(text)) if not _is_word(run, lexicon)]
    read = {run: to_hangul(run) for run in runs}
    whole = [run for run in runs if _SYLLABLES.fullmatch(read[run])]
    if len(whole) < len(runs) or not _is_known([read[run] for run in whole], lexicon):
        whole = [run for run in whole if len(read[run]) > 1 and _is_known([read[run]], lexicon)]
    corrections = {run: read[run] for run in whole}
    corrections |= {word: to_latin(word) for word in _LOOSE.findall(text) if set(word) - _LAUGHTER and _is_word(to_latin(word), lexicon)}
    if not corrections:
        return Interpretation(text)
    normalized = _LATIN.sub(lambda m: corrections.get(m.group(), m.group()), text)
    normalized = _LOOSE.sub(lambda m: corrections.get(m.group(), m.group()), normalized)
    return Interpretation(normalized, tuple(corrections.items()))


def _is_word(word: str, lexicon: Lexicon) -> bool:
    return lexicon.knows(_WORDS, f"{word.casefold()}/SL")


def _is_known(words: list[str], lexicon: Lexicon) -> bool:
    """Whether at least half of the syllable pairs, of a single syllable itself, are somewhere in the base."""
    pieces = [piece for word in words for piece in ([word[i : i + 2] for i in range(len(word) - 1)] or [word])]
    known = sum(any(lexicon.knows(channel, piece) for channel in _PIECES) for piece in pieces)
    return bool(pieces) and 2 * known >= len(pieces)
