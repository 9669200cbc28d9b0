"""What another process was asked this moment, and is about to write down."""

import time
from collections.abc import Callable
from typing import TypeVar

from faqbot.errors import MissingRecordError
from faqbot.web.tokens import Tokens

#: Seconds after which a reply's query is written down wherever it was asked, and between two looks.
MOMENT, LOOK = 2.0, 0.05

T = TypeVar("T")


def once_written(tokens: Tokens, token: str, act: Callable[[], T]) -> T:
    """Act on the query of a token that was read before: at once, or as soon as it is there where the token is so young that it may be on its way.

    Raises:
        MissingRecordError: it is not there, and will not come.
    """
    until = time.monotonic() + min(MOMENT, MOMENT - tokens.age(token))
    while True:
        try:
            return act()
        except MissingRecordError:
            if time.monotonic() >= until:
                raise
        time.sleep(LOOK)
