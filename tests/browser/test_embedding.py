"""The box on other people's pages: it needs little, leaves nothing behind, and neither changes the page nor is changed by it."""

import gzip
import io
import subprocess

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from tests.browser import states
from tests.browser.conftest import HERE, Stage, program, tool
from tests.browser.states import ask_and_wait, field, heading
from tests.browser.stub import WIDGET

#: Bytes of the one file, compressed.
BUDGET = 10_240


def test_the_file_that_is_served_fits_the_budget():
    assert len(gzip.compress(WIDGET.read_bytes(), 9)) <= BUDGET


def test_the_version_on_the_first_line_is_that_of_the_programming_interface(page: Page):
    states.idle(page)
    assert WIDGET.read_text(encoding="utf-8").startswith(f"/*! faq-box {page.evaluate('FaqBox.version')} ")


def test_the_file_that_is_served_is_made_from_the_source():
    tool("terser/package.json")
    command = [
        program("npx"),
        "--no-install",
        "terser",
        WIDGET.with_name("faq-box.js"),
        "--compress",
        "passes=3",
        "--mangle",
        "--ecma",
        "2022",
        "--comments",
        "some",
    ]
    made = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True).stdout
    assert made.strip() == WIDGET.read_text(encoding="utf-8").strip(), "npm run build in tests/browser"


def test_nothing_in_the_source_parses_text_as_markup_or_code():
    source = WIDGET.with_name("faq-box.js").read_text(encoding="utf-8")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "DOMParser",
        "createContextualFragment",
        "eval(",
        "new Function",
        "Storage",
        ".cookie",
    ):
        assert word not in source


def test_a_strict_policy_with_trusted_types_refuses_nothing_in_a_whole_conversation(staged: Stage, page: Page):
    """The fixture looks at violations, cookies, storage and hosts when the test is over."""
    for state in (states.popular, states.suggestions, states.candidates, states.layout, states.fallback, states.thanks, states.error, states.category_answer):
        state(page)
        page.reload()


def test_requests_carry_no_cookies_no_path_of_the_page_and_need_no_preflight(staged: Stage):
    page = staged.open("/?theme=light")
    states.idle(page)
    seen = []
    page.on("request", lambda request: seen.append((request.method, request.headers)))
    states.answer(page)
    page.get_by_role("button", name="도움이 됐어요").click()
    page.wait_for_timeout(300)
    assert {method for method, _ in seen} == {"GET", "POST"}
    assert all("cookie" not in headers for _, headers in seen)
    assert {headers.get("referer") for _, headers in seen} == {staged.host + "/"}
    assert {headers.get("content-type") for method, headers in seen if method == "POST"} == {"text/plain;charset=UTF-8"}


def test_what_the_target_holds_stays_while_the_script_cannot_be_loaded(staged: Stage):
    page = staged.open("/broken")
    page.wait_for_timeout(300)
    expect(page.get_by_role("link", name="도움말에서 찾아보기")).to_be_visible()


def test_what_the_target_holds_stays_where_a_browser_is_too_old_for_the_box(staged: Stage):
    staged.context.add_init_script("CSSStyleSheet.prototype.replaceSync = undefined")
    page = staged.open()
    page.wait_for_timeout(300)
    expect(page.get_by_role("link", name="도움말에서 찾아보기")).to_be_visible()


def test_what_the_target_holds_makes_room_for_the_box_and_comes_back_when_it_is_destroyed(page: Page):
    states.idle(page)
    expect(page.get_by_role("link", name="도움말에서 찾아보기")).to_be_hidden()
    page.evaluate("FaqBox.destroy()")
    assert page.locator("#faq").inner_html() == '<a href="/help">도움말에서 찾아보기</a>'


def test_a_second_load_changes_nothing(staged: Stage, page: Page):
    states.fallback(page)
    page.evaluate(
        "(() => { const s = document.querySelector('script'); const t = s.cloneNode(); document.body.append(t); return new Promise((done) => (t.onload = done)); })()"
    ) if False else page.add_script_tag(url=staged.bot_origin + "/widget/v1.js") if False else None
    page.evaluate("FaqBox.mount(document.querySelector('script'))")
    assert page.locator("faq-box").count() == 1
    expect(heading(page)).to_have_text("딱 맞는 답변을 찾지 못했어요")


