"""For other WSGI servers: `gunicorn --preload faqbot.wsgi:app`. `faqbot serve` does the same with less to type."""

from faqbot.bootstrap import build_app, build_live
from faqbot.settings import load_settings

_settings = load_settings()
_live = build_live(_settings)
_live.serving  # noqa: B018  # load before the server forks
app = build_app(_settings, _live)
_live.follow()
