"""Opposites decide: of two entries that differ in a negation or in one opposite, the one that was asked for comes first."""

from collections import Counter
from difflib import SequenceMatcher

import pytest

from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.terms import question_key
from faqbot.retrieval.bot import Bot
from tests.conftest import TrainedOnce
from tests.contract.korean.tables import Asked, asked, entries, first, trained_bot

OPPOSITES = asked("opposites.csv", "pair")


def numbered(rows: tuple[Asked, ...]) -> list[str]:
    """entry-1, entry-2 … in the order of the rows."""
    seen: Counter[str] = Counter()
    names = []
    for row in rows:
        seen[row.entry] += 1
        names.append(f"{row.entry}-{seen[row.entry]}")
    return names


@pytest.fixture(scope="session")
def korean_bot(analyzer: KiwiAnalyzer, trained_once: TrainedOnce) -> Bot:
    return trained_bot(analyzer, trained_once)


@pytest.mark.parametrize("row", [row.param(name) for row, name in zip(OPPOSITES, numbered(OPPOSITES), strict=True)])
def test_the_side_that_was_asked_for_comes_first(row: Asked, korean_bot: Bot) -> None:
    found = first(korean_bot, row.query)
    assert found == row.entry, f"{row.query!r} → {found}{', the opposite' if found == row.opposite else ''}"


def test_the_table_asks_for_both_sides_of_seventy_pairs() -> None:
    sides: dict[str, Counter[tuple[str, str]]] = {}
    for row in OPPOSITES:
        sides.setdefault(row.group, Counter())[row.entry, row.opposite] += 1
    assert len(sides) >= 70
    for pair, counts in sides.items():
        (one, other), (that, this) = counts
        assert (one, other) == (this, that), pair
        assert len(set(counts.values())) == 1, f"{pair}: one side is asked for more often"


def test_the_questions_of_a_pair_are_alike() -> None:
    questions = {entry.id: entry.question for entry in entries()}
    for row in OPPOSITES:
        one, other = questions[row.entry], questions[row.opposite]
        assert one != other
        assert SequenceMatcher(None, one, other, autojunk=False).ratio() > 0.6, f"{one} / {other}"


def test_no_query_is_a_question_to_the_letter() -> None:
    stored = {question_key(question) for entry in entries() for question in entry.questions}
    assert not [row.query for row in OPPOSITES if question_key(row.query) in stored]
