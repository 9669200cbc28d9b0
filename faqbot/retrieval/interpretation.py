"""What a visitor meant to type: the other keyboard layout, misspelt words. Decided by what the base knows, never by force."""

import re
from collections.abc import Sequence

from faqbot.domain import Interpretation
from faqbot.korean.keyboard import to_hangul, to_latin
from faqbot.korean.reading import Reader, Reading
from faqbot.retrieval.lexicon import Lexicon
from faqbot.retrieval.spelling import Speller

_LATIN = re.compile(r"[A-Za-z]{2,}")
_JAMO = re.compile(r"[ㄱ-ㅣ]")
_LOOSE = re.compile(r"(?<![가-힣ㄱ-ㅣ])[가-힣]*+[ㄱ-ㅣ][가-힣ㄱ-ㅣ]*")
_CONSONANTS = re.compile(r"[ㄱ-ㅎ\s]+")
_SYLLABLES = re.compile(r"[가-힣]+")
_ASCII = re.compile(r"[!-~]+")
#: What makes a run of ASCII a link, an address, a file name, a product code or an id: SKU12, A1B2-33, iphone15.
_CODE = re.compile(r"://|@|[A-Za-z]\d|[A-Za-z]\.[A-Za-z]|[A-Za-z0-9][_\-=&#%+~\\][A-Za-z0-9]")
#: Channels whose terms count as known: what is written in questions, and in answers.
_PIECES = ("characters_bm25", "entry_bm25")
_LATIN_WORDS = ("coverage", "entry_nouns")
_TAGS = ("NNG", "NNP", "XR", "MAG", "NP", "VV", "VA")
#: Loose jamo that are typed on purpose.
_LAUGHTER = set("ㅋㅎㅠㅜㅡ")


class Interpreter:
    """Reads queries to one base.

    Args:
        lexicon: of the base.
        reader: the one the base was indexed with.
        contents: of the base's questions, as an index holds them.
    """

    def __init__(self, lexicon: Lexicon, reader: Reader, contents: Sequence[str]) -> None:
        self._lexicon = lexicon
        self._contents = "\n".join(contents)
        self._reader = reader
        self._speller = Speller(lexicon, reader)

    def warm(self) -> None:
        """Build what is derived on first use, before workers are forked."""
        self._speller.warm()

    def read(self, text: str) -> tuple[Interpretation, Reading]:
        """How a normalized query is read, and the reading: keys of the wrong layout first, then misspelt words, then what is to be left undone."""
        meant = interpret(text, self._lexicon)
        reading, corrections = self._speller.respell(self._reader.query(meant.normalized))
        return Interpretation(reading.text, meant.corrections + corrections), self._reader.asked(reading, self._contents)


def interpret(text: str, lexicon: Lexicon) -> Interpretation:
    """Read keys pressed with the wrong layout on.

    Latin runs become Hangul when they are no words of the base, their keys give whole syllables, and at least half of the syllable pairs are in the base:
    all runs together when the query has no Hangul and every one of them can be read so, else run by run. A run that stands for itself has at least two
    syllables, and with two it is a word of the base: "sms" is not 는. A word with loose jamo becomes Latin when that is a word of the base; a query of
    consonants alone does not, for it may be initials. Everything else stays: English, links, addresses, product codes, ids, laughter.
    """
    corrections = _from_latin(text, lexicon) if _LATIN.search(text) else {}
    if _JAMO.search(text):
        corrections |= _to_latin(text, lexicon)
    if not corrections:
        return Interpretation(text)

    def read(match: re.Match[str]) -> str:
        return corrections.get(match.group(), match.group())

    normalized = _ASCII.sub(lambda run: run.group() if _CODE.search(run.group()) else _LATIN.sub(read, run.group()), text)
    return Interpretation(_LOOSE.sub(read, normalized), tuple(corrections.items()))


def _from_latin(text: str, lexicon: Lexicon) -> dict[str, str]:
    plain = _ASCII.sub(lambda run: "" if _CODE.search(run.group()) else run.group(), text)
    runs = [run for run in dict.fromkeys(_LATIN.findall(plain)) if not _is_latin_word(run, lexicon)]
    read = {run: to_hangul(run) for run in runs}
    whole = {run: word for run, word in read.items() if _SYLLABLES.fullmatch(word)}
    is_sentence = len(runs) > 1 and len(whole) == len(runs) and not _SYLLABLES.search(text)
    if is_sentence and _is_known([word for word in whole.values() if len(word) > 1], lexicon):
        return whole
    return {run: word for run, word in whole.items() if _is_meant(word, lexicon)}


def _to_latin(text: str, lexicon: Lexicon) -> dict[str, str]:
    if _CONSONANTS.fullmatch(text):
        return {}
    return {word: to_latin(word) for word in _LOOSE.findall(text) if len(word) > 1 and set(word) - _LAUGHTER and _is_latin_word(to_latin(word), lexicon)}


def _is_latin_word(word: str, lexicon: Lexicon) -> bool:
    return any(lexicon.knows(channel, f"{word.casefold()}/SL") for channel in _LATIN_WORDS)


def _is_meant(word: str, lexicon: Lexicon) -> bool:
    """Whether a run can stand for itself."""
    if len(word) == 2:
        return lexicon.knows("entry_words_bm25", word) or any(lexicon.knows("coverage", f"{word}/{tag}") for tag in _TAGS)
    return len(word) > 2 and _is_known([word], lexicon)


def _is_known(words: list[str], lexicon: Lexicon) -> bool:
    """Whether at least half of the syllable pairs are somewhere in the base; there must be one."""
    pairs = [word[i : i + 2] for word in words for i in range(len(word) - 1)]
    known = sum(any(lexicon.knows(channel, pair) for channel in _PIECES) for pair in pairs)
    return bool(pairs) and 2 * known >= len(pairs)
