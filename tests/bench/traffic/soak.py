"""Minutes of questions, votes, inquiries, publications and ends of workers, in which nothing may grow or be lost.

`python -m tests.bench.traffic.soak [--minutes N] [--rate N] [--entries N] [--kills SECONDS]`
"""

import argparse
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field

import numpy as np

from faqbot.messages import CONSENT_VERSION
from tests.bench.processes import descriptors, family, memory, threads
from tests.bench.traffic.client import LOST, Client, Heard, post, steady
from tests.bench.traffic.figures import Figure, floor_rise, growth, table
from tests.bench.traffic.items import CONNECTIONS, GROWTH, publishing, served
from tests.bench.traffic.questions import repeating
from tests.bench.traffic.replies import Replies
from tests.bench.traffic.site import Site, installed
from tests.bench.workbench import step

#: Seconds between two looks, and from one publication to the next; the first two looks beyond the share of the time that warms up count.
EVERY, PAUSE, WARM = 10.0, 20.0, 0.25
#: Of so many replies one is voted on, and one is followed by an inquiry.
VOTES, INQUIRIES = 10, 50


@dataclass(frozen=True)
class Look:
    """At a server: seconds since the beginning, MB, open descriptors but for connections of its visitors, and threads of master and workers."""

    seconds: float
    megabytes: float
    descriptors: int
    threads: int


class Visitors:
    """Ask, and do what visitors do with replies."""

    def __init__(self, site: Site) -> None:
        self._questions = repeating(site.queries)
        self._replies = Replies(site.marks)
        self._next: deque[bytes] = deque()
        self.votes = self.inquiries = 0

    @property
    def mixed(self) -> int:
        """Replies whose answer is not of the release that they name."""
        return self._replies.mixed

    def say(self, number: int) -> bytes:
        """What follows from a reply, where something does; the next question otherwise."""
        return self._next.popleft() if self._next else self._questions(number)

    def hear(self, number: int, status: int, body: bytes) -> None:
        """Take a response; of a reply something may follow."""
        if status != 200:
            return
        token = self._replies.hear(number, status, body)["feedback_token"]
        if number % VOTES == 0:
            self.votes += 1
            self._next.append(post("/v1/feedback", {"token": token, "vote": 1 if number % (2 * VOTES) else -1}))
        if number % INQUIRIES == 0:
            self.inquiries += 1
            self._next.append(post("/v1/inquiries", inquiry(number, token)))


def inquiry(number: int, token: str) -> dict[str, object]:
    """An inquiry after a reply."""
    consent = {"consent": True, "consent_version": CONSENT_VERSION}
    return {"key": f"soak-{number:020}", "email": "visitor@example.kr", "question": f"{number}번째 문의입니다. 언제 되나요?", "tokens": [token], **consent}


@dataclass
class Soaked:
    """What a soak saw.

    Attributes:
        looks: at the server, in order.
        kills: for each worker that was ended by kill -9, how many requests waited for a response then.
        stored: keys of the inquiries in the database at the end.
        heard: by the visitors.
    """

    visitors: Visitors
    looks: list[Look] = field(default_factory=list)
    kills: list[int] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    heard: Heard = field(default_factory=lambda: Heard(np.empty(0), Counter(), 0.0, 0, 0.0, 0.0))


def soak(site: Site, minutes: float, rate: float, workers: int = 2, kills: float | None = None) -> Soaked:
    """Let visitors come for so many minutes while two releases are published by turns, and look at the server every few seconds.

    `kills` is the seconds from one kill -9 of a worker to the next; None for no kills.
    """
    soaked, over, seconds = Soaked(Visitors(site)), threading.Event(), 60 * minutes
    with served(site, workers) as (pid, port), step(f"{minutes:g} minutes at {rate:g}/s"), publishing(site, int(seconds / PAUSE), PAUSE):
        client = Client(port, CONNECTIONS)
        beside = [threading.Thread(target=_watch, args=(pid, client, min(EVERY, seconds / 4), over, soaked.looks))]
        if kills:
            beside.append(threading.Thread(target=_kill, args=(pid, client, kills, over, soaked.kills)))
        for thread in beside:
            thread.start()
        try:
            soaked.heard = client.run(soaked.visitors.say, soaked.visitors.hear, steady(rate, seconds))
        finally:
            over.set()
            for thread in beside:
                thread.join()
    with closing(sqlite3.connect(site.models / "var" / "faqbot.db")) as database:
        soaked.stored = [key for (key,) in database.execute("SELECT key_hash FROM inquiries")]
    return soaked


