"""Answers on a page: tables that scroll in their own box, lists that screen readers still know as lists, lists to tick off."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from markupsafe import Markup, escape

from faqbot import messages

_TABLE = re.compile("<table>")
_TICK = re.compile(r"<li>(<p>)?(?:(\[[xX✓✔]\]|[☑☒✓✔✅])|\[ ?\]|[☐□⬜])\s*")


def on_page(html: str, table: str = messages.TABLE) -> Markup:
    """HTML that `faqbot.corpus.to_html` made, for a page. Text in it is escaped, so a tag in it is one of ours.

    Args:
        html: of an answer.
        table: what its tables are called; further ones get numbers, and so no two boxes on a page need have one name.

    >>> str(on_page("<ul><li>[ ] 영수증</li></ul>"))
    '<ul role="list" class="checks"><li class="check"><span class="box" aria-hidden="true"></span>영수증</li></ul>'
    """
    html = _TICK.sub(_check, html)
    html = html.replace('<ul><li class="check', '<ul role="list" class="checks"><li class="check')
    html = html.replace("<ol", '<ol role="list"')
    names = (table if number == 1 else f"{table} {number}" for number in count(1))
    html = _TABLE.sub(lambda _: f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(next(names))}"><table>', html)
    html = html.replace("</table>", "</table></div>")
    return Markup(html.replace("<th>", '<th scope="col">'))  # noqa: S704  # see above


def _check(found: re.Match[str]) -> str:
    done = found[2] is not None
    said = f'<span class="sr">{escape(messages.DONE)}: </span>' if done else ""
    return f'<li class="check{" done" if done else ""}">{found[1] or ""}<span class="box" aria-hidden="true"></span>{said}'


FILTERS: dict[str, Callable[..., Any]] = {"on_page": on_page}
