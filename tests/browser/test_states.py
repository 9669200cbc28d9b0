"""What the box shows, says and reaches in each of its states."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import states
from tests.browser.conftest import Stage, Wait
from tests.browser.states import ask, ask_and_wait, click, field, heading
from tests.browser.stub import ADDRESS, CONTACT, FEE, LATE, PASSWORD, WIDGET, reply_to

_LISTEN = """
window.spoken = [];
for (const region of document.querySelector('faq-box').shadowRoot.querySelectorAll('[role=status]'))
  new MutationObserver(() => region.textContent && spoken.push(region.textContent)).observe(region, { childList: true });
"""


@pytest.fixture
def spoken(page: Page, wait: Wait):
    """What a screen reader was given; waits for as many sentences as are expected."""
    page.evaluate(_LISTEN)

    def sentences(count: int) -> list[str]:
        wait(lambda: len(page.evaluate("spoken")) >= count)
        page.wait_for_timeout(200)
        return page.evaluate("spoken")

    return sentences


def events(page: Page) -> dict:
    return dict(page.evaluate("heard"))


def focused(page: Page) -> str:
    return page.evaluate("document.querySelector('faq-box').shadowRoot.activeElement?.textContent ?? ''")


def buttons(page: Page) -> list[str]:
    return page.locator("section ul.choices button").all_inner_texts()


# --- before and while typing ---


def test_until_the_first_focus_the_script_is_the_only_request(page: Page, staged: Stage):
    field(page).wait_for()
    page.wait_for_timeout(200)
    assert [url for _, url, _ in staged.bot.requests] == ["/widget/v1.js"]


def test_the_first_focus_brings_popular_questions_and_no_later_one_asks_again(page: Page, staged: Stage):
    states.popular(page)
    field(page).blur()
    expect(page.get_by_role("listbox")).to_be_hidden()
    field(page).focus()
    expect(page.get_by_role("option")).to_have_count(5)
    page.wait_for_timeout(200)
    assert sorted(url for _, url, _ in staged.bot.requests) == ["/v1/categories", "/v1/contact?lang=ko", "/v1/popular", "/widget/v1.js"]


def test_arrows_wrap_through_the_input(page: Page):
    states.suggestions(page)
    reached = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        reached.append(field(page).get_attribute("aria-activedescendant"))
    assert reached == ["option1", "option2", None, "option0", None, "option2"]
    assert page.locator("[aria-selected=true]").count() == 1
    expect(field(page)).to_have_value("배송")


def test_escape_closes_the_list_and_the_second_one_clears_the_input(page: Page):
    states.suggestions(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_value("배송")
    assert field(page).get_attribute("aria-expanded") == "false"
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("")


def test_what_was_typed_is_marked_in_the_suggestions_and_their_number_is_read_after_the_last_key(page: Page, spoken):
    states.suggestions(page)
    assert page.get_by_role("option").first.locator("b").all_text_contents() == ["배송"]
    assert page.get_by_role("option").first.locator("small").all_text_contents() == ["배송 › 배송비"]
    assert page.evaluate("spoken") == []
    assert spoken(1) == ["추천 질문 3개가 있어요. 위아래 화살표로 고르세요."]


def test_enter_without_a_chosen_suggestion_asks_what_was_typed(page: Page, staged: Stage):
    field(page).fill("배송")
    page.get_by_role("listbox", name="추천 질문").wait_for()
    page.keyboard.press("Enter")
    heading(page).filter(has_text="혹시 이 질문인가요?").wait_for()
    assert staged.bot.paths("/v1/ask") == [{"query": "배송", "limit": 4, "via": "typed", "lang": "ko"}]


def test_enter_on_a_suggestion_asks_it(page: Page, staged: Stage):
    states.suggestions(page)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(FEE["question"])
    assert staged.bot.paths("/v1/ask") == [{"query": FEE["question"], "limit": 4, "via": "suggestion", "lang": "ko"}]
    expect(field(page)).to_have_value(FEE["question"])


def test_a_clicked_question_shows_its_own_entry_even_where_another_one_has_the_same_words(page: Page, staged: Stage):
    page.route(
        "**/v1/popular",
        lambda route: route.fulfill(json={"items": [{"id": "late", "question": FEE["question"]}]}, headers={"Access-Control-Allow-Origin": "*"}),
    )
    states.popular(page)
    page.get_by_role("option").click()
    expect(heading(page)).to_have_text(LATE["question"])
    assert staged.told("/v1/choices") == [{"token": f"token-{FEE['question']}", "id": "late"}]


# --- waiting ---


def test_a_quick_answer_comes_without_a_word_about_waiting(page: Page, spoken):
    ask(page, "느림 0.2")
    heading(page).wait_for()
    assert spoken(1) == ["답변을 찾았어요: 환불은 며칠 걸리나요?"]


def test_a_wait_is_told_after_300_milliseconds_and_the_button_stays_usable(page: Page, spoken):
    states.loading(page)
    assert page.locator("section").get_attribute("aria-busy") == "true"
    expect(page.get_by_role("button", name="질문하기")).to_be_enabled()
    heading(page).wait_for()
    assert page.locator("section").get_attribute("aria-busy") is None
    assert spoken(2) == ["답변을 찾고 있어요…", "답변을 찾았어요: 환불은 며칠 걸리나요?"]


def test_a_slow_answer_leads_to_a_person_and_escape_ends_the_wait_once(page: Page, spoken):
    states.slow(page)
    expect(page.locator("section").get_by_role("button", name="1:1 문의하기")).to_be_enabled()
    spoken(2)  # whoever is quicker than the voice does not hear it
    page.keyboard.press("Escape")
    expect(page.locator("section")).to_be_hidden()
    expect(field(page)).to_have_value("느림 9")
    assert spoken(3) == ["답변을 찾고 있어요…", "평소보다 오래 걸리고 있어요", "찾기를 멈췄어요."]


def test_after_ten_seconds_it_is_an_error_that_can_be_tried_again(page: Page, staged: Stage):
    page.clock.install()
    ask(page, "느림 11")
    page.wait_for_timeout(100)
    page.clock.run_for(10_000)
    expect(heading(page)).to_have_text("답변을 불러오지 못했어요")
    expect(field(page)).to_have_value("느림 11")
    expect(field(page)).to_be_focused()
    assert events(page)["error"] == {"status": 0, "query": "느림 11"}


# --- answers ---


def test_an_answer_shows_all_there_is_to_it_and_its_heading_is_reached(page: Page, spoken):
    states.answer(page)
    assert focused(page) == "환불은 며칠 걸리나요?"
    section = page.locator("section")
    expect(section.get_by_text("결제 › 환불", exact=True)).to_be_visible()
    expect(section.get_by_text("수정일 2026-01-05")).to_be_visible()
    expect(section.get_by_role("link", name="환불 보기")).to_have_attribute("href", "https://help.example.kr/refund")
    assert [text.split("\n")[0] for text in buttons(page)] == [FEE["question"], ADDRESS["question"], PASSWORD["question"]]
    assert spoken(1) == ["답변을 찾았어요: 환불은 며칠 걸리나요?"]
    assert events(page)["answer"] == {"id": "refund", "question": "환불은 며칠 걸리나요?", "query": "환불 언제 되나요"}


def test_every_kind_of_block_is_shown_as_what_it_is_and_no_text_becomes_a_tag(page: Page):
    states.answer(page)
    part = page.locator("section .answer")
    assert part.locator("strong").all_text_contents() == ["영업일 3일"]
    assert part.locator("h3, h4").all_text_contents() == ["환불 순서", "걸리는 기간"]
    assert part.locator("ol").get_attribute("start") == "2"
    assert part.locator("ol > li").count() == 2
    assert part.locator("ol ul li").all_text_contents() == ["카드", "계좌"]
    assert part.locator("th[scope=col]").all_text_contents() == ["결제수단", "기간", "비고"]
    assert part.locator("tbody tr").count() == 2
    assert part.locator("p br").count() == 1
    assert part.locator("a").evaluate_all("links => links.map((a) => [a.textContent, a.href, a.rel])") == [
        ["환불 현황", "https://pay.example.kr/refund", "noopener"]
    ]
    expect(part.get_by_text("위험한 링크 <img src=x onerror=alert(1)>")).to_be_visible()
    assert part.locator("img").count() == 0


def test_a_related_question_is_asked_as_such(page: Page, staged: Stage):
    states.answer(page)
    page.locator("section ul.choices button").first.click()
    expect(heading(page)).to_have_text(FEE["question"])
    assert staged.bot.paths("/v1/ask")[1] == {"query": FEE["question"], "limit": 4, "via": "related", "lang": "ko"}


def test_the_other_candidates_wait_behind_a_quiet_button(page: Page, staged: Stage):
    states.answer(page)
    more = page.get_by_role("button", name="다른 질문인가요?")
    assert more.get_attribute("aria-expanded") == "false"
    more.click()
    assert more.get_attribute("aria-expanded") == "true"
    page.locator("section").get_by_role("button", name=LATE["question"]).click()
    expect(heading(page)).to_have_text(LATE["question"])
    assert staged.told("/v1/choices") == [{"token": "token-환불 언제 되나요", "id": "late"}]


def test_did_you_mean_offers_what_the_server_names_and_a_way_out(page: Page, staged: Stage, spoken):
    states.candidates(page)
    assert [text.split("\n")[0] for text in buttons(page)] == [FEE["question"], LATE["question"], ADDRESS["question"], "찾는 질문이 없어요"]
    assert focused(page) == "혹시 이 질문인가요?"
    assert spoken(1) == ["비슷한 질문 3개를 찾았어요."]
    assert events(page)["candidates"] == {"ids": ["fee", "late", "address"], "query": "배송"}
    page.locator("section ul.choices button").nth(1).click()
    expect(heading(page)).to_have_text(LATE["question"])
    assert staged.told("/v1/choices") == [{"token": "token-배송", "id": "late"}]
    assert len(staged.bot.paths("/v1/ask")) == 1


def test_none_of_these_is_noted_and_leads_to_a_person(page: Page, staged: Stage):
    states.candidates(page)
    click(page, "찾는 질문이 없어요")
    expect(heading(page)).to_have_text("딱 맞는 답변을 찾지 못했어요")
    expect(page.locator("section").get_by_role("button", name="1:1 문의하기")).to_be_visible()
    assert staged.told("/v1/choices") == [{"token": "token-배송", "id": None}]
    assert focused(page) == "딱 맞는 답변을 찾지 못했어요"


def test_after_none_of_these_the_categories_are_offered(page: Page):
    states.popular(page)
    page.get_by_role("button", name="분류에서 찾기").wait_for()
    ask_and_wait(page, "배송", "혹시 이 질문인가요?")
    click(page, "찾는 질문이 없어요")
    expect(heading(page)).to_have_text("딱 맞는 답변을 찾지 못했어요")
    assert buttons(page) == ["배송", "결제", "계정"]


def test_a_fallback_leads_to_a_person_first_and_to_the_categories(page: Page):
    states.fallback(page)
    section = page.locator("section")
    assert section.locator("button, a").first.inner_text() == "1:1 문의하기"
    expect(section.get_by_role("link", name="1588-0000")).to_have_attribute("href", "tel:15880000")
    expect(section.get_by_text("(수신자 부담)")).to_be_visible()
    expect(section.get_by_text("지금은 상담 시간이 아니에요.")).to_be_visible()
    expect(section.get_by_text("11월 30일(월)까지 답해 드려요.")).to_be_visible()
    assert buttons(page) == ["배송", "결제", "계정"]
    assert events(page)["fallback"] == {"again": False, "query": "모름"}


def test_a_greeting_is_asked_for_a_question_and_is_no_first_fallback(page: Page):
    states.ask_and_wait(page, "안녕하세요", "궁금한 점을 적어 주세요")
    states.ask_and_wait(page, "모름", "딱 맞는 답변을 찾지 못했어요")


def test_the_second_fallback_in_a_row_says_something_else_and_shows_people_before_words(page: Page):
    states.fallback(page)
    before = set(page.locator("section h2, section > p").all_inner_texts())
    states.ask_and_wait(page, "또 모름", "이번에도")
    after = page.locator("section h2, section > p").all_inner_texts()
    assert before.isdisjoint(after)
    assert page.locator("section > h2 + .contact").count() == 1
    assert events(page)["fallback"] == {"again": True, "query": "또 모름"}
    states.answer(page)
    states.ask_and_wait(page, "다시 모름", "딱 맞는 답변을")


def test_a_slip_of_the_keyboard_layout_is_told_and_can_be_undone(page: Page, staged: Stage, spoken):
    states.layout(page)
    note = page.locator("section .note")
    assert note.inner_text().replace("\n", "") == "'배송'으로 찾았어요 · “qothd”로 찾기"
    assert spoken(1) == ["비슷한 질문 2개를 찾았어요. '배송'으로 찾았어요"]
    note.get_by_role("button").click()
    expect(heading(page)).to_have_text("딱 맞는 답변을 찾지 못했어요")
    expect(page.locator("section .note")).to_have_count(0)
    assert staged.bot.paths("/v1/ask")[1] == {"query": "qothd", "limit": 4, "via": "typed", "lang": "ko", "literal": True}


def test_the_whole_question_is_asked_as_typed_even_where_one_word_of_it_was_read_otherwise(page: Page, staged: Stage):
    notices = [{"type": kind, "typed": typed, "read": read, "message": ""} for kind, typed, read in (("layout", "qothd", "배송"), ("spelling", "기갼", "기간"))]
    reply = reply_to("배송") | {"notices": notices}
    page.route("**/v1/ask", lambda route: route.fulfill(json=reply, headers={"Access-Control-Allow-Origin": "*"}), times=1)
    states.ask_and_wait(page, "qothd 기갼", "혹시 이 질문인가요?")
    literal = page.locator("section .note").get_by_role("button")
    assert literal.all_inner_texts() == ["“qothd 기갼”으로 찾기"]
    literal.click()
    expect(heading(page)).to_have_text("딱 맞는 답변을 찾지 못했어요")
    assert [(body["query"], body["literal"]) for body in staged.bot.paths("/v1/ask")] == [("qothd 기갼", True)]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("010-1234-5678로 연락 주세요", "[전화번호]로 연락 주세요"),
        ("주민번호 900101-1234567이에요", "주민번호 [주민등록번호]이에요"),
        ("카드 4111 1111 1111 1111 환불", "카드 [카드번호] 환불"),
        ("국민은행 123456-04-123456로 보내 주세요", "국민은행 [계좌번호]로 보내 주세요"),
        ("gil.dong@example.co.kr로 답해 주세요", "[이메일]로 답해 주세요"),
        ("송장 1012345678, +82 10-1234-5678", "송장 1012345678, [전화번호]"),
        ("주문번호 2026112712345678, 1588-1234, 2026-11-27", "주문번호 2026112712345678, 1588-1234, 2026-11-27"),
    ],
)
def test_personal_data_never_leaves_the_browser(page: Page, staged: Stage, typed: str, sent: str):
    field(page).press_sequentially(typed, delay=1)
    page.wait_for_timeout(300)
    looked_up = staged.bot.paths("/v1/suggest")
    field(page).press("Enter")
    heading(page).wait_for()
    page.wait_for_timeout(300)
    assert [body["query"] for body in staged.bot.paths("/v1/ask")] == [sent]
    notes = page.locator("section .note").all_inner_texts()
    assert ("개인정보로 보이는 내용은 가리고 보냈어요." in notes) == (typed != sent)
    assert not [
        body["q"] for body in looked_up if re.search(r"(\d[-.\s]?){6}|@", body["q"])
    ]  # "01" may be looked up where the machine stutters, a number may not


# --- feedback ---


def test_thanks_for_a_vote_come_in_place_and_nothing_else_is_asked(page: Page, staged: Stage):
    states.answer(page)
    click(page, "도움이 됐어요")
    expect(page.locator("section").get_by_text("의견을 보내 주셔서 고마워요.")).to_be_focused()
    assert staged.told("/v1/feedback") == [{"token": "token-환불 언제 되나요", "vote": 1}]


def test_a_bad_vote_counts_at_once_and_reasons_can_be_added(page: Page, staged: Stage):
    states.feedback(page)
    assert focused(page) == "어떤 점이 아쉬웠나요?"
    assert page.locator("fieldset label").all_inner_texts() == ["질문과 관련 없는 답변이에요", "관련은 있지만 해결되지 않았어요", "오래됐거나 틀린 내용이에요"]
    page.get_by_label("관련은 있지만 해결되지 않았어요").check()
    page.get_by_label("더 알려 주실 내용 (선택)").fill("제 번호는 010-1234-5678")
    click(page, "의견 보내기")
    expect(page.locator("section").get_by_role("button", name="1:1 문의하기")).to_be_visible()
    vote = {"token": "token-환불 언제 되나요", "vote": -1}
    assert staged.told("/v1/feedback", 2) == [vote, vote | {"reason": "not_solved", "text": "제 번호는 [전화번호]"}]


def test_feedback_that_cannot_be_sent_disturbs_nobody(page: Page):
    page.route("**/v1/feedback", lambda route: route.abort())
    states.answer(page)
    click(page, "도움이 됐어요")
    expect(page.locator("section").get_by_text("의견을 보내 주셔서 고마워요.")).to_be_visible()
    assert "error" not in events(page)


# --- trouble ---


def test_an_error_keeps_the_question_offers_a_second_try_and_shows_what_the_page_itself_had(page: Page, staged: Stage, spoken):
    states.error(page)
    expect(field(page)).to_have_value("고장")
    expect(field(page)).to_be_focused()
    expect(page.get_by_role("link", name="도움말에서 찾아보기")).to_be_visible()
    expect(page.locator("section").get_by_role("button", name="1:1 문의하기")).to_be_visible()
    assert spoken(1) == ["답변을 불러오지 못했어요. 잠시 뒤에 다시 시도해 주세요. 적으신 질문은 그대로 있어요."]
    click(page, "다시 시도")
    page.wait_for_timeout(300)
    assert [body["via"] for body in staged.bot.paths("/v1/ask")] == ["typed", "retry"]
    expect(field(page)).to_be_focused()


@pytest.mark.parametrize("query", ["바쁨", "점검"])
def test_a_busy_server_is_left_alone_as_long_as_it_wants(page: Page, staged: Stage, query: str):
    ask_and_wait(page, query, "지금 이용이 많아요")
    expect(page.get_by_text("2초 뒤에 다시 시도해 주세요.").first).to_be_visible()
    retry = page.get_by_role("button", name="다시 시도")
    expect(retry).to_be_disabled()
    ask(page, "환불")
    page.wait_for_timeout(300)
    assert len(staged.bot.paths("/v1/ask")) == 1
    expect(retry).to_be_enabled()
    retry.click()
    expect(heading(page)).to_have_text("환불은 며칠 걸리나요?")
    assert [body["query"] for body in staged.bot.paths("/v1/ask")] == [query, "환불"]


def test_offline_is_told_and_the_question_is_asked_once_when_the_line_is_back(page: Page, staged: Stage, spoken):
    states.offline(page)
    assert spoken(1) == ["인터넷 연결이 끊겼어요. 다시 연결되면 자동으로 찾아 드릴게요."]
    page.context.set_offline(False)
    expect(heading(page)).to_have_text("환불은 며칠 걸리나요?")
    page.wait_for_timeout(300)
    assert [body["via"] for body in staged.bot.paths("/v1/ask")] == ["retry"]


def test_an_empty_or_too_long_question_is_told_at_the_input(page: Page, staged: Stage):
    states.invalid(page)
    assert field(page).get_attribute("aria-invalid") == "true"
    assert staged.bot.paths("/v1/ask") == []
    ask(page, "길이")
    expect(page.get_by_text("질문이 너무 길어요. 300자 이내로 줄여 주세요.").first).to_be_visible()
    field(page).press_sequentially("!")
    assert field(page).get_attribute("aria-invalid") is None


def test_focus_is_not_stolen_from_a_visitor_who_went_elsewhere(page: Page):
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { id: 'other' }))")
    ask(page, "느림 0.6")
    page.locator("#other").focus()
    heading(page).wait_for()
    expect(page.locator("#other")).to_be_focused()


# --- categories and inquiries ---


def test_categories_open_in_place_and_an_answer_leads_back(page: Page):
    states.category_answer(page)
    path = page.get_by_role("navigation", name="분류에서 찾기").get_by_role("button")
    assert path.all_inner_texts() == ["분류에서 찾기", "배송", "배송비"]
    path.nth(1).click()
    expect(heading(page)).to_have_text("분류에서 찾기")
    expect(heading(page)).to_be_focused()
    expect(page.get_by_role("button", name="배송", exact=True)).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("button", name="배송비", exact=True)).to_have_attribute("aria-expanded", "false")


def test_an_inquiry_carries_the_question_and_what_was_shown_but_in_no_address(page: Page, staged: Stage):
    states.answer(page)
    states.fallback(page)
    page.locator("section").get_by_role("button", name="1:1 문의하기").click()
    page.wait_for_url(staged.bot_origin + "/inquiry")
    body = staged.bot.paths("/inquiry")
    assert len(body) == 1
    assert body[0] == {"query": ["모름"], "token": ["token-환불 언제 되나요", "token-모름"]}


def test_an_inquiry_page_of_the_operators_own_is_a_link(page: Page):
    """Where the bot has none, its own form is used, whatever the address that the bot names for it: the tests before this one."""
    contact = CONTACT | {"inquiry_url": "https://shop.example.kr/cs", "own_inquiry": False}
    reply = reply_to("모름") | {"contact": contact}
    page.route("**/v1/ask", lambda route: route.fulfill(json=reply, headers={"Access-Control-Allow-Origin": "*"}))
    states.fallback(page)
    expect(page.locator("section").get_by_role("link", name="1:1 문의하기")).to_have_attribute("href", "https://shop.example.kr/cs")


def _late_contact(page: Page) -> Callable[[], None]:
    """Focus the input and hold the contact details back; what is returned lets them come, with an inquiry page of the operator's own."""
    held: list[Route] = []
    page.route("**/v1/contact*", lambda route: held.append(route))  # noqa: PLW0108  # a built-in method cannot be given a name
    with page.expect_response("**/v1/categories"), page.expect_request("**/v1/contact*"):
        field(page).focus()
    page.get_by_role("option").first.wait_for()

    def come() -> None:
        contact = CONTACT | {"inquiry_url": "https://shop.example.kr/cs", "own_inquiry": False}
        with page.expect_response("**/v1/contact*") as response:
            held[0].fulfill(json=contact, headers={"Access-Control-Allow-Origin": "*"})
        response.value.finished()
        page.wait_for_timeout(200)

    return come


