"""올리기·배포 in the desk: nothing of an uploaded table reaches the draft unseen, nothing of the draft reaches visitors unchecked, and all of it can be taken back."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.corpus.draft import MUST_ANSWER, DraftTable
from faqbot.corpus.export import to_csv, to_xlsx
from faqbot.corpus.read import read_faq_bytes
from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.retrieval.release import current_id
from faqbot.store import Action, Cluster, NewRelease, ReviewKind, ReviewState, Role, Trouble, Wording
from faqbot.training.landing import Accepted, accept
from faqbot.training.source import published_table
from tests.contract.desk import OURS, log, send
from tests.contract.draft_site import DraftSite, finished, now, open_site
from tests.contract.page import Page, page

TABLE = "id,질문,답변,분류\n"


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


def upload(client: FlaskClient, data: bytes | str, name: str = "faq.csv") -> TestResponse:
    content = data if isinstance(data, bytes) else data.encode()
    return client.post("/admin/publish/upload", data={"file": (io.BytesIO(content), name)}, headers=OURS, content_type="multipart/form-data")


def previewed(client: FlaskClient, data: bytes | str, name: str = "faq.csv", show: str = "") -> tuple[str, Page]:
    """Where an upload is previewed, and the preview."""
    response = upload(client, data, name)
    assert response.status_code == 303, response.text
    place = response.headers["Location"]
    return place, page(client.get(f"{place}?show={show}"))


def confirm(client: FlaskClient, place: str, **ticked: str) -> TestResponse:
    return page(client.get(place)).form(f"{place}/confirm").send(client, "초안에 넣기", ticked, headers=OURS)


def edited(entries: tuple[FaqEntry, ...], **answers: str) -> bytes:
    """The table with other answers, by id."""
    return to_csv([FaqEntry(**{**{n: getattr(e, n) for n in e.__dataclass_fields__}, "answer": answers.get(e.id, e.answer)}) for e in entries])


def test_an_upload_is_previewed_and_changes_nothing(site, editor, small_table):
    _, shown = previewed(editor, edited(small_table, late="사흘 안에 도착합니다."))
    assert ("del", {}) in shown.tags
    assert ("ins", {}) in shown.tags
    assert "보통 이틀사흘 안에 도착합니다." in shown.text
    assert site.store.drafts.head() is None
    assert current_id(site.folder) == next(iter(path.name for path in site.folder.iterdir() if path.is_dir()))


def test_what_was_seen_and_confirmed_is_the_draft_and_stands_in_the_log(site, editor, small_table):
    place, _ = previewed(editor, edited(small_table, late="사흘 안에 도착합니다."))
    response = confirm(editor, place)
    assert (response.status_code, response.headers["Location"]) == (303, "/admin/publish?done=imported")
    head = site.store.drafts.head()
    assert DraftTable.from_json(head.table).entry("late").answer == "사흘 안에 도착합니다."
    ((actor, action, _, _, after),) = log(site.store)
    assert (actor, action, after["changed"], after["version"]) == ("editor", "draft.import", 1, head.id)
    assert "초안 1번 판" in page(editor.get("/admin/publish")).text


@pytest.mark.parametrize(("make", "name"), [(to_csv, "faq.csv"), (to_xlsx, "faq.xlsx")])
def test_the_table_that_was_downloaded_changes_nothing_when_it_is_uploaded(site, editor, make, name, small_table):
    place, shown = previewed(editor, make(small_table), name, "unchanged")
    assert "환불은 며칠 걸리나요?" in shown.text
    assert confirm(editor, place).status_code == 303
    before = site.store.drafts.head().id
    place, _ = previewed(editor, make(small_table), name)
    assert confirm(editor, place).headers["Location"] == "/admin/publish?done=same"
    assert site.store.drafts.head().id == before


def test_a_table_that_drops_more_than_a_fifth_is_refused_until_that_is_ticked(site, editor, small_table):
    place, shown = previewed(editor, to_csv(small_table[:4]))
    assert "많이 사라져요" in shown.text
    refused = page(confirm(editor, place), 422)
    assert refused.with_id("f-allow_drop")["aria-invalid"] == "true"
    assert site.store.drafts.head() is None
    assert confirm(editor, place, allow_drop="true").status_code == 303
    assert len(DraftTable.from_json(site.store.drafts.head().table).entries) == 4


def test_rows_that_cannot_be_read_stop_the_table_until_they_are_left_out_on_purpose(site, editor, small_table):
    broken = to_csv(small_table).decode("utf-8-sig") + "new,배송,,질문만 있어요,,\r\nnew2,배송,새 질문이에요,,새 답이에요,,\r\n"
    place, shown = previewed(editor, broken, show="invalid")
    assert "답변을 적어 주세요" in shown.text
    assert page(confirm(editor, place), 422).with_id("f-leave_out")["aria-invalid"] == "true"
    assert site.store.drafts.head() is None
    problems = editor.get(f"{place}/problems.csv").data.decode("utf-8-sig")
    assert "문제" in problems.splitlines()[0]
    assert "new" in problems
    assert "새 답이에요" not in problems
    assert confirm(editor, place, leave_out="true").status_code == 303
    assert {"new", "new2"} & DraftTable.from_json(site.store.drafts.head().table).ids == {"new2"}


def test_headers_that_nobody_knows_can_be_mapped_on_the_page(site, editor):
    place, shown = previewed(editor, "묻는 말,답변\n환불은요?,네\n")
    assert "열의 이름을 먼저 맞춰 주세요" in shown.text
    shown.form(place, "이대로").send(editor, "이대로", {"map-0": "question"}, headers=OURS)
    mended = page(editor.get(place))
    assert "열의 이름을 먼저" not in mended.text
    assert "환불은요?" in mended.text
    assert confirm(editor, place, allow_drop="true").status_code == 303


def test_a_cleaning_is_made_only_where_it_was_ticked_and_seen(site, editor, small_table):
    dirty = to_csv([*small_table, FaqEntry("q1", "Q1. 교환은 어떻게 하나요?", "A1. 문의해 주세요.")])
    place, shown = previewed(editor, dirty, show="cleaning")
    assert "머리말 지우기" in shown.text
    first = page(editor.get(place)).form(f"{place}/confirm")
    form = next(form for form in shown.forms if form.action == place)
    form.send(editor, "다듬어", {"accept": "prefix"}, headers=OURS)
    assert page(first.send(editor, "초안에 넣기", headers=OURS), 409)
    assert site.store.drafts.head() is None
    assert confirm(editor, place).status_code == 303
    assert DraftTable.from_json(site.store.drafts.head().table).entry("q1").question == "교환은 어떻게 하나요?"


def test_a_preview_of_a_draft_that_moved_is_not_confirmed(site, editor, small_table):
    place, shown = previewed(editor, edited(small_table, late="사흘"))
    site.store.drafts.save(DraftTable(small_table[:7]), "jun", "지움", None)
    response = shown.form(f"{place}/confirm").send(editor, "초안에 넣기", headers=OURS)
    assert response.status_code == 409
    assert [each.made_by for each in site.store.drafts.versions()] == ["jun"]


@pytest.mark.parametrize(("data", "name"), [(b"", "faq.csv"), (b"PK\x03\x04 broken", "faq.xlsx"), (b"{", "faq.json")])
def test_a_file_that_cannot_be_read_is_refused_beside_the_field_and_not_kept(site, editor, data, name):
    shown = page(upload(editor, data, name), 422)
    assert shown.with_id("f-file")["aria-invalid"] == "true"
    assert not list((site.settings.var / "uploads" / "default").iterdir())


def test_without_a_file_the_field_says_so(editor):
    assert "파일을 골라 주세요" in page(editor.post("/admin/publish/upload", headers=OURS), 422).text


def test_a_viewer_sees_the_page_and_can_upload_nothing(site):
    viewer = site.client(Role.VIEWER)
    assert "편집" in page(viewer.get("/admin/publish")).text
    assert upload(viewer, "질문,답변\n가,나\n").status_code == 403


def test_an_upload_that_was_thrown_away_is_gone(site, editor, small_table):
    place, _ = previewed(editor, to_csv(small_table))
    assert send(editor, f"{place}/drop").status_code == 303
    assert editor.get(place).status_code == 404


@pytest.mark.parametrize("upload_id", ["x", "..", "a" * 22, "%2e%2e%2fdata"])
def test_no_other_id_opens_anything(editor, upload_id):
    assert editor.get(f"/admin/publish/import/{upload_id}").status_code == 404


def test_programs_preview_and_confirm_with_the_same_rules(site, editor, small_table):
    data = edited(small_table[:5], late="사흘")
    shown = editor.post("/v1/admin/imports?name=faq.csv", data=data, headers=OURS, content_type="text/csv").json
    assert shown["counts"] == {"new": 0, "changed": 1, "unchanged": 4, "removed": 2, "duplicate": 0, "invalid": 0}
    assert [row["changes"] for row in shown["rows"] if row["id"] == "late"] == [[{"column": "answer", "before": "보통 이틀 안에 도착합니다.", "after": "사흘"}]]
    path = f"/v1/admin/imports/{shown['id']}/confirm"
    refused = editor.post(path, json={"head": None}, headers=OURS)
    assert refused.status_code == 422
    assert "사라집니다" in refused.json["detail"]
    done = editor.post(path, json={"head": None, "allow_drop": True}, headers=OURS)
    assert done.json == {"version": 1, "entries": 5, "changed": True}
    assert editor.post(path, json={"head": None, "allow_drop": True}, headers=OURS).status_code == 404


def test_undo_brings_the_version_before_back_and_only_once(site, editor, small_table):
    first = site.store.drafts.save(DraftTable(small_table), "jun", "올림", None)
    second = site.store.drafts.save(DraftTable(small_table[:3]), "jun", "지움", first.id)
    assert send(editor, "/admin/publish/undo", head=str(second.id)).status_code == 303
    assert site.store.drafts.head().id == first.id
    assert send(editor, "/admin/publish/undo", head=str(second.id)).status_code == 409
    assert site.store.drafts.head().id == first.id
    assert [(action, before, after) for _, action, _, before, after in log(site.store)] == [("draft.undo", second.id, first.id)]


def test_an_older_version_can_be_worked_on_again(site, editor, small_table):
    first = site.store.drafts.save(DraftTable(small_table), "jun", "올림", None)
    second = site.store.drafts.save(DraftTable(small_table[:3]), "jun", "지움", first.id)
    assert send(editor, "/admin/publish/restore", head=str(second.id), version=str(first.id)).status_code == 303
    assert len(DraftTable.from_json(site.store.drafts.head().table).entries) == len(small_table)
    assert "1번 판으로 돌아감" in page(editor.get("/admin/publish/draft")).text


def test_a_second_training_is_refused_with_who_and_when(site, editor, small_table):
    head = site.store.drafts.save(DraftTable(small_table), "jun", "올림", None)
    job = site.store.drafts.jobs.start("train", "jun", "other-computer", head.id)
    shown = page(editor.get("/admin/publish"))
    assert ("progress", {"id": "progress", "max": "1", "value": "0.000"}) in shown.tags
    refused = page(send(editor, "/admin/publish/train"), 409)
    assert "jun 님이" in refused.text
    assert editor.get("/v1/admin/training").json["job"]["started_by"] == "jun"
    assert send(editor, "/admin/publish/cancel", job=str(job.id)).headers["Location"] == "/admin/publish?done=cancelled"


def test_a_red_gate_lets_a_release_through_only_with_a_reason_that_is_kept(site, editor, publisher, small_table):
    release = current_id(site.folder)
    twin = "f" * 16
    gate = {
        "candidate": twin, "published": release, "checked_at": "2026-03-01T00:00:00+00:00", "flips": [], "by_entry": [], "by_category": [],
        "checks": [{"name": "cases", "label": "꼭 답할 질문", "state": "red", "n": 8, "before": 1.0, "after": 0.5, "limit": "하나라도", "reason": "넷을 어김"}],
    }  # fmt: skip
    (site.folder / twin).mkdir()
    site.store.drafts.log_release(NewRelease(twin, "jun", gate=gate))
    shown = page(publisher.get(f"/admin/publish/releases/{twin}"))
    assert "4/8" in shown.text
    assert shown.with_id("f-why").get("required", "absent") is None
    refused = page(send(publisher, f"/admin/publish/releases/{twin}/publish", why=" "), 422)
    assert refused.with_id("f-why")["aria-invalid"] == "true"
    assert current_id(site.folder) == release
    assert send(editor, f"/admin/publish/releases/{twin}/publish", why="괜찮아요").status_code == 403


def test_a_way_back_is_offered_only_where_there_is_one(publisher):
    assert not [form for form in page(publisher.get("/admin/publish")).forms if form.action == "/admin/publish/rollback"]


def test_a_release_is_not_gone_back_from_twice_by_one_page(site, publisher):
    assert send(publisher, "/admin/publish/rollback", **{"from": "0" * 16}).status_code == 409
    assert send(publisher, "/admin/publish/rollback", **{"from": current_id(site.folder)}).status_code == 422


def test_the_published_table_can_be_downloaded_and_read_again(site, editor, small_table):
    response = editor.get(f"/admin/publish/releases/{current_id(site.folder)}/faqs.csv")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert read_faq_bytes(response.data, "faq.csv").entries == published_table(site.folder).entries
    assert editor.get("/admin/publish/draft.xlsx").data[:2] == b"PK"
    assert editor.get("/admin/publish/draft.exe").status_code == 404


def test_a_table_goes_all_the_way_to_visitors_and_back(site, publisher, small_table):
    """Upload, preview, confirm, train, look at the gate, publish, ask, roll back: as one person does it in the browser."""
    old = current_id(site.folder)
    assert "이틀" in json.dumps(site.answer("배송이 늦어요"), ensure_ascii=False)
    place, _ = previewed(publisher, edited(small_table, late="배송은 사흘 안에 도착합니다."))
    assert confirm(publisher, place).status_code == 303
    head = site.store.drafts.head()
    table = DraftTable.from_json(head.table).with_queries([LabelledQuery("배송이 늦어요", frozenset({"late"}), MUST_ANSWER)])
    site.store.drafts.save(table, "publisher", "시험 질문", head.id)
    said = tuple(Wording(text, text, (now(),), {Trouble.FALLBACK: 1}) for text in ("쿠리어 행방이 묘연함", "쿠리어 행방 묘연"))
    site.store.review.refresh([Cluster(ReviewKind.UNANSWERED, "", said, "")], ReviewKind, old, now())
    accept(site.store, site.folder, [item.id for item in site.store.review.page(ReviewState.NEW)], Accepted(Action.ATTACHED, "late"), "publisher")

    page(publisher.get("/admin/publish")).form("/admin/publish/train").send(publisher, "학습 시작하기", headers=OURS)
    job = finished(publisher)
    assert job["state"] == "done", job
    shown = page(publisher.get("/admin/publish"))
    where = f"/admin/publish/releases/{job['release']}"
    assert where in shown.hrefs()
    report = page(publisher.get(where))
    assert "꼭 답할 질문" in report.text
    won = site.store.drafts.release(job["release"]).made.gate["accepted"]
    assert won["queries"] == [
        {"query": "쿠리어 행방이 묘연함", "entry": "late", "question": "배송이 늦어요"}
    ]  # what is not in the table is counted and not kept
    assert won["asked"] == 2
    assert f"새로 답하는 질문 {won['won']}개" in report.text
    assert current_id(site.folder) == old
    assert "이틀" in json.dumps(site.answer("배송이 늦어요"), ensure_ascii=False)

    report.form(f"{where}/publish").send(publisher, "공개하기", {"why": "배송 기간이 바뀜"}, headers=OURS)
    assert current_id(site.folder) == job["release"]
    site.live.refresh()
    assert "사흘" in json.dumps(site.answer("배송이 늦어요"), ensure_ascii=False)

    back = page(publisher.get("/admin/publish?done=published"))
    assert "공개했어요" in back.text
    back.form("/admin/publish/rollback").send(publisher, "되돌리기", headers=OURS)
    assert current_id(site.folder) == old
    site.live.refresh()
    assert "이틀" in json.dumps(site.answer("배송이 늦어요"), ensure_ascii=False)
    assert [action for _, action, *_ in log(site.store)] == ["release.rollback", "release.publish", "draft.train", "review.accept", "draft.import"]
    assert [each["is_current"] for each in publisher.get("/v1/admin/releases").json["releases"]] in ([False, True], [True, False])
