import threading

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from faqbot.web import windows
from faqbot.web.windows import Windows


class Clock:
    now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(windows, "time", clock)
    return clock


def test_a_window_lasts_from_its_first_count(clock: Clock) -> None:
    counts = Windows()
    assert [counts.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert (counts.get("a"), counts.get_expiry("a")) == (3, 1060.0)
    clock.now = 1059.9
    assert counts.incr("a", 60) == 4
    clock.now = 1060.0
    assert counts.get("a") == 0
    assert counts.incr("a", 60, 2) == 2
    assert counts.get_expiry("a") == 1120.0


def test_keys_are_counted_apart(clock: Clock) -> None:
    counts = Windows()
    assert [counts.incr("a", 60), counts.incr("b", 60), counts.incr("a", 60)] == [1, 1, 2]


def test_what_was_never_counted_ends_now(clock: Clock) -> None:
    assert (Windows().get("a"), Windows().get_expiry("a")) == (0, 1000.0)


def test_windows_that_are_over_take_no_memory_for_long(clock: Clock) -> None:
    counts = Windows()
    for number in range(100):
        counts.incr(str(number), 1)
    clock.now += 60
    counts.incr("a", 60)
    assert counts.reset() == 1


def test_a_clock_that_is_put_back_ends_no_window_and_stops_no_looking(clock: Clock) -> None:
    counts = Windows()
    counts.incr("a", 60)
    clock.now = 10.0
    assert counts.incr("a", 60) == 2
    for number in range(100):
        counts.incr(str(number), 1)
    clock.now = 30.0
    counts.incr("b", 60)
    assert counts.reset() == 2


def test_what_is_forgotten_begins_anew(clock: Clock) -> None:
    counts = Windows()
    counts.incr("a", 60)
    counts.incr("b", 60)
    counts.clear("a")
    assert (counts.get("a"), counts.get("b")) == (0, 1)


def test_counting_starts_no_thread() -> None:
    before = threading.active_count()
    limiter, limit = FixedWindowRateLimiter(Windows()), parse("2/minute")
    assert [limiter.hit(limit, "a") for _ in range(3)] == [True, True, False]
    assert threading.active_count() == before


def test_threads_lose_no_count() -> None:
    counts = Windows()
    threads = [threading.Thread(target=lambda: [counts.incr("a", 60) for _ in range(1000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.get("a") == 4000
