"""What looks wrong in a table once it is indexed: entries that share a question, and entries that no query could tell apart."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from rapidfuzz.distance import LCSseq

from faqbot.corpus.checks.finding import Finding, Kind, Row, Severity, in_order, row_of
from faqbot.corpus.checks.text import plain, words
from faqbot.corpus.problem import quoted
from faqbot.domain import FaqEntry
from faqbot.errors import QueryError
from faqbot.korean.normalize import normalize
from faqbot.korean.polarity import Claims
from faqbot.korean.reading import Reading
from faqbot.korean.terms import question_key
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.channels import CHANNELS
from faqbot.retrieval.index import Mask
from faqbot.retrieval.ranking import rank

#: Words of a question that do not tell it from another, with synonyms replaced by their heads.
_TELLS_NOTHING = ("방법", "절차", "안내", "설명", "문의")
#: The channel whose terms are canonical words.
_WORDS = "canonical_coverage"
_PLACE = next(place for place, channel in enumerate(CHANNELS) if channel.name == _WORDS)
#: Share of words of two answers from which they are one answer with small changes.
_SAME_ANSWER = 0.8
#: Channel of the words of whole entries.
_IN_ENTRY = "entry_words_bm25"
#: Words that a question has at least to be known by them: "배송" alone is what stays of many questions.
_LEAST_WORDS = 2
#: Share of syllables in common order, 0..1: "교환을 반품으로 바꾸기" and "반품을 교환으로 바꾸기" have less.
_SAME_ORDER = 0.75

_TELL_APART = "하나로 합치거나, 언제 어느 쪽인지 질문에서 알 수 있게 고쳐 주세요."


def with_index(bot: Bot) -> tuple[Finding, ...]:
    """Findings about entries that get in each other's way, by kind and then in table order; none for a table without such entries.

    Every question is compared by what its row holds, and the first question of each entry is asked once as if its entry were gone.

    Args:
        bot: its entries and index are looked at; ranker, confidence and threshold decide what would be answered.
    """
    alike = dict(_alike(bot))
    found = [_shared(bot.entries[one], bot.entries[other], questions) for (one, other), questions in alike.items()]
    found += [_indistinguishable(bot.entries[one], bot.entries[other]) for one, other in _mutual(bot) if (one, other) not in alike]
    return in_order(found, bot.entries)


def _alike(bot: Bot) -> Iterator[tuple[tuple[int, int], tuple[str, str]]]:
    """Pairs of entries with a question of the same words in much the same order, and the first such questions, in entry order."""
    index = bot.index
    questions = tuple(question for entry in bot.entries for question in entry.questions)
    held: dict[object, list[int]] = {}
    nothing = frozenset(index.lexicon.id_of(_WORDS, word) for word in _TELLS_NOTHING)
    for row, question in enumerate(questions):
        said = frozenset(index.in_questions.held(row, _PLACE).tolist()) - nothing
        held.setdefault((said, _denied(index.question_claims[row])) if len(said) >= _LEAST_WORDS else question_key(normalize(question)), []).append(row)
    pairs: dict[tuple[int, int], tuple[str, str]] = {}
    for one, other in (pair for rows in held.values() for pair in combinations(rows, 2)):
        entries = int(index.entry_of[one]), int(index.entry_of[other])
        contents = index.question_contents[one], index.question_contents[other]
        if entries[0] != entries[1] and LCSseq.normalized_similarity(*contents) >= _SAME_ORDER:
            pairs.setdefault(entries, (questions[one], questions[other]))
    yield from sorted(pairs.items())


def _shared(one: FaqEntry, other: FaqEntry, questions: tuple[str, str]) -> Finding:
    rows = tuple(Row(entry.id, entry.question, quoted(question)) for entry, question in zip((one, other), questions, strict=True))
    if _is_same_answer(one.answer, other.answer):
        what = "뜻이 같은 질문이 두 항목에 있고 답변도 거의 같습니다."
        return Finding(Kind.DUPLICATE, Severity.HINT, rows, what, "한 항목에 합치고 나머지 질문은 '다른 표현'으로 넣으면 고칠 곳이 하나가 됩니다.")
    if one.category != other.category:
        what = "뜻이 같은 질문이 두 분류에 있고 답변이 다릅니다. 손님에게는 둘 다 보여 주고 고르게 합니다."
        return Finding(Kind.ANSWERS_DIFFER, Severity.HINT, rows, what, "분류로 나뉘는 내용이면 그대로 두고, 아니면 하나로 합쳐 주세요.")
    return Finding(Kind.ANSWERS_DIFFER, Severity.WARNING, rows, "뜻이 같은 질문이 두 항목에 있는데 답변이 다릅니다.", _TELL_APART)


def _is_same_answer(one: str, other: str) -> bool:
    first, second = set(words(plain(one))), set(words(plain(other)))
    return normalize(one) == normalize(other) or len(first & second) >= _SAME_ANSWER * len(first | second) > 0


def _mutual(bot: Bot) -> Iterator[tuple[int, int]]:
    """Pairs of entries that stand in for each other, in entry order: without the one, its question would be answered with the other, and nothing it says is missing there."""
    valid = np.array([bot.is_valid(entry) for entry in bot.entries], dtype=np.bool_)
    led = {position: found for position in np.flatnonzero(valid).tolist() if (found := _led_to(bot, position, valid))}
    for one, (other, reading) in led.items():
        if one < other and other in led and led[other][0] == one and _say_the_same(bot, (one, reading), (other, led[other][1])):
            yield one, other


def _led_to(bot: Bot, own: int, valid: Mask) -> tuple[int, Reading] | None:
    """The entry that would answer the question of an entry which is gone, and that question read; None where the bot would not answer."""
    try:
        reading = bot.read(bot.entries[own].question)[1]
    except QueryError:
        return None
    others = valid.copy()
    others[own] = False
    ranking = rank(reading, bot.index, bot.parameters.ranker, others)
    return (int(ranking.entries[0]), reading) if bot.confidences(ranking)[0] >= bot.parameters.thresholds.answer else None


def _say_the_same(bot: Bot, one: tuple[int, Reading], other: tuple[int, Reading]) -> bool:
    """Whether two questions are the same but for words that the other entry holds too."""
    first, second = set(one[1].canonical), set(other[1].canonical)
    return (
        _denied(one[1].claims) == _denied(other[1].claims)
        and LCSseq.normalized_similarity(one[1].content, other[1].content) >= _SAME_ORDER
        and bot.index.held(_IN_ENTRY, other[0], first - second) == first - second
        and bot.index.held(_IN_ENTRY, one[0], second - first) == second - first
    )


def _denied(claims: Claims) -> Claims:
    """What is denied, and the sides that are named."""
    return frozenset(claim for claim in claims if claim[0] != "+")


def _indistinguishable(one: FaqEntry, other: FaqEntry) -> Finding:
    what = "두 항목의 질문이 서로의 항목으로 이어져, 조금만 다르게 물어도 둘을 가릴 수 없습니다."
    return Finding(Kind.INDISTINGUISHABLE, Severity.WARNING, (row_of(one), row_of(other)), what, _TELL_APART)
