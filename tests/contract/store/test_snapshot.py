"""A snapshot holds every row of the database it was taken from, of either kind, and goes back into either kind."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from faqbot.errors import StoreError
from faqbot.store import NewNotice, NewRelease, Role, Store, open_store, snapshot
from faqbot.store.schema import metadata
from tests.contract.store.conftest import INQUIRY, NOW, QUERY, SECRET, Clock, start

NOTE = {"by": "cli:test", "archive": "a.zip"}


@pytest.fixture
def filled(opened: Callable[..., Store]) -> Store:
    """One of nearly everything, in two sites; ids have gaps."""
    store, other = opened(), opened("other")
    store.record_feedback(store.record_query(QUERY), -1, text="😀 “말”\u2028")
    store.submit_inquiry(INQUIRY, "key")
    store.add_note(store.inquiries()[0].number, "메모", "이")
    other.submit_inquiry(INQUIRY, "key")
    other.close()
    store.add_notice(NewNotice("휴무", "**본문**", NOW.date()))
    store.remove_notice(store.add_notice(NewNotice("지울 것", "", NOW.date())).id)
    store.accounts.create("minji", "a long enough password", Role.OWNER)
    store.audit.write("cli:test", "notice.add", "1", None, {"title": "휴무"})
    store.audit.write("cli:test", "notice.add", "2")
    store.drafts.log_release(NewRelease("0" * 16, "minji", figures={"hit@1": 0.5}))
    return store


def test_a_snapshot_holds_every_row(url: str, filled: Store, tmp_path: Path) -> None:
    snapshot.take(url, tmp_path / "copy.db")
    found = snapshot.examine(tmp_path / "copy.db").rows
    assert {name: count for name, count in found.items() if count} == {
        "audit_log": 2, "feedback": 1, "inquiries": 2, "messages": 1, "notices": 1, "operators": 1, "queries": 1, "release_log": 1,
    }  # fmt: skip
    assert set(found) == set(metadata.tables)


def test_a_snapshot_opens_as_a_store_with_the_same_contents(url: str, filled: Store, tmp_path: Path, clock: Clock) -> None:
    snapshot.take(url, tmp_path / "copy.db")
    with open_store(f"sqlite:///{tmp_path / 'copy.db'}", SECRET, "default", clock) as copy:
        assert copy.inquiries() == filled.inquiries()
        assert copy.all_notices() == filled.all_notices()
        assert copy.audit.page() == filled.audit.page()
        assert copy.drafts.releases(9) == filled.drafts.releases(9)


def test_ids_that_were_used_are_not_used_again_after_a_restoration(url: str, filled: Store, tmp_path: Path, clock: Clock) -> None:
    snapshot.take(url, tmp_path / "copy.db")
    with open_store(f"sqlite:///{tmp_path / 'copy.db'}", SECRET, "default", clock) as copy:
        assert copy.add_notice(NewNotice("새것", "", NOW.date())).id == 3


def test_what_is_written_meanwhile_waits_for_nothing_and_a_snapshot_is_of_one_moment(url: str, opened: Callable[..., Store], tmp_path: Path) -> None:
    store = opened()
    program = (
        "print('ready', flush=True)\nturn = 0\nwhile True:\n"
        " n = store.submit_inquiry(INQUIRY, str(turn)).number; store.add_note(n, '메모', '이'); print(turn, flush=True); turn += 1\n"
    )
    with start(program, url) as writer:
        assert writer.stdout.readline() == "ready\n"
        counts = []
        for turn in range(3):
            writer.stdout.readline()
            snapshot.take(url, tmp_path / f"{turn}.db")
            counts.append(snapshot.examine(tmp_path / f"{turn}.db").rows)
        writer.kill()
    assert [each["inquiries"] - each["messages"] in {0, 1} for each in counts] == [True] * 3
    assert counts[0]["inquiries"] <= counts[1]["inquiries"] <= counts[2]["inquiries"] <= len(store.inquiries(limit=100_000))


def test_a_database_that_is_not_there_is_not_made_by_a_snapshot(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="이\\(가\\) 없습니다"):
        snapshot.take(f"sqlite:///{tmp_path}/faqbot.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"id,question\n" * 1000], ids=["empty", "header", "table"])
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(StoreError) as caught:
        snapshot.examine(tmp_path / "copy.db")
    assert caught.value.code == "damaged"


def test_a_damaged_page_is_found(sqlite_url: str, tmp_path: Path) -> None:
    snapshot.take(sqlite_url, tmp_path / "copy.db")
    data = bytearray((tmp_path / "copy.db").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xff" * 4096
    (tmp_path / "copy.db").write_bytes(data)
    with pytest.raises(StoreError) as caught:
        snapshot.examine(tmp_path / "copy.db")
    assert caught.value.code == "damaged"


def make(url: str, path: Path, clock: Callable[[], datetime], secret: bytes = SECRET) -> Path:
    snapshot.take(url, path)
    snapshot.make_ready(path, secret, "default", clock, NOTE)
    return path


def test_sessions_end_with_a_restoration(url: str, filled: Store, tmp_path: Path, clock: Clock) -> None:
    token, _ = filled.accounts.log_in("minji", "a long enough password", "127.0.0.1")
    assert filled.accounts.session(token) is not None
    with open_store(f"sqlite:///{make(url, tmp_path / 'copy.db', clock)}", SECRET, "default", clock) as copy:
        assert copy.accounts.session(token) is None


def test_the_log_says_that_and_what_was_restored(url: str, filled: Store, tmp_path: Path, clock: Clock) -> None:
    with open_store(f"sqlite:///{make(url, tmp_path / 'copy.db', clock)}", SECRET, "default", clock) as copy:
        line = copy.audit.page()[0]
    assert (line.actor, line.action, line.subject, line.after) == ("cli:test", "store.restore", "a.zip", NOTE)


def test_a_snapshot_that_another_key_sealed_is_refused(url: str, filled: Store, tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(StoreError) as caught:
        make(url, tmp_path / "copy.db", clock, b"x" * 32)
    assert caught.value.code == "secret"


def test_nothing_but_one_file_is_left_of_a_snapshot_that_is_made_ready(url: str, filled: Store, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "alone").mkdir()
    make(url, tmp_path / "alone" / "copy.db", clock)
    assert [path.name for path in (tmp_path / "alone").iterdir()] == ["copy.db"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_snapshot_goes_back_into_postgresql(url: str, opened: Callable[..., Store], filled: Store, tmp_path: Path, clock: Clock) -> None:
    copy = make(url, tmp_path / "copy.db", clock)
    before = filled.inquiries(), filled.all_notices(), filled.drafts.releases(9)
    filled.submit_inquiry(INQUIRY, "later")
    filled.close()
    wait_until_alone(url)
    snapshot.load(url, copy)
    assert (filled.inquiries(), filled.all_notices(), filled.drafts.releases(9)) == before
    assert filled.add_notice(NewNotice("새것", "", NOW.date())).id == 3
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error, match="audit_log"):
        connection.execute("DELETE FROM audit_log")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_database_that_somebody_uses_is_not_overwritten(url: str, filled: Store, tmp_path: Path, clock: Clock) -> None:
    copy = make(url, tmp_path / "copy.db", clock)
    with psycopg.connect(url), pytest.raises(StoreError, match="서버를 모두 멈추고"):
        snapshot.load(url, copy)
    assert len(filled.inquiries()) == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_snapshot_that_does_not_fit_changes_nothing(url: str, opened: Callable[..., Store], filled: Store, tmp_path: Path, clock: Clock) -> None:
    copy = make(url, tmp_path / "copy.db", clock)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE feedback SET vote = 7")
        connection.commit()
    filled.close()
    wait_until_alone(url)
    with pytest.raises(StoreError) as caught:
        snapshot.load(url, copy)
    assert caught.value.code == "refused"
    assert len(filled.inquiries()) == 1


def wait_until_alone(url: str) -> None:
    """A connection that was closed ends on the server a moment later."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as connection:
        deadline = time.monotonic() + 20
        while connection.execute(others).fetchone()[0]:
            assert time.monotonic() < deadline
            connection.execute("SELECT pg_sleep(0.01)")
