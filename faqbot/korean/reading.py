"""A text as the channels see it: characters, content morphemes, canonical words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from faqbot.korean.analyzer import Analyzer, Token
from faqbot.korean.courtesy import without_courtesy
from faqbot.korean.declining import declined
from faqbot.korean.polarity import Claims, claims, denies
from faqbot.korean.synonyms import Item, Synonyms
from faqbot.korean.terms import NAMING, content, morphemes, question_key

#: Stands for what is to be left undone: a word that no question holds, so that an entry about doing it is no likelier than any other.
DECLINED = "〇〇"


@dataclass(frozen=True)
class Reading:
    """One normalized text, analysed.

    Attributes:
        text: as it was normalized.
        tokens: all of the text without courtesy.
        items: (form, tag) of the content morphemes in order.
        canonical: content forms with synonyms replaced by their heads, in order.
        declined: half-open ranges of characters of `said`, in order, that are DECLINED in items, canonical and raw.
    """

    text: str
    tokens: tuple[Token, ...]
    items: list[Item]
    canonical: list[str]
    declined: tuple[tuple[int, int], ...] = ()

    @cached_property
    def said(self) -> str:
        """The text without courtesy: what was analysed, and what the tokens' places count in."""
        return without_courtesy(self.text)

    @cached_property
    def raw(self) -> str:
        """Letters and digits of the text without courtesy, Latin in lower case; the signs where there is nothing else."""
        said = self.said
        for start, end in reversed(self.declined):
            said = said[:start] + DECLINED + said[end:]
        return question_key(said)

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

    def asked(self, reading: Reading, stored: str) -> Reading:
        """A query with DECLINED for every undoing that it declines; the query itself where it declines none, or where the base speaks of declining it.

        Args:
            reading: of a query.
            stored: content of the base's questions, a line each.
        """
        found = [(start, end) for start, end in declined(reading.tokens) if not self._is_spoken_of(content(reading.tokens[start:end]), stored)]
        if not found:
            return reading
        items, behind = [], 0
        for start, end in found:
            items += [*content(reading.tokens[behind:start]), (DECLINED, "NNG")]
            behind = end
        items += content(reading.tokens[behind:])
        places = tuple((reading.tokens[start].start, reading.tokens[end - 1].end) for start, end in found)
        return replace(reading, items=items, canonical=self.synonyms.query(items), declined=places)

    def _is_spoken_of(self, items: Sequence[Item], stored: str) -> bool:
        """Whether a question, or a synonym, says that the act is declined: 반품 안 하다 is 반품 철회, while 환불을 안 해 주다 is what another refuses."""
        denials = [said for label in self.synonyms.explain(items) if "안 " in (said := label.partition("→")[0]) or "않" in said]
        refused = any(said.endswith("주다") for said in denials)
        if denials and not refused:
            return True
        act = items[0][0]
        forms = (f"{act}않", f"{act}하않") if refused else (f"{act}않", f"{act}하않", f"{act}안하")
        return any(form in stored for form in forms)

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
