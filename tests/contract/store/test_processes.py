"""Threads, processes, forks and kills: one key makes one inquiry, and what was acknowledged is there."""

import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from faqbot.errors import StoreError
from faqbot.store import Receipt, Store, open_store
from tests.contract.store.conftest import INQUIRY, QUERY, SECRET, Clock, start

KEYS, SENDERS = 10, 200


def test_threads_with_one_key_make_one_inquiry(store: Store) -> None:
    together = Barrier(4, timeout=30)

    def submit(_: int) -> list[Receipt]:
        receipts = []
        for key in range(KEYS):
            together.wait()
            receipts.append(store.submit_inquiry(INQUIRY, f"key {key}"))
        return receipts

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(submit, range(4)))
    assert all(receipts == results[0] for receipts in results)
    assert [sum(not receipts[key].repeated for receipts in results) for key in range(KEYS)] == [1] * KEYS
    assert len(store.inquiries(limit=1000)) == KEYS


def test_of_two_hundred_inquiries_at_once_each_that_was_acknowledged_is_stored_once_and_no_other(store: Store) -> None:
    together = Barrier(SENDERS, timeout=60)

    def submit(sender: int) -> str | None:
        together.wait()
        try:
            return store.submit_inquiry(INQUIRY, f"sender {sender}").number
        except StoreError:
            return None  # too busy, and said so

    with ThreadPoolExecutor(SENDERS) as pool:
        acknowledged = [number for number in pool.map(submit, range(SENDERS)) if number]
    assert sorted(each.number for each in store.inquiries(limit=1000)) == sorted(acknowledged)
    assert len({*acknowledged, *(store.submit_inquiry(INQUIRY, f"sender {sender}").number for sender in range(SENDERS))}) == SENDERS


def test_processes_with_one_key_make_one_inquiry(url: str, opened: Callable[..., Store]) -> None:
    store = opened()
    program = (
        "print('ready', flush=True)\nsys.stdin.readline()\n"
        f"for key in range({KEYS}):\n r = store.submit_inquiry(INQUIRY, str(key)); print(r.number, r.token, r.repeated, flush=True)\n"
    )
    processes = [start(program, url) for _ in range(2)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    first, second = ([line.split() for line in process.communicate(timeout=60)[0].splitlines()] for process in processes)
    assert [line[:2] for line in first] == [line[:2] for line in second]
    assert all({one[2], other[2]} == {"True", "False"} for one, other in zip(first, second, strict=True))
    assert sorted(each.number for each in store.inquiries(limit=1000)) == sorted(line[0] for line in first)


def test_threads_that_vote_at_once_leave_one_vote(store: Store) -> None:
    query_id = store.record_query(QUERY)
    together = Barrier(4, timeout=30)

    def vote(turn: int) -> None:
        together.wait()
        store.record_feedback(query_id, 1 if turn % 2 else -1, text=str(turn))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(vote, range(4)))
    kept = store.feedback(query_id)
    assert kept.vote == (1 if int(kept.text) % 2 else -1)


@pytest.mark.parametrize("after", [1, 2, 7, 20])
def test_a_process_killed_after_acknowledging_loses_nothing(url: str, clock: Clock, after: int) -> None:
    program = (
        "import json\nturn = 0\nwhile True:\n"
        " r = store.submit_inquiry(INQUIRY, str(turn)); print(json.dumps([str(turn), r.number, r.token]), flush=True); turn += 1\n"
    )
    with start(program, url) as process:
        acknowledged = [json.loads(process.stdout.readline()) for _ in range(after)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += [json.loads(line) for line in process.stdout.read().splitlines() if line.endswith("]")]
    assert process.returncode == -signal.SIGKILL
    with open_store(url, SECRET, "default", clock) as store:
        for key, number, token in acknowledged:
            assert store.inquiry_by_token(token).number == number
            assert store.inquiry(number).content == INQUIRY
            assert store.submit_inquiry(INQUIRY, key).token == token
        assert len(acknowledged) <= len(store.inquiries(limit=10_000)) <= len(acknowledged) + 1


def test_parent_and_forked_children_write_at_once(url: str, clock: Clock) -> None:
    """The parent has a connection when it forks, as a preloading server that has used its store."""
    program = (
        "import os\nstore.record_query(QUERY)\n"
        "children = []\n"
        "for child in range(3):\n"
        "  pid = os.fork()\n"
        "  if not pid:\n"
        "    for turn in range(15): store.submit_inquiry(INQUIRY, f'{child} {turn}')\n"
        "    os._exit(0)\n"
        "  children.append(pid)\n"
        "for turn in range(15): store.submit_inquiry(INQUIRY, f'parent {turn}')\n"
        "print([os.waitpid(pid, 0)[1] for pid in children], flush=True)\n"
        "print(len(store.inquiries(limit=1000)), flush=True)\n"
        "store.close()\n"
    )
    output, _ = start(program, url).communicate(timeout=120)
    assert output.splitlines() == ["[0, 0, 0]", "60"]
    with open_store(url, SECRET, "default", clock) as store:
        assert len(store.inquiries(limit=1000)) == 60
        if url.startswith("sqlite"):
            with store._engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
