from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from faqbot import messages
from faqbot.corpus import parse_answer, to_json
from faqbot.domain import Outcome, Reason
from faqbot.retrieval.live import Serving
from faqbot.settings import Settings
from faqbot.store import QueryRecord, Via
from tests.contract.conftest import REFUND, RELEASE, written


def ask(client: FlaskClient, query: str, **fields: object) -> TestResponse:
    return client.post("/v1/ask", json={"query": query, **fields})


def test_a_known_question_is_answered_with_everything_an_integrator_needs(client, serving):
    response = ask(client, "환불은 며칠 걸리나요")
    assert response.status_code == 200
    assert response.content_type == "application/json"
    body = response.get_json()
    link = '<a href="https://pay.example.kr/refund" rel="noopener noreferrer nofollow" target="_blank">환불 현황</a>'
    assert body["answer"] == {
        "id": "refund",
        "question": "환불은 며칠 걸리나요?",
        "answer_html": f"<p>카드 결제는 <strong>3일</strong> 걸립니다.</p><ol><li>내 주문</li><li>{link}</li></ol>",
        "answer_text": "카드 결제는 3일 걸립니다.\n\n1. 내 주문\n2. 환불 현황 (https://pay.example.kr/refund)",
        "blocks": to_json(parse_answer(REFUND)),
        "category": "결제>환불",
        "link": {"url": "https://pay.example.kr", "label": "환불 보기"},
        "updated_at": "2026-03-01",
    }
    assert {name: body[name] for name in ("outcome", "reason", "level", "confidence", "release", "fallback", "message", "shown", "categories", "notices")} == {
        "outcome": "answer",
        "reason": "exact",
        "level": "high",
        "confidence": 0.99,
        "release": serving.release.id,
        "fallback": None,
        "message": None,
        "shown": 1,
        "categories": [],
        "notices": [],
    }
    assert {"id": "late", "question": "배송이 늦어요", "short_title": "배송 지연", "category": "배송"} in body["related"]
    assert body["candidates"][0] == {
        "id": "refund",
        "question": "환불은 며칠 걸리나요?",
        "short_title": "환불 기간",
        "category": "결제>환불",
        "confidence": 0.99,
    }
    assert body["interpretation"] == {"normalized": "환불은 며칠 걸리나요", "corrections": []}
    assert body["request_id"] == response.headers["X-Request-ID"]


def test_an_answer_without_link_and_date_says_so(client):
    answer = ask(client, "배송이 늦어요").get_json()["answer"]
    assert (answer["link"], answer["updated_at"]) == (None, None)


def test_several_likely_entries_are_suggested(client):
    body = ask(client, "환불 기간 취소").get_json()
    assert (body["outcome"], body["answer"], body["fallback"]) == ("suggest", None, None)
    assert body["message"] == messages.SUGGEST[Reason.SEVERAL_LIKELY]
    assert {candidate["id"] for candidate in body["candidates"]} == {"refund", "cancel"}


def test_entries_that_share_a_question_are_suggested_together(client):
    body = ask(client, "수수료 얼마예요", limit=1).get_json()
    assert body["reason"] == "shared_question"
    assert [candidate["id"] for candidate in body["candidates"][:2]] == ["fee/a", "fee b?"]


def test_candidates_are_the_bots_in_its_order(client, serving):
    expected = [(c.id, c.confidence) for c in serving.bot.ask("환불 배송 결제", limit=10).candidates]
    body = ask(client, "환불 배송 결제", limit=10).get_json()
    assert [(c["id"], c["confidence"]) for c in body["candidates"]] == expected
    assert len(expected) > 2


def test_a_lower_limit_never_hides_what_a_visitor_should_see(client):
    assert len(ask(client, "환불 결제 배송이", limit=1).get_json()["candidates"]) == 3


def test_the_limit_bounds_the_candidates_of_an_answer(client):
    assert [len(ask(client, "환불은 며칠 걸리나요", limit=limit).get_json()["candidates"]) for limit in (1, 2)] == [1, 2]