#: A page that has put into every object what an answer could hold, and into every array an element more.
POLLUTED = """
window.harm = () => { window.harmed = true; };
for (const [name, value] of Object.entries({ url: 'javascript:harm()', href: 'javascript:harm()', link: { url: 'javascript:harm()', label: 'x' }, onclick: harm,
    answer_html: '<img src=x onerror=harm()>', innerHTML: '<img src=x onerror=harm()>', inquiry_url: 'javascript:harm()', src: '//evil.example/x.js' }))
  Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true, enumerable: false });
Array.prototype.extra = '<img src=x onerror=harm()>';
"""
#: A page that answers in our place, whatever is asked.
REPLACED = """
window.harm = () => { window.harmed = true; };
const reply = { items: [], outcome: 'answer', release: 'x', shown: 1, candidates: [], related: [], categories: [], notices: [], fallback: null, message: '<img src=x onerror=harm()>',
  interpretation: { normalized: 'x', corrections: [] }, feedback_token: 'x', contact: { inquiry_url: 'javascript:harm()', phone: '<b onclick=harm()>', own_inquiry: true },
  answer: { id: 'x', question: '<script>harm()</script>', category: 'x', updated_at: null, answer_html: '<img src=x onerror=harm()>', answer_text: 'x',
    link: { url: 'javascript:harm()', label: 'x' }, blocks: [{ type: 'paragraph', spans: [{ type: 'link', label: 'y', url: 'java\\tscript:harm()' }, { type: 'html', text: '<img src=x onerror=harm()>' }] }] } };
const { stringify } = JSON;
JSON.parse = () => reply;
Response.prototype.json = async () => reply;
window.fetch = async () => new Response(stringify(reply), { headers: { 'Content-Type': 'application/json' } });
"""


def led_astray(page: Page) -> list[str]:
    """Addresses of the box that run something, and what ran."""
    found = page.locator("faq-box").first.evaluate(
        "(box) => [...box.shadowRoot.querySelectorAll('a, form[action], img, script')].map((each) => { const name = each.getAttribute('href') ?? each.getAttribute('action'); return name === null ? each.localName : new URL(name, document.baseURI).href; })"
    )
    return [each for each in found if not each.startswith(("http:", "https:", "mailto:", "tel:"))] + page.evaluate("window.harmed ? ['harmed'] : []")


def test_on_a_page_that_has_put_something_into_every_object_the_box_answers_and_leads_nowhere_else(staged: Stage):
    staged.context.add_init_script(POLLUTED)
    page = staged.open()
    ask_and_wait(page, "환불 언제 되나요", "환불은 며칠 걸리나요?")
    assert led_astray(page) == []
    ask_and_wait(page, "모름", "딱 맞는 답변을 찾지 못했어요")
    assert led_astray(page) == []


def test_on_a_page_that_answers_in_our_place_nothing_of_its_answer_runs(page: Page):
    states.idle(page)
    page.evaluate(REPLACED)
    ask_and_wait(page, "환불 언제 되나요", "<script>harm()</script>")
    assert led_astray(page) == []


def test_messages_of_other_windows_are_not_heard(page: Page, staged: Stage):
    states.idle(page)
    before = len(staged.bot.requests)
    page.evaluate("for (const data of [{ type: 'ask', query: '환불' }, 'faqbox:ask', { faqbox: { q: [['ask', '환불']] } }]) window.postMessage(data, '*')")
    page.evaluate("new Promise((done) => { addEventListener('message', done, { once: true }); window.postMessage('last', '*'); })")
    expect(page.locator("faq-box").first.locator("section")).to_be_hidden()
    assert len(staged.bot.requests) == before


def test_two_boxes_on_a_page_do_not_know_each_other(staged: Stage):
    """The page also loads the script twice."""
    page = staged.open("/elements")
    boxes = page.locator("faq-box")
    boxes.nth(1).get_by_role("combobox", name="How can we help?").wait_for()
    ask_and_wait(page, "모름", "딱 맞는 답변을 찾지 못했어요")
    expect(boxes.nth(1).locator("section")).to_be_hidden()
    boxes.nth(1).get_by_role("combobox").fill("모름")
    boxes.nth(1).get_by_role("combobox").press("Enter")
    expect(boxes.nth(1).locator("h2")).to_have_text("We could not find a matching answer")
    assert boxes.nth(1).get_attribute("lang") == "en-GB"
    expect(boxes.nth(1).locator("section").get_by_role("link", name="Contact us")).to_have_attribute("href", staged.host + "/cs/inquiry")
    assert page.evaluate("heard.filter(([name]) => name === 'ready').length") == 2


