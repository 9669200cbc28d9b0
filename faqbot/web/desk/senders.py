"""Whether a page of ours sent what changes something."""

from flask import Request

from faqbot.settings import Settings
from faqbot.web.origins import origin_of


def is_ours(request: Request, settings: Settings) -> bool:
    """Whether the browser says that a page of ours sent the request. All that it says must say so, and it must say something.

    Browsers of today send Sec-Fetch-Site over https and on this machine, and Origin with everything that is no GET; no page can write either.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = {origin_of(request.host_url), *([origin_of(str(settings.public_url))] if settings.public_url else [])}
    if site is None:
        return origin in ours
    # A page without referrer names its origin "null"; the browser still tells that it is the same.
    return site in {"same-origin", "none"} and (origin is None or origin == "null" or origin in ours)