def _kill(pid: int, client: Client, every: float, over: threading.Event, kills: list[int]) -> None:
    chance = random.Random(1)  # noqa: S311  # any worker will do
    while not over.wait(every):
        workers, under_way = family(pid)[1:], client.busy
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(workers), signal.SIGKILL)
            kills.append(under_way)


def _watch(pid: int, client: Client, every: float, over: threading.Event, looks: list[Look]) -> None:
    began = time.monotonic()
    while not over.wait(every):
        pids = family(pid)
        looks.append(Look(time.monotonic() - began, memory(pids), descriptors(pids) - client.open, threads(pids)))


def judged(soaked: Soaked) -> list[Figure]:
    """Figures of a soak; what is before the share that warms up is left out of what may not grow."""
    heard, visitors, looks = soaked.heard, soaked.visitors, soaked.looks
    warm = looks[int(len(looks) * WARM) :]
    seconds, megabytes = [look.seconds for look in warm], [look.megabytes for look in warm]
    rise = growth(seconds, megabytes)
    an_hour = rise * megabytes[0] * 3600 / max(1.0, seconds[-1] - seconds[0])
    of = f"of {heard.statuses.total():,}, {visitors.votes:,} votes and {visitors.inquiries:,} inquiries among them; {dict(sorted(heard.statuses.items()))}"
    lost, acknowledged = heard.statuses[LOST], heard.statuses[201]
    forgotten = heard.statuses[404] if soaked.kills else 0
    return [
        Figure("failed", heard.failed - lost - forgotten, "requests", 0, note=of),
        Figure(f"lost by {len(soaked.kills)} kills", lost, "requests", sum(soaked.kills) + len(soaked.kills), note=f"{sum(soaked.kills)} were under way"),
        Figure("votes on questions that were killed before they were written down", forgotten, "", len(soaked.kills)),
        Figure("mixed", visitors.mixed, "replies", 0),
        Figure("inquiries acknowledged and not stored", max(0, acknowledged - len(soaked.stored)), "", 0, note=f"{acknowledged} acknowledged"),
        Figure("inquiries stored twice", len(soaked.stored) - len(set(soaked.stored)), "", 0, note=f"{len(soaked.stored)} stored"),
        Figure("p50", heard.percentile(50), "ms"),
        Figure("p99", heard.percentile(99), "ms"),
        Figure("memory at the end", megabytes[-1], "MB"),
        Figure("growth of memory", rise, "", GROWTH, note=f"from {megabytes[0]:.0f} MB; {an_hour:+.1f} MB an hour"),
        Figure("descriptors that are never closed", floor_rise([look.descriptors for look in warm]), "", 0, note=f"{warm[-1].descriptors} open at the end"),
        Figure("threads that never end", floor_rise([look.threads for look in warm]), "", 0, note=f"{warm[-1].threads} at the end"),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak and print; 0 where nothing grew and nothing failed, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.traffic.soak", description="Minutes of visitors and publications, in which nothing may grow or be lost."
    )
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: 10)")
    parser.add_argument("--rate", type=float, default=50, help="requests a second (default: 50)")
    parser.add_argument("--entries", type=int, default=1000, help="entries of the table, which is trained once and kept (default: 1000)")
    parser.add_argument("--kills", type=float, default=None, help="seconds from one kill -9 of a worker to the next (default: none is killed)")
    options = parser.parse_args(arguments)
    with installed(options.entries) as site:
        soaked = soak(site, options.minutes, options.rate, kills=options.kills)
    figures = judged(soaked)
    lines = [f"{look.seconds:8.0f} s {look.megabytes:8.1f} MB {look.descriptors:6d} descriptors {look.threads:4d} threads" for look in soaked.looks]
    sys.stdout.write("\n".join([*lines, "", table(figures)]) + "\n")
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
