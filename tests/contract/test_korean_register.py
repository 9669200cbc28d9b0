"""Endings, courtesy, laughter and the story around a need decide nothing."""

import pytest

from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.terms import question_key
from faqbot.retrieval.bot import Bot
from tests.conftest import TrainedOnce
from tests.contract.korean.tables import Asked, asked, entries, first, trained_bot

WORDINGS = asked("register.csv", "register")
#: The wording without any colour, by entry.
PLAIN = {row.entry: row for row in WORDINGS if row.group == "plain"}
VARIANTS = [row for row in WORDINGS if row.group != "plain"]
STORIES = asked("stories.csv")


@pytest.fixture(scope="session")
def korean_bot(analyzer: KiwiAnalyzer, trained_once: TrainedOnce) -> Bot:
    return trained_bot(analyzer, trained_once)


@pytest.mark.parametrize("row", [row.param(row.entry) for row in PLAIN.values()])
def test_the_plain_wording_finds_its_entry(row: Asked, korean_bot: Bot) -> None:
    assert first(korean_bot, row.query) == row.entry


@pytest.mark.parametrize("row", [row.param(f"{row.entry}-{row.group}") for row in VARIANTS])
def test_the_register_changes_nothing(row: Asked, korean_bot: Bot) -> None:
    assert first(korean_bot, row.query) == first(korean_bot, PLAIN[row.entry].query), row.query


@pytest.mark.parametrize("row", [row.param(row.entry) for row in STORIES])
def test_a_story_around_a_need_finds_its_entry(row: Asked, korean_bot: Bot) -> None:
    assert first(korean_bot, row.query) == row.entry


def test_every_need_is_worded_in_every_register() -> None:
    registers = {row.group for row in WORDINGS}
    assert len(PLAIN) >= 40
    assert registers == {"plain", "casual", "clipped", "formal", "indirect", "polite", "laughing", "playful", "chatty"}
    assert sorted((row.entry, row.group) for row in WORDINGS) == sorted((entry, register) for entry in PLAIN for register in registers)


def test_stories_are_long_and_the_bot_reads_them_whole() -> None:
    assert len(STORIES) >= 15
    assert [row.query for row in STORIES if not 80 <= len(row.query) <= 250] == []


def test_no_wording_and_no_story_is_a_question_to_the_letter() -> None:
    stored = {question_key(question) for entry in entries() for question in entry.questions}
    assert not [row.query for row in (*WORDINGS, *STORIES) if question_key(row.query) in stored]
