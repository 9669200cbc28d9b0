"""What those who ask notice of the operator: a draft that is trained beside the server, and releases that are published under load."""

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import numpy as np

from faqbot.bootstrap.parts import build_store
from faqbot.corpus import read_labelled_queries
from faqbot.corpus.draft import DraftTable
from faqbot.korean.dictionaries import SYNONYMS, USER_WORDS
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings
from faqbot.store import Store
from faqbot.training.jobs import cancel, start_training
from faqbot.training.prior import shipped_prior
from faqbot.training.publish import publish
from faqbot.training.train import Plan, train
from tests.bench.load import drive
from tests.bench.processes import cpu_seconds, free_port
from tests.bench.report import Row
from tests.bench.serving import WORKERS, asked, faqbot
from tests.bench.workbench import DATA, Workbench, step

#: p50 of asking beside a training over that without; connections at once, seconds of a turn, and turns of either kind, which alternate.
SLOWER, AT_ONCE, SECONDS, TURNS = 1.2, (1, 2, 8), 2.0, 3
#: CPU seconds of the training's process from which on it does nothing but train: Python and Kiwi are loaded. Seconds until then at most.
WARM, STARTING = 6.0, 60.0
#: Publications, seconds from one to the next, clients that ask all the time, seconds between two questions of one, entries that answer otherwise.
PUBLICATIONS, PAUSE, CLIENTS, BREATH, CHANGED = 10, 3.0, 4, 0.02, 20
#: Last paragraph of an answer that was changed.
MARK = "바뀐 답입니다."
#: Seconds that a single request may take.
PATIENCE = 20
#: Seconds in which every worker serves what was published.
PROMISE = 2.0


def training(bench: Workbench) -> Iterator[Row]:
    """POST /v1/ask while a draft of the whole table is trained by a job, and while that job stands still: turn by turn, so that both meet the same machine."""
    questions, port = asked(bench), free_port()
    with _own(bench) as models, faqbot(models, port, WORKERS), _draft(bench, models) as (settings, store), step("ask beside a training"):
        drive(port, questions, SECONDS, max(AT_ONCE))
        job = start_training(store.drafts, "bench", settings)
        try:
            pid = job.pid or 0
            _until_warm(pid)
            turns = [(n, *_turn(pid, port, questions, n)) for _ in range(TURNS) for n in AT_ONCE]
            if store.drafts.jobs.job(job.id).is_over:
                raise RuntimeError("the training ended before the measurement")
        finally:
            cancel(store.drafts, job.id)
    for n in AT_ONCE:
        ours, alone = (float(np.median(np.concatenate([turn[kind] for turn in turns if turn[0] == n]))) for kind in (1, 2))
        share = float(np.mean([turn[3] for turn in turns if turn[0] == n]))
        note = f"p50, {n} at once; yardstick: the training stands still; it got {share:.2f} of a core"
        yield Row("ask beside a training", len(bench.table), "ms", ours, alone, SLOWER, note=note, details={"at_once": n, "training_share": share})


