"""A base being trained: entries → readings → index, and labelled queries → rankings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np

from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import QueryError
from faqbot.korean.normalize import normalize, normalize_query
from faqbot.korean.reading import Reader, Reading, joined
from faqbot.retrieval.features import candidate_features
from faqbot.retrieval.index import Index, Matches
from faqbot.retrieval.interpretation import Interpreter
from faqbot.retrieval.lexicon import Floats
from faqbot.training.fit_index import FittedIndex, fit_index
from faqbot.training.solvers import Choice

T = TypeVar("T")


class Track(Protocol):
    """Yields the items one by one and shows how far it is."""

    def __call__(self, label: str, items: Sequence[T], /) -> Iterable[T]:
        """The items, in order."""


def untracked(_: str, items: Sequence[T], /) -> Iterable[T]:
    """The items, without a word."""
    return items


def index_entries(entries: Sequence[FaqEntry], reader: Reader, track: Track = untracked) -> FittedIndex:
    """Analyse and index entries; at least one."""
    questions, whole = [], []
    for entry in track("FAQ 분석", entries):
        readings = [reader.stored(normalize(question)) for question in entry.questions]
        questions.append(readings)
        whole.append(_whole(entry, readings, reader))
    return fit_index(questions, whole)


def _whole(entry: FaqEntry, questions: Sequence[Reading], reader: Reader) -> Reading:
    """Questions, keywords and answer as one text; the questions are analysed already."""
    further = (" ".join(entry.category), " ".join(entry.keywords), entry.answer)
    return joined([*questions, *(reader.stored(text) for text in map(normalize, further) if text)])


@dataclass(frozen=True)
class Search:
    """One labelled query after the search, before any ranking.

    Attributes:
        position: of the query in its list.
        right: positions of the entries that answer it.
        index: what was searched.
    """

    position: int
    reading: Reading
    matches: Matches
    features: Floats
    right: frozenset[int]
    index: Index = field(repr=False)

    def choice(self, weight: float) -> Choice | None:
        """What the ranker learns from it; nothing where no right entry, or nothing else, is among the candidates."""
        is_right = np.isin(self.matches.entries, list(self.right))
        if not is_right.any() or is_right.all():
            return None
        return Choice(self.features, is_right, weight)


@dataclass(frozen=True)
class Base:
    """An indexed table with the searches of its labelled queries.

    Attributes:
        name: for tables.
        entries: in index order.
        searches: of labelled queries.
        far: of utterances that no help centre answers.
    """

    name: str
    entries: tuple[FaqEntry, ...]
    index: Index
    searches: tuple[Search, ...]
    far: tuple[Search, ...]

    def choices(self) -> list[Choice]:
        """In-scope queries for the ranker; together they weigh 1, so that no base outvotes another."""
        found = [choice for search in self.searches if search.right and (choice := search.choice(1.0))]
        return [Choice(choice.features, choice.right, 1.0 / len(found)) for choice in found]


def search_all(index: Index, positions: dict[str, int], queries: Sequence[LabelledQuery], reader: Reader, track: Track = untracked) -> tuple[Search, ...]:
    """Search every labelled query; refused ones (empty, too long) are left out.

    Args:
        index: what is searched.
        positions: entry id → position. Ids that are not in it label nothing.
        queries: in any order, which is kept.
        reader: the one the index was built with.
        track: shows progress.
    """
    searches, interpreter = [], Interpreter(index.lexicon, reader, index.question_contents)
    for position, labelled in enumerate(track("라벨이 있는 질의", queries)):
        try:
            _, reading = interpreter.read(normalize_query(labelled.query))
        except QueryError:
            continue
        matches = index.search(reading)
        right = frozenset(positions[i] for i in labelled.faq_ids if i in positions)
        searches.append(Search(position, reading, matches, candidate_features(reading, matches, index), right, index))
    return tuple(searches)
