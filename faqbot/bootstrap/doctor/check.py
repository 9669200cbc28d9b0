"""One thing that was looked at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it is: only `fail` keeps a server from doing what it should."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found.

    Attributes:
        name: of what was looked at, a stable word for programs.
        state: how it is.
        found: a sentence.
        next_step: what to do, "" where nothing is to be done.
    """

    name: str
    state: State
    found: str
    next_step: str = ""
