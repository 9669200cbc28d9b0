"""Records that wait on the disk while the store is down: none lost to a kill, none beyond the limit, each written once."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faqbot.domain import Outcome, Reason
from faqbot.errors import StoreError
from faqbot.store import QueryRecord, Via
from faqbot.web import journal
from faqbot.web.journal import Journal
from faqbot.web.spool import Spool

#: Seconds that something which happens is waited for.
SOON = 20


class Pages:
    """A store that can be down, and keeps a record once however often it comes, as the real one does by its id."""

    def __init__(self) -> None:
        self.kept: dict[int, None] = {}
        self.is_down = False
        self.attempts = 0
        self.answers = threading.Event()
        self.answers.set()

    def write(self, batch: Sequence[int]) -> None:
        self.attempts += 1
        self.answers.wait(SOON)
        if self.is_down:
            raise StoreError("데이터베이스에 연결하지 못했습니다.", code="unreachable")
        self.kept |= dict.fromkeys(batch)


def spool_in(folder: Path, most_bytes: int = 10_000) -> Spool[int]:
    return Spool(folder, int, int, most_bytes)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PAUSE", 0.01)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def journal_of(pages: Pages, tmp_path: Path) -> Iterator[Callable[..., Journal[int]]]:
    """Journals on one folder. In the end the store is up, so that no thread is left with something to do."""
    made: list[Journal[int]] = []

    def make(most_bytes: int = 10_000) -> Journal[int]:
        made.append(Journal(pages.write, spool_in(tmp_path / "spool", most_bytes)))
        return made[-1]

    yield make
    pages.is_down = False
    for each in made:
        wait_until(lambda one=each: one.catch_up())


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "spool").glob("*.jsonl"))


def test_while_the_store_is_down_records_lie_on_the_disk_and_memory_is_free(pages: Pages, journal_of: Callable[..., Journal[int]], tmp_path: Path) -> None:
    pages.is_down, kept = True, journal_of()
    for record in range(500):
        kept.put(record)
    kept.flush()
    assert [int(line) for line in files(tmp_path)[0].read_text().split()] == list(range(500))
    assert not kept.catch_up()


def test_while_the_store_hangs_records_lie_on_the_disk_and_are_written_once_it_goes_on(
    pages: Pages, journal_of: Callable[..., Journal[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "HANG", 0.05)
    pages.answers.clear()
    kept = journal_of()
    for record in range(500):
        kept.put(record)
    kept.flush()
    laid_down = [int(line) for file in files(tmp_path) for line in file.read_text().split()]
    attempts = pages.attempts
    pages.answers.set()
    wait_until(kept.catch_up)
    assert (laid_down, attempts) == (list(range(500)), 1)
    assert sorted(pages.kept) == list(range(500))
    assert files(tmp_path) == []


def test_what_is_kept_while_a_file_is_drained_is_not_lost(tmp_path: Path) -> None:
    spool, taken = spool_in(tmp_path), []

    def write(batch: Sequence[int]) -> None:
        if not taken:
            spool.append([3])
        taken.extend(batch)

    spool.append([1, 2])
    spool.drain(write, 10)
    assert (taken, spool.waiting, spool.is_empty) == ([1, 2], 1, False)
    spool.drain(write, 10)
    assert (taken, spool.waiting, spool.is_empty) == ([1, 2, 3], 0, True)


def test_after_an_outage_everything_is_written_and_the_file_is_gone(pages: Pages, journal_of: Callable[..., Journal[int]], tmp_path: Path) -> None:
    pages.is_down, kept = True, journal_of()
    for record in range(500):
        kept.put(record)
    kept.flush()
    pages.is_down = False
    wait_until(kept.catch_up)
    assert list(pages.kept) == list(range(500))
    assert files(tmp_path) == []


def test_a_healthy_store_leaves_nothing_on_the_disk(journal_of: Callable[..., Journal[int]], tmp_path: Path) -> None:
    kept = journal_of()
    kept.put(1)
    kept.flush()
    assert not (tmp_path / "spool").exists()


def test_above_the_limit_the_newest_are_dropped_and_counted(
    pages: Pages, journal_of: Callable[..., Journal[int]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pages.is_down, kept = True, journal_of(most_bytes=40)
    for record in range(100, 120):
        kept.put(record)
    kept.flush()
    assert files(tmp_path)[0].read_text().split() == [str(record) for record in range(100, 110)]
    assert kept.dropped == 10
    assert "too many wait on the disk: 10" in caplog.text


def test_an_outage_on_the_way_back_loses_and_doubles_nothing(tmp_path: Path) -> None:
    spool, written = spool_in(tmp_path), []
    spool.append(range(10))

    def write(batch: Sequence[int]) -> None:
        if len(written) == 2:
            written.append([])
            raise StoreError("데이터베이스에 연결하지 못했습니다.", code="unreachable")
        written.append(list(batch))

    with pytest.raises(StoreError):
        spool.drain(write, 3)
    assert not spool.is_empty
    spool.drain(write, 3)
    assert written == [[0, 1, 2], [3, 4, 5], [], [0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    assert spool.is_empty


def test_a_file_of_a_process_that_lives_is_left_alone(tmp_path: Path) -> None:
    spool_in(tmp_path).append([1])
    other = spool_in(tmp_path)
    mine, taken = spool_in(tmp_path), []
    other.append([2])
    mine.append([3])
    mine.drain(taken.extend, 10)
    assert 2 not in taken
    assert 3 in taken


#: A process that lays records down and is killed, its last line half written.
KILLED = """
import os, signal, sys
from pathlib import Path
from faqbot.web.spool import Spool
spool = Spool(Path(sys.argv[1]), int, int)
spool.append([7, 8, 9])
os.write(spool._own.descriptor, b"{\\"half")
print("laid down", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_written_by_the_next_one_once(
    pages: Pages, journal_of: Callable[..., Journal[int]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "spool")], stdout=subprocess.PIPE, check=False, env=dict(os.environ))
    assert killed.stdout == b"laid down\n"
    first, second = journal_of(), journal_of()
    first.put(1)
    second.put(2)
    wait_until(lambda: first.catch_up() and second.catch_up())
    assert sorted(pages.kept) == [1, 2, 7, 8, 9]
    assert files(tmp_path) == []
    assert "a record that waited on the disk cannot be read" in caplog.text


def test_what_a_process_leaves_only_its_user_can_read(tmp_path: Path) -> None:
    spool = spool_in(tmp_path / "spool")
    spool.append([1])
    assert files(tmp_path)[0].stat().st_mode & 0o777 == 0o600


def test_a_query_comes_back_from_the_disk_as_it_was() -> None:
    record = QueryRecord(
        "환불 언제", Outcome.ANSWER, Reason.CONFIDENT, 0.93, ("refund", "cancel"), "0" * 16, Via.TYPED, "refund", 7, datetime(2026, 3, 2, 1, tzinfo=UTC)
    )
    assert QueryRecord.from_json(record.to_json()) == record
