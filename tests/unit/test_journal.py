import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from faqbot.errors import StoreError
from faqbot.web import journal
from faqbot.web.journal import BATCH, Journal

#: Seconds that something which happens is waited for.
SOON = 20


class Pages:
    """A store that can be shut and opened again, and remembers each batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.attempts = 0
        self.error: Exception | None = None
        self.opened = threading.Event()
        self.opened.set()

    def write(self, batch: Sequence[int]) -> None:
        self.opened.wait(SOON)
        self.attempts += 1
        if self.error:
            raise self.error
        self.batches.append(list(batch))

    @property
    def records(self) -> list[int]:
        return [record for batch in self.batches for record in batch]


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def kept(pages: Pages) -> Journal[int]:
    return Journal(pages.write)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is tried a hundred times in the second in which it is tried once."""
    monkeypatch.setattr(journal, "PAUSE", 0.01)


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def down() -> StoreError:
    return StoreError("데이터베이스가 잠겨 있습니다.", code="busy")


def test_everything_that_is_put_is_written_once_and_in_order(pages: Pages, kept: Journal[int]) -> None:
    for record in range(1000):
        kept.put(record)
    kept.flush()
    assert pages.records == list(range(1000))


def test_what_was_flushed_is_written(pages: Pages, kept: Journal[int]) -> None:
    for record in range(20):
        kept.put(record)
        kept.flush()
        assert pages.records[-1] == record


def test_nothing_put_is_flushed_at_once(kept: Journal[int]) -> None:
    kept.flush()
    assert kept.catch_up()


def test_nobody_who_puts_waits_for_the_store(pages: Pages, kept: Journal[int]) -> None:
    pages.opened.clear()
    for record in range(5000):
        kept.put(record)
    assert pages.batches == []
    pages.opened.set()
    kept.flush()
    assert pages.records == list(range(5000))


def test_what_comes_at_once_is_written_together_but_never_too_much(pages: Pages, kept: Journal[int]) -> None:
    pages.opened.clear()
    for record in range(3 * BATCH):
        kept.put(record)
    pages.opened.set()
    kept.flush()
    assert max(map(len, pages.batches)) == BATCH
    assert len(pages.batches) <= 4


