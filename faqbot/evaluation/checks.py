"""The checks of a gate: each is red for what harm there is, never for how much was changed. Pure."""

import math
from collections.abc import Callable, Iterable, Sequence

from faqbot.corpus.importing import MAX_DROPPED
from faqbot.domain import LabelledQuery, Outcome
from faqbot.evaluation.findings import Check, Findings, State
from faqbot.evaluation.intervals import clopper_pearson
from faqbot.evaluation.metrics import Judged, figures
from faqbot.evaluation.report import visible
from faqbot.evaluation.run import Prediction, judge

#: Chance below which more losses than gains are no accident.
SIGNIFICANT = 0.05
#: Fewest losses more than gains that make a check red, whatever the chance; and from when a share of the queries is enough.
FEWEST, FEW, SHARE = 5, 3, 0.05
#: Labelled queries, and answers among them, from which figures of confidence are judged.
ENOUGH, ENOUGH_ANSWERS = 50, 20
#: Calibration error beyond chance that is never held against a release, and how much more than before is.
ERROR, WORSE_ERROR = 0.05, 0.03
#: Share of changed questions that may no longer lead to their entry, and of changed answers that may leave their subject.
FORMER_SHARE, ANSWER_SHARE = 0.1, 0.1
#: Answers that were another entry's before: from so many on rows have slipped.
MOVED = 3
#: Kind of a former question that was its entry's main one; others were alternates, which people also take away on purpose.
MAIN = "main"
#: Kinds of rewording that keep what is typed but change how it is said.
REGISTER = frozenset({"endings", "politeness", "particles"})
_HARMFUL = f"나빠진 것이 좋아진 것보다 {FEWEST}개 이상 많고 우연이 아닐 때, 또는 {FEW}개 이상이면서 {SHARE:.0%} 이상일 때 빨강"


def checks(findings: Findings) -> tuple[Check, ...]:
    """All of them, in a fixed order."""
    return (
        _cases(findings),
        _labelled(findings),
        _helped(findings),
        _lost(findings),
        _removed(findings),
        _stored(findings),
        _former(findings),
        _answers(findings),
        _reworded(findings, "register", "말투를 바꿔 물어도"),
        _reworded(findings, "wording", "띄어쓰기·오타·자판을 바꿔 물어도"),
        _reliability(findings),
        _precision(findings),
    )


def sign_test(losses: int, gains: int) -> float:
    """Chance of so many losses or more among as many flips if each were as likely a gain; 1 for none.

    >>> sign_test(5, 0), sign_test(0, 0)
    (0.03125, 1.0)
    """
    n = losses + gains
    return sum(math.comb(n, k) for k in range(losses, n + 1)) / 2**n if n else 1.0


def is_right(label: LabelledQuery, predicted: Prediction) -> bool:
    """Whether the first candidate answers; a query that no entry answers is right where it is not answered at once."""
    return judge(label, predicted).correct if label.in_scope else predicted.outcome is not Outcome.ANSWER


def is_helped(label: LabelledQuery, predicted: Prediction) -> bool:
    """Whether the visitor got the right entry at once or among the candidates shown; nothing at once where no entry answers."""
    return judge(label, predicted).helped if label.in_scope else predicted.outcome is not Outcome.ANSWER


def _is_harmful(losses: int, gains: int, n: int) -> bool:
    net = losses - gains
    return (net >= FEWEST and sign_test(losses, gains) <= SIGNIFICANT) or (net >= FEW and net >= SHARE * n)


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _skipped(name: str, label: str, limit: str, why: str, after: float | None = None, n: int = 0) -> Check:
    return Check(name, label, State.SKIPPED, n, None, after, limit, why)


def _cases(findings: Findings) -> Check:
    name, label, limit = "cases", "꼭 답할 질문, 답하면 안 될 질문", "하나라도 어기면 빨강"
    gone = [lost for lost in findings.lost if lost.kind == "must_answer"]
    if not findings.cases and not gone:
        return _skipped(name, label, limit, "정해 둔 질문이 없습니다.")
    failed = [pair.label.query for pair in findings.cases if not passes(pair.label, pair.after)] + [lost.query for lost in gone]
    n = len(findings.cases) + len(gone)
    before = _share(passes(pair.label, pair.before) for pair in findings.cases if pair.before)
    said = f"{n}개를 모두 지켰습니다." if not failed else f"{n}개 중 {len(failed)}개를 어겼습니다: {_quoted(failed)}"
    return Check(name, label, State.RED if failed else State.GREEN, n, before, 1 - len(failed) / n, limit, said)


