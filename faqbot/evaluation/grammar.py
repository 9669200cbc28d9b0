"""Changes of a question that need its morphemes: particles, endings, honorifics. What cannot be changed safely stays as it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Protocol

from faqbot.korean.analyzer import Token

Morpheme = tuple[str, str]


class Grammar(Protocol):
    """Text to morphemes and back: what `KiwiAnalyzer` does."""

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """Tokens of a normalized text in order."""

    def join(self, morphemes: Iterable[Morpheme]) -> str:
        """Morphemes as text, conjugated."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A normalized question with its tokens, and the draws that belong to it."""

    text: str
    tokens: tuple[Token, ...]
    grammar: Grammar
    rng: Random


# Particles

_DROPPED = frozenset({("이", "JKS"), ("가", "JKS"), ("을", "JKO"), ("를", "JKO"), ("은", "JX"), ("는", "JX"), ("의", "JKG")})
#: Particles that people use for one another; the new one suits the same final consonant.
_SWAPPED = {
    ("이", "JKS"): "은", ("가", "JKS"): "는", ("은", "JX"): "이", ("는", "JX"): "가", ("을", "JKO"): "은", ("를", "JKO"): "는", ("에게", "JKB"): "한테",
    ("한테", "JKB"): "에게", ("와", "JC"): "랑", ("과", "JC"): "이랑", ("랑", "JC"): "하고", ("와", "JKB"): "랑", ("과", "JKB"): "이랑", ("랑", "JKB"): "하고",
}  # fmt: skip
#: Forms of pronouns that stand before 가 alone.
_BOUND = ("내", "네", "제", "누")


def without_particles(wording: Wording) -> str:
    """환불은 → 환불; those without which people still understand."""
    return _replaced(wording, dict.fromkeys(_DROPPED, ""))


def other_particles(wording: Wording) -> str:
    """환불은 → 환불이, 친구에게 → 친구한테."""
    return _replaced(wording, _SWAPPED)


def _replaced(wording: Wording, replacement: Mapping[Morpheme, str]) -> str:
    """The text with the morphemes replaced that are syllables of their own: 은 in 환불은, but not the ㄴ of 건, nor the 가 of 내가."""
    out, end = [], 0
    for token in wording.tokens:
        new = replacement.get((token.form, token.tag))
        if new is not None and wording.text[token.start : token.end] == token.form and not wording.text.endswith(_BOUND, 0, token.start):
            out += [wording.text[end : token.start], new]
            end = token.end
    return "".join([*out, wording.text[end:]])


# Endings


class _Mood(StrEnum):
    QUESTION = "question"
    STATEMENT = "statement"
    REQUEST = "request"


_ASKING = frozenset({"나요", "ᆫ가요", "은가요", "는가요", "습니까", "ᆸ니까", "을까요", "ᆯ까요", "죠"})
_BEGGING = frozenset({"세요", "으세요", "십시오", "으십시오"})
_TELLING = frozenset({"어요", "어", "에요", "예요", "야", "습니다", "ᆸ니다", "네요", "는데요", "은데요", "ᆫ데요", "음", "ᆷ"})
#: What a verb's ending is behind an adjective and behind the copula.
_OF_ADJECTIVE = {"나요": "ᆫ가요", "는지": "ᆫ지", "는데요": "ᆫ데요"}
_OF_COPULA = _OF_ADJECTIVE | {"어요": "에요", "어": "야"}
#: The ending of an indirect question.
CURIOUS = "는지"


