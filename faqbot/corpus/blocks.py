"""The parts of an answer that may be shown. What is not here cannot reach a page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text without line breaks."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Text that stands out."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A label that opens a URL. The label is not empty; `links.is_safe_link` holds for the URL."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class LineBreak:
    """The next span begins on a new line."""


Span = Text | Bold | Link | LineBreak


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Spans that belong together."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the answer. `level` is 3 or 4: the page around it owns 1 and 2."""

    level: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    """Items in any order; each is a tuple of blocks, an empty item an empty tuple."""

    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True, slots=True)
class NumberedList:
    """Steps in order; the first has the number `start`, 0 or more."""

    start: int
    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as the header, and a cell is a tuple of spans."""

    header: tuple[tuple[Span, ...], ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]


Block = Paragraph | Heading | BulletList | NumberedList | Table