def passes(label: LabelledQuery, predicted: Prediction) -> bool:
    """Whether a case is kept: what must be answered is, at once and rightly; what must not be answered, labelled with no entry, is not at once."""
    is_answered = predicted.outcome is Outcome.ANSWER
    return is_answered and judge(label, predicted).correct if label.in_scope else not is_answered


def _labelled(findings: Findings) -> Check:
    name, label = "labelled", "정답을 아는 질문의 첫째 후보"
    return _paired(findings, name, label, is_right, "맞던 것이 틀리게 된 것", "틀리던 것이 맞게 된 것")


def _helped(findings: Findings) -> Check:
    name, label = "helped", "정답을 아는 질문에 도움이 되었는지"
    return _paired(findings, name, label, is_helped, "도움이 되다 안 되게 된 것", "도움이 안 되다 되게 된 것")


def _paired(findings: Findings, name: str, label: str, judge_one: Callable[[LabelledQuery, Prediction], bool], lost: str, won: str) -> Check:
    after = _share(judge_one(pair.label, pair.after) for pair in findings.labelled)
    gone = f" 정답 항목이 없어진 질문 {len(findings.lost)}개는 뺐습니다." if findings.lost else ""
    pairs = [(judge_one(pair.label, pair.before), judge_one(pair.label, pair.after)) for pair in findings.labelled if pair.before]
    if not pairs:
        why = "정답을 아는 질문이 없습니다." if not findings.labelled else "공개된 릴리스가 없어 견줄 것이 없습니다."
        return _skipped(name, label, _HARMFUL, why + gone, after, len(findings.labelled))
    losses, gains = sum(b and not a for b, a in pairs), sum(a and not b for b, a in pairs)
    state = State.RED if _is_harmful(losses, gains, len(pairs)) else State.GREEN
    said = f"질문 {len(pairs)}개 중 {lost} {losses}개, {won} {gains}개.{gone}"
    return Check(name, label, state, len(pairs), _share(b for b, _ in pairs), after, _HARMFUL, said)


def _lost(findings: Findings) -> Check:
    name, label = "lost", "정답 항목이 없어진 질문"
    limit = f"정답을 아는 질문 중 {FEWEST}개 이상이면서 {SHARE:.0%}를 넘게 정답 항목을 잃으면 빨강"
    n, lost = len(findings.labelled) + len(findings.lost), [label.query for label in findings.lost]
    if not n:
        return _skipped(name, label, limit, "정답을 아는 질문이 없습니다.")
    red = len(lost) >= FEWEST and len(lost) > SHARE * n
    said = f"질문 {n}개 중 {len(lost)}개의 정답 항목이 표에서 없어졌거나 '사용 안 함'입니다{': ' + _quoted(lost) if lost else '.'}"
    return Check(name, label, State.RED if red else State.GREEN, n, None, len(lost) / n, limit, said)


def _removed(findings: Findings) -> Check:
    name, label, limit = "removed", "공개된 FAQ가 그대로 있는지", f"공개된 FAQ의 {MAX_DROPPED:.0%}를 넘게 빠지면 빨강"
    n, gone = findings.held, len(findings.removed)
    if not n:
        return _skipped(name, label, limit, "빠진 FAQ가 없습니다." if findings.published else "공개된 릴리스가 없어 견줄 것이 없습니다.")
    questions = [findings.entries.get(entry, (entry, ""))[0] for entry in findings.removed]
    said = f"공개된 FAQ {n:,}건 중 {gone:,}건이 표에서 없어졌거나 '사용 안 함'입니다{': ' + _quoted(questions) if gone else '.'}"
    return Check(name, label, State.RED if gone > MAX_DROPPED * n else State.GREEN, n, None, 1 - gone / n, limit, said)


