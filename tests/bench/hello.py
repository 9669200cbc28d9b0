"""The least that Flask can serve, on faqbot's own server: `python -m tests.bench.hello PORT WORKERS`."""

import sys
from typing import Any

from flask import Flask

from faqbot.settings import load_settings
from faqbot.web.server import run


class NoRelease:
    """Stands where a live release would: there is nothing to follow."""

    def follow(self) -> Any:
        """Nothing."""


def create_app() -> Flask:
    """One view, one word."""
    app = Flask(__name__)
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


if __name__ == "__main__":
    settings = load_settings({"port": int(sys.argv[1]), "workers": int(sys.argv[2])})
    run(create_app(), NoRelease(), settings, lambda _: None)  # type: ignore[arg-type]  # nothing of a release but `follow` is called
