"""Minutes of questions, votes, inquiries and publications, in which nothing may grow: `python -m tests.bench.traffic.soak [--minutes N] [--rate N] [--entries N]`."""

import argparse
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from faqbot.messages import CONSENT_VERSION
from tests.bench.processes import descriptors, family, memory, threads
from tests.bench.traffic.client import Client, Heard, post, steady
from tests.bench.traffic.figures import Figure, floor_rise, growth, table
from tests.bench.traffic.items import CONNECTIONS, GROWTH, publishing, served
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
        self._questions = [post("/v1/ask", {"query": query}) for query in site.queries]
        self._replies = Replies(site.marks)
        self._next: deque[bytes] = deque()
        self.votes = self.inquiries = 0

    @property
    def mixed(self) -> int:
        """Replies whose answer is not of the release that they name."""
        return self._replies.mixed

    def say(self, number: int) -> bytes:
        """What follows from a reply, where something does; the next question otherwise."""
        return self._next.popleft() if self._next else self._questions[number % len(self._questions)]

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


def soak(site: Site, minutes: float, rate: float, workers: int = 2) -> tuple[Heard, Visitors, list[Look]]:
    """Let visitors come for so many minutes while two releases are published by turns, and look at the server every few seconds."""
    visitors, looks, over = Visitors(site), list[Look](), threading.Event()
    seconds = 60 * minutes
    with served(site, workers) as (pid, port), step(f"{minutes:g} minutes at {rate:g}/s"), publishing(site, int(seconds / PAUSE), PAUSE):
        client = Client(port, CONNECTIONS)
        watch = threading.Thread(target=_watch, args=(pid, client, min(EVERY, seconds / 4), over, looks))
        watch.start()
        try:
            heard = client.run(visitors.say, visitors.hear, steady(rate, seconds))
        finally:
            over.set()
            watch.join()
    return heard, visitors, looks


def _watch(pid: int, client: Client, every: float, over: threading.Event, looks: list[Look]) -> None:
    began = time.monotonic()
    while not over.wait(every):
        pids = family(pid)
        looks.append(Look(time.monotonic() - began, memory(pids), descriptors(pids) - client.open, threads(pids)))


def judged(heard: Heard, visitors: Visitors, looks: Sequence[Look]) -> list[Figure]:
    """Figures of a soak; what is before the share that warms up is left out of what may not grow."""
    warm = looks[int(len(looks) * WARM) :]
    seconds, megabytes = [look.seconds for look in warm], [look.megabytes for look in warm]
    rise = growth(seconds, megabytes)
    an_hour = rise * megabytes[0] * 3600 / max(1.0, seconds[-1] - seconds[0])
    of = f"of {heard.statuses.total():,}, {visitors.votes:,} votes and {visitors.inquiries:,} inquiries among them; {dict(sorted(heard.statuses.items()))}"
    return [
        Figure("failed", heard.failed, "requests", 0, note=of),
        Figure("mixed", visitors.mixed, "replies", 0),
        Figure("p50", heard.percentile(50), "ms"),
        Figure("p99", heard.percentile(99), "ms"),
        Figure("memory at the end", megabytes[-1], "MB"),
        Figure("growth of memory", rise, "", GROWTH, note=f"from {megabytes[0]:.0f} MB; {an_hour:+.1f} MB an hour"),
        Figure("descriptors that are never closed", floor_rise([look.descriptors for look in warm]), "", 0, note=f"{warm[-1].descriptors} open at the end"),
        Figure("threads that never end", floor_rise([look.threads for look in warm]), "", 0, note=f"{warm[-1].threads} at the end"),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak and print; 0 where nothing grew and nothing failed, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.traffic.soak", description="Minutes of visitors and publications, in which nothing may grow.")
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: 10)")
    parser.add_argument("--rate", type=float, default=50, help="requests a second (default: 50)")
    parser.add_argument("--entries", type=int, default=1000, help="entries of the table, which is trained once and kept (default: 1000)")
    options = parser.parse_args(arguments)
    with installed(options.entries) as site:
        heard, visitors, looks = soak(site, options.minutes, options.rate)
    figures = judged(heard, visitors, looks)
    lines = [f"{look.seconds:8.0f} s {look.megabytes:8.1f} MB {look.descriptors:6d} descriptors {look.threads:4d} threads" for look in looks]
    sys.stdout.write("\n".join([*lines, "", table(figures)]) + "\n")
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
