"""The 1:1 inquiry without JavaScript: nothing is typed twice, nothing is sent twice, and nobody else gets to see it."""

import pytest
from flask.testing import FlaskClient

from faqbot import messages
from faqbot.settings import Settings
from tests.contract.page import Form, Page, asked, page

WRITTEN = {
    "category": "결제>환불",
    "question": "환불이 안 들어왔어요.\n언제 오나요?",
    "background": "3월 1일에 반품했어요.",
    "error": 'E-12 <b>"&',
    "tried": "카드사에 물어봤어요.",
    "email": "gildong@example.kr",
    "consent": "yes",
}
SAME = {"Sec-Fetch-Site": "same-origin"}
CROSS = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


@pytest.fixture
def app(build):
    return build(Settings(limit_inquiries="100/hour"))


def blank(client) -> Form:
    return page(client.get("/inquiry")).form("/inquiry/review")


def reviewed(client, **changes: str) -> Page:
    return page(blank(client).send(client, messages.TO_REVIEW, WRITTEN | changes))


def sent(client, **changes: str):
    return reviewed(client, **changes).form("/inquiry/send").send(client, messages.SEND)


def break_store(store, database) -> None:
    store.close()
    database.write_bytes(b"not a database")


def test_the_empty_form_asks_for_what_an_answer_needs(client):
    form = page(client.get("/inquiry"))
    labels = [messages.CATEGORY_FIELD, messages.QUESTION_FIELD, messages.BACKGROUND_FIELD, messages.ERROR_FIELD, messages.TRIED_FIELD, messages.EMAIL_FIELD]
    assert [form.text.index(label + " ") for label in labels] == sorted(form.text.index(label + " ") for label in labels)
    assert {name for name in ("question", "email", "consent") if "required" in form.with_id(name)} == {"question", "email", "consent"}
    assert not any("required" in form.with_id(name) for name in ("category", "background", "error", "tried"))
    assert form.with_id("email")["autocomplete"] == "email"
    assert "3년" in form.text
    assert messages.CONSENT_VERSION in form.text
    assert [option["value"] for option in form.all("option")][:4] == ["", "결제", "결제>환불", "결제>취소"]


def test_the_form_promises_no_mail_and_says_where_the_answer_is_read(client):
    text = page(client.get("/inquiry")).text
    assert ("연락받을 이메일" in text, "답변은 보낸 뒤에 나오는 페이지에서 볼 수 있어요" in text, "답을 받을" in text) == (True, True, False)


def test_every_form_has_a_key_that_nobody_guesses(client):
    keys = {blank(client).value("key") for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) == 32 for key in keys)


def test_the_question_and_the_conversation_come_along_from_a_reply(client):
    first = asked(client, "zzz 999")
    second = page(first.form("/").send(client, messages.SEARCH, {"query": "환불 취소"}))
    third = page(second.form("/choices").send(client, messages.NONE_OF_THESE))
    filled = page(third.form("/inquiry").send(client, messages.INQUIRY))
    assert filled.form("/inquiry/review").value("question") == "환불 취소"
    assert len(filled.form("/inquiry/review").values("token")) == 2
    assert messages.TRANSCRIPT_ALONG.format(count=2) in filled.text
    assert "결제 취소 방법" in filled.text


def test_an_answer_box_on_another_site_may_fill_in_question_and_category(client):
    token = asked(client, "환불 취소").form("/").values("token")[0]
    filled = page(client.post("/inquiry", data={"query": "환불이요", "token": token, "category": "결제>환불"}, headers=CROSS)).form("/inquiry/review")
    assert (filled.value("question"), filled.value("category"), filled.values("token")) == ("환불이요", "결제>환불", [token])


