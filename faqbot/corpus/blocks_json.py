"""Blocks ⇄ JSON, for the release file."""

from collections.abc import Iterable

from faqbot.corpus.blocks import Block, Bold, BulletList, Heading, LineBreak, Link, NumberedList, Paragraph, Span, Table, Text
from faqbot.corpus.dialect import MAX_NESTING
from faqbot.corpus.links import is_safe_link
from faqbot.errors import ReleaseError

#: The largest number CommonMark allows a list to begin with.
_MAX_START = 999_999_999


def to_json(blocks: Iterable[Block]) -> list[object]:
    """What `json.dumps` takes: one object for each block, its kind under "type"; an empty list for none.

    >>> to_json((Paragraph((Text("이틀 걸립니다."),)),))
    [{'type': 'paragraph', 'spans': [{'type': 'text', 'text': '이틀 걸립니다.'}]}]
    """
    return [_block_json(block) for block in blocks]


def from_json(data: object) -> tuple[Block, ...]:
    """The blocks that `to_json` made `data` from.

    Raises:
        ReleaseError: anything that `to_json` cannot have made, links that may not be shown included.
    """
    return _blocks(data, MAX_NESTING)


def _block_json(block: Block) -> dict[str, object]:
    match block:
        case Paragraph(spans):
            return {"type": "paragraph", "spans": _spans_json(spans)}
        case Heading(level, spans):
            return {"type": "heading", "level": level, "spans": _spans_json(spans)}
        case BulletList(items):
            return {"type": "bullet_list", "items": [to_json(item) for item in items]}
        case NumberedList(start, items):
            return {"type": "numbered_list", "start": start, "items": [to_json(item) for item in items]}
        case Table(header, rows):
            return {"type": "table", "header": [_spans_json(cell) for cell in header], "rows": [[_spans_json(cell) for cell in row] for row in rows]}


def _spans_json(spans: Iterable[Span]) -> list[object]:
    return [_span_json(span) for span in spans]


def _span_json(span: Span) -> dict[str, object]:
    match span:
        case Text(text):
            return {"type": "text", "text": text}
        case Bold(text):
            return {"type": "bold", "text": text}
        case Link(label, url):
            return {"type": "link", "label": label, "url": url}
        case LineBreak():
            return {"type": "line_break"}


def _blocks(data: object, room: int) -> tuple[Block, ...]:
    """Blocks with at most `room` levels of lists in them."""
    if room == 0:
        raise _foreign("너무 깊이 겹친 목록")
    return tuple(_block(each, room - 1) for each in _list(data))


def _block(data: object, room: int) -> Block:
    match data:
        case {"type": "paragraph", "spans": spans, **rest} if not rest:
            return Paragraph(_spans(spans))
        case {"type": "heading", "level": int(level), "spans": spans, **rest} if level in {3, 4} and not rest:
            return Heading(level, _spans(spans))
        case {"type": "bullet_list", "items": items, **rest} if not rest:
            return BulletList(tuple(_blocks(item, room) for item in _list(items)))
        case {"type": "numbered_list", "start": int(start), "items": items, **rest} if _is_start(start) and not rest:
            return NumberedList(start, tuple(_blocks(item, room) for item in _list(items)))
        case {"type": "table", "header": header, "rows": rows, **rest} if not rest:
            return _table(header, rows)
    raise _foreign("알 수 없는 블록")


def _is_start(start: int) -> bool:
    return not isinstance(start, bool) and 0 <= start <= _MAX_START


def _table(header: object, rows: object) -> Table:
    table = Table(_cells(header), tuple(_cells(row) for row in _list(rows)))
    if not table.header or any(len(row) != len(table.header) for row in table.rows):
        raise _foreign("칸 수가 맞지 않는 표")
    return table


def _cells(data: object) -> tuple[tuple[Span, ...], ...]:
    return tuple(_spans(cell) for cell in _list(data))


def _spans(data: object) -> tuple[Span, ...]:
    return tuple(_span(each) for each in _list(data))


def _span(data: object) -> Span:
    match data:
        case {"type": "text", "text": str(text), **rest} if not rest:
            return Text(text)
        case {"type": "bold", "text": str(text), **rest} if not rest:
            return Bold(text)
        case {"type": "link", "label": str(label), "url": str(url), **rest} if label.strip() and is_safe_link(url) and not rest:
            return Link(label, url)
        case {"type": "line_break", **rest} if not rest:
            return LineBreak()
    raise _foreign("알 수 없는 글")


def _list(data: object) -> list[object]:
    if not isinstance(data, list):
        raise _foreign("목록이 아닌 값")
    return data


def _foreign(what: str) -> ReleaseError:
    return ReleaseError(f"답변 데이터에 faqbot이 만들지 않은 것이 있습니다({what}). faqbot train 으로 다시 학습해 주세요.")
