"""What a site needs now and then: old things deleted, the review queue brought up to date."""

import os
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from faqbot.bootstrap.parts import build_live, build_store, site_folder
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.reading import Reader
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings

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


def maintain(settings: Settings, *, at_most_daily: bool = False) -> "Purged | None":
    """Delete what has been kept long enough, candidates that nobody published too; None where another process is at it.

    Args:
        settings: days that things are kept.
        at_most_daily: do nothing, and return None, where it was done in the last day. After a longer pause, or one that never was, an hour is waited first:
            a clock that went wrong, and is put right in that hour, deletes nothing.

    Raises:
        SettingsError, StoreError: the store cannot be used.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415

    from faqbot.store import Retention  # noqa: PLC0415

    done = settings.var / "maintained"

    def is_due() -> bool:
        return not (at_most_daily and done.exists() and 0 <= _age(done) < _DAY)

    if not is_due():  # nearly always, and then no database is opened for it
        return None
    with build_store(settings) as store:
        settings.var.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(settings.var / "maintain.lock", timeout=0):
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
        settings.var.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(settings.var / "review.lock", timeout=0):
                if if_news and not store.review.has_news(current_id(site_folder(settings))):
                    return None
                serving = build_live(settings).serving
                reader = Reader(KiwiAnalyzer(serving.release.user_words), serving.release.synonyms)
                now = datetime.now(ZoneInfo(settings.timezone))
                return refresh(store.review, serving.bot, reader.query, now)
        except Timeout:
            return None


def refresh_review_beside(settings: Settings) -> None:
    """The same for a serving process, at most every REVIEW_EVERY seconds, whoever asks, and only where there is news.

    It runs in a process of its own that lets visitors go first: scikit-learn is never imported while serving, and memory is given back when it ends.

    Raises:
        ReleaseError, SettingsError, StoreError: the store cannot be used, or nothing is published.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415

    from faqbot.training.jobs import run_beside  # noqa: PLC0415

    done = settings.var / "reviewed"
    settings.var.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.var / "reviewing.lock", timeout=0):
            if done.exists() and time.time() - done.stat().st_mtime < REVIEW_EVERY - 1:
                return
            done.touch()
            with build_store(settings) as store:
                has_news = store.review.has_news(current_id(site_folder(settings)))
            if has_news:
                run_beside(settings, ("review", "refresh", "--if-news"), settings.var / "review.log", _REVIEW_PATIENCE)
    except Timeout:
        return
