"""A bot over a table that is only looked at: indexed in memory, nothing is written."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.parameters import Targets
from faqbot.training.base import Track, index_entries, untracked
from faqbot.training.prior import shipped_prior

#: What thresholds are taken for where nobody asked for others; those of the settings' defaults.
_TARGETS = Targets(0.9, 0.3)


def bot_in_memory(entries: Sequence[FaqEntry], folder: Path | None, today: date, track: Track = untracked) -> Bot:
    """A bot of the enabled entries, at least one, with the shipped prior.

    Args:
        entries: the table.
        folder: where the table's user words and synonyms are; None for those of the package alone.
        today: the day on which it answers.
        track: shows progress.
    """
    dictionaries = read_dictionaries(folder)
    analyzer = KiwiAnalyzer(dictionaries.user_words)
    reader = Reader(analyzer, Synonyms.compile(dictionaries.synonyms, analyzer))
    enabled = tuple(entry for entry in entries if entry.enabled)
    return Bot("", enabled, index_entries(enabled, reader, track).index, shipped_prior().parameters(_TARGETS), reader, today=lambda: today)
