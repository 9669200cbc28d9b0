"""What replies say of the releases that they come from."""

import json
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any


class Replies:
    """Hears replies, and remembers when each release was last heard of.

    Args:
        marks: last sentence of each answer, by id of the release.

    Attributes:
        judged: replies with an answer.
        mixed: those whose answer is not of the release that they name, or that name none of ours.
    """

    def __init__(self, marks: Mapping[str, str]) -> None:
        self._marks = marks
        self._heard: list[tuple[float, str]] = []
        self.judged = self.mixed = 0

    def hear(self, _: int, status: int, body: bytes) -> dict[str, Any]:
        """Take one response; what is no reply counts for nothing and is returned as nothing."""
        if status != 200:
            return {}
        reply: dict[str, Any] = json.loads(body)
        self._heard.append((time.monotonic(), reply["release"]))
        if reply["answer"]:
            self.judged += 1
            self.mixed += not reply["answer"]["answer_text"].endswith(self._marks.get(reply["release"], "\0"))
        return reply

    def waits(self, published: Sequence[tuple[float, str]]) -> list[float]:
        """Seconds from each publication that was heard of before the next one to the last reply of another release."""
        return waits(published, self._heard)


def waits(published: Sequence[tuple[float, str]], heard: Sequence[tuple[float, str]]) -> list[float]:
    """As `Replies.waits`, of moments and releases in ascending order."""
    found = []
    for (since, release), (until, _) in pairwise([*published, (float("inf"), "")]):
        meanwhile = [(at - since, named) for at, named in heard if since <= at < until]
        if any(named == release for _, named in meanwhile):
            found.append(max((after for after, named in meanwhile if named != release), default=0.0))
    return found
