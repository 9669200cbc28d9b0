"""The web application and the processes that serve it."""

import gc
import logging
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from faqbot.bootstrap.candidates import open_link
from faqbot.bootstrap.parts import build_live, build_store, is_loopback, secret_key, site_folder
from faqbot.bootstrap.training import build_trainer, publish_trained, train_release
from faqbot.bootstrap.upkeep import REVIEW_EVERY, OtherSites, maintain, refresh_review_beside
from faqbot.corpus.read import read_faq
from faqbot.errors import ReleaseError, SettingsError, StoreError
from faqbot.retrieval.live import POLL, LiveRelease
from faqbot.retrieval.memory import give_back
from faqbot.retrieval.release import trained_from
from faqbot.settings import Settings, variable
from faqbot.site_files import site_names

if TYPE_CHECKING:
    from flask import Flask

    from faqbot.retrieval.link import EngineLink
    from faqbot.store import Store
    from faqbot.training.base import Track
    from faqbot.training.replicas import Replicas


_log = logging.getLogger(__name__)


def build_app(settings: Settings, live: LiveRelease) -> "Flask":
    """The web application around a live release."""
    from faqbot.web import create_app  # noqa: PLC0415  # the command line answers without Flask
    from faqbot.web.contact import contact, opening_hours  # noqa: PLC0415

    try:
        opening_hours(settings)
    except ValueError as error:
        raise SettingsError(f"{variable('open_hours')}={settings.open_hours!r}: {error}") from error
    contact(settings, lambda: datetime.now(UTC), "ko")  # the calendar of holidays takes 0.2 seconds: workers have it when they are forked
    if settings.sites is not None:
        site_names(settings.sites)  # whoever set a folder that cannot be read should hear it now
    store = build_store(settings, may_be_down=settings.shared_releases)
    replicas = _replicas(settings, store)

    def live_of(site: Settings) -> LiveRelease:
        opened = build_live(site, catch_up=(lambda: replicas.catch_up(site.site)) if replicas else None)
        opened.told = app.extensions["faqbot"].metrics.swapped
        return opened

    app = create_app(live, settings, store, secret_key(settings), live_of=live_of)
    app.extensions["faqbot.replicas"] = replicas
    live.told = app.extensions["faqbot"].metrics.swapped
    return app


def _replicas(settings: Settings, store: "Store") -> "Replicas | None":
    """What follows other machines; None where none share releases."""
    if not settings.shared_releases:
        return None
    from faqbot.training.replicas import Replicas  # noqa: PLC0415

    return Replicas(settings.models, store)


def bring_shared_releases(settings: Settings) -> None:
    """Bring this machine's releases to what machines share, before anything is served; nothing where they share none.

    A database that is down keeps no machine from serving what it has; a release that cannot be used neither, for what serves then says so.

    Raises:
        SettingsError: what sharing takes is not set.
        StoreError: the database can be reached and not used.
    """
    if not settings.shared_releases:
        return
    from faqbot.training.replica import Replica  # noqa: PLC0415

    try:
        with build_store(settings) as store:
            replica = Replica(site_folder(settings), store)
            replica.adopt()
            replica.sync()
    except ReleaseError as error:
        _log.error("a shared release cannot be used: %s", error)
    except StoreError as error:
        if error.code not in {"unreachable", "busy"}:
            raise
        _log.error("the database is down, so this machine begins with the release it has: %s", error)


