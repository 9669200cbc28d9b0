"""How to put the answer box on a page of one's own."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from flask import Response, request

from faqbot import messages
from faqbot.settings import Settings, variable
from faqbot.web.origins import origin_of
from faqbot.web.pages.frame import render
from faqbot.web.visit import Visit
from faqbot.web.widget import Widget

#: What `data-theme` of the snippet may say, in the order in which they are offered: the visitor's setting, always light, always dark.
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Snippets:
    """What is copied.

    Attributes:
        simple: loads the newest answer box.
        fixed: loads one version and nothing else.
        policy: lines of a Content-Security-Policy.
        setting: the line that lets another site embed the box.
    """

    simple: str
    fixed: str
    policy: str
    setting: str


def embed(visit: Visit, widget: Widget) -> Response:
    """The page, with the box working on it."""
    return render("embed.html", snippets=snippets(visit.settings, request.url_root, widget), version=widget.version, **around(visit.settings))


def around(settings: Settings) -> dict[str, Any]:
    """What stands around the snippets on a page: who may embed the box, and the setting that should be made first."""
    return {
        "origins": settings.origins,
        "missing_public_url": None if settings.public_url else variable("public_url"),
    }  # a site's own follows from the server's


def snippets(settings: Settings, root: str, widget: Widget) -> Snippets:
    """What is copied for a site.

    Args:
        settings: of the site.
        root: how the operator's browser reaches us, for a site that has not said how visitors do.
        widget: the answer box.
    """
    base = str(settings.public_url or root).rstrip("/")
    server = base.removesuffix(f"/sites/{settings.site}")
    site = "" if server == base else f' data-site="{settings.site}"'
    origins = (*settings.origins, "https://www.example.kr")
    return Snippets(
        simple=_element(base, f'src="{server}/widget/v1.js"{site}'),
        fixed=_element(base, f'src="{server}/widget/{widget.version}/faq-box.js"{site} integrity="{widget.script.integrity}" crossorigin="anonymous"'),
        policy=f"script-src {origin_of(base)};\nconnect-src {origin_of(base)};\nform-action {origin_of(base)};",
        setting=f"origins = {json.dumps(origins)}" if settings.has_site_file else f"{variable('origins')}={','.join(origins)}",
    )


def _element(base: str, loaded: str) -> str:
    return f'<div id="faq"><a href="{escape(base)}/">{messages.EMBED_FALLBACK}</a></div>\n<script {loaded} async data-target="#faq"></script>'
