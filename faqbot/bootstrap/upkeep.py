"""What a site needs now and then: old things deleted, the review queue brought up to date."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from faqbot.bootstrap.parts import build_live, build_store, site_folder
from faqbot.errors import FaqbotError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.reading import Reader
from faqbot.retrieval.release import CURRENT, current_id
from faqbot.settings import Settings, settings_of_site
from faqbot.site_files import Stamp, site_names, stamp

if TYPE_CHECKING:
    from faqbot.evaluation.review import Found
    from faqbot.store import Purged, Store

_DAY = 24 * 3600
#: Seconds between seeing that the clock may have jumped and believing it.
_DOUBT = 3600
#: Seconds from one refresh of the review queue to the next behind a server. A hundred thousand queries cost 40 seconds of one core.
REVIEW_EVERY = 300.0
#: Seconds after which a refresh behind a server is stopped.
_REVIEW_PATIENCE = 1800.0
_log = logging.getLogger(__name__)


def maintain(settings: Settings, *, at_most_daily: bool = False, store: "Store | None" = None) -> "Purged | None":
    """Delete what has been kept long enough, candidates that nobody published too; None where another process is at it.

    Args:
        settings: days that things are kept.
        at_most_daily: do nothing, and return None, where it was done in the last day. After a longer pause, or one that never was, an hour is waited first:
            a clock that went wrong, and is put right in that hour, deletes nothing.
        store: of the site, where one is open.

    Raises:
        SettingsError, StoreError: the store cannot be used.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415

    from faqbot.store import Retention  # noqa: PLC0415

    done = settings.site_var / "maintained"

    def is_due() -> bool:
        return not (at_most_daily and done.exists() and 0 <= _age(done) < _DAY)

    if not is_due():  # nearly always, and then no database is opened for it
        return None
    with _opened(settings, store) as store:  # noqa: PLR1704  # the same one where it was given
        settings.site_var.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(settings.site_var / "maintain.lock", timeout=0):
                if not is_due():  # another process did it meanwhile
                    return None
                if at_most_daily and done.exists() and not 0 <= _age(done) < 2 * _DAY:
                    due = time.time() - _DAY + _DOUBT
                    os.utime(done, (due, due))
                    return None
                purged = store.purge(Retention(settings.keep_queries, settings.keep_feedback, settings.keep_inquiries))
                purged = replace(purged, releases=_remove_stale(settings, store))
                done.touch()
                return purged
        except Timeout:
            return None


def _age(file: Path) -> float:
    """Seconds since it was written, negative where the clock was put back."""
    return time.time() - file.stat().st_mtime


class OtherSites:
    """The sites that files describe beside the process's own. Usable by several threads.

    Args:
        settings: of the process.
        store: any site's; theirs are in the same database.
    """

    def __init__(self, settings: Settings, store: "Store") -> None:
        self._settings = settings
        self._store = store
        self._read: dict[str, tuple[Stamp, Settings]] = {}

    def each(self, name: str, work: "Callable[[Settings, Store], object]") -> None:
        """Do something for each that has a release, one after the other; what fails on one is logged and keeps no other from it.

        Args:
            name: of the work. One process of those with the same `var` does it at a time, the others do nothing.
            work: gets settings and store of a site.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415

        settings = self._settings
        settings.var.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(settings.var / f"sites-{name}.lock", timeout=0):
                for site in site_names(settings.sites or Path()):
                    try:
                        if site != settings.site and (settings.models / site / CURRENT).exists():
                            described = self._described(site)
                            zone = ZoneInfo(described.timezone)
                            work(described, self._store.beside(site, partial(datetime.now, zone)))
                    except FaqbotError as error:
                        _log.error("%s failed on site %s: %s", name, site, error)
        except Timeout:
            return

    def _described(self, site: str) -> Settings:
        """Its settings: a file that has not changed since is not read again.

        Raises:
            SettingsError: the file cannot be used.
        """
        found, known = stamp(self._settings.sites or Path(), site), self._read.get(site)
        if known is not None and known[0] == found:
            return known[1]
        described = settings_of_site(self._settings, site)
        if found is not None:
            self._read[site] = found, described
        return described


def _opened(settings: Settings, store: "Store | None") -> "AbstractContextManager[Store]":
    """The store that was given, which stays open; else one that is closed at the end."""
    return nullcontext(store) if store is not None else build_store(settings)


def _remove_stale(settings: Settings, store: "Store") -> int:
    """How many candidates that nobody published were old enough to be removed."""
    from faqbot.training.releasing import remove_stale  # noqa: PLC0415

    gone = remove_stale(store.drafts, site_folder(settings), datetime.now(ZoneInfo(settings.timezone)))
    for logged in gone:
        before = {"trained_by": logged.made.trained_by, "trained_at": logged.trained_at.isoformat(), "version": logged.made.version_id}
        store.audit.write("faqbot maintain", "release.remove", logged.release, before=before)
    return len(gone)


def refresh_review(settings: Settings, *, if_news: bool = False) -> "Found | None":
    """Cluster what went wrong and bring the review queue up to date; None where another process is at it.

    Args:
        settings: of the site.
        if_news: do nothing, and return None, where nothing was asked since the last time.

    Raises:
        ReleaseError: none is published, or it cannot be used.
        SettingsError, StoreError: the store cannot be used.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415

    from faqbot.evaluation.review import refresh  # noqa: PLC0415  # scikit-learn costs a second and a half

    with build_store(settings) as store:
        settings.site_var.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(settings.site_var / "review.lock", timeout=0):
                if if_news and not store.review.has_news(current_id(site_folder(settings))):
                    return None
                serving = build_live(settings).serving
                reader = Reader(KiwiAnalyzer(serving.release.user_words), serving.release.synonyms)
                now = datetime.now(ZoneInfo(settings.timezone))
                return refresh(store.review, serving.bot, reader.query, now)
        except Timeout:
            return None


def refresh_review_beside(settings: Settings, store: "Store | None" = None) -> None:
    """The same for a serving process, at most every REVIEW_EVERY seconds, whoever asks, and only where there is news.

    It runs in a process of its own that lets visitors go first: scikit-learn is never imported while serving, and memory is given back when it ends.

    Raises:
        ReleaseError, SettingsError, StoreError: the store cannot be used, or nothing is published.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415

    from faqbot.training.jobs import run_beside  # noqa: PLC0415

    done = settings.site_var / "reviewed"
    settings.site_var.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.site_var / "reviewing.lock", timeout=0):
            if done.exists() and time.time() - done.stat().st_mtime < REVIEW_EVERY - 1:
                return
            done.touch()
            with _opened(settings, store) as store:  # noqa: PLR1704  # as above
                has_news = store.review.has_news(current_id(site_folder(settings)))
            if has_news:
                run_beside(settings, ("review", "refresh", "--if-news"), settings.site_var / "review.log", _REVIEW_PATIENCE)
    except Timeout:
        return
