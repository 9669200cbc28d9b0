"""JSON, JSON Lines and schema.org FAQPage → a table whose rows are objects."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from faqbot.corpus.columns import Column, header_key
from faqbot.corpus.markdown import to_markdown, without_tags
from faqbot.corpus.problem import Problem, quoted
from faqbot.corpus.records import MAX_ROWS, Record
from faqbot.corpus.table import Header, Table, empty_table, table_of, width_problem

#: Names under which a file of one object may keep its list.
_LISTS = ("faqs", "entries", "items", "data")
#: What parts the values of a column that holds several; the other columns hold one.
_JOINED = {"category": ">", "alternate_questions": "|", "keywords": "|"}
_PARTING = {"category": ">", "alternate_questions": "|\r\n", "keywords": ",|\r\n"}
_FAQ_COLUMNS = ("question", "answer", "updated_at")
#: How deep a FAQPage may stand in what a page says about itself.
_MAX_DEPTH = 12
_BEGINS = re.compile(r"\s*(?:\[\s*[{\]]|\{\s*[\"}])")


class ObjectsError(Exception):
    """Text that is no JSON.

    Attributes:
        problems: where, and what to do.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


def looks_like_json(text: str) -> bool:
    """Whether text begins as a list of objects or an object does, and as no table of ours does."""
    return bool(_BEGINS.match(text))


def parse_json(text: str) -> Any:
    """The value that JSON text stands for; numbers stay text, as they were written.

    Raises:
        ObjectsError: no JSON, a name twice in one object, or brackets deeper than any table.
    """
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        what = f"{error.colno}번째 글자부터 JSON이 아닙니다."
        raise ObjectsError(Problem(error.lineno, "", what, "따옴표, 쉼표, 괄호가 맞는지 확인해 주세요.")) from None
    except _RepeatedNameError as error:
        raise ObjectsError(Problem(1, "", f"{quoted(str(error))}: 한 항목에 같은 이름이 두 번 있습니다.", "하나만 남겨 주세요.")) from None
    except RecursionError:
        raise ObjectsError(Problem(1, "", "괄호가 너무 깊이 겹쳐 있습니다.", "항목의 목록만 남겨 주세요.")) from None


def parse_lines(text: str) -> list[Any]:
    """The values of JSON Lines, one a line; blank lines are none.

    Raises:
        ObjectsError: with every line that is no JSON.
    """
    values, problems = [], []
    for line, each in enumerate(text.split("\n"), start=1):
        if each.strip():
            try:
                values.append(parse_json(each))
            except ObjectsError as error:
                problems += [Problem(line, "", problem.what, problem.next_step) for problem in error.problems]
    if problems:
        raise ObjectsError(*problems)
    return values


def read_objects(value: Any, columns: tuple[Column, ...], names: Mapping[str, str]) -> Table:
    """A table of a list of objects, of an object that holds one, or of a FAQPage; lines count its objects from 1.

    Args:
        value: from `parse_json` or `parse_lines`.
        columns: those to look for.
        names: from `column_names`.
    """
    if questions := list(faq_questions(value)):
        return _table([_of_question(question) for question in questions], columns, names, ())
    objects = _objects(value)
    if objects is None:
        problem = Problem(1, "", "항목의 목록이 아닙니다.", '[{"question": …, "answer": …}, …] 처럼 적어 주세요.')
        return Table((), "", (problem,), header_errors=(problem,))
    wrong = [index for index, each in enumerate(objects, start=1) if not isinstance(each, dict)]
    problems = tuple(Problem(index, "", "이름과 값의 묶음이 아닙니다.", '{"question": …, "answer": …} 처럼 적어 주세요.') for index in wrong)
    return _table(objects, columns, names, problems)


