"""What an operator watches: counts and durations of a server, kept in its own process or added up over all of its workers. No word of a visitor is in them."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from wsgiref.types import WSGIApplication

from filelock import Timeout
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app, values
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from faqbot.domain import Outcome, Reason, Reply
from faqbot.errors import SettingsError
from faqbot.web import metrics_folder

#: Seconds. A reply takes a few milliseconds; what takes more than a second is a fault.
_REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ASK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
#: Endings of a query: outcomes, and apart from the fallbacks a greeting or thanks alone, which missed nothing.
ENDINGS = (*(outcome.value for outcome in Outcome), Reason.NOTHING_ASKED.value)
#: What a StoreError that is ours to mend may say.
STORE_CODES = ("busy", "full", "read_only", "unreachable", "disk", "damaged", "forbidden", "refused")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class Metrics:
    """The instruments of one application. Where `metrics_folder.ENVIRONMENT` is set, all processes that were forked from this one count together.

    Raises:
        SettingsError: the folder that the variable names is not there.
    """

    def __init__(self) -> None:
        shared = os.environ.get(metrics_folder.ENVIRONMENT)
        self.folder = Path(shared) if shared else None
        if self.folder and not self.folder.is_dir():
            raise SettingsError(f"{metrics_folder.ENVIRONMENT}={shared!r}: 그런 폴더가 없습니다. 빈 폴더를 만들거나 변수를 지우세요.")
        if self.folder and values.ValueClass is values.MutexValue:  # the library was imported before the folder was there
            values.ValueClass = values.get_value_class()
        own = self._own = CollectorRegistry()
        self._requests = Histogram(
            "faqbot_http_request_duration_seconds",
            "From the first to the last line of our code for a request",
            ("method", "endpoint", "status"),
            buckets=_REQUEST_BUCKETS,
            registry=own,
        )
        self.in_flight = Gauge("faqbot_http_requests_in_flight", "Requests that are being answered", multiprocess_mode="livesum", registry=own)
        self._asks = Histogram("faqbot_ask_duration_seconds", "The bot alone: from the query to the decision", buckets=_ASK_BUCKETS, registry=own)
        self._answers = Counter("faqbot_answers", "Decisions of the bot", ("site", "outcome"), registry=own)
        self._votes = Counter("faqbot_votes", "Votes of visitors on answers", ("site", "vote"), registry=own)
        self._inquiries = Counter("faqbot_inquiries", "Inquiries that were stored", ("site",), registry=own)
        self._limited = Counter("faqbot_rate_limited", "Requests that were refused because one client sent too many", ("endpoint",), registry=own)
        self._log_ins = Counter("faqbot_log_ins_refused", "Log-ins to the desk that were refused", registry=own)
        self._failures = Counter("faqbot_store_failures", "Requests that failed because the database did", ("code",), registry=own)
        self._swaps = Counter("faqbot_index_swaps", "Published releases that a process took over or refused", ("outcome",), registry=own)
        self._waiting = Gauge("faqbot_journal_waiting", "Queries that wait to be written down", multiprocess_mode="livesum", registry=own)
        self._dropped = Counter("faqbot_journal_dropped", "Queries that were never written down", registry=own)
        self._everything = own if self.folder is None else _added_up(self.folder)

    def begin(self, site: str) -> None:
        """Begin the counts of a site at 0: a count that is not there yet cannot be seen to rise."""
        for ending in ENDINGS:
            self._answers.labels(site, ending)
        for direction in ("up", "down"):
            self._votes.labels(site, direction)
        self._inquiries.labels(site)
        for code in STORE_CODES:
            self._failures.labels(code)
        for swap in ("taken", "refused"):
            self._swaps.labels(swap)
        self._limited.labels("ask")

    def watch(self, state: Collector) -> None:
        """Have a collector of the state that is true at the moment of a scrape scraped too."""
        self._everything.register(state)

    def app(self) -> WSGIApplication:
        """Answers every GET with all numbers, in the format that the client asks for."""
        return make_wsgi_app(self._everything, disable_compression=True)

    def request(self, method: str, endpoint: str, status: int, seconds: float) -> None:
        """A request was answered. `endpoint` is the name of a rule, never a path."""
        self._requests.labels(method if method in _METHODS else "other", endpoint, f"{status // 100}xx").observe(seconds)

    def reply(self, site: str, reply: Reply, seconds: float) -> None:
        """The bot decided."""
        self._asks.observe(seconds)
        self._answers.labels(site, (reply.reason if reply.reason is Reason.NOTHING_ASKED else reply.outcome).value).inc()

    def vote(self, site: str, vote: int) -> None:
        """A visitor voted, 1 or -1."""
        self._votes.labels(site, "up" if vote > 0 else "down").inc()

    def inquiry(self, site: str) -> None:
        """An inquiry was stored."""
        self._inquiries.labels(site).inc()

    def rate_limited(self, endpoint: str) -> None:
        """A client was told to wait."""
        self._limited.labels(endpoint).inc()

    def log_in_refused(self) -> None:
        """Somebody failed to log in to the desk."""
        self._log_ins.inc()

    def store_failed(self, code: str) -> None:
        """The database did not do what a request needed; `code` as StoreError has it."""
        self._failures.labels(code).inc()

    def swapped(self, is_taken: bool) -> None:
        """A published release serves now in this process, or was refused by it."""
        self._swaps.labels("taken" if is_taken else "refused").inc()

    def waits(self, queries: int) -> None:
        """So many queries of this process wait to be written down."""
        self._waiting.set(queries)

    def dropped(self, queries: int) -> None:
        """So many queries will never be written down."""
        self._dropped.inc(queries)


class _Together(Collector):
    """All processes added up. Nothing is read while the files of an ended worker are added to those of others that ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = MultiProcessCollector(None, str(folder))

    def collect(self) -> Iterable[Metric]:
        """The sums of now."""
        with suppress(Timeout), metrics_folder.folding(self._folder):
            return list(self._files.collect())
        return list(self._files.collect())  # somebody folds for very long: numbers that may be counted twice are better than none


def _added_up(folder: Path) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Together(folder))
    return registry
