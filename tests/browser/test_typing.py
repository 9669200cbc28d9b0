"""Korean is typed without a lost, doubled or stolen key, and looking up while typing bothers the server little."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stage, Wait
from tests.browser.korean_keyboard import KoreanKeyboard, Order
from tests.browser.states import ask, field, heading


def looked_up(staged: Stage) -> list[str]:
    return [body["q"] for body in staged.bot.paths("/v1/suggest")]


def asked(staged: Stage) -> list[str]:
    return [body["query"] for body in staged.bot.paths("/v1/ask")]


@pytest.fixture
def keyboard(page: Page) -> KoreanKeyboard:
    """In front of the focused input."""
    field(page).focus()
    return KoreanKeyboard(page)


def test_enter_of_chrome_on_a_mac_asks_once_with_the_last_syllable(page: Page, keyboard: KoreanKeyboard, staged: Stage):
    keyboard.type("qothd djswp dhkdy")
    keyboard.enter(Order.MAC_CHROME)
    heading(page).wait_for()
    page.wait_for_timeout(300)
    assert asked(staged) == ["배송 언제 와요"]
    expect(field(page)).to_have_value("배송 언제 와요")


def test_enter_that_only_ends_a_composition_asks_nothing(page: Page, keyboard: KoreanKeyboard, staged: Stage):
    keyboard.type("qothdql")
    keyboard.enter(Order.JAPANESE)
    page.wait_for_timeout(300)
    assert asked(staged) == []
    page.keyboard.press("Enter")
    heading(page).wait_for()
    assert asked(staged) == ["배송비"]


def test_enter_of_safari_behind_the_composition_is_not_ours_and_the_next_one_asks_once(page: Page, keyboard: KoreanKeyboard, staged: Stage):
    keyboard.type("qothdql")
    keyboard.enter(Order.SAFARI)
    page.wait_for_timeout(300)
    assert asked(staged) == []
    expect(field(page)).to_have_value("배송비")
    page.keyboard.press("Enter")
    heading(page).wait_for()
    assert asked(staged) == ["배송비"]


def test_an_arrow_while_composing_belongs_to_the_input_method(page: Page, keyboard: KoreanKeyboard):
    keyboard.type("qothd")
    page.get_by_role("listbox", name="추천 질문").wait_for()
    keyboard.arrow_down()
    assert field(page).get_attribute("aria-activedescendant") is None
    keyboard.commit()
    expect(field(page)).to_have_value("배송")
    page.keyboard.press("ArrowDown")
    assert field(page).get_attribute("aria-activedescendant") == "option0"


def test_a_phone_without_composition_events_asks_once(page: Page, keyboard: KoreanKeyboard, staged: Stage):
    keyboard.type_without_composition("qothd djswp dhkdy")
    expect(field(page)).to_have_value("배송 언제 와요")
    page.keyboard.press("Enter")
    heading(page).wait_for()
    assert asked(staged) == ["배송 언제 와요"]


@pytest.fixture
def at_pace(page: Page, keyboard: KoreanKeyboard) -> KoreanKeyboard:
    """Time passes only between its keys, however slow the machine is."""
    page.get_by_role("option").first.wait_for()
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    keyboard.rest = page.clock.run_for
    return keyboard


@pytest.mark.parametrize("pace", [90, 140, 200, 260])
def test_a_word_typed_at_normal_speed_is_looked_up_once(page: Page, at_pace: KoreanKeyboard, staged: Stage, pace: int):
    at_pace.pace = pace
    at_pace.type("qothd")
    page.clock.run_for(1000)
    page.get_by_role("listbox", name="추천 질문").wait_for()
    assert looked_up(staged) == ["배송"]


def test_150_milliseconds_after_quick_keys_the_word_is_looked_up(page: Page, at_pace: KoreanKeyboard, staged: Stage, wait: Wait):
    at_pace.pace = 80
    at_pace.type("qothd")
    page.clock.run_for(60)
    assert looked_up(staged) == []
    page.clock.run_for(20)
    wait(lambda: looked_up(staged) == ["배송"])


def test_the_end_of_a_composition_alone_looks_nothing_up_again(page: Page, at_pace: KoreanKeyboard, staged: Stage):
    at_pace.type("qothd")
    page.clock.run_for(1000)
    page.get_by_role("listbox", name="추천 질문").wait_for()
    at_pace.commit()
    page.clock.run_for(1000)
    page.wait_for_timeout(200)
    assert looked_up(staged) == ["배송"]


def test_one_lookup_is_under_way_at_a_time_and_the_last_word_wins(page: Page, staged: Stage, wait: Wait):
    field(page).focus()
    page.get_by_role("option").first.wait_for()
    staged.bot.delay = 1.5
    field(page).press_sequentially("환불", delay=20)
    wait(lambda: looked_up(staged) == ["환불"])
    field(page).press_sequentially("은", delay=20)
    page.wait_for_timeout(900)
    assert looked_up(staged) == ["환불"]
    wait(lambda: looked_up(staged) == ["환불", "환불은"])
    expect(page.get_by_role("option")).to_have_count(1)


def test_the_list_stays_until_the_next_one_is_here(page: Page, staged: Stage):
    field(page).press_sequentially("배송", delay=20)
    page.get_by_role("listbox", name="추천 질문").wait_for()
    staged.bot.delay = 0.5
    field(page).press_sequentially("비", delay=20)
    page.wait_for_timeout(300)
    expect(page.get_by_role("option")).to_have_count(3)
    expect(page.get_by_role("option")).to_have_count(1)


def test_a_lone_jamo_and_what_may_become_a_number_of_a_person_are_not_looked_up(page: Page, staged: Stage):
    for text in ("ㅂ", "010-1234", "me@"):
        field(page).fill(text)
        page.wait_for_timeout(250)
    assert looked_up(staged) == []


def test_initials_are_looked_up_and_marked(page: Page):
    field(page).fill("ㅂㅅ")
    option = page.get_by_role("listbox", name="추천 질문").get_by_role("option").first
    option.wait_for()
    assert option.locator("b").all_text_contents() == ["배송"]


def test_a_failing_lookup_says_nothing(page: Page, staged: Stage):
    page.route("**/v1/suggest*", lambda route: route.fulfill(status=500))
    field(page).fill("배송")
    page.wait_for_timeout(400)
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.evaluate("heard.map(([name]) => name)") == ["ready"]


def test_an_older_answer_that_comes_later_is_dropped(page: Page, staged: Stage):
    ask(page, "느림 1.2")
    page.wait_for_timeout(100)
    ask(page, "모름")
    heading(page).filter(has_text="딱 맞는 답변을 찾지 못했어요").wait_for()
    page.wait_for_timeout(1500)
    expect(heading(page)).to_have_text("딱 맞는 답변을 찾지 못했어요")
