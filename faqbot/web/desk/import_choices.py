"""What can be chosen of an upload: cleanings that are accepted with one tick, and what its headers mean."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from faqbot.corpus.clean import Cleaning, Rule
from faqbot.corpus.columns import COLUMNS, header_key, names_by_key
from faqbot.corpus.diff import Segment, word_diff
from faqbot.corpus.importing import Preview

#: What a column of the table is called here.
COLUMN_WORDS = {column.name: column.aliases[0] for column in COLUMNS}
#: Changes shown of one cleaning.
_SAMPLES = 3
#: Characters of a text shown on either side of what changes in it.
_AROUND = 60
_LEFT_OUT, _BY_ITSELF = "", "auto"


class CleaningGroup(NamedTuple):
    """What is accepted with one tick.

    Attributes:
        key: of the cleanings.
        label: what the rule does.
        detail: the text in question, "" where the rule says it all.
        cells: how many.
        rows: how many.
        samples: (line, word-level difference) of the first.
        is_accepted: whether it is ticked.
    """

    key: str
    label: str
    detail: str
    cells: int
    rows: int
    samples: tuple[tuple[int, tuple[Segment, ...]], ...]
    is_accepted: bool


class HeaderChoice(NamedTuple):
    """What a header of the upload means: `value` is a column, "" for left out, or `auto` for what is recognised."""

    place: int
    header: str
    options: tuple[tuple[str, str], ...]
    value: str


def cleanings_of(found: Preview) -> tuple[CleaningGroup, ...]:
    """Cleanings by what is accepted with one tick, in the order in which they are applied."""
    groups: dict[str, list[Cleaning]] = {}
    for each in found.cleanings:
        groups.setdefault(each.key, []).append(each)
    return tuple(_group(key, each, found.accepted) for key, each in groups.items())


def clipped(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """A difference with long parts that stay the same cut, so that the change is seen.

    >>> same, *changed = clipped(word_diff("가 " * 100 + "끝", "가 " * 100 + "새 끝"))
    >>> len(same.text), [each.text for each in changed]
    (61, ['새 ', '끝'])
    """
    found = list(segments)
    for place, segment in enumerate(found):
        text, first, last = segment.text, place == 0, place == len(found) - 1
        if segment.kind.value == "same" and len(text) > 2 * _AROUND and len(found) > 1:
            head = "" if first else text[:_AROUND]
            tail = "" if last else text[-_AROUND:]
            found[place] = Segment(segment.kind, f"{head}…{tail}")
    return tuple(found)


def header_choices(found: Preview, mapping: Mapping[str, str]) -> tuple[HeaderChoice, ...]:
    """What can be said of each header; those that are recognised only where the header cannot be used as it is."""
    names, chosen = names_by_key(COLUMNS), {header_key(header): column for header, column in mapping.items()}
    choices = []
    for index, header in enumerate(found.headers):
        key = header_key(header)
        known, is_unknown = names.get(key, ""), header in found.unknown_headers
        if not header.strip() or not (is_unknown or key in chosen or found.header_problems):
            continue
        by_itself = (_BY_ITSELF, f"저절로 알아본 대로: {COLUMN_WORDS[known]}") if known else (_BY_ITSELF, "가져오지 않기")
        others = ((_LEFT_OUT, "가져오지 않기"),) if known else ()
        value = chosen.get(key, _BY_ITSELF)
        if value == _LEFT_OUT and not known:
            value = _BY_ITSELF
        choices.append(HeaderChoice(index, header, (by_itself, *others, *COLUMN_WORDS.items()), value))
    return tuple(choices)


def _group(key: str, found: Sequence[Cleaning], accepted: frozenset[str]) -> CleaningGroup:
    samples = tuple((each.row, clipped(word_diff(each.before, each.after))) for each in found[:_SAMPLES])
    rule: Rule = found[0].rule
    detail = found[0].detail if ":" in key else ""
    return CleaningGroup(key, rule.label, detail, len(found), len({each.row for each in found}), samples, bool(accepted & {key, rule.value}))


def mapping_of(found: Preview, present: Mapping[str, str], form: MultiDict[str, str]) -> dict[str, str]:
    """What somebody says of the headers; headers that were not asked about keep what was said."""
    chosen = dict(present)
    for index, header in enumerate(found.headers):
        value = form.get(f"map-{index}")
        if value is None:
            continue
        if value == _BY_ITSELF:
            chosen.pop(header, None)
        elif value == _LEFT_OUT or value in COLUMN_WORDS:
            chosen[header] = value
    return chosen
