"""Blocks → HTML and plain text."""

from collections.abc import Iterable
from html import escape
from itertools import count

from faqbot.corpus.blocks import Block, Bold, BulletList, Heading, LineBreak, Link, NumberedList, Paragraph, Span, Table, Text

_Cells = Iterable[tuple[Span, ...]]


def to_html(blocks: Iterable[Block]) -> str:
    """HTML of an answer, "" for none. Everything from outside is escaped here; tags come from this module only.

    >>> to_html((Paragraph((Bold("7일"), Text(" 안에 <신청>"))),))
    '<p><strong>7일</strong> 안에 &lt;신청&gt;</p>'
    """
    return "".join(map(_block_html, blocks))


def _block_html(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return f"<p>{_spans_html(spans)}</p>"
        case Heading(level, spans):
            return f"<h{level}>{_spans_html(spans)}</h{level}>"
        case BulletList(items):
            return f"<ul>{_items_html(items)}</ul>"
        case NumberedList(start, items):
            number = f' start="{start}"' if start != 1 else ""
            return f"<ol{number}>{_items_html(items)}</ol>"
        case Table(header, rows):
            body = f"<tbody>{''.join(_row_html(row, 'td') for row in rows)}</tbody>" if rows else ""
            return f"<table><thead>{_row_html(header, 'th')}</thead>{body}</table>"


def _items_html(items: Iterable[tuple[Block, ...]]) -> str:
    return "".join(f"<li>{_item_html(item)}</li>" for item in items)


def _item_html(item: tuple[Block, ...]) -> str:
    """An item; its first paragraph stands without <p> unless others follow."""
    match item:
        case (Paragraph(spans), *rest) if not any(isinstance(block, Paragraph) for block in rest):
            return _spans_html(spans) + to_html(rest)
    return to_html(item)


def _row_html(cells: _Cells, tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_spans_html(cell)}</{tag}>' for cell in cells)}</tr>"


def _spans_html(spans: Iterable[Span]) -> str:
    return "".join(map(_span_html, spans))


def _span_html(span: Span) -> str:
    match span:
        case Text(text):
            return escape(text)
        case Bold(text):
            return f"<strong>{escape(text)}</strong>"
        case Link(label, url):
            return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow" target="_blank">{escape(label)}</a>'
        case LineBreak():
            return "<br>"


def to_text(blocks: Iterable[Block]) -> str:
    """Plain text of an answer for messengers, search and the terminal; "" for none. Blocks are parted by an empty line.

    >>> print(to_text((NumberedList(1, ((Paragraph((Link("내 주문", "https://pay.example.kr"), Text("을 엽니다."))),),)),)))
    1. 내 주문 (https://pay.example.kr)을 엽니다.
    """
    return "\n\n".join(map(_block_text, blocks))


def _block_text(block: Block) -> str:
    match block:
        case Paragraph(spans) | Heading(_, spans):
            return _spans_text(spans)
        case BulletList(items):
            return "\n".join(_item_text("- ", item) for item in items)
        case NumberedList(start, items):
            return "\n".join(_item_text(f"{number}. ", item) for number, item in zip(count(start), items, strict=False))
        case Table(header, rows):
            return "\n".join(_row_text(row) for row in (header, *rows))


def _item_text(sign: str, item: tuple[Block, ...]) -> str:
    """The blocks of an item on lines of their own, indented under its sign."""
    return (sign + "\n".join(map(_block_text, item)).replace("\n", "\n" + " " * len(sign))).rstrip()


def _row_text(cells: _Cells) -> str:
    return " · ".join(_spans_text(cell) for cell in cells)


def _spans_text(spans: Iterable[Span]) -> str:
    return "".join(map(_span_text, spans))


def _span_text(span: Span) -> str:
    match span:
        case Text(text) | Bold(text):
            return text
        case Link(label, url):
            return label if label in {url, url.partition(":")[2]} else f"{label} ({url})"
        case LineBreak():
            return "\n"
