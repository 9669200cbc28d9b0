"""Query files → queries, exactly as they were typed."""

from pathlib import Path

from faqbot.corpus.cells import RowReader, as_line, as_list
from faqbot.corpus.columns import LABELLED_COLUMNS, QUERY_COLUMNS, Column
from faqbot.corpus.encoding import read_text
from faqbot.corpus.problem import refusal
from faqbot.corpus.table import Table, parse_table
from faqbot.domain import LabelledQuery

_as_ids = as_list("|\r\n")


def read_queries(path: Path | str) -> tuple[str, ...]:
    """The `query` cells of a file in order, exactly as typed: spaces, line breaks and empty cells stay. Lines without any character are no rows.

    Raises:
        CorpusError: the file cannot be read, or with all its problems.
    """
    table = _read(path, QUERY_COLUMNS, keep_blank=True)
    if table.errors:
        raise refusal(str(path), table.errors)
    return tuple(row.cells["query"] for row in table.rows)


def read_labelled_queries(path: Path | str) -> tuple[LabelledQuery, ...]:
    """Queries with the ids of the entries that answer them, in order; the query is exactly as typed, an empty `faq_id` means out of scope.

    Whether the ids exist is not checked here: the FAQ table is another file.

    Raises:
        CorpusError: the file cannot be read, or with all its problems.
    """
    table = _read(path, LABELLED_COLUMNS)
    readers = [RowReader(row) for row in table.rows]
    queries = tuple(map(_labelled, readers))
    if problems := [*table.errors, *(problem for reader in readers for problem in reader.problems)]:
        raise refusal(str(path), problems)
    return queries


def _read(path: Path | str, columns: tuple[Column, ...], *, keep_blank: bool = False) -> Table:
    text, _ = read_text(path)
    return parse_table(text, columns, keep_blank=keep_blank)


def _labelled(reader: RowReader) -> LabelledQuery:
    query = reader.verbatim("query")
    faq_ids: tuple[str, ...] = reader.read("faq_id", _as_ids, ())
    if faq_ids and not query.strip():
        reader.reject("query", "비어 있는데 정답이 있습니다.", "질의를 적거나 행을 지워 주세요.")
    return LabelledQuery(query, frozenset(faq_ids), reader.read("kind", as_line, ""))
