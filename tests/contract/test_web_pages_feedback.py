"""Feedback without JavaScript: on a reply with its token, on an entry without one."""

import pytest

from faqbot import messages
from faqbot.settings import Settings
from faqbot.store import FeedbackReason, Via
from tests.contract.page import Form, Page, asked, page


@pytest.fixture
def app(build):
    return build(Settings())


def query_of(app, form) -> int:
    app.extensions["faqbot"].journal.flush()
    return app.extensions["faqbot"].tokens.read(form.values("token")[-1])


def told_no(client, shown: Page) -> Form:
    """The form that asks why, after "it did not help" was pressed on a page."""
    return page(shown.form("/feedback", messages.NO).send(client, messages.NO)).form("/feedback", messages.FEEDBACK_SEND)


def test_a_reply_that_helped_is_kept_with_its_query(client, app, store):
    form = asked(client, "환불은 며칠 걸리나요").form("/feedback", messages.YES)
    thanks = page(form.send(client, messages.YES))
    assert messages.THANKS_YES in thanks.text
    assert "/faq/refund" in thanks.hrefs()
    assert thanks.is_noindex
    assert store.feedback(query_of(app, form)).vote == 1


def test_a_reply_that_did_not_help_is_kept_with_reason_and_masked_words(client, app, store):
    form = told_no(client, asked(client, "환불은 며칠 걸리나요"))
    thanks = page(form.send(client, messages.FEEDBACK_SEND, {"reason": "outdated", "text": "010-1234-5678로\n알려 주세요"}))
    assert messages.THANKS_NO in thanks.text
    kept = store.feedback(query_of(app, form))
    assert (kept.vote, kept.reason, kept.entry_id) == (-1, FeedbackReason.OUTDATED, "refund")
    assert "1234" not in kept.text
    assert "알려 주세요" in kept.text
    inquiry = thanks.form("/inquiry", messages.INQUIRY)
    assert (inquiry.value("query"), inquiry.values("token")) == ("환불은 며칠 걸리나요", form.values("token"))


def test_a_reply_that_did_not_help_is_kept_at_the_first_press(client, app, store):
    form = asked(client, "환불은 며칠 걸리나요").form("/feedback", messages.NO)
    thanks = page(form.send(client, messages.NO))
    assert (messages.THANKS_TELL_MORE in thanks.text, messages.THANKS_NO in thanks.text) == (True, False)
    assert store.feedback(query_of(app, form)).vote == -1


def test_the_three_reasons_can_be_chosen_and_none_need_be(client, app, store):
    reply = asked(client, "환불은 며칠 걸리나요").form("/feedback", messages.NO)
    more = page(reply.send(client, messages.NO))
    assert [radio["value"] for radio in more.all("input") if radio.get("type") == "radio"] == list(FeedbackReason)
    thanks = page(more.form("/feedback", messages.FEEDBACK_SEND).send(client, messages.FEEDBACK_SEND))
    assert not [form for form in thanks.forms if form.action == "/feedback"], "nothing is asked a second time"
    assert store.feedback(query_of(app, reply)).reason is None


def test_the_last_vote_counts(client, app, store):
    reply = asked(client, "환불은 며칠 걸리나요")
    page(reply.form("/feedback", messages.YES).send(client, messages.YES))
    form = reply.form("/feedback", messages.NO)
    page(form.send(client, messages.NO))
    assert store.feedback(query_of(app, form)).vote == -1


def test_feedback_on_a_chosen_candidate_is_about_that_entry(client, app, store):
    chosen = page(asked(client, "환불 취소").form("/choices").send(client, "결제 취소 방법"))
    form = chosen.form("/feedback", messages.YES)
    page(form.send(client, messages.YES))
    assert store.feedback(query_of(app, form)).entry_id == "cancel"


def test_an_entry_that_was_read_without_asking_takes_feedback_too(client, app, store):
    services = app.extensions["faqbot"]
    given = []
    services.tokens.sign, sign = (lambda query_id: given.append(query_id) or sign(query_id)), services.tokens.sign
    page(page(client.get("/faq/refund")).form("/feedback", messages.YES).send(client, messages.YES))
    assert (store.query(given[0]).record.via, store.feedback(given[0]).entry_id) == (Via.CATEGORY, "refund")


def test_why_an_entry_that_was_read_did_not_help_is_kept_with_the_same_vote(client, app, store):
    services = app.extensions["faqbot"]
    given = []
    services.tokens.sign, sign = (lambda query_id: given.append(query_id) or sign(query_id)), services.tokens.sign
    form = told_no(client, page(client.get("/faq/refund")))
    page(form.send(client, messages.FEEDBACK_SEND, {"reason": "outdated"}))
    assert [(store.feedback(query).vote, store.feedback(query).reason) for query in given] == [(-1, FeedbackReason.OUTDATED)]


def test_another_site_cannot_vote_on_an_entry(client):
    page(client.post("/feedback", data={"id": "refund", "vote": "1"}, headers={"Sec-Fetch-Site": "cross-site"}), 404)
    page(client.post("/feedback", data={"id": "refund", "vote": "1"}, headers={"Origin": "https://evil.example"}), 404)


def test_words_that_are_too_long_come_back_with_what_to_do(client, app, store):
    form = told_no(client, asked(client, "환불은 며칠 걸리나요"))
    again = page(form.send(client, messages.FEEDBACK_SEND, {"reason": "not_solved", "text": "가" * 1001}), 422)
    assert messages.FEEDBACK_TOO_LONG.format(max_length=1000, length=1001) in again.text
    field = again.with_id("feedback-text")
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "feedback-error")
    back = again.form("/feedback")
    assert (back.value("text"), back.value("reason")) == ("가" * 1001, "not_solved")
    page(back.send(client, messages.FEEDBACK_SEND, {"text": "짧게"}))
    assert store.feedback(query_of(app, form)).text == "짧게"


@pytest.mark.parametrize("changes", [{"vote": ""}, {"vote": "2"}, {"vote": "1", "reason": "other"}])
def test_what_no_form_of_ours_sends_is_refused(client, changes):
    page(client.post("/feedback", data={"id": "refund", **changes}), 400)


def test_an_altered_token_is_refused(client):
    assert messages.PROBLEM["invalid_token"][1] in page(client.post("/feedback", data={"token": "x", "vote": "1"}), 422).text


def test_an_unknown_entry_takes_no_feedback(client):
    page(client.post("/feedback", data={"id": "none", "vote": "1"}), 404)


def test_words_survive_a_store_that_is_down(client, app, store, database):
    form = told_no(client, page(client.get("/faq/refund")))
    store.close()
    database.write_bytes(b"not a database")
    failed = page(form.send(client, messages.FEEDBACK_SEND, {"reason": "outdated", "text": "<b>틀려요"}), 503)
    assert messages.PROBLEM["not_stored"][1] in failed.text
    assert (failed.form("/feedback").value("text"), failed.form("/feedback").value("reason")) == ("<b>틀려요", "outdated")


def test_words_survive_the_limit(build):
    client = build(Settings(limit_feedback="2/minute")).test_client()
    form = told_no(client, page(client.get("/faq/refund")))
    page(form.send(client, messages.FEEDBACK_SEND))
    assert page(form.send(client, messages.FEEDBACK_SEND, {"text": "틀려요"}), 429).form("/feedback").value("text") == "틀려요"
