"""A clock that is put back or forward changes when things seem to have happened, and loses nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from faqbot.store import JobState, NewNotice, Retention, Store
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, Clock

YEARS = timedelta(days=4 * 365)


@pytest.mark.parametrize("jump", [-YEARS, timedelta(seconds=-1), YEARS], ids=["years back", "a second back", "years forward"])
def test_an_inquiry_is_one_across_a_jump_of_the_clock(opened: Callable[..., Store], clock: Clock, jump: timedelta) -> None:
    store = opened()
    receipt = store.submit_inquiry(INQUIRY, "key")
    clock.now += jump
    assert store.submit_inquiry(INQUIRY, "key") == receipt
    store.submit_inquiry(INQUIRY, "another key")
    assert len(store.inquiries()) == 2


def test_what_was_written_in_the_future_is_kept_when_the_clock_is_put_back(opened: Callable[..., Store], clock: Clock) -> None:
    store = opened()
    clock.now += YEARS
    store.submit_inquiry(INQUIRY, "key")
    query = store.record_query(QUERY)
    store.record_feedback(query, 1)
    clock.now -= YEARS
    store.purge(Retention())
    assert len(store.inquiries()) == 1
    assert store.query(query) is not None
    assert store.feedback(query) is not None


def test_a_job_that_ran_across_a_jump_back_can_end(opened: Callable[..., Store], clock: Clock) -> None:
    jobs = opened().drafts.jobs
    job = jobs.start("gate", "minji", "host")
    clock.now -= YEARS
    jobs.report(job.id, 0.5, "점검")
    assert jobs.end(job.id, JobState.DONE).state is JobState.DONE


def test_the_last_day_of_february_is_a_day_like_any_other(opened: Callable[..., Store], clock: Clock) -> None:
    store = opened()
    clock.now = NOW.replace(year=2028, month=2, day=29)
    receipt = store.submit_inquiry(replace(INQUIRY, question="윤일"), "leap")
    store.add_notice(NewNotice("윤일", "", clock.now.date(), clock.now.date()))
    assert receipt.number.startswith("20280229-")
    assert [notice.title for notice in store.notices(clock.now.date())] == ["윤일"]
