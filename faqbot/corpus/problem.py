"""What is wrong with a table, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from faqbot.corpus.columns import label
from faqbot.errors import CorpusError

#: Problems listed in one message. More would scroll the first out of a terminal; all of them are in `CorpusError.problems`.
SHOWN = 20
#: Characters of a cell quoted in a message: enough to find it again in a spreadsheet.
_QUOTED = 30
#: What a line counts in a table, and in a file of objects.
ROW = "행"
ITEM = "번째 항목"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or warning.

    Attributes:
        line: physical line of the file, from 1, where the record begins; for a quote that is not closed, where it opens.
        column: canonical name, or "" where the whole row is meant.
        what: what is wrong, a sentence.
        next_step: what to do, a sentence.
        unit: what `line` counts: "행", or "번째 항목" in JSON and web pages, which have no rows.

    >>> print(Problem(12, "answer", "비어 있습니다.", "답변을 적어 주세요."))
    12행 answer(답변): 비어 있습니다. 답변을 적어 주세요.
    """

    line: int
    column: str
    what: str
    next_step: str
    unit: str = ROW

    def __str__(self) -> str:
        column = f" {label(self.column)}" if self.column else ""
        return f"{self.line}{self.unit}{column}: {self.what} {self.next_step}"


def quoted(cell: str) -> str:
    r"""A cell as a message shows it: one line, cut, in quotation marks.

    >>> quoted("배송이\n언제 오나요?")
    "'배송이 언제 오나요?'"
    """
    visible = "".join(character if character.isprintable() else " " for character in cell[: 4 * _QUOTED])
    text = " ".join(visible.split())
    return f"'{text}'" if len(text) <= _QUOTED else f"'{text[:_QUOTED]}…'"


def refusal(source: str, problems: Iterable[Problem]) -> CorpusError:
    """The error that refuses a whole file, with all problems in file order."""
    ordered = tuple(str(problem) for problem in sorted(problems, key=lambda problem: problem.line))
    lines = [f"{source}: 문제가 {len(ordered):,}개 있어 아무것도 가져오지 않았습니다.", *(f"  {text}" for text in ordered[:SHOWN])]
    if len(ordered) > SHOWN:
        lines.append(f"  그 밖에 {len(ordered) - SHOWN:,}개가 더 있습니다.")
    return CorpusError("\n".join(lines), problems=ordered)
