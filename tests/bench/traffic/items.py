"""What `make load` measures."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from faqbot.web.retirement import RETIRE
from tests.bench.load import get
from tests.bench.processes import ENVIRONMENT, LIMITED, cpu_seconds, family, free_port, memory
from tests.bench.serving import faqbot, hello
from tests.bench.traffic.client import Client, Heard, Say, saying, steady
from tests.bench.traffic.figures import Figure
from tests.bench.traffic.questions import WAYS, new, onward, repeating
from tests.bench.traffic.replies import Replies
from tests.bench.traffic.site import Site
from tests.bench.workbench import step

#: Milliseconds of p99, share of a hello's throughput, how many times slower beside an attack, MB of four workers, growth.
SLOW, SHARE, DISTURBED, MEGABYTES, GROWTH = 30.0, 0.4, 5.0, 700.0, 0.05
#: Workers of all items but memory, which has four; connections of the open loop and of the closed one.
WORKERS, MANY_WORKERS, CONNECTIONS, BUSY = 2, 4, 64, 8
#: Seconds before a measurement, of a turn of throughput, of a trial of a rate, and turns.
WARM, TURN, TRIAL, TURNS = 3.0, 4.0, 4.0, 2
#: Rates that are tried differ by this much a second.
STEP = 25
#: Questions a second of the normal client beside an attack, seconds with and without it, and addresses that it comes from: each has its own limit.
NORMAL, BESIDE, ADDRESSES = 20.0, 8.0, tuple(f"127.0.1.{number}" for number in range(1, 41))
#: Questions a second and seconds from one publication to the next while releases are published.
ASKED, PAUSE = 100.0, 2.0
_MOST = 10_000_000


@dataclass(frozen=True)
class Plan:
    """How much is asked.

    Attributes:
        rate: requests a second of the open loop.
        seconds: of it.
        publications: under load.
        requests: after which memory is looked at again.
    """

    rate: float = 500.0
    seconds: float = 30.0
    publications: int = 20
    requests: int = 20_000


def open_loop(site: Site, plan: Plan) -> Iterator[Figure]:
    """p50 and p99 at a constant rate; where that is too much, the highest rate that is not."""
    for name, way in WAYS.items():
        say = onward(way(site.queries))
        with served(site) as (pid, port):
            with step(f"{plan.rate:g} requests/s for {plan.seconds:g} s, {name}"):
                before = cpu_seconds(pid)
                heard = _asked(port, say, plan.rate, plan.seconds)
                millis = (cpu_seconds(pid) - before) * 1000 / max(1, heard.statuses.total())
            note = f"{heard.rate:.0f}/s answered; server CPU {millis:.2f} ms a request, client {heard.cpu:.2f} ms and {heard.late:.1f} ms late; sent again {heard.again}"
            yield Figure(f"p50 at {plan.rate:g}/s, {name}", heard.percentile(50), "ms")
            yield Figure(f"p99 at {plan.rate:g}/s, {name}", heard.percentile(99), "ms", SLOW, note=note)
            yield Figure(f"failed at {plan.rate:g}/s, {name}", heard.failed, "requests", 0, note=_others(heard))
            if heard.percentile(99) > SLOW:
                with step("find the highest rate"):
                    rate, best = highest(partial(_p99_at, port, say), SLOW, int(plan.rate))
                yield Figure(
                    f"highest rate with p99 <= {SLOW:g} ms, {name}", rate, "requests/s", note=f"p99 {best:.1f} ms" if rate else f"{STEP}/s is too much, too"
                )


def _p99_at(port: int, say: Say, rate: int) -> float:
    return _asked(port, say, rate, TRIAL).percentile(99)


def highest(p99_at: Callable[[int], float], limit: float, above: int) -> tuple[int, float]:
    """The highest rate below one that is too much, in steps, by bisection, with its p99; (0, inf) where the lowest is too much."""
    low, high, best = 0, above // STEP, np.inf
    while high - low > 1:
        middle = (low + high) // 2
        p99 = p99_at(middle * STEP)
        low, high, best = (middle, high, p99) if p99 <= limit else (low, middle, best)
    return low * STEP, best


def throughput(site: Site, _: Plan) -> Iterator[Figure]:
    """As many questions as the server takes, beside a hello of Flask on the same server; by turns, the best one counts."""
    port = free_port()
    for name, way in WAYS.items():
        say = onward(way(site.queries))
        with served(site) as (our_pid, ours), hello(port, WORKERS, site.models) as (bare_pid, _), step(f"throughput beside a hello, {name}"):
            turns = [(_busy(our_pid, ours, say), _busy(bare_pid, port, saying([get("/")]))) for _ in range(TURNS)]
        (rate, cpu), (bare, bare_cpu) = (max(turn) for turn in zip(*turns, strict=True))
        note = f"{rate:.0f} and {bare:.0f}/s; server CPU a request {cpu:.2f} and {bare_cpu:.2f} ms"
        yield Figure(f"throughput over that of a hello, {name}", rate / bare, "", SHARE, at_least=True, note=note)


def _busy(pid: int, port: int, say: Say) -> tuple[float, float]:
    """Requests a second and the server's CPU milliseconds of each."""
    before = cpu_seconds(pid)
    heard = Client(port, BUSY).run(say, lambda *_: None, np.zeros(_MOST // 100), TURN)
    return heard.rate, (cpu_seconds(pid) - before) * 1000 / heard.statuses.total()


def adversary(site: Site, _: Plan) -> Iterator[Figure]:
    """What a client notices of another one that asks the most expensive questions, with limits as they are installed and with none; by turns, the best of each counts."""
    say = onward(new(site.queries))
    for name, environment in (("limits as installed", LIMITED), ("no limits", ENVIRONMENT)):
        with served(site, environment=environment) as (_, port), step(f"beside an attack, {name}"):
            turns = [(_normal(port, say), *_attacked(port, say)) for _ in range(TURNS)]
        alone, beside = (min((turn[kind] for turn in turns), key=lambda heard: heard.percentile(99)) for kind in (0, 1))
        attack = turns[0][2]
        note = f"p99 {beside.percentile(99):.1f} and {alone.percentile(99):.1f} ms; attack {attack.rate:.0f}/s: {_others(attack) or 'all answered'}"
        yield Figure(f"p99 beside an attack, {name}", beside.percentile(99) / alone.percentile(99), "times", DISTURBED, note=note)
        yield Figure(f"failed beside an attack, {name}", sum(turn[1].failed for turn in turns), "requests", 0, note=_others(beside))


def _attacked(port: int, say: Say) -> tuple[Heard, Heard]:
    """What the normal client heard beside an attack, and what the attacker did."""
    command = (sys.executable, "-m", "tests.bench.traffic.attack", str(port), str(BESIDE + WARM))
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
        time.sleep(WARM)
        beside = _normal(port, say)
        attack = Heard.from_json(json.loads(process.communicate()[0]))
    if attack.statuses[422]:
        raise RuntimeError("an attack of requests that are invalid is none")
    return beside, attack


def _normal(port: int, say: Say) -> Heard:
    return Client(port, len(ADDRESSES), ADDRESSES).run(say, lambda *_: None, steady(NORMAL, BESIDE))


def workers_memory(site: Site, plan: Plan) -> Iterator[Figure]:
    """PSS of four workers when they are warm, after many requests, and after a publication."""
    with served(site, MANY_WORKERS) as (pid, port), step(f"memory, {plan.requests:,} requests"):
        say = onward(new(site.queries))
        for _ in range(MANY_WORKERS):  # over connections that fall to other workers each time
            _count(port, say, max(1000, plan.requests // 10))
        warm = memory(family(pid))
        _count(port, say, plan.requests)
        after = memory(family(pid))
        with publishing(site, 1, PAUSE):
            _asked(port, say, ASKED, 6 * PAUSE)
        swapped = memory(family(pid))
        with step("workers are replaced"):
            _count_until_replaced(pid, port, say)
        replaced = memory(family(pid))
    yield Figure(f"memory of {MANY_WORKERS} workers", after, "MB", MEGABYTES, note="PSS of master and workers")
    yield Figure(f"growth after {plan.requests:,} requests", after / warm - 1, "", GROWTH, note=f"from {warm:.0f} MB")
    yield Figure(f"memory of {MANY_WORKERS} workers after a publication", swapped, "MB", note="each has the new release to itself")
    yield Figure(
        f"memory of {MANY_WORKERS} workers once they are replaced", replaced, "MB", MEGABYTES, note=f"{RETIRE:g} to {RETIRE * (1 + MANY_WORKERS):g} s later"
    )


def _count_until_replaced(pid: int, port: int, say: Say) -> None:
    """Ask on until no worker is one of now.

    Raises:
        RuntimeError: some still are long after all should have been replaced.
    """
    first, until = set(family(pid)[1:]), time.monotonic() + RETIRE * (2 + MANY_WORKERS)
    while first & set(family(pid)):
        if time.monotonic() > until:
            raise RuntimeError("workers are not replaced after a publication")
        _count(port, say, 100)
        time.sleep(1.0)
    _count(port, say, 4000)


def _count(port: int, say: Say, requests: int) -> None:
    Client(port, 4 * BUSY).run(say, lambda *_: None, np.zeros(requests))


def publications(site: Site, plan: Plan) -> Iterator[Figure]:
    """Two releases published by turns while questions are asked: what failed, what was answered from another release than it says, how slow it was."""
    replies = Replies(site.marks)
    with served(site) as (_, port), step(f"{plan.publications} publications"), publishing(site, plan.publications, PAUSE) as published:
        client = Client(port, CONNECTIONS)
        heard = client.run(repeating(site.queries), replies.hear, steady(ASKED, (plan.publications + 1) * (PAUSE + 1.0)))
    waits = replies.waits(published)
    taken = f"{len(waits)} of {plan.publications} publications were seen to serve, the slowest after {max(waits, default=0.0):.1f} s"
    yield Figure(
        f"failed during {plan.publications} publications", heard.failed, "requests", 0, note=f"of {heard.statuses.total():,} at {ASKED:g}/s; {_others(heard)}"
    )
    yield Figure(f"mixed during {plan.publications} publications", replies.mixed, "replies", 0, note=f"of {replies.judged:,} with an answer; {taken}")
    yield Figure("p99 during publications", heard.percentile(99), "ms", note=f"p50 {heard.percentile(50):.1f} ms; sent again {heard.again}")


@contextmanager
def publishing(site: Site, times: int, pause: float) -> Iterator[list[tuple[float, str]]]:
    """Publications that begin now; the list holds them once they are over."""
    published: list[tuple[float, str]] = []
    second, first = reversed(site.marks)
    command = (sys.executable, "-m", "tests.bench.traffic.publisher", str(site.folder), str(pause), str(times), second, first)
    with subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        yield published
        published += json.loads(process.communicate()[0])


@contextmanager
def served(site: Site, workers: int = WORKERS, environment: Mapping[str, str] = ENVIRONMENT) -> Iterator[tuple[int, int]]:
    """Process id and port of a server that has answered for a while."""
    port = free_port()
    with faqbot(site.models, port, workers, environment) as (pid, _):
        _normal(port, _warm(site)) if environment is LIMITED else _asked(port, _warm(site), ASKED, WARM)
        yield pid, port


def _asked(port: int, say: Say, rate: float, seconds: float) -> Heard:
    return Client(port, CONNECTIONS).run(say, lambda *_: None, steady(rate, seconds))


def _warm(site: Site) -> Say:
    """Questions that nobody asks later."""
    return new([f"{query} " for query in site.queries])


def _others(heard: Heard) -> str:
    """What was answered otherwise than with 2xx."""
    return ", ".join(f"{count:,} x {status or 'lost'}" for status, count in sorted(heard.statuses.items()) if not 200 <= status < 300)
