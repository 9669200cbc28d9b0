import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection

import pytest

from faqbot.web.retirement import PAUSE, RETIRE, Order, Retirement

#: Seconds in which a process that was told to end is gone.
SOON = 20


def hold(order: Order, told: Connection) -> None:
    told.send(order.take())
    told.recv()


@pytest.fixture
def held() -> Iterator[tuple[Order, Callable[[], None]]]:
    """An order in which another process comes first, and what ends that process."""
    fork = multiprocessing.get_context("fork")
    order, (here, there) = Order(), fork.Pipe()
    other = fork.Process(target=hold, args=(order, there), daemon=True)
    other.start()

    def end() -> None:
        other.kill()
        other.join(SOON)

    with closing(here), closing(there):
        assert here.recv()
        yield order, end
        end()


def due_at(subject: Retirement, *, has_done: bool = False, seconds: range = range(1000)) -> int | None:
    """The first second at which it is."""
    return next((now for now in seconds if subject.is_due(now, has_done=has_done)), None)


def test_one_of_several_ends_some_time_after_there_is_a_reason() -> None:
    assert RETIRE + PAUSE <= (due_at(Retirement(lambda: True, 2, Order())) or 0) <= 3 * RETIRE + PAUSE + 2


def test_without_a_reason_none_ends() -> None:
    assert due_at(Retirement(lambda: False, 2, Order())) is None


def test_one_alone_ends_for_nothing_but_what_it_has_done() -> None:
    alone = Retirement(lambda: True, 1, Order())
    assert (due_at(alone), due_at(alone, has_done=True)) == (None, 0)


def test_one_of_several_that_has_done_enough_ends_within_the_pause() -> None:
    assert due_at(Retirement(lambda: False, 2, Order()), has_done=True) == PAUSE


def test_while_one_ends_no_other_does(held: tuple[Order, Callable[[], None]]) -> None:
    assert due_at(Retirement(lambda: True, 2, held[0])) is None


def test_after_one_was_killed_the_next_ends_and_leaves_time_for_a_fresh_one(held: tuple[Order, Callable[[], None]]) -> None:
    order, end = held
    waiting = Retirement(lambda: True, 2, order)
    assert due_at(waiting, has_done=True, seconds=range(100)) is None
    end()
    assert due_at(waiting, seconds=range(100, 200)) == 100 + PAUSE


def test_of_several_not_all_want_to_end_at_once() -> None:
    assert len({due_at(Retirement(lambda: True, 8, Order())) for _ in range(20)}) > 1
