import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from faqbot import messages
from faqbot.corpus import parse_answer, to_html, to_json
from faqbot.settings import Settings
from faqbot.store import NewNotice, open_store
from tests.contract.conftest import SECRET, TODAY

DAY = timedelta(days=1)


def titles(client: FlaskClient) -> list[str]:
    return [notice["title"] for notice in client.get("/v1/notices").get_json()["items"]]


def test_without_notices_the_list_is_empty(client):
    assert client.get("/v1/notices").get_json() == {"items": []}


def test_a_notice_has_its_text_for_every_place(client, store):
    body = "3월 2일은 **쉽니다**.\n\n- [일정](https://help.example.kr/days)"
    notice = store.add_notice(NewNotice("삼일절 휴무", body, TODAY, TODAY + DAY))
    blocks = parse_answer(body)
    assert client.get("/v1/notices").get_json()["items"] == [
        {"id": notice.id, "title": "삼일절 휴무", "body_html": to_html(blocks), "blocks": to_json(blocks), "starts": "2026-03-01", "ends": "2026-03-02"}
    ]


def test_a_notice_without_an_end_says_null_and_stays(client, store, clock):
    store.add_notice(NewNotice("안내", "", TODAY))
    clock.advance(days=4000)
    assert client.get("/v1/notices").get_json()["items"][0]["ends"] is None


def test_no_notice_brings_a_script(client, store):
    store.add_notice(NewNotice("<b>제목", "<script>alert(1)</script> [x](javascript:alert(2))", TODAY))
    notice = client.get("/v1/notices").get_json()["items"][0]
    assert notice["title"] == "<b>제목"
    assert "<script" not in notice["body_html"]
    assert "href" not in notice["body_html"]


def test_the_latest_start_comes_first(client, store):
    for title, starts in (("둘째", TODAY - DAY), ("셋째", TODAY - 2 * DAY), ("첫째", TODAY)):
        store.add_notice(NewNotice(title, "", starts))
    assert titles(client) == ["첫째", "둘째", "셋째"]


def test_what_is_past_or_to_come_is_not_shown(client, store):
    store.add_notice(NewNotice("지난 것", "", TODAY - 9 * DAY, TODAY - DAY))
    store.add_notice(NewNotice("앞으로", "", TODAY + DAY))
    assert titles(client) == []


def test_a_removed_notice_is_gone_at_once(client, store):
    notice = store.add_notice(NewNotice("안내", "", TODAY))
    assert titles(client) == ["안내"]
    store.remove_notice(notice.id)
    assert titles(client) == []


def test_a_notice_of_another_site_is_not_shown(client, database):
    with open_store(f"sqlite:///{database}", SECRET, "another", lambda: datetime.now(UTC)) as another:
        another.add_notice(NewNotice("남의 것", "", TODAY))
    assert titles(client) == []


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 2, 28, 14, 59, 59, 999999, tzinfo=UTC), False),
        (datetime(2026, 2, 28, 15, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 1, 14, 59, 59, 999999, tzinfo=UTC), True),
        (datetime(2026, 3, 1, 15, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_begins_and_ends_at_midnight_in_seoul(client, store, clock, moment, shown):
    store.add_notice(NewNotice("하루만", "", TODAY, TODAY))
    clock.now = moment
    assert titles(client) == ["하루만"] * shown


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Asia/Seoul", date(2026, 3, 1)), ("America/Los_Angeles", date(2026, 2, 28)), ("UTC", date(2026, 2, 28)), ("Pacific/Kiritimati", date(2026, 3, 1))],
)
def test_the_day_is_that_of_the_sites_zone_wherever_the_clock_is(build, store, clock, zone, day):
    """One moment, half past eight in the evening in London and in Seoul already tomorrow."""
    clock.now = datetime(2026, 2, 28, 20, 30, tzinfo=ZoneInfo("Europe/London"))
    store.add_notice(NewNotice("하루만", "", day, day))
    assert titles(build(Settings(timezone=zone)).test_client()) == ["하루만"]


@pytest.mark.parametrize(("hours", "shown"), [(22, True), (23, False)])
def test_a_day_of_23_hours_is_a_day(build, store, clock, hours, shown):
    """New York sets its clocks forward on the eighth."""
    clock.now = datetime(2026, 3, 8, 5, 0, tzinfo=UTC) + timedelta(hours=hours)
    store.add_notice(NewNotice("하루만", "", date(2026, 3, 8), date(2026, 3, 8)))
    assert titles(build(Settings(timezone="America/New_York")).test_client()) == ["하루만"] * shown


def test_notices_that_cannot_be_read_are_not_called_none(client, database):
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE notices RENAME TO gone")
    response = client.get("/v1/notices")
    assert (response.status_code, response.get_json()["code"], response.headers["Retry-After"]) == (503, "not_read", "5")
    assert response.get_json()["detail"] == messages.PROBLEM["not_read"][1]
    assert "notices" not in response.text
