"""Sentences → what they state in figures: phone numbers, hours, periods, amounts. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from faqbot.corpus.checks.finding import Kind
from faqbot.corpus.checks.text import words


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure and what it is said of.

    Attributes:
        kind: of the finding that a disagreement would be.
        value: the figure in one notation, as (lowest, highest): won, per cent or points, days, months, years, hours or minutes as the unit in `condition` says,
            minutes since midnight, or the digits of a phone number twice.
        shown: the figure as it is written.
        before: what the clause before it is about, in order.
        behind: what the clause behind it is about, in order.
        condition: the words that tell which of several figures of one thing it is: 이내, 이상, 최대, 평일, and the unit.
    """

    kind: Kind
    value: tuple[float, float]
    shown: str
    before: tuple[str, ...]
    behind: tuple[str, ...]
    condition: frozenset[str]


#: The figure and its unit.
Value = tuple[tuple[float, float], str]

#: The way through menus: `[내 정보 > 설정]`.
_MENU = re.compile(r"\[[^\[\]>]*>[^\[\]]*\]")
_PHONE = re.compile(r"(?<![\d.-])(?:0\d{1,2}[-)]\s?\d{3,4}-\d{4}|1[568]\d\d-\d{4}|080-\d{3}-\d{4})(?![\d-])")
#: Spaces between the parts of a figure; any number of them would let a long run be divided in every way.
_GAP = r"\s{0,3}"
_CLOCK = r"(?:(오전|오후|낮|밤|저녁|새벽|아침)\s{0,3})?(\d{1,2})(?::(\d\d)|시(?:\s{0,3}(\d{1,2})분|\s{0,3}(반))?)?"
_HOURS = re.compile(rf"(?<![\d:.]){_CLOCK}{_GAP}(?:부터|~|-|–|∼|에서){_GAP}{_CLOCK}(?:까지)?(?![\d:]|{_GAP}(?:일|월|개|명|원|회|%|분|주))")
_NUMBER = r"\d{1,3}(?:,\d{3}){1,6}|\d{1,15}(?:\.\d{1,15})?"
_PERIOD = re.compile(
    rf"(?<![\d.,/~–-])(?<!월)(?<!월 )(?:({_NUMBER}){_GAP}(?:영업일|개월|주일|시간|일|주|달|년|분)?{_GAP}[~∼–-]{_GAP})?({_NUMBER}){_GAP}(영업일|주일|개월|시간|일|주|달|년|분)(?!러|월|차|기|째|학|생|령|의{_GAP}1|도\s|{_GAP}\d{{1,2}}월|자정|량|류|정산|결제|할부)"
)
_AMOUNT = re.compile(
    rf"(?<![\d.,/~])(?:({_NUMBER}){_GAP}(억|천만|백만|만|천)?{_GAP}(?:원|%|퍼센트)?{_GAP}[~∼–-]{_GAP})?({_NUMBER}){_GAP}(억|천만|백만|만|천)?{_GAP}(?:({_NUMBER}){_GAP}천{_GAP})?(원|%|퍼센트|포인트)(?![가-힣]*권)"
)
_UNITS = {"억": 1e8, "천만": 1e7, "백만": 1e6, "만": 1e4, "천": 1e3, None: 1.0, "": 1.0}
#: Units that mean the same, as the one that is kept and how many of it.
_SAME = {"주일": ("일", 7.0), "주": ("일", 7.0), "달": ("개월", 1.0), "퍼센트": ("%", 1.0)}
_AFTERNOON = frozenset({"오후", "저녁", "밤"})
#: Which of several figures of one thing is meant.
_CONDITIONS = re.compile(
    r"이내|안에|까지|이상|이하|미만|초과|이후|이전|전부터|전까지|전에|후|뒤|부터|마다|간격|최대|최소|최장|최고|평일|주말|토요일|일요일|공휴일|휴일|매일|점심|영업일|하루|1일|매월|매년|월(?=\s)|연(?=\s)|한\s?번|1회|1인|건당|개당|편도|왕복|추가|기본|평균|처음|첫|다음|이미|만료|남은|지난|최근|동안|기간|단위|별로|씩"
)
#: Where a clause ends that says something of its own; a condition ("…하면", "…경우") does not end one.
_CLAUSE = re.compile(r"(?<=[고며지만데나서니])[,\s]\s*|(?<=\d[원일분월년회%])[,·]\s*|[;/|]\s*|(?<!면)(?<!때)(?<!경우)(?<!는),\s+")


