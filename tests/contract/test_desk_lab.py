"""실험실 in the desk: it says what the bot does and why, as the bot itself says it, and keeps nothing of what was asked."""

import json
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faqbot.korean.dictionaries import Dictionaries
from faqbot.retrieval.live import LiveRelease
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id
from faqbot.settings import Settings
from faqbot.store import Role
from faqbot.training.prior import shipped_prior
from faqbot.training.train import Plan, train
from faqbot.web import create_app
from faqbot.web.desk import lab
from tests.contract.conftest import SECRET, rows
from tests.contract.desk import as_operator
from tests.contract.page import page


@pytest.fixture
def app(build, settings, tmp_path: Path) -> Flask:
    """Behind it no release lies on disk but what a test puts there."""
    return build(settings.model_copy(update={"models": tmp_path / "models", "var": tmp_path / "var"}))


@pytest.fixture
def editor(app, store) -> FlaskClient:
    return as_operator(app, store, Role.EDITOR)


@pytest.fixture(scope="module")
def two_releases(bare_site: Path, small_table, analyzer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A site with the small table published, and the id of a release without its first entry."""
    site = Path(shutil.copytree(bare_site, tmp_path_factory.mktemp("models") / "default"))
    plan = Plan(Targets(0.9, 0.3), publish=False)
    made = train(small_table[1:], (), Dictionaries((), ()), site=site, analyzer=analyzer, prior=shipped_prior(), plan=plan)
    return site, made.release


@pytest.fixture
def at_site(two_releases, analyzer, store, clock) -> FlaskClient:
    site, _ = two_releases
    app = create_app(LiveRelease(site, lambda _: analyzer), Settings(models=site.parent), store, SECRET, clock)
    return as_operator(app, store, Role.EDITOR)


def test_without_a_question_the_page_asks_for_one(editor):
    assert "무엇이든 물어보세요" in page(editor.get("/admin/lab")).text


def test_the_page_says_what_the_bot_does_and_why(editor, serving):
    found = serving.bot.explain("배송이 늦어요", 5)
    text = page(editor.get("/admin/lab?q=배송이 늦어요")).text
    assert "바로 답해요" in text
    assert found.why in text
    assert f"{found.reply.confidence:.1%}" in text
    for name, value in found.confidence_features.items():
        assert name in text
        assert f"{value:.3f}" in text


def test_words_that_no_entry_holds_are_named_as_missing(editor):
    text = "".join(page(editor.get("/admin/lab?q=배송이 달나라")).text.split())
    assert "질문에있는말배송이" in text
    assert "없는말달나라" in text


def test_what_nothing_is_like_is_told_with_the_reason(editor):
    text = page(editor.get("/admin/lab?q=zzz")).text
    assert "질의와 글자가 겹치는 항목이 없습니다" in text
    assert "답하지 않아요" in text


@pytest.mark.parametrize(("query", "said"), [("환불 배송 " * 60, "질문이 너무 깁니다"), ("\u200b", "비어")])
def test_what_is_no_query_is_said_and_stays_in_the_field(editor, query, said):
    found = page(editor.get("/admin/lab", query_string={"q": query}), 422)
    assert said in found.text


def test_nothing_that_is_asked_here_is_kept(editor, database, app):
    editor.get("/admin/lab?q=배송이 늦어요")
    app.extensions["faqbot"].journal.flush()
    assert rows(database, "SELECT count(*) FROM queries") == [(0,)]


def test_it_leads_to_the_entry_and_to_a_test_case(editor):
    hrefs = [href or "" for href in page(editor.get("/admin/lab?q=배송이 늦어요")).hrefs()]
    assert any(href.startswith("/admin/faqs/edit?id=late") for href in hrefs)
    assert any(href.startswith("/admin/cases/new?text=") and "entry=late" in href for href in hrefs)


def test_without_a_release_the_page_says_so(editor, live):
    live.held = None
    assert "아직 공개된 릴리스가 없어요" in page(editor.get("/admin/lab?q=환불"), 503).text


def test_a_release_to_compare_with_has_the_day_of_the_sites_zone(editor, tmp_path):
    folder = tmp_path / "models" / "default" / ("a" * 16)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"created": "2026-03-01T20:00:00+00:00", "entries": 5}))
    assert "2026-03-02 · FAQ 5개 · aaaaaaaa" in page(editor.get("/admin/lab")).text


def test_two_releases_stand_beside_each_other(at_site, two_releases):
    _, other = two_releases
    text = page(at_site.get(f"/admin/lab?q=환불은 며칠 걸리나요?&release={other}")).text
    assert "견준 릴리스" in text
    assert other in text
    assert "지금 릴리스와 다른 FAQ가 먼저 와요" in text


def test_an_equal_reply_is_said_to_be_equal(at_site, two_releases):
    _, other = two_releases
    text = page(at_site.get(f"/admin/lab?q=배송이 늦어요&release={other}")).text
    assert "지금 릴리스와 같은 FAQ를 같은 방식으로 내놓아요" in text


def test_comparing_changes_nothing_of_what_serves(at_site, two_releases):
    site, other = two_releases
    before = (current_id(site), sorted(path.name for path in site.iterdir()))
    at_site.get(f"/admin/lab?q=환불&release={other}")
    assert (current_id(site), sorted(path.name for path in site.iterdir())) == before


@pytest.mark.parametrize("release", ["0" * 16, "../../etc", "x"])
def test_a_release_that_is_not_there_is_said_and_the_one_that_serves_answers(at_site, release):
    text = page(at_site.get("/admin/lab", query_string={"q": "배송이 늦어요", "release": release})).text
    assert "견주지 못했어요" in text
    assert "바로 답해요" in text


def test_only_one_other_release_is_loaded_at_a_time(at_site, two_releases, monkeypatch):
    monkeypatch.setattr(lab, "_PATIENCE", 0.01)
    with lab._LOADING:
        text = page(at_site.get(f"/admin/lab?q=환불&release={two_releases[1]}")).text
    assert "다른 사람이 지금 릴리스를 견주고 있어요" in text
    assert "견준 릴리스" in page(at_site.get(f"/admin/lab?q=환불&release={two_releases[1]}")).text
