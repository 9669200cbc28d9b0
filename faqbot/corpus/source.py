"""Bytes of an upload → a table, whatever the format. What a file is follows from its content; its name only breaks ties."""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from pathlib import PurePath
from typing import Any

from faqbot.corpus.columns import COLUMNS
from faqbot.corpus.encoding import MAX_BYTES, decode
from faqbot.corpus.guard import unguarded
from faqbot.corpus.objects import ObjectsError, looks_like_json, parse_json, parse_lines, read_objects
from faqbot.corpus.problem import ITEM, Problem, refusal
from faqbot.corpus.table import Row, Table, column_names, parse_table
from faqbot.corpus.webpage import looks_like_html, page_questions
from faqbot.corpus.workbook import ZIP, read_workbook
from faqbot.errors import CorpusError

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class Format(StrEnum):
    """What an upload is."""

    CSV = "CSV"
    TSV = "TSV"
    XLSX = "XLSX"
    JSON = "JSON"
    JSON_LINES = "JSON Lines"
    FAQ_PAGE = "FAQPage"


@dataclass(frozen=True, slots=True)
class Source:
    """A table and where it comes from.

    Attributes:
        table: rows with cells by canonical name.
        format: what the file is.
        encoding: of its text: UTF-8, UTF-8(BOM), CP949 or UTF-16; XLSX for a workbook.
        name: the upload's name, as messages show it.
    """

    table: Table
    format: Format
    encoding: str
    name: str


def read_source(data: bytes, name: str, *, mapping: Mapping[str, str] | None = None) -> Source:
    """Read a FAQ table of any format.

    Args:
        data: the file.
        name: its name.
        mapping: header → column that it means, as in `column_names`.

    Raises:
        CorpusError: the file is damaged, too large, or of no format we read; the mapping names no column.
    """
    names = column_names(COLUMNS, mapping)
    if len(data) > MAX_BYTES:
        raise CorpusError(f"{name}: 파일이 {MAX_BYTES // 1024 // 1024} MB보다 큽니다. 파일을 나누어 주세요.")
    if data.startswith(ZIP):
        _refuse_other_archives(data, name)
        return Source(read_workbook(data, COLUMNS, names, source=name), Format.XLSX, "XLSX", name)
    if data.startswith(_OLD_WORKBOOK):
        raise CorpusError(f"{name}: 예전 엑셀 파일(.xls)이거나 암호가 걸린 통합 문서입니다. 엑셀에서 암호 없이 .xlsx 로 다시 저장해 주세요.")
    text, encoding = decode(data, source=name)
    suffix = PurePath(name).suffix.lower()
    if suffix in {".html", ".htm"} or looks_like_html(text):
        return Source(_of_objects(_page(text, name), names), Format.FAQ_PAGE, encoding, name)
    if suffix in {".json", ".jsonl", ".ndjson", ".jsonld"} or looks_like_json(text):
        value, kind = _json(text, name, is_lines=suffix in {".jsonl", ".ndjson"})
        return Source(_of_objects(value, names), kind, encoding, name)
    table = parse_text(text, mapping=mapping)
    return Source(table, Format.TSV if table.delimiter == "\t" else Format.CSV, encoding, name)


def _refuse_other_archives(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if "[Content_Types].xml" in archive.namelist():
                return
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return  # the reader says that it is damaged
    raise CorpusError(f"{name}: 엑셀 통합 문서(.xlsx)가 아닌 압축 파일입니다. 압축을 풀어 안의 표를 올리거나 .xlsx 로 저장해 주세요.")


def _page(text: str, name: str) -> Any:
    try:
        questions = page_questions(text)
    except ObjectsError as error:
        raise refusal(name, error.problems) from error
    if not questions:
        problem = Problem(1, "", "이 웹 페이지에는 FAQ 데이터(schema.org FAQPage)가 없습니다.", "질문과 답변을 표에 옮겨 CSV나 엑셀 파일로 올려 주세요.")
        raise refusal(name, [problem])
    return {"@type": "FAQPage", "mainEntity": questions}


def _json(text: str, name: str, *, is_lines: bool) -> tuple[Any, Format]:
    try:
        if is_lines:
            return parse_lines(text), Format.JSON_LINES
        value = parse_json(text)
    except ObjectsError as error:
        first, _, rest = text.strip().partition("\n")
        if not is_lines and rest.lstrip().startswith("{") and first.rstrip().endswith("}"):
            return _json(text, name, is_lines=True)
        raise refusal(name, error.problems) from error
    is_single = isinstance(value, dict) and ("question" in value or "질문" in value)
    return [value] if is_single else value, Format.JSON


def _of_objects(value: Any, names: Mapping[str, str]) -> Table:
    table = read_objects(value, COLUMNS, names)
    return replace(table, errors=_items(table.errors), warnings=_items(table.warnings), header_errors=_items(table.header_errors), unit=ITEM)


def _items(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(replace(problem, unit=ITEM) for problem in problems)


def parse_text(text: str, *, mapping: Mapping[str, str] | None = None) -> Table:
    """The FAQ table of a CSV or TSV file, guards taken away.

    Raises:
        CorpusError: the mapping names no column.
    """
    table = parse_table(text, COLUMNS, mapping=mapping)
    return replace(
        table,
        rows=tuple(Row(row.line, {name: unguarded(cell) for name, cell in row.cells.items()}, tuple(map(unguarded, row.fields))) for row in table.rows),
    )
