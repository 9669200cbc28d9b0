"""Firefox and WebKit, driven with what their makers ship: WebDriver BiDi and WebDriver."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import playwright

from tests.browser.conftest import HERE, missing, program

Step = dict[str, Any]
#: A step is {"url": address}, {"script": expression that gives a text, or a promise of one} or {"keys": keys, one by one}.
Drive = Callable[[Sequence[Step]], list[str]]

ENTER = "\ue007"
ARROW_DOWN = "\ue015"
ESCAPE = "\ue00c"


@contextmanager
def firefox(folder: Path) -> Iterator[Drive]:
    """Debian's Firefox. Node comes with Playwright."""
    node = Path(playwright.__file__).parent / "driver/node"
    command = [node, HERE / "firefox.mjs", program("firefox-esr"), folder]
    environment = os.environ | {"HOME": str(folder)}

    def drive(steps: Sequence[Step]) -> list[str]:
        done = subprocess.run(command, input=json.dumps(steps), env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    yield drive


@contextmanager
def webkit(folder: Path) -> Iterator[Drive]:
    """WebKitGTK's small browser on a screen of its own."""
    driver, screen = program("WebKitWebDriver"), program("xvfb-run")
    browser = next(iter(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")), None)
    if browser is None:
        missing("MiniBrowser (apt-get install webkit2gtk-driver)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
    with subprocess.Popen([screen, "-a", driver, f"--port={port}"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield _webdriver(port, str(browser))
        finally:
            process.terminate()


def _webdriver(port: int, browser: str) -> Drive:
    def send(method: str, path: str, body: object = None) -> Any:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request(method, path, json.dumps(body or {}) if method == "POST" else None, {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = response.read()
        assert response.status == 200, content.decode()
        return json.loads(content)["value"]

    def drive(steps: Sequence[Step]) -> list[str]:
        _wait_for(lambda: send("GET", "/status"))
        options = {"binary": browser, "args": ["--automation"]}
        session = "/session/" + send("POST", "/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})["sessionId"]
        results = []
        for step in steps:
            if "url" in step:
                send("POST", session + "/url", {"url": step["url"]})
            if "keys" in step:
                actions = [{"type": kind, "value": key} for key in step["keys"] for kind in ("keyDown", "keyUp")]
                send("POST", session + "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})
            if "script" in step:
                code = f"const done = arguments[0]; Promise.resolve({step['script']}).then(done, (error) => done('failed: ' + error))"
                results.append(send("POST", session + "/execute/async", {"script": code, "args": []}))
        send("DELETE", session)
        return results

    return drive


def _wait_for(ready: Callable[[], object]) -> None:
    for _ in range(100):
        try:
            ready()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("WebKitWebDriver did not start within ten seconds")
