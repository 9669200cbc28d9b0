"""Releases: what the gate found, publishing, going back, and the table of each."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.datastructures import MultiDict

from faqbot.errors import FaqbotError, GateError, StoreError
from faqbot.evaluation.findings import Change, State
from faqbot.evaluation.gate import GateReport
from faqbot.retrieval.release import is_release_id
from faqbot.store import Job, JobState, LoggedRelease, Role
from faqbot.training.jobs import log_file, running, start_gate
from faqbot.training.publish import list_releases
from faqbot.training.releasing import doubts, publish_release, rollback_release, table_of_release
from faqbot.web.desk import publish
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.notes import notes_by_entry
from faqbot.web.desk.page import Api, Page
from faqbot.web.desk.release_figures import figure, figures_of
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import current_or_none, is_ours_to_tell, refused, site_of, status_of, table_file
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Characters of a reason.
MAX_WHY = 500
#: Queries of the gate listed before somebody asks for all.
LISTED = 60
CHANGES = {Change.WORSE: ("나빠짐", "bad"), Change.LOST: ("정답이 없어짐", "bad"), Change.BETTER: ("좋아짐", "good"), Change.BAND: ("달라짐", "")}
STATES = {State.GREEN: ("통과", "good"), State.RED: ("빨강", "bad"), State.SKIPPED: ("해당 없음", "")}


def show(visit: DeskVisit, release: str) -> ResponseReturnValue:
    """What is known of a release."""
    return _page(visit, release)


def publish_it(visit: DeskVisit, form: MultiDict[str, str], release: str) -> ResponseReturnValue:
    """Make it the one that serves."""
    if current_or_none(visit) == release:
        return see_other("desk_publish", done="already")
    why = form.get("why", "").strip()
    if len(why) > MAX_WHY:
        return _page(visit, release, {"why": f"이유는 {MAX_WHY:,}자까지예요. 지금 {len(why):,}자예요."}, 422, why)
    try:
        _published(visit, release, why)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return _page(visit, release, {"why" if isinstance(error, GateError) else "publish": str(error)}, status_of(error), why)
    return see_other("desk_publish", done="published")


def roll_back(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Serve the release before the one that the page showed as serving."""
    try:
        _rolled_back(visit, form.get("from", ""), form.get("why", "")[:MAX_WHY])
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return publish.overview(visit, errors={"release": str(error)}, status=409 if isinstance(error, StoreError) else 422)
    return see_other("desk_publish", done="rolled_back")


def check_again(visit: DeskVisit, _: MultiDict[str, str], release: str) -> ResponseReturnValue:
    """Begin to compare it with the release that serves now."""
    _existing(visit, release)
    try:
        _checking(visit, release)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return _page(visit, release, {"gate": str(error)}, status_of(error))
    return see_other("desk_release", release=release, done="checking", _anchor="gate")


def table(visit: DeskVisit, release: str, kind: str) -> ResponseReturnValue:
    """The entries of a release."""
    _existing(visit, release)
    return table_file(visit, table_of_release(visit.store.drafts, site_of(visit), release), release, kind)


# Programs


class PublishInput(BaseModel):
    """Why, which is needed where the gate is red."""

    model_config = ConfigDict(extra="forbid", strict=True)

    why: str = Field("", max_length=MAX_WHY)


