"""Asking without JavaScript: the reply, what is offered beside it, and what becomes of a choice."""

import pytest

from faqbot import messages
from faqbot.domain import Level, Outcome, Reason
from faqbot.settings import Settings
from faqbot.store import NewNotice, Via
from tests.contract.conftest import TODAY
from tests.contract.page import asked, page


@pytest.fixture
def app(build):
    return build(Settings(phone="1588-0000", chat_url="https://chat.example.kr/"))


def token_of(reply) -> str:
    return reply.form("/").values("token")[-1]


def stored(app, store, token):
    services = app.extensions["faqbot"]
    services.journal.flush()
    return store.query(services.tokens.read(token))


def test_an_answer_is_shown_with_category_link_day_and_confidence(client):
    reply = asked(client, "환불은 며칠 걸리나요")
    assert {"https://pay.example.kr", "https://pay.example.kr/refund"} <= set(reply.hrefs())
    assert reply.all("time") == [{"datetime": "2026-03-01"}]
    assert reply.all("strong")
    assert all(
        words in reply.text for words in ("결제 › 환불", "카드 결제는 3일 걸립니다.", "환불 보기", f"{messages.LEVEL[Level.HIGH]} (99%)", "2026년 3월 1일")
    )
    assert reply.title.startswith("환불은 며칠 걸리나요?")


def test_the_reply_is_where_the_browser_goes_after_asking(client):
    assert page(client.get("/")).forms[0].action == "/#reply"
    for query in ("환불은 며칠 걸리나요", "환불 취소", "zzz 999"):
        assert asked(client, query).with_id("reply")["tabindex"] == "-1"


def test_other_candidates_stand_behind_a_question_and_related_entries_beside_an_answer(client):
    reply = asked(client, "환불은 며칠 걸리나요")
    assert messages.OTHER in reply.text
    assert [button.value for button in reply.form("/choices").buttons if button.name == "id"]
    shown = {button.value for button in reply.form("/choices").buttons if button.name == "id"}
    related = [href for href in reply.hrefs() if href.startswith("/faq/")]
    assert related
    assert not {href.removeprefix("/faq/") for href in related} & (shown | {"refund"})


def test_the_typed_text_stays_in_the_form(client):
    assert asked(client, "환불 취소").form("/").value("query") == "환불 취소"


def test_suggestions_end_with_none_of_these(client):
    reply = asked(client, "환불 취소")
    assert messages.SUGGEST[Reason.SEVERAL_LIKELY] in reply.text
    buttons = reply.form("/choices").buttons
    assert {button.value for button in buttons[:-1]} == {"refund", "cancel"}
    assert buttons[-1].words == messages.NONE_OF_THESE


def test_suggestions_of_one_question_are_told_apart_by_category(client):
    words = [button.words for button in asked(client, "수수료 얼마예요").form("/choices").buttons]
    assert words[:2] == ["수수료 얼마예요 결제", "수수료 얼마예요 판매"]


def test_a_choice_is_kept_and_shows_its_answer_with_feedback_on_the_query(client, app, store):
    reply = asked(client, "환불 취소")
    chosen = page(reply.form("/choices").send(client, "결제 취소 방법"))
    assert "내 주문에서 취소합니다." in chosen.text
    assert chosen.form("/feedback", messages.YES).values("token") == [token_of(reply)]
    assert stored(app, store, token_of(reply)).chosen == "cancel"


def test_none_of_these_is_kept_and_leads_to_a_person_with_the_query(client, app, store):
    reply = asked(client, "환불 취소")
    none = page(reply.form("/choices").send(client, messages.NONE_OF_THESE))
    assert messages.REJECTED_TITLE in none.text
    form = none.form("/inquiry", messages.INQUIRY)
    assert (form.value("query"), form.values("token")) == ("환불 취소", [token_of(reply)])
    record = stored(app, store, token_of(reply))
    assert record.chosen is None
    assert record.chose_at is not None


def test_a_choice_while_the_store_is_down_still_shows_the_answer(client, database, store):
    reply = asked(client, "환불 취소")
    client.application.extensions["faqbot"].journal.flush()
    store.close()
    database.write_bytes(b"not a database")
    assert "내 주문에서 취소합니다." in page(reply.form("/choices").send(client, "결제 취소 방법")).text


