"""Bases of any size, made with a seed from the words of a real table.

Texts are put together from fragments that are analysed once each, so a base of 100,000 entries costs seconds instead of
minutes of Kiwi. A reading is that of its fragments one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from faqbot.domain import FaqEntry
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader, Reading, joined

#: Fragments of each kind; two make nine million questions.
FRAGMENTS = 3000
#: Words of a fragment: two make a question of 3 to 8 words, two or three an answer of 20 to 60.
FIRST, SECOND, PARAGRAPH = (2, 4), (1, 4), (10, 20)
#: Six entries in ten have one question, the others up to four alternates; one in a hundred is out of date.
ALTERNATES = (0, 0, 0, 0, 0, 0, 1, 2, 3, 4)
OUT_OF_DATE = date(2020, 1, 1)
SEED = 20261126


@dataclass(frozen=True)
class Fragment:
    """A few words and their reading."""

    text: str
    reading: Reading


@dataclass(frozen=True)
class Pool:
    """What texts are made of: beginnings and ends of questions, paragraphs of answers."""

    first: tuple[Fragment, ...]
    second: tuple[Fragment, ...]
    paragraphs: tuple[Fragment, ...]


@dataclass(frozen=True)
class Synthetic:
    """Entries, the readings of each one's questions, and one reading of each as a whole."""

    entries: tuple[FaqEntry, ...]
    questions: tuple[tuple[Reading, ...], ...]
    whole: tuple[Reading, ...]


def make_pool(table: Sequence[FaqEntry], reader: Reader, n: int = FRAGMENTS) -> Pool:
    """Fragments of one entry's words each, as often as they stand there: words keep their frequencies and their company."""
    rng = np.random.default_rng(SEED)
    questions = [" ".join(entry.questions).split() for entry in table]
    answers = [entry.answer.split() for entry in table]

    def fragments(topics: list[list[str]], low: int, high: int) -> tuple[Fragment, ...]:
        texts = [" ".join(rng.choice(topics[rng.integers(len(topics))], rng.integers(low, high + 1)).tolist()) for _ in range(n)]
        return tuple(Fragment(text, reader.stored(normalize(text))) for text in texts)

    return Pool(fragments(questions, *FIRST), fragments(questions, *SECOND), fragments(answers, *PARAGRAPH))


def synthesise(size: int, pool: Pool) -> Synthetic:
    """A base of that many entries, the same at every call."""
    rng = np.random.default_rng((SEED, size))
    made = [_entry(number, pool, rng) for number in range(size)]
    entries, questions, whole = zip(*made, strict=True)
    return Synthetic(entries, questions, whole)


def _entry(number: int, pool: Pool, rng: np.random.Generator) -> tuple[FaqEntry, tuple[Reading, ...], Reading]:
    first = _pick(pool.first, 1, rng)
    wordings = [first + _pick(pool.second, 1, rng) for _ in range(1 + ALTERNATES[rng.integers(len(ALTERNATES))])]
    answer = _pick(pool.paragraphs, int(rng.integers(2, 4)), rng)
    texts = [" ".join(part.text for part in parts) for parts in wordings]
    entry = FaqEntry(
        id=f"synthetic-{number}",
        question=texts[0],
        answer="\n\n".join(part.text for part in answer),
        alternate_questions=tuple(texts[1:]),
        valid_to=OUT_OF_DATE if number % 100 == 99 else None,
    )
    questions = tuple(_read(parts) for parts in wordings)
    return entry, questions, joined([*questions, *(part.reading for part in answer)])


def _pick(fragments: Sequence[Fragment], n: int, rng: np.random.Generator) -> list[Fragment]:
    return [fragments[i] for i in rng.integers(len(fragments), size=n).tolist()]


def _read(parts: Sequence[Fragment]) -> Reading:
    return joined([part.reading for part in parts])
