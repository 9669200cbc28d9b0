"""What a person accepts from the review queue → the draft table, with the decision beside it. Pages and command line call the same functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER, DraftTable
from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import MissingRecordError, StoreError
from faqbot.evaluation.wordings import said_key
from faqbot.korean.normalize import normalize_query
from faqbot.store import Action, Decision, Landing, ReviewItem, ReviewKind, ReviewState, Store, Undone, VersionInfo
from faqbot.training.releasing import working

#: Wordings of one item that become questions or cases of an entry, the most frequent first. More of the same say nothing new to the index.
MOST_WORDINGS = 5
#: Accepted items of a kind whose queries are asked again after a training, and wordings of each.
_ASKED, _WORDINGS_ASKED = 200, 5
#: Ids that a message names.
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is to become of items.

    Attributes:
        action: attach as alternate questions, draft a new entry, make test cases, or take over as synonym.
        entry_id: attached to, or expected by a case; "" for a case that must not be answered. Attached without one, each item goes to its own: the entry
            that it proposes, else the one that is nearest to it.
        question: of a new entry; "" for the text that stands for the item.
        answer: of a new entry; it stays disabled while this is empty.
        wordings: how many wordings of each item are used, MOST_WORDINGS at most.
    """

    action: Action
    entry_id: str = ""
    question: str = ""
    answer: str = ""
    wordings: int = 1


def accept(store: Store, site: Path, ids: Sequence[int], accepted: Accepted, by: str) -> Decision:
    """Put items into the draft and mark them as accepted. With several ids all land in one version, which `take_back` undoes.

    Args:
        store: of the site.
        site: models/<site>, where the draft begins when there is none yet.
        ids: of review items.
        accepted: what is to become of them.
        by: who; the audit log is written here.

    Raises:
        MissingRecordError: an item or the entry is not there.
        StoreError: `conflict`: somebody changed the draft at the same moment; nothing was stored. `refused`: nothing was chosen, or it does not fit the action.
    """
    items = store.review.items(ids)
    if missing := set(ids) - {item.id for item in items}:
        raise MissingRecordError(f"검토할 묶음 {', '.join(map(str, sorted(missing)))} 이(가) 없습니다. 목록을 다시 보세요.")
    if not items:
        raise StoreError("고른 것이 없습니다. 하나 이상 고르세요.", code="refused")
    now = working(store.drafts, site)
    texts = {item.id: _texts(store, item, accepted.wordings) for item in items}
    table, entry_id = _LANDINGS[accepted.action](now.table, items, texts, accepted)
    saved = store.drafts.save(table, by, _why(accepted, items, entry_id), now.version)
    version = saved.id if saved.id != now.version else None  # what the draft held already makes no version, and must not undo another one
    own = {item.id: _own_entry(item) for item in items} if accepted.action is Action.ATTACHED and not entry_id else {}
    decision = store.review.decide(ids, ReviewState.ACCEPTED, by, Landing(accepted.action, entry_id, version), own)
    entries = {"entries": list(dict.fromkeys(own.values()))} if own else {"entry": entry_id}
    after = {"action": accepted.action.value, **entries, "version": version, "decision": decision.id}
    store.audit.write(by, "review.accept", f"review {' '.join(map(str, decision.items))}", after=after)
    return decision


def set_aside(store: Store, ids: Sequence[int], state: ReviewState, by: str) -> Decision:
    """Reject, hold, ignore, call spam, or put back as new; the draft stays as it is.

    Raises:
        MissingRecordError: an item is not there.
        StoreError: nothing was chosen.
    """
    before = {item.id: item.state.value for item in store.review.items(ids)}
    decision = store.review.decide(ids, state, by)
    store.audit.write(by, "review.decide", f"review {' '.join(map(str, decision.items))}", before=before, after={"state": state.value, "decision": decision.id})
    return decision


def take_back(store: Store, decision_id: int, by: str) -> tuple[Undone, bool]:
    """Undo a decision; the version of the draft that it made is undone too where it is still the head.

    Returns:
        What was undone, and whether the draft went back too. Where somebody changed the draft since, it does not: what was accepted has to be removed there.

    Raises:
        MissingRecordError: there is no such decision.
        StoreError: it was taken back before.
    """
    done = store.review.undo(decision_id, by)
    version = done.decision.landing.version if done.decision.landing else None
    went_back = version is not None and _draft_goes_back(store, version, by)
    store.audit.write(by, "review.undo", f"decision {decision_id}", after={"restored": list(done.restored), "draft": went_back})
    return done, went_back


