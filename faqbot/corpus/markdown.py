"""HTML of an answer → Markdown as `answer` reads it. markdownify walks the tree; what cannot be shown is dropped here."""

import html
import re
from typing import Any

from markdownify import MarkdownConverter

#: Characters of one answer's HTML. Three times what a cell may have as text; tags outweigh text in what editors write, not by more. Takes a second at worst.
MAX_HTML = 60_000

_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_KNOWN = re.compile(
    r"</?(?:a|article|b|blockquote|br|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|iframe|img|ins|li|ol|p|pre|s|script|section|small|span|strike"
    r"|strong|style|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|video)(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"<br\s*/?>|</(?:p|div|li|ul|ol|tr|td|h[1-6])>|<a\s[^<>]{0,2000}href\s*=|<img\s[^<>]{0,2000}src\s*=|<(b|strong|em|i|u|span|font)(?:\s[^<>]{0,2000})?>[^<>]{1,4000}</\1>",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|nbsp|amp|lt|gt|quot|apos|middot|bull|hellip|[lr][sd]quo|rarr|larr|times|deg|copy|ndash|mdash);", re.IGNORECASE
)
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_STRAY = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_BLOCK = re.compile(r"<(?:br|p|div|li|tr|pre|h[1-6]|blockquote|section|article)\b", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n]+")
_SPACES_BEFORE_BREAK = re.compile(r"(?<![ \t])[ \t]+\n")
_BLANK_LINES = re.compile(r"\n{3,}")
_DROPPED = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "head", "title", "button", "input", "select", "textarea")


class _Converter(MarkdownConverter):
    """markdownify with what a page does dropped, and a line break as a line break."""

    def convert_br(self, _element: Any, _text: str, parent_tags: set[str]) -> str:
        return " " if "_inline" in parent_tags else "\n"


def _drop(_converter: MarkdownConverter, _element: Any, _text: str, parent_tags: set[str]) -> str:  # noqa: ARG001  # markdownify names it
    return ""


for _name in _DROPPED:
    setattr(_Converter, f"convert_{_name}", _drop)


def has_markup(text: str) -> bool:
    """Whether text was written as HTML: it has a line break, a paragraph, a list, a link or marked words of HTML, or a character reference.

    A tag that is only spoken of does not count.

    >>> has_markup("네<br>아니요"), has_markup("A&amp;B"), has_markup("<환불> 버튼"), has_markup("<img> 태그를 넣으세요")
    (True, True, False, False)
    """
    return bool(_WRITTEN.search(text) or _ENTITY.search(text))


def to_markdown(text: str) -> str:
    r"""HTML as Markdown; text without any tag with its character references resolved; "" for what holds nothing to read.

    Text that is too long or nests too deep for any answer loses its tags and keeps its words.

    >>> to_markdown("<p>카드는 <b>3일</b></p><ul><li>앱</li></ul><script>x()</script>")
    '카드는 **3일**\n\n- 앱'
    """
    if not _KNOWN.search(text):
        return html.unescape(text)
    if len(text) > MAX_HTML:
        return without_tags(text)
    try:
        converted = _Converter(heading_style="ATX", bullets="-", escape_misc=False, escape_underscores=False, table_infer_header=True).convert(_tidy(text))
    except RecursionError:
        return without_tags(text)
    return _BLANK_LINES.sub("\n\n", _SPACES_BEFORE_BREAK.sub("\n", str(converted))).strip()


def _tidy(text: str) -> str:
    """HTML of whole tags in which spaces stand alone: on anything else markdownify takes quadratic time.

    Line breaks of text that has no tag for one are meant, and become tags.
    """
    text = whole_tags(text)
    if not _BLOCK.search(text):
        text = text.replace("\r\n", "\n").replace("\n", "<br>")
    return _SPACE.sub(lambda found: "\n" if "\n" in found[0] else " ", text)


def whole_tags(text: str) -> str:
    """HTML without comments and declarations, in which every sign "<" opens a whole tag: on anything else html.parser takes quadratic time."""
    return _STRAY.sub("&lt;", _DECLARATION.sub("", _without_comments(text)))


def _without_comments(text: str) -> str:
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0:
        kept.append(text[position:start])
        end = text.find("-->", start)
        position = end + 3 if end >= 0 else len(text)
    return "".join((*kept, text[position:]))


def without_tags(text: str) -> str:
    """The words of HTML in one line.

    >>> without_tags("<b>환불</b>은&nbsp;언제 되나요?")
    '환불은 언제 되나요?'
    """
    return " ".join(html.unescape(_TAG.sub("", _without_comments(text))).split())