def test_another_site_gets_no_word_in_the_key(client):
    """Whoever knows the key of an inquiry is shown the inquiry when they send it again."""
    data = {"query": "환불이요", "key": "k" * 32, "email": "evil@evil.example", "consent": "yes"}
    filled = page(client.post("/inquiry", data=data, headers=CROSS)).form("/inquiry/review")
    assert filled.value("key") != "k" * 32
    assert filled.value("email") == ""
    assert "consent" not in dict(filled.fields)
    review = page(client.post("/inquiry/review", data=WRITTEN | {"key": "k" * 32}, headers=CROSS), 422)
    assert review.form("/inquiry/review").value("key") != "k" * 32


@pytest.mark.parametrize("token", ["", "made up", "x" * 600])
def test_a_token_that_leads_nowhere_stops_nobody(client, token):
    filled = page(client.post("/inquiry", data={"query": "환불이요", "token": token})).form("/inquiry/review")
    assert filled.values("token") == []
    assert filled.send(client, messages.TO_REVIEW, WRITTEN).status_code == 200


def test_a_category_that_is_none_is_left_out(client):
    assert "category" not in dict(page(client.post("/inquiry", data={"category": "없음"})).form("/inquiry/review").fields)


def test_everything_is_shown_once_more_before_it_is_sent(client, store):
    review = reviewed(client)
    assert messages.REVIEW_LEAD in review.text
    assert all(
        words in review.text for words in ("결제 › 환불", 'E-12 <b>"&', "환불이 안 들어왔어요.\n언제 오나요?", "gildong@example.kr", messages.CONSENT_VERSION)
    )
    assert store.inquiries() == ()


def test_what_was_looked_over_can_be_mended(client):
    form = page(reviewed(client).form("/inquiry/send").send(client, messages.EDIT)).form("/inquiry/review")
    assert {name: form.value(name) for name in WRITTEN} == WRITTEN
    assert form.value("key")


def test_the_look_over_warns_of_numbers_that_no_answer_needs(client):
    assert "카드번호로 보이는 내용이 있어요" in reviewed(client, tried="4111-1111-1111-1111").text
    assert "보이는 내용이 있어요" not in reviewed(client, tried="010-1234-5678로 전화 주세요").text


def test_what_is_sent_is_stored_to_the_letter_with_its_conversation(client, store):
    form = page(asked(client, "환불 취소").form("/choices").send(client, messages.NONE_OF_THESE)).form("/inquiry")
    review = page(page(form.send(client, messages.INQUIRY)).form("/inquiry/review").send(client, messages.TO_REVIEW, WRITTEN))
    response = review.form("/inquiry/send").send(client, messages.SEND, headers=SAME)
    assert response.status_code == 303
    (inquiry,) = store.inquiries()
    content = inquiry.content
    assert (content.category, content.question, content.background, content.error, content.tried, content.contact) == tuple(WRITTEN.values())[:6]
    assert content.consent_version == messages.CONSENT_VERSION
    assert [(item.query, set(item.shown)) for item in content.transcript] == [("환불 취소", {"결제 취소 방법", "환불은 며칠 걸리나요?"})]


def test_after_sending_the_visitor_is_on_the_page_of_the_inquiry(client):
    response = sent(client)
    assert response.status_code == 303
    assert messages.STATUS_HEADING["received"] in page(client.get(response.location)).text


def test_sending_twice_makes_one_inquiry_and_leads_to_the_same_page(client, store):
    review = reviewed(client)
    places = {review.form("/inquiry/send").send(client, messages.SEND).location for _ in range(3)}
    assert len(places) == len(store.inquiries()) == 1


def test_going_back_and_looking_over_again_still_makes_one_inquiry(client, store):
    form = blank(client)
    for _ in range(2):
        page(form.send(client, messages.TO_REVIEW, WRITTEN)).form("/inquiry/send").send(client, messages.SEND)
    assert len(store.inquiries()) == 1


