"""One release as visitors may see it."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Protocol

from faqbot.corpus import Block
from faqbot.domain import FaqEntry, Reply
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.live import Serving
from faqbot.web.entries import top_categories
from faqbot.web.schema import Category

#: Replies that a release keeps for those who ask the same: a kilobyte each, four where the texts are the longest.
RECENT = 1000


class Live(Protocol):
    """Where the release that serves now comes from; see `faqbot.retrieval.live.LiveRelease`."""

    @property
    def serving(self) -> Serving:
        """The release and its bot.

        Raises:
            ReleaseError: nothing usable is published.
        """

    @property
    def loaded(self) -> Serving | None:
        """The same where it is loaded already."""

    def refresh(self) -> bool:
        """Take what was published meanwhile. Whether something was."""


class Catalogue:
    """The entries of one release by id, with their answers, and its bot."""

    def __init__(self, serving: Serving) -> None:
        self.bot = serving.bot
        self._top: tuple[tuple[FaqEntry, ...], tuple[Category, ...]] = ((), ())
        self._recent = lru_cache(RECENT)(partial(_reply, serving.bot))
        self._shown = {entry.id: (entry, blocks) for entry, blocks in zip(serving.release.entries, serving.release.answers, strict=True)}

    def __getitem__(self, entry_id: str) -> tuple[FaqEntry, tuple[Block, ...]]:
        """An entry of the bot and its answer."""
        return self._shown[entry_id]

    def reply(self, query: str, limit: int, category: tuple[str, ...] = (), *, literal: bool = False) -> Reply:
        """What `Bot.ask` gives; what was asked lately is not worked out again on the same day.

        Raises:
            QueryError: empty, too long or not text.
        """
        return self._recent(self.bot.today, query, limit, category, literal)

    def visible(self, category: Sequence[str] = ()) -> tuple[FaqEntry, ...]:
        """Entries below a category that are valid today, in the order of the table; () for all."""
        return self.bot.visible(category)

    @property
    def top_categories(self) -> tuple[Category, ...]:
        """Those of the first level that hold entries of today, counted once a day."""
        visible, (counted, found) = self.visible(), self._top
        if counted is not visible:
            found = top_categories(visible)
            self._top = (visible, found)
        return found

    def find(self, entry_id: str) -> tuple[FaqEntry, tuple[Block, ...]] | None:
        """An entry that is valid today and its answer, None where there is none of that id."""
        found = self._shown.get(entry_id)
        return found if found and self.bot.is_valid(found[0]) else None


def _reply(bot: Bot, _: date, query: str, limit: int, category: tuple[str, ...], literal: bool) -> Reply:  # a key's part
    return bot.ask(query, limit, category, literal=literal)


class LiveCatalogue:
    """The catalogue of the release that serves now, built once a release."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._built: tuple[Serving, Catalogue] | None = None

    @property
    def current(self) -> Catalogue:
        """One reference for a whole request.

        Raises:
            ReleaseError: nothing usable is published.
        """
        serving, built = self._live.serving, self._built
        if built is None or built[0] is not serving:
            built = self._built = (serving, Catalogue(serving))
        return built[1]

    @property
    def loaded(self) -> Bot | None:
        """The bot of that release, None where it was not loaded yet. Loads nothing."""
        serving = self._live.loaded
        return serving.bot if serving else None

    def refresh(self) -> None:
        """Take what was published meanwhile."""
        self._live.refresh()
