"""Facts that differ between entries that speak of the same thing."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from faqbot.corpus.checks.facts import Fact, facts
from faqbot.corpus.checks.finding import Finding, Kind, Row, Severity
from faqbot.corpus.checks.text import statements, words
from faqbot.corpus.problem import quoted
from faqbot.domain import FaqEntry

#: Share of weight that the words before two figures must have in common. Below it, most pairs of real tables spoke of different things.
_SAME_SUBJECT = 0.8
#: The same of two questions, and of the words behind two figures.
_SAME_QUESTION, _SAME_PREDICATE = 0.3, 0.5
#: A subject that so many places are about is a phrase ("영업일 기준"), not a subject.
_COMMON = 60
#: More values than this of one subject are no slip, but a subject that is not the same each time.
_MOST_VALUES = 3
#: Words before a figure that name nothing.
_NO_SUBJECT = re.compile(
    r"\d.*|.|영업일|기준|최근|과거|지난|하루|처음|평일|주말|공휴일|토요일|일요일|매일|매월|매년|오전|오후|처리|기간|유효|접수|심사|결과|합계|총액|금액|한도|추가|기본|적용|이용|사용|시작|종료|예정|신규|전화|번호|전화번호|연락처|tel"
    r"|.+(?:하면|으면|려면|다면|거나|지만|는데|면서|어서|아서|려고|맡기면|신데|니다|세요)"
)
#: Whose hours are the same wherever they are told.
_DESK = re.compile(r"상담|고객센터|콜센터|채팅|톡톡")
_NEXT_STEP = "어느 쪽이 맞는지 확인하고 같게 고쳐 주세요. 서로 다른 것이라면 무엇의 값인지 분명히 적어 주세요."
_ALWAYS = (date.min, date.max)


@dataclass(frozen=True, slots=True)
class _Place:
    """A fact where it stands.

    Attributes:
        entry: position of its entry.
        fact: the figure.
        sentence: that it stands in.
        question: words of its entry's question, in order.
        text: words of its entry.
        said: words of its clause before it; those behind it where none before it names anything ("3만 원 이상 무료배송").
        rest: the other words of its clause.
        subject: those of `said` that name something; not empty.
    """

    entry: int
    fact: Fact
    sentence: str
    question: tuple[str, ...]
    text: frozenset[str]
    said: tuple[str, ...]
    rest: frozenset[str]
    subject: frozenset[str]


def disagreements(entries: Sequence[FaqEntry]) -> Iterator[Finding]:
    """Figures of the same thing that differ between entries which are in use at the same time, one finding a thing."""
    places = [place for position, entry in enumerate(entries) for place in _places(position, entry)]
    weigh = _weights(places, len(entries))
    related = [pair for pair in _candidates(places) if _is_same_thing(places[pair[0]], places[pair[1]], entries, weigh)]
    for group in _groups(related):
        members = [places[i] for i in group]
        if _disagree(members, entries):
            yield _finding(members, entries)


def _places(position: int, entry: FaqEntry) -> Iterator[_Place]:
    stated = [(sentence, fact) for sentence in statements(entry.answer) for fact in facts(sentence)]
    if not stated:
        return
    question = words(entry.question)
    text = frozenset((*question, *words(entry.answer)))
    for sentence, fact in stated:
        is_phone = fact.kind is Kind.PHONES_DISAGREE
        said, rest = (fact.before[-2:] if is_phone else fact.before), fact.behind
        if not is_phone and not _subject(said):
            said, rest = rest, said
        if subject := _subject(said):
            yield _Place(position, fact, sentence, question, text, said, frozenset(rest), subject)


def _subject(said: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in said if not _NO_SUBJECT.fullmatch(word))


def _weights(places: Iterable[_Place], n_entries: int) -> Callable[[str], float]:
    """Inverse document frequency of words, over the entries that state facts."""
    seen = {(place.entry, word) for place in places for word in (*place.question, *place.said, *place.rest)}
    counts = Counter(word for _, word in seen)
    return lambda word: math.log(1 + n_entries / (1 + counts[word]))


def _candidates(places: Sequence[_Place]) -> Iterator[tuple[int, int]]:
    """Pairs of places in different entries, of one kind and condition, that share a word of their subjects."""
    buckets: dict[tuple[Kind, frozenset[str], str], list[int]] = defaultdict(list)
    for i, place in enumerate(places):
        for word in place.subject:
            buckets[place.fact.kind, place.fact.condition, word].append(i)
    pairs = {pair for held in buckets.values() if len(held) <= _COMMON for pair in combinations(held, 2)}
    return iter(sorted((i, j) for i, j in pairs if places[i].entry != places[j].entry))


def _is_same_thing(one: _Place, other: _Place, entries: Sequence[FaqEntry], weigh: Callable[[str], float]) -> bool:
    shared = one.subject & other.subject
    if one.fact.kind is Kind.PHONES_DISAGREE:
        return one.subject == other.subject and one.said[-1:] == other.said[-1:]
    if _share(one.said, other.said, weigh) < _SAME_SUBJECT:
        return False
    if one.fact.kind is Kind.HOURS_DISAGREE and any(map(_DESK.search, shared)):
        return True
    if _are_parallel(one, other):
        return False
    is_same_question = _share(one.question, other.question, weigh) >= _SAME_QUESTION
    is_same_predicate = one.rest == other.rest or _share(one.rest, other.rest, weigh) >= _SAME_PREDICATE
    is_same_category = entries[one.entry].category == entries[other.entry].category
    return is_same_question or (is_same_category and (is_same_predicate or len(shared) > 1)) or (is_same_predicate and len(shared) > 2)


def _are_parallel(one: _Place, other: _Place) -> bool:
    """Whether the questions ask the same of two things: "등본 수수료", "인감 수수료". Each has a word of its own before one that they share."""
    return _has_its_own(one, other) and _has_its_own(other, one)


def _has_its_own(one: _Place, other: _Place) -> bool:
    shared = [i for i, word in enumerate(one.question) if word in other.question]
    return bool(shared) and any(word not in other.text for word in one.question[: shared[-1]])


def _share(one: Iterable[str], other: Iterable[str], weigh: Callable[[str], float]) -> float:
    """Weight that two sets of words have in common over that of both, 0..1; 0 for two empty ones."""
    first, second = set(one), set(other)
    total = sum(map(weigh, first | second))
    return sum(map(weigh, first & second)) / total if total else 0.0


def _groups(pairs: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Positions that pairs connect, directly or through others, each group ascending."""
    group_of: dict[int, list[int]] = {}
    for pair in pairs:
        merged = sorted({i for end in pair for i in group_of.get(end, [end])})
        group_of |= dict.fromkeys(merged, merged)
    yield from dict(sorted((group[0], group) for group in group_of.values())).values()


