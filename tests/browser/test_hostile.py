"""Nothing that anybody wrote runs, fetches or refuses anything in a real browser: on pages, in the answer box, in the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from faqbot.corpus.export import to_csv
from tests.browser.hostile_stage import HostileSite, Watched, entries, hostile_site
from tests.browser.states import ask, field
from tests.security.vectors import VECTORS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, space_analyzer) -> Iterator[HostileSite]:
    with hostile_site(tmp_path_factory.mktemp("hostile"), space_analyzer) as made:
        yield made


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(locale="ko-KR", reduced_motion="reduce")
    yield Watched.of(context)
    context.close()


def test_no_page_for_visitors_runs_fetches_or_is_refused_anything(site: HostileSite, watched: Watched):
    page = watched.context.new_page()
    for path in site.pages:
        page.goto(site.origin + path)
        assert watched.wrong(site.origin) == [], path
    assert len(site.pages) > len(VECTORS) / 6


def test_no_page_of_the_desk_runs_fetches_or_is_refused_anything(site: HostileSite, watched: Watched):
    watched.context.add_cookies([site.cookie])
    page = watched.context.new_page()
    for path in site.desk:
        assert page.goto(site.origin + path).status == 200, path
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert watched.wrong(site.origin) == [], path


def test_what_an_upload_would_change_is_shown_as_text(site: HostileSite, watched: Watched, tmp_path: Path):
    watched.context.add_cookies([site.cookie])
    other = tuple(each.replace("x", "y") for each in VECTORS if "\0" not in each)
    file = {"name": f'{VECTORS[11]}"><svg onload=harm()>.csv', "mimeType": "text/csv", "buffer": to_csv(entries(other))}
    page = watched.context.new_page()
    page.goto(f"{site.origin}/admin/publish")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="올려서 미리 보기").click()
    page.get_by_role("heading", name="초안에 넣기").wait_for()
    tabs = page.locator("a[href*='show=']").evaluate_all("(all) => all.map((each) => each.href)")
    for address in tabs:
        page.goto(address)
        assert watched.wrong(site.origin) == [], address
    assert len(tabs) > 2


def test_the_box_shows_questions_answers_and_what_was_typed_as_text(site: HostileSite, watched: Watched):
    page = watched.context.new_page()
    page.goto(site.host)
    field(page).focus()
    page.get_by_role("option").first.wait_for()
    for question in site.questions:
        with page.expect_response("**/v1/ask"):
            ask(page, question)
        expect(page.locator("faq-box section").first).to_be_visible()
        assert watched.wrong(site.host, site.origin) == [], question


def test_the_watch_sees_most_of_what_would_run_where_it_is_taken_for_markup(site: HostileSite, watched: Watched):
    page, seen = watched.context.new_page(), 0
    page.goto(f"{site.origin}/robots.txt")
    page.route("**/evil.example/**", lambda route: route.abort("aborted"))  # it would lead away from the page that is judged
    for text in VECTORS[::2]:
        page.set_content(f'<p>{text}</p><a href="{text}">x</a><input value="{text}">', wait_until="commit")
        seen += watched.wrong(site.origin) != []
    assert seen > 0.8 * len(VECTORS[::2])
