"""Programs at the desk's API: releases and thresholds, what is done and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.retrieval.release import current_id
from faqbot.store import Role
from tests.contract.desk import OURS
from tests.contract.draft_site import DraftSite, open_site

NOWHERE = "0" * 16


@pytest.fixture
def site(trained_site: Path, tmp_path: Path) -> Iterator[DraftSite]:
    with open_site(trained_site, tmp_path) as opened:
        yield opened


@pytest.fixture
def publisher(site: DraftSite) -> FlaskClient:
    return site.client(Role.PUBLISHER)


def post(client: FlaskClient, path: str, **body: object) -> TestResponse:
    return client.post(f"/v1/admin/{path}", json=body, headers=OURS)


@pytest.mark.parametrize("path", ["publish", "gate"])
def test_a_release_that_does_not_exist_is_not_found(publisher: FlaskClient, path: str) -> None:
    assert post(publisher, f"releases/{NOWHERE}/{path}").status_code == 404


def test_to_publish_the_release_that_serves_changes_nothing(site: DraftSite, publisher: FlaskClient) -> None:
    current = current_id(site.folder)
    answered = post(publisher, f"releases/{current}/publish", why="다시")
    assert (answered.status_code, current_id(site.folder)) == (200, current)
    assert publisher.get("/v1/admin/releases").json["current"] == current


def test_nobody_goes_back_from_a_release_that_does_not_serve(site: DraftSite, publisher: FlaskClient) -> None:
    current = current_id(site.folder)
    answered = post(publisher, "releases/rollback", **{"from": NOWHERE, "why": ""})
    assert (answered.status_code, current_id(site.folder)) == (409, current)


def test_thresholds_become_a_release_that_serves_and_are_taken_back(site: DraftSite, publisher: FlaskClient) -> None:
    before = current_id(site.folder)
    applied = post(publisher, "thresholds", release=before, answer=0.7, suggest=0.2, why="조심스럽게").json["release"]
    assert applied == current_id(site.folder) != before
    taken_back = post(publisher, "releases/rollback", **{"from": applied, "why": "되돌림"})
    assert (taken_back.status_code, taken_back.json["release"]) == (200, before)
    again = post(publisher, f"releases/{applied}/publish", why="다시 해 봄")
    assert (again.status_code, current_id(site.folder)) == (200, applied)


def test_thresholds_for_another_release_are_refused_and_name_the_one_that_serves(site: DraftSite, publisher: FlaskClient) -> None:
    refused = post(publisher, "thresholds", release=NOWHERE, answer=0.7, suggest=0.2)
    assert refused.status_code >= 400
    assert current_id(site.folder) in refused.get_data(as_text=True)