def _stored(findings: Findings) -> Check:
    name, label = "stored", "저장된 질문을 그대로 물으면"
    limit = "하나라도 제 항목을 못 찾으면 빨강, 바로 답하던 질문이 5개 이상(1% 초과) 후보만 보여 주게 되면 빨강"
    if not findings.stored:
        return _skipped(name, label, limit, "오늘 보이는 질문이 없습니다.")
    failed = [pair.label.query for pair in findings.stored if not _is_found(pair.label, pair.after)]
    weaker = [pair.label.query for pair in findings.stored if pair.before and _is_weaker(pair.before, pair.after)]
    n, before = len(findings.stored), [pair for pair in findings.stored if pair.before]
    red = bool(failed) or (len(weaker) >= FEWEST and len(weaker) > 0.01 * n)
    said = f"{n}개 중 {len(failed)}개가 제 항목을 못 찾습니다{': ' + _quoted(failed) if failed else '.'}"
    if weaker:
        said += f" 바로 답하던 질문 {len(weaker)}개는 여러 항목이 함께 가져 후보만 보여 줍니다: {_quoted(weaker)}"
    figures_before = _share(_is_found(pair.label, pair.before) for pair in before if pair.before)
    return Check(name, label, State.RED if red else State.GREEN, n, figures_before, 1 - len(failed) / n, limit, said)


def _is_found(label: LabelledQuery, predicted: Prediction) -> bool:
    return predicted.outcome is not Outcome.FALLBACK and any(candidate.id in label.faq_ids for candidate in predicted.candidates)


def _is_weaker(before: Prediction, after: Prediction) -> bool:
    return before.outcome is Outcome.ANSWER and after.outcome is not Outcome.ANSWER


def _former(findings: Findings) -> Check:
    name, label = "former", "고치기 전의 질문으로 물으면"
    limit = (
        f"대표 질문은 {FEWEST}개 이상이면서 {FORMER_SHARE:.0%}를 넘게(또는 {FEW}개 이상이면서 30% 이상), "
        f"다른 표현까지 합쳐서는 {FEWEST}개 이상이면서 절반 이상 제 항목을 놓치면 빨강"
    )
    if not findings.former:
        gone = f" 통째로 빠진 FAQ {len(findings.removed):,}건의 질문은 묻지 않았습니다." if findings.removed else ""
        return _skipped(name, label, limit, f"{'남은 FAQ에서 ' if gone else ''}고치거나 지운 질문이 없습니다.{gone}")
    missed = [pair.label for pair in findings.former if not is_right(pair.label, pair.after)]
    n, share = len(findings.former), len(missed) / len(findings.former)
    mains, missed_mains = sum(pair.label.kind == MAIN for pair in findings.former), sum(one.kind == MAIN for one in missed)
    red = (missed_mains >= FEWEST and missed_mains > FORMER_SHARE * mains) or (missed_mains >= FEW and missed_mains >= 0.3 * mains)
    red = red or (len(missed) >= FEWEST and share >= 0.5)
    said = f"고치거나 지운 질문 {n}개 중 {len(missed)}개가 이제 제 항목에 닿지 않습니다{': ' + _quoted([one.query for one in missed]) if missed else '.'}"
    before = _share(is_right(pair.label, pair.before) for pair in findings.former if pair.before)
    return Check(name, label, State.RED if red else State.GREEN, n, before, 1 - share, limit, said)


def _answers(findings: Findings) -> Check:
    name, label = "answers", "고친 답변이 제 질문에 맞는지"
    limit = f"다른 항목의 답변과 뒤바뀐 답변이 {MOVED}개 이상이거나, 질문과 맞지 않게 된 답변이 {FEWEST}개 이상이면서 {ANSWER_SHARE:.0%}를 넘으면 빨강"
    n = findings.answers_changed
    if not n:
        return _skipped(name, label, limit, "고친 답변이 없습니다.")
    moved = [strayed.entry for strayed in findings.strayed if strayed.moved_from]
    strayed = len(findings.strayed)
    red = len(moved) >= MOVED or (strayed >= FEWEST and strayed > ANSWER_SHARE * n)
    said = f"고친 답변 {n}개 중 {strayed}개가 질문과 맞지 않아 보입니다"
    said += f"(다른 항목의 답변과 뒤바뀐 것 {len(moved)}개): {_quoted([each.entry for each in findings.strayed])}" if strayed else "."
    return Check(name, label, State.RED if red else State.GREEN, n, None, 1 - strayed / n, limit, said)


