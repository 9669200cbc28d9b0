"""Answers on a page: tables that scroll in their own box, lists that screen readers still know as lists, lists to tick off."""

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from faqbot import messages

_TICK = re.compile(r"<li>(<p>)?(?:(\[[xX✓✔]\]|[☑☒✓✔✅])|\[ ?\]|[☐□⬜])\s*")


def on_page(html: str) -> Markup:
    """HTML that `faqbot.corpus.to_html` made, for a page. Text in it is escaped, so a tag in it is one of ours.

    >>> str(on_page("<ul><li>[ ] 영수증</li></ul>"))
    '<ul role="list" class="checks"><li class="check"><span class="box" aria-hidden="true"></span>영수증</li></ul>'
    """
    html = _TICK.sub(_check, html)
    html = html.replace('<ul><li class="check', '<ul role="list" class="checks"><li class="check')
    html = html.replace("<ol", '<ol role="list"')
    box = f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(messages.TABLE)}">'
    html = html.replace("<table>", f"{box}<table>").replace("</table>", "</table></div>")
    return Markup(html.replace("<th>", '<th scope="col">'))  # noqa: S704  # see above


def _check(found: re.Match[str]) -> str:
    done = found[2] is not None
    said = f'<span class="sr">{escape(messages.DONE)}: </span>' if done else ""
    return f'<li class="check{" done" if done else ""}">{found[1] or ""}<span class="box" aria-hidden="true"></span>{said}'


FILTERS: dict[str, Callable[..., Any]] = {"on_page": on_page}
