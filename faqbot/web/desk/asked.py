"""들어온 질문: everything that visitors asked, how it ended and what they made of it, the latest first. Texts are as they are kept: masked."""

import csv
import io
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Response, request
from flask.typing import ResponseReturnValue

from faqbot import messages
from faqbot.corpus.guard import guarded
from faqbot.domain import Outcome
from faqbot.store import AskedQuery, AskedWanted
from faqbot.web.desk.frame import render, short_moment
from faqbot.web.desk.inquiries import page_number
from faqbot.web.desk.page import Page
from faqbot.web.desk.questions import entry_titles
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import download

PER_PAGE = 50
#: Queries in a file, the latest.
MOST_ROWS = 20_000
#: How a query ended → words and kind of chip.
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.ANSWER: ("바로 답함", "good"),
    Outcome.SUGGEST: ("후보를 보임", "info"),
    Outcome.FALLBACK: ("답 못 함", "warn"),
}
#: Suggestions of which the visitor wanted none: a filter beside the outcomes.
NONE = "none"
NONE_WORDS = "찾는 것이 없다고 함"
#: A greeting or thanks alone, which is no miss, and everything else: the same.
GREETING, QUESTION = "greeting", "question"
GREETING_WORDS, QUESTION_WORDS = "인사나 감사뿐", "인사 말고 모두"
#: Filter → what the store is asked.
_NOTHING_ASKED = {GREETING: True, QUESTION: False}
_FILTERS = (
    ("", "모두"),
    (QUESTION, QUESTION_WORDS),
    *((outcome.value, words) for outcome, (words, _) in OUTCOMES.items()),
    (NONE, NONE_WORDS),
    (GREETING, GREETING_WORDS),
)
VOTES = {1: ("도움이 됨", "good"), -1: ("도움이 안 됨", "bad")}
_HEADERS = ("언제", "질문", "결과", "보여 준 FAQ", "고른 FAQ", "신뢰도", "평가", "이유", "릴리스")


class Asked(NamedTuple):
    """Which queries somebody looks at, as the address has it; days as they were typed."""

    outcome: str = ""
    first: str = ""
    last: str = ""
    entry: str = ""

    def values(self) -> dict[str, str | None]:
        """For an address; what is empty is left out."""
        return {"outcome": self.outcome or None, "from": self.first or None, "to": self.last or None, "entry": self.entry or None}


class Line(NamedTuple):
    """A query with the questions of the entries that it is about; their ids where they no longer serve.

    Attributes:
        asked: as it is stored.
        shown: (id, question) of what the visitor saw.
        chosen: of the entry that was chosen; "" for none.
    """

    asked: AskedQuery
    shown: tuple[tuple[str, str], ...]
    chosen: str


def asked_of(values: Mapping[str, str]) -> Asked:
    """What an address names: everything, where it names nothing of ours.

    >>> asked_of({"outcome": "none", "from": "2026-03-01"}), asked_of({"outcome": "x"})
    (Asked(outcome='none', first='2026-03-01', last='', entry=''), Asked(outcome='', first='', last='', entry=''))
    """
    outcome = values.get("outcome", "")
    first, last, entry = (values.get(name, "").strip() for name in ("from", "to", "entry"))
    return Asked(outcome if outcome in {*Outcome, NONE, *_NOTHING_ASKED} else "", first, last, entry)


def wanted_of(asked: Asked, zone: ZoneInfo) -> tuple[AskedWanted, dict[str, str]]:
    """For the store, and what is wrong with the days: field → words. A day that cannot be read is no bound.

    >>> wanted_of(Asked(first="2026-02-30"), ZoneInfo("Asia/Seoul"))[1]
    {'from': '2026-03-01처럼 적어 주세요.'}
    """
    first, last = _day(asked.first), _day(asked.last)
    errors = {name: "2026-03-01처럼 적어 주세요." for name, text, day in (("from", asked.first, first), ("to", asked.last, last)) if text and day is None}
    if first and last and last < first:
        errors["to"] = "시작하는 날보다 앞이에요."
    since = datetime.combine(first, time(), zone) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
    outcome = Outcome(asked.outcome) if asked.outcome in {*Outcome} else None
    return AskedWanted(outcome, asked.outcome == NONE, since, until, asked.entry, _NOTHING_ASKED.get(asked.outcome)), errors


def asked(visit: DeskVisit) -> ResponseReturnValue:
    """A page of them."""
    which = asked_of(request.args)
    wanted, errors = wanted_of(which, ZoneInfo(visit.settings.timezone))
    total = visit.store.count_asked(wanted)
    pages = max(1, math.ceil(total / PER_PAGE))
    page = min(page_number(request.args.get("page", "")), pages)
    titles = entry_titles(visit)
    context: dict[str, Any] = {
        "asked": which, "errors": errors, "total": total, "page": page, "pages": pages, "most": MOST_ROWS, "kept": visit.settings.keep_queries,
        "lines": [_line(each, titles) for each in visit.store.asked(wanted, PER_PAGE, (page - 1) * PER_PAGE)], "entry": titles.get(which.entry, ""),
        "options": _FILTERS,
        "outcomes": OUTCOMES, "none_words": NONE_WORDS, "greeting_words": GREETING_WORDS, "votes": VOTES,
    }  # fmt: skip
    return render("desk/asked.html", status=422 if errors else 200, **context)


def export(visit: DeskVisit) -> ResponseReturnValue:
    """What is looked at, as a file for spreadsheets: MOST_ROWS at most. No cell of it is a formula."""
    zone = ZoneInfo(visit.settings.timezone)
    wanted, _ = wanted_of(asked_of(request.args), zone)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_HEADERS)
    for each in visit.store.asked(wanted, MOST_ROWS):
        writer.writerow([guarded(cell) for cell in _cells(each, zone)])
    return _named(visit, buffer.getvalue())


def ending(asked_query: AskedQuery) -> str:
    """How it ended, in one word; refused suggestions and greetings say so."""
    if asked_query.is_greeting:
        return GREETING_WORDS
    return NONE_WORDS if asked_query.is_refused else OUTCOMES[asked_query.query.record.outcome][0]


def _named(visit: DeskVisit, text: str) -> Response:
    return download(text.encode("utf-8-sig"), f"{visit.settings.site}-asked", "csv")


def _cells(each: AskedQuery, zone: ZoneInfo) -> tuple[str, ...]:
    record = each.query.record
    vote = VOTES[each.vote][0] if each.vote else ""
    reason = messages.FEEDBACK_REASON[each.reason] if each.reason else ""
    moment = short_moment(each.query.asked_at, zone)
    return moment, record.text, ending(each), ", ".join(each.shown), each.query.chosen or "", f"{record.confidence:.0%}", vote, reason, record.release


def _line(each: AskedQuery, titles: Mapping[str, str]) -> Line:
    chosen = each.query.chosen or ""
    return Line(each, tuple((entry_id, titles.get(entry_id, entry_id)) for entry_id in each.shown), titles.get(chosen, chosen))


def _day(text: str) -> date | None:
    """A day between the years 1900 and 9000; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


PAGES = (
    Page("/admin/asked", "desk_asked", asked),
    Page("/admin/asked.csv", "desk_asked_file", export),
)
