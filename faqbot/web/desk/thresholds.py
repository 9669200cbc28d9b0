"""기준값: what the labelled queries would come to at other thresholds, and a release with those."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.datastructures import MultiDict

from faqbot.errors import FaqbotError, GateError, ReleaseError
from faqbot.evaluation.predictions import WhatIf
from faqbot.store import Role
from faqbot.training.thresholds import Thresholded, apply_thresholds, thresholded
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Api, Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import current_or_none, is_ours_to_tell, refused, site_of, status_of
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Thresholds that the lines go through.
STEPS = tuple(step / 40 for step in range(1, 40))
#: Thresholds of the table under the chart.
TABLE = tuple(step / 10 for step in range(1, 10))
#: Places that a threshold is set to.
_PLACES = 3
#: Size of a chart, and where its axes are, in its own units.
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 420, 280, 44, 20, 16, 44
_DONE = {"applied": "새 기준값으로 공개했어요. 2초 안에 모든 손님에게 쓰여요. 되돌리려면 올리기·배포에서 이전 릴리스로 되돌려 주세요."}


class Line(NamedTuple):
    """A line of a chart: its name, its class, the points of its polyline, and where its name stands."""

    name: str
    kind: str
    points: str
    label_x: float
    label_y: float


class Point(NamedTuple):
    """Both thresholds with what they lead to."""

    answer: float
    suggest: float
    found: WhatIf


def thresholds(visit: DeskVisit) -> ResponseReturnValue:
    """The chart, the sliders, and what they come to."""
    try:
        tried = thresholded(site_of(visit))
    except ReleaseError as error:
        return render("desk/thresholds.html", done=_DONE, problem=str(error), tried=None)
    answer = _asked("answer", tried.thresholds.answer)
    suggest = _asked("suggest", tried.thresholds.suggest)
    return _page(visit, tried, answer, suggest)


def apply(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """A release with other thresholds, published."""
    tried = thresholded(site_of(visit))
    values = tuple(threshold(form.get(name, "")) for name in ("answer", "suggest"))
    answer, suggest = (tried.thresholds.answer if values[0] is None else values[0], tried.thresholds.suggest if values[1] is None else values[1])
    if None in values:
        return _page(visit, tried, answer, suggest, {"apply": "기준값은 0보다 크고 1보다 작은 수여야 해요."}, 422)
    if form.get("release") != tried.release:
        return _page(visit, tried, answer, suggest, {"apply": "보신 뒤에 다른 릴리스가 공개되었어요. 아래의 수를 다시 확인하고 눌러 주세요."}, 409)
    why = form.get("why", "").strip()[:500]
    try:
        _applied(visit, tried, answer, suggest, why)
    except GateError as error:
        return _page(visit, tried, answer, suggest, {"why": str(error)}, 422)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return _page(visit, tried, answer, suggest, {"apply": str(error)}, status_of(error))
    return see_other("desk_thresholds", done="applied")


def threshold(text: str) -> float | None:
    """A threshold as it was typed; None where it is none.

    >>> threshold("0.7504"), threshold("1"), threshold("x"), threshold("nan")
    (0.75, None, None, None)
    """
    try:
        value = round(float(text), _PLACES)
    except (ValueError, OverflowError):
        return None
    return value if 0 < value < 1 else None


def counts(found: WhatIf) -> dict[str, tuple[int, int]]:
    """What is said of two thresholds: name → (count, of how many)."""
    return {
        "answered": (found.answered, found.in_scope),
        "wrong": (found.answered - found.right, found.answered),
        "caught": (found.caught, found.out_of_scope),
        "suggested": (found.suggested, found.in_scope),
        "suggested_right": (found.suggested_right, found.suggested),
        "to_person": (found.to_person, found.in_scope),
        "caught_to_person": (found.caught_to_person, found.out_of_scope),
    }


def lines_of(points: Sequence[tuple[float, WhatIf]], names: Sequence[tuple[str, str, str]]) -> tuple[Line, ...]:
    """Polylines of shares over a threshold; thresholds where a share has no meaning are left out, and so is a line that has none.

    Args:
        points: (threshold, what it comes to), rising.
        names: (name in `counts`, name on the chart, class).
    """
    lines = []
    for number, (name, words, kind) in enumerate(names, 1):
        shares = [(x, count / of) for x, found in points for count, of in [counts(found)[name]] if of]
        if shares:
            drawn = [(across(x), down(share)) for x, share in shares]
            lines.append(Line(words, kind, " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn), *drawn[len(drawn) * number // (len(names) + 1)]))
    return tuple(lines)


def across(value: float) -> float:
    """Where a threshold stands."""
    return round(LEFT + value * (WIDTH - LEFT - RIGHT), 1)


def down(share: float) -> float:
    """Where a share stands."""
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)


# Programs


class Asked(BaseModel):
    """Two thresholds to try; without them those of the release that serves."""

    model_config = ConfigDict(extra="forbid")

    answer: float | None = Field(None, gt=0, lt=1)
    suggest: float | None = Field(None, gt=0, lt=1)


class ApplyInput(BaseModel):
    """Thresholds to serve with, the release they are meant for, and why."""

    model_config = ConfigDict(extra="forbid")

    release: str = Field(max_length=64)
    answer: float = Field(gt=0, lt=1)
    suggest: float = Field(gt=0, lt=1)
    why: str = Field("", max_length=500)


def api_what_if(visit: DeskVisit, asked: Asked) -> Any:
    """Exact counts at two thresholds."""
    try:
        tried = thresholded(site_of(visit))
    except ReleaseError as error:
        return refused(error)
    answer = tried.thresholds.answer if asked.answer is None else asked.answer
    suggest = tried.thresholds.suggest if asked.suggest is None else asked.suggest
    found = tried.what_if(answer, suggest)
    return {
        "release": tried.release, "current": {"answer": tried.thresholds.answer, "suggest": tried.thresholds.suggest}, "answer": answer, "suggest": suggest,
        "labelled": len(tried.kept.labelled), "counts": asdict(found), "words": {name: words(*each) for name, each in counts(found).items()},
        "x": {"answer": across(answer), "suggest": across(suggest)},
    }  # fmt: skip


def words(count: int, of: int) -> str:
    """A count of how many, with the share where that says something.

    >>> words(3, 8), words(30, 80), words(0, 0)
    ('8개 가운데 3개', '80개 가운데 30개 (37.5%)', '해당하는 질문 없음')
    """
    if not of:
        return "해당하는 질문 없음"
    return f"{of:,}개 가운데 {count:,}개" + (f" ({count / of:.1%})" if of >= _SMALL else "")


_SMALL = 20


# Parts


def _asked(name: str, default: float) -> float:
    """A threshold from the address."""
    text = request.args.get(name)
    if text is None:
        return default
    value = threshold(text)
    if value is None:
        raise RequestError(ProblemCode.BAD_REQUEST)
    return default if value == round(default, _PLACES) else value


def _page(visit: DeskVisit, tried: Thresholded, answer: float, suggest: float, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    present = tried.thresholds
    now, then = tried.what_if(present.answer, present.suggest), tried.what_if(answer, suggest)
    by_answer = [(step, tried.what_if(step, suggest)) for step in STEPS]
    by_suggest = [(step, tried.what_if(answer, step)) for step in STEPS]
    answer_lines = lines_of(
        by_answer, (("answered", "① 바로 답함", "line-1"), ("wrong", "② 그중 틀림", "line-2"), ("caught", "③ 답 없는 질문을 걸러 냄", "line-3"))
    )
    suggest_lines = lines_of(by_suggest, (("suggested", "④ 후보를 보여 줌", "line-1"), ("to_person", "⑤ 사람에게 안내", "line-2")))
    context: dict[str, Any] = {
        "tried": tried, "present": present, "answer": answer, "suggest": suggest, "now": counts(now), "then": counts(then), "words": words,
        "is_changed": (answer, suggest) != (present.answer, present.suggest), "answer_lines": answer_lines, "suggest_lines": suggest_lines,
        "table": [Point(step, suggest, tried.what_if(step, suggest)) for step in TABLE], "counts": counts, "errors": errors or {},
        "suggest_table": [Point(answer, step, tried.what_if(answer, step)) for step in TABLE], "across": across, "down": down,
        "box": {"width": WIDTH, "height": HEIGHT, "left": LEFT, "top": TOP, "right": WIDTH - RIGHT, "bottom": HEIGHT - BOTTOM},
        "problem": "", "logged": visit.store.drafts.release(tried.release), "current": current_or_none(visit), "why": request.form.get("why", ""),
    }  # fmt: skip
    return render("desk/thresholds.html", status=status, done=_DONE, **context)


def api_apply(visit: DeskVisit, input: ApplyInput) -> Any:  # noqa: A002  # the name that the table gives it
    """A release with other thresholds, published."""
    site = site_of(visit)
    try:
        tried = thresholded(site)
        if input.release != tried.release:
            raise ReleaseError(f"지금 공개된 릴리스는 {tried.release} 입니다. 다시 확인하고 보내세요.")
        release = _applied(visit, tried, input.answer, input.suggest, input.why)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return refused(error)
    return {"release": release}


def _applied(visit: DeskVisit, tried: Thresholded, answer: float, suggest: float, why: str) -> str:
    """Id of a release with other thresholds, which serves now.

    Raises:
        FaqbotError: it cannot be made, or the gate is against it and no reason is given.
    """
    return apply_thresholds(visit.store, site_of(visit), tried, answer, suggest, by=visit.actor.name, why=why).release


PAGES = (
    Page("/admin/thresholds", "desk_thresholds", thresholds, menu="기준값"),
    Page("/admin/thresholds", "desk_thresholds_apply", apply, "POST", Role.PUBLISHER),
)
APIS = (
    Api("/v1/admin/thresholds", "desk_api_thresholds", api_what_if, input=Asked),
    Api("/v1/admin/thresholds", "desk_api_thresholds_apply", api_apply, "POST", Role.PUBLISHER, ApplyInput),
)
