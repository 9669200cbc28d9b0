"""What looks wrong in a table as a whole, in which entries, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from faqbot.corpus.problem import quoted
from faqbot.domain import FaqEntry


class Severity(StrEnum):
    """How much a finding matters. Only an error blocks publishing."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Kind(StrEnum):
    """What a finding is about, in the order in which findings are listed."""

    BAD_LINK = "bad_link"
    MISSING_LINK = "missing_link"
    PHONES_DISAGREE = "phones_disagree"
    HOURS_DISAGREE = "hours_disagree"
    PERIODS_DISAGREE = "periods_disagree"
    AMOUNTS_DISAGREE = "amounts_disagree"
    ANSWERS_DIFFER = "answers_differ"
    INDISTINGUISHABLE = "indistinguishable"
    EXPIRED = "expired"
    ADVERT = "advert"
    LONG_ANSWER = "long_answer"
    DUPLICATE = "duplicate"
    LONE_CATEGORY = "lone_category"

    @property
    def label(self) -> str:
        """The kind as people read it."""
        return _LABELS[self]


_LABELS = {
    Kind.BAD_LINK: "열리지 않는 링크",
    Kind.MISSING_LINK: "빠진 링크",
    Kind.PHONES_DISAGREE: "서로 다른 전화번호",
    Kind.HOURS_DISAGREE: "서로 다른 시간",
    Kind.PERIODS_DISAGREE: "서로 다른 기간",
    Kind.AMOUNTS_DISAGREE: "서로 다른 금액·비율",
    Kind.ANSWERS_DIFFER: "질문은 같은데 답변이 다른 항목",
    Kind.INDISTINGUISHABLE: "어떤 질문으로도 구별되지 않는 항목",
    Kind.EXPIRED: "지난 날짜",
    Kind.ADVERT: "광고처럼 보이는 문장",
    Kind.LONG_ANSWER: "메신저에 긴 답변",
    Kind.DUPLICATE: "합칠 수 있는 항목",
    Kind.LONE_CATEGORY: "하나뿐인 분류",
}
_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry that a finding is about.

    Attributes:
        id: of the entry.
        question: of the entry.
        text: the part of the entry that is meant, "" where it is the entry as a whole.
    """

    id: str
    question: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.id} {quoted(self.question)}" + (f": {self.text}" if self.text else "")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a table that a person should look at.

    Attributes:
        kind: what it is about.
        severity: whether it blocks.
        rows: the entries concerned in table order, at least one.
        reason: what is wrong, a sentence.
        next_step: what to do, a sentence.

    >>> print(Finding(Kind.EXPIRED, Severity.WARNING, (Row("event", "이벤트는 언제까지인가요?"),), "종료일이 지났습니다.", "날짜를 고쳐 주세요."))
    종료일이 지났습니다. 날짜를 고쳐 주세요.
      event '이벤트는 언제까지인가요?'
    """

    kind: Kind
    severity: Severity
    rows: tuple[Row, ...]
    reason: str
    next_step: str

    def __str__(self) -> str:
        return "\n".join((f"{self.reason} {self.next_step}", *(f"  {row}" for row in self.rows)))

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON values; `label` is the kind in Korean."""
        return {
            "kind": self.kind.value,
            "label": self.kind.label,
            "severity": self.severity.value,
            "rows": [{"id": row.id, "question": row.question, "text": row.text} for row in self.rows],
            "reason": self.reason,
            "next_step": self.next_step,
        }


def row_of(entry: FaqEntry, text: str = "") -> Row:
    """The entry as a row; `text` is the part of it that is meant."""
    return Row(entry.id, entry.question, text)


def in_order(findings: Iterable[Finding], entries: Iterable[FaqEntry]) -> tuple[Finding, ...]:
    """Findings by kind, then by where in the table their rows are, then by their words: the same table gives the same list."""
    places = {entry.id: place for place, entry in enumerate(entries)}
    return tuple(sorted(findings, key=lambda finding: (_ORDER[finding.kind], [places.get(row.id, -1) for row in finding.rows], finding.reason)))
