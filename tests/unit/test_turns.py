import threading
from concurrent.futures import Future
from typing import Any

import pytest

from faqbot.web.turns import Turns

#: Seconds in which threads of this process do what they do at once.
SOON = 20


def done_in_order(turns: Turns[Any], pieces: list[tuple[str, str]]) -> list[str]:
    """Names of pieces in the order in which they are done, given that all wait before the first is."""
    may_begin, order = threading.Event(), list[str]()
    first = turns.submit("before", lambda: may_begin.wait(SOON))
    futures = [turns.submit(client, lambda name=name: order.append(name)) for client, name in pieces]
    may_begin.set()
    assert first.result(SOON)
    for future in futures:
        future.result(SOON)
    return order


def test_who_sends_one_piece_waits_for_one_of_each_other_client():
    assert done_in_order(Turns(1), [("many", "1"), ("many", "2"), ("many", "3"), ("few", "a"), ("other", "b")]) == ["1", "a", "b", "2", "3"]


def test_pieces_of_a_client_are_done_in_the_order_in_which_they_came():
    assert done_in_order(Turns(1), [("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2"), ("a", "a3")]) == ["a1", "b1", "a2", "b2", "a3"]


def test_as_many_are_worked_on_at_a_time_as_there_are_threads():
    turns, meet = Turns[int](2), threading.Barrier(2)
    assert {future.result(SOON) for future in [turns.submit("a", lambda: meet.wait(SOON)) for _ in range(2)]} == {0, 1}


def test_what_a_piece_raises_is_in_its_future_and_the_next_one_is_done():
    turns: Turns[int] = Turns(1)
    failing, next_one = turns.submit("a", lambda: 1 // 0), turns.submit("a", lambda: 7)
    assert next_one.result(SOON) == 7
    with pytest.raises(ZeroDivisionError):
        failing.result(SOON)


def test_what_waits_at_a_shutdown_is_done_and_no_more_is_taken():
    turns, may_begin = Turns[Any](1), threading.Event()
    turns.submit("a", lambda: may_begin.wait(SOON))
    waiting: Future[Any] = turns.submit("b", lambda: "done")
    turns.shutdown()
    with pytest.raises(RuntimeError):
        turns.submit("c", lambda: "late")
    may_begin.set()
    assert waiting.result(SOON) == "done"


def test_what_comes_after_a_shutdown_takes_no_turn_of_what_waits():
    turns, may_begin, futures = Turns[Any](1), threading.Event(), list[Future[Any]]()
    futures.append(turns.submit("a", lambda: may_begin.wait(SOON)))
    futures += [turns.submit("a", lambda: "done") for _ in range(2)]
    turns.shutdown()
    with pytest.raises(RuntimeError):
        turns.submit("b", lambda: "late")
    may_begin.set()
    assert [future.result(SOON) for future in futures] == [True, "done", "done"]
