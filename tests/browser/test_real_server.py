"""The box against `faqbot serve` on a real release, on a page of another origin."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.states import ask, field, heading
from tests.browser.stub import host_app, serving
from tests.site_copies import copy_release

pytestmark = pytest.mark.slow

#: Seconds to the first answer, Kiwi's loading included; and for a stop.
START, STOP = 90, 40


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def _faqbot(models: Path, var: Path, port: int, host: str, **more: str) -> Iterator[str]:
    """The bot as a program, which lets one other origin in."""
    environment = os.environ | {"FAQBOT_ORIGINS": host, "FAQBOT_VAR": str(var), "FAQBOT_PHONE": "1588-0000", "FAQBOT_OPEN_HOURS": "매일 00:00-24:00", **more}
    command = [Path(sys.executable).with_name("faqbot"), "serve", "--models", models, "--port", str(port), "--workers", "1"]
    with (var / "server.log").open("w") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(STOP)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + START
    while not _is_ready(port):
        assert process.poll() is None, "the server ended before it was ready"
        assert time.monotonic() < until, "the server was not ready in time"
        time.sleep(0.2)


def _is_ready(port: int) -> bool:
    with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    return False


@pytest.fixture(scope="module")
def site(trained_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Origins of the host's page and of the bot."""
    port = _free_port()
    with serving(host_app(f"http://127.0.0.1:{port}")) as host, _faqbot(trained_site.parent, tmp_path_factory.mktemp("var"), port, host) as bot:
        yield host, bot


@pytest.fixture
def open_page(browser: Browser, site: tuple[str, str]) -> Iterator[Callable[[str], Page]]:
    """Opens the page with the box, and holds in the end that nothing was refused, stored or sent elsewhere."""
    context = browser.new_context(locale="ko-KR", reduced_motion="reduce")
    hosts, refused = set(), []
    context.on("request", lambda request: hosts.add("/".join(request.url.split("/")[:3])))
    context.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text or "CORS" in message.text else None)

    def open_it(path: str = "/") -> Page:
        page = context.new_page()
        page.goto(site[0] + path)
        return page

    yield open_it
    cookies = context.cookies()
    context.close()
    assert (cookies, refused) == ([], [])
    assert hosts <= set(site)


def statuses(page: Page) -> list[tuple[str, str, int]]:
    """Method, path and status of every response from now on."""
    seen: list[tuple[str, str, int]] = []
    page.on("response", lambda response: seen.append((response.request.method, response.url.split("/", 3)[3].split("?")[0], response.status)))
    return seen


def test_a_question_is_suggested_answered_and_judged(open_page):
    page = open_page()
    seen = statuses(page)
    field(page).focus()
    page.get_by_role("listbox", name="자주 찾는 질문").get_by_role("option").first.wait_for()
    field(page).press_sequentially("환불", delay=40)
    page.get_by_role("listbox", name="추천 질문").get_by_role("option", name="환불은 며칠 걸리나요? 결제 › 환불", exact=True).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("환불은 며칠 걸리나요?")
    expect(page.locator("section .answer strong")).to_have_text("영업일 3일")
    expect(page.locator("section").get_by_text("수정일 2026-01-05")).to_be_visible()
    expect(page.locator("section").get_by_role("link", name="환불 보기")).to_be_visible()
    page.get_by_role("button", name="아쉬워요").click()
    page.get_by_label("오래됐거나 틀린 내용이에요").check()
    page.get_by_label("더 알려 주실 내용 (선택)").fill("지난달에 바뀌었어요")
    page.get_by_role("button", name="의견 보내기").click()
    page.wait_for_timeout(500)
    assert all(status < 400 for _, _, status in seen), seen
    assert [line for line in seen if line[0] == "POST" and line[1] != "v1/suggest"] == [
        ("POST", "v1/ask", 200),
        ("POST", "v1/feedback", 204),
        ("POST", "v1/feedback", 204),
    ]
    assert ("OPTIONS", "v1/ask", 200) not in seen


