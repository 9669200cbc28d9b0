"""Files of an inquiry without JavaScript: off unless turned on, never picked twice, never more than is allowed."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient

from faqbot import messages
from faqbot.settings import Settings
from faqbot.store import Retention
from faqbot.web.pages import uploads
from tests.contract.conftest import rows
from tests.contract.page import Form, Page, page
from tests.contract.test_web_pages_inquiry import CROSS, WRITTEN

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PDF = b"%PDF-1.7\n" + bytes(range(256))
TEXT = "결제가 두 번 됐어요\r\n".encode()


def turned_on(**changes) -> Settings:
    return Settings(**{"attachments": 2, "attachment_bytes": 10_000, "limit_inquiries": "100/hour"} | changes)


@pytest.fixture
def app(build):
    return build(turned_on())


def blank(client: FlaskClient) -> Form:
    return page(client.get("/inquiry")).form("/inquiry/review")


def look_over(client: FlaskClient, form: Form, *files: tuple[bytes, str], status: int = 200, headers=None, **changes: str) -> Page:
    """What comes when the form is sent as a browser sends it, with those files picked."""
    fields = {name: form.values(name) for name, _ in form.fields if name != uploads.FIELD} | {name: [value] for name, value in (WRITTEN | changes).items()}
    data = fields | {uploads.FIELD: [(BytesIO(content), name) for content, name in files] or [(BytesIO(), "")]}
    return page(client.post("/inquiry/review", data=data, content_type="multipart/form-data", headers=headers), status)


def send(client: FlaskClient, review: Page):
    return review.form("/inquiry/send").send(client, messages.SEND)


def stored(store) -> list[tuple[str, str, bytes]]:
    (inquiry,) = store.inquiries()
    files = [store.attachment(inquiry.number, n) for n in range(1, len(inquiry.attachments) + 1)]
    return [(file.name, file.media_type, file.data) for file in files]


def test_turned_off_nothing_speaks_of_files_and_none_is_read(build, store):
    client = build(Settings()).test_client()
    empty = page(client.get("/inquiry"))
    assert [each for each in empty.all("input") if each.get("type") == "file"] == []
    assert messages.FILES_FIELD not in empty.text
    assert "enctype" not in empty.all("form")[-1]
    review = look_over(client, blank(client), (PNG, "a.png"))
    assert messages.FILES_FIELD not in review.text
    assert review.form("/inquiry/send").values("file") == []
    located = send(client, review).location
    assert messages.FILES_FIELD not in client.get(located).text + client.get(f"{located}.txt").text
    assert store.inquiries()[0].attachments == ()
    assert client.post("/inquiry/review", data={uploads.FIELD: (BytesIO(bytes(300_000)), "a.png")}).status_code == 413


def test_turned_off_between_two_steps_an_inquiry_goes_without_its_files(build, client, store):
    review = look_over(client, blank(client), (PNG, "a.png"))
    assert send(build(Settings()).test_client(), review).status_code == 303
    assert store.inquiries()[0].attachments == ()


def test_files_go_with_the_inquiry_to_the_byte(client, store):
    review = look_over(client, blank(client), (PNG, "화면.png"), (TEXT, "로그.txt"))
    assert "화면.png (264B)" in review.text
    assert send(client, review).status_code == 303
    assert stored(store) == [("화면.png", "image/png", PNG), ("로그.txt", "text/plain", TEXT)]


def test_the_field_says_what_may_be_picked(client):
    form = page(client.get("/inquiry"))
    assert messages.FILES_HINT.format(most=2, size="10KB") in form.text
    field = form.with_id("files")
    assert field["aria-describedby"] == "files-hint"
    assert "multiple" in field
    assert "required" not in field


def test_with_one_file_allowed_one_can_be_picked(build):
    assert "multiple" not in page(build(turned_on(attachments=1)).test_client().get("/inquiry")).with_id("files")


def test_what_was_picked_stays_while_the_rest_is_mended(client, store):
    mend = look_over(client, blank(client), (PNG, "화면.png"), status=422, email="")
    assert "화면.png (264B)" in mend.text
    review = look_over(client, mend.form("/inquiry/review"), (PDF, "영수증.pdf"))
    back = page(review.form("/inquiry/send").send(client, messages.EDIT)).form("/inquiry/review")
    assert len(back.values("file")) == 2
    send(client, look_over(client, back))
    assert [name for name, _, _ in stored(store)] == ["화면.png", "영수증.pdf"]


def test_a_file_is_left_out_by_taking_its_mark_away(client, store):
    form = page(look_over(client, blank(client), (PNG, "화면.png"), (PDF, "영수증.pdf")).form("/inquiry/send").send(client, messages.EDIT))
    edit = form.form("/inquiry/review")
    edit.fields.remove(("file", edit.values("file")[0]))
    send(client, look_over(client, edit))
    assert [name for name, _, _ in stored(store)] == ["영수증.pdf"]


def test_too_many_files_can_be_chosen_among_without_picking_again(client, store):
    mend = look_over(client, blank(client), (PNG, "1.png"), (PNG, "2.png"), (PNG, "3.png"), status=422)
    assert messages.FILES_TOO_MANY.format(most=2, count=3) in mend.text
    assert mend.with_id("files")["aria-invalid"] == "true"
    assert "#files" in mend.hrefs()
    form = mend.form("/inquiry/review")
    assert {name: form.value(name) for name in WRITTEN} == WRITTEN
    form.fields.remove(("file", form.values("file")[1]))
    send(client, look_over(client, form))
    assert [name for name, _, _ in stored(store)] == ["1.png", "3.png"]


def test_far_too_many_files_are_named_and_not_kept(client):
    mend = look_over(client, blank(client), *[(PNG, f"{n}.png") for n in range(9)], status=422)
    assert len(mend.form("/inquiry/review").values("file")) == 5
    assert messages.FILE_LEFT_OUT.format(name="8.png") in mend.text
    again = look_over(client, mend.form("/inquiry/review"), (PNG, "x.png"), status=422)
    assert len(again.form("/inquiry/review").values("file")) == 5


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (bytes(10_001), "화면.png", messages.FILE_TOO_LARGE.format(name="화면.png", most="10KB")),
        (b"MZ\x90\x00" + bytes(100), "화면.png", messages.FILE_OTHER_TYPE.format(name="화면.png")),
        (b"GIF89a" + bytes(100), "움직임.gif", messages.FILE_OTHER_TYPE.format(name="움직임.gif")),
        ("한글".encode("cp949"), "옛글.txt", messages.FILE_OTHER_TYPE.format(name="옛글.txt")),
        (b"", "빈.txt", messages.FILE_EMPTY.format(name="빈.txt")),
    ],
    ids=["too large", "program", "gif", "cp949", "empty"],
)
def test_what_cannot_come_along_is_named_beside_the_field_and_the_rest_is_kept(client, store, content, name, sentence):
    mend = look_over(client, blank(client), (PDF, "영수증.pdf"), (content, name), status=422)
    assert mend.text.count(sentence) == 2, "in the summary and beside the field"
    assert "files-error" in mend.with_id("files")["aria-describedby"]
    form = mend.form("/inquiry/review")
    assert {name: form.value(name) for name in WRITTEN} == WRITTEN
    send(client, look_over(client, form))
    assert [name for name, _, _ in stored(store)] == ["영수증.pdf"]


def test_the_largest_file_that_is_allowed_is_taken(client, store):
    largest = PNG.ljust(10_000, b"\0")
    send(client, look_over(client, blank(client), (largest, "a.png")))
    assert stored(store) == [("a.png", "image/png", largest)]


def test_a_film_that_was_picked_by_mistake_loses_no_word(client):
    mend = look_over(client, blank(client), (bytes(400_000), "영상.mp4"), status=422)
    assert messages.FILE_TOO_LARGE.format(name="영상.mp4", most="10KB") in mend.text
    assert mend.form("/inquiry/review").value("question") == WRITTEN["question"]


@pytest.mark.parametrize("path", ["/inquiry", "/inquiry/send", "/", "/feedback", "/v1/inquiries"])
def test_only_the_step_that_takes_files_has_room_for_them(client, path):
    assert client.post(path, data={uploads.FIELD: (BytesIO(bytes(300_000)), "a.png"), "query": "환불"}).status_code in {413, 415}


def test_a_form_without_files_has_no_more_room_than_before(client):
    assert client.post("/inquiry/review", data={"tried": "가" * 30_000}).status_code == 413


def test_sending_twice_makes_one_inquiry_with_its_files_once(client, store):
    review = look_over(client, blank(client), (PNG, "화면.png"))
    assert send(client, review).location == send(client, review).location
    assert len(stored(store)) == 1


def test_another_file_under_the_same_key_becomes_an_inquiry_of_its_own_with_both(client, store):
    review = look_over(client, blank(client), (PNG, "화면.png"))
    send(client, review)
    more = look_over(client, page(review.form("/inquiry/send").send(client, messages.EDIT)).form("/inquiry/review"), (PDF, "영수증.pdf"))
    before = page(send(client, more), 409)
    assert "영수증.pdf" in before.text
    again = page(before.form("/inquiry/review").send(client, messages.SENT_BEFORE_NEW))
    assert send(client, again).status_code == 303
    assert [[file.name for file in inquiry.attachments] for inquiry in store.inquiries()] == [["화면.png", "영수증.pdf"], ["화면.png"]]


def test_a_review_that_lay_for_days_is_not_sent_without_its_files(client, store, clock):
    review = look_over(client, blank(client), (PNG, "화면.png"))
    clock.advance(days=2)
    store.purge(Retention())
    mend = page(send(client, review), 422)
    assert messages.FILES_LOST in mend.text
    assert mend.form("/inquiry/review").values("file") == []
    assert store.inquiries() == ()
    send(client, look_over(client, mend.form("/inquiry/review"), (PNG, "화면.png")))
    assert len(stored(store)) == 1


def test_files_of_another_key_are_neither_shown_nor_sent(client, store):
    theirs = look_over(client, blank(client), (TEXT, "비밀.txt")).form("/inquiry/send").values("file")
    mine = blank(client)
    mine.fields += [("file", each) for each in theirs]
    mend = look_over(client, mine, status=422)
    assert "비밀.txt" not in mend.text
    sent = page(client.post("/inquiry/send", data=dict(mine.fields) | WRITTEN), 422)
    assert messages.FILES_LOST in sent.text
    assert "비밀.txt" not in sent.text
    assert store.inquiries() == ()


def test_another_site_uploads_nothing(client, store, database):
    look_over(client, blank(client), (PNG, "화면.png"), status=422, headers=CROSS)
    store.close()
    assert rows(database, "SELECT count(*) FROM attachments") == [(0,)]


@pytest.mark.parametrize("file", ["", "x", "-1", "99999999999999999999", "1e3", "٣", "1 OR 1=1"])
def test_a_made_up_id_of_a_file_breaks_nothing(client, file):
    form = blank(client)
    form.fields.append(("file", file))
    assert client.post("/inquiry/review", data=dict(form.fields) | WRITTEN, content_type="multipart/form-data").status_code in {200, 422}


def test_the_store_going_down_loses_no_word_and_no_file_that_was_taken(client, store, database):
    review = look_over(client, blank(client), (PNG, "화면.png"))
    store.close()
    for beside in database.parent.glob("faqbot.db-*"):
        beside.unlink()
    whole = database.read_bytes()
    database.write_bytes(b"not a database")
    failed = page(send(client, review), 503)
    store.close()
    database.write_bytes(whole)
    form = failed.form("/inquiry/review")
    assert {name: form.value(name) for name in WRITTEN} == WRITTEN
    send(client, look_over(client, form))
    assert stored(store) == [("화면.png", "image/png", PNG)]


def test_the_visitor_sees_which_files_came_along_and_gets_none_served(client):
    located = send(client, look_over(client, blank(client), (PNG, "화면.png"))).location
    status = page(client.get(located))
    assert "화면.png (264B)" in status.text
    assert "화면.png (264B)" in client.get(f"{located}.txt").text
    assert not any("화면" in (href or "") for href in status.hrefs())


def test_a_name_is_shown_as_text(client):
    review = look_over(client, blank(client), (PNG, "<img src=x onerror=alert(1)>.png"))
    assert [each for each in review.all("img") if each.get("src") == "x"] == []
    assert "_img src=x onerror=alert(1)_.png" in review.text


def test_reviews_with_files_are_limited_and_those_without_are_not(build):
    client = build(turned_on()).test_client()
    form = blank(client)
    for _ in range(60):
        client.post("/inquiry/review", data={uploads.FIELD: (BytesIO(), "")}, content_type="multipart/form-data")
    limited = look_over(client, form, (PNG, "화면.png"), status=429)
    assert limited.form("/inquiry/review").value("question") == WRITTEN["question"]
    assert form.send(client, messages.TO_REVIEW, WRITTEN).status_code == 200
