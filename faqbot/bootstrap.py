"""Composition root: settings in, working parts out. The one place where they are put together."""

import gc
import ipaddress
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from faqbot.corpus import read_labelled_queries
from faqbot.corpus.categories import Category, as_category, categories, category_name, nearest_categories
from faqbot.corpus.draft import DraftTable
from faqbot.corpus.read import FaqTable, read_faq
from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import FaqbotError, ReleaseError, SettingsError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import SYNONYMS, USER_WORDS, read_dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.parameters import CATEGORY, Targets
from faqbot.retrieval.release import current_id, trained_from
from faqbot.settings import Settings, variable

if TYPE_CHECKING:
    from flask import Flask

    from faqbot.evaluation.review import Found
    from faqbot.store import Job, LoggedRelease, Purged, Store
    from faqbot.training.base import Base, Track
    from faqbot.training.benchmark import Extras
    from faqbot.training.drafting import Trainer
    from faqbot.training.train import Outcome


_PRECISIONS = variable("category_precision")
_DAY = 24 * 3600
#: Seconds from one refresh of the review queue to the next behind a server. A hundred thousand queries cost 40 seconds of one core.
REVIEW_EVERY = 300.0
#: Seconds after which a refresh behind a server is stopped.
_REVIEW_PATIENCE = 1800.0


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
    from faqbot.web.contact import opening_hours  # noqa: PLC0415

    try:
        opening_hours(settings)
    except ValueError as error:
        raise SettingsError(f"{variable('open_hours')}={settings.open_hours!r}: {error}") from error
    return create_app(live, settings, build_store(settings), secret_key(settings))


def build_store(settings: Settings) -> "Store":
    """The store of the site, with tables of the newest version.

    Raises:
        SettingsError: there is no secret key and none may be made.
        StoreError: it cannot be opened.
    """
    from faqbot.store import open_store  # noqa: PLC0415  # asking and training need no database

    url = settings.database_url.get_secret_value() or f"sqlite:///{settings.var / 'faqbot.db'}"
    zone = ZoneInfo(settings.timezone)
    return open_store(url, secret_key(settings), settings.site, lambda: datetime.now(zone))


def secret_key(settings: Settings) -> bytes:
    """The secret key that is set, else the one in the var folder, made there where only this machine can connect.

    Raises:
        SettingsError: none is set and the server listens to other machines, or the file cannot be used.
    """
    if given := settings.secret_key.get_secret_value():
        return given.encode()
    from faqbot.store.keyfile import read_or_make_key  # noqa: PLC0415

    path, may_make = settings.var / "secret.key", is_loopback(settings.host)
    if not may_make and not path.exists():
        raise SettingsError(
            f"{variable('secret_key')}: 다른 컴퓨터에서 접속을 받으려면 비밀 키가 있어야 합니다. openssl rand -base64 48 로 만든 값을 적고, 잃어버리지 않게 따로 보관하세요."
        )
    return read_or_make_key(path, may_make=may_make)


def local_time(settings: Settings, moment: datetime) -> datetime:
    """The moment in the site's time zone."""
    return moment.astimezone(ZoneInfo(settings.timezone))


def local_today(settings: Settings) -> date:
    """Today in the site's time zone."""
    return datetime.now(ZoneInfo(settings.timezone)).date()


