"""Training and checking a draft in a process of its own: started, watched and cancelled from any process that has the store. Imports nothing heavy."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from faqbot.errors import FaqbotError, StoreError
from faqbot.settings import Settings, variable
from faqbot.store import JOB_KINDS, Drafts, Job, JobState, Store

#: Seconds without a sign of life after which a job on another computer counts as dead, and one that has no process yet.
SILENCE = 60
#: The same where a process of that number is alive here: a laptop may have slept, but a number may also be another process's by now.
LONG_SILENCE = 600
#: Seconds between two signs of life.
BEAT = 2.0
#: Niceness of the process: whoever asks the bot comes first. Where every core is busy it still gets a tenth of one; with 19 it would never end.
NICE = 10
#: One thread for linear algebra; more would take the cores that serve.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_HANDED_ON = (
    "site", "sites", "models", "var", "host", "database_url", "shared_releases", "secret_key", "timezone", "target_precision", "category_precision", "suggest_probability",
    "candidates",
)  # fmt: skip
#: Characters of a log that a message shows.
_SHOWN = 300


class JobCancelledError(BaseException):
    """Raised inside a job to end it, past every handler of ordinary errors."""


def start_training(drafts: Drafts, started_by: str, settings: Settings, *, fresh_thresholds: bool = False) -> Job:
    """Begin to train the head of the draft.

    Args:
        drafts: of the site.
        started_by: who.
        settings: of this process; the other one gets the same, options of the command line included.
        fresh_thresholds: whether to give up thresholds that a person chose for the release that serves.

    Raises:
        StoreError: `conflict`: a job is running, the message says whose; `refused`: there is no draft.
    """
    head = drafts.head()
    if head is None:
        raise StoreError("학습할 초안이 없습니다. 먼저 FAQ 표를 가져오세요.", code="refused")
    log = log_file(settings)
    settle(drafts, log)
    job = drafts.jobs.start("train", started_by, machine(), head.id)
    return _begun(drafts, job, ["train", *(["--fresh-thresholds"] if fresh_thresholds else [])], settings)


def start_gate(drafts: Drafts, release: str, started_by: str, settings: Settings) -> Job:
    """Begin to check a release against the one that serves now; what is found is kept in the log of releases.

    Args:
        drafts: of the site.
        release: id; whether there is one is found out there.
        started_by: who.
        settings: of this process.

    Raises:
        StoreError: `conflict`: a job is running, the message says whose.
    """
    settle(drafts, log_file(settings))
    job = drafts.jobs.start("gate", started_by, machine(), about={"release": release})
    return _begun(drafts, job, ["gate", release], settings)


def _begun(drafts: Drafts, job: Job, command: Sequence[str], settings: Settings) -> Job:
    """The job with its process, which runs a command of `faqbot draft`."""
    log, name = log_file(settings), JOB_KINDS[job.kind]
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        pid = _spawn([*command, "--job", str(job.id)], environment_of(settings), log)
    except OSError as error:
        drafts.jobs.end(job.id, JobState.FAILED, error=f"{name}을 시작하지 못했습니다: {error.strerror}")
        raise FaqbotError(f"{name}을 시작하지 못했습니다: {error.strerror}.") from error
    drafts.jobs.begin(job.id, pid)
    return drafts.jobs.job(job.id)


def machine() -> str:
    """This computer as long as it runs, for people and programs: its name, and a mark of the place where its process numbers hold.

    Two containers, or two computers of one name, must not judge by number whether the other's process is alive.
    """
    place = ""
    with suppress(OSError):  # where the system tells
        place = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip() + str(Path("/proc/self/ns/pid").stat().st_ino)
    return f"{socket.gethostname()} {hashlib.sha256(place.encode()).hexdigest()[:8]}"


def log_file(settings: Settings) -> Path:
    """What a job's process writes, the last one's."""
    return settings.site_var / "training.log"


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings that a training depends on, as variables for another process."""
    values = {name: value for name in _HANDED_ON if (value := getattr(settings, name)) is not None}
    texts = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value.resolve()) if isinstance(value, Path) else
        json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
        for name, value in values.items()
    }  # fmt: skip
    return {variable(name): text for name, text in texts.items() if text}


def _spawn(options: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    """Started anew, not forked: Kiwi does not survive a fork in a process that has threads."""
    command = [sys.executable, "-m", "faqbot", "draft", *options]
    variables = {**os.environ, **dict.fromkeys(_THREADS, "1"), **environment}
    with log.open("wb") as out:
        os.chmod(log, 0o600)  # noqa: PTH101  # by name: the handle's file
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=variables, start_new_session=True)  # noqa: S603
    threading.Thread(target=process.wait, name="faqbot-training", daemon=True).start()  # or it would stay as a zombie that seems alive
    return process.pid


def run_beside(settings: Settings, arguments: Sequence[str], log: Path, patience: float) -> None:
    """Run a command of faqbot in a process of its own with the settings of this one, and wait for it.

    Args:
        settings: of this process.
        arguments: the command.
        log: what it writes, the last time's.
        patience: seconds after which it is stopped.

    Raises:
        FaqbotError: it failed or took too long; with its last words.
    """
    variables = {**os.environ, **dict.fromkeys(_THREADS, "1"), **environment_of(settings)}
    with log.open("wb") as out:
        os.chmod(log, 0o600)  # noqa: PTH101  # by name: the handle's file
        command = [sys.executable, "-m", "faqbot", *arguments]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=variables, timeout=patience, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FaqbotError(f"faqbot {' '.join(arguments)}: 끝나지 않았습니다 ({error}).") from error
    if done.returncode:
        raise FaqbotError(f"faqbot {' '.join(arguments)}: 실패했습니다.{_last_words(log)}")