def test_an_unknown_query_leads_to_a_person(client):
    body = ask(client, "zzz 999").get_json()
    assert (body["outcome"], body["answer"], body["candidates"], body["confidence"]) == ("fallback", None, [], 0)
    assert body["fallback"] == {
        "reason": "nothing_known",
        "message": messages.FALLBACK[Reason.NOTHING_KNOWN],
        "inquiry_url": "https://help.example.kr/inquiry",
        "phone": "1588-0000 (무료)",
        "hours": "평일 09:00–18:00",
    }
    assert body["message"] == body["fallback"]["message"]


def test_a_site_without_a_form_of_its_own_leads_to_ours_and_says_null_for_what_it_has_not(build):
    fallback = ask(build(Settings()).test_client(), "zzz").get_json()["fallback"]
    assert (fallback["inquiry_url"], fallback["phone"], fallback["hours"]) == ("http://localhost/inquiry", None, None)


def test_our_own_form_is_where_the_app_is_mounted(build):
    client = build(Settings()).test_client()
    response = client.post("/v1/ask", json={"query": "zzz"}, base_url="http://localhost:8000/help")
    assert response.get_json()["contact"]["inquiry_url"] == "http://localhost:8000/help/inquiry"
    assert client.get("/v1/contact", base_url="http://localhost:8000/help/").get_json()["inquiry_url"] == "http://localhost:8000/help/inquiry"


def test_our_own_form_has_the_address_that_visitors_see(build):
    client = build(Settings(public_url="https://help.example.kr/")).test_client()
    assert ask(client, "zzz").get_json()["fallback"]["inquiry_url"] == "https://help.example.kr/inquiry"


def test_the_categories_to_browse_come_with_a_fallback(client):
    assert [category["category"] for category in ask(client, "zzz 999").get_json()["categories"]] == ["결제", "배송", "판매", "<b>"]


@pytest.mark.parametrize(("query", "shown"), [("환불은 며칠 걸리나요", 1), ("환불 기간 취소", 2), ("환불 결제 배송이", 3), ("zzz 999", 0)])
def test_a_reply_says_how_many_candidates_are_for_the_visitor(client, query, shown):
    assert ask(client, query, limit=10).get_json()["shown"] == shown


def test_entries_beside_an_answer_are_those_of_its_category_then_unlikely_candidates(client):
    body = ask(client, "결제 취소 방법", limit=10).get_json()
    assert body["answer"]["id"] == "cancel"
    near = ["fee/a", "refund"]
    assert [entry["id"] for entry in body["related"]] == [*near, *(c["id"] for c in body["candidates"] if c["id"] not in {"cancel", *near})][:4]


@pytest.mark.parametrize("query", ["환불 기간 취소", "zzz 999"])
def test_without_an_answer_nothing_is_related(client, query):
    assert ask(client, query).get_json()["related"] == []


def test_every_reply_tells_the_ways_to_a_person(client):
    contact = ask(client, "환불은 며칠 걸리나요").get_json()["contact"]
    assert {name: contact[name] for name in ("phone", "hours", "inquiry_url", "email", "chat_url", "open_now")} == {
        "phone": "1588-0000 (무료)",
        "hours": "평일 09:00–18:00",
        "inquiry_url": "https://help.example.kr/inquiry",
        "email": None,
        "chat_url": None,
        "open_now": None,
    }


def test_what_was_typed_with_the_wrong_layout_is_told(client):
    notices = ask(client, "ghksqnf 기간").get_json()["notices"]
    assert notices == [{"type": "layout", "typed": "ghksqnf", "read": "환불", "message": "'환불'로 찾았어요."}]


def test_personal_data_in_a_query_is_told_of_and_neither_searched_nor_sent_back(client):
    body = ask(client, "환불은 며칠 걸리나요 010-9753-8642").get_json()
    assert (body["outcome"], body["reason"]) == ("answer", "exact")
    assert [(notice["type"], notice["message"]) for notice in body["notices"]] == [("personal_data", messages.MASKED)]
    assert "9753" not in str({**body, "request_id": "", "feedback_token": ""})


