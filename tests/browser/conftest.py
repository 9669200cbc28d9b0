"""A real browser, a bot that obeys the tests, and a page of another origin under the strictest policy."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.stub import Bot, stage

HERE = Path(__file__).parent
#: Waits for a condition that only Python can see.
Wait = Callable[[Callable[[], bool]], None]
#: Notes what the policy refuses and which errors nobody caught; runs before any script of the page.
_WATCH = """
window.refused = [];
document.addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective + ' ' + event.blockedURI));
window.heard = [];
for (const name of ['ready', 'ask', 'suggest', 'answer', 'candidates', 'fallback', 'feedback', 'inquiry', 'error'])
  document.addEventListener('faqbox:' + name, (event) => heard.push([name, event.detail]));
"""


def missing(what: str) -> None:
    """Skips for want of a program; where everything must be there, fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} 이(가) 없습니다. CI에서는 꼭 있어야 합니다.")
    pytest.skip(f"{what} 이(가) 없어 건너뜁니다.")


def program(name: str) -> str:
    """Where a program is."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} (apt-get install {name})")
    return str(found)


def tool(path: str) -> Path:
    """A file of the locked npm packages, installed on demand."""
    file = HERE / "node_modules" / path
    if not file.exists():
        subprocess.run([program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True)
    return file


@dataclass
class Stage:
    """One test's browser context and what it did.

    Attributes:
        host: origin of the page that embeds the box.
        bot_origin: origin of the bot.
        bot: what it was asked.
        hosts: origins of every request of the browser.
    """

    host: str
    bot_origin: str
    bot: Bot
    context: BrowserContext
    hosts: set[str] = field(default_factory=set)

    def open(self, path: str = "/") -> Page:
        """The page of the host with the box on it."""
        page = self.context.new_page()
        page.goto(self.host + path)
        return page

    def told(self, path: str, count: int = 1) -> list[Any]:
        """What the bot was sent at a path, once that many requests are there; the box does not wait for their answers."""
        until = time.monotonic() + 5
        while len(self.bot.paths(path)) < count and time.monotonic() < until:
            self.context.pages[-1].wait_for_timeout(25)
        return self.bot.paths(path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; of the module, because a running Playwright would forbid asyncio to the tests of other folders."""
    executable = program("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def look() -> dict[str, Any]:
    """Settings of the browser; tests ask for others."""
    return {}


@pytest.fixture
def staged(browser: Browser, look: dict[str, Any]) -> Iterator[Stage]:
    """A fresh context between a fresh host and a fresh bot. Whatever the test does, nothing is stored, refused or sent elsewhere."""
    with stage() as (host, bot_origin, bot):
        context = browser.new_context(**{"locale": "ko-KR", "timezone_id": "Asia/Seoul", "reduced_motion": "reduce"} | look)
        context.add_init_script(_WATCH)
        staged = Stage(host, bot_origin, bot, context)
        context.on("request", lambda request: staged.hosts.add("/".join(request.url.split("/")[:3])))
        errors: list[str] = []
        context.on("weberror", lambda error: errors.append(str(error.error)))
        yield staged
        refused = [line for page in context.pages for line in page.evaluate("window.refused || []")]
        stored = [page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") for page in context.pages]
        cookies = context.cookies()
        context.close()
    assert errors == []
    assert refused == []
    assert cookies == []
    assert all(each == [0, 0, ""] for each in stored)
    assert {origin for origin in staged.hosts if origin.startswith("http")} <= {host, bot_origin}


@pytest.fixture
def page(staged: Stage) -> Page:
    """The host's page with the box on it."""
    return staged.open()


@pytest.fixture
def wait(page: Page) -> Wait:
    """Waits for a condition that only Python can see."""

    def until(condition: Callable[[], bool]) -> None:
        for _ in range(200):
            if condition():
                return
            page.wait_for_timeout(25)
        raise AssertionError("not within five seconds")

    return until
