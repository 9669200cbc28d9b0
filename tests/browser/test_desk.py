"""Every page of the desk in a real browser: in both themes, on telephone and screen, and what scripts add to it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from faqbot.web.desk.rules import PAGES
from tests.browser.conftest import tool
from tests.browser.desk_stage import desk, logged_in

pytestmark = pytest.mark.slow

SHOWN = {page.endpoint: page for page in PAGES if page.method == "GET"}
#: Pages that no link leads to, with the reason.
UNLINKED = {
    "desk_login": "it stands in the place of the page that was asked for",
    "desk_with_slash": "the address as people type it",
}
THEMES, WIDTHS = ("light", "dark"), (360, 1280)
_LINK = re.compile(r'href="(/admin[^"#]*)')
#: Notes what the policy refuses; runs before any script of the page.
_WATCH = "window.refused = []; document.addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective));"


@pytest.fixture(scope="module")
def origin(trained_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with desk(trained_site, tmp_path_factory.mktemp("desk")) as address:
        yield address


@pytest.fixture(scope="module")
def contexts(browser: Browser, origin: str) -> dict[tuple[str, int], BrowserContext]:
    """Logged in, by theme and width."""
    looks = [(theme, width) for theme in THEMES for width in WIDTHS]
    return {(theme, width): logged_in(browser, origin, color_scheme=theme, viewport={"width": width, "height": 800}) for theme, width in looks}


@pytest.fixture(scope="module")
def reached(contexts: dict[tuple[str, int], BrowserContext], origin: str) -> dict[str, str]:
    """Endpoint → the first address of it that a link leads to, from the first page of the desk on."""
    rules = Map([Rule(page.path, endpoint=page.endpoint) for page in SHOWN.values()]).bind("localhost")
    found, waiting = {"desk_today": "/admin"}, ["/admin"]
    while waiting:
        response = contexts["light", 1280].request.get(origin + waiting.pop(0))
        assert response.status == 200, response.url
        links = _LINK.findall(response.text()) if response.headers["content-type"].startswith("text/html") else []
        for link in (each.replace("&amp;", "&") for each in links):
            try:
                endpoint, _ = rules.match(link.partition("?")[0])
            except HTTPException:  # a form's address or none of ours
                continue
            if endpoint not in found:
                found[endpoint] = link
                waiting.append(link)
    return found


@pytest.fixture
def desktop(contexts: dict[tuple[str, int], BrowserContext]) -> Iterator[Page]:
    page = contexts["light", 1280].new_page()
    yield page
    page.close()


def opened(page: Page, address: str) -> Page:
    """The page with everything unfolded; nothing was refused and no script failed on the way."""
    errors: list[str] = []
    page.add_init_script(_WATCH)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    assert (errors, page.evaluate("window.refused")) == ([], [])
    return page


def violations(page: Page) -> list[str]:
    page.evaluate(tool("axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def test_every_page_is_reached_by_links(reached: dict[str, str]) -> None:
    assert set(SHOWN) - set(reached) == set(UNLINKED)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("endpoint", [name for name in SHOWN if name not in UNLINKED])
def test_everybody_can_read_and_reach_everything(contexts, origin: str, reached: dict[str, str], endpoint: str, width: int, theme: str) -> None:
    context, path = contexts[theme, width], reached[endpoint]
    if not context.request.head(origin + path).headers["content-type"].startswith("text/html"):
        pytest.skip("a file to be saved")
    page = opened(context.new_page(), origin + path)
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = violations(page)
    page.close()
    assert (sideways <= 0, found) == (True, [])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_everybody_can_read_and_reach_the_log_in(browser: Browser, origin: str, width: int, theme: str) -> None:
    context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 800})
    page = opened(context.new_page(), f"{origin}/admin/inquiries")
    expect(page.get_by_role("heading", name="로그인")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_no_page_scrolls_sideways(desktop: Page, origin: str, reached: dict[str, str], width: int) -> None:
    desktop.set_viewport_size({"width": width, "height": 800})
    wide = []
    for path in reached.values():
        if not desktop.context.request.head(origin + path).headers["content-type"].startswith("text/html"):
            continue
        desktop.goto(origin + path)
        desktop.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        if desktop.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


# Scripts add to pages that are complete without them


def test_an_answer_is_put_where_the_cursor_stands_and_nothing_typed_is_lost(desktop: Page, origin: str, reached: dict[str, str]) -> None:
    opened(desktop, f"{origin}{reached['desk_inquiry']}?q=환불")
    reply = desktop.get_by_label("답장 필수")
    reply.fill("안녕하세요.")
    desktop.get_by_role("link", name=re.compile("답장에 넣기.*환불은 며칠 걸리나요")).click()
    expect(reply).to_be_focused()
    assert reply.input_value().startswith("안녕하세요.\n\n카드로 결제하셨다면 영업일 3일 안에 환불됩니다.")
    assert desktop.evaluate("window.refused") == []


def test_without_scripts_the_same_link_loads_the_page_with_the_answer(browser: Browser, origin: str, contexts, reached: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=contexts["light", 1280].storage_state())
    page = context.new_page()
    page.goto(f"{origin}{reached['desk_inquiry']}?q=환불")
    page.get_by_role("link", name=re.compile("답장에 넣기.*환불은 며칠 걸리나요")).click()
    expect(page.get_by_label("답장 필수")).to_have_value(re.compile("^카드로 결제하셨다면 영업일 3일 안에 환불됩니다."))
    context.close()


def test_code_is_copied_by_a_button(desktop: Page, origin: str) -> None:
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(desktop, f"{origin}/admin/install")
    desktop.get_by_role("button", name="복사하기: 1. 늘 최신 버전으로").click()
    expect(desktop.get_by_text("복사했어요.")).to_be_visible()
    assert "/widget/v1.js" in desktop.evaluate("navigator.clipboard.readText()")
    assert desktop.evaluate("window.refused") == []
