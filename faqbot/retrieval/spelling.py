"""Misspelt words: looked up among the base's own words, and read so where the language model finds that likelier by far."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from faqbot.korean.analyzer import Token
from faqbot.korean.keyboard import decompose, to_hangul, to_latin
from faqbot.korean.plausibility import in_dictionary, log_probability
from faqbot.korean.reading import Reader, Reading
from faqbot.korean.terms import NAMING, content
from faqbot.retrieval.lexicon import Lexicon

#: Nats by which the corrected text must be likelier than the typed one, by what was confused: vowels of one sound, a loose jamo, jamo that are often
#: put for one another, a drawn-out or run-on syllable, any other jamo, the first jamo of a word. Chosen on seven bases: one query in 400 that is
#: spelt well is changed, nearly all of them out of scope, and most typos are mended.
SOUND, LOOSE, CONFUSED, SPOKEN, OTHER, START = 1.0, 2.0, 4.0, 6.0, 9.5, 13.5
#: The same where the language model is no judge: of a word that is in no dictionary either, as names of products are, and of jamo that were left apart.
NAME, APART = -4.0, -10.0
#: Corrections of one query, words of it that are looked at, wordings judged for each of those, and characters before and behind a word judged with it.
MOST, DOUBTED, JUDGED, AROUND = 3, 4, 6, 12
#: Characters of the longest word that is doubted, and those that are read again for one query, a text at a time: what costs most to read is read least often.
LONGEST_WORD, READ_AGAIN = 12, 400
#: Syllables of the longest look-up, of the longest around a single one, and of the shortest name.
LONGEST, LONGEST_OF_PIECE, SHORTEST_NAME = 7, 4, 3

_HANGUL = re.compile(r"[가-힣]+")
_LOOSE = re.compile(r"[ㄱ-ㅣ]+")
_WORD = re.compile(r"(?=.*[가-힣])[가-힣ㄱ-ㅣ]+")
#: A syllable that begins with its vowel, behind another.
_ECHO = re.compile(r"[가-힣][아-잏]")
_LAUGHTER = frozenset("ㅋㅎㅠㅜㅡㅇ")
_SOUND = {frozenset(pair) for pair in ("ㅐㅔ", "ㅒㅖ", "ㅔㅖ", "ㅐㅖ")}
_CONFUSED = {
    frozenset(pair)
    for pair in (
        "ㅐㅒ", "ㅓㅕ", "ㅏㅑ", "ㅗㅛ", "ㅜㅠ", "ㅡㅜ", "ㅓㅗ", "ㅏㅓ", "ㅗㅜ", "ㄱㄲ", "ㄱㅋ", "ㄷㄸ", "ㄷㅌ", "ㅂㅃ", "ㅂㅍ", "ㅅㅆ", "ㅈㅉ", "ㅈㅊ",
        "ㅅㄷ", "ㅅㅈ", "ㅅㅊ", "ㅅㅌ", "ㄴㄹ", "ㅁㅇ", "ㄴㅇ", "ㅆㄷ",
    )
}  # fmt: skip
#: Vowels that are pressed as a part of another.
_PARTS = frozenset("ㅗㅜㅡㅣ")

#: Code points of syllables: initial · 588 + vowel · 28 + final from "가" on, 11,171 at most; the initial of a syllable that begins with its vowel.
_GA, _HIH, _INITIAL, _FINALS, _NONE = 0xAC00, 11171, 588, 28, 11
#: Initial → the final it was before it ran on into the next syllable: 받으 is spoken 바드.
_BEFORE = {0: 1, 1: 2, 2: 4, 3: 7, 5: 8, 6: 16, 7: 17, 9: 19, 10: 20, 12: 22, 14: 23, 15: 24, 16: 25, 17: 26}
#: The same for vowels: ㅐ and ㅔ, ㅒ and ㅖ, ㅖ and ㅔ, ㅖ and ㅐ.
_SAME_SOUND = {1: (5, 7), 5: (1, 7), 3: (7,), 7: (1, 3, 5)}

Correction = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another spelling of text[start:end], the nats it must gain, and whether it is a word of the base."""

    start: int
    end: int
    spelling: str
    margin: float
    is_word: bool = False


