"""Everybody can read and reach everything, in every state and look."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Stage, tool
from tests.browser.states import STATES, answer, fallback, field, popular, suggestions

#: Browser settings of a look, and the theme of the box.
LOOKS: dict[str, tuple[dict[str, Any], str]] = {
    "light": ({"color_scheme": "dark"}, "light"),  # a dark browser does not darken a light box
    "dark": ({"color_scheme": "light"}, "dark"),
    "forced colours": ({"forced_colors": "active"}, "auto"),
}
#: Incomplete rules with the reason why the machine cannot decide, and why it is right here.
EXPLAINED: dict[str, str] = {}

_SMALL = """
() => {
  const inline = (node) => node.tagName === 'A' && !node.matches('.tall, .button');
  const root = document.querySelector('faq-box').shadowRoot;
  return [...root.querySelectorAll('a, button, input:not([type=hidden]), textarea, [role=option], label.choice')]
    .filter((node) => node.checkVisibility() && !inline(node) && !node.matches('.choice input'))
    .map((node) => [node.textContent, node.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([text, box]) => `${text} ${box.width}x${box.height}`);
}
"""
_FONT_SIZES = """
() => {
  const root = document.querySelector('faq-box').shadowRoot;
  return [...root.querySelectorAll('.box *')].map((node) => parseFloat(getComputedStyle(node).fontSize));
}
"""


@pytest.fixture(params=LOOKS)
def theme(request: pytest.FixtureRequest) -> str:
    return LOOKS[request.param][1]


@pytest.fixture
def look(request: pytest.FixtureRequest, theme: str) -> dict[str, Any]:
    return next(options for options, name in LOOKS.values() if name == theme)


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_leaves_nothing_open(staged: Stage, theme: str, state: str):
    page = staged.open(f"/?theme={theme}")
    STATES[state](page)
    page.evaluate(tool("axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations', 'incomplete'] })")
    lines = {
        kind: [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found[kind] if rule["id"] not in EXPLAINED for node in rule["nodes"]]
        for kind in ("violations", "incomplete")
    }
    assert lines == {"violations": [], "incomplete": []}


class TestSizes:
    """Without the themes: they change colours only."""

    @pytest.fixture(params=[1])
    def theme(self) -> str:
        return "light"

    @pytest.fixture
    def look(self) -> dict[str, Any]:
        return {"viewport": {"width": 320, "height": 640}}

    @pytest.mark.parametrize("state", STATES)
    def test_on_the_narrowest_phone_nothing_scrolls_sideways_and_buttons_have_44_pixels_and_text_16(self, page: Page, state: str):
        STATES[state](page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(_SMALL) == []
        assert min(page.evaluate(_FONT_SIZES)) >= 16

    @pytest.mark.parametrize(("style", "size"), [("large", 32), ("tiny", 16)])
    @pytest.mark.parametrize("state", ["suggestions", "answer", "fallback", "feedback", "categories"])
    def test_text_grows_with_the_visitors_setting_and_not_below_16_pixels_and_still_fits(self, staged: Stage, state: str, style: str, size: int):
        page = staged.open(f"/?style={style}")
        STATES[state](page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(_SMALL) == []
        assert min(page.evaluate(_FONT_SIZES)) >= size


def snapshot(page: Page) -> str:
    return page.locator("faq-box").aria_snapshot()


class TestSpeech:
    """What a screen reader is told about the box."""

    @pytest.fixture(params=[1])
    def theme(self) -> str:
        return "light"

    def test_the_input_is_a_combobox_with_a_label_a_hint_and_its_list(self, page: Page):
        popular(page)
        assert '- combobox "무엇을 도와드릴까요?" [expanded]' in snapshot(page)
        assert '- listbox "자주 찾는 질문":' in snapshot(page)
        hint = page.evaluate(
            "(() => { const r = document.querySelector('faq-box').shadowRoot; return r.getElementById(r.getElementById('input').getAttribute('aria-describedby')).textContent })()"
        )
        assert hint == "질문을 적으면 추천 질문이 나와요. 위아래 화살표로 고를 수 있어요."
        assert page.locator("faq-box").get_attribute("lang") == "ko"

    def test_the_reached_suggestion_is_the_selected_one(self, page: Page):
        suggestions(page)
        assert '- option "배송비는 얼마인가요? 배송 › 배송비" [selected]' in snapshot(page)

    def test_the_heading_of_an_answer_is_below_the_heading_of_the_page(self, page: Page):
        answer(page)
        assert '- heading "환불은 며칠 걸리나요?" [level=2]' in snapshot(page)

    def test_tab_goes_from_the_input_to_the_button_and_through_the_card(self, page: Page):
        fallback(page)
        field(page).focus()
        reached = []
        for _ in range(7):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.querySelector('faq-box').shadowRoot.activeElement.textContent"))
        assert reached == ["질문하기", "1:1 문의하기", "채팅 상담", "1588-0000", "help@shop.example.kr", "배송", "결제"]
