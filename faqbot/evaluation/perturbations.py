"""Other ways to type the same question: text → text, none of which changes what is asked. Drawn with a seed made of the text, so always the same."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from faqbot.evaluation.grammar import CURIOUS, Grammar, Wording, exchanged_ending, other_honorific, other_particles, without_particles
from faqbot.korean.analyzer import Token
from faqbot.korean.keyboard import to_hangul, to_latin
from faqbot.korean.normalize import normalize


@dataclass(frozen=True, slots=True)
class Perturbation:
    """One way to type a question differently.

    Attributes:
        kind: what it belongs to, a key of KINDS.
        name: of this one within its kind, "" where the kind has no other.
        label: name for people, with an example.
        change: gives the text itself where there is nothing to change.
    """

    kind: str
    name: str
    label: str
    change: Callable[[Wording], str]

    def apply(self, text: str, tokens: tuple[Token, ...], grammar: Grammar) -> str:
        """The normalized text in this wording; equal to it where the perturbation has nothing to change."""
        return self.change(Wording(text, tokens, grammar, Random(f"{self.kind}/{self.name}/{text}")))  # noqa: S311  # an experiment, not a secret


_SYLLABLE = re.compile("[가-힣]")


# Spacing


def _without_spaces(wording: Wording) -> str:
    return wording.text.replace(" ", "")


def _misplaced_spaces(wording: Wording) -> str:
    """Each space goes with a chance of one half, and one comes between two syllables of a word, for every eight characters."""
    kept = "".join(c for c in wording.text if c != " " or wording.rng.random() < 0.5)
    places = [m.end() for m in re.finditer("[가-힣](?=[가-힣])", kept)]
    for place in sorted(wording.rng.sample(places, min(len(places), 1 + len(kept) // 8)), reverse=True):
        kept = f"{kept[:place]} {kept[place:]}"
    return kept


# Words around the question


def _greeted(wording: Wording) -> str:
    return _with_hangul(wording, wording.rng.choice(("저기요 ", "안녕하세요 ", "실례합니다 ", "저기 ", "죄송한데 ")), "")


def _softened(wording: Wording) -> str:
    """혹시 in front, or 좀 before the last verb behind a noun or its particle."""
    pairs = zip(wording.tokens, wording.tokens[1:], strict=False)
    places = [token.start for before, token in pairs if token.tag.startswith("VV") and before.tag.startswith(("NN", "JK", "JX")) and before.end < token.start]
    if not places or wording.rng.random() < 0.5:
        return _with_hangul(wording, "혹시 ", "")
    return f"{wording.text[: places[-1]]}좀 {wording.text[places[-1] :]}"


def _closed(wording: Wording) -> str:
    return _with_hangul(wording, "", wording.rng.choice((" 알려주세요", " 문의드립니다", " 부탁드려요", " 궁금합니다", " 답변 부탁드립니다")))


def _crying(wording: Wording) -> str:
    return _with_hangul(wording, "", wording.rng.choice(("ㅠㅠ", "ㅜㅜ", " ㅠㅠ")))


def _laughing(wording: Wording) -> str:
    return _with_hangul(wording, "", wording.rng.choice(("ㅋㅋ", "ㅎㅎ", " ㅋㅋ")))


def _with_hangul(wording: Wording, before: str, after: str) -> str:
    """More Hangul around the text; a text without any was typed on the other layout, and so would this be."""
    return f"{before}{wording.text}{after}" if _SYLLABLE.search(wording.text) else wording.text


# Characters


def _decomposed(wording: Wording) -> str:
    return unicodedata.normalize("NFD", wording.text)


def _wide(wording: Wording) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in wording.text)


def _wide_spaces(wording: Wording) -> str:
    return wording.text.replace(" ", "\u3000")


#: Signs of a sentence; those of 1:1, 3.5 or a.b are part of a word.
_SIGN = re.compile(r"(?<![0-9A-Za-z])[?!.,~…]|[?!.,~…](?![0-9A-Za-z])")


def _without_signs(wording: Wording) -> str:
    return _SIGN.sub("", wording.text)


def _other_signs(wording: Wording) -> str:
    body = wording.text.rstrip("?!.,~… ")
    return body + wording.rng.choice([signs for signs in ("?", "??", "?!", "!!", "...", "…", "~", "~?", ".") if body + signs != wording.text])


# Typos

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Key → keys that touch it.
_BESIDE = {
    key: [_KEYS[r][c] for r, c in ((y, x - 1), (y, x + 1), (y - 1, x), (y - 1, x + 1), (y + 1, x - 1), (y + 1, x)) if 0 <= r < 3 and 0 <= c < len(_KEYS[r])]
    for y, row in enumerate(_KEYS)
    for x, key in enumerate(row)
}
#: Distance in the order of syllables between the vowels that sound alike: ㅐ 1, ㅒ 3, ㅔ 5, ㅖ 7.
_ALIKE = {1: 4 * 28, 3: 4 * 28, 5: -4 * 28, 7: -4 * 28}
_BECOME = {"되": "돼", "돼": "되", "됐": "됬"}


def _mistyped(press: Callable[[str, int, Random], str]) -> Callable[[Wording], str]:
    """A change of one key of one Hangul word, composed again as the input method does."""

    def change(wording: Wording) -> str:
        syllables = [m.start() for m in _SYLLABLE.finditer(wording.text)]
        if not syllables:
            return wording.text
        place = wording.rng.choice(syllables)
        word = next(m for m in re.finditer("[가-힣]+", wording.text) if m.start() <= place < m.end())
        before, here, after = (to_latin(part) for part in (word.group()[: place - word.start()], wording.text[place], wording.text[place + 1 : word.end()]))
        keys = before + press(here, wording.rng.randrange(len(here)), wording.rng) + after
        return wording.text[: word.start()] + to_hangul(keys) + wording.text[word.end() :]

    return change


def _beside(keys: str, at: int, rng: Random) -> str:
    return keys[:at] + rng.choice(_BESIDE[keys[at].lower()]) + keys[at + 1 :]


def _missed(keys: str, at: int, _: Random) -> str:
    return keys[:at] + keys[at + 1 :]


def _pressed_twice(keys: str, at: int, _: Random) -> str:
    return keys[: at + 1] + keys[at:]


def _other_vowel(wording: Wording) -> str:
    moved = {i: chr(ord(c) + _ALIKE[v]) for i, c in enumerate(wording.text) if "가" <= c <= "힣" and (v := (ord(c) - 0xAC00) % 588 // 28) in _ALIKE}
    return _one_of(wording, moved)


def _other_become(wording: Wording) -> str:
    return _one_of(wording, {i: _BECOME[c] for i, c in enumerate(wording.text) if c in _BECOME})


def _other_negation(wording: Wording) -> str:
    adverbs = {token.start: "않" for token in wording.tokens if (token.form, token.tag) == ("안", "MAG") and wording.text[token.start] == "안"}
    return _one_of(wording, adverbs | {i: "안" for i, c in enumerate(wording.text) if c == "않"})


def _one_of(wording: Wording, changes: Mapping[int, str]) -> str:
    """The text with one of the characters changed; as it is where there are none."""
    if not changes:
        return wording.text
    at = wording.rng.choice(sorted(changes))
    return wording.text[:at] + changes[at] + wording.text[at + 1 :]


def _other_layout(wording: Wording) -> str:
    return to_latin(wording.text)


#: Kind → its name for people, in the order of the table.
KINDS = {
    "spacing": "띄어쓰기", "particles": "조사", "endings": "어미", "politeness": "높임·군말", "nfd": "NFD", "width": "전각", "punctuation": "문장 부호",
    "typo": "오타", "keyboard": "한/영 키",
}  # fmt: skip

#: Everything that is tried.
PERTURBATIONS: tuple[Perturbation, ...] = (
    Perturbation("spacing", "removed", "붙여 씀", _without_spaces),
    Perturbation("spacing", "misplaced", "잘못 띄움", _misplaced_spaces),
    Perturbation("particles", "dropped", "뺌", without_particles),
    Perturbation("particles", "swapped", "바꿈(이→은)", other_particles),
    Perturbation("endings", "neutral", "하나요", exchanged_ending("나요", "네요", "")),
    Perturbation("endings", "polite", "해요", exchanged_ending("어요", "어요", "어요")),
    Perturbation("endings", "plain", "해", exchanged_ending("어", "어", "어")),
    Perturbation("endings", "nominal", "함", exchanged_ending("음", "음", "")),
    Perturbation("endings", "formal", "합니까", exchanged_ending("습니까", "습니다", "십시오")),
    Perturbation("endings", "indirect", "하는지 궁금해요", exchanged_ending(CURIOUS, "는데요", "")),
    Perturbation("politeness", "honorific", "시(넣고 뺌)", other_honorific),
    Perturbation("politeness", "greeting", "저기요", _greeted),
    Perturbation("politeness", "softener", "혹시, 좀", _softened),
    Perturbation("politeness", "closing", "문의드립니다", _closed),
    Perturbation("nfd", "", "", _decomposed),
    Perturbation("width", "characters", "글자", _wide),
    Perturbation("width", "spaces", "빈칸", _wide_spaces),
    Perturbation("punctuation", "removed", "뺌", _without_signs),
    Perturbation("punctuation", "other", "?! ... ~", _other_signs),
    Perturbation("punctuation", "crying", "ㅠㅠ", _crying),
    Perturbation("punctuation", "laughing", "ㅋㅋ", _laughing),
    Perturbation("typo", "neighbour", "옆 글쇠", _mistyped(_beside)),
    Perturbation("typo", "dropped", "자모 빠짐", _mistyped(_missed)),
    Perturbation("typo", "doubled", "자모 겹침", _mistyped(_pressed_twice)),
    Perturbation("typo", "vowel", "ㅐ/ㅔ", _other_vowel),
    Perturbation("typo", "become", "되/돼", _other_become),
    Perturbation("typo", "negation", "안/않", _other_negation),
    Perturbation("keyboard", "", "", _other_layout),
)


def perturbed(question: str, grammar: Grammar) -> list[tuple[Perturbation, str]]:
    """Every perturbation that changes the question, with the changed text, in the order of PERTURBATIONS; the same for the same question."""
    text = normalize(question)
    tokens = grammar.tokenize(text)
    tried = ((perturbation, perturbation.apply(text, tokens, grammar)) for perturbation in PERTURBATIONS)
    return [(perturbation, changed) for perturbation, changed in tried if changed != text]
