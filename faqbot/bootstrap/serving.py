"""The web application and the processes that serve it."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from faqbot.bootstrap.parts import build_live, build_store, is_loopback, secret_key, site_folder
from faqbot.bootstrap.training import build_trainer, train_release
from faqbot.bootstrap.upkeep import REVIEW_EVERY, maintain, of_other_sites, refresh_review_beside
from faqbot.corpus.read import read_faq
from faqbot.errors import ReleaseError, SettingsError
from faqbot.retrieval.live import POLL, LiveRelease
from faqbot.retrieval.release import trained_from
from faqbot.settings import Settings, variable
from faqbot.site_files import site_names

if TYPE_CHECKING:
    from flask import Flask

    from faqbot.training.base import Track


def build_app(settings: Settings, live: LiveRelease) -> "Flask":
    """The web application around a live release."""
    from faqbot.web import create_app  # noqa: PLC0415  # the command line answers without Flask
    from faqbot.web.contact import opening_hours  # noqa: PLC0415

    try:
        opening_hours(settings)
    except ValueError as error:
        raise SettingsError(f"{variable('open_hours')}={settings.open_hours!r}: {error}") from error
    if settings.sites is not None:
        site_names(settings.sites)  # whoever set a folder that cannot be read should hear it now
    return create_app(live, settings, build_store(settings), secret_key(settings), live_of=build_live)


def serve(settings: Settings, faq: Path | None, queries: Path | None, *, notify: Callable[[str], None], track: "Track") -> None:
    """Serve until told to stop, with gunicorn: Kiwi and the release are loaded once and shared by all workers.

    Args:
        settings: host, port, workers and everything the app needs.
        faq: table to train from first when no usable release is published; None refuses to start then. A published one that cannot be used,
            as after an upgrade, is trained again from the table it came from, where that is still there.
        queries: labelled queries for that training.
        notify: called with one Korean sentence a step.
        track: shows progress of a training.

    Raises:
        ReleaseError: nothing usable is published and there is no table.
        SettingsError: there is no secret key and none may be made.
        StoreError: the database cannot be used.
    """
    from faqbot.web.server import run  # noqa: PLC0415  # gunicorn patches signals and has no business in other commands

    if not is_loopback(settings.host):
        secret_key(settings)  # whoever lacks one should not wait for a training first
    live = build_live(settings)
    try:
        live.serving  # noqa: B018  # loads it
    except ReleaseError as error:
        _train_again(settings, faq, queries, error, notify=notify, track=track)
        live.serving  # noqa: B018
    gc.freeze()  # what is loaded now is never garbage; the collector must not touch pages that workers share
    app = build_app(settings, live)
    run(app, settings, notify, lambda: start_threads(settings, live, app))


def _train_again(settings: Settings, faq: Path | None, queries: Path | None, why: ReleaseError, *, notify: Callable[[str], None], track: "Track") -> None:
    """Train and publish what the unusable release came from: its draft, else its file, else the file that is given.

    Raises:
        ReleaseError: the reason, where there is none of these.
    """
    from faqbot.training.publish import publish  # noqa: PLC0415
    from faqbot.training.source import drafted_table  # noqa: PLC0415

    site = site_folder(settings)
    if (table := drafted_table(site)) is not None:
        notify(f"{why}\n지금 공개된 초안의 표(FAQ {len(table.entries):,}건)를 다시 학습합니다.")
        publish(site, build_trainer(settings).train(table).outcome.release)
        return
    known_faq, known_queries = trained_from(site)
    faq, queries = (known_faq, known_queries) if known_faq else (faq, queries)
    if faq is None:
        raise why
    notify(f"{why}\n지금 {faq} 를 학습합니다.")
    train_release(read_faq(faq), queries, settings, track=track)


def start_threads(settings: Settings, live: LiveRelease, app: "Flask") -> None:
    """What each serving process does beside answering.

    It follows publications, with one thread for all other sites that are open; one of them deletes what was kept long enough once a day, and has the review
    queue refreshed every few minutes, of the other sites one after the other.
    """
    from faqbot.web import upkeep  # noqa: PLC0415

    live.follow()
    upkeep.start(lambda: maintain(settings, at_most_daily=True))
    upkeep.start(lambda: refresh_review_beside(settings), REVIEW_EVERY)
    if settings.sites is not None:
        sites = app.extensions["faqbot.sites"]
        upkeep.start(sites.refresh, POLL)
        upkeep.start(lambda: of_other_sites(settings, sites.own.store, "maintaining", lambda site, store: maintain(site, at_most_daily=True, store=store)))
        upkeep.start(lambda: of_other_sites(settings, sites.own.store, "reviewing", refresh_review_beside), REVIEW_EVERY)
