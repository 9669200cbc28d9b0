"""A text as the channels see it: characters, content morphemes, canonical words."""

from dataclasses import dataclass
from functools import cached_property

from faqbot.korean.analyzer import Analyzer, Token
from faqbot.korean.synonyms import Item, Synonyms
from faqbot.korean.terms import NEGATION, content, morphemes


@dataclass(frozen=True)
class Reading:
    """One normalized text, analysed. Everything else follows from it."""

    text: str
    tokens: tuple[Token, ...]
    canonical: tuple[str, ...]

    @cached_property
    def items(self) -> list[Item]:
        """(form, tag) of the content morphemes in order."""
        return content(self.tokens)

    @cached_property
    def raw(self) -> str:
        """The text without spaces, Latin in lower case."""
        return self.text.replace(" ", "").casefold()

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

    @property
    def negated(self) -> bool:
        """Whether it denies something: 안, 못, 않, 불가, 없 and so on."""
        return not NEGATION.isdisjoint(self.morphemes)


class Reader:
    """Analyzer and synonyms together: the one way from text to Reading, in training and in serving."""

    def __init__(self, analyzer: Analyzer, synonyms: Synonyms) -> None:
        self.analyzer = analyzer
        self.synonyms = synonyms

    def stored(self, text: str, tokens: tuple[Token, ...] | None = None) -> Reading:
        """Read a normalized text of ours; `tokens` saves the analysis where it is known already."""
        tokens = self.analyzer.tokenize(text) if tokens is None else tokens
        return Reading(text, tokens, tuple(self.synonyms.stored(content(tokens))))

    def query(self, text: str) -> Reading:
        """Read a normalized query: one-way synonyms apply as well."""
        tokens = self.analyzer.tokenize(text)
        return Reading(text, tokens, tuple(self.synonyms.query(content(tokens))))
