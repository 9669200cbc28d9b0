"""실험실: what the bot makes of a query and why, and what another release would make of it. Nothing that is asked here is kept."""

from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

from flask import request
from flask.typing import ResponseReturnValue

from faqbot.domain import Candidate, Outcome, Reply
from faqbot.errors import FaqbotError, QueryError, ReleaseError
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.retrieval.explanation import Explanation, Matched
from faqbot.retrieval.release import is_release_id, load_release
from faqbot.training.publish import ReleaseInfo, list_releases
from faqbot.web.desk.frame import render
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import site_of

#: Candidates that are explained, and releases that may be compared with.
SHOWN, RELEASES = 5, 20
#: Seconds that somebody waits for another one's comparison.
_PATIENCE = 10.0
#: One release beside the one that serves at a time, in each process: memory is bounded whoever asks.
_LOADING = Lock()
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.ANSWER: ("바로 답해요", "good"),
    Outcome.SUGGEST: ("후보를 보여요", "info"),
    Outcome.FALLBACK: ("답하지 않아요", "warn"),
}


class Considered(NamedTuple):
    """A candidate with what of the query it holds.

    Attributes:
        place: 1 for the best.
        candidate: of the reply.
        question: of the entry, where another of its questions matched; "" where it is the same.
        matched: words of the query.
        features: by name.
        is_shown: whether visitors see it.
    """

    place: int
    candidate: Candidate
    question: str
    matched: Matched
    features: Mapping[str, float]
    is_shown: bool


class View(NamedTuple):
    """A reply with its reasons, freed from the release that it comes from."""

    reply: Reply
    data: Mapping[str, Any]
    candidates: tuple[Considered, ...]


def lab(visit: DeskVisit) -> ResponseReturnValue:
    """The form, and what came of it: `q` is asked, `release` is compared with."""
    query, other = request.args.get("q", "").strip(), request.args.get("release", "")
    literal = request.args.get("literal") == "1"
    context: dict[str, Any] = {"q": query, "literal": literal, "other": other, "releases": _others(visit), "outcomes": OUTCOMES, "error": "", "note": ""}
    context |= {"view": None, "beside": None}
    if query:
        try:
            context["view"] = view(visit.catalogue.bot.explain(query, SHOWN, literal=literal), _questions(visit.catalogue.bot.entries))
        except QueryError as error:
            return render("desk/lab.html", status=422, **(context | {"error": str(error)}))
        except ReleaseError:
            return render("desk/lab.html", status=503, **(context | {"error": "아직 공개된 릴리스가 없어요. 올리기·배포에서 먼저 학습하고 공개해 주세요."}))
        context |= _beside(visit, query, other, literal=literal) if other else {}
    return render("desk/lab.html", **context)


def view(found: Explanation, questions: Mapping[str, str]) -> View:
    """What the page shows of an explanation."""
    data = found.to_json()
    considered = tuple(
        Considered(
            place + 1, candidate, "" if questions[candidate.id] == candidate.question else questions[candidate.id], found.matched(place), each["features"],
            place < found.reply.shown,
        )
        for place, (candidate, each) in enumerate(zip(found.reply.candidates, data["candidates"], strict=True))
    )  # fmt: skip
    return View(found.reply, data, considered)


def ask_other(visit: DeskVisit, query: str, release: str, *, literal: bool) -> View:
    """What another release makes of a query. It is loaded for this alone and dropped afterwards.

    Raises:
        ReleaseError: it cannot be used, or somebody else compares just now.
        QueryError: empty, too long or not text.
    """
    if not is_release_id(release):
        raise ReleaseError("그런 릴리스가 없어요. 목록에서 골라 주세요.")
    if not _LOADING.acquire(timeout=_PATIENCE):
        raise ReleaseError("다른 사람이 지금 릴리스를 견주고 있어요. 잠시 뒤에 다시 해 주세요.")
    try:
        loaded = load_release(site_of(visit) / release)
        bot = loaded.bot(KiwiAnalyzer(loaded.user_words), lambda: visit.services.local_now().date())
        return view(bot.explain(query, SHOWN, literal=literal), _questions(bot.entries))
    finally:
        _LOADING.release()


def _beside(visit: DeskVisit, query: str, release: str, *, literal: bool) -> dict[str, Any]:
    try:
        return {"beside": ask_other(visit, query, release, literal=literal)}
    except FaqbotError as error:
        return {"note": f"릴리스 {release[:16]}와 견주지 못했어요. {error}"}


def _others(visit: DeskVisit) -> tuple[ReleaseInfo, ...]:
    return tuple(info for info in list_releases(site_of(visit)) if not info.is_current)[:RELEASES]


def _questions(entries: Any) -> dict[str, str]:
    return {entry.id: entry.question for entry in entries}


PAGES = (Page("/admin/lab", "desk_lab", lab, menu="실험실"),)
