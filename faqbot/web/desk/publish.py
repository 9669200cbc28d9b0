"""올리기·배포: the draft, its training, and what came of it, step by step on one page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.corpus.columns import COLUMNS
from faqbot.corpus.diff import Status, compare, word_diff
from faqbot.corpus.draft import DraftTable, changes
from faqbot.corpus.encoding import MAX_BYTES
from faqbot.errors import FaqbotError, ReleaseError
from faqbot.evaluation.gate import GateReport
from faqbot.store import Job, JobState, LoggedRelease, Role
from faqbot.training.jobs import cancel, log_file, running, start_training
from faqbot.training.publish import published_before
from faqbot.training.source import published_table
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.notes import NotedEntry, notes_by_entry
from faqbot.web.desk.page import Api, Page
from faqbot.web.desk.release_figures import Figures, figures_of
from faqbot.web.desk.uploads import uploads_of
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import LogLine, current_or_none, draft_of, expected, is_ours_to_tell, refused, save, site_of, status_of, table_file

#: Releases listed on the page.
RELEASES = 20
#: Versions listed on the page of the draft.
VERSIONS = 30
#: Entries on one page of differences.
ROWS = 50
DONE = {
    "imported": "표를 초안에 넣었어요. 손님에게는 아직 보이지 않아요.",
    "same": "초안과 똑같은 표라서 바뀐 것이 없어요.",
    "dropped": "올린 표를 버렸어요.",
    "training": "학습을 시작했어요. 이 화면을 떠나도 계속돼요.",
    "cancelled": "취소했어요. 반쯤 된 것은 남지 않아요.",
    "checking": "다시 점검하기 시작했어요. 이 화면을 떠나도 계속돼요.",
    "over": "진행 중인 학습이나 점검이 없어요.",
    "undone": "초안을 바로 앞 판으로 되돌렸어요.",
    "published": "공개했어요. 2초 안에 모든 손님이 새 답을 봐요.",
    "already": "이미 공개된 릴리스예요.",
    "rolled_back": "이전 릴리스로 되돌렸어요.",
}
_TABS = {"changed": "바뀜", "new": "새로 생김", "removed": "사라짐", "duplicate": "질문이 겹침"}
_STATES = {
    JobState.RUNNING: "진행 중",
    JobState.CANCELLING: "취소하는 중",
    JobState.DONE: "끝났어요",
    JobState.FAILED: "실패했어요",
    JobState.CANCELLED: "취소했어요",
}  # fmt: skip
#: Where an undo leads back to.
_BACK = {"publish": "desk_publish", "draft": "desk_draft", "faqs": "desk_faqs", "words": "desk_words"}


class ListedRelease(NamedTuple):
    """A line of the list: what the log says, whether it serves, what its gate says (as `badge_of`, or ""), and its figures."""

    logged: LoggedRelease
    is_current: bool
    gate: str
    figures: Figures | None


class Noted(NamedTuple):
    """What the last training noticed about entries that are still there: the version it trained, and those entries."""

    version: int
    entries: tuple[NotedEntry, ...]


def overview_page(visit: DeskVisit) -> ResponseReturnValue:
    """All steps."""
    return overview(visit)


def overview(visit: DeskVisit, *, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """The page, with what went wrong beside its step.

    Args:
        visit: whose.
        errors: by `file`, `draft`, `train` and `release`.
        status: of the response.
    """
    drafts, site, current = visit.store.drafts, site_of(visit), current_or_none(visit)
    job, problem = running(drafts, log_file(visit.settings)), ""
    latest = next(iter(drafts.jobs.latest(1)), None)
    try:
        now = draft_of(visit)
        published = published_table(site)
    except ReleaseError as error:
        now, published, problem = None, None, str(error)
    counts = changes(published.entries if published else (), now.table.entries).counts() if now else {}
    listed = tuple(ListedRelease(each, each.release == current, badge_of(_gate(each)), figures_of(each.made.figures)) for each in drafts.releases(RELEASES))
    head = next((each for each in drafts.versions(VERSIONS) if each.is_head), None)
    candidate = next((each for each in listed if head and each.logged.made.version_id == head.id and not each.is_current), None)
    context: dict[str, Any] = {
        "now": now, "head": head, "counts": counts, "has_published": published is not None, "job": job, "latest": latest, "states": _STATES,
        "releases": listed, "candidate": candidate, "current": current, "before": _before(visit), "errors": errors or {}, "problem": problem,
        "waiting": uploads_of(visit).waiting() if visit.may(Role.EDITOR) else (),
        "megabytes": MAX_BYTES // 1024 // 1024, "other_parts": _other_parts(now.table, published) if now and published else (),
    }  # fmt: skip
    return render("desk/publish.html", status=status, done=DONE, **context)


def gate_state(logged: LoggedRelease) -> str:
    """What the gate says of a release: red, green, or "" where it was not asked."""
    report = _gate(logged)
    return "" if report is None else "red" if report.is_red else "green"


def badge_of(report: GateReport | None) -> str:
    """The same for a badge, which does not call passed what was compared with nothing: red, green, uncompared, or ""."""
    return "" if report is None else "red" if report.is_red else "green" if report.has_compared else "uncompared"


def draft(visit: DeskVisit) -> ResponseReturnValue:
    """What the draft changes, and its versions."""
    now, published = draft_of(visit), published_table(site_of(visit))
    found = compare(published.entries if published else (), now.table.entries)
    counts = {status.value: n for status, n in found.counts.items()}
    tab = request.args.get("show", "")
    tab = tab if tab in _TABS else next((name for name in _TABS if counts[name]), "changed")
    rows = [each for each in found.entries if each.status is Status(tab)]
    pages = max(1, -(-len(rows) // ROWS))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    versions = visit.store.drafts.versions(VERSIONS)
    head = next((each for each in versions if each.is_head), None)
    context: dict[str, Any] = {
        "now": now, "head": head, "versions": versions, "counts": counts, "tab": tab, "tabs": _TABS, "page": page, "pages": pages,
        "rows": rows[(page - 1) * ROWS : page * ROWS], "has_published": published is not None,
        "noted": _noted(visit, now.table), "texts": _texts(now.table, published) if published else (), "column_words": {column.name: column.aliases[0] for column in COLUMNS},
    }  # fmt: skip
    return render("desk/draft.html", done=DONE, **context)


def undo(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Go back to the version before the one that the page showed."""
    head = expected(form.get("head", ""))
    try:
        info = visit.store.drafts.undo(visit.actor.name, head)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return overview(visit, errors={"draft": str(error)}, status=status_of(error))
    visit.audit("draft.undo", "draft", before=head, after=info.id)
    return see_other(_BACK.get(form.get("back", ""), "desk_publish"), done="undone")


