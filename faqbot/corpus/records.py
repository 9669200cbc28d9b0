"""Text → records, each with the physical line it begins at. Python's csv reads; this module notices when a quote went astray, and goes on."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from faqbot.corpus.problem import Problem

#: Rows of one file. Five times the largest base that was measured; a help centre with more has a table to clean up first.
MAX_ROWS = 50_000
#: Columns of one file. A table of more than a few dozen is none; Excel allows 16,384.
MAX_COLUMNS = 256
#: Characters of one record. All thirteen columns full make 260,000; a quote still open after twice that was never closed.
_MAX_RECORD = 520_000
#: Records of one file that may fail. Each can cost 50 ms, so a hostile file costs two or three seconds; an honest one is mended in passes anyway.
_MAX_FAILURES = 50

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
#: A cell from its opening quote on; group 1 is empty where the closing quote is missing.
_QUOTED_CELL = re.compile(r'"[^"]*+(?:""[^"]*+)*+("?)')


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record and the physical line, from 1, where it begins."""

    line: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a record of this file looks like.

    Attributes:
        delimiter: one character.
        width: fields of the header.
        needed: fields that a row cannot do without; Excel leaves out empty ones after them.
        keep_blank: whether rows that hold only empty cells are records too; lines without any character never are.
    """

    delimiter: str
    width: int
    needed: int
    keep_blank: bool = False


def split_lines(text: str) -> list[str]:
    r"""Physical lines with their ends, as csv and editors count them.

    >>> split_lines("질문\r\n답변")
    ['질문\r\n', '답변']
    """
    return list(io.StringIO(text, newline=""))


def read_fields(lines: Sequence[str], start: int, delimiter: str) -> tuple[list[str], int]:
    """Fields of the record that begins at index `start`, and how many physical lines it takes.

    Raises:
        csv.Error: a quote that is never closed or closed too early, a cell of more than 131,072 characters, or a record longer than any should be.
    """
    reader = csv.reader(_window(lines, start), delimiter=delimiter, strict=True)
    fields = next(reader, None)
    if fields is None:
        raise csv.Error("line longer than a record")
    return fields, reader.line_num


def quote_problem(lines: Sequence[str], start: int, delimiter: str) -> Problem:
    """Why `read_fields` raised, at the line where the quote in question opened."""
    text = "".join(_window(lines, start))
    opened, closed = _astray(text, delimiter)
    line = start + 1 + _breaks(text, 0, opened)
    if opened == len(text):
        return Problem(start + 1, "", "행이나 셀이 너무 깁니다.", "내용을 여러 행으로 나누어 주세요.")
    if closed == len(text):
        return Problem(line, "", '여기서 열린 큰따옴표(")가 닫히지 않았습니다.', '셀 끝에 "를 붙이고, 글자로 쓴 "는 ""로 적어 주세요.')
    if between := _breaks(text, opened, closed):
        return Problem(
            line,
            "",
            f'여기서 열린 큰따옴표(")가 {line + between}행에서 닫히고 그 뒤에 글자가 이어집니다.',
            f'{line}행의 셀 끝에 "가 빠지지 않았는지 확인해 주세요.',
        )
    return Problem(line, "", '닫는 큰따옴표(") 뒤에 글자가 이어집니다.', '셀 전체를 "로 감싸고, 글자로 쓴 "는 ""로 적어 주세요.')


def read_records(lines: Sequence[str], start: int, shape: Shape, row: int) -> tuple[tuple[Record, ...], tuple[Problem, ...], dict[int, int]]:
    """All records from index `start` on, what is wrong with the others, and line → row where a spreadsheet counts otherwise.

    After a quote that went astray, reading resumes at the next physical line that makes a full record of its own; from there on nobody knows the rows.
    A spreadsheet calls what begins at `start` its row `row`.
    """
    reading = _Reading(lines, shape, start + 1 - row)
    position = start
    while position < len(lines):
        position += reading.take(position)
    return tuple(reading.records), tuple(reading.problems), reading.rows


@dataclass(slots=True)
class _Reading:
    """One pass over the lines: what was found so far, and whether it is still lost after a failure."""

    lines: Sequence[str]
    shape: Shape
    inner: int  # line breaks within cells so far: a spreadsheet has as many rows fewer
    rows: dict[int, int] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost: bool = False
    failures: int = 0

    def take(self, position: int) -> int:
        """Read one record at this index; the number of lines to go on by, which is the rest of the file where reading ends early."""
        if self.inner and not self.failures:
            self.rows[position + 1] = position + 1 - self.inner
        if not self.lines[position].strip("\r\n"):
            return 1
        try:
            fields, used = read_fields(self.lines, position, self.shape.delimiter)
        except csv.Error:
            if not self.lost:
                self.problems.append(quote_problem(self.lines, position, self.shape.delimiter))
            return self._get_lost(position)
        self.inner += used - 1
        if not self.shape.keep_blank and not any(cell.strip() for cell in fields):
            return used
        return self._keep(Record(position + 1, _without_empty_tail(fields, self.shape.width)), used)

    def _keep(self, record: Record, used: int) -> int:
        """Note a record or what is wrong with it; while lost nothing, until one is as wide as the header."""
        if self.lost and len(record.fields) != self.shape.width:
            return 1 if used == 1 else self._get_lost(record.line - 1)
        fault = _width_problem(record, self.lines[record.line - 1 : record.line - 1 + used], self.shape)
        self.lost = False
        if fault:
            self.problems.append(fault)
            return used if used == 1 else self._get_lost(record.line - 1)
        self.records.append(record)
        if len(self.records) > MAX_ROWS:
            return self._stop(record.line, f"행이 {MAX_ROWS:,}개를 넘습니다.", "파일을 나누거나 쓰지 않는 행을 지워 주세요.")
        return used

    def _get_lost(self, position: int) -> int:
        """Go on at the very next line: a quote hides where the next record begins."""
        self.lost = True
        self.failures += 1
        if self.failures > _MAX_FAILURES:
            return self._stop(position + 1, "큰따옴표가 어긋난 곳이 너무 많아 여기부터는 읽지 않았습니다.", "큰따옴표를 고친 뒤 다시 올려 주세요.")
        return 1

    def _stop(self, line: int, what: str, next_step: str) -> int:
        self.problems.append(Problem(line, "", what, next_step))
        return len(self.lines)


def _width_problem(record: Record, lines: Sequence[str], shape: Shape) -> Problem | None:
    """What the number of fields gives away about a record and its physical lines."""
    found = len(record.fields)
    if shape.needed <= found <= shape.width and not (found < shape.width and _swallowed(lines, shape)):
        return None
    what = f"칸이 {found}개인데 머리글은 {shape.width}개입니다."
    if len(lines) > 1:
        end = record.line + len(lines) - 1
        return Problem(record.line, "", f"{what} 큰따옴표로 열린 셀이 {end}행까지 이어집니다.", '"가 제자리에서 닫혔는지 확인해 주세요.')
    if found < shape.needed:
        return Problem(record.line, "", what, "빠진 칸을 채우거나, 앞 행에서 끊어진 것이 아닌지 확인해 주세요.")
    return Problem(record.line, "", what, '칸을 나누는 글자가 든 셀은 큰따옴표(")로 감싸 주세요.')


def _window(lines: Sequence[str], start: int) -> Iterator[str]:
    """Lines from `start` on, at most as many characters as a record may have."""
    room = _MAX_RECORD
    for index in range(start, len(lines)):
        room -= len(lines[index])
        if room < 0:
            return
        yield lines[index]


def _without_empty_tail(fields: list[str], width: int) -> tuple[str, ...]:
    """Fields without empty ones beyond the header's."""
    end = len(fields)
    while end > width and not fields[end - 1].strip():
        end -= 1
    return tuple(fields[:end])


def _swallowed(lines: Sequence[str], shape: Shape) -> bool:
    """Whether the lines of one short record would each make a full one: a quote at the first hides the others."""
    full = [line.count(shape.delimiter) == shape.width - 1 for line in lines]
    return full[0] and any(full[1:])


def _breaks(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _LINE_BREAK.finditer(text, start, end))


def _astray(text: str, delimiter: str) -> tuple[int, int]:
    """Offsets of the first quote that opens a cell but does not end it, and of the end of what it encloses; the length twice for none."""
    unquoted = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    position = 0
    while position < len(text) and text[position] not in "\r\n":
        if cell := _QUOTED_CELL.match(text, position):
            if not cell[1] or text[cell.end() : cell.end() + 1] not in ("", delimiter, "\r", "\n"):
                return position, cell.end()
            position = cell.end()
        elif cell := unquoted.match(text, position):
            position = cell.end()
        position += text.startswith(delimiter, position)
    return len(text), len(text)
