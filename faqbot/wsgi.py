"""For other WSGI servers: `gunicorn --preload "faqbot.wsgi:app()"`. `faqbot serve` does the same with less to type."""

import logging
import os
from wsgiref.types import WSGIApplication

from faqbot.bootstrap.candidates import open_link
from faqbot.bootstrap.parts import build_live
from faqbot.bootstrap.serving import bring_shared_releases, build_app, settle, start_threads
from faqbot.settings import load_settings


def app() -> WSGIApplication:
    """The application around the published release, loaded; this process and those forked from it follow later publications.

    Raises:
        FaqbotError: settings or release cannot be used.
    """
    from faqbot.web.logs import configure  # noqa: PLC0415  # nothing happens at import

    settings = load_settings()
    if not logging.root.handlers:  # whoever has told Python how to log knows better
        configure(settings)
    bring_shared_releases(settings)
    link = open_link(settings, logging.getLogger(__name__).warning)
    live = build_live(settings, link)
    live.serving  # noqa: B018  # load before the server forks
    application = build_app(settings, live)
    settle()
    start_threads(settings, live, application, link)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: start_threads(settings, live, application, link))
    return application
