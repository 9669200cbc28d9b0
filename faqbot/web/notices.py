"""Stored notices → what visitors see of them."""

from faqbot.corpus import parse_answer, to_html, to_json
from faqbot.store import Notice
from faqbot.web import schema


def notice_html(body_markdown: str) -> str:
    """The text of a notice as visitors see it; "" for an empty one."""
    return to_html(parse_answer(body_markdown))


def site_notice(notice: Notice) -> schema.SiteNotice:
    """A notice with its text as HTML and as blocks."""
    blocks = parse_answer(notice.body_markdown)
    return schema.SiteNotice(id=notice.id, title=notice.title, body_html=to_html(blocks), blocks=tuple(to_json(blocks)), starts=notice.starts, ends=notice.ends)
