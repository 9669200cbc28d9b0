"""Synonym groups: how customers say what a FAQ writes. Read from TSV, compiled with an analyzer, applied to content morphemes."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import chain

from faqbot.errors import DictionaryError
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.normalize import normalize
from faqbot.korean.terms import content

#: Content morphemes that may stand between two parts of a multi-word expression: "돈을 [언제] 돌려받아요".
GAP = 1
_KINDS = ("=", ">")
#: Keys that a gap must not hold.
_DENIALS = frozenset({"안/M", "못/M", "않/V", "못하/V", "말/V", "없/V", "아니/V"})

Item = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SynonymGroup:
    """One need and the ways to say it.

    `=`: head and members are equal, on both sides. `>`: a member in a query also stands for the head, never the reverse.
    """

    kind: str
    domain: str
    head: str
    members: tuple[str, ...]


def parse_synonyms(text: str, *, source: str) -> tuple[SynonymGroup, ...]:
    r"""Groups of a TSV with the columns kind, domain, head, members (joined with `|`); `#` begins a comment line.

    Raises:
        DictionaryError: names the first bad line.

    >>> parse_synonyms("=\tcommon\t환불\t돈 돌려받다|돈 돌려주다", source="예")[0].members
    ('돈 돌려받다', '돈 돌려주다')
    """
    groups = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 4 or cells[0] not in _KINDS or not cells[2] or not cells[3].replace("|", "").strip():
            raise DictionaryError(f"{source} {number}행: '종류<TAB>분야<TAB>대표어<TAB>다른말|다른말' 꼴이어야 하고 종류는 = 또는 > 입니다. 지금: {line!r}")
        groups.append(SynonymGroup(cells[0], cells[1], cells[2], tuple(m.strip() for m in cells[3].split("|") if m.strip())))
    return tuple(groups)


def _key(item: Item) -> str:
    """Form and coarse part of speech: what an expression alone and the same one in a sentence agree on."""
    form, tag = item
    return f"{form}/{tag[0] if tag[0] in 'VM' else 'N'}"


def _says_enough(expression: str, items: Sequence[Item]) -> bool:
    """Whether what is left of an expression still means it.

    Several morphemes do. One alone does only when it is all there was: "얼마야" is left with 얼마, "줌" is read as 주 + ㅁ,
    and 번 or 달 are too short to mean one thing.
    """
    if len(items) != 1:
        return bool(items)
    form, tag = items[0]
    whole = expression.replace(" ", "").casefold()
    return len(form) > 1 and (whole.removesuffix("다").startswith(form) and len(whole) - len(form) <= (2 if tag.startswith("V") else 0))


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled expression: when `pattern` is seen it becomes `head`; `added` keeps the pattern beside the head."""

    pattern: tuple[str, ...]
    head: str
    added: bool
    label: str


class Synonyms:
    """Compiled groups, ready to rewrite content morphemes. Longer expressions win over shorter ones, earlier groups over later ones."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        listed = tuple(rules)
        self._listed: Callable[[], tuple[Rule, ...]] = lambda: listed
        self._both: _Lookup = _table(rule for rule in listed if not rule.added)
        self._query: _Lookup = _table(listed)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them, in the order in which they win."""
        return self._listed()

    def edited(self, removed: Collection[int], added: Mapping[int, Rule]) -> "Synonyms":
        """These without some and with others. Of the tables only what a change touches is made anew, so that hundreds of sites may share one list.

        Args:
            removed: positions among these rules.
            added: position among the rules that come out → rule.
        """
        before, listed = self.rules, partial(_edited, self._listed, frozenset(removed), dict(added))
        touched = {rule.pattern[0] for rule in chain(added.values(), (before[place] for place in removed))}
        near = [rule for rule in listed() if rule.pattern[0] in touched]
        other = copy(self)
        both, query = _table(rule for rule in near if not rule.added), _table(near)
        vars(other).update(_listed=listed, _both=_Layered(touched, both, self._both), _query=_Layered(touched, query, self._query))
        return other

    @classmethod
    def compile(cls, groups: Iterable[SynonymGroup], analyzer: Analyzer) -> "Synonyms":
        """Analyse every expression once. Expressions that say too little are skipped; the first group that claims one keeps it."""
        rules: dict[tuple[str, ...], Rule] = {}
        for group in groups:
            head_items = content(analyzer.tokenize(normalize(group.head)))
            head = "".join(form for form, _ in head_items)
            for member in group.members:
                plain = normalize(member)
                items = content(analyzer.tokenize(plain))
                pattern = tuple(_key(item) for item in items)
                if head and _says_enough(plain, items) and pattern != tuple(_key(item) for item in head_items):
                    rules.setdefault(pattern, Rule(pattern, head, group.kind == ">", f"{member}→{group.head}"))
        return cls(rules.values())

    def stored(self, items: Sequence[Item]) -> list[str]:
        """Canonical words of a stored text: two-way groups only."""
        return [word for word, _ in _rewrite(items, self._both)]

    def query(self, items: Sequence[Item]) -> list[str]:
        """Canonical words of a query: all groups."""
        return [word for word, _ in _rewrite(items, self._query)]

    def explain(self, items: Sequence[Item]) -> tuple[str, ...]:
        """What was read as what, for `--explain`."""
        return tuple(dict.fromkeys(label for _, label in _rewrite(items, self._query) if label))