def test_a_press_that_began_before_the_contact_details_came_is_not_lost(page: Page, staged: Stage):
    page.evaluate("document.addEventListener('faqbox:inquiry', (event) => event.preventDefault())")
    come = _late_contact(page)
    page.get_by_role("button", name="1:1 문의하기").hover()
    page.mouse.down()
    come()
    page.mouse.up()
    assert events(page)["inquiry"]["url"] == staged.bot_origin + "/inquiry"


def test_the_focus_at_the_foot_stays_when_the_contact_details_come(page: Page):
    come = _late_contact(page)
    page.get_by_role("button", name="1:1 문의하기").focus()
    come()
    assert focused(page) == "1:1 문의하기"


def test_the_foot_leads_to_the_operators_own_page_once_nothing_in_it_is_held(page: Page):
    come = _late_contact(page)
    page.get_by_role("button", name="1:1 문의하기").focus()
    come()
    field(page).focus()
    expect(page.get_by_role("link", name="1:1 문의하기")).to_have_attribute("href", "https://shop.example.kr/cs")


def test_a_press_at_the_foot_under_a_closed_list_is_not_lost(page: Page):
    states.popular(page)
    page.keyboard.press("Escape")
    click(page, "분류에서 찾기")
    expect(heading(page)).to_have_text("분류에서 찾기")


