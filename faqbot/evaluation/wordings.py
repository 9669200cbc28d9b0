"""Queries → wordings: the same text typed several times is one, with when it was asked and what went wrong. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from faqbot.korean.courtesy import without_courtesy
from faqbot.korean.normalize import normalize
from faqbot.korean.terms import question_key
from faqbot.store import QueryRow, Trouble, Wording


@dataclass(slots=True)
class Said:
    """What one wording gathers."""

    texts: Counter[str] = field(default_factory=Counter)
    asked: list[datetime] = field(default_factory=list)
    troubles: Counter[Trouble] = field(default_factory=Counter)
    last: tuple[datetime, str | None, float] | None = None
    picked: int = 0

    def wording(self, key: str, closeness: float | None = None) -> Wording:
        """As a value, with the text that was typed most often, among equals the one with spaces and without courtesy.

        Args:
            key: `said_key` of all texts.
            closeness: None for that of the last query.
        """
        _, nearest, confidence = self.last or (None, None, 0.0)
        text = max(self.texts, key=lambda each: (self.texts[each], without_courtesy(each).count(" "), -len(each), each))
        return Wording(
            key=hashed(key),
            text=text,
            asked=tuple(sorted(self.asked)),
            troubles=dict(self.troubles),
            picked=self.picked,
            nearest=nearest,
            closeness=confidence if closeness is None else closeness,
        )


def said_key(text: str) -> str:
    """What two texts share that say the same to the letter: letters and digits, without courtesy, spaces and signs.

    >>> said_key("안녕하세요, 환불은 언제 되나요??") == said_key("환불은언제되나요")
    True
    """
    return question_key(without_courtesy(normalize(text)))


def hashed(key: str) -> str:
    """A key that tells nothing of the text: 32 hex digits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def wordings(queries: Iterable[QueryRow]) -> Mapping[str, Wording]:
    """Wordings by `said_key`, in the order in which they were first asked; a text without letters, digits and signs is none."""
    said: dict[str, Said] = {}
    for query in queries:
        key = said_key(query.text)
        if not key:
            continue
        gathered = said.setdefault(key, Said())
        gathered.texts[normalize(query.text)] += 1
        gathered.asked.append(query.asked_at)
        gathered.troubles[query.trouble] += 1
        if gathered.last is None or query.asked_at >= gathered.last[0]:
            gathered.last = (query.asked_at, query.nearest, query.confidence)
    return {key: gathered.wording(key) for key, gathered in said.items()}
