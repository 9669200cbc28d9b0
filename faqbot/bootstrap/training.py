"""A table or a draft → a release, with what the settings ask of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faqbot.bootstrap.parts import build_store, site_folder
from faqbot.corpus import read_labelled_queries
from faqbot.corpus.categories import Category, as_category, categories, category_name, nearest_categories
from faqbot.corpus.draft import DraftTable
from faqbot.corpus.read import FaqTable
from faqbot.domain import FaqEntry
from faqbot.errors import FaqbotError, SettingsError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import SYNONYMS, USER_WORDS, read_dictionaries
from faqbot.retrieval.parameters import CATEGORY, Targets
from faqbot.settings import Settings, variable

if TYPE_CHECKING:
    from faqbot.store import Job, LoggedRelease, Store
    from faqbot.training.base import Track
    from faqbot.training.drafting import Trainer
    from faqbot.training.train import Outcome

_PRECISIONS = variable("category_precision")


def train_release(  # noqa: PLR0913  # what is trained, and what becomes of it
    table: FaqTable, queries: Path | None, settings: Settings, *, track: "Track", prior: Path | None = None, publish: bool = True, by: str = "faqbot"
) -> "Outcome":
    """Train from a table that was read; dictionaries are taken from its folder. `by` publishes, where machines share releases.

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
    done = train(
        table.entries,
        labelled,
        dictionaries,
        site=site_folder(settings),
        analyzer=KiwiAnalyzer(dictionaries.user_words),
        prior=read_prior(prior) if prior else shipped_prior(),
        plan=Plan(targets, publish and not settings.shared_releases, (_absolute(Path(table.source)), _absolute(queries)), source),
        track=track,
    )
    if not (publish and settings.shared_releases):
        return done
    publish_trained(settings, done.release, by=by)
    return replace(done, published=True)


def publish_trained(settings: Settings, release: str, *, by: str) -> None:
    """Make a release that was just trained past the draft the one that serves, here or on all machines that share releases.

    Raises:
        FaqbotError: it cannot be published.
    """
    from faqbot.training.publish import publish  # noqa: PLC0415
    from faqbot.training.releasing import publish_release  # noqa: PLC0415

    if not settings.shared_releases:
        publish(site_folder(settings), release)
        return
    with build_store(settings) as store:
        publish_release(store, site_folder(settings), release, by=by, why="초안을 거치지 않은 학습")


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
        log_candidate(store, site, outcome.release, made)
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
