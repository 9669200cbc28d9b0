"""What holds for every input, one promise a surface. Each takes any bytes and raises AssertionError, or whatever should never escape, where it does not hold."""

from collections.abc import Callable
from html.parser import HTMLParser

import nh3

from faqbot.corpus import parse_answer
from faqbot.corpus.blocks_json import from_json, to_json
from faqbot.corpus.read import read_faq_bytes
from faqbot.corpus.render import to_html, to_text
from faqbot.errors import CorpusError, QueryError
from faqbot.korean.normalize import normalize, normalize_query
from faqbot.privacy import mask

#: Elements and attributes that an answer may have.
TAGS = {"p", "h3", "h4", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "a", "br"}
ATTRIBUTES = {"a": {"href", "target"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
REL = "noopener noreferrer nofollow"


class _Events(HTMLParser):
    """What a browser would make of it: quotation marks and entities may be written in more than one way."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.events: list[tuple[object, ...]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, sorted(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.events.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        if self.events and self.events[-1][0] == "":
            data = f"{self.events.pop()[1]}{data}"
        self.events.append(("", data))


def table(data: bytes) -> None:
    """A table file is read, or refused with all that is wrong with it; what was read has ids of its own, questions and answers."""
    try:
        entries = read_faq_bytes(data, "표.csv").entries
    except CorpusError:
        return
    assert len({entry.id for entry in entries}) == len(entries)
    assert all(entry.question.strip() and entry.answer.strip() for entry in entries)


def query(data: bytes) -> None:
    """A query is normalized once and for all, or refused."""
    text = _text(data)
    assert normalize(normalize(text)) == normalize(text)
    try:
        normalized = normalize_query(text)
    except QueryError:
        return
    assert normalized.strip()
    assert normalize_query(normalized) == normalized


def personal(data: bytes) -> None:
    """A masked text stays as it is when it is masked again."""
    masked = mask(_text(data)).text
    assert mask(masked).text == masked


def answer(data: bytes) -> None:
    """An answer's HTML has nothing that an independent judge would take out but the address of a host that cannot be, and its blocks survive JSON."""
    blocks = parse_answer(_text(data))
    html = to_html(blocks)
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL)
    ours, left = _Events(html).events, _Events(clean).events
    assert len(ours) == len(left)
    assert all(one == other or other == _nowhere(one) for one, other in zip(ours, left, strict=True))
    assert from_json(to_json(blocks)) == blocks
    to_text(blocks)


def _nowhere(event: tuple[object, ...]) -> tuple[object, ...]:
    """A link without its address, if that is what it has."""
    attributes = event[1] if len(event) == 2 and isinstance(event[1], list) else []
    hosts = [value for name, value in attributes if name == "href" and value.startswith(("http://", "https://"))]
    return (event[0], [pair for pair in attributes if pair[0] != "href"]) if hosts else event


def _text(data: bytes) -> str:
    """Halves of surrogate pairs too: JSON can bring them."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


PROMISES: dict[str, Callable[[bytes], None]] = {"table": table, "query": query, "personal": personal, "answer": answer}
