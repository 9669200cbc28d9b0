"""The review queue in a real browser: a person with a keyboard works through it, and nothing is sent that was not meant."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.desk_stage import desk, logged_in
from tests.browser.learning_stage import CLUSTERS

pytestmark = pytest.mark.slow
#: Two of them were put aside before.
WAITING = CLUSTERS - 2


@pytest.fixture
def origin(trained_site: Path, tmp_path: Path) -> Iterator[str]:
    with desk(trained_site, tmp_path) as address:
        yield address


@pytest.fixture
def context(browser: Browser, origin: str) -> Iterator[BrowserContext]:
    found = logged_in(browser, origin, viewport={"width": 1280, "height": 800})
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext, origin: str) -> Page:
    found = context.new_page()
    found.goto(f"{origin}/admin/questions")
    return found


def boxes(page: Page) -> int:
    return page.locator("input[name=id]").count()


def waiting(page: Page) -> int:
    return int(page.get_by_role("list", name="상태").get_by_role("link").first.locator(".tab-count").inner_text())


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_every_key_press_decides_one_and_the_next_one_is_there(page: Page) -> None:
    page.locator("input[name=id]").first.focus()
    for done in range(1, 21):
        press(page, "hist"[done % 4])
        assert waiting(page) == WAITING - done
        expect(page.locator("input[name=id]").first).to_be_focused()


def test_chosen_ones_are_decided_together_and_taken_back(page: Page) -> None:
    page.locator("input[name=id]").first.focus()
    for key in ("Space", "j", "Space", "j", "j", "k", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("고른 3묶음을")).to_be_visible()
    press(page, "i")
    assert waiting(page) == WAITING - 3
    press(page, "z")
    assert waiting(page) == WAITING


def test_the_entry_that_is_near_is_one_key(page: Page) -> None:
    page.locator("input[name=id]").first.focus()
    press(page, "a")
    expect(page.get_by_text("1묶음을 다른 질문으로 붙였어요 → refund").first).to_be_visible()


def test_keys_do_nothing_elsewhere_and_enter_sends_nothing(page: Page) -> None:
    page.get_by_role("link", name="보류").focus()
    for key in ("i", "s", "a"):
        page.keyboard.press(key)
    page.locator("input[name=id]").first.focus()
    page.keyboard.press("Space")
    press(page, "Enter")
    assert page.locator("input[name=id]").first.is_checked()
    assert waiting(page) == WAITING


def test_without_scripts_the_same_is_done_with_boxes_and_buttons(browser: Browser, origin: str, context: BrowserContext) -> None:
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(f"{origin}/admin/questions")
    shown = boxes(page)
    for place in range(shown):
        page.locator("input[name=id]").nth(place).check()
    page.get_by_role("button", name="무시", exact=True).click()
    assert waiting(page) == WAITING - shown
    page.locator("input[name=id]").first.check()
    page.get_by_role("button", name="한 FAQ에 붙이기", exact=True).click()
    page.get_by_label("FAQ 찾기").fill("비밀번호")
    page.get_by_role("button", name="찾기").click()
    page.get_by_role("radio", name="비밀번호를 잊어버렸어요").check()
    page.get_by_role("button", name="다른 질문으로 붙이기").click()
    expect(page.get_by_text("1묶음을 다른 질문으로 붙였어요 → password").first).to_be_visible()
    plain.close()
