"""Releases that machines share through a real PostgreSQL: immutable, whole, published once, heard of."""

import shutil
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from faqbot.bootstrap.serving import bring_shared_releases
from faqbot.bootstrap.training import publish_trained
from faqbot.errors import GateError, ReleaseError, StoreError
from faqbot.retrieval.release import MANIFEST, current_id, load_release
from faqbot.settings import Settings
from faqbot.store import AuditLine, Listener, NewPublication, Store, open_store
from faqbot.training.publish import published_before
from faqbot.training.releasing import publish_release, rollback_release
from faqbot.training.replica import Replica, share
from faqbot.training.replicas import Replicas
from faqbot.training.thresholds import retarget
from tests.contract.clock import Clock
from tests.contract.services import wait_until
from tests.contract.store import postgres
from tests.contract.store.conftest import SECRET

A, B = "a" * 16, "b" * 16
FILES = {"entries.json": b"[]", "report.json": b"{}"}


@pytest.fixture
def opened(sharing: Callable[[], Store]) -> Callable[[], Store]:
    """A machine's store."""
    return sharing


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    return opened()


def publish(store: Store, release: str, expected: str | None, *, is_rollback: bool = False) -> None:
    store.releases.publish(NewPublication(release, AuditLine("jun", "release.publish", release), is_rollback=is_rollback), expected)


