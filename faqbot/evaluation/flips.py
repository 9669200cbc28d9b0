"""Queries that end otherwise than before. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from faqbot.domain import LabelledQuery, Outcome
from faqbot.evaluation.checks import is_right, passes
from faqbot.evaluation.findings import Change, Findings, Flip, Pair, Seen
from faqbot.evaluation.report import visible
from faqbot.evaluation.run import Prediction

#: Flips listed at most of each source; counts are of all.
LISTED = 200

_OUTCOMES = {Outcome.ANSWER: "바로 답함", Outcome.SUGGEST: "후보를 보여 줌", Outcome.FALLBACK: "1:1 문의로 안내"}


def flips_of(findings: Findings) -> Iterator[Flip]:
    """Every query that ends otherwise, every case that is not kept, every query whose entry is gone, every answer that strayed."""
    for source, pairs in (("labelled", findings.labelled), ("former", findings.former), ("stored", findings.stored)):
        yield from _of_pairs(findings, source, pairs)
    yield from _of_cases(findings)
    for label in findings.lost:
        entry = min(label.faq_ids)
        yield Flip(Change.LOST, "labelled", visible(label.query), entry, *_named(findings, entry), note="정답 항목이 표에서 없어졌거나 '사용 안 함'입니다.")
    for strayed in findings.strayed:
        question, category = _named(findings, strayed.entry)
        note = f"답변이 {strayed.moved_from} 의 것이 되었습니다." if strayed.moved_from else "답변이 질문과 상관없어 보입니다."
        yield Flip(Change.WORSE, "answers", question, strayed.entry, question, category, note=note)
    for one in findings.reworded:
        if one.before is not None and one.before != one.after:
            change = Change.WORSE if one.before else Change.BETTER
            yield Flip(change, "reworded", visible(one.text), one.entry, *_named(findings, one.entry), note=f"'{visible(one.question)}'을(를) 바꿔 물음")


def listed(flips: Iterable[Flip]) -> Iterator[Flip]:
    """The worst first, at most LISTED of each source."""
    order = {Change.WORSE: 0, Change.LOST: 0, Change.BETTER: 1, Change.BAND: 2}
    seen: dict[str, int] = {}
    for flip in sorted(flips, key=lambda flip: (order[flip.change], flip.entry, flip.query)):
        seen[flip.source] = seen.get(flip.source, 0) + 1
        if seen[flip.source] <= LISTED:
            yield flip


def counted(flips: Iterable[Flip], key: Callable[[Flip], tuple[str, ...]]) -> list[tuple[tuple[str, ...], dict[str, int]]]:
    """How often each change occurs for each key, most losses first."""
    counts: dict[tuple[str, ...], dict[str, int]] = {}
    for flip in flips:
        counts.setdefault(key(flip), {str(change): 0 for change in Change})[str(flip.change)] += 1
    return sorted(counts.items(), key=lambda item: (-item[1]["worse"] - item[1]["lost"], -item[1]["band"], item[0]))


def _of_pairs(findings: Findings, source: str, pairs: Iterable[Pair]) -> Iterator[Flip]:
    for pair in pairs:
        if pair.before and (change := _change(pair.label, pair.before, pair.after)):
            yield _flip(findings, change, source, pair)


def _of_cases(findings: Findings) -> Iterator[Flip]:
    for pair in findings.cases:
        if not passes(pair.label, pair.after):
            is_new = pair.before is None or passes(pair.label, pair.before)
            yield replace(_flip(findings, Change.WORSE if is_new else Change.BAND, "cases", pair), note="어긴 질문" if is_new else "전부터 어긴 질문")


def _change(label: LabelledQuery, before: Prediction, after: Prediction) -> Change | None:
    was, now = is_right(label, before), is_right(label, after)
    if was != now:
        return Change.BETTER if now else Change.WORSE
    return None if before.outcome is after.outcome else Change.BAND


def _flip(findings: Findings, change: Change, source: str, pair: Pair) -> Flip:
    before, after = _seen(pair.before) if pair.before else None, _seen(pair.after)
    entry = min(pair.label.faq_ids, default=after.entry)
    return Flip(change, source, visible(pair.label.query), entry, *_named(findings, entry), before, after, _note(pair, before, after))


def _note(pair: Pair, before: Seen | None, after: Seen) -> str:
    """What is different, for people."""
    if pair.before is None or before is None:
        return ""
    firsts = f"첫 후보 {before.entry or '없음'} → {after.entry or '없음'}" if before.entry != after.entry else ""
    outcomes = f"{_OUTCOMES[pair.before.outcome]} → {_OUTCOMES[pair.after.outcome]}" if pair.before.outcome is not pair.after.outcome else ""
    return ", ".join(filter(None, (firsts, outcomes)))


def _named(findings: Findings, entry: str) -> tuple[str, str]:
    question, category = findings.entries.get(entry, ("", ""))
    return visible(question), visible(category)


def _seen(predicted: Prediction) -> Seen:
    first = predicted.candidates[0].id if predicted.candidates else ""
    return Seen(first, str(predicted.outcome), round(predicted.confidence, 4))
