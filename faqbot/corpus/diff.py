"""Two versions of a table → what would change, entry by entry and word by word."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from faqbot.corpus.columns import COLUMNS
from faqbot.corpus.export import to_cells
from faqbot.domain import FaqEntry
from faqbot.korean.normalize import normalize

_TOKEN = re.compile(r"\s+|\S+")
#: Products of token counts that are compared word by word; above, the part between the common ends is one change. 20 ms at the limit.
_MAX_PAIRS = 4_000_000


class Status(StrEnum):
    """What becomes of an entry. `duplicate` is a new one whose question an earlier one of the same table asks."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    DUPLICATE = "duplicate"


class Kind(StrEnum):
    """What becomes of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that stays, goes or comes."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A column with two different cells, as the table writes them."""

    column: str
    before: str
    after: str

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The difference word by word; computed at each call."""
        return word_diff(self.before, self.after)


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What becomes of one entry.

    Attributes:
        status: what.
        old: the entry as it is; None where there is none.
        new: the entry as it would be; None where it is removed.
        changes: columns that differ, in table order; none unless changed.
        duplicate_of: id of an earlier entry of the new table that asks the same question; "" for none. Shared questions may be meant: see the category.
    """

    status: Status
    old: FaqEntry | None
    new: FaqEntry | None
    changes: tuple[Change, ...] = ()
    duplicate_of: str = ""

    @property
    def entry(self) -> FaqEntry:
        """The entry as it would be, or as it was where it is removed."""
        found = self.new or self.old
        if found is None:
            raise ValueError("neither old nor new")
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """All entries: those of the new table in its order, then the removed ones in theirs.

    Attributes:
        entries: what becomes of each.
        dropped_share: removed entries among those that there were, 0..1; 0 where there were none.
    """

    entries: tuple[EntryChange, ...]
    dropped_share: float

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many entries have each status; all statuses are there."""
        found = Counter(each.status for each in self.entries)
        return {status: found[status] for status in Status}

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes, order aside."""
        return all(each.status is Status.UNCHANGED for each in self.entries)


def compare(old: Sequence[FaqEntry], new: Sequence[FaqEntry]) -> Comparison:
    """What becomes of each entry when a new table takes the place of an old one.

    Entries are the same if their ids are, else if their normalized questions are; then the first one not taken yet. Ids are unique in each table.

    >>> old, new = [FaqEntry("a", "환불 되나요?", "네")], [FaqEntry("a", "환불 되나요?", "아니요"), FaqEntry("b", "배송은요?", "이틀")]
    >>> [each.status.value for each in compare(old, new).entries]
    ['changed', 'new']
    """
    partners = match(old, new)
    first: dict[str, str] = {}
    found = []
    for entry in new:
        asked_by = first.setdefault(normalize(entry.question), entry.id)
        found.append(_change(partners.get(entry.id), entry, asked_by if asked_by != entry.id else ""))
    kept = {partner.id for partner in partners.values()}
    removed = [EntryChange(Status.REMOVED, entry, None) for entry in old if entry.id not in kept]
    return Comparison((*found, *removed), len(removed) / len(old) if old else 0.0)


def match(old: Iterable[FaqEntry], new: Sequence[FaqEntry]) -> dict[str, FaqEntry]:
    """Id of a new entry → the old one that it takes the place of; entries without such are absent."""
    by_id = {entry.id: entry for entry in old}
    partners = {entry.id: by_id[entry.id] for entry in new if entry.id in by_id}
    by_question: dict[str, list[FaqEntry]] = {}
    for entry in by_id.values():
        if entry.id not in partners:
            by_question.setdefault(normalize(entry.question), []).append(entry)
    for entry in new:
        if entry.id not in partners and (free := by_question.get(normalize(entry.question))):
            partners[entry.id] = free.pop(0)
    return partners


def word_diff(before: str, after: str) -> tuple[Segment, ...]:
    """Two texts as pieces that stay, go and come; words and the spaces between them are not taken apart. Neighbours differ in kind.

    >>> [(each.kind.value, each.text) for each in word_diff("환불은 3일 걸려요", "환불은 5일 걸려요")]
    [('same', '환불은 '), ('removed', '3일'), ('added', '5일'), ('same', ' 걸려요')]
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    head, tail = old[:start], old[len(old) - end :]
    middle = _middle(old[start : len(old) - end], new[start : len(new) - end])
    return _joined([(Kind.SAME, head), *middle, (Kind.SAME, tail)])


def _middle(old: list[str], new: list[str]) -> list[tuple[Kind, list[str]]]:
    if len(old) * len(new) > _MAX_PAIRS:
        return [(Kind.REMOVED, old), (Kind.ADDED, new)]
    pieces: list[tuple[Kind, list[str]]] = []
    for tag, i, j, k, l in difflib.SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():  # noqa: E741  # difflib's own names
        pieces += [(Kind.SAME, old[i:j])] if tag == "equal" else [(Kind.REMOVED, old[i:j]), (Kind.ADDED, new[k:l])]
    return pieces


def _joined(pieces: Iterable[tuple[Kind, list[str]]]) -> tuple[Segment, ...]:
    """Pieces as segments; what goes and comes without a word that stays between is one of each."""
    segments: list[Segment] = []
    for kind, tokens in pieces:
        if not tokens:
            continue
        if segments and segments[-1].kind is kind:
            segments[-1] = Segment(kind, segments[-1].text + "".join(tokens))
        else:
            segments.append(Segment(kind, "".join(tokens)))
    return tuple(segments)


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    return next((index for index, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new)))


def _change(old: FaqEntry | None, new: FaqEntry, duplicate_of: str) -> EntryChange:
    if old is None:
        return EntryChange(Status.DUPLICATE if duplicate_of else Status.NEW, None, new, (), duplicate_of)
    cells = zip(COLUMNS, to_cells(old), to_cells(new), strict=True)
    changes = tuple(Change(column.name, before, after) for column, before, after in cells if before != after)
    return EntryChange(Status.CHANGED if changes else Status.UNCHANGED, old, new, changes, duplicate_of)
