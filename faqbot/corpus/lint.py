"""What is probably not meant: warnings, which refuse nothing."""

from collections.abc import Iterable, Iterator
from datetime import date

from faqbot.corpus.problem import Problem, quoted
from faqbot.corpus.table import Row
from faqbot.domain import FaqEntry
from faqbot.korean.normalize import normalize

#: Characters of a KakaoTalk button; what is longer is cut there.
SHORT_TITLE = 14

#: What Excel leaves in a cell whose formula failed.
_EXCEL_ERRORS = frozenset({"#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!"})


def cell_warnings(row: Row) -> Iterator[Problem]:
    """Cells that hold a spreadsheet's doing instead of text."""
    for column, cell in row.cells.items():
        text = cell.strip()
        if text in _EXCEL_ERRORS:
            yield Problem(row.line, column, f"엑셀 오류 값({text})입니다.", "수식을 고치거나 글자로 적어 주세요.")
        elif text.startswith("="):
            yield Problem(row.line, column, f"수식처럼 '='로 시작합니다({quoted(text)}).", "수식이 아니라 보여 줄 글자를 적어 주세요.")


def entry_warnings(line: int, entry: FaqEntry, today: date | None) -> Iterator[Problem]:
    """What one entry gives away. Days are compared with `today`, and not at all without it."""
    if len(normalize(entry.answer)) < 2:
        yield Problem(line, "answer", "답변이 한 글자입니다.", "빠진 내용이 없는지 확인해 주세요.")
    if len(entry.short_title) > SHORT_TITLE:
        yield Problem(line, "short_title", f"{len(entry.short_title)}자입니다.", f"버튼에서 잘리지 않게 {SHORT_TITLE}자 이내로 줄여 주세요.")
    if today and entry.updated_at and entry.updated_at > today:
        yield Problem(line, "updated_at", f"수정일({entry.updated_at})이 오늘보다 뒤입니다.", "날짜를 확인해 주세요.")
    if today and entry.enabled and entry.valid_to and entry.valid_to < today:
        yield Problem(line, "valid_to", f"종료일({entry.valid_to})이 지나 더는 답하지 않습니다.", "계속 쓰려면 종료일을 고쳐 주세요.")


def repeated_questions(entries: Iterable[tuple[int, FaqEntry]]) -> Iterator[Problem]:
    """Questions that an earlier enabled entry has too, alternate ones included; each is compared with the first that has it."""
    first: dict[str, tuple[int, FaqEntry]] = {}
    for line, entry in entries:
        questions = entry.questions if entry.enabled else ()
        for question in dict.fromkeys(map(normalize, questions)):
            seen_line, seen = first.setdefault(question, (line, entry))
            if seen is not entry:
                yield _repeated(line, entry, question, seen_line, seen)


def _repeated(line: int, entry: FaqEntry, question: str, seen_line: int, seen: FaqEntry) -> Problem:
    column = "question" if question == normalize(entry.question) else "alternate_questions"
    if normalize(entry.answer) == normalize(seen.answer):
        return Problem(line, column, f"{quoted(question)}: 질문과 답변이 {seen_line}행과 같습니다.", "둘 중 하나를 지워 주세요.")
    return Problem(line, column, f"{quoted(question)}: {seen_line}행과 질문이 같은데 답변이 다릅니다.", "하나로 합치거나 질문을 구별해 주세요.")