@pytest.mark.parametrize("form", [{}, {"id": "refund"}, {"token": "made up", "id": "refund"}, {"token": "가" * 501, "id": "refund"}])
def test_a_choice_without_a_token_of_ours_is_refused(client, form):
    assert messages.PROBLEM["invalid_token"][1] in page(client.post("/choices", data=form), 422).text


def test_a_choice_of_nothing_that_is_shown_is_not_found(client):
    page(client.post("/choices", data={"token": token_of(asked(client, "환불 취소")), "id": "old"}), 404)


def test_a_fallback_leads_to_a_person_first_and_to_categories(client):
    reply = asked(client, "zzz 999")
    assert messages.FALLBACK_TITLE[Reason.NOTHING_KNOWN] in reply.text
    assert reply.text.index(messages.INQUIRY) < reply.text.index(messages.BROWSE)
    assert reply.form("/inquiry").value("query") == "zzz 999"
    assert reply.form("/inquiry").values("token") == [token_of(reply)]
    assert any(href.startswith("/category/") for href in reply.hrefs())
    assert not any("/faq/" in href for href in reply.hrefs())


def test_the_second_fallback_in_a_row_is_worded_differently_and_offers_every_way_to_a_person(client):
    first = asked(client, "zzz 999")
    second = page(first.form("/").send(client, messages.SEARCH, {"query": "yyy 888"}))
    assert messages.AGAIN_TITLE in second.text
    assert messages.AGAIN_MORE in second.text
    assert not any(words in second.text for words in (*messages.FALLBACK_TITLE.values(), messages.FALLBACK_MORE))
    assert second.hrefs().count("tel:15880000") == 2
    assert second.form("/inquiry").values("token") == [token_of(first), token_of(second)]


def test_none_of_these_counts_as_a_miss(client):
    first = asked(client, "zzz 999")
    second = page(first.form("/").send(client, messages.SEARCH, {"query": "환불 취소"}))
    assert messages.FALLBACK_MORE in page(second.form("/choices").send(client, messages.NONE_OF_THESE)).text
    third = page(second.form("/choices").send(client, messages.NONE_OF_THESE))
    assert messages.AGAIN_TITLE in page(third.form("/").send(client, messages.SEARCH, {"query": "yyy 888"})).text


def test_an_answer_between_two_fallbacks_begins_anew(client):
    reply = asked(client, "zzz 999")
    for query in ("환불은 며칠 걸리나요", "yyy 888"):
        reply = page(reply.form("/").send(client, messages.SEARCH, {"query": query}))
    assert messages.FALLBACK_MORE in reply.text


@pytest.mark.parametrize("misses", ["", "-1", "x", "²", "9" * 5000, "1e9"])
def test_a_counter_that_is_none_is_the_first_time(client, misses):
    assert messages.FALLBACK_MORE in page(client.post("/", data={"query": "zzz 999", "misses": misses})).text


def test_a_long_conversation_carries_its_last_ten_tokens(client):
    reply = asked(client, "zzz 1")
    for number in range(2, 13):
        reply = page(reply.form("/").send(client, messages.SEARCH, {"query": f"zzz {number}"}))
    assert len(set(reply.form("/inquiry").values("token"))) == 10


@pytest.mark.parametrize(("query", "code"), [("", "empty"), (" \u200b", "empty"), ("가나" * 200, "too_long")])
def test_a_refused_query_is_explained_beside_the_form_with_the_text_kept(client, query, code):
    reply = asked(client, query, status=422)
    field = reply.with_id("query")
    assert messages.PROBLEM[code][1] in reply.text
    assert reply.title.startswith(messages.ERROR_PREFIX)
    assert (field["value"], field["aria-invalid"], field["aria-describedby"]) == (query, "true", "query-error")
    assert "autofocus" in field
    assert {"id": "query-error", "class": "error", "role": "alert"} in reply.all("p")


def test_a_form_without_a_query_is_an_empty_one(client):
    assert client.post("/", data=b"\xff", content_type="text/plain").status_code == 422


def test_a_form_above_the_limit_is_refused_with_a_page(client):
    response = client.post("/", data={"query": "가" * 20_000})
    assert (response.status_code, response.mimetype) == (413, "text/html")


