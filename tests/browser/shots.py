"""Pictures of the box in every state: `python -m tests.browser.shots FOLDER`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.states import STATES
from tests.browser.stub import stage

#: Name → width, query string of the host page, settings of the browser.
LOOKS = {
    "light": (760, "theme=light", {}),
    "dark": (760, "theme=dark", {"color_scheme": "dark"}),
    "phone": (320, "theme=light", {}),
    "large": (760, "style=large", {}),
    "forced": (760, "theme=auto", {"forced_colors": "active"}),
}


def shoot(browser: Browser, folder: Path, states: list[str], looks: list[str]) -> None:
    with stage() as (host, _, _):
        for look in looks:
            width, attributes, options = LOOKS[look]
            for state in states:
                context = browser.new_context(locale="ko-KR", reduced_motion="reduce", viewport={"width": width, "height": 700}, **options)
                page = context.new_page()
                page.goto(f"{host}/?{attributes}")
                STATES[state](page)
                page.screenshot(path=folder / f"{look}-{state}.png", full_page=True)
                context.close()


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shoot(browser, folder, arguments[1].split(",") if len(arguments) > 1 else list(STATES), arguments[2].split(",") if len(arguments) > 2 else list(LOOKS))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
