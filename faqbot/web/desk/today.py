"""오늘: how the last days went against those before, and what waits for a person."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask.typing import ResponseReturnValue

from faqbot.domain import Outcome
from faqbot.evaluation.gate import GateReport
from faqbot.store import Figures, InquiryState, ReviewKind, ReviewState
from faqbot.training.publish import list_releases, published_before
from faqbot.web.desk.asked import NONE, QUESTION
from faqbot.web.desk.charts import day_chart
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import current_or_none, site_of

#: Days that may be looked at.
PERIODS = (7, 30)
#: Below this many, a share says nothing: counts are shown.
FEW = 20
#: Days after which a release that nobody renewed is worth a look.
OLD_RELEASE = 90


class Figure(NamedTuple):
    """One number.

    Attributes:
        name: of what is counted.
        value: as it is shown.
        note: against the period before.
        href: where the list of it is; "" for none.
    """

    name: str
    value: str
    note: str
    href: str


class Need(NamedTuple):
    """Something that waits for a person; `kind` as of a chip."""

    text: str
    href: str
    link: str
    kind: str


def today(visit: DeskVisit) -> ResponseReturnValue:
    """The last 7 or 30 days, today among them."""
    days = next((each for each in PERIODS if request.args.get("days") == str(each)), PERIODS[0])
    now, zone = visit.services.local_now(), ZoneInfo(visit.settings.timezone)
    first, review = now.date() - timedelta(days=days - 1), visit.store.review
    since = datetime.combine(first, time(), zone)
    span = timedelta(days=days)
    current, before = review.figures(since, now), review.figures(since - span, now - span)
    daily = review.daily(first, now.date(), zone)
    context: dict[str, Any] = {
        "now": now, "days": days, "periods": PERIODS, "figures": tuple(figures(current, before, first, now.date())), "daily": daily, "chart": day_chart(daily),
        "total": current, "few": FEW, "needs": tuple(needs(visit)), "release": _release(visit),
    }  # fmt: skip
    return render("desk/today.html", **context)


def figures(now: Figures, before: Figures, first: date, last: date) -> Iterator[Figure]:
    """What is counted, each beside the period before; numbers of queries lead to the list of those of the days from first to last."""

    def queries(outcome: str) -> str:
        return _href("desk_asked", outcome=outcome, **{"from": first.isoformat(), "to": last.isoformat()})

    lists: tuple[tuple[str, Callable[[Figures], int], Callable[[Figures], int] | None, str], ...] = (
        ("질문", lambda each: each.asked, None, queries(QUESTION)),
        ("바로 답함", lambda each: each.answered, lambda each: each.asked, queries(Outcome.ANSWER)),
        ("후보를 보임", lambda each: each.suggested, lambda each: each.asked, queries(Outcome.SUGGEST)),
        ("답 못 함", lambda each: each.fallback, lambda each: each.asked, queries(Outcome.FALLBACK)),
        ("찾는 것이 없다고 함", lambda each: each.none_of_these, lambda each: each.suggested, queries(NONE)),
        ("도움이 됨", lambda each: each.up, lambda each: each.up + each.down, _href("desk_feedback", vote="up", handled="")),
        ("도움이 안 됨", lambda each: each.down, lambda each: each.up + each.down, _href("desk_feedback", vote="down", handled="")),
        ("1:1 문의", lambda each: each.inquiries, None, _href("desk_inquiries")),
    )
    for name, count, whole, href in lists:
        of_now, of_before = whole(now) if whole else None, whole(before) if whole else None
        yield Figure(name, amount(count(now), of_now), f"지난 기간 {amount(count(before), of_before)}", href)


def amount(count: int, whole: int | None) -> str:
    """A count, and its share where the whole is not too small to say anything.

    >>> amount(31, 62), amount(3, 5), amount(12, None)
    ('31 (50%)', '3 / 5', '12')
    """
    if whole is None:
        return f"{count:,}"
    return f"{count:,} / {whole:,}" if whole < FEW else f"{count:,} ({count / whole:.0%})"


def needs(visit: DeskVisit) -> Iterator[Need]:
    """What waits for a person now, the most urgent first."""
    store = visit.store
    inquiries = store.count_inquiries()
    if received := inquiries[InquiryState.RECEIVED]:
        yield Need(f"아직 보지 않은 1:1 문의 {received:,}건", url_for("desk_inquiries", state="received"), "문의 보기", "bad")
    if moving := inquiries[InquiryState.IN_PROGRESS]:
        yield Need(f"확인하고 있는 1:1 문의 {moving:,}건", url_for("desk_inquiries", state="in_progress"), "문의 보기", "warn")
    if down := store.review.feedback_count(-1, None, handled=False):
        yield Need(f"도움이 안 됐다는 피드백 {down:,}건", url_for("desk_feedback"), "피드백 보기", "warn")
    if new := store.review.counts()[ReviewState.NEW]:
        yield Need(f"새로 모인 답 못 한 질문 {new:,}묶음", url_for("desk_questions"), "질문 보기", "info")
    if offered := store.review.counts(ReviewKind.ALTERNATE)[ReviewState.NEW]:
        yield Need(f"새로 찾은 다른 질문 제안 {offered:,}개", url_for("desk_questions", kind="alternate"), "제안 보기", "info")
    yield from _of_releases(visit)


def _of_releases(visit: DeskVisit) -> Iterator[Need]:
    href, latest, serves = _href("desk_publish"), visit.store.drafts.releases(1), current_or_none(visit)
    if latest and latest[0].release not in published_before(site_of(visit)):
        is_red = latest[0].made.gate is not None and GateReport.from_json(latest[0].made.gate).is_red
        text = "마지막에 학습한 릴리스가 점검에서 걸렸어요" if is_red else "학습하고 아직 배포하지 않은 릴리스가 있어요"
        yield Need(text, href, "점검 결과 보기", "bad" if is_red else "info")
    head, logged = visit.store.drafts.head(), visit.store.drafts.release(serves) if serves else None
    trained = {each.made.version_id for each in (*latest, *((logged,) if logged else ()))}
    if head is not None and head.id not in trained:
        yield Need("초안에 아직 학습하지 않은 변경이 있어요", href, "학습하러 가기", "info")
    age = _age(visit, serves)
    if age is not None and age >= OLD_RELEASE:
        yield Need(f"지금 릴리스를 학습한 지 {age:,}일이 지났어요", href, "릴리스 보기", "warn")


def _release(visit: DeskVisit) -> str:
    """Which release serves and how old it is, for the foot of the page; "" for none."""
    serves = current_or_none(visit)
    age = _age(visit, serves)
    return "" if age is None else f"지금 릴리스 {serves} · {'오늘' if age == 0 else f'{age:,}일 전에'} 학습함"


def _age(visit: DeskVisit, release: str) -> int | None:
    """Days since a release was trained; None for one that is not there."""
    trained = next((info.trained_at for info in list_releases(site_of(visit)) if info.id == release), None)
    return max(0, (visit.services.clock() - trained).days) if trained else None


def _href(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def with_slash(_: DeskVisit) -> ResponseReturnValue:
    """The address as people type it."""
    return see_other("desk_today")


PAGES = (
    Page("/admin", "desk_today", today, menu="오늘"),
    Page("/admin/", "desk_with_slash", with_slash),
)
