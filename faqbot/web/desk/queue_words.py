"""What the review queue says about an item, in words. Pure."""

from collections.abc import Mapping

from faqbot.domain import Outcome
from faqbot.store import Action, Decision, ReviewItem, ReviewKind, ReviewState, Trouble

STATE_NAMES: Mapping[ReviewState, str] = {
    ReviewState.NEW: "새것",
    ReviewState.HELD: "보류",
    ReviewState.ACCEPTED: "받아들임",
    ReviewState.REJECTED: "거절",
    ReviewState.IGNORED: "무시",
    ReviewState.SPAM: "스팸",
}
#: States that have a tab even where nothing is in them.
ALWAYS: Mapping[ReviewKind, frozenset[ReviewState]] = {
    ReviewKind.UNANSWERED: frozenset(ReviewState) - {ReviewState.REJECTED},
    ReviewKind.ALTERNATE: frozenset({ReviewState.NEW, ReviewState.HELD, ReviewState.ACCEPTED, ReviewState.REJECTED}),
    ReviewKind.SYNONYM: frozenset({ReviewState.NEW, ReviewState.HELD, ReviewState.ACCEPTED, ReviewState.REJECTED}),
}
SPAM_NAMES = {"advert": "광고 같음", "repeated": "똑같은 글이 되풀이됨", "gibberish": "뜻 없는 글자"}
NOW_NAMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.ANSWER: ("지금은 답해요", "good"),
    Outcome.SUGGEST: ("지금은 후보로 보여요", "info"),
    Outcome.FALLBACK: ("지금도 못 찾아요", ""),
}
_TROUBLES = {Trouble.FALLBACK: "답 못 함", Trouble.NONE_OF_THESE: "찾는 것이 없음", Trouble.DISLIKED: "도움이 안 됨"}
_LANDED = {
    Action.ATTACHED: "다른 질문으로 붙였어요",
    Action.DRAFTED: "새 FAQ 초안으로 만들었어요",
    Action.CASE: "시험 질문으로 넣었어요",
    Action.SYNONYM: "유의어로 넣었어요",
}
_PUT = {
    ReviewState.NEW: "새것으로 되돌려 놓았어요",
    ReviewState.HELD: "보류했어요",
    ReviewState.ACCEPTED: "받아들였어요",
    ReviewState.REJECTED: "거절했어요",
    ReviewState.IGNORED: "무시했어요",
    ReviewState.SPAM: "스팸으로 보냈어요",
}
#: Least P(the nearest entry answers) → how close that is. Words, because nobody can tell 31 % from 36 %.
_CLOSE = ((0.6, "아주 가까움"), (0.35, "가까움"), (0.12, "조금 가까움"), (0.0, "멂"))


def closeness(value: float) -> str:
    """How close the nearest entry is.

    >>> closeness(0.7), closeness(0.35), closeness(0.0)
    ('아주 가까움', '가까움', '멂')
    """
    return next(words for least, words in _CLOSE if value >= least)


def trend(item: ReviewItem) -> str:
    """This week against the one before; "" where neither had any."""
    if not (item.recent or item.before):
        return ""
    return f"이번 주 {item.recent:,}건 ({f'지난주보다 {item.trend:+,}' if item.trend else '지난주와 같음'})"


def troubles(item: ReviewItem) -> str:
    """What went wrong, the most frequent first; "" where nothing did."""
    counts = sorted(((count, trouble) for trouble, count in item.troubles.items() if count), reverse=True)
    return " · ".join(f"{_TROUBLES[trouble]} {count:,}" for count, trouble in counts)


def what_was_done(decision: Decision) -> str:
    """One line for the top of the page and for the list of what was done."""
    done = _LANDED[decision.landing.action] if decision.landing else _PUT[decision.state]
    to = f" → {decision.landing.entry_id}" if decision.landing and decision.landing.entry_id else ""
    return f"{len(decision.items):,}묶음을 {done}{to}"
