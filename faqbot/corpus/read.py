"""The FAQ table → entries, all of them or none."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from faqbot.corpus.categories import as_category
from faqbot.corpus.cells import RowReader, as_answer, as_date, as_enabled, as_id, as_line, as_link_url, as_list, as_question
from faqbot.corpus.columns import COLUMNS
from faqbot.corpus.encoding import read_text
from faqbot.corpus.lint import cell_warnings, entry_warnings, repeated_questions
from faqbot.corpus.problem import Problem, quoted, refusal
from faqbot.corpus.table import Row, parse_table
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
        encoding: as people know it: UTF-8, UTF-8(BOM), CP949 or UTF-16.
        delimiter: comma, tab or semicolon.
        source: the path or upload name, as messages show it.
    """

    entries: tuple[FaqEntry, ...]
    warnings: tuple[Problem, ...]
    encoding: str
    delimiter: str
    source: str


def read_faq(path: Path | str, *, today: date | None = None) -> FaqTable:
    """Read a FAQ table from a file; `today` as in `parse_faq`.

    Raises:
        CorpusError: the file cannot be read, or `parse_faq` refuses it.
    """
    text, encoding = read_text(path)
    return parse_faq(text, source=str(path), encoding=encoding, today=today)


def parse_faq(text: str, *, source: str, encoding: str, today: date | None = None) -> FaqTable:
    r"""Read a FAQ table from text.

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
    table = parse_table(text, COLUMNS)
    readers = [RowReader(row) for row in table.rows]
    read = [(reader.line, _entry(reader)) for reader in readers]
    problems = [*table.errors, *(problem for reader in readers for problem in reader.problems), *_doubled_ids(read)]
    if problems:
        raise refusal(source, problems)
    warnings = sorted((*table.warnings, *_warnings(table.rows, read, today)), key=lambda warning: warning.line)
    entries = tuple(_with_ids([entry for _, entry in read]))
    return FaqTable(entries, tuple(warnings), encoding, table.delimiter, source)


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


def _with_ids(entries: Sequence[FaqEntry]) -> Iterator[FaqEntry]:
    """The entries, each with an id; a missing one follows from the question, so that it stays when rows move."""
    taken = {entry.id for entry in entries}
    for entry in entries:
        with_id = entry if entry.id else replace(entry, id=_free_id(entry.question, taken))
        taken.add(with_id.id)
        yield with_id


def _free_id(question: str, taken: set[str]) -> str:
    stem = f"q-{hashlib.sha256(normalize(question).encode()).hexdigest()[:10]}"
    free, count = stem, 1
    while free in taken:
        count += 1
        free = f"{stem}-{count}"
    return free
