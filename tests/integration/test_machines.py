"""Two machines behind a balancer, under load, while everything they stand on goes away and comes back: nothing lost, nothing doubled, nothing mixed."""

import dataclasses
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.korean.synonyms import SynonymGroup
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id, load_release
from faqbot.training.prior import shipped_prior
from faqbot.training.train import Plan, train
from tests.contract.services import Redis, haproxy, require, wait_until
from tests.integration.machines_stage import CONFIGURATION, START, Balancer, Clients, Cluster, Machine, Seen, missing, postgres_folder

pytestmark = pytest.mark.slow

#: Seconds in which every machine serves what was published.
PROMISE = 10
#: Questions answered while the database hangs, that show that it takes no thread from them.
HUNG = 30
#: Seconds of load between two events.
BETWEEN = 1.5
#: Queries that a machine may hold in memory alone when its power goes: one batch on its way.
IN_FLIGHT = 20


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with postgres_folder("machines") as made:
        yield made


@dataclasses.dataclass
class Story:
    """What happened: what clients saw, and what lies in the database of the machine that was promoted."""

    seen: Seen
    answers: dict[str, str]
    killed_at: list[tuple[float, float]]
    numbers: list[str]
    queries: int
    votes: int
    left: list[Path]
    logs: list[str]
    answered_while_it_hung: int


@pytest.fixture(scope="module")
def story(folder: Path, bare_site: Path, small_table: tuple[FaqEntry, ...], analyzer: KiwiAnalyzer) -> Iterator[Story]:
    """One run of everything; the tests look at what came of it."""
    require(missing())
    with ExitStack() as ending:
        old, new = _two_releases(folder / "one" / "models" / "default", bare_site, small_table, analyzer)
        cluster, redis = Cluster(folder), Redis(folder)
        ending.callback(cluster.end)
        ending.callback(redis.stop)
        cluster.start()
        redis.start()
        settings = {
            "FAQBOT_DATABASE_URL": cluster.address, "FAQBOT_SHARED_RELEASES": "true", "FAQBOT_SECRET_KEY": secrets.token_urlsafe(48),
            "FAQBOT_RATE_LIMIT_STORAGE": redis.address, "FAQBOT_TRUSTED_PROXIES": "1",
        }  # fmt: skip
        machines = [Machine(folder / name, host, settings) for name, host in (("one", "127.0.0.2"), ("two", "127.0.0.3"))]
        for machine in machines:  # the second has no release of its own
            ending.callback(machine.kill)
            machine.start()
            wait_until(lambda one=machine: one.release() == old, START)
        balancer = Balancer(folder, machines)
        ending.callback(balancer.end)
        balancer.start()
        clients = Clients(balancer.port)
        ending.callback(clients.end)
        clients.start()
        wait_until(lambda: clients.seen.replies and clients.seen.receipts)
        answered_while_it_hung = _while_the_database_hangs(cluster, clients)
        killed_at = _everything_happens(machines, cluster, redis, old, new)
        time.sleep(BETWEEN)  # of load on what is left
        clients.end()
        spools = [machine.folder / "var" / "spool" for machine in machines]
        wait_until(lambda: not any(list(spool.rglob("*.jsonl")) for spool in spools))
        wait_until(lambda: _count(cluster, "queries") >= len(clients.seen.replies) - IN_FLIGHT)
        numbers = [number for (number,) in cluster.ask(cluster.standby, "SELECT number FROM inquiries")]
        texts = {release: _answer(machines[0].folder / "models" / "default" / release) for release in (old, new)}
        left = [path for spool in spools for path in spool.rglob("*.jsonl")]
        yield Story(
            clients.seen,
            texts,
            killed_at,
            numbers,
            _count(cluster, "queries"),
            _count(cluster, "feedback"),
            left,
            [machine.log for machine in machines],
            answered_while_it_hung,
        )


def _while_the_database_hangs(cluster: Cluster, clients: Clients) -> int:
    """How many of some questions are answered within the promise, while the primary neither answers nor refuses and more run into it than there are threads."""
    seen = clients.seen
    cluster.primary.hang(signal.SIGSTOP)
    with ThreadPoolExecutor(12) as pool:
        for _ in range(12):
            pool.submit(clients.read_notices)
        time.sleep(BETWEEN)
        before = len(seen.replies)
        with suppress(AssertionError):
            wait_until(lambda: len(seen.replies) - before >= HUNG, PROMISE)
        answered = len(seen.replies) - before
        cluster.primary.hang(signal.SIGCONT)
    time.sleep(BETWEEN)
    return answered