def test_two_entries_with_the_same_question_are_offered_and_the_chosen_one_is_shown(open_page):
    page = open_page()
    seen = statuses(page)
    ask(page, "수수료는 얼마인가요?")
    heading(page).filter(has_text="혹시 이 질문인가요?").wait_for()
    choices = page.locator("section ul.choices button")
    assert choices.last.inner_text() == "찾는 질문이 없어요"
    texts = set()
    for place in (0, 1):
        choices.nth(place).click()
        texts.add(page.locator("section .answer").inner_text())
        ask(page, "수수료는 얼마인가요?")
        heading(page).filter(has_text="혹시 이 질문인가요?").wait_for()
    assert texts == {"구매자는 수수료를 내지 않습니다.", "판매자는 판매 금액의 3%를 냅니다."}
    page.wait_for_timeout(300)
    assert [status for _, path, status in seen if path == "v1/choices"] == [204, 204]


def test_what_nobody_knows_leads_to_the_inquiry_page_with_the_question_written_down(open_page, site: tuple[str, str]):
    page = open_page()
    ask(page, "회의실 예약")
    heading(page).filter(has_text="딱 맞는 답변을 찾지 못했어요").wait_for()
    expect(page.locator("section").get_by_role("link", name="1588-0000")).to_be_visible()
    expect(page.locator("section ul.choices button").first).to_be_visible()
    page.locator("section").get_by_role("button", name="1:1 문의하기").click()
    page.wait_for_url(site[1] + "/inquiry")
    assert "회의실 예약" in page.content()


def test_the_wrong_keyboard_layout_and_a_phone_number_are_told(open_page):
    page = open_page()
    ask(page, "qothddl smwdjdy")
    note = page.locator("section .note", has_text="'배송이 늦어요'로 찾았어요")
    expect(note).to_be_visible()
    note.get_by_role("button", name="“qothddl smwdjdy”로 찾기").click()
    expect(heading(page)).to_have_text("딱 맞는 답변을 찾지 못했어요")
    expect(note).to_have_count(0)
    ask(page, "환불 며칠 걸려요? 010-1234-5678")
    expect(page.locator("section .note", has_text="개인정보로 보이는 내용은 가리고 보냈어요.")).to_be_visible()


def test_categories_are_browsed(open_page):
    page = open_page()
    field(page).focus()
    page.get_by_role("button", name="분류에서 찾기").click()
    page.get_by_role("button", name="계정", exact=True).click()
    page.get_by_role("button", name="비밀번호를 잊어버렸어요").click()
    expect(heading(page)).to_have_text("비밀번호를 잊어버렸어요")
    expect(page.get_by_role("navigation", name="분류에서 찾기")).to_be_visible()


def test_where_english_is_asked_for_all_that_we_say_is_english(open_page):
    page = open_page("/?lang=en")
    page.get_by_role("combobox", name="How can we help?").wait_for()
    ask(page, "회의실 예약")
    expect(heading(page)).to_have_text("We could not find a matching answer")
    expect(page.locator("section").get_by_text("We are open now")).to_be_visible()
    expect(page.locator("section").get_by_text("We will answer by ")).to_be_visible()


def test_the_box_works_on_the_page_that_shows_how_to_embed_it(open_page, site: tuple[str, str], browser: Browser):
    page = open_page()
    page.goto(site[1] + "/embed")
    ask(page, "환불은 며칠 걸리나요?")
    expect(heading(page)).to_have_text("환불은 며칠 걸리나요?")


def test_a_page_that_names_a_site_is_answered_by_that_site(browser: Browser, trained_site: Path, tmp_path: Path):
    port, host = _free_port(), Flask("host")
    script = f'<script src="http://127.0.0.1:{port}/widget/v1.js" data-site="shop" async data-target="#faq"></script>'
    host.add_url_rule("/", "page", lambda: f'<!doctype html><title>가게</title><div id="faq"></div>{script}')
    for name in ("models", "sites", "var"):
        (tmp_path / name).mkdir()
    shutil.copytree(trained_site, tmp_path / "models/default")
    copy_release(trained_site, tmp_path / "models/shop", "가게의 답이에요.")
    with serving(host) as origin, _faqbot(tmp_path / "models", tmp_path / "var", port, "https://other.example.kr", FAQBOT_SITES=str(tmp_path / "sites")) as bot:
        (tmp_path / "sites/shop.toml").write_text(f'title = "가게"\norigins = ["{origin}"]\n', encoding="utf-8")
        page = browser.new_page()
        seen = statuses(page)
        page.goto(origin)
        ask(page, "환불은 며칠 걸리나요?")
        expect(page.locator("section .answer")).to_contain_text("가게의 답이에요.")
        assert page.locator("form[method=post]").first.get_attribute("action") == f"{bot}/sites/shop/inquiry"
        assert ("POST", "sites/shop/v1/ask", 200) in seen
        page.close()
