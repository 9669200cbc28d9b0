"""Text → rows of named cells. What is in a cell does not matter here."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from faqbot.corpus.columns import REASON_HEADERS, Column, header_key, names_by_key
from faqbot.corpus.problem import ROW, Problem, quoted
from faqbot.corpus.records import MAX_COLUMNS, Record, Shape, quote_problem, read_fields, read_records, split_lines
from faqbot.errors import CorpusError

#: What may part cells; the first wins a tie.
_DELIMITERS = (",", "\t", ";")
#: Headers quoted where a required one is missing.
_HEADERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record exactly as they are in the file, by canonical name; columns that the file lacks are absent.

    `fields` are all cells as the file has them, those of unknown columns too, as many as there are headers.
    """

    line: int
    cells: Mapping[str, str]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All rows in file order with what is wrong with the others. Rows are not to be used where there are errors.

    Attributes:
        rows: those that have a cell for each header.
        delimiter: what parts the cells, "" in a file that is no text.
        errors: what is wrong with the header and with records that make no row.
        warnings: what was not imported.
        headers: as the file has them.
        unknown_headers: those whose cells are not imported though nobody said so; a person may map them.
        header_errors: those of the errors that concern the header: without mending it no row means anything.
        unit: what lines count, as in `Problem`.
        lost: records that make no row, with their fields, or the line where they begin as one; without cells.
        sheet_rows: line → row as a spreadsheet counts, where cells with line breaks before it make the two differ.
    """

    rows: tuple[Row, ...]
    delimiter: str
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    headers: tuple[str, ...] = ()
    unknown_headers: tuple[str, ...] = ()
    header_errors: tuple[Problem, ...] = ()
    unit: str = ROW
    lost: tuple[Row, ...] = ()
    sheet_rows: Mapping[int, int] = field(default_factory=dict)

    def placed(self, problem: Problem) -> Problem:
        """The problem with what its line counts, and the row where an operator finds it in a spreadsheet."""
        row = self.sheet_rows.get(problem.line)
        return replace(problem, unit=f"{self.unit}(엑셀 {row}행)" if row else self.unit)


@dataclass(frozen=True, slots=True)
class Header:
    """The header row. `names` has a canonical name for each field, "" for those that are ignored; `end` is the index of the next line."""

    line: int
    end: int
    fields: tuple[str, ...]
    names: tuple[str, ...]
    delimiter: str


def column_names(columns: tuple[Column, ...], mapping: Mapping[str, str] | None) -> dict[str, str]:
    """Header key → canonical name, "" for headers that are left out on purpose.

    Args:
        columns: those to look for, by all their spellings.
        mapping: further headers and the columns they mean; it outranks the spellings, and "" leaves a header out.

    Raises:
        CorpusError: the mapping names a column that there is not.
    """
    known = {column.name for column in columns}
    if wrong := [name for name in (mapping or {}).values() if name and name not in known]:
        raise CorpusError(f"{quoted(wrong[0])}: 이런 열은 없습니다. {', '.join(column.name for column in columns)} 가운데 하나에 맞춰 주세요.")
    left_out = {header_key(header): "" for header in REASON_HEADERS}
    return left_out | names_by_key(columns) | {header_key(header): name for header, name in (mapping or {}).items()}


def parse_table(text: str, columns: tuple[Column, ...], *, keep_blank: bool = False, mapping: Mapping[str, str] | None = None) -> Table:
    """Rows of a table whose first row that is not blank names its columns.

    The delimiter is the one of comma, tab and semicolon with which the header names most columns.

    Args:
        text: the file.
        columns: those to look for; others are ignored with a warning.
        keep_blank: whether rows of empty cells are kept; lines without any character never are.
        mapping: as in `column_names`.
    """
    names = column_names(columns, mapping)
    lines = split_lines(text.removeprefix("\ufeff"))
    start = next((index for index, line in enumerate(lines) if line.strip("\ufeff \t\r\n,;")), len(lines))
    if start == len(lines):
        return empty_table(columns, ",")
    headers, failed = _read_header(lines, start, names)
    header = max(headers, key=lambda header: (len(set(header.names) - {""}), len(header.fields)), default=None)
    if not header or (failed and not any(header.names)):
        problem = quote_problem(lines, start, failed[0])
        return Table((), failed[0], (problem,), header_errors=(problem,))
    if too_wide := width_problem(len(header.fields)):
        return Table((), header.delimiter, (too_wide,), header_errors=(too_wide,))
    if not any(header.names):
        return table_of(header, (), columns, names)
    essential = {column.name for column in columns if column.essential}
    needed = 1 + max((index for index, name in enumerate(header.names) if name in essential), default=0)
    records, broken, rows = read_records(lines, header.end, Shape(header.delimiter, len(header.fields), needed, keep_blank), header.line + 1)
    lost = tuple(Row(problem.line, {}, (lines[problem.line - 1].rstrip("\r\n"),)) for problem in broken)
    return replace(table_of(header, records, columns, names, broken), lost=lost, sheet_rows=rows)


def empty_table(columns: tuple[Column, ...], delimiter: str) -> Table:
    """The table of a file that holds nothing."""
    example = ",".join(column.name for column in columns if column.required)
    problem = Problem(1, "", "파일이 비어 있습니다.", f"첫 행에 머리글({example})을 적고 다음 행부터 내용을 적어 주세요.")
    return Table((), delimiter, (problem,), header_errors=(problem,))


def width_problem(columns: int) -> Problem | None:
    """What is wrong with a table of so many columns: every row has a cell in each, so a few rows of very many would fill the memory."""
    if columns <= MAX_COLUMNS:
        return None
    return Problem(1, "", f"열이 {MAX_COLUMNS}개를 넘습니다({columns:,}개).", "쓰지 않는 열을 지워 주세요.")


def table_of(header: Header, records: Sequence[Record], columns: tuple[Column, ...], names: Mapping[str, str], broken: tuple[Problem, ...] = ()) -> Table:
    """The table of records under a header.

    Args:
        header: with names from `names`.
        records: with no more fields than the header.
        columns: those to look for.
        names: from `column_names`.
        broken: what is wrong with records that are not among `records`.
    """
    errors = (*_missing(header, columns), *_doubled(header, columns))
    unknown = tuple(dict.fromkeys(cell for cell in header.fields if (key := header_key(cell)) and key not in names))
    if not any(header.names):
        return Table((), header.delimiter, errors, (), header.fields, unknown, errors)
    if not records and not broken:
        broken = (Problem(header.line, "", "머리글만 있고 내용이 없습니다.", "다음 행부터 내용을 적어 주세요."),)
    rows = tuple(_row(record, header) for record in records)
    return Table(rows, header.delimiter, (*errors, *broken), _ignored(header, records, unknown), header.fields, unknown, errors)


def _row(record: Record, header: Header) -> Row:
    fields = record.fields + ("",) * (len(header.names) - len(record.fields))
    return Row(record.line, {name: cell for name, cell in zip(header.names, fields, strict=True) if name}, fields)


def _read_header(lines: Sequence[str], start: int, names: Mapping[str, str]) -> tuple[list[Header], list[str]]:
    """The header row as each delimiter parts it, and the delimiters with which a quote goes astray."""
    headers, failed = [], []
    for delimiter in _DELIMITERS:
        try:
            fields, used = read_fields(lines, start, delimiter)
        except csv.Error:
            failed.append(delimiter)
        else:
            known = tuple(names.get(header_key(cell), "") for cell in fields)
            headers.append(Header(start + 1, start + used, tuple(fields), known, delimiter))
    return headers, failed


def _missing(header: Header, columns: tuple[Column, ...]) -> list[Problem]:
    found = ", ".join(quoted(cell) for cell in header.fields[:_HEADERS_SHOWN])
    return [
        Problem(
            header.line,
            column.name,
            f"머리글에 이 열이 없습니다(찾은 머리글: {found}).",
            f"머리글 행에 '{column.name}' 또는 '{column.aliases[0]}' 열을 넣어 주세요.",
        )
        for column in columns
        if column.required and column.name not in header.names
    ]


def _doubled(header: Header, columns: tuple[Column, ...]) -> list[Problem]:
    problems = []
    for column in columns:
        spellings = [quoted(cell) for cell, name in zip(header.fields, header.names, strict=True) if name == column.name]
        if len(spellings) > 1:
            problems.append(Problem(header.line, column.name, f"같은 열이 {len(spellings)}번 있습니다({', '.join(spellings)}).", "하나만 남겨 주세요."))
    return problems


def _ignored(header: Header, records: Sequence[Record], unknown: tuple[str, ...]) -> tuple[Problem, ...]:
    """A warning for every column whose cells are not imported, unless it has neither a header nor a filled cell."""
    warnings = []
    for index, (cell, name) in enumerate(zip(header.fields, header.names, strict=True)):
        if name:
            continue
        if cell in unknown:
            warnings.append(Problem(header.line, "", f"{quoted(cell)} 열은 모르는 열이라 가져오지 않았습니다.", "쓰려던 열이면 머리글을 고쳐 주세요."))
        elif not header_key(cell) and any(record.fields[index : index + 1] not in ((), ("",)) for record in records):
            warnings.append(Problem(header.line, "", f"{index + 1}번째 열은 머리글이 비어 있어 가져오지 않았습니다.", "쓰려던 열이면 머리글을 적어 주세요."))
    return tuple(warnings)