@pytest.mark.parametrize(("query", "times"), [("환불 되나요", 1), ("010-1234-5678 환불 되나요", 2), ("010-1234-5678", 2)])
def test_a_reply_is_kept_for_others_unless_the_query_was_personal(client, serving, monkeypatch, query: str, times: int):
    asked, answer = [], serving.bot.ask
    monkeypatch.setattr(serving.bot, "ask", lambda *of, **more: asked.append(of) or answer(*of, **more))
    replies = [ask(client, query).get_json()["candidates"] for _ in range(2)]
    assert replies[0] == replies[1]
    assert len(asked) == times


def test_a_query_of_personal_data_alone_is_a_query(client):
    assert ask(client, "010-9753-8642").get_json()["outcome"] == "fallback"


def test_a_client_that_masked_a_query_itself_gets_the_same_reply(client):
    told, masked = ask(client, "환불은 며칠 걸리나요 010-9753-8642").get_json(), ask(client, "환불은 며칠 걸리나요 [전화번호]").get_json()
    assert (told["answer"], told["candidates"], told["interpretation"]) == (masked["answer"], masked["candidates"], masked["interpretation"])


@pytest.mark.parametrize("via", list(Via))
def test_a_query_may_say_how_it_came_to_be_asked(client, via):
    assert ask(client, "환불", via=via).status_code == 200


def test_json_that_is_declared_as_text_is_read(client):
    """So that a page of another origin can ask without a preflight."""
    response = client.post("/v1/ask", data='{"query": "배송이 늦어요"}'.encode(), content_type="text/plain;charset=UTF-8")
    assert response.get_json()["answer"]["id"] == "late"


def test_only_the_category_asked_for_is_searched(client):
    body = ask(client, "수수료 얼마예요", category="판매").get_json()
    assert (body["outcome"], body["answer"]["id"]) == ("answer", "fee b?")


def test_a_category_of_two_levels_may_have_spaces_around_its_sign(client):
    assert ask(client, "환불 취소", category="결제 > 취소").get_json()["candidates"][0]["id"] == "cancel"


def test_an_unknown_category_knows_nothing(client):
    assert ask(client, "환불은 며칠 걸리나요", category="여행").get_json()["reason"] == "nothing_known"


def test_the_same_query_gets_the_same_reply(client):
    first, second = (ask(client, "환불 취소").get_json() | {"request_id": "", "feedback_token": ""} for _ in range(2))
    assert first == second


def test_every_reply_has_a_token_of_its_own(client):
    assert len({ask(client, "환불 취소").get_json()["feedback_token"] for _ in range(10)}) == 10


def test_what_others_end_at_comes_before_what_the_table_begins_with(build, store):
    before = [item["id"] for item in build(Settings()).test_client().get("/v1/popular").get_json()["items"]]
    client = build(Settings())
    for _ in range(2):
        ask(client.test_client(), "배송이 늦어요")
    ask(client.test_client(), "결제 취소 방법")
    written(client)
    after = client.test_client().get("/v1/popular").get_json()["items"]
    assert before == ["refund", "late", "fee b?", "<i>", "cancel", "fee/a"]
    assert [item["id"] for item in after] == ["late", "cancel", "refund", "fee b?", "<i>", "fee/a"]
    assert after[0] == {"id": "late", "question": "배송이 늦어요", "short_title": "배송 지연", "category": "배송"}


def test_what_was_asked_a_month_ago_is_no_longer_popular(build, clock):
    app = build(Settings())
    ask(app.test_client(), "배송이 늦어요")
    written(app)
    clock.advance(days=31)
    assert app.test_client().get("/v1/popular").get_json()["items"][0]["id"] == "refund"


def test_what_is_popular_but_not_valid_today_is_not_shown(build, store):
    store.record_query(QueryRecord("설날", Outcome.ANSWER, Reason.CONFIDENT, 0.9, ("old",), RELEASE, answered="old"))
    items = build(Settings()).test_client().get("/v1/popular").get_json()["items"]
    assert "old" not in [item["id"] for item in items]


