"""A text as the channels see it: characters, content morphemes, canonical words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from faqbot.korean.analyzer import Analyzer, Token
from faqbot.korean.courtesy import without_courtesy
from faqbot.korean.polarity import Claims, claims, denies
from faqbot.korean.synonyms import Item, Synonyms
from faqbot.korean.terms import NAMING, content, morphemes, question_key


@dataclass(frozen=True)
class Reading:
    """One normalized text, analysed.

    Attributes:
        text: as it was normalized.
        tokens: all of the text without courtesy.
        items: (form, tag) of the content morphemes in order.
        canonical: content forms with synonyms replaced by their heads, in order.
    """

    text: str
    tokens: tuple[Token, ...]
    items: list[Item]
    canonical: list[str]

    @cached_property
    def said(self) -> str:
        """The text without courtesy: what was analysed, and what the tokens' places count in."""
        return without_courtesy(self.text)

    @cached_property
    def raw(self) -> str:
        """Letters and digits of the text without courtesy, Latin in lower case; the signs where there is nothing else."""
        return question_key(self.said)

    @cached_property
    def content(self) -> str:
        """Content morphemes glued together: endings, particles and spacing are gone."""
        return "".join(form for form, _ in self.items)

    @cached_property
    def canonical_text(self) -> str:
        """Canonical words glued together."""
        return "".join(self.canonical)

    @cached_property
    def morphemes(self) -> list[str]:
        """Content morphemes as form/TAG."""
        return morphemes(self.items)

    @cached_property
    def nouns(self) -> list[str]:
        """Content morphemes that name something: nouns, roots, Latin words and numbers, as form/TAG."""
        return [f"{form}/{tag}" for form, tag in self.items if tag in NAMING]

    @cached_property
    def claims(self) -> Claims:
        """What it says, what it denies, and which side of an opposite it names."""
        return claims(self.tokens)

    @property
    def negated(self) -> bool:
        """Whether it denies something: 안, 못, 않, 불가, 없 and so on."""
        return denies(self.claims)


class Reader:
    """Analyzer and synonyms together: the one way from text to Reading, in training and in serving."""

    def __init__(self, analyzer: Analyzer, synonyms: Synonyms) -> None:
        self.analyzer = analyzer
        self.synonyms = synonyms

    def stored(self, text: str) -> Reading:
        """Read a normalized text of ours: two-way synonyms apply."""
        return self._read(text, self.synonyms.stored)

    def query(self, text: str) -> Reading:
        """Read a normalized query: one-way synonyms apply as well."""
        return self._read(text, self.synonyms.query)

    def _read(self, text: str, canonical: Callable[[Sequence[Item]], list[str]]) -> Reading:
        tokens = self.analyzer.tokenize(without_courtesy(text))
        items = content(tokens)
        return Reading(text, tokens, items, canonical(items))


def joined(parts: Sequence[Reading]) -> Reading:
    """Several readings as one text."""
    return Reading(
        " ".join(part.text for part in parts),
        tuple(token for part in parts for token in part.tokens),
        [item for part in parts for item in part.items],
        [word for part in parts for word in part.canonical],
    )
