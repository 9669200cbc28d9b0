"""Ends of answers that many answers share: what a help page prints below each of them, and a scraper takes along."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: Share of the answers, and their least number, that must end alike. A closing sentence of a writer comes less often; of the real base at hand, no end reaches 1 %.
LEAST_SHARE = 0.05
LEAST = 5
#: Characters, spaces aside. "문의해 주세요." is a closing sentence, not boilerplate.
_MIN_LENGTH = 12
#: Characters. What is longer is an answer, not what stands below it.
_MAX_LENGTH = 600
#: A longer end counts only while as large a share of those that have its shorter part has it too: else it is what a few answers happen to say before it.
_HELD = 0.5
#: Share of the answers with an end in which a sentence ends before it. A phrase such as "확인하실 수 있습니다." ends many sentences and begins none.
_BEGINS_SENTENCE = 0.8
_WORD = re.compile(r"\s*(?:[^\s.!?。》\]]+[.!?。》\]]*|[.!?。》\]]+)\s*")
_SENTENCE = re.compile(r"\s*[^.!?。\n》]+(?:[.!?。》]+|\n|$)|\s*[.!?。》\n]+")
_SENTENCE_ENDS = frozenset(".!?。》")
_STATEMENT = re.compile(r"[다요오죠]\s*[.!]\s*\Z")


@dataclass(frozen=True, slots=True)
class Tail:
    """An end of one answer: where it begins, and the text by which it was recognised, the same in all answers that share it."""

    start: int
    text: str


def tails(answers: Sequence[str]) -> tuple[Tail | None, ...]:
    """The shared end of each answer; None for those without.

    An end is shared when LEAST_SHARE of the different answers, but at least LEAST, have it word by word, or have its first sentence, a question,
    with nothing behind it but names and more of what is shared. It never is a whole answer.

    >>> asks = "도움말이 도움이 되었나요? 별점을 남겨 주세요."
    >>> found = tails([f"{day}일 걸립니다. {asks}" for day in range(5)])
    >>> found[0]
    Tail(start=9, text='도움말이 도움이 되었나요? 별점을 남겨 주세요.')
    """
    distinct = list(dict.fromkeys(answers))
    least = max(LEAST, math.ceil(LEAST_SHARE * len(distinct)))
    if len(distinct) < least:
        return (None,) * len(answers)
    asked = _asked(distinct, least)
    repeated = _repeated(distinct, least)
    known = {tail.text for tail in repeated if tail}
    questions = {tail.text for tail in asked.values() if tail}
    found = {text: _earliest(tail, asked[text], *_glued(text, known, questions)) for text, tail in zip(distinct, repeated, strict=True)}
    return tuple(found[text] for text in answers)


def _earliest(*ends: Tail | None) -> Tail | None:
    """The end that takes most away; of two that take the same, the first."""
    return min((tail for tail in ends if tail), key=lambda tail: tail.start, default=None)


def _glued(text: str, known: Iterable[str], questions: Iterable[str]) -> Iterator[Tail]:
    """Ends that others share, where no sentence ends before them: a scraper often joins lines without a space."""
    whole = text.rstrip()
    for end in known:
        if whole.endswith(end) and whole[: -len(end)].strip():
            yield Tail(len(whole) - len(end), end)
    for question in questions:
        start = text.rfind(question)
        behind = text[start + len(question) :]
        if start > 0 and len(text) - start <= _MAX_LENGTH and not _STATEMENT.search(behind) and text[:start].strip() and not _states(behind, known):
            yield Tail(start, question)


def _states(behind: str, known: Iterable[str]) -> bool:
    """Whether text says something besides what is shared."""
    for end in known:
        behind = behind.replace(end, "")
    return any(_STATEMENT.search(match[0].strip()) for match in _SENTENCE.finditer(behind))


def _repeated(texts: Sequence[str], least: int) -> list[Tail | None]:
    """Ends that are the same word by word: the paths of a tree of words read backwards that enough texts walk."""
    words = [[match[0] for match in _WORD.finditer(text.strip())] for text in texts]
    best: list[Tail | None] = [None] * len(texts)
    whole: set[int] = set()
    stack: list[tuple[int, list[int], str, int]] = [(0, list(range(len(texts))), "", 0)]
    while stack:
        depth, group, end, reached = stack.pop()
        if len(end) > _MAX_LENGTH:
            continue
        if _weight(end) >= _MIN_LENGTH:
            reached = reached or len(group)
            if len(group) < _HELD * reached:
                continue
            _mark(texts, group, end, best)
            whole |= {index for index in group if texts[index].strip() == end}
        followers: defaultdict[str, list[int]] = defaultdict(list)
        for index in group:
            if depth < len(words[index]):
                word = words[index][-1 - depth]
                followers[word.strip() if depth == 0 else word.lstrip()].append(index)
        stack += [(depth + 1, members, word + end, reached) for word, members in followers.items() if len(members) >= least]
    return [None if index in whole else tail for index, tail in enumerate(best)]


def _mark(texts: Sequence[str], group: list[int], end: str, best: list[Tail | None]) -> None:
    """Note an end for the texts that have it, if it begins where sentences do; longer ends come after shorter ones."""
    heads = {index: texts[index].rstrip()[: -len(end)] for index in group if texts[index].rstrip().endswith(end)}
    begun = sum(1 for head in heads.values() if not head.strip() or _ends_sentence(head))
    if not heads or begun < _BEGINS_SENTENCE * len(heads):
        return
    for index, head in heads.items():
        if head.strip():
            best[index] = Tail(len(head), end)


def _asked(texts: Sequence[str], least: int) -> dict[str, Tail | None]:
    """Ends that begin with a shared question and go on with names: "도움말이 도움이 되었나요? … 관련 도움말 …"."""
    sentences = {text: [(match.start(), match[0]) for match in _SENTENCE.finditer(text)] for text in texts}
    counts = Counter(sentence for parts in sentences.values() for sentence in {sentence.strip() for _, sentence in parts})
    return {text: _question_in(text, parts, counts, least) for text, parts in sentences.items()}


def _question_in(text: str, parts: Sequence[tuple[int, str]], counts: Counter[str], least: int) -> Tail | None:
    for index, (start, sentence) in enumerate(parts):
        asks = sentence.strip()
        if index and asks.endswith("?") and counts[asks] >= least and _weight(asks) >= _MIN_LENGTH and len(text) - start <= _MAX_LENGTH:
            behind = (each.strip() for _, each in parts[index + 1 :])
            if all(counts[each] >= least or not _STATEMENT.search(each) for each in behind):
                return Tail(start + len(sentence) - len(sentence.lstrip()), asks)
    return None


def _ends_sentence(head: str) -> bool:
    """Whether the last sentence of a text is over: by its sign, or by a line break behind it."""
    said = head.rstrip()
    return said[-1] in _SENTENCE_ENDS or "\n" in head[len(said) :]


def _weight(text: str) -> int:
    return sum(1 for character in text if not character.isspace())
