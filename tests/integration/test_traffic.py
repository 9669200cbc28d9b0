"""`make load` and `make soak` in small: real servers, a made-up table of a few entries, two publications."""

from collections.abc import Iterator

import pytest

from tests.bench.traffic import items, soak
from tests.bench.traffic.items import Plan
from tests.bench.traffic.site import Site, installed

pytestmark = pytest.mark.slow

ENTRIES = 60


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installed(ENTRIES, tmp_path_factory.mktemp("kept"), fragments=60) as site:
        yield site


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "WARM", 0.5)
    monkeypatch.setattr(items, "ASKED", 20.0)
    monkeypatch.setattr(items, "PAUSE", 1.0)
    monkeypatch.setattr(soak, "PAUSE", 2.0)


def test_two_publications_under_load_fail_and_mix_nothing(site: Site) -> None:
    figures = {figure.name: figure for figure in items.publications(site, Plan(publications=2))}
    for name in ("failed during 2 publications", "mixed during 2 publications"):
        assert figures[name].is_met, figures[name]
    assert "; 0 of 2 publications were seen to serve" not in figures["mixed during 2 publications"].note


def test_visitors_who_vote_and_write_while_releases_change_lose_nothing_and_leave_nothing_open(site: Site) -> None:
    soaked = soak.soak(site, minutes=0.08, rate=20)
    heard, visitors = soaked.heard, soaked.visitors
    assert (heard.failed, visitors.mixed) == (0, 0)
    assert heard.statuses[204] == visitors.votes > 0
    assert heard.statuses[201] == visitors.inquiries == len(set(soaked.stored)) > 0
    assert len(soaked.looks) >= 3
    assert all(look.megabytes > 100 and look.descriptors > 10 and look.threads > 3 for look in soaked.looks)


def test_workers_that_are_killed_take_no_more_with_them_than_what_they_work_on(site: Site) -> None:
    soaked = soak.soak(site, minutes=0.08, rate=20, kills=1.0)
    missed = {figure.name for figure in soak.judged(soaked) if not figure.is_met}
    assert soaked.kills
    assert missed <= {"growth of memory", "descriptors that are never closed", "threads that never end"}  # no worker is old enough to tell
