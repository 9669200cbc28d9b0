"""Composition root: settings in, working parts out. The one place where they are put together."""

import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faqbot.corpus import read_labelled_queries
from faqbot.corpus.read import FaqTable, read_faq
from faqbot.domain import LabelledQuery
from faqbot.errors import ReleaseError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import trained_from
from faqbot.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from faqbot.training.base import Base, Track
    from faqbot.training.benchmark import Extras
    from faqbot.training.train import Outcome


def site_folder(settings: Settings) -> Path:
    """Where the releases of the site are."""
    return settings.models / settings.site


def build_live(settings: Settings) -> LiveRelease:
    """The published release, not yet loaded."""
    return LiveRelease(site_folder(settings), KiwiAnalyzer)


def build_bot(settings: Settings) -> Bot:
    """The bot of the published release.

    Raises:
        ReleaseError: none is published, or it cannot be used.
    """
    return build_live(settings).serving.bot


def build_bot_and_analyzer(settings: Settings) -> tuple[Bot, KiwiAnalyzer]:
    """The bot of the published release, and an analyzer with the user words it reads with.

    Raises:
        ReleaseError: none is published, or it cannot be used.
    """
    serving = build_live(settings).serving
    return serving.bot, KiwiAnalyzer(serving.release.user_words)


def build_app(settings: Settings, live: LiveRelease) -> "Flask":
    """The web application around a live release."""
    from faqbot.web import create_app  # noqa: PLC0415  # the command line answers without Flask

    return create_app(live, settings)


def train_release(table: FaqTable, queries: Path | None, settings: Settings, *, track: "Track", prior: Path | None = None, publish: bool = True) -> "Outcome":
    """Train from a table that was read; dictionaries are taken from its folder.

    Raises:
        FaqbotError: a file cannot be used, or the gate refuses the release.
    """
    from faqbot.training.prior import read_prior, shipped_prior  # noqa: PLC0415  # scikit-learn costs a second and a half
    from faqbot.training.train import Plan, train  # noqa: PLC0415

    dictionaries = read_dictionaries(Path(table.source).parent)
    labelled: Sequence = read_labelled_queries(queries) if queries else ()  # type: ignore[type-arg]
    return train(
        table.entries,
        labelled,
        dictionaries,
        site=site_folder(settings),
        analyzer=KiwiAnalyzer(dictionaries.user_words),
        prior=read_prior(prior) if prior else shipped_prior(),
        plan=Plan(_targets(settings), publish, (_absolute(Path(table.source)), _absolute(queries))),
        track=track,
    )


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
    """
    from faqbot.web.server import run  # noqa: PLC0415  # gunicorn patches signals and has no business in other commands

    live = build_live(settings)
    try:
        live.serving  # noqa: B018  # loads it
    except ReleaseError as error:
        known_faq, known_queries = trained_from(site_folder(settings))
        faq, queries = (known_faq, known_queries) if known_faq else (faq, queries)
        if faq is None:
            raise
        notify(f"{error}\n지금 {faq} 를 학습합니다.")
        train_release(read_faq(faq), queries, settings, track=track)
        live.serving  # noqa: B018
    gc.freeze()  # what is loaded now is never garbage; the collector must not touch pages that workers share
    run(build_app(settings, live), live, settings, notify)


def _targets(settings: Settings) -> Targets:
    return Targets(settings.target_precision, settings.suggest_probability, tuple(sorted(settings.category_precision.items())))


def _absolute(path: Path | None) -> str:
    return str(path.resolve()) if path else ""


def fit_prior_on(folders: Sequence[Path], ranking: Sequence[Path], track: "Track") -> dict[str, Any]:
    """The prior learned on folders with faqs.csv and queries.csv, as JSON; `ranking` teaches the ranker alone.

    Raises:
        CorpusError: a folder lacks a file or holds one that cannot be read.
    """
    from faqbot.training.prior import fit_prior  # noqa: PLC0415

    return fit_prior(_read_bases(folders, track), _read_bases(ranking, track)).to_json()


def evaluate_release(settings: Settings, labelled: Sequence[LabelledQuery], track: "Track") -> dict[str, Any]:
    """The reliability report of the published release as it is over labelled queries; see faqbot.evaluation.report.

    Raises:
        ReleaseError: none is published, or it cannot be used.
    """
    from faqbot.evaluation.report import Subject, report  # noqa: PLC0415
    from faqbot.evaluation.run import predict  # noqa: PLC0415

    serving = build_live(settings).serving
    bot, created = serving.bot, datetime.fromisoformat(serving.release.manifest["created"])
    predictions = [next(predict(bot, [label.query])) for label in track("질문에 답하는 중", labelled)]
    questions = {entry.id: entry.question for entry in bot.entries}
    subject = Subject(settings.site, bot.release, created, questions, settings.target_precision, bot.parameters.thresholds, cross_fitted=False)
    return report(subject, labelled, predictions)


def benchmark_on(
    sets: Sequence[Path], own: Sequence[Path], out: Path | None, track: "Track", extras: "Extras", ranking: Sequence[Path]
) -> Iterator[dict[str, Any]]:
    """Figures of every set, with weights fitted without it and with it; see faqbot.training.benchmark.

    Raises:
        CorpusError: a folder lacks a file or holds one that cannot be read.
    """
    from faqbot.training.benchmark import benchmark  # noqa: PLC0415

    yield from benchmark(
        _read_bases(sets, track), _read_bases(own, track), _general_reader(), folders=sets, out=out, extras=extras, ranking=_read_bases(ranking, track)
    )


def _read_bases(folders: Sequence[Path], track: "Track") -> list["Base"]:
    from faqbot.training.sets import read_base  # noqa: PLC0415

    return [read_base(folder, _general_reader()) for folder in track("사이트 읽기", folders)]


@cache
def _general_reader() -> Reader:
    """Analyzer and synonyms of the package alone, as for a base without dictionaries of its own."""
    analyzer = KiwiAnalyzer()
    return Reader(analyzer, Synonyms.compile(read_dictionaries(None).synonyms, analyzer))