def _everything_happens(machines: list[Machine], cluster: Cluster, redis: Redis, old: str, new: str) -> list[tuple[float, float]]:
    """Each under load; when a replica was killed, and when the balancer must have noticed."""
    first, second = machines
    killed_at = []

    def kill(machine: Machine) -> None:
        began = time.monotonic()
        machine.kill()
        killed_at.append((began, time.monotonic() + 2))

    def serves(release: str) -> None:
        wait_until(lambda: {machine.release() for machine in machines} == {release}, PROMISE)
        time.sleep(BETWEEN)  # of load on that release

    kill(second)
    time.sleep(BETWEEN)
    second.start()
    wait_until(lambda: second.release() == old, START)
    first.run("releases", "publish", new, "--why", "시험", "--by", "jun")
    serves(new)
    second.run("releases", "rollback", "--by", "min")
    serves(old)
    cluster.primary.end(signal.SIGINT)
    time.sleep(BETWEEN)  # long enough for records to lie on the disk
    kill(first)
    first.start()  # while there is no database: it serves what it has
    wait_until(lambda: first.release() == old, START)
    cluster.primary.start()
    time.sleep(BETWEEN)
    first.run("releases", "publish", new, "--why", "시험", "--by", "jun")
    serves(new)
    cluster.promote()
    time.sleep(BETWEEN)
    second.run("releases", "rollback", "--by", "min")
    serves(old)
    redis.stop()
    time.sleep(BETWEEN)
    redis.start()
    return killed_at


def _two_releases(site: Path, bare_site: Path, table: tuple[FaqEntry, ...], analyzer: KiwiAnalyzer) -> tuple[str, str]:
    """Ids of the one that is published and of one with another answer."""
    shutil.copytree(bare_site, site)
    old = current_id(site)
    changed = (dataclasses.replace(table[0], answer="이제는 **영업일 5일** 안에 환불됩니다."), *table[1:])
    words = Dictionaries((), (SynonymGroup("=", "common", "환불", ("돈 돌려받다",)), SynonymGroup(">", "common", "배송", ("송장 번호",))))
    made = train(changed, (), words, site=site, analyzer=analyzer, prior=shipped_prior(), plan=Plan(Targets(0.9, 0.3), publish=False))
    return old, made.release


def _answer(folder: Path) -> str:
    return next(entry.answer for entry in load_release(folder).entries if entry.id == "refund").replace("**", "")


def _count(cluster: Cluster, table: str) -> int:
    return int(cluster.ask(cluster.standby, f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608  # our own names


def test_the_balancer_that_readme_shows_is_one_and_is_ours(tmp_path: Path) -> None:
    require(missing())
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("```\nbackend faqbot\n")[2].partition("```")[0]
    file = tmp_path / "haproxy.cfg"
    file.write_text("defaults\n  mode http\n  timeout connect 1s\n  timeout client 30s\n  timeout server 30s\nbackend faqbot\n" + shown)
    checked = subprocess.run([*haproxy(file), "-c"], capture_output=True, text=True, check=False)
    assert checked.stdout.startswith("Configuration file has no error"), checked.stderr
    ours = {line.strip() for line in CONFIGURATION.replace("{{", "{").replace("}}", "}").splitlines()}
    assert {line.strip() for line in shown.splitlines() if re.search("retr|redispatch|httpchk|stick|timeout check", line)} <= ours


def test_no_acknowledged_inquiry_is_lost(story: Story) -> None:
    assert len(story.seen.receipts) > 50
    assert set(story.seen.receipts.values()) <= set(story.numbers)


def test_no_inquiry_is_stored_twice(story: Story) -> None:
    assert len(story.numbers) == len(set(story.numbers)) == len(story.seen.receipts)


def test_every_reply_is_of_one_release(story: Story) -> None:
    assert len({release for release, _ in story.seen.replies}) == 2
    assert {(release, text) for release, text in story.seen.replies} == set(story.answers.items())


def test_a_database_that_hangs_takes_no_thread_from_those_who_ask(story: Story) -> None:
    assert story.answered_while_it_hung >= HUNG


def test_no_question_fails_but_those_in_flight_on_the_killed_machine(story: Story) -> None:
    others = [failure for failure in story.seen.failures if not any(failure[0] <= noticed and failure[1] >= began for began, noticed in story.killed_at)]
    assert others == []
    assert len(story.seen.failures) <= 5 * len(story.killed_at)


def test_what_was_asked_is_written_down_whatever_was_down_meanwhile(story: Story) -> None:
    assert len(story.seen.replies) - IN_FLIGHT <= story.queries
    assert story.left == []


def test_every_vote_that_was_acknowledged_is_kept(story: Story) -> None:
    assert 0 < story.seen.votes <= story.votes


def test_nothing_unexpected_is_in_the_logs(story: Story) -> None:
    assert [found for log in story.logs for found in re.findall(r"^.*request \w+ failed(?:.*\n){20}", log, re.MULTILINE)] == []


def test_clients_saw_nothing_else_go_wrong(story: Story) -> None:
    assert story.seen.problems == []
