"""Two machines that open several sites and share one PostgreSQL: a publication for a site on one is served by the other."""

import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from faqbot.training.publish import publish
from tests.contract.services import require, wait_until
from tests.contract.store import postgres
from tests.integration.machines_stage import QUERY, START, Machine, send
from tests.site_copies import copy_release

pytestmark = pytest.mark.slow

#: Seconds in which every machine serves what was published.
PROMISE = 10


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    require(postgres.missing())
    with postgres.server() as address, postgres.database(address) as url:
        yield url


@pytest.fixture(scope="module")
def machines(bare_site: Path, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Machine]]:
    """The first brings the releases of all sites, the second has none; both have the same files of sites."""
    folder = tmp_path_factory.mktemp("machines")
    models = folder / "one" / "models"
    shutil.copytree(bare_site, models / "default")
    (folder / "sites").mkdir()
    for site in ("alpha", "beta"):
        (folder / "sites" / f"{site}.toml").write_text(f'title = "{site}"\n', encoding="utf-8")
        copy_release(bare_site, models / site, f"{site} 새 답")
        publish(models / site, copy_release(bare_site, models / site, f"{site} 답"))
    settings = {
        "FAQBOT_DATABASE_URL": database, "FAQBOT_SHARED_RELEASES": "true", "FAQBOT_SECRET_KEY": secrets.token_urlsafe(48),
        "FAQBOT_SITES": str(folder / "sites"),
    }  # fmt: skip
    made = Machine(folder / "one", "127.0.0.2", settings), Machine(folder / "two", "127.0.0.3", settings)
    try:
        for machine in made:
            machine.start()
            wait_until(lambda one=machine: one.release(), START)
        yield made
    finally:
        for machine in made:
            machine.kill()


def answer(machine: Machine, site: str) -> str:
    """What a visitor of a site is told; "" where it is not ready."""
    status, text = send(machine.host, machine.port, "POST", f"/v1/sites/{site}/ask", {"query": QUERY})
    return str(json.loads(text)["answer"]["answer_text"]) if status == 200 else ""


def test_a_publication_for_a_site_and_the_way_back_reach_the_other_machine(machines: tuple[Machine, Machine], database: str) -> None:
    one, two = machines
    for site in ("alpha", "beta"):
        assert f"{site} 답" in answer(one, site)
        wait_until(lambda name=site: f"{name} 답" in answer(two, name), PROMISE)
    new = next(path.name for path in (one.folder / "models" / "alpha").iterdir() if path.name not in _current(one) and (path / "manifest.json").exists())
    one.run("releases", "publish", new, "--why", "시험", "--by", "jun", site="alpha")
    wait_until(lambda: "alpha 새 답" in answer(two, "alpha"), PROMISE)
    assert "beta 답" in answer(two, "beta")
    two.run("releases", "rollback", "--by", "min", site="alpha")
    wait_until(lambda: "alpha 답" in answer(one, "alpha"), PROMISE)
    with psycopg.connect(database) as connection:
        listening = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()").fetchone()
    assert listening == (2,)  # one a process, whatever number of sites is open


def _current(machine: Machine) -> str:
    return (machine.folder / "models" / "alpha" / "CURRENT").read_text(encoding="ascii")
