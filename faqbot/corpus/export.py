"""Entries → CSV and XLSX that Korean Excel opens right and that are read back without loss."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from faqbot.corpus.categories import category_name
from faqbot.corpus.columns import COLUMNS, REASON_HEADERS, label
from faqbot.corpus.guard import guarded, unguarded
from faqbot.corpus.problem import Problem
from faqbot.corpus.table import Row
from faqbot.domain import FaqEntry

_HEADERS = tuple(column.name for column in COLUMNS)
#: Of every workbook and of the files in it, so that equal entries make equal bytes; the first day that a zip can hold.
_MOMENT = datetime(1980, 1, 1)  # noqa: DTZ001  # neither zip nor Excel knows zones
#: Characters of a column's width, by name; the others are narrow.
_WIDTHS = {"question": 40, "alternate_questions": 40, "answer": 80, "category": 20, "keywords": 24, "link_url": 30}
_NARROW = 12
#: What XML cannot hold, and what the reader would take for the escape of such a character.
_ESCAPED = re.compile("[\0-\x08\x0b-\x1f]|_(?=x(?:00[01][0-9A-Fa-f]|005[Ff])_)")
#: Number format of a cell that stays text when it is edited.
_TEXT = "@"


def to_cells(entry: FaqEntry) -> tuple[str, ...]:
    """The cells of an entry in the order of COLUMNS, as a table has them.

    >>> to_cells(FaqEntry("pay-1", "환불 되나요?", "네, **3일** 안에요.", category=("결제", "환불")))[:3]
    ('pay-1', '결제>환불', '환불 되나요?')
    """
    days = {name: value.isoformat() if (value := getattr(entry, name)) else "" for name in ("valid_from", "valid_to", "updated_at")}
    cells = days | {
        "category": category_name(entry.category),
        "alternate_questions": "|".join(entry.alternate_questions),
        "keywords": ",".join(entry.keywords),
        "enabled": "true" if entry.enabled else "false",
    }
    return tuple(cells[name] if name in cells else str(getattr(entry, name)) for name in _HEADERS)


def to_rows(entries: Iterable[FaqEntry]) -> tuple[Row, ...]:
    """Entries as rows of a table, for what works on cells; the lines are those of the CSV file if each cell had one line."""
    return tuple(Row(line, dict(zip(_HEADERS, cells, strict=True)), cells) for line, cells in enumerate(map(to_cells, entries), start=2))


def to_csv(entries: Iterable[FaqEntry]) -> bytes:
    """A CSV file with all columns: UTF-8 with a byte order mark, lines that end in CR LF. No entries give the header alone.

    No cell is a formula for a spreadsheet (see `guard`); `read_faq_bytes` gives the same entries back, if it could have made them: their lists
    hold no sign that parts lists.
    """
    return _csv([_HEADERS, *(tuple(map(guarded, to_cells(entry))) for entry in entries)])


def to_xlsx(entries: Iterable[FaqEntry]) -> bytes:
    """An XLSX file with the cells of `to_csv`, every one of them text. Equal entries make equal bytes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("FAQ")
    sheet.freeze_panes = "A2"
    for index, name in enumerate(_HEADERS, start=1):
        column = sheet.column_dimensions[get_column_letter(index)]
        column.width, column.number_format = _WIDTHS.get(name, _NARROW), _TEXT  # of cells yet to be filled in, too
    wrapped, bold = Alignment(vertical="top", wrap_text=True), Font(bold=True)

    def cells(texts: Iterable[str], *, is_header: bool = False) -> Iterator[Any]:
        for text in texts:
            if not text:
                yield None
                continue
            cell = WriteOnlyCell(sheet, _ESCAPED.sub(_escape, text))
            cell.data_type, cell.number_format, cell.alignment = "s", _TEXT, wrapped
            if is_header:
                cell.font = bold
            yield cell

    sheet._writer = _InMemory(sheet)  # noqa: SLF001  # there is no other way to it
    sheet._writer.write_top()  # noqa: SLF001
    sheet.append(list(cells(_HEADERS, is_header=True)))
    for entry in entries:
        sheet.append(list(cells(map(guarded, to_cells(entry)))))
    return _packed(book)


def problem_csv(headers: Sequence[str], rows: Iterable[tuple[Row, Sequence[Problem]]]) -> bytes:
    """A CSV file of the rows with problems as they are in the upload, and columns that say where, what and what to do; one line for each problem.

    Whoever mends the rows may upload the file as it is: the reader leaves those columns out.

    Args:
        headers: of the upload.
        rows: each with what is wrong with it; a row without any is written too.
    """
    table = [(*map(guarded, headers), *REASON_HEADERS)]
    for row, problems in rows:
        fields = (*row.fields, *[""] * (len(headers) - len(row.fields)))[: len(headers)]
        where = [f"{problem.line}{problem.unit} {label(problem.column) if problem.column else ''}".strip() for problem in problems]
        reasons = ("\n".join(where), "\n".join(problem.what for problem in problems), "\n".join(problem.next_step for problem in problems))
        table.append(tuple(guarded(unguarded(cell)) for cell in (*fields, *reasons)))
    return _csv(table)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


class _InMemory(WorksheetWriter):  # type: ignore[misc]  # it has no types
    """Writes a sheet without a temporary file: the folder of those may be full or read-only."""

    def __init__(self, sheet: Any) -> None:
        super().__init__(sheet, out=io.BytesIO())

    def cleanup(self) -> None:
        """There is no file to remove."""


class _Archive(zipfile.ZipFile):
    """Takes what `_InMemory` wrote where a file's name is expected."""

    def write(self, filename: Any, arcname: Any = None, *_: Any) -> None:
        """Add the bytes."""
        self.writestr(arcname, filename.getvalue())


def _packed(book: Workbook) -> bytes:
    """The bytes of a workbook, with one moment wherever it would say when it was written."""
    book.properties.created = book.properties.modified = _MOMENT
    written, packed = io.BytesIO(), io.BytesIO()
    with _Archive(written, "w") as archive:
        ExcelWriter(book, archive).save()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in archive.namelist():
            info = zipfile.ZipInfo(name, _MOMENT.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, archive.read(name))
    return packed.getvalue()
