"""A port of its own for metrics: visitors reach another one, and find nothing there."""

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = "/metrics"


def behind(app: WSGIApplication, metrics: WSGIApplication, port: int) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """The app on every port but one, which has GET /metrics and nothing else.

    The port is that of the socket that took the connection, as the server tells it; no header of a request can name another.
    """

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("SERVER_PORT") != str(port) or _has_no_port(environ):
            return app(environ, start_response)
        if environ.get("PATH_INFO") == _PATH:
            return metrics(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]

    return serve


def _has_no_port(environ: WSGIEnvironment) -> bool:
    """Whether the connection came in by a socket without ports, of which gunicorn says that it has the one in the Host header."""
    taken = environ.get("gunicorn.socket")
    try:
        return taken is not None and not isinstance(taken.getsockname(), tuple)
    except OSError:  # the client has gone
        return True
