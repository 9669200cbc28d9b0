"""A number as it stands in a view: its digits, how they are grouped, and what is beside it. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from faqbot.privacy.view import WALL

#: Start and end in a view.
Span = tuple[int, int]

#: A sign between two digits of a number, and at most one; a view has no more. Patterns hold them as S and T.
T = r"[-. /()]"
S = rf"{T}?"
#: Where a number may begin: not amid typed or spelled digits, which may touch each other, and, as START, not amid single ones; there it began before.
EDGE = "(?:(?<![0-9])(?=[0-9])|(?<![０-９])(?=[０-９]))"
START = rf"{EDGE}(?!(?:(?<=\D\d{T})|(?<=^\d{T}))\d{T})"
#: Where it may end: a spelled digit behind a spelled one may be a particle, two are more of it.
END = "(?![0-9])(?!(?<=[０-９])[０-９]{2})"

#: Characters before and behind a number that can say what it is.
_BESIDE = 32
_TYPED = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True)
class Number:
    """Digits with signs between them, chars[start:end], in a view."""

    chars: str
    start: int
    end: int

    @cached_property
    def typed(self) -> str:
        """With its signs, all digits ASCII."""
        return self.chars[self.start : self.end].translate(_TYPED)

    @cached_property
    def digits(self) -> str:
        """Without signs and letters."""
        return "".join(filter(str.isdigit, self.typed))

    @cached_property
    def cuts(self) -> frozenset[int]:
        """How many digits stand before each sign.

        >>> sorted(Number("11-22-333333-44", 0, 15).cuts)
        [2, 4, 10]
        """
        signs = (at for at, char in enumerate(self.typed) if not char.isdigit())
        return frozenset(at - before for before, at in enumerate(signs))

    @property
    def single(self) -> bool:
        """Whether a sign stands between any two digits."""
        return len(self.cuts) == len(self.digits) - 1

    @property
    def before(self) -> str:
        """What leads to it; at most 32 characters."""
        return self.chars[max(0, self.start - _BESIDE) : self.start]

    @property
    def behind(self) -> str:
        """What follows it; at most 32 characters."""
        return self.chars[self.end : self.end + _BESIDE]


def scan(chars: str, pattern: re.Pattern[str], accepted: Callable[[Number], int | None]) -> Iterator[Span]:
    """Spans from the left, none over another; `accepted` says where one ends. After what it declines, the search goes on one character later."""
    at = 0
    while match := pattern.search(chars, at):
        end = accepted(Number(chars, *match.span()))
        if end is not None:
            yield match.start(), end
        at = match.start() + 1 if end is None else end


def walled(chars: str, spans: Iterable[Span]) -> str:
    """The characters with walls in place of the spans, which go from left to right; as long as before."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += chars[at:start], WALL * (end - start)
        at = end
    return "".join(parts) + chars[at:]