def test_a_page_may_take_an_inquiry_into_its_own_hands(page: Page, staged: Stage):
    page.evaluate("document.addEventListener('faqbox:inquiry', (event) => event.preventDefault())")
    states.fallback(page)
    page.locator("section").get_by_role("button", name="1:1 문의하기").click()
    page.wait_for_timeout(200)
    assert page.url.startswith(staged.host)
    assert events(page)["inquiry"] == {"query": "모름", "tokens": ["token-모름"], "url": staged.bot_origin + "/inquiry"}


@pytest.mark.parametrize(("more", "address"), [("", "/cs/inquiry"), ("&carry=query", "/cs/inquiry?q=%EB%AA%A8%EB%A6%84")])
def test_an_inquiry_page_of_ones_own_gets_the_question_only_on_demand(staged: Stage, more: str, address: str):
    page = staged.open("/?inquiry-url=/cs/inquiry" + more)
    states.fallback(page)
    expect(page.locator("section").get_by_role("link", name="1:1 문의하기")).to_have_attribute("href", staged.host + address)


def test_sentences_have_the_same_names_in_both_languages():
    source = WIDGET.with_name("faq-box.js").read_text(encoding="utf-8")
    korean = source.split("const SENTENCES = {")[1].split("};")[0]
    english = json.loads(WIDGET.with_name("faq-box.en.json").read_text(encoding="utf-8"))
    assert [line.split(":")[0].strip() for line in korean.strip().splitlines()] == list(english)