def test_a_query_that_was_read_otherwise_says_so(client):
    assert "'환불 취소'로 찾았어요." in asked(client, "ghksqnf cnlth").text


def test_a_query_that_was_read_otherwise_can_be_asked_as_it_was_typed(client):
    reply = asked(client, "ghksqnf cnlth")
    literal = next(form for form in reply.forms if any(button.name == "literal" for button in form.buttons))
    assert [button.words for button in literal.buttons] == ["“ghksqnf cnlth”로 찾기"]
    again = page(literal.send(client, "“ghksqnf cnlth”로 찾기"))
    assert messages.FALLBACK_MORE in again.text
    assert "찾았어요." not in again.text
    assert not any(button.name == "literal" for form in again.forms for button in form.buttons)
    assert again.form("/inquiry").values("token") == [token_of(reply), token_of(again)]


def test_a_query_that_was_read_as_typed_offers_nothing_of_the_kind(client):
    reply = asked(client, "환불 취소 010-1234-5678")
    assert not any(button.name == "literal" for form in reply.forms for button in form.buttons)


def test_personal_data_in_a_query_is_masked_before_it_is_stored_and_the_visitor_is_told(client, app, store):
    reply = asked(client, "환불 취소 010-1234-5678")
    assert messages.MASKED in reply.text
    assert "1234" not in stored(app, store, token_of(reply)).record.text


def test_no_page_that_repeats_a_query_can_be_indexed(client):
    reply = asked(client, "환불 취소")
    responses = [client.post("/", data={"query": query}) for query in ("환불은 며칠 걸리나요", "환불 취소", "zzz 999", "")]
    responses += [reply.form("/choices").send(client, words) for words in ("결제 취소 방법", messages.NONE_OF_THESE)]
    responses.append(client.post("/inquiry", data={"query": "환불 취소"}))
    for response in responses:
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert page(response, response.status_code).is_noindex
        assert not [link for link in page(response, response.status_code).all("link") if link["rel"] == "canonical"]


def test_the_notices_of_today_stand_on_the_first_page(client, store):
    notice = store.add_notice(NewNotice("점검 안내", "**새벽**에 멈춰요.", TODAY))
    store.add_notice(NewNotice("지난 안내", "끝났어요.", TODAY.replace(month=1), TODAY.replace(month=2)))
    home = page(client.get("/"))
    assert "점검 안내" in home.text
    assert "지난 안내" not in home.text
    assert f"/notice/{notice.id}" in home.hrefs()


def test_the_first_page_and_the_reply_outlive_the_store(client, store, database):
    store.close()
    database.write_bytes(b"not a database")
    assert messages.POPULAR in page(client.get("/")).text
    assert "카드 결제는 3일 걸립니다." in asked(client, "환불은 며칠 걸리나요").text


def test_popular_questions_are_those_that_visitors_ended_at(client, app):
    asked(client, "배송이 늦어요")
    app.extensions["faqbot"].journal.flush()
    assert next(href for href in page(client.get("/")).hrefs() if href.startswith("/faq/")) == "/faq/late"


def test_a_query_is_written_down_with_its_outcome(client, app, store):
    record = stored(app, store, token_of(asked(client, "환불은 며칠 걸리나요"))).record
    assert (record.outcome, record.answered, record.via) == (Outcome.ANSWER, "refund", Via.TYPED)


@pytest.mark.parametrize("said", ["안녕하세요", "고마워요"])
def test_a_greeting_and_thanks_are_not_met_with_a_question_back(client, said):
    title = asked(client, said).title.partition(" · ")[0]
    assert (title, "?" in title) == (messages.FALLBACK_TITLE[Reason.NOTHING_ASKED], False)


def test_a_greeting_is_met_with_what_to_do_and_counts_as_no_miss(client):
    reply = asked(client, "안녕하세요")
    assert messages.FALLBACK_TITLE[Reason.NOTHING_ASKED] in reply.text
    assert messages.ASK_ME in reply.text
    again = page(client.post("/", data={"query": "zzz 999", "misses": reply.form("/").value("misses")}))
    assert messages.AGAIN_TITLE not in again.text