@dataclass(frozen=True, slots=True)
class _Predicate:
    """How a sentence ends: the text before its last word, the word's morphemes without the ending, the ending, and the signs behind it."""

    before: str
    stem: tuple[Morpheme, ...]
    ending: str
    signs: str

    @property
    def mood(self) -> _Mood:
        if "?" in self.signs or self.ending in _ASKING:
            return _Mood.QUESTION
        return _Mood.REQUEST if self.ending in _BEGGING or self.stem[-1] == ("주", "VX") else _Mood.STATEMENT

    @property
    def root_tag(self) -> str:
        """Tag of the word that the ending is put to, pre-final endings included."""
        form, tag = self.stem[-1]
        return "VA" if form == "싶" else "VV" if form.endswith(("있", "없")) else tag.partition("-")[0]

    def fitted(self, ending: str) -> str:
        """The form of a verb's ending that this stem takes."""
        if self.root_tag in {"VCP", "VCN"}:
            return "예요" if ending == "어요" and self._is_contracted else _OF_COPULA.get(ending, ending)
        return _OF_ADJECTIVE.get(ending, ending) if self.root_tag in {"VA", "XSA"} else ending

    @property
    def _is_contracted(self) -> bool:
        """Whether the copula melts into the noun before it: 무료예요 after a vowel, but 책이에요."""
        noun = self.stem[-2][0][-1] if len(self.stem) > 1 and self.root_tag == "VCP" else ""
        return "가" <= noun <= "힣" and (ord(noun) - 0xAC00) % 28 == 0

    def said(self, stem: Sequence[Morpheme], ending: str, grammar: Grammar) -> str:
        """The sentence with another stem or ending; "하는지" asks with words and needs no question mark."""
        word = grammar.join([*stem, (ending, "EF")]).replace(" ", "")
        return f"{self.before}{word}{' 궁금해요' if ending.endswith('지') else self.signs}"


def _predicate(wording: Wording) -> _Predicate | None:
    """The end of a sentence; None where it ends otherwise, or where its last word does not survive analysis and joining."""
    tokens, text = wording.tokens, wording.text
    end = len(tokens)
    while end and tokens[end - 1].tag in {"SF", "SE", "SP", "SO", "SW", "SSC"}:
        end -= 1
    at = end - (2 if end and (tokens[end - 1].form, tokens[end - 1].tag) == ("요", "JX") else 1)
    ending = "".join(token.form for token in tokens[max(at, 0) : end])
    if at < 1 or tokens[at].tag not in {"EF", "ETN"} or ending not in _ASKING | _BEGGING | _TELLING:
        return None
    start = at
    while start and " " not in text[tokens[start - 1].end : tokens[start].start]:
        start -= 1
    stem = tuple((token.form, token.tag) for token in tokens[start:at])
    found = _Predicate(text[: tokens[start].start], stem, ending, text[tokens[end - 1].end :])
    return found if stem and found.said(stem, ending, wording.grammar) == text else None


def exchanged_ending(question: str, statement: str, request: str) -> Callable[[Wording], str]:
    """A change of the final ending, one for each mood; "" leaves that mood alone."""

    def change(wording: Wording) -> str:
        predicate = _predicate(wording)
        if predicate is None:
            return wording.text
        ending = {_Mood.QUESTION: question, _Mood.STATEMENT: statement, _Mood.REQUEST: request}[predicate.mood]
        return predicate.said(predicate.stem, predicate.fitted(ending), wording.grammar) if ending else wording.text

    return change


def other_honorific(wording: Wording) -> str:
    """시 goes where it is, and comes into a question where it is not; 주세요 becomes 줘요."""
    predicate = _predicate(wording)
    if predicate is None:
        return wording.text
    stem, honour = list(predicate.stem), ("시", "EP")
    if honour in stem:
        stem.remove(honour)
        return predicate.said(stem, predicate.ending, wording.grammar)
    if predicate.ending in _BEGGING:
        return predicate.said(stem, "어요", wording.grammar)
    if predicate.mood is not _Mood.QUESTION:
        return wording.text
    is_past = stem[-1][1] == "EP"
    stem.insert(next((i for i, (_, tag) in enumerate(stem) if tag == "EP"), len(stem)), honour)
    return predicate.said(stem, "나요" if is_past or predicate.stem[-1][1].startswith(("VV", "VX", "XSV")) else "ᆫ가요", wording.grammar)