def _reworded(findings: Findings, name: str, label: str) -> Check:
    limit = f"같은 답이 나오다 안 나오게 된 것이 더 많고({FEWEST}개 이상) 우연이 아닐 때(1%) 빨강"
    asked = [one for one in findings.reworded if (one.kind in REGISTER) == (name == "register")]
    after = _share(one.after for one in asked)
    pairs = [(one.before, one.after) for one in asked if one.before is not None]
    if not pairs:
        return _skipped(name, label, limit, "견줄 수 있는 질문이 없습니다.", after, len(asked))
    losses, gains = sum(bool(b) and not a for b, a in pairs), sum(a and not b for b, a in pairs)
    red = losses - gains >= FEWEST and sign_test(losses, gains) <= 0.01
    said = f"바꿔 물은 {len(pairs)}번 중 같은 답이 나오다 안 나오게 된 것 {losses}번, 나오게 된 것 {gains}번."
    return Check(name, label, State.RED if red else State.GREEN, len(pairs), _share(bool(b) for b, _ in pairs), after, limit, said)


def _reliability(findings: Findings) -> Check:
    name, label = "reliability", "신뢰도의 오차(우연을 뺀 것)"
    limit = f"{ERROR:.0%}p(질문이 적으면 우연의 몫)를 넘으면서 공개된 것보다 {WORSE_ERROR:.0%}p(우연의 몫의 절반) 넘게 커지면 빨강"
    before, after = _judged_both(findings)
    n = len(after)
    if n < ENOUGH:
        return _skipped(name, label, limit, f"정답을 아는 질문이 {n}개뿐입니다. {ENOUGH}개부터 잽니다.", n=n)
    was, now = (_figure(listed, "ece_excess") if listed else None for listed in (before, after))
    floor = _figure(after, "ece_floor") or 0.0
    red = now is not None and now > max(ERROR, floor) and (was is None or now - was > max(WORSE_ERROR, floor / 2))
    said = f"신뢰도와 실제로 맞은 비율이 우연을 빼고 {_points(now)} 다릅니다(공개된 것 {_points(was)})."
    return Check(name, label, State.RED if red else State.GREEN, n, was, now, limit, said)


def _precision(findings: Findings) -> Check:
    name, label = "precision", "바로 준 답의 정확도"
    limit = f"목표({findings.target:.0%})에 못 미치는 것이 95% 확실하고 공개된 것보다 낮으면 빨강"
    before, after = _judged_both(findings)
    answers = [one.correct for one in after if one.outcome is Outcome.ANSWER]
    if len(answers) < ENOUGH_ANSWERS:
        return _skipped(name, label, limit, f"바로 준 답이 {len(answers)}개뿐입니다. {ENOUGH_ANSWERS}개부터 잽니다.", n=len(answers))
    was, now = (_figure(listed, "answer_precision") if listed else None for listed in (before, after))
    upper = clopper_pearson(sum(answers), len(answers), 0.9)[1]
    red = upper < findings.target and (was is None or (now is not None and now < was))
    said = f"바로 준 답 {len(answers)}개 중 {sum(answers)}개가 맞았습니다."
    return Check(name, label, State.RED if red else State.GREEN, len(answers), was, now, limit, said)


def _judged_both(findings: Findings) -> tuple[list[Judged], list[Judged]]:
    before = [judge(pair.label, pair.before) for pair in findings.labelled if pair.before]
    return before, [judge(pair.label, pair.after) for pair in findings.labelled]


def _figure(listed: Sequence[Judged], name: str) -> float | None:
    return figures(listed)[name]


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}%p"


def _quoted(texts: Sequence[str]) -> str:
    shown = ", ".join(f"'{visible(text)[:40]}'" for text in texts[:3])
    return shown + (f" 등 {len(texts)}개" if len(texts) > 3 else "")
