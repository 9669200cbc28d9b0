"""What a workbook may cost, found out before it is read, and what its reader cannot tell: formulas without a result, and merged cells."""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from faqbot.corpus.records import MAX_COLUMNS, MAX_ROWS

#: Bytes of all parts unpacked. The largest table allowed has 20 MB of text, and XML adds about as much as 13 columns of 50,000 rows have cells.
MAX_UNPACKED = 64 * 1024 * 1024
#: Files in the archive. A workbook of a hundred sheets with pictures has some hundreds.
MAX_PARTS = 2_000
#: Cells of one sheet, empty ones with a style too.
_MAX_CELLS = 2_000_000
#: Rows of one sheet, empty ones too: as many as Excel has.
_MAX_ROW = 1_048_576
#: Rows of all sheets down to the last that holds a value, empty ones too.
MAX_ALL_ROWS = 2 * _MAX_ROW
#: Texts that cells share: one for each filled cell of the largest table.
_MAX_SHARED = 1_000_000
#: Elements that are neither cells nor shared texts, of one part: styles, links, validations.
_MAX_ELEMENTS = 300_000
#: Elements inside one another. A workbook needs about ten.
_MAX_DEPTH = 64
#: Bytes of one tag or comment: a parser that gets it in pieces begins anew with each.
_MAX_TAG = 1 << 18
_CHUNK = 1 << 16
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_IN_CELL = frozenset({"c", "v", "f", "is", "t", "r", "rPr"})


class TooLargeError(Exception):
    """A part that is larger than any honest workbook needs; the message says which limit, in Korean."""


@dataclass(slots=True)
class Sheet:
    """What the scan of one part tells.

    Attributes:
        uncomputed: (row, column), from 1, of formulas that carry no result.
        merged: ranges that hold more than one cell, as Excel writes them.
        filled: rows that hold a value.
        last: the last of them; 0 for none. Excel keeps the looks of a million rows below it.
    """

    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    filled: int = 0
    last: int = 0


def scan(archive: zipfile.ZipFile) -> Mapping[str, Sheet]:
    """What is in every part of a workbook that is XML, by the name of the part; parts that are none end where they stop being XML.

    Raises:
        TooLargeError: a limit of this module is passed.
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError: the archive is damaged, encrypted or unusual.
    """
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise TooLargeError(f"파일 {len(parts):,}개가 묶여 있습니다({MAX_PARTS:,}개까지).")
    if (unpacked := sum(part.file_size for part in parts)) > MAX_UNPACKED:
        raise TooLargeError(f"풀면 {unpacked // 1024 // 1024:,} MB가 됩니다({MAX_UNPACKED // 1024 // 1024} MB까지).")
    found = {}
    for part in parts:
        with archive.open(part) as file:
            found[part.filename] = _scan_part(file)
    return found


def position(reference: str) -> tuple[int, int]:
    """Row and column, from 1, of a cell; (0, 0) for what is no reference.

    >>> position("B3"), position("$AA$10"), position("3")
    ((3, 2), (10, 27), (0, 0))
    """
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _scan_part(file: IO[bytes]) -> Sheet:
    reading = _Part()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    read = 0
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)  # expat takes it by position only
            read += len(chunk)
            if read - max(parser.CurrentByteIndex, 0) > _MAX_TAG:
                raise TooLargeError("안의 구조에 너무 긴 꼬리표나 설명이 있습니다.")
        parser.Parse(b"", True)
    except expat.ExpatError:
        pass  # a picture, or damage that the reader meets at the same place
    return reading.sheet


class _Part:
    """Counts elements of one part while they pass."""

    def __init__(self) -> None:
        self.sheet = Sheet()
        self._root = ""
        self._depth = self._cells = self._shared = self._others = 0
        self._row = self._column = 0
        self._row_filled = False
        self._formula = self._value = self._is_text = self._in_value = False
        self._ends: dict[str, Callable[[], None]] = {"c": self._end_cell, "row": self._end_row, "v": self._end_value, "t": self._end_value}

    def doctype(self, *_: object) -> None:
        raise TooLargeError("엑셀이 쓰지 않는 문서 형식 선언(DOCTYPE)이 들어 있습니다.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self._depth += 1
        self._root = self._root or name
        if self._depth > _MAX_DEPTH:
            raise TooLargeError("안의 구조가 너무 깊습니다.")
        self._count(name)
        if self._root == "worksheet":
            self._start_in_sheet(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._root == "worksheet" and (ended := self._ends.get(name.rpartition(" ")[2])):
            ended()

    def text(self, text: str) -> None:
        if self._in_value and text.strip():
            self._value = True

    def _count(self, name: str) -> None:
        if self._root == "worksheet" and name in _IN_CELL:
            self._cells += name == "c"
        elif self._root == "sst" and name in {"si", "t", "r", "rPr"}:
            self._shared += name in {"si", "r"}
        elif name != "row":
            self._others += 1
        if self._cells > _MAX_CELLS:
            raise TooLargeError(f"칸이 {_MAX_CELLS:,}개를 넘습니다.")
        if self._shared > _MAX_SHARED:
            raise TooLargeError(f"서로 다른 글이 {_MAX_SHARED:,}개를 넘습니다.")
        if self._others > _MAX_ELEMENTS:
            raise TooLargeError("서식이나 그림이 너무 많습니다.")

    def _start_in_sheet(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "row":
                self._start_row(attributes.get("r", ""))
            case "c":
                self._column = position(attributes.get("r", ""))[1] or self._column + 1
                self._formula = self._value = False
                self._is_text = attributes.get("t") == "str"
            case "f":
                self._formula = True
            case "v" | "t":
                self._in_value = True
                self._value = self._value or (name == "v" and self._is_text)
            case "mergeCell":
                self.sheet.merged.append(attributes.get("ref", ""))

    def _start_row(self, written: str) -> None:
        row = int(written) if written.isascii() and written.isdigit() and len(written) < 9 else 0 if written else self._row + 1
        if not self._row < row <= _MAX_ROW:
            raise TooLargeError("행 번호가 차례대로가 아닙니다.")
        self._row, self._column, self._row_filled = row, 0, False

    def _end_cell(self) -> None:
        if self._formula and not self._value:
            self.sheet.uncomputed.append((self._row, self._column))
        elif self._value and self._column > MAX_COLUMNS:
            raise TooLargeError(f"열이 {MAX_COLUMNS}개를 넘습니다.")
        self._row_filled = self._row_filled or self._value

    def _end_row(self) -> None:
        if self._row_filled:
            self.sheet.filled, self.sheet.last = self.sheet.filled + 1, self._row
        if self.sheet.filled > MAX_ROWS + 100:
            raise TooLargeError(f"행이 {MAX_ROWS:,}개를 넘습니다.")

    def _end_value(self) -> None:
        self._in_value = False
