"""What is asked: nothing twice, or what many ask more often than what few do."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from tests.bench.traffic.client import Say, post

#: Ends of a text that change nothing about it but that it is another text.
SIGNS = "?!~."
#: Texts of those who repeat themselves, and how many of their questions are drawn before they begin again.
TEXTS, DRAWN = 20_000, 100_000


def variant(text: str, turn: int) -> str:
    """The same question as another text, each turn another one; the text itself at turn 0.

    >>> [variant("환불", turn) for turn in (0, 1, 4, 5, 21)]
    ['환불', '환불?', '환불.', '환불??', '환불???']
    """
    end = ""
    while turn:
        turn, sign = divmod(turn - 1, len(SIGNS))
        end = SIGNS[sign] + end
    return text + end


def new(queries: Sequence[str], **more: Any) -> Say:
    """One query after the other, and from then on variants of them: no text comes twice."""
    return lambda number: _asking(variant(queries[number % len(queries)], number // len(queries)), more)


def repeating(queries: Sequence[str], seed: int = 1) -> Say:
    """Questions drawn by Zipf's law, the n-th text 1/n as often as the first, from TEXTS variants of the queries. An assumption: no count of a help centre is public."""
    random = np.random.default_rng(seed)
    weights = 1 / np.arange(1, TEXTS + 1)
    texts = random.permutation(TEXTS)[random.choice(TEXTS, DRAWN, p=weights / weights.sum())].tolist()
    say = new(queries)
    return lambda number: say(texts[number % DRAWN])


def onward(say: Say) -> Say:
    """The next question at each call, whatever number it has for the client: a second client goes on where the first one stopped."""
    asked = count()
    return lambda _: say(next(asked))


#: How questions are asked, by name.
WAYS: dict[str, Callable[[Sequence[str]], Say]] = {"nothing twice": new, "by Zipf's law": repeating}


def _asking(text: str, more: dict[str, Any]) -> bytes:
    return post("/v1/ask", {"query": text, **more})
