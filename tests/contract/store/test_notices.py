"""Notices and the days on which they are shown."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from faqbot.errors import MissingRecordError, StoreError
from faqbot.store import NewNotice, Notice, Store
from tests.contract.store.conftest import NOW, Clock

DAY = date(2026, 12, 24)
CLOSED = NewNotice("연말 휴무", "**12월 24일**부터 쉽니다 🎄", DAY, DAY + timedelta(days=2))


def test_a_notice_comes_back_as_it_was_added(store: Store) -> None:
    added = store.add_notice(CLOSED)
    assert added == Notice(added.id, CLOSED.title, CLOSED.body_markdown, CLOSED.starts, CLOSED.ends, NOW)
    assert store.all_notices() == (added,)


@pytest.mark.parametrize(("days", "shown"), [(-1, False), (0, True), (1, True), (2, True), (3, False)])
def test_a_notice_is_shown_from_its_first_to_its_last_day(store: Store, days: int, shown: bool) -> None:
    store.add_notice(CLOSED)
    assert bool(store.notices(DAY + timedelta(days=days))) is shown


def test_a_notice_without_end_is_shown_until_it_is_removed(store: Store) -> None:
    added = store.add_notice(NewNotice("점검", "", DAY))
    assert store.notices(date(2999, 1, 1)) == (added,)
    store.remove_notice(added.id)
    assert store.notices(date(2999, 1, 1)) == store.all_notices() == ()


def test_notices_run_from_the_latest_start_and_the_latest_added(store: Store, clock: Clock) -> None:
    for title, starts in [("가", DAY), ("나", DAY - timedelta(days=1)), ("다", DAY)]:
        store.add_notice(NewNotice(title, "", starts))
        clock.advance(days=-1)
    assert [notice.title for notice in store.all_notices()] == ["다", "가", "나"]


@pytest.mark.parametrize("notice_id", [0, 999, -1, 2**63])
def test_removing_what_is_not_there_is_an_error(store: Store, notice_id: int) -> None:
    with pytest.raises(MissingRecordError, match="공지"):
        store.remove_notice(notice_id)


def test_a_notice_that_ends_before_it_starts_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="먼저 끝납니다"):
        store.add_notice(NewNotice("거꾸로", "", DAY, DAY - timedelta(days=1)))
    assert store.all_notices() == ()


def test_a_notice_of_one_day_is_shown_on_it(store: Store) -> None:
    added = store.add_notice(NewNotice("하루", "", DAY, DAY))
    assert store.notices(DAY) == (added,)


def test_sites_see_their_own_notices_only(opened: Callable[..., Store]) -> None:
    one, other = opened(site="one"), opened(site="other")
    added = one.add_notice(CLOSED)
    assert other.notices(DAY) == other.all_notices() == ()
    with pytest.raises(MissingRecordError):
        other.remove_notice(added.id)
    assert one.all_notices() == (added,)
