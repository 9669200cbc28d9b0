"""Whom to believe about client, scheme and host: as many proxies as the settings say, whatever server the app runs in."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.middleware.proxy_fix import ProxyFix

#: Headers from which servers take a scheme on their own, gunicorn from every program of its machine.
_OF_SCHEME = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PROTOCOL", "HTTP_X_FORWARDED_SSL")
_CLAIMS = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_SCRIPT_NAME", "HTTP_PATH_INFO")


class Proxies:
    """Puts right what a request says of itself, before the app reads it.

    Args:
        app: reads client, scheme and host from the environment.
        trusted: how many proxies stand in front, each of which writes X-Forwarded-For, -Proto and -Host; 0 for none.
    """

    def __init__(self, app: WSGIApplication, trusted: int) -> None:
        self._trusted = trusted
        self._app = ProxyFix(app, x_for=trusted, x_proto=trusted, x_host=trusted) if trusted else app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The response of the app."""
        if any(name in environ for name in _OF_SCHEME):
            environ["wsgi.url_scheme"] = "http"  # the server may have believed it; what a trusted proxy says is read again below
        if "HTTP_SCRIPT_NAME" in environ:  # a server that believed it, too, has cut it off the path
            environ["PATH_INFO"], environ["SCRIPT_NAME"] = environ["SCRIPT_NAME"] + environ["PATH_INFO"], ""
        if not self._trusted:
            for name in [name for name in environ if name.startswith(_CLAIMS)]:
                del environ[name]
        return self._app(environ, start_response)
