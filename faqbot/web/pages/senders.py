"""Whether a form was sent from a page of ours."""

from flask import Request

from faqbot.settings import Settings
from faqbot.web.origins import origin_of


def is_ours(request: Request, settings: Settings) -> bool:
    """Whether the browser says that the form stands on our own origin. One that does not say, and a program, are believed.

    Browsers that send Sec-Fetch-Site are asked for that alone; older ones send an Origin, which behind a proxy is that of `public_url`.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in {origin_of(request.host_url), origin_of(str(settings.public_url or ""))}
