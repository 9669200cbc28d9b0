"""Several sites whose releases machines share through a real PostgreSQL: each follows its own, over one connection, and only while it is open."""

import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from faqbot.bootstrap.parts import analyzer_of
from faqbot.errors import ReleaseError
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.release import current_id
from faqbot.store import Store
from faqbot.training import replicas as following
from faqbot.training.publish import publish
from faqbot.training.releasing import publish_release, rollback_release
from faqbot.training.replicas import Replicas
from tests.contract.services import wait_until
from tests.site_copies import copy_release

SITES = ("default", "alpha", "beta")


@pytest.fixture
def opened(sharing: Callable[[], Store]) -> Callable[[], Store]:
    """A machine's store."""
    return sharing


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    return opened()


@pytest.fixture
def first(bare_site: Path, tmp_path: Path) -> Path:
    """models/ of the machine that trains: of each site one release that serves and one that could."""
    for site in SITES:
        copy_release(bare_site, tmp_path / "first" / site, f"{site} 새 답")
        publish(tmp_path / "first" / site, copy_release(bare_site, tmp_path / "first" / site, f"{site} 답"))
    return tmp_path / "first"


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """models/ of another one, where nothing is yet."""
    return tmp_path / "second"


@pytest.fixture
def shared(store: Store, first: Path) -> Path:
    """models/ of the first machine, whose releases are shared."""
    Replicas(first, store).look(SITES)
    return first


def other_release(site: Path) -> str:
    return next(path.name for path in site.iterdir() if path.is_dir() and path.name != current_id(site))


def serving(models: Path) -> list[str]:
    return [current_id(models / site) for site in SITES]


def test_releases_of_every_open_site_are_brought_along_and_serve_on_the_other_machine(opened: Callable[[], Store], shared: Path, second: Path) -> None:
    Replicas(second, opened()).look(SITES)
    assert serving(second) == serving(shared)


def test_a_publication_for_one_site_and_the_way_back_serve_on_both_machines_and_leave_the_other_sites(
    store: Store, opened: Callable[[], Store], shared: Path, second: Path
) -> None:
    there, before = Replicas(second, opened()), serving(shared)
    there.look(SITES)
    new = publish_release(store.beside("alpha"), shared / "alpha", other_release(shared / "alpha"), by="jun").release
    there.look(SITES)
    assert serving(second) == [before[0], new, before[2]]
    rollback_release(opened().beside("alpha"), second / "alpha", by="min")
    Replicas(shared, store).look(SITES)
    assert serving(shared) == serving(second) == before


def test_a_site_that_is_not_open_is_not_followed(opened: Callable[[], Store], shared: Path, second: Path) -> None:
    Replicas(second, opened()).look(("default", "beta"))
    assert current_id(second / "beta") == current_id(shared / "beta")
    assert not (second / "alpha").exists()


def test_a_site_that_is_opened_later_serves_what_was_published_meanwhile_from_its_first_answer_on(
    store: Store, opened: Callable[[], Store], shared: Path, second: Path
) -> None:
    there = Replicas(second, opened())
    there.look(("alpha",))
    new = publish_release(store.beside("alpha"), shared / "alpha", other_release(shared / "alpha"), by="jun").release
    live = LiveRelease(second / "alpha", analyzer_of, catch_up=lambda: there.catch_up("alpha"))
    assert live.serving.release.id == new


def test_who_opens_a_site_gets_what_is_here_where_the_database_is_slow(
    opened: Callable[[], Store], shared: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PATIENCE", 0.01)
    here = Replicas(shared, opened())
    live = LiveRelease(shared / "alpha", analyzer_of, catch_up=lambda: here.catch_up("alpha"))
    with psycopg.connect(postgres_url) as connection:
        connection.execute("LOCK TABLE publications IN ACCESS EXCLUSIVE MODE")
        assert live.serving.release.id == current_id(shared / "alpha")
        assert waiting() != []
    wait_until(lambda: not waiting())


def waiting() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "faqbot-catch-up"]


def test_many_sites_of_a_process_are_followed_over_one_connection(
    store: Store, opened: Callable[[], Store], shared: Path, second: Path, postgres_url: str
) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=Replicas(second, opened()).follow, args=(lambda: SITES, stop))
    thread.start()
    wait_until(lambda: all((second / site / "CURRENT").exists() for site in SITES))
    publish_release(store.beside("beta"), shared / "beta", other_release(shared / "beta"), by="jun")
    wait_until(lambda: serving(second) == serving(shared))
    with psycopg.connect(postgres_url) as connection:
        listening = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()").fetchone()
    stop.set()
    thread.join(20)
    assert listening == (1,)


def test_what_goes_wrong_with_one_site_is_told_once_and_keeps_no_other_from_it(
    opened: Callable[[], Store], shared: Path, second: Path, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE shared_files SET data = data || 'x' WHERE name = 'entries.json' AND site = 'alpha'")
    there = Replicas(second, opened())
    for _ in range(3):
        there.look(SITES)
    assert [current_id(second / site) for site in ("default", "beta")] == [current_id(shared / site) for site in ("default", "beta")]
    with pytest.raises(ReleaseError):
        current_id(second / "alpha")
    assert ["site alpha" in record.getMessage() for record in caplog.records] == [True]


def test_a_site_that_was_closed_and_opened_again_is_followed_again(store: Store, opened: Callable[[], Store], shared: Path, second: Path) -> None:
    there = Replicas(second, opened())
    there.look(SITES)
    there.look(("default",))
    new = publish_release(store.beside("alpha"), shared / "alpha", other_release(shared / "alpha"), by="jun").release
    there.look(("default",))
    assert current_id(second / "alpha") != new
    there.look(SITES)
    assert current_id(second / "alpha") == new
