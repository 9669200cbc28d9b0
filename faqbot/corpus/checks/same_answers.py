"""Entries that give one answer."""

from collections.abc import Iterable, Iterator

from faqbot.corpus.checks.finding import Finding, Kind, Severity, row_of
from faqbot.domain import FaqEntry
from faqbot.korean.normalize import normalize

#: Characters of an answer that says something of its own; "준비하고 있습니다." may stand under many questions.
_OWN = 20


def same_answers(entries: Iterable[FaqEntry]) -> Iterator[Finding]:
    """Groups of entries whose answers are the same but for spaces."""
    holders: dict[str, list[FaqEntry]] = {}
    for entry in entries:
        answer = normalize(entry.answer).replace(" ", "")
        if len(answer) >= _OWN:
            holders.setdefault(answer, []).append(entry)
    for held in holders.values():
        if len(held) > 1:
            yield Finding(
                Kind.DUPLICATE,
                Severity.HINT,
                tuple(row_of(entry) for entry in held),
                f"답변이 같은 항목이 {len(held)}건 있습니다.",
                "한 항목에 합치고 나머지 질문은 '다른 표현'으로 넣으면 고칠 곳이 하나가 됩니다.",
            )
