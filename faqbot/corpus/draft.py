"""The table that an operator works on, with everything else that a training needs. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from faqbot.corpus.entry_json import entry_from_json, entry_to_json
from faqbot.domain import FaqEntry, LabelledQuery

#: Kinds of labelled queries that decide alone whether a release may be published: this must be answered, and rightly; this must not be answered at once.
MUST_ANSWER, MUST_NOT_ANSWER = "must_answer", "must_not_answer"


@dataclass(frozen=True, slots=True)
class DraftTable:
    """What is worked on.

    Attributes:
        entries: in table order, disabled ones too; ids are unique.
        user_words: text of a user_words.tsv.
        synonyms: text of a synonyms.tsv: the site's own groups.
        queries: labelled ones. Kinds MUST_ANSWER and MUST_NOT_ANSWER make cases of them.

    >>> DraftTable((FaqEntry("a", "환불되나요?", "됩니다."),)).without({"a"}).entries
    ()
    """

    entries: tuple[FaqEntry, ...] = ()
    user_words: str = ""
    synonyms: str = ""
    queries: tuple[LabelledQuery, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Of the entries."""
        return frozenset(entry.id for entry in self.entries)

    def entry(self, entry_id: str) -> FaqEntry | None:
        """The entry of that id, if there is one."""
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def with_entries(self, entries: Iterable[FaqEntry]) -> "DraftTable":
        """With each of them in the place of the entry that has its id, new ones at the end in their order."""
        new = {entry.id: entry for entry in entries}
        kept = tuple(new.pop(entry.id, entry) for entry in self.entries)
        return replace(self, entries=kept + tuple(new.values()))

    def without(self, ids: Iterable[str]) -> "DraftTable":
        """Without the entries of these ids; queries that name them stay, for the entry may come back."""
        gone = set(ids)
        return replace(self, entries=tuple(entry for entry in self.entries if entry.id not in gone))

    def with_queries(self, queries: Iterable[LabelledQuery]) -> "DraftTable":
        """With each of them in the place of what was said of the same query, new ones at the end."""
        new = {labelled.query: labelled for labelled in queries}
        kept = tuple(new.pop(labelled.query, labelled) for labelled in self.queries)
        return replace(self, queries=kept + tuple(new.values()))

    def without_queries(self, queries: Iterable[str]) -> "DraftTable":
        """Without what is said of these queries."""
        gone = set(queries)
        return replace(self, queries=tuple(labelled for labelled in self.queries if labelled.query not in gone))

    def to_json(self) -> dict[str, Any]:
        """Texts, lists and dicts; `from_json` reverses it."""
        return {
            "entries": [entry_to_json(entry) for entry in self.entries],
            "user_words": self.user_words,
            "synonyms": self.synonyms,
            "queries": [{"query": labelled.query, "faq_ids": sorted(labelled.faq_ids), "kind": labelled.kind} for labelled in self.queries],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "DraftTable":
        """The reverse of to_json."""
        queries = (LabelledQuery(each["query"], frozenset(each["faq_ids"]), each["kind"]) for each in data["queries"])
        return cls(tuple(entry_from_json(dict(each)) for each in data["entries"]), data["user_words"], data["synonyms"], tuple(queries))


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two tables: ids of entries, each in the order of the table that has it.

    Attributes:
        added: in the new table only.
        removed: in the old one only, or disabled by now.
        changed: in both, and not equal.
        unchanged: how many are equal.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {name: value if isinstance(value, int) else len(value) for name, value in asdict(self).items()}


def changes(before: Sequence[FaqEntry], after: Sequence[FaqEntry]) -> Changes:
    """What differs among the entries that visitors can see: disabled ones count as absent.

    >>> old, new = FaqEntry("a", "환불되나요?", "됩니다."), FaqEntry("a", "환불되나요?", "안 됩니다.")
    >>> changes([old], [new]).counts()
    {'added': 0, 'removed': 0, 'changed': 1, 'unchanged': 0}
    """
    old = {entry.id: entry for entry in before if entry.enabled}
    new = {entry.id: entry for entry in after if entry.enabled}
    changed = tuple(i for i, entry in new.items() if i in old and entry != old[i])
    return Changes(
        tuple(i for i in new if i not in old),
        tuple(i for i in old if i not in new),
        changed,
        sum(i in old and entry == old[i] for i, entry in new.items()),
    )


@dataclass(frozen=True, slots=True)
class Additions:
    """How much a table holds beyond another: questions of entries that both have, entries in use, labelled queries, lines of synonyms."""

    questions: int
    entries: int
    queries: int
    synonyms: int


def additions(before: DraftTable, after: DraftTable) -> Additions:
    """What was added.

    >>> old = DraftTable((FaqEntry("a", "환불되나요?", "됩니다."),))
    >>> additions(old, old.with_entries([FaqEntry("a", "환불되나요?", "됩니다.", alternate_questions=("환불",))])).questions
    1
    """
    old = {entry.id: frozenset(entry.questions) for entry in before.entries}
    return Additions(
        sum(question not in old[entry.id] for entry in after.entries if entry.id in old for question in entry.questions),
        sum(entry.id not in old for entry in after.entries if entry.enabled),
        len({labelled.query for labelled in after.queries} - {labelled.query for labelled in before.queries}),
        len(set(after.synonyms.splitlines()) - set(before.synonyms.splitlines())),
    )


def answerable(queries: Sequence[LabelledQuery], entries: Iterable[FaqEntry]) -> tuple[tuple[LabelledQuery, ...], tuple[LabelledQuery, ...]]:
    """Queries that the entries can be trained and judged on, and those that lost their last one: it was removed or disabled.

    Returns:
        (usable ones, labelled with what is left of their entries, or with none where they must not be answered; lost ones as they were), each in their order.
    """
    enabled = {entry.id for entry in entries if entry.enabled}
    meant = [(labelled, frozenset() if labelled.kind == MUST_NOT_ANSWER else labelled.faq_ids) for labelled in queries]
    usable = tuple(replace(labelled, faq_ids=ids & enabled) for labelled, ids in meant if ids & enabled or not ids)
    return usable, tuple(labelled for labelled, ids in meant if ids and not ids & enabled)
