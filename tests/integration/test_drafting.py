"""Draft → candidate → gate → publish → back: with real trainings of a small help centre."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from faqbot.bootstrap.parts import build_store
from faqbot.bootstrap.training import build_trainer, train_draft_job
from faqbot.corpus import read_faq, read_labelled_queries
from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER, DraftTable
from faqbot.domain import FaqEntry, LabelledQuery, Outcome
from faqbot.errors import GateError, ReleaseError, StoreError
from faqbot.evaluation.findings import Change, State
from faqbot.evaluation.gate import GateReport
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id, load_release
from faqbot.settings import Settings
from faqbot.store import Job, JobState, NewRelease, Store
from faqbot.training import comparing
from faqbot.training.drafting import Drafted, Trainer
from faqbot.training.jobs import NICE, cancel, environment_of, log_file, machine, running, start_training
from faqbot.training.prior import shipped_prior
from faqbot.training.publish import publish, training_lock
from faqbot.training.releasing import publish_release, rollback_release, table_of_release, working
from faqbot.training.source import SOURCE, chosen_thresholds, drafted_table, table_of
from faqbot.training.thresholds import retarget, thresholded
from faqbot.training.train import Plan, train

BASE = Path(__file__).parents[2] / "data" / "bases" / "bank"
#: Entries of the help centre; the whole one would take long to train.
SIZE = 40
#: Seconds that a process may take on a slow machine.
PATIENCE = 300


@pytest.fixture(scope="module")
def table() -> DraftTable:
    entries = read_faq(BASE / "faqs.csv").entries[:SIZE]
    known = {entry.id for entry in entries}
    queries = [labelled for labelled in read_labelled_queries(BASE / "queries.csv") if labelled.faq_ids <= known]
    return DraftTable(entries, "하루은행\tNNP\n", "=\tbank\t통장\t은행 장부\n", tuple(queries))


@pytest.fixture(scope="module")
def first(table: DraftTable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """models/<site> with the table trained and published. Read only."""
    settings = Settings(models=tmp_path_factory.mktemp("drafted"))
    drafted = build_trainer(settings).train(table)
    assert not drafted.gate.is_red
    publish(settings.models / "default", drafted.outcome.release)
    return settings.models / "default"


@pytest.fixture
def settings(first: Path, tmp_path: Path) -> Settings:
    """Of a copy of that site."""
    shutil.copytree(first, tmp_path / "models" / "default")
    return Settings(models=tmp_path / "models", var=tmp_path / "var")


@pytest.fixture
def site(settings: Settings) -> Path:
    return settings.models / "default"


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with build_store(settings) as opened:
        yield opened


@pytest.fixture
def trainer(settings: Settings) -> Trainer:
    return build_trainer(settings)


def edited(table: DraftTable, ids: list[str], change: Callable[[FaqEntry], FaqEntry]) -> DraftTable:
    return table.with_entries(change(entry) for entry in table.entries if entry.id in ids)


def asked_about(table: DraftTable, n: int) -> list[str]:
    """Ids of the first entries that labelled queries ask for."""
    return [entry.id for entry in table.entries if any(entry.id in labelled.faq_ids for labelled in table.queries)][:n]


def red(drafted: Drafted) -> set[str]:
    return {check.name for check in drafted.gate.checks if check.state is State.RED}


@pytest.mark.slow
def test_a_release_beside_itself_passes_without_a_flip(trainer: Trainer, site: Path, table: DraftTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "REWORDED", 5)
    gate = trainer.judge(current_id(site), table)
    assert {check.state for check in gate.checks} <= {State.GREEN, State.SKIPPED}
    assert [check.before for check in gate.checks if check.name == "labelled"] == [check.after for check in gate.checks if check.name == "labelled"]
    assert gate.flips == ()


@pytest.mark.slow
def test_a_table_that_makes_answers_worse_is_red_for_each_reason(trainer: Trainer, table: DraftTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "REWORDED", 5)
    ids = asked_about(table, 20)
    swapped, blurred = ids[:10], ids[10:]
    taken = dict(zip(swapped, [*swapped[1:], swapped[0]], strict=True))
    worse = edited(table, swapped, lambda entry: replace(entry, answer=table.entry(taken[entry.id]).answer))
    worse = edited(worse, blurred, lambda entry: replace(entry, question="문의드립니다", alternate_questions=(), keywords=()))
    broken = LabelledQuery(table.entries[-1].question, kind=MUST_NOT_ANSWER), LabelledQuery("점심 뭐 먹지", frozenset({ids[0]}), MUST_ANSWER)
    steps: list[float] = []
    drafted = trainer.train(worse.with_queries(broken), lambda share, _: steps.append(share))
    assert red(drafted) >= {"former", "answers", "cases"}
    strays = {flip.entry for flip in drafted.gate.flips if flip.source == "answers"}
    assert strays <= set(swapped)
    assert len(strays) >= 8
    assert {flip.query for flip in drafted.gate.flips if flip.source == "cases"} == {labelled.query for labelled in broken}
    assert sum(row["worse"] for row in drafted.gate.by_entry if row["entry"] in blurred) >= 3
    assert (steps, steps[0], steps[-1]) == (sorted(steps), 0.0, 1.0)
    assert not drafted.outcome.published


@pytest.mark.slow
def test_honest_edits_pass_and_a_removed_entry_is_told_by_its_lost_queries(trainer: Trainer, table: DraftTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "REWORDED", 5)

    def better(entry: FaqEntry) -> FaqEntry:
        if int(entry.id[-1]) % 3 == 0:
            return replace(entry, answer=f"{entry.answer}\n\n더 궁금하시면 고객센터로 전화해 주세요.")
        if int(entry.id[-1]) % 3 == 1:
            return replace(entry, alternate_questions=(*entry.alternate_questions, f"{entry.question} 알려 주세요"))
        return replace(entry, question=entry.question.replace("나요?", "는지 궁금해요"))

    gone, *ids = asked_about(table, 31)
    asked = [labelled.query for labelled in table.queries if labelled.faq_ids == {gone}]
    drafted = trainer.train(edited(table, ids, better).without([gone]))
    assert red(drafted) == set()
    assert sorted(flip.query for flip in drafted.gate.flips if flip.change is Change.LOST) == sorted(asked)
    assert drafted.outcome.entries == SIZE - 1
    assert [(check.n, check.after) for check in drafted.gate.checks if check.name == "removed"] == [(SIZE, 1 - 1 / SIZE)]


def test_a_release_keeps_the_whole_table_it_was_made_from(first: Path, table: DraftTable) -> None:
    assert table_of(first / current_id(first)) == table


def test_a_release_that_no_longer_loads_still_gives_its_draft(site: Path, table: DraftTable, trained_site: Path) -> None:
    (site / current_id(site) / "parameters.json").write_text("{}", encoding="utf-8")
    assert drafted_table(site) == table
    assert drafted_table(trained_site) is None
    assert drafted_table(site.parent / "nowhere") is None


def test_the_table_of_a_release_that_kept_none_is_what_it_serves(site: Path, table: DraftTable) -> None:
    folder = site / current_id(site)
    (folder / SOURCE).unlink()
    found = table_of(folder)
    assert (found.entries, found.user_words) == (table.entries, table.user_words)
    assert found.synonyms.split("\t")[::2] == ["=", "통장"]
    assert found.synonyms.split("\t")[3] == "은행 장부\n"


def test_work_begins_with_what_is_published_and_goes_on_with_the_draft(store: Store, site: Path, table: DraftTable, tmp_path: Path) -> None:
    begun = working(store.drafts, site)
    assert (begun.version, begun.table) == (None, table)
    saved = store.drafts.save(table.without([table.entries[0].id]), "김", "하나 뺌", begun.version)
    assert working(store.drafts, site).version == saved.id
    assert len(working(store.drafts, site).table.entries) == SIZE - 1
    with build_store(Settings(var=tmp_path / "empty")) as empty:
        assert working(empty.drafts, tmp_path / "nowhere").table == DraftTable()


# Publication


def gated(store: Store, site: Path, *, is_red: bool, published: str = "") -> str:
    """A release of the site that is logged with a gate report; not the one that serves."""
    release = current_id(site)
    checks = [{"name": "labelled", "label": "첫째 후보", "state": "red" if is_red else "green", "n": 1, "before": 1.0, "after": 0.5, "limit": "", "reason": ""}]
    gate = {"candidate": release, "published": published or release, "checked_at": "", "checks": checks, "flips": [], "by_entry": [], "by_category": []}
    store.drafts.log_release(NewRelease(release, "김", gate=gate))
    return release


def test_red_needs_a_reason_that_is_kept(store: Store, site: Path) -> None:
    release = gated(store, site, is_red=True)
    with pytest.raises(GateError, match=r"점검에서 걸린 것이 있습니다\(첫째 후보\)\. 그래도 공개하려면 이유를 적으세요"):
        publish_release(store, site, release, by="박", why="  ")
    assert store.drafts.release(release).published_at is None
    publish_release(store, site, release, by="박", why="급한 정정이라서")
    assert (store.drafts.release(release).published_by, store.drafts.release(release).published_why) == ("박", "급한 정정이라서")


def test_green_needs_none_unless_another_release_was_published_meanwhile(store: Store, site: Path) -> None:
    publish_release(store, site, gated(store, site, is_red=False), by="박")
    release = gated(store, site, is_red=False, published="f" * 16)
    logged = store.drafts.release(release)
    store.drafts.set_gate(release, {**logged.made.gate, "candidate": "e" * 16})
    with pytest.raises(GateError, match="다시 점검하세요"):
        publish_release(store, site, release, by="박")


# Thresholds


def test_other_thresholds_are_a_release_of_their_own_that_can_be_undone(store: Store, site: Path, table: DraftTable, settings: Settings) -> None:
    old = current_id(site)
    tried = thresholded(site)
    logged = retarget(store, site, old, 0.97, 0.6, by="박", why="더 조심스럽게")
    assert logged.release != old
    assert (logged.made.origin, logged.made.why, logged.made.changes["unchanged"]) == (old, "더 조심스럽게", SIZE)
    assert current_id(site) == old

    new = load_release(site / logged.release)
    assert (new.parameters.thresholds.answer, new.parameters.thresholds.suggest) == (0.97, 0.6)
    replies = [new.bot(KiwiAnalyzer(new.user_words)).ask(labelled.query).outcome for labelled in table.queries if labelled.in_scope]
    counts = tried.what_if(0.97, 0.6)
    assert thresholded(site, logged.release).what_if(0.97, 0.6) == counts
    assert counts.answered < tried.what_if(tried.thresholds.answer, tried.thresholds.suggest).answered
    assert abs(replies.count(Outcome.ANSWER) - counts.answered) <= 0.1 * len(replies)  # counts are cross-fitted, replies are not
    report = json.loads((site / logged.release / "report.json").read_bytes())
    assert (report["release"], report["thresholds"]["answer"], report["answers"]["n"]) == (
        logged.release,
        0.97,
        counts.answered + counts.out_of_scope - counts.caught,
    )

    publish_release(store, site, logged.release, by="박", why="더 조심스럽게")
    assert current_id(site) == logged.release
    assert rollback_release(store, site, by="박").release == old
    assert current_id(site) == old
    with pytest.raises(ReleaseError, match="지금과 같습니다"):
        retarget(store, site, logged.release, 0.97, 0.6, by="박")
    with pytest.raises(ReleaseError, match="0보다 크고 1보다 작아야"):
        retarget(store, site, old, 1.0, 0.6, by="박")


def test_going_back_works_while_a_training_runs(store: Store, site: Path, first: Path) -> None:
    old = current_id(site)
    new = retarget(store, site, old, 0.97, 0.6, by="박").release
    with training_lock(site):
        publish_release(store, site, new, by="박", why="급함")
        assert rollback_release(store, site, by="박").release == old


def test_thresholds_that_a_person_chose_are_those_of_the_release(tmp_path: Path, table: DraftTable) -> None:
    plan = Plan(Targets(0.9, 0.25), source=table, chosen=(0.83, 0.4))
    done = train(table.entries[:8], (), Dictionaries((), ()), site=tmp_path / "site", analyzer=KiwiAnalyzer(), prior=shipped_prior(), plan=plan)
    thresholds = load_release(done.folder).parameters.thresholds
    assert (thresholds.answer, thresholds.suggest) == (0.83, 0.4)
    assert chosen_thresholds(done.folder) == (0.83, 0.4)


# Jobs


def over(store: Store, settings: Settings, job: Job) -> Job:
    until = time.monotonic() + PATIENCE
    while not store.drafts.jobs.job(job.id).is_over:
        assert time.monotonic() < until, log_file(settings).read_text(encoding="utf-8")
        time.sleep(0.1)
        running(store.drafts, log_file(settings))
    return store.drafts.jobs.job(job.id)


@pytest.mark.slow
@pytest.mark.usefixtures("jobs_at_once")
def test_a_draft_is_trained_in_a_process_of_its_own_and_published_by_hand(store: Store, settings: Settings, site: Path, table: DraftTable) -> None:
    old = current_id(site)
    changed = edited(table, [table.entries[0].id], lambda entry: replace(entry, answer=f"{entry.answer} 감사합니다."))
    version = store.drafts.save(changed, "김", "인사", None)
    job = start_training(store.drafts, "김", settings)
    with pytest.raises(StoreError, match="김 님이") as refused:
        start_training(store.drafts, "이", settings)
    assert refused.value.code == "conflict"
    done = over(store, settings, job)
    assert (done.state, done.error, done.progress, done.version_id) == (JobState.DONE, "", 1.0, version.id)
    release = str(done.result["release"])
    logged = store.drafts.release(release)
    assert (logged.made.trained_by, logged.made.version_id, logged.made.gate) == ("김", version.id, done.result["gate"])
    assert logged.made.changes == {"added": 0, "removed": 0, "changed": 1, "unchanged": SIZE - 1, "against": old}
    assert not GateReport.from_json(done.result["gate"]).is_red
    assert current_id(site) == old

    live = LiveRelease(site, KiwiAnalyzer)
    assert live.serving.release.id == old
    publish_release(store, site, release, by="박")
    assert live.refresh()
    assert live.serving.release.entries[0].answer.endswith("감사합니다.")
    assert table_of_release(store.drafts, site, release) == changed


@pytest.mark.slow
@pytest.mark.usefixtures("jobs_at_once")
def test_a_cancelled_training_leaves_nothing(store: Store, settings: Settings, site: Path, table: DraftTable) -> None:
    before = sorted(path.name for path in site.iterdir())
    store.drafts.save(table.without([table.entries[0].id]), "김", "", None)
    job = start_training(store.drafts, "김", settings)
    until = time.monotonic() + PATIENCE
    while store.drafts.jobs.job(job.id).progress < 0.05 and time.monotonic() < until:
        time.sleep(0.05)
    assert cancel(store.drafts, job.id).state in {JobState.CANCELLING, JobState.CANCELLED}
    ended = over(store, settings, job)
    assert (ended.state, ended.result) == (JobState.CANCELLED, None)
    assert [name for name in sorted(path.name for path in site.iterdir()) if not name.startswith(".")] == [n for n in before if not n.startswith(".")]
    assert list(site.glob(".unfinished-*")) == []
    assert running(store.drafts) is None


def test_a_job_whose_process_died_is_marked_as_failed_and_the_next_may_start(store: Store, settings: Settings, table: DraftTable) -> None:
    version = store.drafts.save(table, "김", "", None)
    job = store.drafts.jobs.start("train", "김", machine(), version.id)
    assert running(store.drafts).id == job.id
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    store.drafts.jobs.begin(job.id, process.pid)
    assert running(store.drafts).id == job.id
    os.kill(process.pid, signal.SIGKILL)
    while running(store.drafts):  # a zombie by now: nobody has waited for it
        time.sleep(0.01)
    process.wait()
    ended = store.drafts.jobs.job(job.id)
    assert (ended.state, ended.error) == (JobState.FAILED, "학습하던 프로세스가 끝까지 가지 못하고 사라졌습니다. 다시 시작하세요.")
    assert store.drafts.jobs.start("train", "이", machine()).started_by == "이"


def test_a_job_on_another_computer_is_dead_when_it_has_been_silent(store: Store) -> None:
    job = store.drafts.jobs.start("train", "김", "another computer")
    assert running(store.drafts).id == job.id
    now = store.drafts.jobs.now()
    store.drafts.jobs.now = lambda: now + timedelta(minutes=2)
    assert running(store.drafts) is None
    assert store.drafts.jobs.job(job.id).state is JobState.FAILED


def test_a_job_on_a_computer_of_our_name_is_not_judged_by_our_processes(store: Store) -> None:
    job = store.drafts.jobs.start("train", "김", machine().replace(machine()[-8:], "0" * 8))
    store.drafts.jobs.begin(job.id, 2**22 + 1)  # no such process here
    assert running(store.drafts).id == job.id
    assert cancel(store.drafts, job.id).state is JobState.CANCELLING


def test_a_draft_that_cannot_be_trained_says_why(store: Store, settings: Settings, table: DraftTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faqbot.training.jobs.step_back", lambda: None)  # the tests go on in this process
    version = store.drafts.save(replace(table, user_words="네이버페이\t명사\n"), "김", "", None)
    job = store.drafts.jobs.start("train", "김", machine(), version.id)
    ended = train_draft_job(settings, job.id)
    assert ended.state is JobState.FAILED
    assert "사용자 사전 1행" in ended.error


AUTOGROUP = Path("/proc/self/autogroup")


@pytest.mark.parametrize("own_session", [True, False], ids=["as a job is started", "beside others"])
def test_a_job_steps_back_and_takes_nobody_of_its_session_with_it(own_session: bool) -> None:
    if not AUTOGROUP.exists() or not AUTOGROUP.read_text(encoding="ascii"):  # in a group of its own, as in a container, nothing stands there
        pytest.skip("this system gives sessions no shares")
    program = (
        f"import os\nfrom faqbot.training.jobs import step_back\nstep_back()\nprint(os.getpriority(os.PRIO_PROCESS, 0))\nprint(open('{AUTOGROUP}').read())"
    )
    before = AUTOGROUP.read_text(encoding="ascii").split()[-1]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE, start_new_session=own_session)
    niceness, group = done.stdout.splitlines()[:2]
    assert (niceness, group.split()[-1]) == (str(min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE)), str(NICE) if own_session else before)


def test_nothing_is_trained_without_a_draft(store: Store, settings: Settings) -> None:
    with pytest.raises(StoreError, match="학습할 초안이 없습니다") as refused:
        start_training(store.drafts, "김", settings)
    assert refused.value.code == "refused"
    assert store.drafts.jobs.running() is None


def test_the_process_gets_the_settings_of_the_one_that_starts_it(settings: Settings) -> None:
    handed = environment_of(settings.model_copy(update={"category_precision": {"예금": 0.97}}))
    assert handed["FAQBOT_MODELS"] == str(settings.models.resolve())
    assert json.loads(handed["FAQBOT_CATEGORY_PRECISION"]) == {"예금": 0.97}
    assert "FAQBOT_DATABASE_URL" not in handed