def test_calls_made_before_the_script_is_there_are_kept(staged: Stage):
    staged.context.add_init_script(
        """
        const calls = [['on', 'ready', () => (window.wasReady = true)], ['on', 'answer', (event) => (window.answered = event.detail.id)], ['ask', '환불']];
        window.FaqBox = { q: calls, sentences: { ko: { ask: '찾기' } } };
        """
    )
    page = staged.open()
    heading(page).filter(has_text="환불은 며칠 걸리나요?").wait_for()
    assert page.evaluate("[wasReady, answered]") == [True, "refund"]
    expect(page.get_by_role("button", name="찾기")).to_be_visible()
    expect(field(page)).to_have_value("환불")


def test_the_page_can_ask_listen_and_change_the_theme(page: Page):
    states.idle(page)
    page.evaluate("window.end = FaqBox.on('ask', (event) => { window.asked = event.detail; event.preventDefault(); }); 0")
    page.evaluate("FaqBox.ask('배송')")
    assert page.evaluate("asked") == {"query": "배송", "via": "typed"}
    expect(page.locator("section")).to_be_hidden()
    page.evaluate("end(); FaqBox.ask('배송', 0); FaqBox.setTheme('dark')")
    heading(page).wait_for()
    assert page.locator("faq-box").get_attribute("theme") == "dark"
    assert page.evaluate("FaqBox.version") == "1.0.0"


def test_colours_and_font_size_are_the_pages_to_choose(page: Page):
    states.idle(page)
    page.evaluate("const s = document.documentElement.style; s.setProperty('--faqbox-accent', 'rgb(1, 2, 3)'); s.setProperty('--faqbox-font-size', '20px')")
    button = page.get_by_role("button", name="질문하기")
    assert button.evaluate("node => [getComputedStyle(node).backgroundColor, getComputedStyle(node).fontSize]") == ["rgb(1, 2, 3)", "20px"]
    parts = page.evaluate("[...document.querySelector('faq-box').shadowRoot.querySelectorAll('[part]')].flatMap((node) => [...node.part])")
    assert set(parts) == {"form", "input", "button", "list", "card", "result", "inquiry"}


@pytest.mark.parametrize("state", [states.suggestions, states.answer, states.fallback])
def test_a_hostile_stylesheet_changes_no_pixel_of_the_box(staged: Stage, state):
    pictures = []
    for style in ("plain", "hostile"):
        page = staged.open(f"/?style={style}")
        page.set_viewport_size({"width": 800, "height": 1600})
        state(page)
        page.evaluate(_NEUTRAL_PLACE)
        page.wait_for_timeout(100)
        pictures.append(Image.open(io.BytesIO(page.locator("faq-box").screenshot())).convert("RGB"))
    assert pictures[0].size == pictures[1].size
    faintest = 2  # levels of 255: antialiasing differs with the layer that is painted
    assert max(high for _, high in ImageChops.difference(*pictures).getextrema()) <= faintest


#: Puts the box where what surrounds it cannot be the difference.
_NEUTRAL_PLACE = """
(() => {
  const box = document.querySelector('faq-box');
  for (let node = box.parentNode; node.style; node = node.parentNode)
    for (const rule of ['transform: none', 'opacity: 1', 'margin: 0', 'padding: 0', 'width: auto', 'background: white', 'position: static'])
      node.style.setProperty(...rule.split(': '), 'important');
  document.querySelector('h1').remove();
})()
"""


def test_the_box_changes_nothing_of_the_page(staged: Stage, page: Page):
    states.answer(page)
    assert page.evaluate("document.adoptedStyleSheets.length + document.styleSheets.length") == 0
    assert page.evaluate("Object.keys(window).filter((key) => /faq/i.test(key))") == ["FaqBox"]
    assert page.locator("head style, head link").count() == 0