@dataclass(frozen=True, slots=True)
class CaseMade:
    """What came of a test case.

    Attributes:
        info: the version of the draft that holds it.
        before: the version before; the same where the draft held the case already, None where there was no draft.
        handled: whether the vote that it comes from is dealt with because of it, and was not before.
    """

    info: VersionInfo
    before: int | None
    handled: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the draft lacked it."""
        return self.info.id != self.before


def put_case(store: Store, site: Path, text: str, entry_id: str, by: str, feedback: int | None = None) -> CaseMade:
    """Put a query into the draft as a test case: it stands in the way of a release that answers it wrong.

    Args:
        store: of the site.
        site: models/<site>, where the draft begins when there is none yet.
        text: of the query.
        entry_id: that must answer it; "" where nothing must answer it at once.
        by: who; the audit log is written here.
        feedback: id of the vote that it comes from: it is dealt with by that.

    Raises:
        QueryError: no query.
        MissingRecordError: the draft has no such entry, or there is no such vote; nothing was stored.
        StoreError: `conflict`: somebody changed the draft at the same moment.
    """
    query, now = normalize_query(text), working(store.drafts, site)
    if entry_id:
        _existing(now.table, entry_id)
    vote = store.review.feedback_item(feedback) if feedback is not None else None
    if feedback is not None and vote is None:
        raise MissingRecordError(f"피드백 {feedback} 이(가) 없습니다. 보관 기간이 지나 지워졌을 수 있습니다.")
    case = _case(query, entry_id)
    info = store.drafts.save(now.table.with_queries([case]), by, f"시험 질문 더함{f' ({entry_id})' if entry_id else ''}", now.version)
    if info.id != now.version:
        store.audit.write(by, "draft.case", "draft", after={"kind": case.kind, "entry": entry_id, "version": info.id})
    is_waiting = vote is not None and vote.handled_at is None
    if feedback is not None and is_waiting:
        _mark(store, feedback, by, handled=True)
    return CaseMade(info, now.version, is_waiting)


def take_case_back(store: Store, version: int | None, by: str, feedback: int | None = None) -> None:
    """Undo the version that `put_case` made.

    Args:
        store: of the site.
        version: that it made.
        by: who; the audit log is written here.
        feedback: id of the vote that it dealt with: it waits again.

    Raises:
        StoreError: `conflict`: somebody changed the draft since; `refused`: nothing stands before it. Nothing was changed then.
    """
    info = store.drafts.undo(by, version)
    store.audit.write(by, "draft.undo", "draft", before=version, after=info.id)
    if feedback is not None and store.review.feedback_item(feedback) is not None:
        _mark(store, feedback, by, handled=False)


def _mark(store: Store, feedback: int, by: str, *, handled: bool) -> None:
    store.review.mark_feedback([feedback], by, handled=handled)
    store.audit.write(by, "feedback.handle", f"feedback {feedback}", after={"handled": handled})


def accepted_queries(store: Store) -> tuple[LabelledQuery, ...]:
    """What visitors asked in the items that were accepted for an entry, labelled with it, the most frequent items first; what must not be answered is left out."""
    found: dict[str, LabelledQuery] = {}
    for kind in (ReviewKind.UNANSWERED, ReviewKind.ALTERNATE):
        for item in store.review.page(ReviewState.ACCEPTED, limit=_ASKED, kind=kind):
            entry_id = (item.landing.entry_id if item.landing else "") or (item.subject if kind is ReviewKind.ALTERNATE else "")
            for wording in store.review.wordings(item.id, _WORDINGS_ASKED) if entry_id else ():
                if wording.text:
                    found.setdefault(wording.text, LabelledQuery(wording.text, frozenset({entry_id})))
    return tuple(found.values())


def _draft_goes_back(store: Store, version: int, by: str) -> bool:
    """Whether the version was still the head and is undone."""
    try:
        store.drafts.undo(by, version)
    except StoreError as error:
        if error.code not in {"conflict", "refused"}:
            raise
        return False
    return True


_Texts = dict[int, tuple[str, ...]]


def _texts(store: Store, item: ReviewItem, limit: int) -> tuple[str, ...]:
    """The text that stands for it, then the most frequent ones."""
    others = (wording.text for wording in store.review.wordings(item.id, MOST_WORDINGS))
    return tuple(dict.fromkeys([text for text in (item.representative, *others) if text]))[: max(1, min(limit, MOST_WORDINGS))]


def _attached(table: DraftTable, items: Sequence[ReviewItem], texts: _Texts, accepted: Accepted) -> tuple[DraftTable, str]:
    """With the texts as alternate questions of the entry, or each of its own; those it has already are left out."""
    if lost := [item.id for item in items if not (accepted.entry_id or _own_entry(item))]:
        raise StoreError(f"가까운 FAQ가 없는 묶음이 {len(lost):,}개 있습니다({_listed(lost)}). 그것을 빼고 하거나 FAQ를 고르세요.", code="refused")
    changed: dict[str, FaqEntry] = {}
    for item in items:
        entry_id = accepted.entry_id or _own_entry(item)
        entry = changed.get(entry_id) or _existing(table, entry_id)
        known = {said_key(question) for question in entry.questions}
        new = {said_key(text): text for text in texts[item.id] if said_key(text) not in known}
        changed[entry_id] = replace(entry, alternate_questions=(*entry.alternate_questions, *new.values()))
    return table.with_entries(changed.values()), accepted.entry_id or (next(iter(changed)) if len(changed) == 1 else "")


def _drafted(table: DraftTable, items: Sequence[ReviewItem], texts: _Texts, accepted: Accepted) -> tuple[DraftTable, str]:
    """With one new entry for all of them, disabled until it has an answer."""
    said = [text for item in items for text in texts[item.id]]
    question = accepted.question.strip() or said[0]
    alternates = tuple({said_key(text): text for text in said if said_key(text) != said_key(question)}.values())
    entry_id = accepted.entry_id or _new_id(table)
    if table.entry(entry_id) is not None:
        raise StoreError(f"FAQ {entry_id} 이(가) 이미 있습니다. 다른 id를 주거나 그 FAQ에 붙이세요.", code="refused")
    answer = accepted.answer.strip()
    return table.with_entries([FaqEntry(entry_id, question, answer, alternate_questions=alternates, enabled=bool(answer))]), entry_id


def _cases(table: DraftTable, items: Sequence[ReviewItem], texts: _Texts, accepted: Accepted) -> tuple[DraftTable, str]:
    """With the texts as cases of the gate: the entry must answer them, or nothing must."""
    if accepted.entry_id:
        _existing(table, accepted.entry_id)
    return table.with_queries(_case(text, accepted.entry_id) for item in items for text in texts[item.id]), accepted.entry_id


def _case(text: str, entry_id: str) -> LabelledQuery:
    """The entry must answer it; none must where there is none."""
    return LabelledQuery(text, frozenset({entry_id}), MUST_ANSWER) if entry_id else LabelledQuery(text, frozenset(), MUST_NOT_ANSWER)


def _synonyms(table: DraftTable, items: Sequence[ReviewItem], texts: _Texts, accepted: Accepted) -> tuple[DraftTable, str]:
    """With a line for each word that visitors said: in a query it also stands for the word of the base."""
    _ = accepted
    if any(item.kind is not ReviewKind.SYNONYM for item in items):
        raise StoreError("유의어 후보가 아닌 묶음이 있습니다. 유의어 후보만 고르세요.", code="refused")
    lines = [f">\tcommon\t{texts[item.id][0]}\t{item.subject}" for item in items]
    present = set(table.synonyms.splitlines())
    new = [line for line in dict.fromkeys(lines) if line not in present]
    text = table.synonyms if not table.synonyms or table.synonyms.endswith("\n") else f"{table.synonyms}\n"
    return replace(table, synonyms=text + "".join(f"{line}\n" for line in new)), ""


_LANDINGS: dict[Action, Callable[[DraftTable, Sequence[ReviewItem], _Texts, Accepted], tuple[DraftTable, str]]] = {
    Action.ATTACHED: _attached,
    Action.DRAFTED: _drafted,
    Action.CASE: _cases,
    Action.SYNONYM: _synonyms,
}


def _own_entry(item: ReviewItem) -> str:
    """The entry that an item itself names: the proposed one, else the nearest; "" for none."""
    return {ReviewKind.ALTERNATE: item.subject, ReviewKind.UNANSWERED: item.nearest or "", ReviewKind.SYNONYM: ""}[item.kind]


def _listed(numbers: Sequence[int]) -> str:
    """The first few."""
    return ", ".join(map(str, numbers[:_LISTED])) + (", …" if len(numbers) > _LISTED else "")


def _existing(table: DraftTable, entry_id: str) -> FaqEntry:
    entry = table.entry(entry_id)
    if entry is None:
        raise MissingRecordError(f"초안에 FAQ {entry_id!r} 이(가) 없습니다. id를 확인하거나 새 FAQ로 만드세요.")
    return entry


def _new_id(table: DraftTable) -> str:
    """`new-1`, or the first number behind that no entry has."""
    ids, number = table.ids, 1
    while f"new-{number}" in ids:
        number += 1
    return f"new-{number}"


def _why(accepted: Accepted, items: Sequence[ReviewItem], entry_id: str) -> str:
    what = {Action.ATTACHED: "다른 질문으로 붙임", Action.DRAFTED: "새 FAQ", Action.CASE: "시험 질문", Action.SYNONYM: "유의어"}[accepted.action]
    return f"검토한 질문 {len(items):,}묶음: {what}{f' ({entry_id})' if entry_id else ''}"
