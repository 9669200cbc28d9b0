"""The host that a request names, where it can be one."""

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = "HTTP_HOST"


def possible_hosts(app: WSGIApplication) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """The app, to which a name that no domain can have is the empty one, as Werkzeug takes a name with forbidden characters: it would fail at making addresses of it."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not can_be(environ.get(_HOST, "")):
            environ[_HOST] = ""
        return app(environ, start_response)

    return serve


def can_be(host: str) -> bool:
    """Whether it can be a host, with or without a port.

    >>> can_be("help.example.kr:8443"), can_be("xn--9t4b11yi5a.kr"), can_be("a..b"), can_be("xn--"), can_be("a" * 64)
    (True, True, False, False, False)
    """
    try:
        host.partition(":")[0].encode("idna").decode("idna")
    except UnicodeError:
        return False
    return True
