"""What becomes of a job: done, failed, cancelled, never begun; the work is a function of the test, the store is a real one."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from faqbot.bootstrap.parts import build_store
from faqbot.bootstrap.training import gate_release_job, train_draft_job
from faqbot.errors import FaqbotError
from faqbot.settings import Settings
from faqbot.store import Job, JobState, Store
from faqbot.training import jobs
from faqbot.training.jobs import cancel, log_file, machine, run_beside, run_job, running, start_gate

Progress = Callable[[float, str], None]
#: A real id of no release.
RELEASE = "0123456789abcdef"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("jobs")
    return Settings(models=folder / "models", var=folder / "var")


@pytest.fixture(scope="module")
def opened(settings: Settings) -> Iterator[Store]:
    with build_store(settings) as store:
        yield store


@pytest.fixture
def store(opened: Store) -> Iterator[Store]:
    """One for all tests; none leaves a job running."""
    yield opened
    if (left := opened.drafts.jobs.running()) is not None:
        opened.drafts.jobs.end(left.id, JobState.FAILED)


@pytest.fixture
def job(store: Store) -> Job:
    """One that has no process yet."""
    return store.drafts.jobs.start("train", "김", machine())


def fails(error: Exception) -> Callable[[Job, Progress], dict[str, Any]]:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        raise error

    return work


def test_a_job_that_is_done_keeps_what_came_of_it(store: Store, job: Job) -> None:
    done = run_job(store, job.id, lambda *_: {"release": RELEASE})
    assert (done.state, done.result, done.pid, done.progress) == (JobState.DONE, {"release": RELEASE}, os.getpid(), 1.0)


def test_what_is_meant_for_people_is_why_a_job_failed(store: Store, job: Job) -> None:
    ended = run_job(store, job.id, fails(FaqbotError("사용자 사전 1행을 고치세요.")))
    assert (ended.state, ended.error) == (JobState.FAILED, "사용자 사전 1행을 고치세요.")


def test_an_error_of_ours_ends_a_job_with_its_kind_alone_and_reaches_the_log(store: Store, job: Job) -> None:
    with pytest.raises(ZeroDivisionError):
        run_job(store, job.id, fails(ZeroDivisionError("환불 며칠")))
    assert store.drafts.jobs.job(job.id).error == "알 수 없는 문제로 실패했습니다(ZeroDivisionError). 로그를 확인하세요."


def test_a_job_that_is_over_is_not_done_again(store: Store, job: Job) -> None:
    run_job(store, job.id, lambda *_: {})
    with pytest.raises(FaqbotError, match=f"{job.id}번 작업은 이미 끝났습니다"):
        run_job(store, job.id, fails(AssertionError("it was done again")))


def mine(*_: object) -> None:
    """Somebody's own handler of a signal."""


def test_sigterm_cancels_a_job_and_is_again_what_it_was_before(store: Store, job: Job) -> None:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGTERM)
        progress(0.5, "학습")
        raise AssertionError("it went on")

    before = signal.signal(signal.SIGTERM, mine)
    try:
        assert run_job(store, job.id, work).state is JobState.CANCELLED
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_job_that_was_cancelled_elsewhere_ends_at_its_next_step(store: Store, job: Job) -> None:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        store.drafts.jobs.cancel(job.id)
        progress(0.5, "학습")
        raise AssertionError("it went on")

    assert run_job(store, job.id, work).state is JobState.CANCELLED


def test_progress_never_goes_back(store: Store, job: Job) -> None:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        progress(0.5, "학습")
        progress(0.2, "점검")
        found = store.drafts.jobs.job(job.id)
        return {"progress": found.progress, "step": found.step}

    assert run_job(store, job.id, work).result == {"progress": 0.5, "step": "점검"}


def test_a_job_shows_that_it_lives_while_a_step_takes_long(store: Store, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BEAT", 0.01)

    def work(job: Job, progress: Progress) -> dict[str, Any]:
        while store.drafts.jobs.job(job.id).beat_at == job.beat_at:
            pass
        return {}

    assert run_job(store, job.id, work).state is JobState.DONE


def test_a_job_that_cannot_be_started_is_no_job_that_runs(store: Store, settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"var": tmp_path})
    log_file(elsewhere).mkdir(parents=True)
    with pytest.raises(FaqbotError, match="점검을 시작하지 못했습니다"):
        start_gate(store.drafts, RELEASE, "김", elsewhere)
    assert running(store.drafts) is None
    assert store.drafts.jobs.latest()[0].state is JobState.FAILED


def test_a_check_of_a_release_that_is_not_there_says_which(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "step_back", lambda: None)  # the tests go on in this process
    made = store.drafts.jobs.start("gate", "김", machine(), about={"release": RELEASE})
    ended = gate_release_job(settings, made.id)
    assert (ended.state, RELEASE in ended.error) == (JobState.FAILED, True)


def test_a_check_is_not_taken_for_a_training(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "step_back", lambda: None)
    made = store.drafts.jobs.start("gate", "김", machine(), about={"release": RELEASE})
    assert train_draft_job(settings, made.id).error == f"{made.id}번 작업은 학습이 아닙니다."


@pytest.fixture
def ended() -> Iterator[subprocess.Popen]:
    """A process that has ended and that nobody has waited for."""
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        yield process


def test_a_cancelled_job_whose_process_has_gone_is_cancelled(store: Store, job: Job, ended: subprocess.Popen) -> None:
    store.drafts.jobs.begin(job.id, ended.pid)
    assert cancel(store.drafts, job.id).state is JobState.CANCELLED


def test_the_last_line_of_the_log_says_why_a_process_has_gone(store: Store, settings: Settings, job: Job, ended: subprocess.Popen) -> None:
    store.drafts.jobs.begin(job.id, ended.pid)
    log_file(settings).write_text("읽는 중\nMemoryError\n", encoding="utf-8")
    assert running(store.drafts, log_file(settings)) is None
    assert store.drafts.jobs.job(job.id).error.endswith("다시 시작하세요. 마지막 기록: MemoryError")


def test_a_command_beside_that_fails_is_told_with_its_last_words(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(FaqbotError, match=r"faqbot nonsense: 실패했습니다\. 마지막 기록: 더 알아보기"):
        run_beside(settings, ("nonsense",), tmp_path / "log", 60)


def test_a_command_beside_that_takes_too_long_is_stopped(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(FaqbotError, match="faqbot --version: 끝나지 않았습니다"):
        run_beside(settings, ("--version",), tmp_path / "log", 0.001)
