"""Answer Markdown → a tree of blocks that is safe to show anywhere."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from markdown_it.token import Token

from faqbot.corpus.blocks import Block, Bold, BulletList, Heading, LineBreak, Link, NumberedList, Paragraph, Span, Table, Text
from faqbot.corpus.dialect import MAX_NESTING, parser
from faqbot.corpus.links import is_safe_link

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def parse_answer(markdown: str) -> tuple[Block, ...]:
    """Blocks of an answer; none for an empty one.

    A line break in a paragraph stays one, as whoever pressed Alt+Enter in Excel meant it. Raw HTML, code, emphasis and
    struck text become text, images their description, quotes their content. A link that may not be shown leaves its
    label. What is nested deeper than any real answer is shown as it was typed.

    >>> parse_answer("**7일** 안에 [신청](https://pay.example.kr)")
    (Paragraph(spans=(Bold(text='7일'), Text(text=' 안에 '), Link(label='신청', url='https://pay.example.kr'))),)
    """
    tokens = parser().parse(markdown)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        return tuple(Paragraph(_lines(part)) for part in _paragraphs(markdown.strip()))
    return tuple(_blocks(iter(tokens)))


def _blocks(tokens: Iterator[Token], closing: str = "") -> Iterator[Block]:
    """Blocks up to the token that closes what holds them."""
    for token in tokens:
        if token.type == closing:
            return
        yield from _block(token, tokens)


def _block(token: Token, tokens: Iterator[Token]) -> Iterator[Block]:
    """The block that a token begins, taking from `tokens` what belongs to it; none for quotes, rules and what ends a block."""
    match token.type:
        case "inline":
            yield from _filled(Paragraph(_spans(token)))
        case "fence":
            yield from _filled(Paragraph(_lines(token.content.strip("\n"))))
        case "heading_open":
            yield from _filled(Heading(3 if token.tag == "h1" else 4, _spans(next(tokens))))
        case "bullet_list_open":
            yield BulletList(_items(tokens, "bullet_list_close"))
        case "ordered_list_open":
            yield NumberedList(int(token.attrs.get("start", 1)), _items(tokens, "ordered_list_close"))
        case "table_open":
            yield _table(tokens)


def _filled(block: Paragraph | Heading) -> tuple[Block, ...]:
    return (block,) if block.spans else ()


def _items(tokens: Iterator[Token], closing: str) -> tuple[tuple[Block, ...], ...]:
    opened = iter(lambda: next(tokens).type, closing)  # every other token at this depth opens an item
    return tuple(tuple(_blocks(tokens, "list_item_close")) for _ in opened)


def _table(tokens: Iterator[Token]) -> Table:
    rows: list[list[tuple[Span, ...]]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_spans(token))
    header, *body = map(tuple, rows)
    return Table(header, tuple(body))


def _paragraphs(text: str) -> Iterator[str]:
    """Parts of a text between blank lines."""
    for is_blank, lines in groupby(_LINE_BREAK.split(text), lambda line: not line.strip()):
        if not is_blank:
            yield "\n".join(lines).rstrip()


def _lines(text: str) -> tuple[Span, ...]:
    """Text as it stands, its line breaks as spans; none for empty text."""
    spans = (span for line in _LINE_BREAK.split(text) for span in (LineBreak(), Text(line)))
    return tuple(span for span in spans if span != Text(""))[1:]


def _spans(inline: Token) -> tuple[Span, ...]:
    writer = _SpanWriter()
    for token in inline.children or ():
        writer.take(token)
    return tuple(writer.spans)


class _SpanWriter:
    """Turns inline tokens, however deeply their signs nest, into a flat row of spans."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._bold = 0
        self._link: tuple[str, list[str]] | None = None

    def take(self, token: Token) -> None:
        match token.type:
            case "strong_open" | "strong_close":
                self._bold += token.nesting
            case "link_open":
                self._link = (str(token.attrs["href"]), [])
            case "link_close":
                self._end_link()
            case "softbreak" | "hardbreak":
                self._break()
            case "image":
                self._write(_description(token.children or ()))
            case _:
                self._write(token.content)

    def _write(self, text: str) -> None:
        """Add text to the open link, to the last span where that is of the same kind, or as a span."""
        text = _LINE_BREAK.sub(" ", text)  # only a character reference brings one here
        kind = Bold if self._bold else Text
        if self._link:
            self._link[1].append(text)
        elif self.spans and isinstance(last := self.spans[-1], kind):
            self.spans[-1] = kind(last.text + text)
        elif text:
            self.spans.append(kind(text))

    def _break(self) -> None:
        if self._link:
            self._write(" ")
        else:
            self.spans.append(LineBreak())

    def _end_link(self) -> None:
        """Add the open link, or its label alone where it may not be shown."""
        (url, pieces), self._link = self._link or ("", []), None
        label = "".join(pieces)
        if is_safe_link(url):
            self.spans.append(Link(label if label.strip() else url, url))
        else:
            self._write(label)


def _description(tokens: Iterable[Token]) -> str:
    """What an image shows, in words."""
    return "".join(" " if token.type in {"softbreak", "hardbreak"} else token.content for token in tokens)