def running(drafts: Drafts, log: Path | None = None) -> Job | None:
    """The job that runs; one whose process died is marked as failed first."""
    settle(drafts, log)
    return drafts.jobs.running()


def settle(drafts: Drafts, log: Path | None = None) -> None:
    """Mark a job whose process died as failed, or as cancelled where that was wished."""
    job = drafts.jobs.running()
    if job is None or not _is_dead(drafts, job):
        return
    if job.state is JobState.CANCELLING:
        drafts.jobs.end(job.id, JobState.CANCELLED)
        return
    said = _last_words(log) if job.host == machine() else ""  # the log here is of another job
    drafts.jobs.end(
        job.id, JobState.FAILED, error=f"{JOB_KINDS.get(job.kind, job.kind)}하던 프로세스가 끝까지 가지 못하고 사라졌습니다. 다시 시작하세요.{said}"
    )


def _is_dead(drafts: Drafts, job: Job) -> bool:
    silence = drafts.jobs.now() - job.beat_at
    if job.pid is None or job.host != machine():
        return silence > timedelta(seconds=SILENCE)
    return not _is_alive(job.pid) or silence > timedelta(seconds=LONG_SILENCE)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":  # signal 0 would be Ctrl+C there; its silence tells
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError):  # where the system tells: a zombie has ended
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[:1] != ["Z"]
    return True


def _last_words(log: Path | None) -> str:
    if log is None:
        return ""
    try:
        text = log.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
    return f" 마지막 기록: {text.splitlines()[-1][:_SHOWN]}" if text else ""


def cancel(drafts: Drafts, job_id: int) -> Job:
    """End a job. Releases are written whole or not at all, so nothing of it stays; one that is over already is left as it is.

    Raises:
        MissingRecordError: there is none of that id.
    """
    job = drafts.jobs.cancel(job_id)
    if not job.is_over and job.pid is not None and job.host == machine() and _is_alive(job.pid):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(job.pid, signal.SIGTERM)
    settle(drafts)
    return drafts.jobs.job(job_id)


#: Does what a job is for and returns what is kept as its result; called with what shows progress.
Work = Callable[[Job, Callable[[float, str], None]], dict[str, Any]]


def run_job(store: Store, job_id: int, work: Work) -> Job:
    """Do a job in this process: what the started process calls.

    SIGTERM, or a cancellation written by a process on another computer, ends it at the next step. Errors meant for people become the job's; others too,
    and are raised as well, so that the log has them.
    """
    jobs = store.drafts.jobs
    job = jobs.job(job_id)
    if job.is_over:
        raise FaqbotError(f"{job_id}번 작업은 이미 끝났습니다.")
    jobs.begin(job_id, os.getpid())
    reporter = _Reporter(store.drafts, job_id)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with reporter:
            result = work(job, reporter)
    except JobCancelledError:
        return jobs.end(job_id, JobState.CANCELLED)
    except FaqbotError as error:
        return jobs.end(job_id, JobState.FAILED, error=str(error))
    except Exception as error:
        jobs.end(job_id, JobState.FAILED, error=f"알 수 없는 문제로 실패했습니다({type(error).__name__}). 로그를 확인하세요.")
        raise
    else:
        return jobs.end(job_id, JobState.DONE, result=result)
    finally:
        signal.signal(signal.SIGTERM, before)


def step_back() -> None:
    """Let whoever asks the bot come first: this process is for a job alone."""
    if not hasattr(os, "nice"):
        return
    with suppress(OSError):
        os.nice(NICE)
    if os.getsid(0) == os.getpid():  # Linux gives every session an equal share first; within this one niceness alone would compare it with nobody
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICE), encoding="ascii")


class _Reporter:
    """Writes progress down now and then, and ends the work where the job was cancelled."""

    def __init__(self, drafts: Drafts, job_id: int) -> None:
        self._drafts = drafts
        self._job_id = job_id
        self._progress, self._step = 0.0, "준비하는 중"
        self._written = ("", 0.0)
        self._is_cancelled = threading.Event()
        self._is_over = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="faqbot-beat", daemon=True)

    def __call__(self, progress: float, step: str) -> None:
        self._progress, self._step = max(self._progress, progress), step
        if self._is_cancelled.is_set():
            raise JobCancelledError
        stage = step.partition(" (")[0]
        if stage != self._written[0] or time.monotonic() - self._written[1] > BEAT / 4:
            self._written = (stage, time.monotonic())
            self._write()
            if self._is_cancelled.is_set():
                raise JobCancelledError

    def __enter__(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        self._beating.start()

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is over: what comes of it is written in peace
        self._is_over.set()
        self._beating.join()

    def _on_signal(self, *_: object) -> None:
        raise JobCancelledError

    def _beat(self) -> None:
        while not self._is_over.wait(BEAT):
            self._write()

    def _write(self) -> None:
        with suppress(StoreError):  # a database that is busy for a moment stops no training
            if self._drafts.jobs.report(self._job_id, self._progress, self._step) is not JobState.RUNNING:
                self._is_cancelled.set()
