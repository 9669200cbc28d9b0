"""Work that takes long, one piece at a time on a site: who started it, how far it is, what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, select, update

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store.engine import alone, reading, writing
from faqbot.store.schema import is_id, jobs


class JobState(StrEnum):
    """How a job stands; all but the first two are final."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ALIVE = (JobState.RUNNING.value, JobState.CANCELLING.value)
#: Kind → what a message calls it.
JOB_KINDS = {"train": "학습", "gate": "점검"}


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Attributes:
        id: rising with time.
        kind: `train` or `gate`.
        state: how it stands.
        version_id: of the draft it works on, None for a gate.
        started_by: who.
        started_at: when, in UTC.
        beat_at: the last sign of life.
        ended_at: None while it runs.
        progress: 0..1.
        step: what is being done, for people.
        host: name of the computer it runs on.
        pid: of its process, None before that has begun.
        result: what came of it; before that, and where nothing did, what it is about, None for nothing.
        error: why it failed, "" otherwise.
    """

    id: int
    kind: str
    state: JobState
    version_id: int | None
    started_by: str
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None
    progress: float
    step: str
    host: str
    pid: int | None
    result: dict[str, Any] | None
    error: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state.value not in _ALIVE


class Jobs:
    """Jobs of one site. Every method may raise StoreError: nothing was stored."""

    def __init__(self, engine: Engine, site: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._site = site
        self._clock = clock

    def now(self) -> datetime:
        """The time that signs of life are compared with."""
        return self._clock()

    def start(self, kind: str, started_by: str, host: str, version_id: int | None = None, about: dict[str, Any] | None = None) -> Job:
        """Begin one; see `Job.result` for `about`.

        Raises:
            StoreError: `conflict`: another runs; the message says whose and since when.
        """
        with alone(self._engine, f"jobs {self._site}") as connection:
            if (other := self._running(connection)) is not None:
                raise StoreError(
                    f"{other.started_by} 님이 {other.started_at.astimezone(self._clock().tzinfo):%Y-%m-%d %H:%M}에 시작한 {JOB_KINDS.get(other.kind, other.kind)}이(가) "
                    f"진행 중입니다({other.progress:.0%}). 끝나기를 기다리거나 취소한 뒤에 다시 시작하세요.",
                    code="conflict",
                )
            now = self._clock()
            values = {
                "site": self._site, "kind": kind, "state": JobState.RUNNING.value, "version_id": version_id, "started_by": started_by, "started_at": now,
                "beat_at": now, "progress": 0.0, "step": "준비하는 중", "host": host, "error": "",
                "result": about,
            }  # fmt: skip
            return self._find(connection, connection.execute(insert(jobs).values(values).returning(jobs.c.id)).scalar_one())

    def job(self, job_id: int) -> Job:
        """One job.

        Raises:
            MissingRecordError: there is none of that id on this site.
        """
        with reading(self._engine) as connection:
            return self._find(connection, job_id)

    def running(self) -> Job | None:
        """The one that runs; None where none does."""
        with reading(self._engine) as connection:
            return self._running(connection)

    def latest(self, limit: int = 20) -> tuple[Job, ...]:
        """The latest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(jobs).where(jobs.c.site == self._site).order_by(jobs.c.id.desc()).limit(max(0, limit)))
            return tuple(map(_job, rows))

    def begin(self, job_id: int, pid: int) -> None:
        """Write down its process."""
        self._set(job_id, pid=pid, beat_at=self._clock())

    def report(self, job_id: int, progress: float, step: str) -> JobState:
        """Write down how far it is, 0..1, which is a sign of life too.

        Returns:
            How it stands: a job that somebody cancelled, or gave up as dead, should end.

        Raises:
            MissingRecordError: there is none of that id on this site.
        """
        self._set(job_id, progress=min(1.0, max(0.0, progress)), step=step, beat_at=self._clock())
        return self.job(job_id).state

    def cancel(self, job_id: int) -> Job:
        """Ask it to end; what is over already stays as it is.

        Raises:
            MissingRecordError: there is none of that id on this site.
        """
        self._set(job_id, state=JobState.CANCELLING.value)
        return self.job(job_id)

    def end(self, job_id: int, state: JobState, *, result: dict[str, Any] | None = None, error: str = "") -> Job:
        """Write down what came of it; the first end counts.

        Raises:
            MissingRecordError: there is none of that id on this site.
        """
        done: dict[str, Any] = {"progress": 1.0, "step": "끝"} if state is JobState.DONE else {}
        self._set(job_id, state=state.value, error=error, ended_at=self._clock(), **done, **({} if result is None else {"result": result}))
        return self.job(job_id)

    def versions(self, connection: Connection) -> tuple[int, ...]:
        """Versions of the draft that running jobs work on."""
        found = connection.execute(select(jobs.c.version_id).where(jobs.c.site == self._site, jobs.c.state.in_(_ALIVE), jobs.c.version_id.is_not(None)))
        return tuple(found.scalars())

    def _set(self, job_id: int, **values: Any) -> None:
        """Change one that is not over."""
        if is_id(job_id):
            with writing(self._engine) as connection:
                connection.execute(update(jobs).where(self._is(job_id), jobs.c.state.in_(_ALIVE)).values(values))

    def _running(self, connection: Connection) -> Job | None:
        row = connection.execute(select(jobs).where(jobs.c.site == self._site, jobs.c.state.in_(_ALIVE)).order_by(jobs.c.id).limit(1)).one_or_none()
        return None if row is None else _job(row)

    def _find(self, connection: Connection, job_id: int) -> Job:
        row = connection.execute(select(jobs).where(self._is(job_id))).one_or_none() if is_id(job_id) else None
        if row is None:
            raise MissingRecordError(f"{job_id}번 작업이 없습니다.")
        return _job(row)

    def _is(self, job_id: int) -> ColumnElement[bool]:
        return (jobs.c.site == self._site) & (jobs.c.id == job_id)


def _job(row: Row[Any]) -> Job:
    return Job(
        row.id, row.kind, JobState(row.state), row.version_id, row.started_by, row.started_at, row.beat_at, row.ended_at, row.progress, row.step, row.host,
        row.pid, row.result, row.error,
    )  # fmt: skip
