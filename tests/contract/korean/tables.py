"""A help centre of opposites, and what is asked of it: queries with the entry that answers, and why today's bot is wrong where it is."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from faqbot.corpus import read_faq
from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.release import current_id, load_release
from tests.conftest import TrainedOnce

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and the entry that answers it.

    Attributes:
        group: the pair it belongs to, or its register; empty for stories.
        opposite: the entry that must not be first, empty where any other is as wrong.
        wrong_today: why today's bot puts another entry first, empty where it does not.
    """

    entry: str
    query: str
    group: str = ""
    opposite: str = ""
    wrong_today: str = ""

    def param(self, name: str):
        """One parametrized test; it must fail as long as `wrong_today` says so."""
        marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=self.wrong_today)] if self.wrong_today else []
        return pytest.param(self, id=name, marks=marks)


def asked(name: str, group: str = "") -> tuple[Asked, ...]:
    """Rows of a table in this folder; `group` names its column of groups."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(
            Asked(row["entry"], row["query"], row.get(group, ""), row.get("opposite", ""), row["wrong_today"]) for row in csv.DictReader(file, strict=True)
        )


@cache
def entries() -> tuple[FaqEntry, ...]:
    """The FAQ table in file order."""
    return read_faq(FOLDER / "faq.csv").entries


@cache
def trained_bot(analyzer: KiwiAnalyzer, trained_once: TrainedOnce) -> Bot:
    """The bot of a release of the FAQ table with the shipped prior and the general synonyms; trained once for all modules of a session.

    Args:
        analyzer: without user words.
        trained_once: of the session.
    """
    site = trained_once("korean", entries(), read_dictionaries(None))
    return load_release(site / current_id(site)).bot(analyzer)


def first(bot: Bot, query: str) -> str:
    """Id of the first candidate, empty without candidates."""
    return next((candidate.id for candidate in bot.ask(query).candidates), "")