def restore(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Work on with the table that an older version had: a new version, so that nothing is lost."""
    old = visit.store.drafts.version(expected(form.get("version", "")) or 0)
    head = expected(form.get("head", ""))
    try:
        save(
            visit,
            DraftTable.from_json(old.table),
            f"{old.id}번 판으로 돌아감",
            head,
            LogLine("draft.restore", before={"version": head}, after={"from": old.id}),
        )
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return overview(visit, errors={"draft": str(error)}, status=status_of(error))
    return see_other("desk_draft", done="undone")


def draft_file(visit: DeskVisit, kind: str) -> ResponseReturnValue:
    """The entries of the draft."""
    now = draft_of(visit)
    return table_file(visit, now.table, f"draft-{now.version or 0}", kind)


# Training


def train(visit: DeskVisit, _: MultiDict[str, str]) -> ResponseReturnValue:
    """Begin."""
    try:
        _started(visit)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return overview(visit, errors={"train": str(error)}, status=status_of(error))
    return see_other("desk_publish", done="training", _anchor="train")


def stop(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """End the job that the page showed."""
    return see_other("desk_publish", done="cancelled" if _cancelled(visit, expected(form.get("job", ""))) else "over")


def api_training(visit: DeskVisit) -> Any:
    """How the last training stands; null where there was none."""
    running(visit.store.drafts, log_file(visit.settings))
    return {"job": job_json(next(iter(visit.store.drafts.jobs.latest(1)), None))}


def api_train(visit: DeskVisit) -> Any:
    """Begin."""
    try:
        return {"job": job_json(_started(visit))}
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return refused(error)


def api_stop(visit: DeskVisit) -> Any:
    """End what runs."""
    _cancelled(visit, None)
    return api_training(visit)


# Parts


def _started(visit: DeskVisit) -> Job:
    job = start_training(visit.store.drafts, visit.actor.name, visit.settings)
    visit.audit("draft.train", f"job {job.id}", after={"version": job.version_id})
    return job


def _cancelled(visit: DeskVisit, job_id: int | None) -> bool:
    """Whether there was something to end; with a number only that job."""
    job = running(visit.store.drafts, log_file(visit.settings))
    if job is None or job_id not in {None, job.id}:
        return False
    cancel(visit.store.drafts, job.id)
    visit.audit("draft.cancel", f"job {job.id}")
    return True


def job_json(job: Job | None) -> dict[str, Any] | None:
    """A job for programs."""
    if job is None:
        return None
    return {
        "id": job.id, "kind": job.kind, "state": job.state.value, "words": _STATES[job.state], "progress": job.progress, "step": job.step, "started_by": job.started_by,
        "started_at": job.started_at.isoformat(), "version": job.version_id, "is_over": job.is_over, "error": job.error,
        "release": (job.result or {}).get("release"),
    }  # fmt: skip


def _noted(visit: DeskVisit, table: DraftTable) -> Noted | None:
    """What was noticed, without what has been mended by another question or by removal since; None where nothing is left or nobody looked."""
    logged = next((each for each in visit.store.drafts.releases(RELEASES) if each.made.version_id and (each.made.gate or {}).get("notes") is not None), None)
    if logged is None or logged.made.gate is None or logged.made.version_id is None:
        return None
    entries = {entry.id: entry.question for entry in table.entries if entry.enabled}
    found = notes_by_entry(logged.made.gate["notes"], lambda row: entries.get(row["id"]) == row["question"])
    return Noted(logged.made.version_id, found) if found else None


def _gate(logged: LoggedRelease) -> GateReport | None:
    return None if logged.made.gate is None else GateReport.from_json(logged.made.gate)


def _before(visit: DeskVisit) -> str:
    """The release that a click goes back to, "" for none."""
    current = current_or_none(visit)
    return next((release for release in reversed(published_before(site_of(visit))) if release != current), "")


def _other_parts(now: Any, published: Any) -> tuple[str, ...]:
    """What else than entries differs."""
    words = {"user_words": "사용자 사전", "synonyms": "동의어", "queries": "시험 질문"}
    return tuple(word for name, word in words.items() if getattr(now, name) != getattr(published, name))


def _texts(now: Any, published: Any) -> tuple[tuple[str, Any], ...]:
    """(name, word-level difference) of each dictionary that differs."""
    words = {"user_words": "사용자 사전", "synonyms": "동의어"}
    return tuple(
        (word, word_diff(getattr(published, name), getattr(now, name))) for name, word in words.items() if getattr(now, name) != getattr(published, name)
    )


PAGES = (
    Page("/admin/publish", "desk_publish", overview_page, menu="올리기·배포"),
    Page("/admin/publish/draft", "desk_draft", draft),
    Page("/admin/publish/draft.<kind>", "desk_draft_file", draft_file),
    Page("/admin/publish/undo", "desk_draft_undo", undo, "POST", Role.EDITOR),
    Page("/admin/publish/restore", "desk_draft_restore", restore, "POST", Role.EDITOR),
    Page("/admin/publish/train", "desk_train", train, "POST", Role.EDITOR),
    Page("/admin/publish/cancel", "desk_train_cancel", stop, "POST", Role.EDITOR),
)
APIS = (
    Api("/v1/admin/training", "desk_api_training", api_training),
    Api("/v1/admin/training", "desk_api_train", api_train, "POST", Role.EDITOR),
    Api("/v1/admin/training/cancel", "desk_api_train_cancel", api_stop, "POST", Role.EDITOR),
)