def test_a_query_that_is_meant_literally_is_read_as_typed(client):
    read, literal = (ask(client, "ghksqnf 기간", literal=literal).get_json() for literal in (False, True))
    assert (read["interpretation"]["normalized"], read["outcome"]) == ("환불 기간", "answer")
    assert literal["interpretation"] == {"normalized": "ghksqnf 기간", "corrections": []}
    assert (literal["notices"], literal["answer"]) == ([], None)


@pytest.mark.parametrize("literal", [1, "true", None, []])
def test_literally_or_not_is_told_by_true_or_false_alone(client, literal):
    response = ask(client, "환불", literal=literal)
    assert (response.status_code, response.get_json()["errors"][0]["field"]) == (422, "literal")


OPEN_ON_MONDAYS = Settings(open_hours="월-금 09:00-18:00", closed_on_holidays=False)


@pytest.mark.parametrize("lang", ["en", "en-US", "EN"])
def test_who_reads_english_is_told_of_now_in_english(build, lang):
    client = build(OPEN_ON_MONDAYS).test_client()
    for contact in (client.get(f"/v1/contact?lang={lang}").get_json(), ask(client, "환불", lang=lang).get_json()["contact"]):
        assert (contact["open_text"], contact["expected"]) == ("We are closed now. We open tomorrow (Mon) at 09:00", "We will answer by Wed, 4 March")


@pytest.mark.parametrize("fields", [{}, {"lang": "ko"}, {"lang": "ja"}, {"lang": ""}])
def test_who_reads_another_language_is_told_of_now_in_korean(build, fields):
    client = build(OPEN_ON_MONDAYS).test_client()
    for contact in (client.get("/v1/contact", query_string=fields).get_json(), ask(client, "환불", **fields).get_json()["contact"]):
        assert contact["open_text"] == "지금은 상담 시간이 아니에요. 내일(월) 09:00에 열어요"


def test_a_client_is_told_whether_the_inquiry_page_is_ours(build, client):
    ours = build(Settings(public_url="https://help.example.kr")).test_client()
    assert [ask(each, "환불").get_json()["contact"]["own_inquiry"] for each in (ours, client)] == [True, False]
    assert [each.get("/v1/contact").get_json()["own_inquiry"] for each in (ours, client)] == [True, False]


def test_the_ways_to_a_person_stand_at_one_place_with_the_consent_of_an_inquiry(build):
    body = (
        build(Settings(phone="1588-0000", call_charge="수신자 부담", open_hours="월-금 09:00-18:00", keep_inquiries=30))
        .test_client()
        .get("/v1/contact")
        .get_json()
    )
    assert (body["phone"], body["call_charge"], body["open_now"]) == ("1588-0000", "수신자 부담", False)
    assert body["inquiry_url"] == "http://localhost/inquiry"
    assert body["consent_version"] == messages.CONSENT_VERSION
    assert "30일이 지나면 지웁니다" in body["consent_text"]


def test_nobody_to_call_means_no_charge_of_a_call(build):
    assert build(Settings(call_charge="수신자 부담")).test_client().get("/v1/contact").get_json()["call_charge"] is None


def test_a_number_written_as_a_decimal_is_the_same_number(client):
    assert client.post("/v1/ask", data=b'{"query": "a", "limit": 3.0}', content_type="application/json").status_code == 200


def test_entries_are_listed_in_the_order_of_the_table(client):
    body = client.get("/v1/faqs").get_json()
    assert [item["id"] for item in body["items"]] == ["refund", "cancel", "late", "fee/a", "fee b?", "<i>"]
    assert body["items"][0] == {"id": "refund", "question": "환불은 며칠 걸리나요?", "short_title": "환불 기간", "category": "결제>환불"}
    assert body["total"] == 6


def test_a_part_of_the_list_knows_the_whole(client):
    body = client.get("/v1/faqs?category=결제&limit=1&offset=1").get_json()
    assert ([item["id"] for item in body["items"]], body["total"]) == (["cancel"], 3)


def test_behind_the_end_of_the_list_is_nothing(client):
    assert client.get("/v1/faqs?offset=1000000").get_json() == {"items": [], "total": 6}