def test_other_words_under_the_same_key_are_neither_lost_nor_sent_unasked(client, store):
    form = blank(client)
    first = page(form.send(client, messages.TO_REVIEW, WRITTEN)).form("/inquiry/send").send(client, messages.SEND)
    other = page(form.send(client, messages.TO_REVIEW, WRITTEN | {"question": "이것도 궁금해요"}))
    told = page(other.form("/inquiry/send").send(client, messages.SEND), 409)
    assert messages.SENT_BEFORE.format(number=store.inquiries()[0].number) in told.text
    assert first.location in told.hrefs()
    assert [inquiry.content.question for inquiry in store.inquiries()] == [WRITTEN["question"]]
    again = page(told.form("/inquiry/review").send(client, messages.SENT_BEFORE_NEW))
    again.form("/inquiry/send").send(client, messages.SEND)
    assert {inquiry.content.question for inquiry in store.inquiries()} == {WRITTEN["question"], "이것도 궁금해요"}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("question", "", messages.FIELD_ERROR["question", "string_too_short"]),
        ("question", " \u200b\n", messages.FIELD_ERROR["question", "string_too_short"]),
        ("question", "가" * 2001, "질문: 2,000자까지 적을 수 있어요. 지금은 2,001자예요."),
        ("background", "가" * 3001, "배경: 3,000자까지 적을 수 있어요. 지금은 3,001자예요."),
        ("email", "", messages.FIELD_ERROR["email", "string_too_short"]),
        ("email", "gildong", messages.FIELD_ERROR["email", "string_pattern_mismatch"]),
        ("email", "gil dong@example.kr", messages.FIELD_ERROR["email", "string_pattern_mismatch"]),
        ("email", "g" * 250 + "@example.kr", "연락받을 이메일: 254자까지 적을 수 있어요. 지금은 261자예요."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_at_the_head(client, field, typed, said):
    response = blank(client).send(client, messages.TO_REVIEW, WRITTEN | {field: typed})
    form = page(response, 422)
    assert form.text.count(said) == 2
    assert form.title.startswith(messages.ERROR_PREFIX)
    attributes = form.with_id(field)
    assert attributes["aria-invalid"] == "true"
    assert f"{field}-error" in attributes["aria-describedby"].split()
    assert form.with_id(f"{field}-error")
    assert f"#{field}" in form.hrefs()
    summary = next(attributes for _, attributes in form.tags if attributes.get("class") == "summary")
    assert (summary["tabindex"], summary["role"], "autofocus" in summary) == ("-1", "alert", True)
    kept = form.form("/inquiry/review")
    assert all(kept.value(name) == value for name, value in WRITTEN.items() if name != field)
    assert kept.value(field) == typed.strip(" \u200b\n")


def test_a_line_break_counts_as_one_character_however_it_is_sent(client):
    assert blank(client).send(client, messages.TO_REVIEW, WRITTEN | {"tried": "가\n" * 1500}).status_code == 200


def test_without_consent_nothing_can_be_sent(client, store):
    form = blank(client)
    written = {name: value for name, value in WRITTEN.items() if name != "consent"}
    refused = page(form.send(client, messages.TO_REVIEW, written), 422)
    assert refused.with_id("consent")["aria-describedby"] == "consent-error consent-text"
    assert messages.FIELD_ERROR["consent", "literal_error"] in refused.text
    page(client.post("/inquiry/send", data=written | {"consent_version": messages.CONSENT_VERSION}), 422)
    assert store.inquiries() == ()


def test_a_consent_to_another_text_is_asked_for_again(client, store):
    review = reviewed(client)
    form = review.form("/inquiry/send")
    refused = page(form.send(client, messages.SEND, {"consent_version": "2020-01-1"}), 422)
    assert messages.CONSENT_CHANGED in refused.text
    assert "consent" not in dict(refused.form("/inquiry/review").fields)
    assert refused.form("/inquiry/review").value("consent_version") == messages.CONSENT_VERSION
    assert store.inquiries() == ()


@pytest.mark.parametrize("headers", [CROSS, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}])
def test_only_our_own_pages_send_and_nothing_is_lost_by_it(client, store, headers):
    refused = page(reviewed(client).form("/inquiry/send").send(client, messages.SEND, headers=headers), 403)
    assert messages.FOREIGN in refused.text
    assert store.inquiries() == ()