def test_what_is_put_after_a_while_is_written_at_once(pages: Pages, kept: Journal[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "GATHER", 10 * SOON)
    kept.put(0)
    wait_until(lambda: pages.batches == [[0]])


def test_what_comes_soon_after_a_transaction_is_written_in_one_more(pages: Pages, kept: Journal[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "GATHER", 10 * SOON)  # a flush gives up long before
    kept.put(0)
    wait_until(lambda: pages.batches == [[0]])
    for record in range(1, 4):
        kept.put(record)
    kept.flush()
    assert pages.batches == [[0], [1, 2, 3]]


def test_while_the_store_is_down_records_wait_and_are_written_once_and_in_order(pages: Pages, kept: Journal[int]) -> None:
    pages.error = down()
    for record in range(500):
        kept.put(record)
    wait_until(lambda: pages.attempts >= 3)
    assert pages.batches == []
    pages.error = None
    kept.flush()
    assert pages.records == list(range(500))
    assert kept.dropped == 0


def test_an_outage_is_told_once_and_so_is_the_next(pages: Pages, kept: Journal[int], caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        pages.error, attempts = down(), pages.attempts
        kept.put(1)
        wait_until(lambda so_far=attempts: pages.attempts >= so_far + 3)
        pages.error = None
        kept.flush()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert told == ["the store is down, so records wait: 데이터베이스가 잠겨 있습니다."] * 2


def test_a_request_does_not_wait_while_the_store_is_down(pages: Pages, kept: Journal[int]) -> None:
    pages.error = down()
    kept.put(1)
    wait_until(lambda: pages.attempts)
    began = time.monotonic()
    assert not kept.catch_up()
    assert time.monotonic() - began < journal.PATIENCE / 2
    pages.error = None
    kept.flush()
    assert kept.catch_up()


def test_a_request_waits_for_a_store_that_is_slow(pages: Pages, kept: Journal[int]) -> None:
    pages.opened.clear()
    kept.put(1)
    threading.Timer(0.1, pages.opened.set).start()
    assert kept.catch_up()
    assert pages.records == [1]


def test_nobody_waits_for_ever(pages: Pages, kept: Journal[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PATIENCE", 0.05)
    pages.opened.clear()
    kept.put(1)
    kept.flush()
    assert not kept.catch_up()
    assert pages.batches == []
    pages.opened.set()


def test_above_the_limit_the_newest_are_dropped_and_counted(
    pages: Pages, kept: Journal[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal, "MOST", 10)
    pages.opened.clear()
    kept.put(0)
    wait_until(kept._waiting.empty)  # the thread holds it
    for record in range(1, 14):
        kept.put(record)
    assert kept.dropped == 3
    assert "records dropped because the store has been down for long: 3" in caplog.text
    pages.opened.set()
    kept.flush()
    assert pages.records == list(range(11))


def test_what_can_never_be_written_is_dropped_and_all_that_follows_is_written(pages: Pages, kept: Journal[int], caplog: pytest.LogCaptureFixture) -> None:
    pages.error = ValueError("제 번호는 010-9753-8642")
    kept.put(1)
    kept.flush()
    pages.error = None
    kept.put(2)
    kept.flush()
    assert (pages.records, kept.dropped) == ([2], 1)
    assert "records dropped because they cannot be written: 1: ValueError" in caplog.text
    assert "test_journal.py" in caplog.text
    assert "9753" not in caplog.text


def test_many_who_put_at_once_have_one_thread(pages: Pages, kept: Journal[int]) -> None:
    before = sum(thread.name == "journal" for thread in threading.enumerate())
    barrier = threading.Barrier(8)

    def put(number: int) -> None:
        barrier.wait(SOON)
        for turn in range(50):
            kept.put(50 * number + turn)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    kept.flush()
    assert sorted(pages.records) == list(range(400))
    assert sum(thread.name == "journal" for thread in threading.enumerate()) == before + 1


def test_a_journal_that_nothing_was_put_into_has_no_thread() -> None:
    before = threading.active_count()
    Journal(lambda _: None)
    assert threading.active_count() == before


#: `write` prints which process wrote what.
PROGRAM = """
import os, threading
from faqbot.errors import StoreError
from faqbot.web import journal
parent, open_to = os.getpid(), {os.getpid()}
def write(batch):
    if os.getpid() not in open_to:
        raise StoreError("down", code="busy")
    for record in batch:
        print("parent" if os.getpid() == parent else "child", record, flush=True)
journal.PAUSE = 0.01
kept = journal.Journal(write)
"""


def output(program: str) -> list[str]:
    """Lines that a process of its own prints. Python warns of a fork beside threads, which is what is tried here."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM + program]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60, check=True, env={**os.environ, "PYTHONUTF8": "1"}).stdout.splitlines()


FORK = """
child = os.fork()
if child == 0:
    open_to.add(os.getpid())
    kept.put("of the child")
    kept.flush()
    os._exit(0)
os.waitpid(child, 0)
"""


def test_a_forked_child_has_a_thread_of_its_own() -> None:
    assert output(f"kept.put('before')\nkept.flush()\n{FORK}\nkept.put('after')\nkept.flush()") == ["parent before", "child of the child", "parent after"]


def test_a_child_of_a_process_that_never_put_anything_writes_too() -> None:
    assert output(FORK) == ["child of the child"]


def test_a_child_leaves_what_waits_in_its_parent_to_that_one() -> None:
    program = f"open_to.clear()\nkept.put('of the parent')\nkept.catch_up()\n{FORK}\nopen_to.add(parent)\nkept.flush()"
    assert output(program) == ["child of the child", "parent of the parent"]


def test_a_child_does_not_take_its_parents_outage_for_its_own() -> None:
    fork = FORK.replace("kept.flush()", "print(kept.catch_up(), flush=True)")
    assert output(f"open_to.clear()\nkept.put('of the parent')\nkept.catch_up()\n{fork}\nos._exit(0)") == ["child of the child", "True"]


def test_what_waits_when_a_process_ends_is_written() -> None:
    assert output("[kept.put(record) for record in range(3)]") == ["parent 0", "parent 1", "parent 2"]


def test_a_record_that_the_store_refuses_takes_no_other_with_it_and_stops_nothing(kept_picky: tuple[Journal[int], list[int]]) -> None:
    journal_, written = kept_picky
    for record in (1, 2, 13, 3, 4):
        journal_.put(record)
    journal_.flush()
    assert sorted(written) == [1, 2, 3, 4]
    assert journal_.dropped == 1
    journal_.put(5)
    journal_.flush()
    assert sorted(written) == [1, 2, 3, 4, 5]


@pytest.fixture
def kept_picky() -> tuple[Journal[int], list[int]]:
    """A journal whose store refuses every batch with 13 in it, and what that store holds."""
    written: list[int] = []

    def write(batch: Sequence[int]) -> None:
        if 13 in batch:
            raise StoreError("데이터베이스가 요청을 거절했습니다.", code="refused")
        written.extend(batch)

    return Journal(write), written
