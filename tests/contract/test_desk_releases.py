"""Releases in the desk: checked again from their page, listed with their figures, and what a training noticed leads to where it is mended."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.bootstrap.upkeep import maintain
from faqbot.cli import main
from faqbot.corpus.draft import DraftTable
from faqbot.domain import FaqEntry
from faqbot.retrieval.release import current_id
from faqbot.store import Action, Cluster, JobState, Landing, NewRelease, ReviewKind, ReviewState, Role, Trouble, Wording
from faqbot.training import releasing
from faqbot.training.landing import accepted_queries
from faqbot.training.releasing import CANDIDATE_DAYS, KEPT_CANDIDATES, doubts, publish_release, remove_stale
from tests.contract.desk import OURS, log, send
from tests.contract.draft_site import DraftSite, finished, now, open_site
from tests.contract.page import page

GATE = {"published": "e" * 16, "checked_at": "2026-03-01T00:00:00+00:00", "checks": [], "flips": [], "by_entry": [], "by_category": [], "state": "green"}
FIGURES = {"in_scope": 40, "out_of_scope": 10, "hit@1": 0.9, "answered": 0.75, "false_answer": 0.1, "answer_precision": 0.9677, "ece_excess": 0.0123}
TWIN = "f" * 16
NOWHERE = "0" * 16


@pytest.fixture
def site(trained_site: Path, tmp_path: Path) -> Iterator[DraftSite]:
    with open_site(trained_site, tmp_path) as opened:
        yield opened


@pytest.fixture
def editor(site: DraftSite) -> FlaskClient:
    return site.client(Role.EDITOR)


@pytest.fixture
def publisher(site: DraftSite) -> FlaskClient:
    return site.client(Role.PUBLISHER)


def as_program(client: FlaskClient, path: str, **body: object) -> TestResponse:
    return client.post(f"/v1/admin/{path}", json=body, headers=OURS)


def candidate(site: DraftSite, release: str = TWIN, **gate) -> str:
    """A release that is logged with what a gate found, and has a folder."""
    (site.folder / release).mkdir()
    (site.folder / release / "manifest.json").write_text("{}")
    site.store.drafts.log_release(NewRelease(release, "jun", "새 표", 1, figures=FIGURES, gate={**GATE, "candidate": release, **gate}))
    return release


def note(one: FaqEntry, other: FaqEntry) -> dict:
    rows = [{"id": entry.id, "question": entry.question, "text": ""} for entry in (one, other)]
    return {
        "kind": "indistinguishable",
        "label": "구별되지 않는 항목",
        "severity": "warning",
        "rows": rows,
        "reason": "가릴 수 없습니다.",
        "next_step": "고쳐 주세요.",
    }


def accepted(site: DraftSite, text: str, entry_id: str, *others: str) -> None:
    """A cluster of unanswered queries that somebody attached to an entry."""
    said = tuple(Wording(each, each, (now(),), {Trouble.FALLBACK: 1}, nearest=entry_id, closeness=0.4) for each in (text, *others))
    site.store.review.refresh([Cluster(ReviewKind.UNANSWERED, "", said, "")], ReviewKind, current_id(site.folder), now())
    (item,) = site.store.review.page(ReviewState.NEW)
    site.store.review.decide([item.id], ReviewState.ACCEPTED, "jun", Landing(Action.ATTACHED, entry_id, 1))


def test_a_release_is_checked_again_in_a_process_of_its_own_and_says_what_it_now_answers(site, editor):
    """One check of the release that serves beside itself: nothing is won, and the accepted query was asked."""
    release = current_id(site.folder)
    where = f"/admin/publish/releases/{release}"
    accepted(site, "환불 언제 돼요", "refund", "돈 언제 받아요")
    assert "이 릴리스는 점검하지 않았어요" not in page(editor.get("/admin/publish")).text
    started = page(editor.get(where)).form(f"{where}/gate").send(editor, "다시 점검하기", headers=OURS)
    assert (started.status_code, started.headers["Location"]) == (303, f"{where}?done=checking#gate")
    running = page(editor.get(where))
    assert any(tag == "progress" for tag, _ in running.tags)
    assert not [form for form in running.forms if form.action == f"{where}/gate"]
    assert send(editor, f"{where}/gate").status_code == 409
    job = finished(editor)
    assert (job["state"], job["kind"], job["release"]) == ("done", "gate", release), job
    gate = site.store.drafts.release(release).made.gate
    assert (gate["published"], gate["accepted"]) == (release, {"asked": 2, "won": 0, "queries": []})
    assert [[row["id"] for row in each["rows"]] for each in gate["notes"]] == [["fee-buyer", "fee-seller"]]
    done = page(editor.get(where))
    assert "/admin/faqs/edit?id=fee-seller" in done.hrefs()
    shown = done.text
    assert "점검 통과" in shown
    assert "받아들인 질문 2개 가운데 새로 답하는 질문 0개" in shown
    assert [action for _, action, *_ in log(site.store)] == ["draft.gate"]


def test_a_release_that_was_compared_with_nothing_does_not_say_that_it_passed(site, editor):
    candidate(site)
    for shown in (page(editor.get(f"/admin/publish/releases/{TWIN}")).text, page(editor.get("/admin/publish")).text):
        assert "견줄 것이 없음" in shown
        assert "점검 통과" not in shown
    assert "견줄 수 있는 질문이 없었어요" in page(editor.get(f"/admin/publish/releases/{TWIN}")).text


def test_the_facts_of_a_release_stand_under_a_whole_heading(site, editor):
    assert "이 릴리스에 대해 공개 중 이름" in " ".join(page(editor.get(f"/admin/publish/releases/{current_id(site.folder)}")).text.split())


def test_only_an_editor_checks_again_and_only_what_is_there(site, editor):
    release = current_id(site.folder)
    assert send(site.client(Role.VIEWER), f"/admin/publish/releases/{release}/gate").status_code == 403
    assert send(editor, f"/admin/publish/releases/{'0' * 16}/gate").status_code == 404
    assert site.store.drafts.jobs.latest(1) == ()


def test_a_check_that_failed_says_why_on_the_page_of_its_release_alone(site, editor):
    job = site.store.drafts.jobs.start("gate", "jun", "host", about={"release": candidate(site)})
    site.store.drafts.jobs.end(job.id, JobState.FAILED, error="릴리스가 망가졌습니다.")
    assert "릴리스가 망가졌습니다" in page(editor.get(f"/admin/publish/releases/{TWIN}")).text
    assert "릴리스가 망가졌습니다" not in page(editor.get(f"/admin/publish/releases/{current_id(site.folder)}")).text
    assert "마지막 점검이 끝나지 못했어요" in page(editor.get("/admin/publish")).text


def test_a_doubt_names_no_command_on_the_page_and_a_button_stands_beside_it(site):
    publisher = site.client(Role.PUBLISHER)
    candidate(site)
    doubt = doubts(site.store.drafts.release(TWIN), site.folder)
    shown = page(publisher.get(f"/admin/publish/releases/{TWIN}"))
    assert "다시 점검하세요" in doubt
    assert doubt in shown.text
    assert "faqbot" not in doubt
    assert [button.words for form in shown.forms if form.action.endswith("/gate") for button in form.buttons] == ["다시 점검하기"]


def test_the_command_line_says_how_to_check_again(site):
    candidate(site)
    folders = ["--var", str(site.settings.var), "--models", str(site.settings.models)]
    refused = CliRunner().invoke(main, ["draft", "publish", TWIN, *folders])
    assert refused.exit_code == 1
    assert f"다시 점검하려면: faqbot draft gate {TWIN}" in refused.output


def test_the_list_shows_who_when_why_what_changed_and_the_figures(site, editor):
    candidate(site)
    shown = page(editor.get("/admin/publish")).text
    for words in ("jun", "새 표", "첫째가 정답 90.0%", "답의 정밀도 96.8%", "바로 답함 75.0%", "신뢰도 어긋남 1.2%p", "질문 50개"):
        assert words in shown
    assert "첫째가 정답 90.0%" in page(editor.get(f"/admin/publish/releases/{TWIN}")).text


def test_what_a_training_noticed_leads_to_the_entries_until_they_are_mended(site, editor, small_table):
    one, other, third = [entry for entry in small_table if entry.enabled][:3]
    site.store.drafts.save(DraftTable(small_table), "jun", "올림", None)
    candidate(site, notes=[note(one, other), note(third, one)])
    for path in (f"/admin/publish/releases/{TWIN}", "/admin/publish/draft"):
        shown = page(editor.get(path))
        assert "가릴 수 없습니다." in shown.text
        assert {f"/admin/faqs/edit?id={entry.id}" for entry in (one, other, third)} <= set(shown.hrefs())
    mended = DraftTable(small_table).with_entries([replace(one, question="아주 다른 질문인가요?")])
    site.store.drafts.save(mended, "jun", "고침", site.store.drafts.head().id)
    assert "가릴 수 없습니다." not in page(editor.get("/admin/publish/draft")).text
    assert "가릴 수 없습니다." in page(editor.get(f"/admin/publish/releases/{TWIN}")).text


def test_a_note_blocks_nothing(site, small_table):
    candidate(site, notes=[note(*small_table[:2])], published=current_id(site.folder))
    assert doubts(site.store.drafts.release(TWIN), site.folder) == ""


def test_the_queue_says_what_waits_in_the_draft_and_what_a_training_made_of_it(site, editor, small_table):
    assert "더해졌어요" not in page(editor.get("/admin/questions")).text
    entry = replace(small_table[0], alternate_questions=(*small_table[0].alternate_questions, "하나요", "둘인가요"))
    head = site.store.drafts.save(DraftTable(small_table).with_entries([entry]), "jun", "붙임", None)
    shown = page(editor.get("/admin/questions"))
    assert "초안에 다른 질문 2개가 더해졌어요" in shown.text
    assert [form.buttons[0].words for form in shown.forms if form.action == "/admin/publish/train"] == ["학습하기"]
    viewer = page(site.client(Role.VIEWER).get("/admin/questions"))
    assert "초안에 다른 질문 2개가 더해졌어요" in viewer.text
    assert not [form for form in viewer.forms if form.action == "/admin/publish/train"]
    assert head.id == 1
    candidate(site, accepted={"asked": 5, "won": 3, "queries": []})
    done = page(editor.get("/admin/questions"))
    assert "받아들인 질문 5개 가운데 새로 답하는 질문 3개" in done.text
    assert f"/admin/publish/releases/{TWIN}" in done.hrefs()


def test_queries_that_were_accepted_for_an_entry_are_asked_again_and_others_are_not(site):
    accepted(site, "환불 언제 돼요", "refund", "돈 언제 받아요")
    assert {(label.query, label.faq_ids) for label in accepted_queries(site.store)} == {
        ("환불 언제 돼요", frozenset({"refund"})),
        ("돈 언제 받아요", frozenset({"refund"})),
    }
    (item,) = site.store.review.page(ReviewState.ACCEPTED)
    site.store.review.decide([item.id], ReviewState.ACCEPTED, "jun", Landing(Action.CASE, "", 1))
    assert accepted_queries(site.store) == ()


def test_old_candidates_are_removed_and_the_newest_and_all_that_were_published_stay(site):
    late = now() + timedelta(days=CANDIDATE_DAYS, hours=1)
    ids = [candidate(site, f"{n:016x}") for n in range(KEPT_CANDIDATES + 3)]
    site.store.drafts.mark_published(ids[0], "jun", "한 번 공개함")
    serving = current_id(site.folder)
    site.store.drafts.log_release(NewRelease(serving, "jun"))
    assert maintain(site.settings).releases == 0
    gone = remove_stale(site.store.drafts, site.folder, late)
    assert [each.release for each in gone] == ids[2:0:-1]
    assert {path.name for path in site.folder.iterdir() if path.is_dir()} == {serving, ids[0], *ids[3:]}
    assert {each.release for each in site.store.drafts.releases()} == {serving, ids[0], *ids[3:]}
    assert remove_stale(site.store.drafts, site.folder, late) == ()


def test_publishing_a_release_that_was_made_past_the_draft_does_not_make_it_the_last_trained(site):
    """`faqbot draft publish` takes the last trained one, and going back must not change which that is."""
    trained = candidate(site)
    serving = current_id(site.folder)
    publish_release(site.store, site.folder, serving, by="jun")
    assert [each.release for each in site.store.drafts.releases()] == [trained, serving]


def test_nothing_is_removed_while_a_job_runs(site):
    for n in range(KEPT_CANDIDATES + 1):
        candidate(site, f"{n:016x}")
    site.store.drafts.jobs.start("train", "jun", "host", 1)
    assert remove_stale(site.store.drafts, site.folder, now() + timedelta(days=100)) == ()


def test_a_removal_stands_in_the_audit_log(site, monkeypatch):
    monkeypatch.setattr(releasing, "KEPT_CANDIDATES", 0)
    monkeypatch.setattr(releasing, "CANDIDATE_DAYS", 0)
    candidate(site)
    assert maintain(site.settings).releases == 1
    ((actor, action, subject, before, _),) = log(site.store)
    assert (actor, action, subject, before["trained_by"]) == ("faqbot maintain", "release.remove", TWIN, "jun")
    assert json.loads(json.dumps(before))["version"] == 1


# Programs


@pytest.mark.parametrize("path", ["publish", "gate"])
def test_a_release_that_does_not_exist_is_not_found(publisher: FlaskClient, path: str) -> None:
    assert as_program(publisher, f"releases/{NOWHERE}/{path}").status_code == 404


def test_to_publish_the_release_that_serves_changes_nothing(site: DraftSite, publisher: FlaskClient) -> None:
    current = current_id(site.folder)
    answered = as_program(publisher, f"releases/{current}/publish", why="다시")
    assert (answered.status_code, current_id(site.folder)) == (200, current)
    assert publisher.get("/v1/admin/releases").json["current"] == current


def test_nobody_goes_back_from_a_release_that_does_not_serve(site: DraftSite, publisher: FlaskClient) -> None:
    current = current_id(site.folder)
    answered = as_program(publisher, "releases/rollback", **{"from": NOWHERE, "why": ""})
    assert (answered.status_code, current_id(site.folder)) == (409, current)


def test_thresholds_become_a_release_that_serves_and_are_taken_back(site: DraftSite, publisher: FlaskClient) -> None:
    before = current_id(site.folder)
    applied = as_program(publisher, "thresholds", release=before, answer=0.7, suggest=0.2, why="조심스럽게").json["release"]
    assert applied == current_id(site.folder) != before
    taken_back = as_program(publisher, "releases/rollback", **{"from": applied, "why": "되돌림"})
    assert (taken_back.status_code, taken_back.json["release"]) == (200, before)
    again = as_program(publisher, f"releases/{applied}/publish", why="다시 해 봄")
    assert (again.status_code, current_id(site.folder)) == (200, applied)


def test_thresholds_for_another_release_are_refused_and_name_the_one_that_serves(site: DraftSite, publisher: FlaskClient) -> None:
    refused = as_program(publisher, "thresholds", release=NOWHERE, answer=0.7, suggest=0.2)
    assert refused.status_code >= 400
    assert current_id(site.folder) in refused.get_data(as_text=True)