def faq_questions(value: Any, room: int = _MAX_DEPTH) -> Iterator[Mapping[str, Any]]:
    """Every question of every FAQPage in JSON-LD, in order; none where it is deeper than any page has it."""
    if room == 0:
        return
    if isinstance(value, list):
        for each in value:
            yield from faq_questions(each, room - 1)
    elif isinstance(value, dict) and "FAQPage" in _types(value):
        yield from (each for each in _list(value.get("mainEntity")) if isinstance(each, dict))
    elif isinstance(value, dict):
        for each in value.values():
            if isinstance(each, dict | list):
                yield from faq_questions(each, room - 1)


class _RepeatedNameError(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedNameError(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return found


def _types(value: Mapping[str, Any]) -> set[str]:
    kinds = _list(value.get("@type"))
    return {kind.rpartition("/")[2] for kind in kinds if isinstance(kind, str)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _of_question(question: Mapping[str, Any]) -> dict[str, Any]:
    """Our columns of a schema.org Question, whose texts are HTML."""
    answers = [each for each in _list(question.get("acceptedAnswer")) if isinstance(each, dict)]
    texts = [each["text"] for each in answers if isinstance(each.get("text"), str)]
    name = question.get("name")
    modified = question.get("dateModified")
    found = {
        "question": without_tags(name) if isinstance(name, str) else "",
        "answer": "\n\n".join(to_markdown(text) for text in texts),
        "updated_at": modified if isinstance(modified, str) else "",
    }
    return {column: text for column, text in found.items() if text or column != "updated_at"}


def _objects(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        return next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
    return value if isinstance(value, list) else None


def _table(objects: Sequence[Any], columns: tuple[Column, ...], names: Mapping[str, str], problems: tuple[Problem, ...]) -> Table:
    rows = {line: each for line, each in enumerate(objects, start=1) if isinstance(each, dict) and each}
    if not rows and not problems:
        return empty_table(columns, "")
    headers = tuple(dict.fromkeys(header for each in rows.values() for header in each))
    if too_wide := width_problem(len(headers)):
        return Table((), "", (too_wide,), header_errors=(too_wide,))
    first: dict[str, str] = {}
    spelling = {header: first.setdefault(names.get(header_key(header), "") or f" {header}", header) for header in headers}
    headers = tuple(dict.fromkeys(spelling.values()))
    named = {header: names.get(header_key(header), "") for header in headers}
    faults, records = list(problems), []
    for line, each in list(rows.items())[:MAX_ROWS]:
        cells: dict[str, str] = {}
        for written, value in each.items():
            header = spelling[written]
            cell = _cell(value, named[header])
            if header in cells:
                faults.append(Problem(line, named[header], "같은 열이 두 번 있습니다.", "하나만 남겨 주세요."))
            elif isinstance(cell, tuple):
                faults.append(Problem(line, named[header], *cell))
            cells[header] = cell if isinstance(cell, str) else ""
        records.append(Record(line, tuple(cells.get(header, "") for header in headers)))
    if len(rows) > MAX_ROWS:
        faults.append(Problem(MAX_ROWS + 1, "", f"항목이 {MAX_ROWS:,}개를 넘습니다.", "파일을 나누거나 쓰지 않는 항목을 지워 주세요."))
    return table_of(Header(1, 1, headers, tuple(named.values()), ""), records, columns, names, tuple(faults))


def _cell(value: Any, name: str) -> str | tuple[str, str]:
    """A value as a cell has it, or what is wrong with it and what to do; what belongs to no column is always right."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() if name in _JOINED:
            return _joined(value, name)
    if not name:
        return json.dumps(value, ensure_ascii=False)
    return "글이 아니라 목록이나 묶음입니다.", "글 하나로 적어 주세요."


def _joined(values: list[Any], name: str) -> str | tuple[str, str]:
    if not all(isinstance(each, str) for each in values):
        return "목록에 글이 아닌 값이 있습니다.", "글만 적어 주세요."
    if found := next((each for each in values if any(sign in each for sign in _PARTING[name])), None):
        signs = _PARTING[name].strip("\r\n")
        return f"목록의 값에 값을 나누는 글자가 있습니다({quoted(found)}).", f"{' '.join(signs)} 와 줄바꿈을 빼 주세요."
    return _JOINED[name].join(values)
