"""Where CommonMark misreads Korean, and the parser that does not."""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize as emphasis

#: Lists and quotes inside one another, as the parser counts: a list and its item are two. It drops what is deeper, so `answer` looks out for it.
MAX_NESTING = 20

#: A day at the start of a line. CommonMark makes "2026. 3. 1.부터" a list that begins with step 2026.
_DAY = re.compile(r"[0-9]{1,4}\. ?[0-9]{1,2}\.(?![0-9])")


class _Parser(MarkdownIt):
    """Takes every link for one: `answer` decides which may be shown, and keeps the label of the others."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # markdown-it's name and signature
        return True


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables, in which raw HTML stays text.

    Indented code is off, as whoever indents a line in Excel does not mean code; so are definitions of links, which would
    make a line such as "[문의]: 1588-0000" vanish.
    """
    markdown = _Parser("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    markdown.enable(["table", "strikethrough"]).disable(["code", "reference"])
    markdown.inline.ruler.at("emphasis", _emphasis)
    markdown.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    markdown.block.ruler.before("list", "day", _day, {"alt": ["list"]})
    return markdown


def _list(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The list rule for any line but a day."""
    return not _is_day(state, start_line) and list_block(state, start_line, end_line, silent)


def _day(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:
    """A day ends the list before it; it is no block of its own."""
    return silent and _is_day(state, start_line)


def _is_day(state: StateBlock, line: int) -> bool:
    return bool(_DAY.match(state.src, state.bMarks[line] + state.tShift[line]))


def _emphasis(state: StateInline, silent: bool) -> bool:
    """The emphasis rule, but stars that Korean writes for something else stay, and bold works where a particle follows.

    Stay: "30*40*50cm", "홍*동", "010-****-1234". Work: "**환불(7일)**은", for which CommonMark wants a space behind the
    stars because a bracket stands before them.
    """
    start, known = state.pos, len(state.delimiters)
    if not emphasis(state, silent):
        return False
    before, after = state.src[max(start - 1, 0) : start], state.src[state.pos : state.pos + 1]
    for stars in state.delimiters[known:] if state.src[start] == "*" else ():
        if any("가" <= beside <= "힣" for beside in (before, after)):
            stars.open, stars.close = bool(after.strip()), bool(before.strip())
        if (stars.length == 1 and before.isalnum()) or (stars.length > 2 and before.strip()):
            stars.open = False
    return True
