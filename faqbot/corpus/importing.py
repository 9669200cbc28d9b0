"""An upload against the table that is worked on: first what would happen, then, confirmed, the new table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from faqbot.corpus.clean import Cleaning, review
from faqbot.corpus.diff import Comparison, Status, compare, match
from faqbot.corpus.export import problem_csv as rows_with_reasons
from faqbot.corpus.problem import Problem, refusal
from faqbot.corpus.read import ReadRow, read_rows, warnings_of, with_ids
from faqbot.corpus.source import Format, read_source
from faqbot.corpus.table import Row, Table
from faqbot.domain import FaqEntry
from faqbot.errors import CorpusError
from faqbot.korean.normalize import normalize

#: Share of the present entries that an upload may drop without being told so: whoever uploads half a table by mistake loses no answer.
MAX_DROPPED = 0.2


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A row that cannot be imported.

    Attributes:
        row: with all its cells as in the upload; where they cannot be told apart, with its first line as one cell.
        problems: what is wrong, at least one.
        kept: the present entry that stays as it is when the row is left out; None where the row is none of the present ones.
    """

    row: Row
    problems: tuple[Problem, ...]
    kept: FaqEntry | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an upload would do. Nothing has happened yet.

    Attributes:
        source: the upload's name.
        format: what the file is.
        encoding: as people know it; XLSX for a workbook.
        headers: of the upload.
        unknown_headers: those that are not imported; a mapping may say what they mean.
        header_problems: without mending them, by a mapping or in the file, nothing of it can be imported.
        invalid: rows that cannot be imported, in file order.
        cleanings: what could be cleaned, accepted or not.
        accepted: keys of the cleanings that are in `entries` already.
        warnings: what to look at before publishing, in file order; never a reason to refuse.
        entries: the table as it would be: valid rows, and the present entries of invalid ones, in file order.
        comparison: `entries` against the present table.
    """

    source: str
    format: Format
    encoding: str
    headers: tuple[str, ...]
    unknown_headers: tuple[str, ...]
    header_problems: tuple[Problem, ...]
    invalid: tuple[InvalidRow, ...]
    cleanings: tuple[Cleaning, ...]
    accepted: frozenset[str]
    warnings: tuple[Problem, ...]
    entries: tuple[FaqEntry, ...]
    comparison: Comparison

    @property
    def dropped_share(self) -> float:
        """Share of the present entries that would be gone, 0..1."""
        return self.comparison.dropped_share

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems: of the header, then of the rows in file order."""
        return (*self.header_problems, *(problem for each in self.invalid for problem in each.problems))


def preview(
    data: bytes,
    name: str,
    current: Sequence[FaqEntry],
    *,
    mapping: Mapping[str, str] | None = None,
    accepted: Collection[str] = (),
    today: date | None = None,
) -> Preview:
    """What an upload would do to a table; the same bytes and arguments give the same preview.

    Rows without an id that ask what a present entry asks keep its id, so that what is known about it stays with it.

    Args:
        data: the file, of any format.
        name: its name.
        current: the present entries.
        mapping: header → column, as in `read_faq_bytes`.
        accepted: keys of cleanings, or rules, to apply.
        today: the day that doubtful dates are compared with.

    Raises:
        CorpusError: the file cannot be read at all: damaged, too large, of an unknown format, or the mapping names no column.
    """
    source = read_source(data, name, mapping=mapping)
    table = source.table
    rows, cleanings = review(() if table.header_errors else table.rows, accepted)
    read = read_rows(rows, table.errors)
    entries, invalid = _merged(read, table, current)
    valid = [each for each in read if not each.problems]
    warnings = (*table.warnings, *map(table.placed, warnings_of(valid, today)))
    return Preview(
        source=name,
        format=source.format,
        encoding=source.encoding,
        headers=table.headers,
        unknown_headers=table.unknown_headers,
        header_problems=table.header_errors,
        invalid=invalid,
        cleanings=cleanings,
        accepted=frozenset(accepted),
        warnings=tuple(sorted(warnings, key=lambda warning: warning.line)),
        entries=entries,
        comparison=compare(current, entries),
    )