class RollbackInput(PublishInput):
    """`from_` (sent as `from`) is the release that serves, so that nobody goes back twice."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    from_: str = Field(alias="from", max_length=64)


def api_releases(visit: DeskVisit) -> Any:
    """Releases of the log, the latest trained first."""
    current = current_or_none(visit)
    return {"current": current, "releases": [_to_json(each, current) for each in visit.store.drafts.releases()]}


def api_check(visit: DeskVisit, release: str) -> Any:
    """Begin to compare it with the release that serves now; GET /v1/admin/training tells how far it is."""
    _existing(visit, release)
    try:
        return {"job": publish.job_json(_checking(visit, release))}
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return refused(error)


def api_publish(visit: DeskVisit, input: PublishInput, release: str) -> Any:  # noqa: A002  # the name that the table gives it
    """Make it the one that serves."""
    _existing(visit, release)
    return _answered(visit, lambda: _published(visit, release, input.why.strip()))


def api_rollback(visit: DeskVisit, input: RollbackInput) -> Any:  # noqa: A002  # as above
    """Serve the release before."""
    return _answered(visit, lambda: _rolled_back(visit, input.from_, input.why))


# Parts


def _answered(visit: DeskVisit, act: Any) -> Any:
    try:
        logged = act()
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return refused(error)
    return _to_json(logged, current_or_none(visit))


def _published(visit: DeskVisit, release: str, why: str) -> LoggedRelease:
    return publish_release(visit.store, site_of(visit), release, by=visit.actor.name, why=why)


def _rolled_back(visit: DeskVisit, serving: str, why: str) -> LoggedRelease:
    before = current_or_none(visit)
    if serving != before:
        raise StoreError("그 사이 다른 릴리스가 공개되었습니다. 화면을 새로 고쳐 확인하고 다시 하세요.", code="conflict")
    return rollback_release(visit.store, site_of(visit), by=visit.actor.name, why=why, serving=serving)


def _checking(visit: DeskVisit, release: str) -> Job:
    before = visit.store.drafts.release(release)
    job = start_gate(visit.store.drafts, release, visit.actor.name, visit.settings)
    visit.audit("draft.gate", release, before=publish.gate_state(before) or None if before else None, after={"job": job.id})
    return job


def _existing(visit: DeskVisit, release: str) -> None:
    if not is_release_id(release) or not (site_of(visit) / release).is_dir():
        raise RequestError(ProblemCode.NOT_FOUND)


def _page(visit: DeskVisit, release: str, errors: Mapping[str, str] | None = None, status: int = 200, why: str = "") -> Response:
    _existing(visit, release)
    logged, current = visit.store.drafts.release(release), current_or_none(visit)
    report = GateReport.from_json(logged.made.gate) if logged and logged.made.gate else None
    badge = publish.badge_of(report)
    info = next((each for each in list_releases(site_of(visit)) if each.id == release), None)
    drafts = visit.store.drafts
    job = running(drafts, log_file(visit.settings))
    latest = next(iter(drafts.jobs.latest(1)), None)
    failed = latest if latest and latest.kind == "gate" and latest.state is JobState.FAILED and (latest.result or {}).get("release") == release else None
    change = request.args.get("show", "")
    flips = [each for each in report.flips if change in {"", each.change.value}] if report else []
    shown = flips if request.args.get("all") else flips[:LISTED]
    counted = {one: sum(each.change is one for each in report.flips) for one in Change} if report else {}
    context: dict[str, Any] = {
        "release": release, "logged": logged, "info": info, "is_current": release == current, "report": report, "badge": badge, "flips": shown, "flip_count": len(flips),
        "counted": counted, "changes": CHANGES, "states": STATES, "figure": figure, "show": change, "doubt": doubts(logged, site_of(visit)),
        "errors": errors or {}, "why": why, "max_why": MAX_WHY, "job": job, "failed": failed, "notes": notes_by_entry(report.notes) if report and report.notes else (),
        "figures": figures_of(logged.made.figures) if logged else None,
    }  # fmt: skip
    return render("desk/release.html", status=status, done=publish.DONE, **context)


def _to_json(logged: LoggedRelease, current: str) -> dict[str, Any]:
    made = logged.made
    return {
        "release": logged.release, "is_current": logged.release == current, "trained_by": made.trained_by, "trained_at": logged.trained_at, "why": made.why,
        "version": made.version_id, "origin": made.origin, "changes": made.changes, "figures": made.figures, "gate": publish.gate_state(logged) or None,
        "published_at": logged.published_at, "published_by": logged.published_by, "published_why": logged.published_why,
    }  # fmt: skip


PAGES = (
    Page("/admin/publish/releases/<release>", "desk_release", show),
    Page("/admin/publish/releases/<release>/publish", "desk_publish_release", publish_it, "POST", Role.PUBLISHER),
    Page("/admin/publish/releases/<release>/gate", "desk_release_gate", check_again, "POST", Role.EDITOR),
    Page("/admin/publish/releases/<release>/faqs.<kind>", "desk_release_file", table),
    Page("/admin/publish/rollback", "desk_rollback", roll_back, "POST", Role.PUBLISHER),
)
APIS = (
    Api("/v1/admin/releases", "desk_api_releases", api_releases),
    Api("/v1/admin/releases/<release>/publish", "desk_api_publish", api_publish, "POST", Role.PUBLISHER, PublishInput),
    Api("/v1/admin/releases/<release>/gate", "desk_api_release_gate", api_check, "POST", Role.EDITOR),
    Api("/v1/admin/releases/rollback", "desk_api_rollback", api_rollback, "POST", Role.PUBLISHER, RollbackInput),
)