class Words:
    """The base's words of two syllables or more. One wrong jamo leaves the first or the second half of a word as it is: that is how they are found."""

    def __init__(self, lexicon: Lexicon) -> None:
        terms = (term.rpartition("/") for term in lexicon.vocabularies["morphemes"])
        self._words = {form for form, _, tag in terms if len(form) > 1 and tag in _LOOKED_UP and _HANGUL.fullmatch(form)}
        self._halves: dict[tuple[int, str], list[tuple[str, str]]] = {}
        for word in sorted(self._words):
            jamo = decompose(word)
            half = len(jamo) // 2
            self._halves.setdefault((len(jamo), jamo[:half]), []).append((jamo, word))
            self._halves.setdefault((-len(jamo), jamo[half:]), []).append((jamo, word))

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def near(self, jamo: str) -> list[tuple[str, str]]:
        """(jamo, word) of words at most one jamo away, each once."""
        found = {}
        for length in (len(jamo) - 1, len(jamo), len(jamo) + 1):
            half = length // 2
            for key in ((length, jamo[:half]), (-length, jamo[len(jamo) - length + half :])):
                found.update({word: other for other, word in self._halves.get(key, ()) if word not in found and difference(jamo, other) is not None})
        return [(other, word) for word, other in found.items()]


#: Tags whose words are looked up; 어떻 and the like come with the adjectives.
_LOOKED_UP = NAMING | {"MAG", "VV", "VA"}
#: Tags that the analyzer gives to words it does not know, and those of the pieces it breaks others into.
_GUESSED = frozenset({"NNG", "NNP"})
_PIECES = frozenset({"NNG", "NNP", "NNB", "NR", "NP", "XR", "MM", "XPN", "XSN"})
#: Beginnings of tags of what follows a whole word without a space.
_PARTING = ("J", "S", "VCP", "XS")


def difference(typed: str, right: str) -> tuple[int, str, str] | None:
    """(place, typed jamo, right jamo) of the one difference between two rows of jamo, both empty where there is none; None for more than one.

    >>> difference("ㅂㅔㅅㅗㅇ", "ㅂㅐㅅㅗㅇ"), difference("ㅎㅏㄱ", "ㅎㅗㅏㄱ")
    ((1, 'ㅔ', 'ㅐ'), (1, '', 'ㅗ'))
    """
    place = next((i for i, (a, b) in enumerate(zip(typed, right, strict=False)) if a != b), min(len(typed), len(right)))
    gone, come = int(len(typed) >= len(right)), int(len(right) >= len(typed))
    if typed[place + gone :] != right[place + come :]:
        return None
    return place, typed[place : place + gone], right[place : place + come]


def margin(typed: str, typed_jamo: str, word: str, word_jamo: str) -> float:
    """Nats that a word at most one jamo away must gain over what was typed."""
    place, gone, come = difference(typed_jamo, word_jamo) or (0, "", "")
    if not _HANGUL.fullmatch(typed):
        return LOOSE
    if place == 0:
        return START
    pair = frozenset((gone, come))
    if pair in _SOUND:
        return SOUND
    is_part = pair - {""} <= _PARTS and not (gone and come) and len(typed) == len(word)
    is_bounce = not come and gone in {typed_jamo[place - 1], typed_jamo[place + 1 : place + 2]}
    return CONFUSED if pair in _CONFUSED or is_part or is_bounce else OTHER


def closed(text: str) -> str:
    """Drawn-out syllables closed again: a syllable that only repeats the vowel before it.

    >>> closed("환부우울"), closed("배소옹")
    ('환불', '배송')
    """
    if not _ECHO.search(text):
        return text
    out = ""
    for c in text:
        before, code = (ord(out[-1]) if out else 0) - _GA, ord(c) - _GA
        is_open = 0 <= before <= _HIH and before % _FINALS == 0
        if is_open and code // _INITIAL == _NONE and code % _INITIAL // _FINALS == before % _INITIAL // _FINALS:
            out = out[:-1] + chr(_GA + before + code % _FINALS)
        else:
            out += c
    return out


