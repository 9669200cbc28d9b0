"""The least that Flask can serve, on faqbot's own server: `python -m tests.bench.hello PORT WORKERS`."""

import sys

from flask import Flask

from faqbot.settings import load_settings
from faqbot.web.server import run


def create_app() -> Flask:
    """One view, one word."""
    app = Flask(__name__)
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


if __name__ == "__main__":
    settings = load_settings({"port": int(sys.argv[1]), "workers": int(sys.argv[2])})
    run(create_app(), settings, lambda _: None, lambda: lambda: False)
