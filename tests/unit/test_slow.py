"""Slow queries: told with where the time went, without a word of them."""

import logging

import pytest

from faqbot.retrieval.bot import Bot
from faqbot.retrieval.tracing import Trace, trace
from faqbot.web.slow import EVERY, SlowQueries

TOOK = {"request": "a" * 32, "ms": 321.0}


def found() -> Trace:
    return Trace({"read": 1.5}, {"characters": 7})


def test_the_steps_of_a_query_are_timed_and_counted_and_its_words_are_not_told(bot: Bot):
    told = trace(bot, "환불은 며칠 걸리나요 9753").to_json()
    assert list(told.pop("stages")) == ["normalize", "read", "search", "features", "rank", "confidence"]
    assert told.keys() == {"characters", "normalized", "morphemes", "corrections", "candidates"}
    assert told["characters"] == 16
    assert told["candidates"] > 0


@pytest.mark.parametrize(("limit", "seconds", "is_slow"), [(200, 0.2, True), (200, 0.199, False), (0, 60.0, False), (1, 0.001, True)])
def test_a_query_is_slow_from_the_limit_on_and_never_where_it_is_0(limit: int, seconds: float, is_slow: bool):
    assert SlowQueries(limit).is_slow(seconds) is is_slow


def test_a_slow_query_is_asked_again_and_told_in_one_line(caplog: pytest.LogCaptureFixture):
    SlowQueries(200).tell(TOOK, found).join(10)
    (record,) = caplog.records
    assert (record.levelno, record.getMessage(), record.fields) == (logging.WARNING, "slow query", TOOK | {"stages": {"read": 1.5}, "characters": 7})


def test_of_many_at_once_one_is_asked_again(caplog: pytest.LogCaptureFixture):
    moment = [10.0]
    slow = SlowQueries(200, lambda: moment[0])
    threads = [slow.tell(TOOK, found) for _ in range(3)]
    moment[0] += EVERY
    threads.append(slow.tell(TOOK, found))
    for thread in filter(None, threads):
        thread.join(10)
    assert [thread is not None for thread in threads] == [True, False, False, True]
    assert len(caplog.records) == 4


def test_one_that_cannot_be_asked_again_is_told_without_the_errors_words(caplog: pytest.LogCaptureFixture):
    def broken() -> Trace:
        return {}["".join(("97", "53"))]  # type: ignore[index]  # noqa: FLY002

    SlowQueries(200).tell(TOOK, broken).join(10)
    assert "asking it again failed: KeyError" in caplog.text
    assert "9753" not in caplog.text