def _turn(pid: int, port: int, questions: Sequence[bytes], connections: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Milliseconds of requests beside the training, and without it; the share of a core that it had."""
    with _still(pid):
        alone = drive(port, questions, SECONDS, connections).millis
    before = cpu_seconds(pid)
    ours = drive(port, questions, SECONDS, connections).millis
    return ours, alone, (cpu_seconds(pid) - before) / SECONDS


@contextmanager
def _still(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _until_warm(pid: int) -> None:
    until = time.monotonic() + STARTING
    while cpu_seconds(pid) < WARM:
        if time.monotonic() > until:
            raise RuntimeError(f"the training got less than {WARM} CPU seconds in {STARTING} seconds")
        time.sleep(0.1)


@dataclass(frozen=True)
class Exchange:
    """A question and what came of it.

    Attributes:
        sent: monotonic seconds.
        release: that the reply names.
        is_marked: whether its answer ends with MARK; None without an answer.
        failure: what went wrong; empty otherwise.
    """

    sent: float
    release: str = ""
    is_marked: bool | None = None
    failure: str = ""


class Clients:
    """Ask one question after the other, each over a connection of its own so that every worker gets some, until they are told to stop."""

    def __init__(self, port: int, questions: Sequence[str]) -> None:
        self._port = port
        self._bodies = [json.dumps({"query": question}).encode() for question in questions]
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(CLIENTS)]
        self._exchanges: list[Exchange] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    @property
    def exchanges(self) -> list[Exchange]:
        """In the order in which they were sent."""
        return sorted(self._exchanges, key=lambda exchange: exchange.sent)

    def _loop(self) -> None:
        for body in cycle(self._bodies):
            if self._stopped.wait(BREATH):
                return
            sent = time.monotonic()
            try:
                self._exchanges.append(self._exchange(sent, body))
            except (OSError, HTTPException, ValueError, KeyError) as error:
                self._exchanges.append(Exchange(sent, failure=repr(error)))

    def _exchange(self, sent: float, body: bytes) -> Exchange:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != HTTPStatus.OK:
                return Exchange(sent, failure=f"status {response.status}")
            reply = json.load(response)
            return Exchange(sent, reply["release"], reply["answer"] and reply["answer"]["answer_text"].endswith(MARK))
        finally:
            connection.close()


@contextmanager
def _draft(bench: Workbench, models: Path) -> Iterator[tuple[Settings, Store]]:
    """The settings and the store of the server, with a draft that differs in one entry from what is published."""
    settings = Settings(models=models, var=models / "var")
    first, *others = bench.table
    texts = [path.read_text(encoding="utf-8") if path.exists() else "" for path in (DATA / USER_WORDS, DATA / SYNONYMS)]
    table = DraftTable((replace(first, answer=f"{first.answer}\n\n{MARK}"), *others), *texts, tuple(read_labelled_queries(DATA / "queries.csv")))
    with build_store(settings) as store:
        store.drafts.save(table, "bench", "", None)
        yield settings, store


def publishing(bench: Workbench) -> Iterator[Row]:
    """Two releases that take turns while clients ask: what failed, what was answered from a release that the reply does not name, how long all workers took."""
    changed = [entry for entry in bench.table if entry.enabled][:: len(bench.table) // CHANGED]
    port, asked_for = free_port(), [entry.question for entry in changed]
    with _own(bench) as models:
        site = models / "default"
        old, new = current_id(site), _second(bench, site, {entry.id for entry in changed})
        with faqbot(models, port, WORKERS), step(f"publish {PUBLICATIONS} times under load"), Clients(port, asked_for) as clients:
            time.sleep(PAUSE)
            publications = [_published(site, release) for release in islice(cycle((new, old)), PUBLICATIONS)]
    size, exchanges = len(bench.table), clients.exchanges
    failed = [exchange.failure for exchange in exchanges if exchange.failure]
    answers = [exchange for exchange in exchanges if exchange.is_marked is not None]
    mixed = sum(exchange.is_marked != (exchange.release == new) for exchange in answers)
    waits = [until_all_serve(release, since, until, exchanges) for (since, release), (until, _) in pairwise([*publications, (exchanges[-1].sent, "")])]
    rate = len(exchanges) / (exchanges[-1].sent - exchanges[0].sent)
    note = f"{PUBLICATIONS} publications at {rate:.0f} req/s; yardstick: all requests"
    yield Row("publish: failed", size, "req", len(failed), len(exchanges), 0, note=note, details={"failures": failed[:10]})
    yield Row(
        "publish: mixed", size, "req", mixed, len(answers), 0, note="replies whose answer is not of the release they name; yardstick: replies with an answer"
    )
    yield Row("publish: all serve it", size, "s", max(waits), PROMISE, 1.0, note="slowest; yardstick: what is promised", details={"seconds": waits})


def _published(site: Path, release: str) -> tuple[float, str]:
    """When it was published, and what."""
    publish(site, release)
    at = time.monotonic()
    time.sleep(PAUSE)
    return at, release


def _second(bench: Workbench, site: Path, changed: Collection[str]) -> str:
    """Id of another release of the site, with MARK behind the answers of some entries."""
    entries = [replace(entry, answer=f"{entry.answer}\n\n{MARK}") if entry.id in changed else entry for entry in bench.table]
    with step("train a second release"):
        plan = Plan(Targets(0.9, 0.3), publish=False)
        return train(entries, (), bench.dictionaries, site=site, analyzer=bench.analyzer, prior=shipped_prior(), plan=plan).release


def until_all_serve(release: str, since: float, until: float, exchanges: Sequence[Exchange]) -> float:
    """Seconds from a publication to the last question that was still answered from another release."""
    return max((e.sent - since for e in exchanges if since <= e.sent < until and not e.failure and e.release != release), default=0.0)


@contextmanager
def _own(bench: Workbench) -> Iterator[Path]:
    """A copy of the models of the run, to change."""
    with TemporaryDirectory(prefix="faqbot-bench-") as folder:
        yield Path(shutil.copytree(bench.models / "default", Path(folder) / "models" / "default")).parent
