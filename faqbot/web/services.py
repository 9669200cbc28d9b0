"""What the handlers of all requests share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from faqbot.settings import Settings
from faqbot.store import QueryRecord, Store
from faqbot.web.catalogue import LiveCatalogue
from faqbot.web.journal import Journal
from faqbot.web.metrics import Metrics
from faqbot.web.popular import Popular
from faqbot.web.slow import SlowQueries
from faqbot.web.tokens import Tokens


@dataclass(frozen=True)
class Services:
    """One site's parts, put together once.

    Attributes:
        live: the catalogue of the release that serves.
        settings: the operator's.
        store: what visitors leave.
        tokens: signs replies.
        clock: the moment, with a time zone.
        journal: queries on their way to the store.
        popular: entries that visitors ended at.
        metrics: counts what happens.
        slow: tells of queries that took long.
    """

    live: LiveCatalogue
    settings: Settings
    store: Store
    tokens: Tokens
    clock: Callable[[], datetime]
    journal: Journal[QueryRecord]
    popular: Popular
    metrics: Metrics
    slow: SlowQueries

    def local_now(self) -> datetime:
        """The moment in the site's time zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.timezone))
