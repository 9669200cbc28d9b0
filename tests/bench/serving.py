"""The real server: throughput, memory, start."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from tests.bench.load import Load, drive, get, post_json
from tests.bench.processes import ENVIRONMENT, FAQBOT, cpu_seconds, family, free_port, memory, serving
from tests.bench.report import Row
from tests.bench.workbench import Workbench, step

#: Workers and connections of the throughput measurement; workers are the default of `faqbot serve`.
WORKERS, CONNECTIONS = 2, 8
#: Seconds of load a turn, and turns; the best one counts.
SECONDS, TURNS = 4.0, 2
#: Throughput over that of a bare hello, memory of four workers over that of one, start over Kiwi's own.
RATE, MEMORY, START = 0.33, 1.3, 1.5
#: Connections and seconds that make sure that each of four workers has answered.
WARM_CONNECTIONS, WARM_SECONDS = 32, 2.0
STARTS = 3

_LOAD_KIWI = "from kiwipiepy import Kiwi; Kiwi(num_workers=0).tokenize(''); print('ready', flush=True)"


def http(bench: Workbench) -> Iterator[Row]:
    """POST /v1/ask beside a bare Flask hello."""
    questions = asked(bench)
    ours, bare = free_port(), free_port()
    with faqbot(bench.models, ours, WORKERS) as (our_pid, _), hello(bare, WORKERS, bench.models) as (bare_pid, _), step("http"):
        turns = [(_driven(our_pid, ours, questions), _driven(bare_pid, bare, [get("/")])) for _ in range(TURNS)]
    (ask, ask_cpu), (bare_load, bare_cpu) = (max(turn, key=lambda measured: measured[0].rate) for turn in zip(*turns, strict=True))
    note = f"yardstick: Flask hello; {WORKERS} workers, p50 {np.median(ask.millis):.1f} ms; server CPU a request {ask_cpu:.2f} and {bare_cpu:.2f} ms"
    details = {"cpu_millis": ask_cpu, "hello_cpu_millis": bare_cpu, "requests": ask.requests, "hello_requests": bare_load.requests}
    yield Row("http /v1/ask", len(bench.table), "req/s", ask.rate, bare_load.rate, RATE, at_least=True, note=note, details=details)


def _driven(pid: int, port: int, requests: list[bytes]) -> tuple[Load, float]:
    """The load, and the server's CPU milliseconds a request."""
    before = cpu_seconds(pid)
    load = drive(port, requests, SECONDS, CONNECTIONS)
    return load, (cpu_seconds(pid) - before) / load.requests * 1000


def memory_of_workers(bench: Workbench) -> Iterator[Row]:
    """PSS of the process tree with four workers over that with one, each after some load."""
    four, one = (_megabytes(bench, workers) for workers in (4, 1))
    yield Row("memory, 4 workers", len(bench.table), "MB", four, one, MEMORY, note="PSS of the process tree; yardstick: 1 worker")


def _megabytes(bench: Workbench, workers: int) -> float:
    port = free_port()
    with step(f"memory, {workers} workers"), faqbot(bench.models, port, workers) as (pid, _):
        drive(port, asked(bench), WARM_SECONDS, WARM_CONNECTIONS)
        return memory(family(pid))


def start(bench: Workbench) -> Iterator[Row]:
    """Process start to the first 200 of /readyz beside a process that loads Kiwi and nothing else; the fastest of some starts."""
    with step(f"start, {STARTS} times"):
        took = [(_start(bench), _start_kiwi()) for _ in range(STARTS)]
    ours, kiwi = (min(column) for column in zip(*took, strict=True))
    yield Row("start to ready", len(bench.table), "s", ours, kiwi, START, note="yardstick: import kiwipiepy, load Kiwi", details={"starts": took})


def _start(bench: Workbench) -> float:
    port = free_port()
    with faqbot(bench.models, port, WORKERS) as (_, seconds):
        return seconds


def _start_kiwi() -> float:
    begun = time.perf_counter()
    command = (sys.executable, "-W", "ignore", "-c", _LOAD_KIWI)
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return time.perf_counter() - begun


def faqbot(models: Path, port: int, workers: int, environment: Mapping[str, str] = ENVIRONMENT) -> AbstractContextManager[tuple[int, float]]:
    """`faqbot serve` of a models folder, its database in var/ there, as `processes.serving`."""
    command = (*FAQBOT, "serve", "--models", str(models), "--port", str(port), "--workers", str(workers), "--var", str(models / "var"))
    return serving(command, port, "/readyz", models, environment)


def hello(port: int, workers: int, folder: Path) -> AbstractContextManager[tuple[int, float]]:
    """The bare Flask server, as `processes.serving`."""
    return serving((sys.executable, "-m", "tests.bench.hello", str(port), str(workers)), port, "/", folder)


def asked(bench: Workbench) -> list[bytes]:
    """The queries as POST /v1/ask."""
    return [post_json("/v1/ask", json.dumps({"query": query}).encode()) for query in bench.queries]
