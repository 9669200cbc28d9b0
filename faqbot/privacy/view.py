"""Text as typed → text as the finders read it: plain digits, one sign between groups of digits, nothing invisible. Pure."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from faqbot.privacy.kinds import LABELS

#: Stands for a label, and for what an earlier finder has taken.
WALL = "\x01"

_NOTHING = "\0"
#: Spelled digits become full-width ones, so that [0-9] tells a typed digit from a spelled one, which may be a particle as well (이).
_SPELLED = str.maketrans("공영일이삼사오육륙칠팔구", "００１２３４５６６７８９")
#: What is typed in place of a dash, a dot or a space, such as the vowel ㅡ and the old vowel ㆍ of a Korean keyboard.
_SIGNS = dict.fromkeys("ㅡー−─━_*", "-") | dict.fromkeys("·•ㆍ・‧∙⋅。｡", ".") | dict.fromkeys("\t\n\r\v\f\x85", " ")
_BY_CATEGORY = {"Pd": "-", "Zs": " ", "Zl": " ", "Zp": " "}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")

_LABEL = "|".join(map(re.escape, LABELS.values()))
_PIECE = re.compile(rf"{_LABEL}|\0+|[\u1100-\u1112]\0*[\u1161-\u1175](?:\0*[\u11a8-\u11c2])?")
_DIGIT_WORD = "[공영일이삼사오육륙칠팔구]"
#: Three or more in a row, up to three between typed digits, or the 공 of 공1공: what is shorter is a word (이사, 27일).
_SPELLED_RUN = re.compile(
    rf"{_DIGIT_WORD}(?:[-. ]?{_DIGIT_WORD}){{2,}}|(?<=[0-9])-?{_DIGIT_WORD}{{1,3}}-?(?=[0-9])|[공영](?=1[0공영])|(?<=0)1[공영]|(?<=[공영]1)[공영]"
)
_GAP = re.compile(r"(?<=\d)(?:[-. ()/]{2,6}| ?(?:다시|에|뒤|뒷자리는?) ?)(?=\d)")


@dataclass(frozen=True, slots=True)
class View:
    """Folded characters of a text; character i stands for text[starts[i]:ends[i]]. Digits are ASCII where typed, full-width where spelled."""

    chars: str
    starts: list[int]
    ends: list[int]


def view_of(text: str) -> View:
    r"""The text as the finders read it.

    >>> view_of("０１０ — 일이삼사 ( 56\u200b78").chars
    '010-１２３４(5678'
    """
    folded = text.translate({ord(char): _folded(char) for char in set(text)})
    view = _rewritten(View(folded, list(range(len(text))), list(range(1, len(text) + 1))), _PIECE, _piece)
    spelled = _SPELLED_RUN.sub(lambda run: run[0].translate(_SPELLED), view.chars)
    return _rewritten(View(spelled, view.starts, view.ends), _GAP, _gap)


def _folded(char: str) -> str:
    """One character for one character; _NOTHING for what cannot be seen."""
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    if "！" <= char <= "～":
        char = chr(ord(char) - 0xFEE0)
    if char in _SIGNS:
        return _SIGNS[char]
    category = unicodedata.category(char)
    return _NOTHING if category[0] in "CM" or char in _FILLERS else _BY_CATEGORY.get(category, char)


def _piece(match: re.Match[str]) -> str:
    """A label is one wall, nothing is nothing, decomposed Hangul is its syllable."""
    return WALL if match[0][0] == "[" else unicodedata.normalize("NFC", match[0].replace(_NOTHING, ""))


def _gap(match: re.Match[str]) -> str:
    """The sign that says most: a dash or a word joins digits, a space beside anything else parts them."""
    return next((sign for sign in "-)( /." if sign in match[0].strip("다시에뒤뒷자리는")), "-")


def _rewritten(view: View, pattern: re.Pattern[str], put: Callable[[re.Match[str]], str]) -> View:
    """The view with one character or none in place of each match."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(view.chars):
        new = put(match)
        chars += view.chars[at : match.start()], new
        starts += view.starts[at : match.start()] + [view.starts[match.start()]] * len(new)
        ends += view.ends[at : match.start()] + [view.ends[match.end() - 1]] * len(new)
        at = match.end()
    return View("".join(chars) + view.chars[at:], starts + view.starts[at:], ends + view.ends[at:])
