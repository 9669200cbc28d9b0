"""For other WSGI servers: `gunicorn --preload "faqbot.wsgi:app()"`. `faqbot serve` does the same with less to type."""

import os
from wsgiref.types import WSGIApplication

from faqbot.bootstrap.parts import build_live
from faqbot.bootstrap.serving import build_app, start_threads
from faqbot.settings import load_settings


def app() -> WSGIApplication:
    """The application around the published release, loaded; this process and those forked from it follow later publications.

    Raises:
        FaqbotError: settings or release cannot be used.
    """
    settings = load_settings()
    live = build_live(settings)
    live.serving  # noqa: B018  # load before the server forks
    application = build_app(settings, live)
    start_threads(settings, live, application)
    os.register_at_fork(after_in_child=lambda: start_threads(settings, live, application))
    return application
