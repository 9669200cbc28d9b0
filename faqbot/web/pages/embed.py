"""How to put the answer box on a page of one's own."""

from dataclasses import dataclass
from html import escape

from flask import Response, request

from faqbot import messages
from faqbot.settings import variable
from faqbot.web.origins import origin_of
from faqbot.web.pages.frame import render
from faqbot.web.visit import Visit
from faqbot.web.widget import Widget


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
    base = str(visit.settings.public_url or request.url_root).rstrip("/")
    origins = ",".join((*visit.settings.origins, "https://www.example.kr"))
    snippets = Snippets(
        simple=_element(base, f'src="{base}/widget/v1.js"'),
        fixed=_element(base, f'src="{base}/widget/{widget.version}/faq-box.js" integrity="{widget.script.integrity}" crossorigin="anonymous"'),
        policy=f"script-src {origin_of(base)};\nconnect-src {origin_of(base)};\nform-action {origin_of(base)};",
        setting=f"{variable('origins')}={origins}",
    )
    public_url = None if visit.settings.public_url else variable("public_url")
    return render("embed.html", snippets=snippets, origins=visit.settings.origins, version=widget.version, missing_public_url=public_url)


def _element(base: str, loaded: str) -> str:
    return f'<div id="faq"><a href="{escape(base)}/">{messages.EMBED_FALLBACK}</a></div>\n<script {loaded} async data-target="#faq"></script>'
