"""기준값 in the desk: what would happen is counted on labelled queries, exactly, and happens only when a publisher applies it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import Dictionaries
from faqbot.retrieval.parameters import Targets
from faqbot.retrieval.release import current_id, load_release
from faqbot.store import Role
from faqbot.training.prior import shipped_prior
from faqbot.training.thresholds import thresholded
from faqbot.training.train import Plan, train
from faqbot.web.desk.thresholds import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from tests.contract.desk import OURS, log, send
from tests.contract.draft_site import DraftSite, open_site
from tests.contract.page import page

LABELLED = (
    LabelledQuery("환불 며칠 걸려요", frozenset({"refund"})),
    LabelledQuery("결제 취소 어떻게 하나요", frozenset({"cancel"})),
    LabelledQuery("택배 안 와요", frozenset({"late"})),
    LabelledQuery("비밀번호 까먹었어요", frozenset({"password"})),
    LabelledQuery("오늘 날씨 어때요"),
    LabelledQuery("환불 말고 교환 되나요"),
)


@pytest.fixture(scope="module")
def labelled_site(small_table: tuple[FaqEntry, ...], analyzer: KiwiAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """models/<site> with a release that was trained with labelled queries."""
    site = tmp_path_factory.mktemp("labelled") / "default"
    train(small_table, LABELLED, Dictionaries((), ()), site=site, analyzer=analyzer, prior=shipped_prior(), plan=Plan(Targets(0.9, 0.3)))
    return site


@pytest.fixture
def site(labelled_site: Path, tmp_path: Path) -> Iterator[DraftSite]:
    with open_site(labelled_site, tmp_path) as opened:
        yield opened


@pytest.fixture
def publisher(site: DraftSite) -> FlaskClient:
    return site.client(Role.PUBLISHER)


def test_without_labelled_queries_the_page_says_what_is_missing(bare_site, tmp_path):
    with open_site(bare_site, tmp_path) as opened:
        shown = page(opened.client(Role.VIEWER).get("/admin/thresholds"))
        assert "정답을 아는 질문이 없어요" in shown.text
        assert not shown.all("svg")


def test_the_counts_of_two_thresholds_are_those_of_deciding_anew(site, publisher):
    found = thresholded(site.folder).what_if(0.4, 0.1)
    shown = page(publisher.get("/admin/thresholds?answer=0.4&suggest=0.1"))
    assert f"4개 가운데 {found.answered}개" in shown.text
    assert f"2개 가운데 {found.caught}개" in shown.text
    assert "아직 적용되지 않아요" in shown.text
    told = publisher.get("/v1/admin/thresholds?answer=0.4&suggest=0.1").json
    assert (told["counts"]["answered"], told["counts"]["right"], told["counts"]["caught"]) == (found.answered, found.right, found.caught)


def test_the_values_in_use_are_not_called_unapplied(publisher):
    shown = page(publisher.get("/admin/thresholds"))
    assert "지금 쓰는 값이에요" in shown.text
    assert "정답을 아는 질문 6개" in shown.text


def test_each_chart_has_a_title_a_description_and_its_table(publisher):
    shown = page(publisher.get("/admin/thresholds"))
    charts = shown.all("svg")
    assert len(charts) == 2
    for chart in charts:
        for name in chart["aria-labelledby"].split():
            assert shown.with_id(name)
    assert len(shown.all("table")) == 3


def test_points_of_the_chart_stay_inside_it(publisher):
    lines = re.findall(r'points="([^"]+)"', publisher.get("/admin/thresholds").text)
    assert len(lines) >= 3
    points = [tuple(map(float, pair.split(","))) for line in lines for pair in line.split()]
    assert all(LEFT <= x <= WIDTH - RIGHT and TOP <= y <= HEIGHT - BOTTOM for x, y in points)


@pytest.mark.parametrize("asked", ["answer=0", "answer=1", "answer=x", "suggest=nan", "suggest=-1"])
def test_what_is_no_threshold_is_refused(publisher, asked):
    assert publisher.get(f"/admin/thresholds?{asked}").status_code == 400
    assert publisher.get(f"/v1/admin/thresholds?{asked}").status_code == 422


def test_applying_publishes_the_same_release_with_other_thresholds_and_going_back_undoes_it(site, publisher):
    old = current_id(site.folder)
    before = load_release(site.folder / old).parameters.thresholds
    shown = page(publisher.get("/admin/thresholds?answer=0.9&suggest=0.2"))
    response = shown.form("/admin/thresholds", "적용하기").send(publisher, "적용하기", {"why": "더 조심스럽게"}, headers=OURS)
    assert (response.status_code, response.headers["Location"]) == (303, "/admin/thresholds?done=applied")
    new = current_id(site.folder)
    thresholds = load_release(site.folder / new).parameters.thresholds
    assert (thresholds.answer, thresholds.suggest) == (0.9, 0.2)
    assert load_release(site.folder / new).entries == load_release(site.folder / old).entries
    ((_, action, subject, was, after),) = log(site.store)
    assert (action, subject, was["release"], after) == ("release.thresholds", new, old, {"answer": 0.9, "suggest": 0.2, "why": "더 조심스럽게"})
    page(publisher.get("/admin/publish")).form("/admin/publish/rollback").send(publisher, "되돌리기", headers=OURS)
    assert load_release(site.folder / current_id(site.folder)).parameters.thresholds == before


def test_a_page_of_another_release_applies_nothing(site, publisher):
    old = current_id(site.folder)
    assert page(send(publisher, "/admin/thresholds", release="0" * 16, answer="0.9", suggest="0.2"), 409)
    assert current_id(site.folder) == old
    assert log(site.store) == []


def test_an_editor_may_look_and_not_apply(site):
    editor = site.client(Role.EDITOR)
    assert not [form for form in page(editor.get("/admin/thresholds?answer=0.9")).forms if any("적용하기" in button.words for button in form.buttons)]
    assert send(editor, "/admin/thresholds", release=current_id(site.folder), answer="0.9", suggest="0.2").status_code == 403
