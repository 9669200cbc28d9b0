"""The review queue as an operator works it, and as a server keeps it fresh."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from faqbot.bootstrap.parts import build_store
from faqbot.bootstrap.upkeep import REVIEW_EVERY, refresh_review_beside
from faqbot.cli import main
from faqbot.domain import Outcome, Reason
from faqbot.settings import Settings, load_settings
from faqbot.store import QueryRecord

Run = Callable[..., Result]


@pytest.fixture
def settings(tmp_path: Path, bare_site: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FAQBOT_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("FAQBOT_MODELS", str(bare_site.parent))
    return load_settings()


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("faqbot.training.jobs.step_back", lambda: None)  # the tests go on in this process
    return lambda *arguments: CliRunner().invoke(main, ["review", *map(str, arguments)], catch_exceptions=False)


def ask(settings: Settings, *texts: str) -> None:
    asked_at = datetime.now(UTC) - timedelta(minutes=2)
    records = [QueryRecord(text, Outcome.FALLBACK, Reason.NOT_CONFIDENT, 0.1, ("refund",), "0123456789abcdef", asked_at=asked_at) for text in texts]
    with build_store(settings) as store:
        store.record_queries(records)


def test_the_queue_is_refreshed_listed_decided_and_taken_back(run: Run, settings: Settings) -> None:
    ask(settings, "단골 할인 되나요", "단골할인 되나요", "혹시 단골 할인은 되나요?", "주차 되나요", "ㅁㄴㅇㄹ")
    assert "답 못 한 질문 5건 → 3묶음" in run("refresh").output
    listed = run("list").output
    assert "단골 할인 되나요" in listed
    assert "2묶음 가운데 2묶음입니다." in listed
    assert "스팸 의심: gibberish" in run("list", "--state", "spam").output
    parking, regulars = sorted(json.loads(run("list", "--json").output), key=lambda item: item["total"])
    assert (parking["total"], regulars["total"]) == (1, 3)
    assert "1회" in (shown := run("show", regulars["id"]).output)
    assert "혹시 단골 할인은 되나요?" in shown
    attached = run("decide", regulars["id"], "--attach", "refund", "--by", "민지")
    assert (attached.exit_code, "1묶음: 받아들임 · 초안" in attached.output) == (0, True)
    assert "1묶음: 무시" in run("decide", parking["id"], "--state", "ignored").output
    assert run("list").output == "없습니다.\n"
    with build_store(settings) as store:
        entries = {entry["id"]: entry for entry in store.drafts.head().table["entries"]}
        assert "단골 할인 되나요" in entries["refund"]["alternate_questions"]
        attached_by = store.review.decisions()[-1]
    assert attached_by.decided_by == "민지"
    undone = run("undo", attached_by.id).output
    assert "1묶음을 되돌렸습니다." in undone
    assert "단골 할인 되나요" in run("list").output


def test_each_of_several_is_attached_to_what_is_near_to_it(run: Run, settings: Settings) -> None:
    ask(settings, "환불 언제 해 주나요", "배송 왜 이리 늦어요")
    run("refresh")
    items = {item["nearest"]: item["id"] for item in json.loads(run("list", "--json").output)}
    assert set(items) == {"refund", "late"}
    done = run("decide", *items.values(), "--attach", "-")
    assert (done.exit_code, "2묶음: 받아들임 · 초안" in done.output) == (0, True)
    with build_store(settings) as store:
        entries = {entry["id"]: entry["alternate_questions"][-1] for entry in store.drafts.head().table["entries"] if entry["alternate_questions"]}
        assert (entries["refund"], entries["late"]) == ("환불 언제 해 주나요", "배송 왜 이리 늦어요")
        assert len(store.drafts.versions()) == 1
        decision = store.review.decisions()[0]
    assert "2묶음을 되돌렸습니다." in run("undo", decision.id).output


def test_a_decision_must_be_one_and_of_something_that_is_there(run: Run, settings: Settings) -> None:
    assert run("decide", 1).exit_code == 2
    assert run("decide", 1, "--new-entry", "--state", "held").exit_code == 2
    missing = run("decide", 1, "--state", "held")
    assert (missing.exit_code, "검토할 묶음 1 이(가) 없습니다" in missing.output) == (1, True)
    assert run("show", 1).exit_code == 2
    assert run("undo", 1).exit_code == 1
    assert run("synonyms").output == "없습니다.\n"


def test_without_news_nothing_is_done(run: Run, settings: Settings) -> None:
    ask(settings, "주차 되나요")
    run("refresh")
    assert "할 것이 없거나" in run("refresh", "--if-news").output


def test_a_server_that_was_asked_nothing_starts_no_process_for_it(settings: Settings) -> None:
    refresh_review_beside(settings)
    assert not (settings.site_var / "review.log").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("jobs_at_once")
def test_a_server_has_it_done_by_another_process_and_not_too_often(settings: Settings) -> None:
    ask(settings, "주차 되나요")
    refresh_review_beside(settings)
    with build_store(settings) as store:
        assert [item.representative for item in store.review.page(None)] == ["주차 되나요"]
        first = store.review.refreshed_at()
        assert first <= datetime.now(UTC)
    ask(settings, "화장실 어디예요")
    with build_store(settings) as store:
        store.record_query(QueryRecord("문 언제 닫아요", Outcome.FALLBACK, Reason.NOT_CONFIDENT, 0.1, (), "0123456789abcdef"))
    refresh_review_beside(settings)
    with build_store(settings) as store:
        assert store.review.refreshed_at() == first
    done = settings.var / "reviewed"
    os.utime(done, (0, done.stat().st_mtime - REVIEW_EVERY))
    refresh_review_beside(settings)
    with build_store(settings) as store:
        assert len(store.review.page(None)) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("jobs_at_once")
def test_what_serves_never_imports_scikit_learn_for_it(settings: Settings) -> None:
    ask(settings, "주차 되나요")
    program = (
        "import sys\nfrom faqbot.bootstrap.upkeep import refresh_review_beside\nfrom faqbot.settings import load_settings\n"
        "refresh_review_beside(load_settings())\nprint('sklearn' in sys.modules, 'scipy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout == "False False\n"
    with build_store(settings) as store:
        assert len(store.review.page(None)) == 1
