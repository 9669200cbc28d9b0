"""XLSX → a table. openpyxl reads; formulas are never computed: a cell counts with the result that Excel stored."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import is_
from typing import Any
from warnings import catch_warnings, simplefilter

from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from faqbot.corpus.columns import Column, header_key
from faqbot.corpus.guard import unguarded
from faqbot.corpus.problem import Problem, quoted
from faqbot.corpus.records import MAX_COLUMNS, MAX_ROWS, Record
from faqbot.corpus.table import Header, Row, Table, empty_table, table_of
from faqbot.corpus.workbook_scan import MAX_ALL_ROWS, Sheet, TooLargeError, position, scan
from faqbot.errors import CorpusError

#: First bytes of a zip, which every XLSX is.
ZIP = b"PK\x03\x04"
#: Rows looked at for the one that names the columns: tables in Excel often have a title and a remark above it.
_HEADER_ROWS = 10
#: What openpyxl and the libraries below it raise on a damaged workbook; it promises no error of its own. Errors of XML are syntax errors, whoever reads it.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, InvalidFileException, SyntaxError, OSError,
    KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, AssertionError, ArithmeticError,
)  # fmt: skip
#: A row that is not in the file.
_NOTHING = (EMPTY_CELL,) * MAX_COLUMNS
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ZEROS = re.compile(r"0{2,}")


def read_workbook(data: bytes, columns: tuple[Column, ...], names: Mapping[str, str], *, source: str) -> Table:
    """The sheet that names most columns; sheets that are hidden count only where none is visible.

    Args:
        data: the file.
        columns: those to look for.
        names: from `column_names`.
        source: the name that messages begin with.

    Raises:
        CorpusError: no workbook, a damaged one, or one larger than any table.
    """
    try:
        sheets = _read_sheets(data)
    except TooLargeError as error:
        raise CorpusError(f"{source}: {error} FAQ 표만 새 통합 문서에 옮겨 저장해 주세요.") from error
    except _DAMAGE as error:
        raise CorpusError(f"{source}: 엑셀 통합 문서로 읽을 수 없습니다. 엑셀에서 열어 .xlsx 로 다시 저장해 주세요.") from error
    filled = [sheet for sheet in sheets if sheet.rows]
    chosen = max(filled, key=lambda sheet: (sheet.visible, len(_named(sheet.rows[_header_index(sheet.rows, columns, names)].fields, names))), default=None)
    if not chosen:
        return empty_table(columns, "")
    table = _table(chosen, columns, names)
    others = [sheet.title for sheet in filled if sheet is not chosen]
    unread = tuple(Problem(1, "", f"{quoted(title)} 시트는 읽지 않았습니다.", f"{quoted(chosen.title)} 시트만 읽습니다.") for title in others)
    return replace(table, warnings=(*table.warnings, *unread))


@dataclass(frozen=True, slots=True)
class _Grid:
    """A sheet: its rows that hold anything, as text, and what the scan found."""

    title: str
    visible: bool
    rows: tuple[Record, ...]
    about: Sheet


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl ships no types
    """openpyxl's own, which reads a part as often as a sheet is said to be in it."""

    def read_worksheets(self) -> None:
        """All sheets."""
        parts = [relation.target for _, relation in self.parser.find_sheets()]
        if len(set(parts)) < len(parts):
            raise TooLargeError("시트 하나가 여러 번 들어 있습니다.")
        super().read_worksheets()


def _read_sheets(data: bytes) -> list[_Grid]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = scan(archive)
    with catch_warnings():
        simplefilter("ignore")  # about styles and extensions that do not matter here
        reader = _Reader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        reader.read()
        book = reader.wb
        try:
            # The path is the only name of a sheet that the archive knows. A sheet of a chart has no dimensions.
            sheets = [(sheet, found.get(sheet._worksheet_path, Sheet())) for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]  # noqa: SLF001
            if sum(about.last for _, about in sheets) > MAX_ALL_ROWS:
                raise TooLargeError("비어 있는 행이 너무 많습니다.")
            return [_Grid(sheet.title, sheet.sheet_state == "visible", tuple(_records(sheet, about.last)), about) for sheet, about in sheets]
        finally:
            book.close()


