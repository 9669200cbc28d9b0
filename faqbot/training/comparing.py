"""A candidate and the release that serves, asked the same: what the gate judges."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from faqbot.corpus.categories import category_name
from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER, DraftTable, answerable
from faqbot.domain import FaqEntry, LabelledQuery, Outcome
from faqbot.errors import QueryError, ReleaseError
from faqbot.evaluation.checks import MAIN
from faqbot.evaluation.findings import Findings, Pair, Reworded, Strayed
from faqbot.evaluation.flips import LISTED
from faqbot.evaluation.gate import GateReport, Won, judged
from faqbot.evaluation.grammar import Grammar
from faqbot.evaluation.perturb import sampled
from faqbot.evaluation.perturbations import perturbed
from faqbot.evaluation.predictions import FILE as PREDICTIONS
from faqbot.evaluation.predictions import Kept, from_bytes
from faqbot.evaluation.report import visible
from faqbot.evaluation.run import Prediction, predict
from faqbot.evaluation.table_checks import with_index
from faqbot.korean.analyzer import KiwiAnalyzer, Token
from faqbot.korean.normalize import normalize
from faqbot.korean.terms import NAMING, content, question_key
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.release import Release, current_id, load_release

#: Stored questions typed exactly at most; changed questions at most; questions that are asked in other words, and seconds for those.
STORED, FORMER, REWORDED, PATIENCE = 4000, 500, 30, 20.0
#: Characters of an answer that are looked at for its subject.
_READ = 1500
#: Share of an answer's words that it must have in common with the old one, or it is another.
_KEPT = 0.2
#: Different answers that became one: from so many on it is no merging of entries.
_FILLED = 3

AnalyzerFor = Callable[[tuple[tuple[str, str], ...]], KiwiAnalyzer]
#: Called with how far it is, 0..1, and what is being done.
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class _Side:
    """One release with its bot and what it made of its labelled queries when they did not calibrate it."""

    release: Release
    bot: Bot
    crossed: dict[str, Prediction]

    def on(self, queries: Sequence[str]) -> list[Prediction]:
        return list(predict(self.bot, queries))

    def cross_fitted(self, labelled: Sequence[LabelledQuery]) -> list[Prediction]:
        """What was made of them without them; those that did not calibrate it are asked."""
        return [self.crossed.get(visible(label.query)) or next(predict(self.bot, [label.query])) for label in labelled]


def compare(  # noqa: PLR0913, PLR0917  # what is compared, with what, and how
    site: Path,
    candidate: str,
    table: DraftTable,
    analyzer_for: AnalyzerFor,
    target: float,
    progress: Progress = lambda _, __: None,
    accepted: Sequence[LabelledQuery] = (),
) -> GateReport:
    """Ask both releases and judge.

    Args:
        site: models/<site>.
        candidate: id of a release there.
        table: that it was trained from: its labelled queries are asked.
        analyzer_for: user words → analyzer.
        target: precision that answers aim at, 0..1.
        progress: shows how far it is.
        accepted: queries from the review queue with the entries they were given to; what becomes of them is told and judged by nobody.

    Raises:
        ReleaseError: the candidate cannot be used. A published release that cannot be is as good as none.
    """
    progress(0.0, "새 릴리스를 여는 중")
    after = _side(site / candidate, analyzer_for)
    before = _published(site, analyzer_for)
    labelled, lost = answerable(table.queries, table.entries)
    cases = [label for label in labelled if label.kind in {MUST_ANSWER, MUST_NOT_ANSWER}]
    progress(0.1, f"정답을 아는 질문 {len(labelled):,}개를 묻는 중")
    pairs = _pairs(labelled, before.cross_fitted(labelled) if before else None, after.cross_fitted(labelled))
    case_pairs = _pairs(cases, before.on(_queries(cases)) if before else None, after.on(_queries(cases)))
    progress(0.3, "저장된 질문을 그대로 묻는 중")
    stored = _stored(before, after)
    former = _former(before, after)
    progress(0.6, "말투와 띄어쓰기, 오타를 바꿔 묻는 중")
    analyzer = analyzer_for(after.release.user_words)
    reworded = list(_reworded(before, after, analyzer))
    progress(0.9, "고친 답변을 살피는 중")
    old, new = _entries(before), _entries(after)
    answers = [i for i, entry in new.items() if i in old and old[i].answer != entry.answer]
    findings = Findings(
        candidate=candidate,
        published=before.release.id if before else "",
        entries={i: (entry.question, category_name(entry.category)) for i, entry in (old | new).items()},
        target=target,
        labelled=pairs,
        lost=lost,
        cases=case_pairs,
        stored=stored,
        former=former,
        reworded=reworded,
        answers_changed=len(answers),
        strayed=tuple(strayed(old, new, analyzer.tokenize)),
        held=len(old),
        removed=tuple(i for i in old if i not in new),
    )
    found = judged(findings, datetime.now(UTC).isoformat(timespec="seconds"))
    progress(0.93, "받아들인 질문을 묻는 중")
    won = _won(before, after, table, accepted)
    progress(0.95, "서로 가릴 수 없는 FAQ를 찾는 중")
    notes = tuple(finding.to_json() for finding in with_index(after.bot)[:LISTED])
    progress(1.0, "점검을 마침")
    return replace(found, notes=notes, accepted=won)


def _won(before: _Side | None, after: _Side, table: DraftTable, accepted: Sequence[LabelledQuery]) -> Won:
    """What became of accepted queries."""
    queries, entries = _queries(accepted), _entries(after)
    was = before.on(queries) if before else [None] * len(queries)
    new = [label for label, b, a in zip(accepted, was, after.on(queries), strict=True) if _is_answered(label, a) and not (b and _is_answered(label, b))]
    held = {question for entry in table.entries for question in entry.questions} | {label.query for label in table.queries}
    told = [(label.query, entry) for label in new if label.query in held for entry in sorted(label.faq_ids)[:1]]
    return Won(len(queries), len(new), tuple({"query": q, "entry": e, "question": entries[e].question if e in entries else ""} for q, e in told[:LISTED]))


def _is_answered(label: LabelledQuery, predicted: Prediction) -> bool:
    """Whether an entry that is meant is given as the answer."""
    return predicted.outcome is Outcome.ANSWER and predicted.candidates[0].id in label.faq_ids


def strayed(old: dict[str, FaqEntry], new: dict[str, FaqEntry], tokenize: Callable[[str], tuple[Token, ...]]) -> Iterator[Strayed]:
    """Changed answers that no longer fit their question, in the order of the new table.

    An answer says nothing of its own where several entries, whose answers differed, have one and the same by now: somebody filled down a column.
    It has moved where it was another entry's, which has another one by now, unless it suits its question better than the old one did: then a
    mistake was put right. It has left its subject where it names nothing of what the question names, though the old one did, and has few words in common with that.
    """
    holders: dict[str, list[str]] = {}
    for i, entry in old.items():
        holders.setdefault(_squeezed(entry.answer), []).append(i)
    changed = {i: entry for i, entry in new.items() if i in old and _squeezed(old[i].answer) != _squeezed(entry.answer)}
    takers: dict[str, set[str]] = {}
    for i, entry in changed.items():
        takers.setdefault(_squeezed(entry.answer), set()).add(_squeezed(old[i].answer))
    for i, entry in changed.items():
        if len(takers[_squeezed(entry.answer)]) >= _FILLED:
            yield Strayed(i)
            continue
        was, now = _words(old[i].answer, tokenize), _words(entry.answer, tokenize)
        asked = _names(entry.question, tokenize)
        moved = next((h for h in holders.get(_squeezed(entry.answer), ()) if h != i and _has_gone(old, new, h, i)), "")
        if moved:
            if len(asked & now) <= len(asked & was):
                yield Strayed(i, moved)
        elif asked & was and not asked & now and len(now & was) < _KEPT * max(1, len(now)):
            yield Strayed(i)


def _has_gone(old: dict[str, FaqEntry], new: dict[str, FaqEntry], holder: str, taker: str) -> bool:
    """Whether the entry that held an answer is still there with another one, and its question has not moved along with the answer."""
    return holder in new and _squeezed(new[holder].answer) != _squeezed(old[holder].answer) and new[taker].question != old[holder].question


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _words(text: str, tokenize: Callable[[str], tuple[Token, ...]]) -> frozenset[str]:
    return frozenset(form for form, _ in content(tokenize(normalize(text[:_READ]))))


def _names(question: str, tokenize: Callable[[str], tuple[Token, ...]]) -> frozenset[str]:
    found = content(tokenize(normalize(question)))
    return frozenset(form for form, tag in found if tag in NAMING) or frozenset(form for form, _ in found)


def _side(folder: Path, analyzer_for: AnalyzerFor) -> _Side:
    release = load_release(folder)
    try:
        kept = from_bytes((folder / PREDICTIONS).read_bytes(), release.parameters.thresholds)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        kept = Kept()
    crossed = {label.query: predicted for label, predicted in zip(kept.labelled, kept.predictions, strict=True)}
    return _Side(release, release.bot(analyzer_for(release.user_words)), crossed)


def _published(site: Path, analyzer_for: AnalyzerFor) -> _Side | None:
    try:
        return _side(site / current_id(site), analyzer_for)
    except ReleaseError:
        return None


def _entries(side: _Side | None) -> dict[str, FaqEntry]:
    return {entry.id: entry for entry in side.bot.entries} if side else {}


def _pairs(labels: Sequence[LabelledQuery], before: Sequence[Prediction] | None, after: Sequence[Prediction]) -> list[Pair]:
    return [Pair(label, before[i] if before else None, after[i]) for i, label in enumerate(labels)]


def _queries(labels: Iterable[LabelledQuery]) -> list[str]:
    return [label.query for label in labels]


def _stored(before: _Side | None, after: _Side) -> list[Pair]:
    """Every question of the candidate that may be shown today and is short enough to be asked, once each."""
    held: dict[str, str] = {}
    for entry in after.bot.visible():
        for question in entry.questions:
            held.setdefault(question_key(normalize(question)), question)
    questions = sampled(list(held.values()), STORED)
    labels = [LabelledQuery(question, _holders(after, question)) for question in questions]
    predicted = after.on(questions)
    asked = [i for i, found in enumerate(predicted) if found.candidates or not _is_refused(after.bot, questions[i])]
    was = {i: before.on([questions[i]])[0] for i in asked if before and _holders(before, questions[i])}
    return [Pair(labels[i], was.get(i), predicted[i]) for i in asked]


def _is_refused(bot: Bot, query: str) -> bool:
    try:
        bot.ask(query)
    except QueryError:
        return True
    return False


def _holders(side: _Side, question: str) -> frozenset[str]:
    return frozenset(side.bot.entries[i].id for i in side.bot.holding(question).tolist())


def _former(before: _Side | None, after: _Side) -> list[Pair]:
    """Questions that entries of both releases had and no entry has any more."""
    if before is None:
        return []
    new = {entry.id for entry in after.bot.visible()}
    gone = {
        q: None for entry in before.bot.visible() if entry.id in new for q in entry.questions if not len(after.bot.holding(q)) and len(before.bot.holding(q))
    }
    questions = [q for q in sampled(list(gone), FORMER) if _holders(before, q) & new]
    mains = {entry.question for entry in before.bot.visible()}
    labels = [LabelledQuery(q, _holders(before, q) & new, MAIN if q in mains else "") for q in questions]
    return _pairs(labels, before.on(questions), after.on(questions))


def _reworded(before: _Side | None, after: _Side, grammar: Grammar) -> Iterator[Reworded]:
    """Questions that both releases hold, in other words; as many as time allows."""
    until = time.monotonic() + PATIENCE
    visible_today = [entry for entry in after.bot.visible() if before is None or len(before.bot.holding(entry.question))]
    owner = {entry.question: entry.id for entry in reversed(visible_today)}
    for question in sampled(list(dict.fromkeys(entry.question for entry in visible_today)), REWORDED):
        changed = perturbed(question, grammar)
        texts = [normalize(question), *(text for _, text in changed)]
        now = _same_first(after, texts)
        was = _same_first(before, texts) if before else [None] * len(now)
        for (perturbation, text), b, a in zip(changed, was, now, strict=True):
            yield Reworded(perturbation.kind, question, text, owner[question], b, a)
        if time.monotonic() > until:
            return


def _same_first(side: _Side, texts: Sequence[str]) -> list[bool]:
    """Whether each of the texts behind the first leads to the entry that the first leads to, or to another that holds it."""
    first, *others = (predicted.candidates[0].id if predicted.candidates else "" for predicted in side.on(texts))
    holders = _holders(side, texts[0])
    return [other == first or holders.issuperset((first, other)) for other in others]
