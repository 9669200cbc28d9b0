"""A candidate beside the release that serves: what got better, what got worse, and whether it may be published. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from faqbot.evaluation.checks import checks
from faqbot.evaluation.findings import Change, Check, Findings, Flip, Seen, State
from faqbot.evaluation.flips import LISTED, counted, flips_of, listed


@dataclass(frozen=True, slots=True)
class Won:
    """Queries that were accepted from the review queue, asked of both releases.

    Attributes:
        asked: how many.
        won: how many of them the candidate answers rightly and the published release did not.
        queries: those of them that stand in the table itself, as {"query", "entry", "question"}, at most LISTED. Other words of visitors are not kept.
    """

    asked: int
    won: int
    queries: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found.

    Attributes:
        candidate: id.
        published: what it was compared with, "" for none.
        checked_at: ISO 8601, UTC.
        checks: in a fixed order.
        flips: the worst first.
        by_entry: counts of changes by entry, most losses first.
        by_category: the same by category.
        notes: what looks wrong in the candidate's table once it is indexed, as `Finding.to_json` gives it; None where nobody looked. Blocks nothing.
        accepted: what became of the queries that were accepted from the review queue; None where nobody looked.
    """

    candidate: str
    published: str
    checked_at: str
    checks: tuple[Check, ...]
    flips: tuple[Flip, ...] = ()
    by_entry: tuple[dict[str, Any], ...] = ()
    by_category: tuple[dict[str, Any], ...] = ()
    notes: tuple[dict[str, Any], ...] | None = None
    accepted: "Won | None" = None

    @property
    def is_red(self) -> bool:
        """Whether publishing needs a reason."""
        return any(check.state is State.RED for check in self.checks)

    @property
    def has_compared(self) -> bool:
        """Whether anything at all was asked of both releases: not where nothing was published, or where they have nothing in common."""
        return any(check.before is not None for check in self.checks)

    def lines(self) -> list[str]:
        """For a terminal."""
        signs = {State.GREEN: "통과", State.RED: "빨강", State.SKIPPED: "생략"}
        found = [f"[{signs[check.state]}] {check.label}: {check.reason}" for check in self.checks]
        if not self.has_compared:
            found.append("[참고] 견줄 것이 없음: 공개된 릴리스와 함께 물어볼 수 있는 질문이 없었습니다")
        words = {Change.WORSE: "나빠짐", Change.BETTER: "좋아짐", Change.BAND: "달라짐", Change.LOST: "사라짐"}
        if self.accepted is not None and self.accepted.asked:
            found.append(f"[참고] 받아들인 질문 {self.accepted.asked:,}개 가운데 새로 답하는 질문 {self.accepted.won:,}개")
        if self.notes:
            found.append(f"[참고] 표에서 살펴볼 것 {len(self.notes):,}가지: {', '.join(dict.fromkeys(note['label'] for note in self.notes))}")
        return found + [f"  {words[flip.change]} · {flip.query} → [{flip.entry}] {flip.note}".rstrip() for flip in self.flips[:20]]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types, with `state`: red, or green; and `compared`: False where green means only that there was nothing to compare."""
        return {**asdict(self), "state": str(State.RED if self.is_red else State.GREEN), "compared": self.has_compared}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "GateReport":
        """The reverse of to_json."""
        checks = tuple(Check(**{**each, "state": State(each["state"])}) for each in data["checks"])
        flips = tuple(
            Flip(**{**each, "change": Change(each["change"]), "before": _seen_from(each["before"]), "after": _seen_from(each["after"])})
            for each in data["flips"]
        )
        notes, accepted = data.get("notes"), data.get("accepted")
        return cls(
            data["candidate"],
            data["published"],
            data["checked_at"],
            checks,
            flips,
            tuple(data["by_entry"]),
            tuple(data["by_category"]),
            None if notes is None else tuple(notes),
            None if accepted is None else Won(accepted["asked"], accepted["won"], tuple(accepted["queries"])),
        )


def judged(findings: Findings, checked_at: str) -> GateReport:
    """The verdict. The same table again, and honest edits, pass."""
    flips = tuple(flips_of(findings))
    by_entry = tuple(
        {"entry": entry, "question": question, "category": category, **counts}
        for (entry, question, category), counts in counted(flips, lambda flip: (flip.entry, flip.question, flip.category))
    )
    by_category = tuple({"category": category, **counts} for (category,), counts in counted(flips, lambda flip: (flip.category,)))
    return GateReport(findings.candidate, findings.published, checked_at, checks(findings), tuple(listed(flips)), by_entry[:LISTED], by_category[:LISTED])


def _seen_from(data: Mapping[str, Any] | None) -> Seen | None:
    return None if data is None else Seen(**data)
