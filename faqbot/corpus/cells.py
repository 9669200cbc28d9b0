"""A cell → a value, or a reason why not."""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from faqbot.corpus.columns import header_key
from faqbot.corpus.links import is_safe_link
from faqbot.corpus.problem import Problem, quoted
from faqbot.corpus.table import Row
from faqbot.errors import FaqbotError
from faqbot.korean.normalize import normalize

T = TypeVar("T")

#: Characters of one cell. The longest answer of the real help centre at hand has 8,976; a cell of more than twice that is a document.
MAX_CELL = 20_000

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_DATE = re.compile(
    r"([0-9]{4})(?:([-./]) ?([0-9]{1,2})\2 ?([0-9]{1,2})\.?|([0-9]{2})([0-9]{2}))"
    r"(?:[T ](?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?) ?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"  # the time, which web pages and workbooks add
)
_YES = frozenset({"true", "t", "1", "y", "yes", "on", "o", "○", "예", "네", "사용", "사용함", "게시", "노출"})
_NO = frozenset({"false", "f", "0", "n", "no", "off", "x", "×", "아니오", "아니요", "중지", "미사용", "사용안함", "미게시", "숨김"})
#: NUL, the sign that stands for a character already lost, and halves of surrogate pairs.
_DAMAGED = re.compile("[\0\ufffd\ud800-\udfff]")


class CellError(FaqbotError):
    """A cell that cannot be read; reaches the operator as a Problem.

    Attributes:
        what: what is wrong, a sentence.
        next_step: what to do, a sentence.
    """

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} {next_step}")
        self.what = what
        self.next_step = next_step


class RowReader:
    """Reads the cells of one row and keeps what was wrong with them.

    Attributes:
        row: what is read.
        line: physical line of the row.
        problems: those that hold for a cell of any column, then those of `read` and `reject` in order of the calls.
    """

    def __init__(self, row: Row) -> None:
        self.row = row
        self.line = row.line
        self.problems = [problem for column, cell in row.cells.items() if (problem := _damage(row.line, column, cell))]
        damaged = {problem.column for problem in self.problems}
        self._cells = {column: cell for column, cell in row.cells.items() if column not in damaged}

    def read(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """What `parse` makes of a cell without the space around it; the default where the file lacks the column or the cell is wrong."""
        if column not in self._cells:
            return default
        try:
            return parse(self._cells[column].strip())
        except CellError as error:
            self.reject(column, error.what, error.next_step)
            return default

    def verbatim(self, column: str) -> str:
        """A cell exactly as it is in the file, right or wrong; "" where the file lacks the column."""
        return self.row.cells.get(column, "")

    def reject(self, column: str, what: str, next_step: str) -> None:
        """Note that a cell is wrong."""
        self.problems.append(Problem(self.line, column, what, next_step))


def _damage(line: int, column: str, cell: str) -> Problem | None:
    """What makes a cell wrong whatever its column."""
    if len(cell) > MAX_CELL:
        return Problem(line, column, f"{len(cell):,}자로 너무 깁니다.", f"{MAX_CELL:,}자 이내로 줄이거나 행을 나누어 주세요.")
    damaged = _DAMAGED.search(cell)
    if damaged and damaged[0] == "\0":
        return Problem(line, column, f"{damaged.start() + 1}번째에 NUL 문자가 있습니다.", "보이지 않는 문자를 지우고 다시 저장해 주세요.")
    if damaged:
        return Problem(line, column, f"{damaged.start() + 1}번째 글자가 깨져 있습니다.", "원래 글자로 고쳐 주세요.")
    return None


def as_line(cell: str) -> str:
    """Text on one line."""
    return _LINE_BREAK.sub(" ", cell)


def as_question(cell: str) -> str:
    """Text on one line that is not empty.

    Raises:
        CellError: nothing visible.
    """
    if not normalize(cell):
        raise CellError("비어 있습니다.", "질문을 적어 주세요.")
    return as_line(cell)


def as_answer(cell: str) -> str:
    """Markdown that is not empty, with line feeds.

    Raises:
        CellError: nothing visible.
    """
    if not normalize(cell):
        raise CellError("비어 있습니다.", "답변을 적어 주세요.")
    return _LINE_BREAK.sub("\n", cell)


def as_id(cell: str) -> str:
    """An id, or "" for none.

    Raises:
        CellError: it holds the sign that parts ids in query files, or a line break.
    """
    if "|" in cell or _LINE_BREAK.search(cell):
        raise CellError(f"쓸 수 없는 글자가 있습니다({quoted(cell)}).", "`|`와 줄바꿈을 빼 주세요.")
    return cell


def as_list(separators: str) -> Callable[[str], tuple[str, ...]]:
    r"""A reader of parts that any of these characters separates; empty parts are left out.

    >>> as_list("|\n")("돈 돌려받기 | 환불 방법|")
    ('돈 돌려받기', '환불 방법')
    """
    separator = re.compile(f"[{re.escape(separators)}]")
    return lambda cell: tuple(part for piece in separator.split(cell) if (part := piece.strip()))


def as_date(cell: str) -> date | None:
    """A day, or None for an empty cell. A time of the day behind it does not matter.

    Raises:
        CellError: another notation, or a day that does not exist.

    >>> as_date("2026. 3. 1."), as_date("20260301") == as_date("2026/03/01")
    (datetime.date(2026, 3, 1), True)
    """
    if not cell:
        return None
    try:
        if found := _DATE.fullmatch(normalize(cell)):
            return date(int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
    except ValueError:
        raise CellError(f"달력에 없는 날입니다({quoted(cell)}).", "날짜를 고쳐 주세요.") from None
    raise CellError(f"날짜로 읽을 수 없습니다({quoted(cell)}).", "2026-03-01처럼 적어 주세요.")


def as_enabled(cell: str) -> bool:
    """Whether the entry is in use; an empty cell means yes.

    Raises:
        CellError: neither yes nor no.

    >>> as_enabled("사용 안 함"), as_enabled("예"), as_enabled("")
    (False, True, True)
    """
    key = header_key(cell)
    if key not in _YES | _NO | {""}:
        raise CellError(f"예나 아니오로 읽을 수 없습니다({quoted(cell)}).", "'예'나 '아니오'로 적어 주세요.")
    return key not in _NO


def as_link_url(cell: str) -> str:
    """An absolute URL that may be shown, or "" for none.

    Raises:
        CellError: another scheme, none, or characters that no URL has.
    """
    if cell and not is_safe_link(cell):
        raise CellError(f"쓸 수 없는 주소입니다({quoted(cell)}).", "https://, http://, mailto:, tel: 가운데 하나로 시작하는 전체 주소를 적어 주세요.")
    return cell