def moved_back(text: str) -> Iterator[str]:
    """Every spelling in which one initial is the final of the syllable before it, as it is written where a vowel follows in speech.

    >>> list(moved_back("바드려"))
    ['받으려', '바들여']
    """
    for i in range(1, len(text)):
        before, code = ord(text[i - 1]) - _GA, ord(text[i]) - _GA
        if _HANGUL.fullmatch(text[i - 1 : i + 1]) and before % _FINALS == 0 and (final := _BEFORE.get(code // _INITIAL)):
            yield text[: i - 1] + chr(_GA + before + final) + chr(_GA + _NONE * _INITIAL + code % _INITIAL) + text[i + 1 :]


def _sounding(typed: str) -> Iterator[str]:
    """Spellings that sound the same, one vowel changed."""
    for i, c in enumerate(typed):
        rest = ord(c) - _GA
        for vowel in _SAME_SOUND.get(rest % _INITIAL // _FINALS, ()):
            yield typed[:i] + chr(_GA + rest // _INITIAL * _INITIAL + vowel * _FINALS + rest % _FINALS) + typed[i + 1 :]


class Speller:
    """Reads misspelt words of queries to one base.

    Only words that the base does not know are looked at. One that a dictionary has is taken at its word, unless it sounds the same as one of the base's
    (결재, 결제): 무르고 is never 무료고.

    Args:
        lexicon: of the base.
        reader: the one the base was indexed with.
    """

    def __init__(self, lexicon: Lexicon, reader: Reader) -> None:
        self._lexicon = lexicon
        self._reader = reader

    @cached_property
    def _words(self) -> Words:
        return Words(self._lexicon)

    def warm(self) -> None:
        """Build what is derived on first use, before workers are forked."""
        self._words  # noqa: B018

    def respell(self, reading: Reading) -> tuple[Reading, tuple[Correction, ...]]:
        """The reading with misspelt words put right, and what was put right as (typed, read); the reading itself where there is nothing to do."""
        corrections: list[Correction] = []
        again = list(range(READ_AGAIN // (len(reading.text) or 1)))
        while len(corrections) < MOST and (found := self._first(reading, again)):
            reading, correction = found
            corrections.append(correction)
        return reading, tuple(corrections)

    def doubtful(self, reading: Reading) -> list[Token]:
        """Tokens that may be misspelt: content that neither base nor synonyms know, and pieces of words that stand where the base never has them."""
        suspects = self._suspects(reading)
        return self._confirmed(suspects, reading.said) if suspects else []

    def _suspects(self, reading: Reading) -> list[Token]:
        """What may be doubtful as far as tokens tell without their text: most queries have none, and cost no more than this."""
        kept = frozenset(reading.canonical)
        neighbours = zip((None, *reading.tokens), reading.tokens, (*reading.tokens[1:], None), strict=False)
        return [token for before, token, after in neighbours if self._is_suspect(token, kept, before, after)]

    def _is_suspect(self, token: Token, kept: frozenset[str], before: Token | None, after: Token | None) -> bool:
        if token.tag == "SW":
            return bool(_LOOSE.fullmatch(token.form)) and not _LAUGHTER.issuperset(token.form)
        if token.tag[0] in "JES" or not (items := content((token,))) or items[0][0] not in kept:
            return False
        return token.tag in _PIECES and _is_glued(token, before, after) if len(token.form) == 1 else not self._knows(*items[0])

    def _confirmed(self, suspects: list[Token], text: str) -> list[Token]:
        typed = [(token, text[token.start : token.end]) for token in suspects if token.end - token.start <= LONGEST_WORD]
        return [token for token, form in typed if token.tag == "SW" or (_HANGUL.fullmatch(form) and (len(form) > 1 or self._is_strange(token.start, text)))]

    def _knows(self, form: str, tag: str) -> bool:
        term = f"{form}/{tag}"
        return self._lexicon.knows("coverage", term) or self._lexicon.knows("entry_nouns", term) or self._lexicon.knows("entry_words_bm25", form)

    def _is_strange(self, place: int, text: str) -> bool:
        """Whether a syllable is part of a longer word and the base has no pair of syllables that holds it there."""
        pairs = [pair for pair in (text[max(place - 1, 0) : place + 1], text[place : place + 2]) if len(pair) == 2 and _HANGUL.fullmatch(pair)]
        return bool(pairs) and not any(self._lexicon.knows(channel, pair) for pair in pairs for channel in ("characters_bm25", "entry_bm25"))

    def _first(self, reading: Reading, again: list[int]) -> tuple[Reading, Correction] | None:
        """The reading with the first word put right for which there is a better spelling. None too once `again`, the times it may be read anew, is used up."""
        suspects = self._suspects(reading) if again else []
        if not suspects:
            return None
        text = reading.said
        doubtful = self._confirmed(suspects, text)
        for token in doubtful[:DOUBTED]:
            if not again:
                return None
            for proposal in self._accepted(text, token)[: len(again)]:
                again.pop()
                respelt = text[: proposal.start] + proposal.spelling + text[proposal.end :]
                better = self._reader.query(reading.text.replace(text, respelt, 1))
                if len(self.doubtful(better)) < len(doubtful) and (not proposal.is_word or _stands(better.tokens, proposal)):
                    return better, _shown(text, proposal)
        return None

    def _accepted(self, text: str, token: Token) -> list[Proposal]:
        """Spellings of a word that gain more than they must, most first."""
        proposals = self._proposals(text, token)
        if not proposals:
            return []
        left, right = max(0, token.start - AROUND), token.end + AROUND
        before = log_probability(text[left:right])
        surplus = {p: log_probability(text[left : p.start] + p.spelling + text[p.end : right]) - before - p.margin for p in proposals}
        return sorted((p for p in proposals if surplus[p] >= 0), key=lambda p: (-surplus[p], p.start - p.end))

    def _proposals(self, text: str, token: Token) -> list[Proposal]:
        """At most JUDGED, likeliest confusions first, then longer words."""
        begin, end = text.rfind(" ", 0, token.start) + 1, (text + " ").find(" ", token.start)
        left, right = max(begin, token.start - 2), min(end, token.end + 3)
        is_piece = token.end - token.start == 1 or token.tag == "SW"
        is_guess = not is_piece and token.tag in _GUESSED and not in_dictionary(token.form, token.tag)
        found = [Proposal(left, right, spelling, nats) for spelling, nats in _rewritten(text[left:right], is_guess or token.tag == "NNP")]
        if is_guess or is_piece:
            found += (p for p in self._looked_up(text, token, begin, end) if is_guess or p.margin <= OTHER)
        else:
            found += (Proposal(token.start, token.end, word, SOUND, is_word=True) for word in _sounding(text[token.start : token.end]) if word in self._words)
        return sorted(found, key=lambda p: (p.margin, p.start - p.end, p.start, p.spelling))[:JUDGED]

    def _looked_up(self, text: str, token: Token, begin: int, end: int) -> Iterator[Proposal]:
        jamo = [decompose(c) for c in text[begin:end]]
        longest = LONGEST if token.end - token.start > 1 else LONGEST_OF_PIECE
        for start in range(max(begin, token.start - 1), max(token.end - 1, token.start + 1)):
            for stop in range(max(start + 2, token.start + 1), min(end, start + longest) + 1):
                typed, typed_jamo = text[start:stop], "".join(jamo[start - begin : stop - begin])
                if typed not in self._words and len(typed_jamo) > 3 and _WORD.fullmatch(typed):
                    for word_jamo, word in self._words.near(typed_jamo):
                        nats = margin(typed, typed_jamo, word, word_jamo)
                        yield Proposal(start, stop, word, NAME if nats <= CONFUSED and self._is_name(typed, word) else nats, is_word=True)

    def _is_name(self, typed: str, word: str) -> bool:
        """Whether a word of the questions is in no dictionary, and long enough for what was typed to mean nothing else."""
        is_asked = any(self._lexicon.knows("coverage", f"{word}/{tag}") for tag in _GUESSED)
        return len(typed) == len(word) >= SHORTEST_NAME and is_asked and not any(in_dictionary(word, tag) for tag in _GUESSED)


def _rewritten(typed: str, is_guess: bool) -> Iterator[tuple[str, float]]:
    """Spellings that need no look-up, with the nats each must gain."""
    if (shorter := closed(typed)) != typed:
        yield shorter, CONFUSED
    if _LOOSE.search(typed) and _HANGUL.fullmatch(whole := to_hangul(to_latin(typed))):
        yield whole, APART
    if is_guess:
        yield from ((written, SPOKEN) for written in moved_back(typed))


def _is_glued(token: Token, before: Token | None, after: Token | None) -> bool:
    """Whether something other than a sign touches a token from the left, or something that does not follow whole words from the right."""
    if before is not None and before.end == token.start and before.tag[0] != "S":
        return True
    return after is not None and after.start == token.end and not after.tag.startswith(_PARTING)


def _shown(text: str, proposal: Proposal) -> Correction:
    """A word as it was typed and as it is read; what was run together or drawn out is shown up to the next spaces."""
    start, end = proposal.start, proposal.end
    if not proposal.is_word:
        start, end = text.rfind(" ", 0, start) + 1, (text + " ").find(" ", end)
    return text[start:end], text[start : proposal.start] + proposal.spelling + text[proposal.end : end]


def _stands(tokens: Sequence[Token], proposal: Proposal) -> bool:
    """Whether the word begins and ends where tokens do: 어가지 does not hold 가지."""
    end = proposal.start + len(proposal.spelling)
    return any(token.start == proposal.start for token in tokens) and any(token.end == end for token in tokens)
