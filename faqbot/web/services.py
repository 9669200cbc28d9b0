"""What the handlers of all requests share."""

from collections.abc import Callable, Sequence
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

#: A query with the site that it was asked on.
Asked = tuple[str, QueryRecord]


@dataclass(frozen=True)
class SiteJournal:
    """One site's entrance to the journal of all sites; see faqbot.web.journal.Journal."""

    journal: Journal[Asked]
    site: str

    def put(self, record: QueryRecord) -> None:
        """Write it soon. Never blocks and never fails."""
        self.journal.put((self.site, record))

    def flush(self) -> None:
        """Wait until everything that this process put is written, a few seconds at most."""
        self.journal.flush()

    def catch_up(self) -> bool:
        """The same for a request, which does not wait while the store is down. Whether everything is written."""
        return self.journal.catch_up()

    @property
    def dropped(self) -> int:
        """Records of all sites that could not be written."""
        return self.journal.dropped


def write_down(store: Store, asked: Sequence[Asked]) -> None:
    """Store queries of several sites, one transaction a site; what is stored already is left as it is.

    Raises:
        StoreError: some were not stored.
    """
    for site in dict.fromkeys(site for site, _ in asked):
        store.beside(site).record_queries([record for of, record in asked if of == site])


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
    journal: SiteJournal
    popular: Popular
    metrics: Metrics
    slow: SlowQueries

    def local_now(self) -> datetime:
        """The moment in the site's time zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.timezone))