def maintain(settings: Settings, *, at_most_daily: bool = False) -> "Purged | None":
    """Delete what has been kept long enough, candidates that nobody published too; None where another process is at it.

    Args:
        settings: days that things are kept.
        at_most_daily: do nothing, and return None, where it was done in the last day.

    Raises:
        SettingsError, StoreError: the store cannot be used.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415

    from faqbot.store import Retention  # noqa: PLC0415

    done = settings.var / "maintained"

    def is_due() -> bool:
        return not (at_most_daily and done.exists() and time.time() - done.stat().st_mtime < _DAY)

    if not is_due():  # nearly always, and then no database is opened for it
        return None
    with build_store(settings) as store:
        settings.var.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(settings.var / "maintain.lock", timeout=0):
                if not is_due():  # another process did it meanwhile
                    return None
                purged = store.purge(Retention(settings.keep_queries, settings.keep_feedback, settings.keep_inquiries))
                purged = replace(purged, releases=_remove_stale(settings, store))
                done.touch()
                return purged
        except Timeout:
            return None


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


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def train_release(table: FaqTable, queries: Path | None, settings: Settings, *, track: "Track", prior: Path | None = None, publish: bool = True) -> "Outcome":
    """Train from a table that was read; dictionaries are taken from its folder.

    Raises:
        FaqbotError: a file cannot be used, a setting names a category that the table lacks, or the gate refuses the release.
    """
    from faqbot.training.prior import read_prior, shipped_prior  # noqa: PLC0415  # scikit-learn costs a second and a half
    from faqbot.training.train import Plan, train  # noqa: PLC0415

    targets = _targets(settings, table.entries)
    folder = Path(table.source).parent
    dictionaries = read_dictionaries(folder)
    labelled = read_labelled_queries(queries) if queries else ()
    source = DraftTable(table.entries, _text_of(folder / USER_WORDS), _text_of(folder / SYNONYMS), labelled)
    return train(
        table.entries,
        labelled,
        dictionaries,
        site=site_folder(settings),
        analyzer=KiwiAnalyzer(dictionaries.user_words),
        prior=read_prior(prior) if prior else shipped_prior(),
        plan=Plan(targets, publish, (_absolute(Path(table.source)), _absolute(queries)), source),
        track=track,
    )


def build_trainer(settings: Settings) -> "Trainer":
    """What trains drafts of the site."""
    from faqbot.training.drafting import Trainer  # noqa: PLC0415  # scikit-learn costs a second and a half
    from faqbot.training.prior import shipped_prior  # noqa: PLC0415

    return Trainer(site_folder(settings), KiwiAnalyzer, shipped_prior(), lambda entries: _targets(settings, entries))


def train_draft_job(settings: Settings, job_id: int, *, fresh_thresholds: bool = False) -> "Job":
    """Train the draft version of a job in this process, which does nothing else, and write candidate and gate report into the log of releases.

    Args:
        settings: of the site.
        job_id: of a job that was started.
        fresh_thresholds: whether to give up thresholds that a person chose.

    Raises:
        FaqbotError: there is no such job, or the store cannot be used. What goes wrong with the training is kept with the job.
    """
    from faqbot.store import NewRelease  # noqa: PLC0415
    from faqbot.training.drafting import drop_candidates, known_releases  # noqa: PLC0415
    from faqbot.training.jobs import JobCancelledError, run_job, step_back  # noqa: PLC0415
    from faqbot.training.landing import accepted_queries  # noqa: PLC0415
    from faqbot.training.releasing import log_candidate  # noqa: PLC0415

    step_back()
    site = site_folder(settings)

    def work(job: "Job", progress: Callable[[float, str], None]) -> dict[str, Any]:
        if job.version_id is None:
            raise FaqbotError(f"{job.id}번 작업은 학습이 아닙니다.")
        table = DraftTable.from_json(store.drafts.version(job.version_id).table)
        known = known_releases(site)
        try:
            accepted = accepted_queries(store)
            drafted = build_trainer(settings).train(table, progress, fresh_thresholds=fresh_thresholds, accepted=accepted)
        except JobCancelledError:
            drop_candidates(site, known)
            raise
        outcome, gate = drafted.outcome, drafted.gate.to_json()
        made = NewRelease(outcome.release, job.started_by, version_id=job.version_id, figures=outcome.metrics, gate=gate)
        log_candidate(store.drafts, site, outcome.release, made)
        return {"release": outcome.release, "entries": outcome.entries, "gate": gate}

    with build_store(settings) as store:
        return run_job(store, job_id, work)


def gate_release(settings: Settings, store: "Store", release: str, progress: Callable[[float, str], None] = lambda _, __: None) -> "LoggedRelease":
    """Check a release against the one that serves now, with the labelled queries of the draft, and keep the report in the log of releases.

    Raises:
        ReleaseError: it cannot be used.
    """
    from faqbot.store import NewRelease  # noqa: PLC0415
    from faqbot.training.landing import accepted_queries  # noqa: PLC0415
    from faqbot.training.releasing import table_of_release, working  # noqa: PLC0415

    site = site_folder(settings)
    table = replace(table_of_release(store.drafts, site, release), queries=working(store.drafts, site).table.queries)
    gate = build_trainer(settings).judge(release, table, progress, accepted_queries(store)).to_json()
    return store.drafts.set_gate(release, gate) if store.drafts.release(release) else store.drafts.log_release(NewRelease(release, "", gate=gate))


def gate_release_job(settings: Settings, job_id: int) -> "Job":
    """Do `gate_release` as a job in this process, which does nothing else.

    Raises:
        FaqbotError: there is no such job, or the store cannot be used. What goes wrong with the gate is kept with the job.
    """
    from faqbot.training.jobs import run_job, step_back  # noqa: PLC0415

    step_back()

    def work(job: "Job", progress: Callable[[float, str], None]) -> dict[str, Any]:
        logged = gate_release(settings, store, str((job.result or {}).get("release", "")), progress)
        return {"release": logged.release, "gate": logged.made.gate}

    with build_store(settings) as store:
        return run_job(store, job_id, work)


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
    run(build_app(settings, live), settings, notify, lambda: start_threads(settings, live))


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


def start_threads(settings: Settings, live: LiveRelease) -> None:
    """What each serving process does beside answering.

    It follows publications; one of them deletes what was kept long enough once a day, and has the review queue refreshed every few minutes.
    """
    from faqbot.web import upkeep  # noqa: PLC0415

    live.follow()
    upkeep.start(lambda: maintain(settings, at_most_daily=True))
    upkeep.start(lambda: refresh_review_beside(settings), REVIEW_EVERY)


def _targets(settings: Settings, entries: Sequence[FaqEntry]) -> Targets:
    """What the settings ask of the thresholds of a table, with categories spelt as the decision looks them up.

    Raises:
        SettingsError: names every category that no entry has, for its threshold would never be used; or one that is given twice.
    """
    asked: dict[Category, float] = {}
    for name, precision in settings.category_precision.items():
        if as_category(name) in asked:
            raise SettingsError(f"{_PRECISIONS}: '{category_name(as_category(name))}' 분류가 두 번 있습니다. 하나만 남기고 다시 학습하세요.")
        asked[as_category(name)] = precision
    known = categories(entries)
    if unknown := [name for name in settings.category_precision if as_category(name) not in known]:
        lines = "\n".join(f"- '{name}': {_meant(as_category(name), known)}" for name in unknown)
        raise SettingsError(f"{_PRECISIONS}: FAQ 표에 없는 분류라서 기준을 걸 수 없습니다.\n{lines}\n표의 분류대로 고치거나 지우고 다시 학습하세요.")
    in_category = ((CATEGORY.join(category), precision) for category, precision in asked.items())
    return Targets(settings.target_precision, settings.suggest_probability, tuple(sorted(in_category)))


def _meant(category: Category, known: Sequence[Category]) -> str:
    """What may have been meant by a category that is not there, for people."""
    near = [f"'{category_name(one)}'" for one in nearest_categories(category, known)]
    if near:
        return f"혹시 {', '.join(near)} 인가요?"
    broad = [f"'{one[0]}'" for one in known if len(one) == 1]
    return f"표의 큰 분류: {', '.join(broad)}." if broad else "이 표에는 분류가 없습니다."


def _text_of(path: Path) -> str:
    """A dictionary file as it stands, "" where there is none; it was read before, so it can be."""
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""


def _absolute(path: Path | None) -> str:
    return str(path.resolve()) if path else ""


def fit_prior_on(folders: Sequence[Path], ranking: Sequence[Path], track: "Track") -> dict[str, Any]:
    """The prior learned on folders with faqs.csv and queries.csv, as JSON; `ranking` teaches the ranker alone.

    Raises:
        CorpusError: a folder lacks a file or holds one that cannot be read.
    """
    from faqbot.training.prior import fit_prior  # noqa: PLC0415

    return fit_prior(*_read_bases(track, folders, ranking)).to_json()


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

    scored, fitted, ranked = _read_bases(track, sets, own, ranking)
    yield from benchmark(scored, fitted, _general_reader(), folders=sets, out=out, extras=extras, ranking=ranked)


def _read_bases(track: "Track", *groups: Sequence[Path]) -> list[list["Base"]]:
    """The bases of each group of folders; a folder that is given twice is read once, by the name it is given first."""
    from faqbot.training.sets import read_base  # noqa: PLC0415

    folders: dict[Path, Path] = {}
    for folder in chain(*groups):
        folders.setdefault(folder.resolve(), folder)
    read = {place: read_base(folder, _general_reader()) for place, folder in track("사이트 읽기", tuple(folders.items()))}
    return [[read[folder.resolve()] for folder in group] for group in groups]


@cache
def _general_reader() -> Reader:
    """Analyzer and synonyms of the package alone, as for a base without dictionaries of its own."""
    analyzer = KiwiAnalyzer()
    return Reader(analyzer, Synonyms.compile(read_dictionaries(None).synonyms, analyzer))