#: Characters before and behind a figure in which it is looked for what it is said of: more than any clause has.
_AROUND = 300
#: Figures of one kind that a sentence states; what has more is no sentence.
_MOST = 100


def facts(sentence: str) -> Iterator[Fact]:
    """What a sentence states in figures, kind by kind; nothing for one without figures."""
    if not any(character.isdigit() for character in sentence):
        return
    for kind, pattern, read in _KINDS:
        for found in islice(pattern.finditer(sentence), _MOST):
            if value := read(found):
                yield _fact(kind, value, found, sentence)


def _fact(kind: Kind, value: Value, found: re.Match[str], sentence: str) -> Fact:
    left, right = _clause(sentence, found)
    figure, unit = value
    condition = frozenset({unit, *(part.replace(" ", "") for part in _CONDITIONS.findall(f"{left[-24:]} {right[:8]}"))})
    before = (*words(_label(sentence, found)), *words(_MENU.sub(" ", left)))
    return Fact(kind, figure, found[0].strip(), before, words(right[:40]), condition)


def _label(sentence: str, found: re.Match[str]) -> str:
    """What names a line: the first cell of a row of a table, or what stands before the colon (`카드 결제: 3일`)."""
    if sentence.startswith("|"):
        first = next((cell for cell in sentence[:_AROUND].split("|") if cell.strip()), "")
        return first if sentence.index(first) + len(first) < found.start() else ""
    label, colon, _ = sentence[:_AROUND].partition(":")
    return label if colon and len(label) < 30 and len(label) < found.start() else ""


def _clause(sentence: str, found: re.Match[str]) -> tuple[str, str]:
    """The clause around a figure, before it and behind it; where nothing is said between its beginning and the figure, the one before it too."""
    first, last = max(0, found.start() - _AROUND), min(len(sentence), found.end() + _AROUND)
    starts = [first, *(cut.end() for cut in _CLAUSE.finditer(sentence, first, found.start() + 1) if cut.end() <= found.start())]
    start = next((start for start in reversed(starts) if words(sentence[start : found.start()])), first)
    cut = _CLAUSE.search(sentence, found.end(), last)
    return sentence[start : found.start()], sentence[found.end() : cut.start() if cut else last]


def _phone(found: re.Match[str]) -> Value:
    number = re.sub(r"\D", "", found[0])
    return (float(number), float(number)), ""


def _hours(found: re.Match[str]) -> Value | None:
    if found[0].isdigit() or not re.search(r"시|:", found[0]):
        return None
    first, last = _clock(found.groups()[:5], ""), _clock(found.groups()[5:], found[1] or "")
    return None if first > 24 * 60 or last > 24 * 60 else ((first, last), "")


def _clock(parts: tuple[str | None, ...], before: str) -> float:
    """Minutes since midnight; a bare "6시" behind "오후 2시" is meant in the afternoon too."""
    half, hour, minutes, spoken, is_half = parts
    hours = int(hour or 0) + (12 if (half or before) in _AFTERNOON and int(hour or 0) < 12 else 0)
    return hours * 60.0 + float(minutes or spoken or (30 if is_half else 0))


def _period(found: re.Match[str]) -> Value:
    unit, factor = _SAME.get(found[3], (found[3], 1.0))
    unit = "일" if unit == "영업일" else unit
    high = _number(found[2]) * factor
    return (_number(found[1]) * factor if found[1] else high, high), unit


def _amount(found: re.Match[str]) -> Value:
    unit = _SAME.get(found[6], (found[6], 1.0))[0]
    high = _number(found[3]) * _UNITS[found[4]] + (_number(found[5]) * 1000 if found[5] else 0)
    low = _number(found[1]) * _UNITS[found[2] or found[4]] if found[1] else high
    return (low, high), unit


def _number(digits: str) -> float:
    return float(digits.replace(",", ""))


_Read = Callable[[re.Match[str]], Value | None]
_KINDS: tuple[tuple[Kind, re.Pattern[str], _Read], ...] = (
    (Kind.PHONES_DISAGREE, _PHONE, _phone),
    (Kind.HOURS_DISAGREE, _HOURS, _hours),
    (Kind.PERIODS_DISAGREE, _PERIOD, _period),
    (Kind.AMOUNTS_DISAGREE, _AMOUNT, _amount),
)