def test_sharing_needs_postgresql(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(StoreError, match="PostgreSQL이어야 합니다"):
        open_store(f"sqlite:///{tmp_path / 'faqbot.db'}", SECRET, "default", clock, shares_releases=True)


def test_a_release_comes_back_as_it_was(store: Store) -> None:
    store.releases.put(A, FILES, ["entries.json"])
    assert store.releases.files(A) == FILES


def test_what_serves_is_never_overwritten(store: Store) -> None:
    store.releases.put(A, FILES, ["entries.json"])
    with pytest.raises(StoreError, match="다른 내용") as caught:
        store.releases.put(A, {**FILES, "entries.json": b"[1]"}, ["entries.json"])
    assert caught.value.code == "conflict"
    assert store.releases.files(A) == FILES


def test_what_is_said_of_a_training_becomes_that_of_the_last_one(store: Store) -> None:
    store.releases.put(A, FILES, ["entries.json"])
    store.releases.put(A, {"entries.json": b"[]", "report.json": b"{1}"}, ["entries.json"])
    assert store.releases.files(A)["report.json"] == b"{1}"


def test_a_file_that_was_altered_in_the_database_is_refused(store: Store, postgres_url: str) -> None:
    store.releases.put(A, FILES, ["entries.json"])
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE shared_files SET data = 'x' WHERE name = 'entries.json'")
    with pytest.raises(StoreError, match="digest") as caught:
        store.releases.files(A)
    assert caught.value.code == "damaged"


def test_only_what_is_stored_can_be_published(store: Store) -> None:
    with pytest.raises(StoreError, match="데이터베이스에 없습니다"):
        publish(store, A, None)
    assert store.audit.page() == ()


def test_of_two_who_publish_at_once_the_second_is_told(store: Store) -> None:
    for release in (A, B):
        store.releases.put(release, FILES, ["entries.json"])
    publish(store, A, None)
    with pytest.raises(StoreError, match="그사이 다른 릴리스") as caught:
        publish(store, B, None)
    assert caught.value.code == "conflict"
    assert store.releases.history() == (A,)


def test_the_way_back_is_the_databases(store: Store) -> None:
    for release in (A, B):
        store.releases.put(release, FILES, ["entries.json"])
    publish(store, A, None)
    publish(store, B, A)
    publish(store, A, B)
    publish(store, B, A, is_rollback=True)
    assert store.releases.history() == (A, B)
    publish(store, A, B, is_rollback=True)
    assert store.releases.history() == (A,)


def test_a_publication_writes_both_logs(store: Store) -> None:
    store.releases.put(A, FILES, ["entries.json"])
    publish(store, A, None)
    assert [line.action for line in store.audit.page()] == ["release.publish"]
    assert store.drafts.release(A).published_by == "jun"


def test_who_listens_hears_of_a_publication(store: Store, opened: Callable[[], Store]) -> None:
    listener, stop, heard = Listener(store.releases.engine, lambda: ("default",)), threading.Event(), threading.Event()
    listener.wait(0, stop)  # the first call connects

    def listen() -> None:
        listener.wait(60, stop)
        heard.set()

    thread = threading.Thread(target=listen)
    thread.start()
    opened().releases.put(A, FILES, ["entries.json"])
    assert heard.wait(20)
    thread.join(20)
    listener.close()


def test_who_listens_survives_the_loss_of_the_connection(store: Store, postgres_url: str) -> None:
    listener, stop = Listener(store.releases.engine, lambda: ("default",)), threading.Event()
    listener.wait(0, stop)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    for _ in range(3):
        listener.wait(0.01, stop)
    store.releases.put(A, FILES, ["entries.json"])
    listener.wait(60, stop)
    listener.close()


# Machines


@pytest.fixture
def first(bare_site: Path, tmp_path: Path) -> Path:
    """models/<site> of the machine that trains."""
    return copied(bare_site, tmp_path / "first" / "default")


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """models/<site> of another one, where nothing is yet."""
    return tmp_path / "second" / "default"


def copied(site: Path, to: Path) -> Path:
    shutil.copytree(site, to)
    return to


def test_the_first_machine_brings_its_releases_along_and_the_others_serve_them(store: Store, first: Path, second: Path) -> None:
    Replica(first, store).adopt()
    Replica(second, store).sync()
    assert current_id(second) == current_id(first)
    assert load_release(second / current_id(second)).entries == load_release(first / current_id(first)).entries
    assert not (second / current_id(second) / "pipeline.joblib").exists()


def test_a_publication_and_the_way_back_serve_on_every_machine(store: Store, opened: Callable[[], Store], first: Path, second: Path) -> None:
    Replica(first, store).adopt()
    old = current_id(first)
    new = retarget(store, first, old, 0.97, 0.6, by="jun").release
    publish_release(store, first, new, by="jun", why="더 조심스럽게")
    other = Replica(second, opened())
    other.sync()
    assert current_id(second) == current_id(first) == new
    rollback_release(opened(), second, by="min")
    Replica(first, store).sync()
    assert current_id(second) == current_id(first) == old
    assert [line.action for line in store.audit.page()][:2] == ["release.rollback", "release.publish"]


def test_a_candidate_of_one_machine_can_be_published_on_another(store: Store, first: Path, second: Path) -> None:
    Replica(first, store).adopt()
    new = retarget(store, first, current_id(first), 0.97, 0.6, by="jun").release
    assert publish_release(store, second, new, by="min", why="급함").published_by == "min"
    assert published_before(second)[-1] == new


def test_the_gate_knows_what_other_machines_published_meanwhile(store: Store, first: Path, second: Path) -> None:
    Replica(first, store).adopt()
    Replica(second, store).sync()
    old = current_id(first)
    one, other = (retarget(store, first, old, answer, 0.6, by="jun").release for answer in (0.97, 0.98))
    store.drafts.set_gate(other, {"published": old, "candidate": other, "checks": [], "state": "green"})
    publish_release(store, first, one, by="jun", why="급함")
    with pytest.raises(GateError, match=f"다른 릴리스\\({one}\\)"):
        publish_release(store, second, other, by="min")


def test_a_candidate_that_is_deleted_on_one_machine_is_deleted_on_all(store: Store, first: Path, second: Path) -> None:
    Replica(first, store).adopt()
    new = retarget(store, first, current_id(first), 0.97, 0.6, by="jun").release
    other = Replica(second, store)
    other.sync()
    assert (second / new).exists()
    store.drafts.forget_release(new)
    other.sync()
    assert not (second / new).exists()
    assert (second / current_id(second)).exists()


def test_a_release_that_is_damaged_on_the_way_serves_nowhere(store: Store, postgres_url: str, first: Path, second: Path) -> None:
    Replica(first, store).adopt()
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE shared_files SET data = data || 'x' WHERE name = 'entries.json'")
    with pytest.raises(StoreError, match="digest"):
        Replica(second, store).sync()
    assert not (second / "CURRENT").exists()


def test_names_of_files_in_the_database_lead_nowhere(store: Store, first: Path, second: Path, postgres_url: str) -> None:
    Replica(first, store).adopt()
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE shared_files SET name = '../../evil' WHERE name = 'report.json'")
    with pytest.raises(ReleaseError, match="파일이 릴리스가 아닙니다"):
        Replica(second, store).sync()
    assert not (second.parent.parent / "evil").exists()


def test_a_machine_that_lost_a_file_gets_it_again(store: Store, first: Path, second: Path) -> None:
    Replica(first, store).adopt()
    Replica(second, store).sync()
    (second / current_id(second) / "entries.json").write_bytes(b"[]")
    Replica(second, store).sync()
    load_release(second / current_id(second))


def test_a_damaged_release_is_not_shared(store: Store, first: Path) -> None:
    (first / current_id(first) / "entries.json").write_bytes(b"[]")
    with pytest.raises(ReleaseError, match="digest"):
        share(store, first, current_id(first))
    assert store.releases.state().releases == {}


def test_where_one_process_of_a_machine_ends_another_follows_on(store: Store, opened: Callable[[], Store], first: Path, second: Path) -> None:
    stops = [threading.Event(), threading.Event()]
    followers = [threading.Thread(target=Replicas(second.parent, opened()).follow, args=(lambda: ("default",), stop)) for stop in stops]
    Replica(first, store).adopt()
    followers[0].start()
    wait_until((second / "CURRENT").exists)
    followers[1].start()
    old = current_id(second)
    stops[0].set()
    followers[0].join(20)
    new = retarget(store, first, old, 0.97, 0.6, by="jun").release
    publish_release(store, first, new, by="jun", why="급함")
    wait_until(lambda: current_id(second) == new)
    stops[1].set()
    followers[1].join(20)
    assert (second / new / MANIFEST).exists()


def test_what_is_trained_past_the_draft_serves_on_every_machine(store: Store, postgres_url: str, first: Path, second: Path) -> None:
    shared = Settings(shared_releases=True, database_url=SecretStr(postgres_url), secret_key=SecretStr(SECRET.decode()))
    publish_trained(shared.model_copy(update={"models": first.parent}), current_id(first), by="jun")
    bring_shared_releases(shared.model_copy(update={"models": second.parent}))
    assert current_id(second) == current_id(first)
    assert store.drafts.release(current_id(first)).published_by == "jun"


# Outages


def test_while_the_server_does_not_answer_one_thread_waits_for_it_and_the_others_fail_at_once(clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:  # takes connections and says nothing
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none?sslmode=disable"
        store = open_store(url, SECRET, "default", clock, shares_releases=True, may_be_down=True)
        with ThreadPoolExecutor(16) as pool:
            failed = [future.exception() for future in [pool.submit(store.check) for _ in range(16)]]
    assert {type(error) for error in failed} == {StoreError}
    assert sum("a moment ago" in str(error) for error in failed) >= 15


def test_a_store_that_was_down_when_it_was_opened_is_prepared_later(postgres_database: str, clock: Clock) -> None:
    postgres.drop_tables(postgres_database)
    url = make_url(postgres_database)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    down = url.set(port=port).render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="연결하지 못했습니다"):
        open_store(down, SECRET, "default", clock, shares_releases=True)
    store = open_store(down, SECRET, "default", clock, shares_releases=True, may_be_down=True)
    with Forwarder(port, int(url.port or 0)):
        wait_until(lambda: _is_prepared(store))
        assert store.releases.history() == ()
    store.close()


def _is_prepared(store: Store) -> bool:
    with suppress(StoreError):
        store.prepare()
        return True
    return False


class Forwarder:
    """A port that becomes the server's."""

    def __init__(self, port: int, to: int) -> None:
        self._listening = socket.create_server(("127.0.0.1", port))
        self._to = to
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(("127.0.0.1", self._to))
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError), one:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
