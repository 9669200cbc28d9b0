"""Text → rows of named cells. What is in a cell does not matter here."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from faqbot.corpus.columns import Column, header_key, names_by_key
from faqbot.corpus.problem import Problem, quoted
from faqbot.corpus.records import Record, Shape, quote_problem, read_fields, read_records, split_lines

#: What may part cells; the first wins a tie.
_DELIMITERS = (",", "\t", ";")
#: Headers quoted where a required one is missing.
_HEADERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record exactly as they are in the file, by canonical name; columns that the file lacks are absent."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """All rows in file order with what is wrong with the others. Rows are not to be used where there are errors."""

    rows: tuple[Row, ...]
    delimiter: str
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Header:
    """The header row. `names` has a canonical name for each field, "" for those that are ignored; `end` is the index of the next line."""

    line: int
    end: int
    fields: tuple[str, ...]
    names: tuple[str, ...]
    delimiter: str


def parse_table(text: str, columns: tuple[Column, ...], *, keep_blank: bool = False) -> Table:
    """Rows of a table whose first row that is not blank names its columns.

    The delimiter is the one of comma, tab and semicolon with which the header names most columns.

    Args:
        text: the file.
        columns: those to look for; others are ignored with a warning.
        keep_blank: whether rows of empty cells are kept; lines without any character never are.
    """
    lines = split_lines(text.removeprefix("\ufeff"))
    start = next((index for index, line in enumerate(lines) if line.strip("\ufeff \t\r\n,;")), len(lines))
    if start == len(lines):
        example = ",".join(column.name for column in columns if column.required)
        return Table((), ",", (Problem(1, "", "파일이 비어 있습니다.", f"첫 행에 머리글({example})을 적고 다음 행부터 내용을 적어 주세요."),))
    headers, failed = _read_header(lines, start, names_by_key(columns))
    header = max(headers, key=lambda header: (len(set(header.names) - {""}), len(header.fields)), default=None)
    if not header or (failed and not any(header.names)):
        return Table((), failed[0], (quote_problem(lines, start, failed[0]),))
    errors = (*_missing(header, columns), *_doubled(header, columns))
    if not any(header.names):
        return Table((), header.delimiter, errors)
    return _read_rows(lines, header, columns, errors, keep_blank=keep_blank)


def _read_rows(lines: Sequence[str], header: _Header, columns: tuple[Column, ...], errors: tuple[Problem, ...], *, keep_blank: bool) -> Table:
    essential = {column.name for column in columns if column.essential}
    needed = 1 + max((index for index, name in enumerate(header.names) if name in essential), default=0)
    shape = Shape(header.delimiter, len(header.fields), needed, keep_blank)
    records, broken = read_records(lines, header.end, shape)
    if not records and not broken:
        broken = (Problem(header.line, "", "머리글만 있고 내용이 없습니다.", "다음 행부터 내용을 적어 주세요."),)
    rows = tuple(_row(record, header) for record in records)
    return Table(rows, header.delimiter, (*errors, *broken), _ignored(header, records))


def _row(record: Record, header: _Header) -> Row:
    fields = record.fields + ("",) * (len(header.names) - len(record.fields))
    return Row(record.line, {name: cell for name, cell in zip(header.names, fields, strict=True) if name})


def _read_header(lines: Sequence[str], start: int, names: Mapping[str, str]) -> tuple[list[_Header], list[str]]:
    """The header row as each delimiter parts it, and the delimiters with which a quote goes astray."""
    headers, failed = [], []
    for delimiter in _DELIMITERS:
        try:
            fields, used = read_fields(lines, start, delimiter)
        except csv.Error:
            failed.append(delimiter)
        else:
            known = tuple(names.get(header_key(cell), "") for cell in fields)
            headers.append(_Header(start + 1, start + used, tuple(fields), known, delimiter))
    return headers, failed


def _missing(header: _Header, columns: tuple[Column, ...]) -> list[Problem]:
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


def _doubled(header: _Header, columns: tuple[Column, ...]) -> list[Problem]:
    problems = []
    for column in columns:
        spellings = [quoted(cell) for cell, name in zip(header.fields, header.names, strict=True) if name == column.name]
        if len(spellings) > 1:
            problems.append(Problem(header.line, column.name, f"같은 열이 {len(spellings)}번 있습니다({', '.join(spellings)}).", "하나만 남겨 주세요."))
    return problems


def _ignored(header: _Header, records: Sequence[Record]) -> tuple[Problem, ...]:
    """A warning for every column whose cells are not imported, unless it has neither a header nor a filled cell."""
    warnings = []
    for index, (cell, name) in enumerate(zip(header.fields, header.names, strict=True)):
        if name:
            continue
        if header_key(cell):
            warnings.append(Problem(header.line, "", f"{quoted(cell)} 열은 모르는 열이라 가져오지 않았습니다.", "쓰려던 열이면 머리글을 고쳐 주세요."))
        elif any(record.fields[index : index + 1] not in ((), ("",)) for record in records):
            warnings.append(Problem(header.line, "", f"{index + 1}번째 열은 머리글이 비어 있어 가져오지 않았습니다.", "쓰려던 열이면 머리글을 적어 주세요."))
    return tuple(warnings)