def confirm(shown: Preview, *, allow_drop: bool = False, leave_out_invalid: bool = False) -> tuple[FaqEntry, ...]:
    """The new table, as the preview shows it.

    Args:
        shown: from `preview`.
        allow_drop: whether more than MAX_DROPPED of the present entries may go.
        leave_out_invalid: whether rows that cannot be imported are left out on purpose; present entries of theirs stay as they are.

    Raises:
        CorpusError: there are such rows and nobody said so, too many entries would go, or no entry would be left.
    """
    if shown.header_problems or (shown.invalid and not leave_out_invalid):
        raise refusal(shown.source, shown.problems)
    if not shown.entries:
        raise CorpusError(f"{shown.source}: 가져올 수 있는 행이 없습니다. 문제를 고친 뒤 다시 올려 주세요.")
    if shown.dropped_share > MAX_DROPPED and not allow_drop:
        removed = shown.comparison.counts[Status.REMOVED]
        raise CorpusError(
            f"{shown.source}: 지금 있는 FAQ의 {shown.dropped_share:.0%}({removed:,}건)가 사라집니다. "
            f"{MAX_DROPPED:.0%}가 넘어 가져오지 않았습니다. 정말 지우려면 지우기를 허용해 주세요."
        )
    return shown.entries


def problem_csv(shown: Preview) -> bytes:
    """The rows that cannot be imported as a CSV file, with reason columns; the header alone where all can."""
    return rows_with_reasons(shown.headers, [(each.row, each.problems) for each in shown.invalid])


def _broken(table: Table) -> dict[int, list[Problem]]:
    """Problems that are not about the header, by line."""
    found: dict[int, list[Problem]] = {}
    for problem in table.errors:
        if problem not in table.header_errors:
            found.setdefault(problem.line, []).append(problem)
    return found


def _merged(read: Sequence[ReadRow], table: Table, current: Sequence[FaqEntry]) -> tuple[tuple[FaqEntry, ...], tuple[InvalidRow, ...]]:
    """The table as it would be, and the rows that are not in it."""
    broken, lost = _broken(table), {row.line: row for row in table.lost}
    problems = {each.row.line: [*each.problems, *broken.get(each.row.line, ())] for each in read}
    valid = [each for each in read if not problems[each.row.line]]
    entries = with_ids(_with_known_ids([each.entry for each in valid], current))
    placed = {each.row.line: entry for each, entry in zip(valid, entries, strict=True)}
    taken = {partner.id for partner in match(current, entries).values()}
    free = {key: entry for entry in reversed(current) if entry.id not in taken for key in (("question", normalize(entry.question)), ("id", entry.id))}
    invalid = []
    for each in read:
        if found := problems[each.row.line]:
            kept = free.get(("id", each.entry.id) if each.entry.id else ("question", normalize(each.entry.question)))
            if kept and kept.id not in taken:
                taken.add(kept.id)
                placed[each.row.line] = kept
            invalid.append(InvalidRow(each.row, tuple(map(table.placed, found)), placed.get(each.row.line)))
    known = {each.row.line for each in read}
    invalid += [InvalidRow(lost.get(line, Row(line, {})), tuple(map(table.placed, found))) for line, found in broken.items() if line not in known]
    return tuple(placed[line] for line in sorted(placed)), tuple(sorted(invalid, key=lambda each: each.row.line))


def _with_known_ids(entries: Sequence[FaqEntry], current: Sequence[FaqEntry]) -> list[FaqEntry]:
    """Entries without an id get that of the present entry with the same question, each at most once."""
    written = {entry.id for entry in entries}
    by_question: dict[str, list[str]] = {}
    for entry in current:
        if entry.id not in written:
            by_question.setdefault(normalize(entry.question), []).append(entry.id)
    found = []
    for entry in entries:
        ids = by_question.get(normalize(entry.question)) if not entry.id else None
        found.append(replace(entry, id=ids.pop(0)) if ids else entry)
    return found
