import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from faqbot.bootstrap.parts import build_store, local_time, local_today
from faqbot.bootstrap.upkeep import maintain
from faqbot.domain import Outcome, Reason
from faqbot.errors import FaqbotError, StoreError
from faqbot.settings import Settings
from faqbot.store import NewInquiry, Purged, QueryRecord
from faqbot.web import upkeep

#: Seconds that something which happens is waited for.
SOON = 20
OLD = timedelta(days=10)


def run(*turns: Callable[[], object]) -> None:
    """Upkeep whose work is one of these at a time, until they are used up; then it rests for ever."""
    left: Iterator[Callable[[], object]] = iter(turns)
    used_up = threading.Event()

    def work() -> None:
        turn = next(left, None)
        if turn is None:
            used_up.set()
            threading.Event().wait()
        else:
            turn()

    upkeep.start(work, every=0.001)
    assert used_up.wait(SOON)


def failing(error: Exception) -> Callable[[], object]:
    def fail() -> None:
        raise error

    return fail


def test_the_work_is_done_at_once_and_again() -> None:
    done: list[int] = []
    run(*[lambda: done.append(1)] * 3)
    assert done == [1, 1, 1]


def test_the_next_turn_comes_when_its_time_has_come() -> None:
    began: list[float] = []
    twice = threading.Event()

    def work() -> None:
        began.append(time.monotonic())
        if len(began) == 2:
            twice.set()
            threading.Event().wait()

    upkeep.start(work, every=0.2)
    assert twice.wait(SOON)
    assert began[1] - began[0] >= 0.2


@pytest.mark.parametrize(
    "error",
    [StoreError("잠겨 있습니다.", code="busy"), FaqbotError("설정을 고치세요."), OSError("No space left on device"), RuntimeError("?")],
    ids=lambda e: type(e).__name__,
)
def test_what_fails_is_logged_and_done_again(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    run(failing(error), lambda: done.append(1))
    assert done == [1]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.ERROR, "upkeep failed")]
    assert str(error) in caplog.text


def test_nobody_waits_for_upkeep() -> None:
    began = threading.Event()
    thread = upkeep.start(lambda: (began.set(), threading.Event().wait()))
    assert began.wait(SOON)
    assert thread.daemon


# What is done


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "var", keep_queries=5, keep_inquiries=5)


def query(age: timedelta) -> QueryRecord:
    return QueryRecord("환불", Outcome.FALLBACK, Reason.NOTHING_KNOWN, 0.0, (), "0" * 16, asked_at=datetime.now(UTC) - age)


@pytest.fixture
def kept(settings: Settings) -> list[int]:
    """Ids of an old query and of one of today."""
    with build_store(settings) as store:
        return store.record_queries([query(OLD), query(timedelta())])


def left(settings: Settings, ids: list[int]) -> list[bool]:
    with build_store(settings) as store:
        return [store.query(query_id) is not None for query_id in ids]


def test_what_was_kept_long_enough_is_deleted_and_counted(settings: Settings, kept: list[int]) -> None:
    assert maintain(settings) == Purged(queries=1, feedback=0, inquiries=0)
    assert left(settings, kept) == [False, True]


def test_what_is_kept_longer_stays(settings: Settings, kept: list[int]) -> None:
    assert maintain(settings.model_copy(update={"keep_queries": 11})) == Purged(0, 0, 0)
    assert left(settings, kept) == [True, True]


def test_an_inquiry_of_today_stays(settings: Settings) -> None:
    with build_store(settings) as store:
        number = store.submit_inquiry(NewInquiry("질문"), "a-key-of-the-sender").number
        assert maintain(settings) == Purged(0, 0, 0)
        assert store.inquiry(number)


def test_it_is_done_once_a_day_however_many_processes_look(settings: Settings, kept: list[int]) -> None:
    assert maintain(settings, at_most_daily=True) == Purged(1, 0, 0)
    with build_store(settings) as store:
        store.record_query(query(OLD))
    assert maintain(settings, at_most_daily=True) is None
    assert maintain(settings) == Purged(1, 0, 0)


def test_the_next_day_it_is_done_again(settings: Settings, kept: list[int]) -> None:
    maintain(settings, at_most_daily=True)
    yesterday = time.time() - 24 * 3600 - 1
    os.utime(settings.var / "maintained", (yesterday, yesterday))
    assert maintain(settings, at_most_daily=True) == Purged(0, 0, 0)


@pytest.mark.parametrize("jump", [3 * 365 * 24 * 3600, -7200], ids=["forward", "back"])
def test_after_a_jump_of_the_clock_an_hour_is_waited_before_anything_is_deleted(settings: Settings, kept: list[int], jump: int) -> None:
    (settings.var / "maintained").touch()
    before = time.time() - jump
    os.utime(settings.var / "maintained", (before, before))
    assert maintain(settings, at_most_daily=True) is None
    assert left(settings, kept) == [True, True]
    an_hour_ago = (settings.var / "maintained").stat().st_mtime - 3601
    os.utime(settings.var / "maintained", (an_hour_ago, an_hour_ago))
    assert maintain(settings, at_most_daily=True) == Purged(1, 0, 0)


def test_while_another_process_is_at_it_nothing_is_done(settings: Settings, kept: list[int]) -> None:
    with FileLock(settings.var / "maintain.lock"):
        assert maintain(settings) is None
    assert left(settings, kept) == [True, True]


def test_what_failed_is_not_called_done(settings: Settings, kept: list[int]) -> None:
    """So that it is tried again in an hour, not in a day."""
    database = settings.var / "faqbot.db"
    content = database.read_bytes()
    database.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError):
        maintain(settings, at_most_daily=True)
    database.write_bytes(content)
    assert maintain(settings, at_most_daily=True) == Purged(1, 0, 0)


def test_a_folder_for_locks_is_made_beside_a_database_elsewhere(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var", database_url=f"sqlite:///{tmp_path}/elsewhere/faqbot.db", secret_key="a secret of 32 bytes for the test")  # noqa: S106  # of a test
    assert maintain(settings) == Purged(0, 0, 0)
    assert sorted(file.name for file in (tmp_path / "var").iterdir()) in (
        ["in-use.lock", "maintain.lock", "maintained"],
        ["in-use.lock", "maintained"],
    )


@pytest.mark.parametrize(("zone", "expected"), [("Asia/Seoul", "2026-03-01 08:30"), ("America/New_York", "2026-02-28 18:30"), ("UTC", "2026-02-28 23:30")])
def test_moments_are_shown_in_the_sites_zone(zone: str, expected: str) -> None:
    moment = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert local_time(Settings(timezone=zone), moment).strftime("%Y-%m-%d %H:%M") == expected


def test_today_is_that_of_the_sites_zone() -> None:
    """At any moment these two are a day apart."""
    ahead, behind = (local_today(Settings(timezone=zone)) for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"))
    assert (ahead - behind).days in {1, 2}
