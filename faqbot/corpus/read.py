"""The FAQ table → entries, all of them or none."""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from faqbot.corpus.categories import as_category
from faqbot.corpus.cells import RowReader, as_answer, as_date, as_enabled, as_id, as_line, as_link_url, as_list, as_question
from faqbot.corpus.encoding import read_bytes
from faqbot.corpus.lint import cell_warnings, entry_warnings, repeated_questions
from faqbot.corpus.problem import Problem, quoted, refusal
from faqbot.corpus.source import parse_text, read_source
from faqbot.corpus.table import Row, Table
from faqbot.domain import FaqEntry
from faqbot.korean.normalize import normalize

_as_questions = as_list("|\r\n")
_as_keywords = as_list(",|\r\n")


@dataclass(frozen=True, slots=True)
class FaqTable:
    """A table that was imported whole.

    Attributes:
        entries: in file order, at least one; every id is there and unique.
        warnings: in file order; what an operator should look at before publishing.
        encoding: as people know it: UTF-8, UTF-8(BOM), CP949 or UTF-16; XLSX for a workbook.
        delimiter: comma, tab or semicolon; "" in a file that is no text table.
        source: the path or upload name, as messages show it.
        unknown_headers: as the file has them; their cells were not imported, and a mapping may say what they mean.
    """

    entries: tuple[FaqEntry, ...]
    warnings: tuple[Problem, ...]
    encoding: str
    delimiter: str
    source: str
    unknown_headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row and what was made of it. The entry is of no use where there are problems; its id is "" where the row has none."""

    row: Row
    entry: FaqEntry
    problems: tuple[Problem, ...] = ()


def read_faq(path: Path | str, *, mapping: Mapping[str, str] | None = None, today: date | None = None) -> FaqTable:
    """Read a FAQ table from a file of any format; the arguments as in `read_faq_bytes`.

    Raises:
        CorpusError: the file cannot be read, or `read_faq_bytes` refuses it.
    """
    return read_faq_bytes(read_bytes(path), str(path), mapping=mapping, today=today)


def read_faq_bytes(data: bytes, name: str, *, mapping: Mapping[str, str] | None = None, today: date | None = None) -> FaqTable:
    r"""Read a FAQ table: CSV, TSV, XLSX, JSON, JSON Lines, or a page or JSON-LD with a schema.org FAQPage; which one follows from the content.

    Args:
        data: the file.
        name: its name, with which messages begin.
        mapping: header → canonical column name, for headers that are not recognised; it outranks what is. "" leaves a header out.
        today: the day that doubtful dates are compared with; without it none is doubtful.

    Raises:
        CorpusError: with every problem of the file; nothing was imported.

    >>> table = read_faq_bytes('[{"질문": "배송은 언제 오나요?", "본문": "이틀"}]'.encode(), "faq.json", mapping={"본문": "answer"})
    >>> [(entry.id, entry.answer) for entry in table.entries]
    [('q-5015d13fbd', '이틀')]
    """
    source = read_source(data, name, mapping=mapping)
    return _whole(source.table, source=name, encoding=source.encoding, today=today)


def parse_faq(text: str, *, source: str, encoding: str, today: date | None = None) -> FaqTable:
    r"""Read a FAQ table from the text of a CSV or TSV file.

    Args:
        text: the whole file; its first row that is not blank names the columns.
        source: the name that messages begin with.
        encoding: what the text was decoded from, for display.
        today: the day that doubtful dates are compared with; without it none is doubtful.

    Raises:
        CorpusError: with every problem of the file; nothing was imported.

    >>> table = parse_faq("질문,답변\n배송은 언제 오나요?,이틀 걸립니다.", source="faq.csv", encoding="UTF-8")
    >>> [(entry.id, entry.answer) for entry in table.entries]
    [('q-5015d13fbd', '이틀 걸립니다.')]
    """
    return _whole(parse_text(text), source=source, encoding=encoding, today=today)


def read_rows(rows: Iterable[Row], besides: Iterable[Problem] = ()) -> tuple[ReadRow, ...]:
    """Every row with its entry and all that is wrong with it, an id that an earlier row has too included.

    Args:
        rows: of a table.
        besides: what is known to be wrong already; nothing more is said about such cells.
    """
    known = {(problem.line, problem.column) for problem in besides}
    readers = [RowReader(row) for row in rows]
    read = [(reader, _entry(reader)) for reader in readers]
    doubled = {problem.line: problem for problem in _doubled_ids([(reader.line, entry) for reader, entry in read])}
    found = []
    for reader, entry in read:
        problems = (*reader.problems, *((doubled[reader.line],) if reader.line in doubled else ()))
        found.append(ReadRow(reader.row, entry, tuple(problem for problem in problems if (problem.line, problem.column) not in known)))
    return tuple(found)


def warnings_of(rows: Sequence[ReadRow], today: date | None) -> tuple[Problem, ...]:
    """What an operator should look at in rows without problems; `today` as in `read_faq_bytes`."""
    return tuple(_warnings([each.row for each in rows], [(each.row.line, each.entry) for each in rows], today))


def _whole(table: Table, *, source: str, encoding: str, today: date | None) -> FaqTable:
    """The table as entries.

    Raises:
        CorpusError: with every problem.
    """
    rows = read_rows(table.rows, table.errors)
    problems = [table.placed(problem) for problem in (*table.errors, *(problem for each in rows for problem in each.problems))]
    if problems:
        raise refusal(source, problems)
    found = (*table.warnings, *map(table.placed, warnings_of(rows, today)))
    entries = with_ids([each.entry for each in rows])
    return FaqTable(entries, tuple(sorted(found, key=lambda warning: warning.line)), encoding, table.delimiter, source, table.unknown_headers)


def _entry(reader: RowReader) -> FaqEntry:
    """The entry of a row; "" where the id is missing, and of no use where the reader has problems."""
    entry = FaqEntry(
        id=reader.read("id", as_id, ""),
        question=reader.read("question", as_question, ""),
        answer=reader.read("answer", as_answer, ""),
        category=reader.read("category", as_category, ()),
        alternate_questions=reader.read("alternate_questions", _as_questions, ()),
        keywords=reader.read("keywords", _as_keywords, ()),
        short_title=reader.read("short_title", as_line, ""),
        link_url=reader.read("link_url", as_link_url, ""),
        link_label=reader.read("link_label", as_line, ""),
        valid_from=reader.read("valid_from", as_date, None),
        valid_to=reader.read("valid_to", as_date, None),
        updated_at=reader.read("updated_at", as_date, None),
        enabled=reader.read("enabled", as_enabled, True),
    )
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        reader.reject("valid_to", f"종료일({entry.valid_to})이 시작일({entry.valid_from})보다 앞입니다.", "두 날짜를 확인해 주세요.")
    return entry


def _doubled_ids(read: Iterable[tuple[int, FaqEntry]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for line, entry in read:
        if entry.id and first.setdefault(entry.id, line) != line:
            yield Problem(line, "id", f"{first[entry.id]}행에도 있는 id입니다({quoted(entry.id)}).", "둘 중 하나를 바꿔 주세요.")


def _warnings(rows: Iterable[Row], read: Sequence[tuple[int, FaqEntry]], today: date | None) -> Iterator[Problem]:
    for row in rows:
        yield from cell_warnings(row)
    for line, entry in read:
        yield from entry_warnings(line, entry, today)
    yield from repeated_questions(read)


def with_ids(entries: Sequence[FaqEntry]) -> tuple[FaqEntry, ...]:
    """The entries, each with an id; a missing one follows from the question, so that it stays when rows move."""
    taken = {entry.id for entry in entries}
    counts: dict[str, int] = {}
    found = []
    for entry in entries:
        with_id = entry if entry.id else replace(entry, id=_free_id(entry.question, taken, counts))
        taken.add(with_id.id)
        found.append(with_id)
    return tuple(found)


def _free_id(question: str, taken: Container[str], counts: dict[str, int]) -> str:
    """An id that nobody has. In `counts` stands how many of a question were tried, so that none is tried twice."""
    stem = f"q-{hashlib.sha256(normalize(question).encode()).hexdigest()[:10]}"
    count = counts.get(stem, 0) + 1
    while (free := stem if count == 1 else f"{stem}-{count}") in taken:
        count += 1
    counts[stem] = count
    return free
