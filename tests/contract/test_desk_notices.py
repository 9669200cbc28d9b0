"""공지 in the desk: what visitors see of a notice follows what an editor wrote, and nobody else can write one."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot.store import MAX_NOTICE_BODY, MAX_NOTICE_TITLE, NewNotice, Role
from tests.contract.conftest import TODAY
from tests.contract.desk import OURS, as_operator, log, send
from tests.contract.page import Page, page

DAY = timedelta(days=1)


@pytest.fixture
def editor(app, store) -> FlaskClient:
    return as_operator(app, store, Role.EDITOR)


def write(client: FlaskClient, do: str = "add", **form: str) -> TestResponse:
    return send(client, "/admin/notices/new", **{"title": "휴무", "body": "", "starts": "2026-03-01", "ends": "", "do": do} | form)


def listed(client: FlaskClient) -> Page:
    return page(client.get("/admin/notices"))


def test_without_notices_the_page_says_so(editor):
    assert "지금 보이는 공지가 없어요" in listed(editor).text


def test_notices_stand_under_what_they_are_now(editor, store):
    for title, starts, ends in (("지난 것", -9, -1), ("오늘까지", -3, 0), ("내일부터", 1, None), ("모레부터", 2, 5)):
        store.add_notice(NewNotice(title, "", TODAY + starts * DAY, None if ends is None else TODAY + ends * DAY))
    text = listed(editor).text
    places = [text.index(words) for words in ("지금 보이는 공지", "오늘까지", "앞으로 보일 공지", "내일부터", "모레부터", "지난 공지", "지난 것")]
    assert places == sorted(places)


def test_a_notice_that_was_put_up_is_seen_by_visitors_at_once(editor, store):
    response = write(editor, title=" 삼일절 휴무 ", body="3월 2일은\r\n**쉽니다**.", ends="2026-03-02")
    assert (response.status_code, response.headers["Location"]) == (303, "/admin/notices?done=added")
    assert "공지를 올렸어요." in page(editor.get(response.headers["Location"])).text
    (notice,) = store.notices(TODAY)
    assert (notice.title, notice.body_markdown, notice.ends) == ("삼일절 휴무", "3월 2일은\n**쉽니다**.", TODAY + DAY)
    assert "<strong>쉽니다</strong>" in editor.get(f"/notice/{notice.id}").text


def test_putting_up_and_taking_down_stand_in_the_log(editor, store):
    write(editor, ends="2026-03-02")
    (notice,) = store.all_notices()
    send(editor, f"/admin/notices/{notice.id}/remove")
    about = {"title": "휴무", "starts": "2026-03-01", "ends": "2026-03-02"}
    assert log(store) == [("editor", "notice.remove", str(notice.id), about, None), ("editor", "notice.add", str(notice.id), None, about)]


def test_without_days_a_notice_stands_from_today_until_it_is_removed(editor, store):
    write(editor, starts="", ends="")
    (notice,) = store.all_notices()
    assert (notice.starts, notice.ends) == (TODAY, None)


@pytest.mark.parametrize("do", ["preview", "", "drop"])
def test_a_preview_stores_nothing_and_keeps_what_was_typed(editor, store, do):
    shown = page(write(editor, do, title="휴무 <b>", body="# 안내\n\n<script>x</script> **쉽니다**", ends="2026-03-05"))
    assert store.all_notices() == ()
    form = shown.form("/admin/notices/new")
    assert [form.value(name) for name in ("title", "starts", "ends")] == ["휴무 <b>", "2026-03-01", "2026-03-05"]
    assert form.value("body") == "# 안내\n\n<script>x</script> **쉽니다**"
    assert ("strong", {}) in shown.tags
    assert "script" not in [tag for tag, _ in shown.tags]
    assert "아직 올리지 않았어요" in shown.text


def test_what_was_previewed_can_be_put_up_from_there(editor, store):
    shown = page(write(editor, "preview", title="휴무", body="쉽니다"))
    shown.form("/admin/notices/new").send(editor, "올리기", headers=OURS)
    assert [(notice.title, notice.body_markdown) for notice in store.all_notices()] == [("휴무", "쉽니다")]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", "", "공지의 제목이 비어 있습니다."),
        ("title", "  ", "공지의 제목이 비어 있습니다."),
        ("title", "가" * (MAX_NOTICE_TITLE + 1), "공지의 제목은 100자까지입니다. 지금 101자입니다."),
        ("body", "가" * (MAX_NOTICE_BODY + 1), "공지의 내용은 10,000자까지입니다. 지금 10,001자입니다."),
        ("starts", "내일", "2026-03-02 처럼 적어 주세요."),
        ("starts", "2026-02-30", "2026-03-02 처럼 적어 주세요."),
        ("ends", "2026/03/05", "2026-03-02 처럼 적어 주세요."),
        ("ends", "2026-02-28", "공지가 시작하는 날(2026-03-01)보다 먼저 끝납니다(2026-02-28). 날짜를 고쳐 다시 저장하세요."),
    ],
)
def test_what_cannot_be_stands_beside_its_field_and_nothing_is_stored(editor, store, field, typed, said):
    shown = page(write(editor, **{"body": "그대로", field: typed}), 422)
    assert store.all_notices() == ()
    name = shown.with_id(f"f-{field}")["aria-describedby"].split()[-1]
    assert (name, shown.with_id(f"f-{field}")["aria-invalid"]) == (f"e-{field}", "true")
    assert said in shown.text
    assert f"#f-{field}" in shown.hrefs()
    if field != "body":
        assert shown.form("/admin/notices/new").value("body") == "그대로"


def test_the_longest_notice_fits_the_form(editor, store):
    assert write(editor, title="가" * MAX_NOTICE_TITLE, body="가" * MAX_NOTICE_BODY).status_code == 303
    assert len(store.all_notices()[0].body_markdown) == MAX_NOTICE_BODY


def test_an_old_notice_can_be_written_again(editor, store):
    old = store.add_notice(NewNotice("설 배송 안내", "쉽니다", TODAY - 40 * DAY, TODAY - 30 * DAY))
    form = page(editor.get(f"/admin/notices/new?copy={old.id}")).form("/admin/notices/new")
    assert [form.value(name) for name in ("title", "body", "starts", "ends")] == ["설 배송 안내", "쉽니다", "2026-03-01", ""]


@pytest.mark.parametrize("copied", ["0", "99", "x", ""])
def test_a_copy_of_nothing_is_an_empty_form(editor, copied):
    assert page(editor.get(f"/admin/notices/new?copy={copied}")).form("/admin/notices/new").value("title") == ""


def test_removing_asks_first_and_shows_what(editor, store):
    notice = store.add_notice(NewNotice("휴무", "**쉽니다**", TODAY))
    shown = page(editor.get(f"/admin/notices/{notice.id}/remove"))
    assert store.all_notices() == (notice,)
    assert "휴무" in shown.text
    assert "되돌릴 수 없어요" in shown.text
    response = shown.form(f"/admin/notices/{notice.id}/remove").send(editor, "지우기", headers=OURS)
    assert response.headers["Location"] == "/admin/notices?done=removed"
    assert store.all_notices() == ()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_notice_that_is_not_there_cannot_be_removed(editor, method):
    assert getattr(editor, method)("/admin/notices/7/remove", headers=OURS).status_code == 404


def test_a_viewer_sees_notices_and_no_way_to_change_them(app, store):
    viewer = as_operator(app, store, Role.VIEWER)
    notice = store.add_notice(NewNotice("휴무", "", TODAY))
    shown = listed(viewer)
    assert "휴무" in shown.text
    assert not [href for href in shown.hrefs() if "/new" in href or "/remove" in href]
    assert write(viewer).status_code == 403
    assert send(viewer, f"/admin/notices/{notice.id}/remove").status_code == 403
    assert store.all_notices() == (notice,)