def _disagree(members: Sequence[_Place], entries: Sequence[FaqEntry]) -> bool:
    """Whether two entries that are in use on the same days give values of which none fits with one of the other."""
    values: dict[int, set[tuple[float, float]]] = defaultdict(set)
    for member in members:
        values[member.entry].add(member.fact.value)
    if len({value for held in values.values() for value in held}) > _MOST_VALUES:
        return False
    exact = members[0].fact.kind in {Kind.PHONES_DISAGREE, Kind.HOURS_DISAGREE}
    return any(
        _overlap(entries[one], entries[other]) and not any(_fits(a, b, exact=exact) for a in values[one] for b in values[other])
        for one, other in combinations(values, 2)
    )


def _fits(one: tuple[float, float], other: tuple[float, float], *, exact: bool) -> bool:
    """Whether two figures are the same, or one lies within the other: "3일" and "1~3일" are both right."""
    return one == other or (not exact and ((one[0] <= other[0] and other[1] <= one[1]) or (other[0] <= one[0] and one[1] <= other[1])))


def _overlap(one: FaqEntry, other: FaqEntry) -> bool:
    """Whether there is a day on which both may be shown."""
    starts, ends = ([day or always for day in days] for days, always in zip(_days(one, other), _ALWAYS, strict=True))
    return max(starts) <= min(ends)


def _days(one: FaqEntry, other: FaqEntry) -> tuple[tuple[date | None, date | None], tuple[date | None, date | None]]:
    return (one.valid_from, other.valid_from), (one.valid_to, other.valid_to)


def _finding(members: Sequence[_Place], entries: Sequence[FaqEntry]) -> Finding:
    first_of_each = {member.entry: member for member in reversed(members)}
    rows = tuple(
        Row(entries[place].id, entries[place].question, f"{member.fact.shown} · {quoted(_around(member))}")
        for place, member in sorted(first_of_each.items(), key=lambda item: item[0])
    )
    counts = Counter(member.fact.shown for _, member in sorted(first_of_each.items(), key=lambda item: item[0]))
    shown = ", ".join(f"{value}({count}건)" if count > 1 else value for value, count in counts.items())
    subject = " ".join(word for word in dict.fromkeys(members[0].said) if word in members[0].subject)
    what = f"'{subject}'에 대해 적힌 값이 서로 다릅니다: {shown}."
    return Finding(members[0].fact.kind, Severity.WARNING, rows, what, _NEXT_STEP)


def _around(member: _Place) -> str:
    """The sentence from shortly before its figure on."""
    return member.sentence[max(0, member.sentence.find(member.fact.shown) - 16) :].strip()