@pytest.mark.parametrize("headers", [{}, SAME, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}])
def test_our_own_pages_and_programs_send(client, store, headers):
    reviewed(client).form("/inquiry/send").send(client, messages.SEND, headers=headers)
    assert len(store.inquiries()) == 1


def test_behind_a_proxy_our_own_origin_is_the_public_one(build, store):
    client = build(Settings(public_url="https://shop.example.kr/help")).test_client()
    response = reviewed(client).form("/inquiry/send").send(client, messages.SEND, headers={"Origin": "https://shop.example.kr"})
    assert response.status_code == 303


def test_browsers_are_let_say_where_the_form_stands(client):
    """With no-referrer they would send `Origin: null` along with the form."""
    assert client.get("/inquiry").headers["Referrer-Policy"] == "same-origin"
    assert client.post("/inquiry/review", data=WRITTEN).headers["Referrer-Policy"] == "same-origin"


def kept(client: FlaskClient, failed: Page) -> None:
    """Everything that was written is there to be sent again, under the same key."""
    form = failed.form("/inquiry/review")
    assert {name: form.value(name) for name in WRITTEN} == WRITTEN
    assert messages.KEPT in failed.text


def test_the_limit_loses_no_word(build, store):
    client = build(Settings(limit_inquiries="1/hour")).test_client()
    assert sent(client).status_code == 303
    review = reviewed(client)
    response = review.form("/inquiry/send").send(client, messages.SEND)
    limited = page(response, 429)
    kept(client, limited)
    assert limited.form("/inquiry/review").value("key") == review.form("/inquiry/send").value("key")
    assert int(response.headers["Retry-After"]) > 0
    assert messages.PROBLEM["rate_limited"][1] in limited.text


def test_a_store_that_is_down_loses_no_word_and_a_retry_makes_one_inquiry(client, store, database):
    review = reviewed(client)
    whole = database.read_bytes()
    break_store(store, database)
    failed = page(review.form("/inquiry/send").send(client, messages.SEND), 503)
    kept(client, failed)
    assert messages.PROBLEM["not_stored"][1] in failed.text
    store.close()
    database.write_bytes(whole)
    for _ in range(2):
        page(failed.form("/inquiry/review").send(client, messages.TO_REVIEW)).form("/inquiry/send").send(client, messages.SEND)
    assert len(store.inquiries()) == 1


def test_a_person_can_be_reached_while_no_release_serves(client, store, live):
    tokens = asked(client, "환불 취소").form("/").values("token")
    live.held = None
    form = page(client.post("/inquiry", data={"query": "환불이요", "token": tokens})).form("/inquiry/review")
    response = page(form.send(client, messages.TO_REVIEW, WRITTEN)).form("/inquiry/send").send(client, messages.SEND)
    assert response.status_code == 303
    assert [inquiry.content.question for inquiry in store.inquiries()] == [WRITTEN["question"]]


def test_the_longest_korean_inquiry_fits_and_what_is_far_longer_is_refused(client, store):
    longest = {"question": "가" * 2000, "background": "나" * 3000, "error": "다" * 3000, "tried": "라" * 3000}
    assert sent(client, **longest).status_code == 303
    assert store.inquiries()[0].content.tried == "라" * 3000
    assert client.post("/inquiry/review", data={"tried": "가" * 30_000}).status_code == 413


@pytest.mark.parametrize("path", ["/inquiry/review", "/inquiry/send"])
def test_who_opens_a_step_of_its_own_begins_anew(client, path):
    response = client.get(path)
    assert (response.status_code, response.location) == (303, "/inquiry")


def test_forms_are_not_for_search_engines(client):
    for response in (client.get("/inquiry"), client.post("/inquiry", data={"query": "환불"}), client.post("/inquiry/review", data={})):
        assert response.headers["X-Robots-Tag"] == "noindex"