@pytest.mark.parametrize(("path", "entry_id"), [("refund", "refund"), ("fee/a", "fee/a"), ("fee%2Fa", "fee/a"), ("fee%20b%3F", "fee b?"), ("%3Ci%3E", "<i>")])
def test_an_entry_is_found_by_any_id_an_operator_may_choose(client, path, entry_id):
    assert client.get(f"/v1/faqs/{path}").get_json()["id"] == entry_id


def test_asking_and_fetching_give_the_same_answer(client):
    assert client.get("/v1/faqs/refund").get_json() == ask(client, "환불은 며칠 걸리나요").get_json()["answer"]


@pytest.mark.parametrize("entry_id", ["old", "soon", "none", "..", "%00", "a//b"])
def test_an_entry_that_is_unknown_or_not_valid_today_is_not_found(client, entry_id):
    response = client.get(f"/v1/faqs/{entry_id}")
    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


def test_entries_that_are_not_valid_today_are_shown_nowhere(client):
    everywhere = [
        ask(client, "설날 여름 이벤트", limit=10),
        *map(client.get, ("/v1/faqs?limit=100", "/v1/categories", "/v1/suggest?q=이벤트", "/v1/suggest?q=설날")),
    ]
    assert all("이벤트" not in str(response.get_json().get("items", response.get_json().get("candidates"))) for response in everywhere)


def test_categories_are_a_tree_with_counts(client):
    assert client.get("/v1/categories").get_json()["items"][0] == {
        "name": "결제",
        "category": "결제",
        "count": 3,
        "children": [
            {"name": "환불", "category": "결제>환불", "count": 1, "children": []},
            {"name": "취소", "category": "결제>취소", "count": 1, "children": []},
        ],
    }


def test_typing_is_met_with_entries(client):
    items = client.get("/v1/suggest?q=환불&limit=1").get_json()["items"]
    assert items == [{"id": "refund", "question": "환불은 며칠 걸리나요?", "short_title": "환불 기간", "category": "결제>환불"}]


@pytest.mark.parametrize("path", ["/v1/suggest", "/v1/suggest?q=", "/v1/suggest?q=%20%00"])
def test_nothing_typed_is_met_with_nothing(client, path):
    assert client.get(path).get_json() == {"items": []}


def test_the_process_is_alive_without_a_release(client, live):
    live.held = None
    assert client.get("/livez").get_json() == {"status": "ok"}


def test_a_release_that_answers_is_ready(client, serving):
    assert client.get("/readyz").get_json() == {"status": "ready", "release": serving.release.id}


def test_probes_may_have_a_query_string(client):
    assert [client.get(path).status_code for path in ("/livez?t=1", "/readyz?t=1")] == [200, 200]


def test_without_a_release_nothing_is_ready(client, live):
    live.held = None
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["code"]) == (503, "not_ready")


def test_a_release_that_fails_to_answer_is_not_ready(client, live, serving, caplog):
    live.held = Serving(serving.release, None)
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["code"]) == (503, "not_ready")
    assert "AttributeError" in caplog.text


PATHS = ["/v1/faqs", "/v1/faqs/refund", "/v1/categories", "/v1/suggest?q=환불", "/v1/popular", "/readyz", "/", "/faq/refund"]


@pytest.mark.parametrize("path", PATHS)
def test_a_request_takes_the_release_once(client, live, path):
    client.get(path)
    assert live.taken == 1


@pytest.mark.parametrize(("path", "body"), [("/v1/ask", {"json": {"query": "환불"}}), ("/", {"data": {"query": "환불 취소"}})])
def test_asking_takes_the_release_once(client, live, path, body):
    client.post(path, **body)
    assert live.taken == 1


def test_a_release_published_between_two_requests_serves_the_second(client, live, serving):
    assert client.get("/readyz").get_json()["release"] == serving.release.id
    newer = replace(serving.release, id="f" * 16, manifest={"analyzer": "spaces"})
    live.held = Serving(newer, newer.bot(serving.bot._reader.analyzer))
    assert client.get("/readyz").get_json()["release"] == "f" * 16
