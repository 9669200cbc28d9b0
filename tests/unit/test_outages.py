"""A database that hangs: who waits for a connection, and for how long."""

import sqlite3
import threading
import time
from functools import partial

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from faqbot.store.outages import ImpatientPool

#: Seconds; whoever waits at all waits that long, and the tests tell waiting from not waiting by half of it.
WAIT = 2.0


@pytest.fixture
def pool() -> ImpatientPool:
    return ImpatientPool(partial(sqlite3.connect, ":memory:", check_same_thread=False), pool_size=1, max_overflow=0, timeout=WAIT)


def waited(pool: ImpatientPool) -> float:
    began = time.monotonic()
    with pytest.raises(PoolTimeoutError):
        pool.connect()
    return time.monotonic() - began


def test_after_one_waited_in_vain_the_next_is_refused_at_once(pool: ImpatientPool) -> None:
    held = pool.connect()
    assert waited(pool) >= WAIT
    assert waited(pool) < WAIT / 2
    held.close()


def test_once_a_connection_came_back_it_is_given_and_waited_for_again(pool: ImpatientPool) -> None:
    held = pool.connect()
    waited(pool)
    held.close()
    again = pool.connect()
    threading.Timer(WAIT / 4, again.close).start()
    pool.connect().close()  # waits for the one that comes back


def test_the_pool_that_takes_its_place_has_nobody_who_waited(pool: ImpatientPool) -> None:
    held = pool.connect()
    waited(pool)
    fresh = pool.recreate()
    fresh.connect().close()
    held.close()