#: Second key, "" for an expression of one word → rules.
_Buckets = dict[str, list[Rule]]


class _Layered:
    """A table over another: first keys that are touched are looked up in it alone."""

    __slots__ = ("_above", "_below")

    def __init__(self, touched: Iterable[str], above: dict[str, _Buckets], below: "_Lookup") -> None:
        self._above: dict[str, _Buckets | None] = dict.fromkeys(touched) | above
        self._below = below

    def get(self, key: str) -> _Buckets | None:
        return self._above[key] if key in self._above else self._below.get(key)


#: First key → buckets.
_Lookup = dict[str, _Buckets] | _Layered


def _edited(before: Callable[[], tuple[Rule, ...]], removed: frozenset[int], added: Mapping[int, Rule]) -> tuple[Rule, ...]:
    """The rules without those at removed places, and with the added ones at theirs."""
    kept = (rule for place, rule in enumerate(before()) if place not in removed)
    count = len(before()) - len(removed) + len(added)
    return tuple(added[place] if place in added else next(kept) for place in range(count))


def _table(rules: Iterable[Rule]) -> dict[str, _Buckets]:
    table: dict[str, _Buckets] = {}
    for rule in rules:
        table.setdefault(rule.pattern[0], {}).setdefault(rule.pattern[1] if len(rule.pattern) > 1 else "", []).append(rule)
    for bucket in (bucket for buckets in table.values() for bucket in buckets.values()):
        bucket.sort(key=lambda rule: -len(rule.pattern))  # stable: earlier groups first among equals
    return table


def _rewrite(items: Sequence[Item], table: _Lookup) -> list[tuple[str, str]]:
    """(word, label) in order: each word a literal form or a head; label empty for literal ones."""
    keys = [_key(item) for item in items]
    used = [False] * len(items)
    out: list[tuple[str, str]] = []
    for i, key in enumerate(keys):
        if used[i]:
            continue
        rule, places = _longest(table.get(key), keys, used, i)
        if rule is None:
            out.append((items[i][0], ""))
            continue
        for place in places:
            used[place] = True
        if rule.added:
            out.extend((items[place][0], "") for place in places)
        out.append((rule.head, rule.label))
    return out


def _longest(buckets: _Buckets | None, keys: Sequence[str], used: Sequence[bool], start: int) -> tuple[Rule | None, list[int]]:
    """The longest rule that matches from `start` on, with its places; (None, []) where none does."""
    if not buckets:
        return None, []
    found: tuple[Rule | None, list[int]] = (buckets[""][0], [start]) if "" in buckets else (None, [])
    for second in keys[start + 1 : start + 2 + GAP]:
        for rule in buckets.get(second, ()):
            if len(rule.pattern) > len(found[1]) and (places := _match(rule.pattern, keys, used, start)):
                found = rule, places
    return found


def _match(pattern: Sequence[str], keys: Sequence[str], used: Sequence[bool], start: int) -> list[int]:
    """Places of the pattern from `start` on, in order, with at most GAP others between two parts; empty when it is not there.

    Nothing may stand between two nouns ("포인트로 결제" is not said in "포인트 적립 결제"), and a denial is never passed over.
    """
    places = [start]
    for part in pattern[1:]:
        gap = 0 if part.endswith("/N") and keys[places[-1]].endswith("/N") else GAP
        behind = places[-1] + 1
        for place in range(behind, min(behind + 1 + gap, len(keys))):
            if keys[place] == part and not used[place]:
                break
        else:
            return []
        if not _DENIALS.isdisjoint(keys[behind:place]):
            return []
        places.append(place)
    return places
