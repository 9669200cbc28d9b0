"""What visitors taught a desk in some weeks: queries, votes, and a review queue of more than a page."""

from datetime import datetime, timedelta
from typing import Protocol

from faqbot.domain import Outcome, Reason
from faqbot.store import Cluster, FeedbackReason, QueryRecord, ReviewKind, ReviewState, Store, Trouble, Wording
from faqbot.training.landing import set_aside


class Time(Protocol):
    """The clock of the store, moved by hand."""

    now: datetime


#: What was asked, in how many clusters; more than a page of them.
CLUSTERS = 64
_ASKED = (
    ("멤버십 등급은 언제 올라가나요", None, 0.04, "멤버십 등급 조건", "등급 언제 바뀌어요?"),
    ("환불금이 카드로 안 들어왔어요", "refund", 0.66, "환불 입금 언제", "돈이 아직 안 들어왔는데요", "환불했는데 왜 안 줘요"),
    ("택배 기사님 연락처 알려주세요", "late", 0.21, "기사님 번호"),
    ("주문한 물건이 어디쯤 왔는지 보고 싶은데 앱에서는 배송 중이라고만 나와요", "late", 0.41),
    ("해외 카드로 결제할 수 있나요", "cancel", 0.15, "비자 카드 결제"),
    ("현금영수증 어떻게 받아요", None, 0.0),
)
_SPAM = (("무료 꽁머니 텔레그램 abcd123", "advert"), ("ㅁㄴㅇㄹㅁㄴㅇㄹ", "gibberish"))


def learn(store: Store, time: Time, release: str) -> None:
    """Fill the store with what was asked, chosen and voted, and the queue that comes of it."""
    now = time.now
    time.now = now - timedelta(hours=1)
    _ask(store, now, release)
    time.now = now
    store.review.refresh([*_unanswered(now), *_proposals(now)], ReviewKind, release, now - timedelta(minutes=3))
    first, second = store.review.page(ReviewState.NEW, limit=2)
    set_aside(store, [second.id], ReviewState.HELD, "jun")
    set_aside(store, [store.review.page(ReviewState.NEW)[-1].id], ReviewState.IGNORED, "jun")
    _ = first


def _ask(store: Store, now: datetime, release: str) -> None:
    outcomes = ((Outcome.ANSWER, Reason.CONFIDENT), (Outcome.SUGGEST, Reason.SEVERAL_LIKELY), (Outcome.FALLBACK, Reason.NOT_CONFIDENT))
    records = []
    for day in range(40):
        for turn in range(6 + day * 5 % 11):
            outcome, reason = outcomes[(0, 0, 1, 0, 2)[(day + turn) % 5]]
            answered = "late" if outcome is Outcome.ANSWER else None
            shown = ("late", "refund", "cancel")[: 0 if outcome is Outcome.FALLBACK else 3]
            at = now - timedelta(days=day, minutes=turn + 1)
            records.append(
                QueryRecord(_ASKED[(day + turn) % 6][0], outcome, reason, 0.2 + 0.7 * (answered is not None), shown, release, answered=answered, asked_at=at)
            )
    ids = store.record_queries(records)
    votes = (
        (-1, FeedbackReason.NOT_SOLVED, "며칠째 같은 안내만 나와요.\n상담원과 이야기하고 싶어요."), (1, None, ""), (-1, FeedbackReason.NOT_RELEVANT, ""),
        (1, None, ""), (-1, FeedbackReason.OUTDATED, "앱 화면이 바뀌어서 그런 단추가 없어요."), (-1, None, ""), (1, None, ""),
    )  # fmt: skip
    for place, query in enumerate(ids[:60:2]):
        vote, reason, text = votes[place % len(votes)]
        store.record_feedback(query, vote, reason, text)
    store.review.mark_feedback([store.review.feedback_inbox(-1)[-1].id], "jun")


def _unanswered(now: datetime) -> list[Cluster]:
    found = []
    for turn in range(CLUSTERS):
        text, nearest, closeness, *others = _ASKED[turn % len(_ASKED)]
        suffix = f" {turn}" if turn >= len(_ASKED) else ""
        said = [_wording(now, f"{text}{suffix}", 2 + (CLUSTERS - turn) // 4, nearest, closeness, turn)]
        said += [_wording(now, f"{other}{suffix}", 1 + turn % 3, nearest, closeness, turn) for other in others]
        found.append(Cluster(ReviewKind.UNANSWERED, "", tuple(said)))
    return [*found, *(Cluster(ReviewKind.UNANSWERED, "", (_wording(now, text, 3, None, 0.0, 1),), why) for text, why in _SPAM)]


def _proposals(now: datetime) -> list[Cluster]:
    alternates = (("late", "택배 언제 와요", 9), ("refund", "결제한 돈 돌려받기", 4), ("password", "비번 까먹음", 2))
    found = [Cluster(ReviewKind.ALTERNATE, entry, (_wording(now, text, picked + 2, entry, 0.9, 2, picked=picked),)) for entry, text, picked in alternates]
    return [*found, Cluster(ReviewKind.SYNONYM, "비밀번호", (_wording(now, "비번", 5, None, 0.71, 2),))]


def _wording(now: datetime, text: str, count: int, nearest: str | None, closeness: float, turn: int, *, picked: int = 0) -> Wording:
    asked = tuple(now - timedelta(hours=turn % 5 * 30 + 7 * (count - n)) for n in range(count))
    troubles = {Trouble.FALLBACK: count - count // 3, Trouble.NONE_OF_THESE: count // 3}
    likely = Outcome.SUGGEST if closeness > 0.3 else Outcome.FALLBACK
    return Wording(text, text, asked, troubles, picked, nearest, closeness, likely if turn % 3 else None)