def _records(sheet: Any, last: int) -> Iterator[Record]:
    """The rows that hold anything, up to the last one that does."""
    if not last:
        return
    sheet.reset_dimensions()  # what the file says about its size need not be true
    nothing: object = None  # the same object for all rows that are not in the file
    for line, cells in enumerate(sheet.iter_rows(max_row=last, max_col=MAX_COLUMNS), start=1):
        if cells is nothing or all(map(is_, cells, _NOTHING)):
            nothing = cells
            continue
        fields = [_text(cell) for cell in cells]
        if any(field.strip() for field in fields):
            while fields and not fields[-1]:
                fields.pop()
            yield Record(line, tuple(fields))


def _text(cell: Any) -> str:
    """A cell as a CSV file would have it.

    Days become ISO days. A number keeps the zeros before it that its format shows; a whole one has no decimal point.
    """
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date | time | timedelta):
        return _day(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, int) and _ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    return _ESCAPED.sub(_unescaped, str(value))


def _day(value: datetime | date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value)


def _unescaped(found: re.Match[str]) -> str:
    """A character that XML cannot hold, or the sign that begins such an escape."""
    code = int(found[1], 16)
    return chr(code) if code < 32 or code == 0x5F else found[0]


def _table(grid: _Grid, columns: tuple[Column, ...], names: Mapping[str, str]) -> Table:
    index = _header_index(grid.rows, columns, names)
    head = grid.rows[index]
    named = tuple(names.get(header_key(cell), "") for cell in head.fields)
    header = Header(head.line, head.line + 1, head.fields, named, "")
    body = [Record(record.line, tuple(map(unguarded, record.fields))) for record in grid.rows[index + 1 :]]
    wide = tuple(_wide(record, len(named)) for record in body if any(record.fields[len(named) :]))
    records = [Record(record.line, record.fields[: len(named)]) for record in body[:MAX_ROWS] if not any(record.fields[len(named) :])]
    kept = [record for record in records if any(cell.strip() for cell in record.fields)]
    long = (
        (Problem(body[MAX_ROWS].line, "", f"행이 {MAX_ROWS:,}개를 넘습니다.", "파일을 나누거나 쓰지 않는 행을 지워 주세요."),) if len(body) > MAX_ROWS else ()
    )
    table = table_of(header, kept, columns, names, (*wide, *_uncomputed(grid.about, header), *long))
    skipped = tuple(Problem(record.line, "", "머리글 위에 있어 읽지 않았습니다.", "FAQ이면 머리글 아래로 옮겨 주세요.") for record in grid.rows[:index])
    lost = tuple(Row(record.line, {}, record.fields) for record in body if any(record.fields[len(named) :]))
    return replace(table, lost=lost, warnings=(*skipped, *table.warnings, *_merged(grid.about, header)))


def _header_index(rows: Sequence[Record], columns: tuple[Column, ...], names: Mapping[str, str]) -> int:
    """The first of the first rows that names every required column, else the first."""
    required = {column.name for column in columns if column.required}
    return next((index for index, record in enumerate(rows[:_HEADER_ROWS]) if required <= _named(record.fields, names)), 0)


def _named(fields: Sequence[str], names: Mapping[str, str]) -> set[str]:
    return {names.get(header_key(cell), "") for cell in fields} - {""}


def _wide(record: Record, width: int) -> Problem:
    column = next(index for index, cell in enumerate(record.fields) if index >= width and cell)
    what = f"{get_column_letter(column + 1)}{record.line} 칸에 내용이 있는데 머리글이 없습니다."
    return Problem(record.line, "", what, "머리글을 적거나 그 칸을 지워 주세요.")


def _uncomputed(about: Sheet, header: Header) -> Iterator[Problem]:
    for row, column in about.uncomputed:
        name = header.names[column - 1] if column <= len(header.names) else ""
        if row == header.line or (row > header.line and name):
            what = f"{get_column_letter(column)}{row} 칸의 수식에 계산된 값이 없습니다."
            yield Problem(row, name if row > header.line else "", what, "엑셀에서 열어 저장하거나 값으로 붙여 넣은 뒤 다시 올려 주세요.")


def _merged(about: Sheet, header: Header) -> Iterator[Problem]:
    for reference in about.merged:
        first, _, last = reference.partition(":")
        (top, left), (bottom, _right) = position(first), position(last)
        if bottom > header.line and bottom > top and 0 < left <= len(header.names) and header.names[left - 1]:
            yield Problem(top, header.names[left - 1], f"{reference} 칸이 합쳐져 있어 첫 칸에만 값이 있습니다.", "병합을 풀고 칸마다 값을 적어 주세요.")