def serve(settings: Settings, faq: Path | None, queries: Path | None, *, notify: Callable[[str], None], track: "Track") -> None:
    """Serve until told to stop, with gunicorn where it runs: Kiwi and the release are loaded once and shared by all workers. Elsewhere with waitress.

    Args:
        settings: host, port, workers and everything the app needs.
        faq: table to train from first when no usable release is published; None refuses to start then. A published one that cannot be used,
            as after an upgrade, is trained again from the table it came from, where that is still there.
        queries: labelled queries for that training.
        notify: called with one Korean sentence a step.
        track: shows progress of a training.

    Raises:
        ReleaseError: nothing usable is published and there is no table.
        SettingsError: there is no secret key and none may be made, the port cannot be had, or the address of the candidate engine is none.
        EngineError: its package is missing, or its file cannot be opened.
        StoreError: the database cannot be used.
    """
    from faqbot.web import metrics_folder  # noqa: PLC0415
    from faqbot.web.listening import bind  # noqa: PLC0415
    from faqbot.web.logs import configure  # noqa: PLC0415

    configure(settings)
    os.umask(0o077)  # what is written from here on is nobody else's business
    if not is_loopback(settings.host):
        secret_key(settings)  # whoever lacks one, or cannot have the port, should not wait for a training first
    with bind(settings) as port:  # closed where something goes wrong; the server takes it over otherwise
        bring_shared_releases(settings)
        link = open_link(settings, notify)
        live = build_live(settings, link)
        try:
            live.serving  # noqa: B018  # loads it
        except ReleaseError as error:
            _train_again(settings, faq, queries, error, notify=notify, track=track)
            live.serving  # noqa: B018
        if settings.metrics_port:
            metrics_folder.make_folder(settings.var)
        app = build_app(settings, live)
        settle()
        _server()(app, settings, notify, lambda: start_threads(settings, live, app, link), port, lambda: _catch_up(live))


def _catch_up(live: LiveRelease) -> None:
    """Take what was published since the last worker was forked: the next one begins with it, and shares it with those that follow."""
    if live.refresh():
        settle()


def settle() -> None:
    """Before workers are forked: what is loaded now is never garbage, so that the collector touches no page that they share; what loading took for a moment goes."""
    gc.collect()
    gc.freeze()
    give_back()


def _server() -> Callable[..., None]:
    """What serves on this system."""
    try:
        from faqbot.web.server import run  # noqa: PLC0415  # gunicorn patches signals and has no business in other commands
    except ImportError:  # Windows has neither gunicorn nor what it stands on
        from faqbot.web.threaded import run  # noqa: PLC0415
    return run


def _train_again(settings: Settings, faq: Path | None, queries: Path | None, why: ReleaseError, *, notify: Callable[[str], None], track: "Track") -> None:
    """Train and publish what the unusable release came from: its draft, else its file, else the file that is given.

    Raises:
        ReleaseError: the reason, where there is none of these.
    """
    from faqbot.training.source import drafted_table  # noqa: PLC0415

    site = site_folder(settings)
    if (table := drafted_table(site)) is not None:
        notify(f"{why}\n지금 공개된 초안의 표(FAQ {len(table.entries):,}건)를 다시 학습합니다.")
        publish_trained(settings, build_trainer(settings).train(table).outcome.release, by="faqbot serve")
        return
    known_faq, known_queries = trained_from(site)
    faq, queries = (known_faq, known_queries) if known_faq else (faq, queries)
    if faq is None:
        raise why
    notify(f"{why}\n지금 {faq} 를 학습합니다.")
    train_release(read_faq(faq), queries, settings, track=track)


def start_threads(settings: Settings, live: LiveRelease, app: "Flask", link: "EngineLink | None" = None) -> Callable[[], bool]:
    """Begin what each serving process does beside answering. Gives what tells whether it serves another release by now than it was forked with.

    It looks after its link to the candidate engine, where there is one. One thread follows publications for its own site, one for all others that are open, and
    one those of other machines for both. One process deletes what was kept long enough once a day, and has the review queue refreshed every few minutes, of the
    other sites one after the other.
    """
    from faqbot.web import upkeep  # noqa: PLC0415

    inherited = live.loaded
    if link is not None:
        link.follow()
    live.follow()
    sites = app.extensions["faqbot.sites"]
    if (replicas := app.extensions.get("faqbot.replicas")) is not None:
        threading.Thread(target=replicas.follow, args=(sites.names, threading.Event()), name="faqbot-replica", daemon=True).start()
    upkeep.start(lambda: maintain(settings, at_most_daily=True))
    upkeep.start(lambda: refresh_review_beside(settings), REVIEW_EVERY)
    if settings.sites is not None:
        upkeep.start(sites.refresh, POLL)
        others = OtherSites(settings, sites.own.store)
        upkeep.start(lambda: others.each("maintaining", lambda site, store: maintain(site, at_most_daily=True, store=store)))
        upkeep.start(lambda: others.each("reviewing", refresh_review_beside), REVIEW_EVERY)
    return lambda: live.loaded is not inherited
