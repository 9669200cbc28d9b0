"""The cookie of a session."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request, Response

from faqbot.settings import Settings

#: Over https. The prefix makes browsers insist on Secure, on this very host, and on no other path or domain.
HOST_COOKIE = "__Host-faqbot_desk"
#: On this machine, where there is no https.
LOCAL_COOKIE = "faqbot_desk"


def is_https(request: Request, settings: Settings) -> bool:
    """Whether the browser speaks https, if only to a proxy in front of us that does not say so."""
    has_https = settings.public_url is not None and settings.public_url.scheme == "https"
    return request.is_secure or (has_https and not is_local(request))


def is_local(request: Request) -> bool:
    """Whether the browser names this machine itself, so that nothing goes over a network."""
    host = urlsplit(f"//{request.host}").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def sent_token(request: Request, settings: Settings) -> str | None:
    """The token in the cookie. Over https only the cookie counts that nobody else could have set."""
    token = request.cookies.get(_named(HOST_COOKIE, settings))
    return token if token is not None or is_https(request, settings) else request.cookies.get(_named(LOCAL_COOKIE, settings))


def set_token(response: Response, request: Request, settings: Settings, token: str) -> None:
    """Hand out a token, until the browser is closed or the session is over.

    SameSite is Lax, not Strict: a link in a mail to an inquiry must find somebody logged in. What changes anything is a POST, which Lax keeps back, and which
    is asked for its origin besides.
    """
    is_safe = is_https(request, settings)
    response.set_cookie(_named(HOST_COOKIE if is_safe else LOCAL_COOKIE, settings), token, path="/", secure=is_safe, httponly=True, samesite="Lax")


def clear_token(response: Response, settings: Settings) -> None:
    """Let the browser forget its token."""
    response.delete_cookie(_named(HOST_COOKIE, settings), path="/", secure=True, httponly=True, samesite="Lax")
    response.delete_cookie(_named(LOCAL_COOKIE, settings), path="/", httponly=True, samesite="Lax")


def _named(cookie: str, settings: Settings) -> str:
    """Sites of one host have a cookie each: the prefix allows no path that would keep them apart."""
    return cookie if settings.site == "default" else f"{cookie}_{settings.site}"
