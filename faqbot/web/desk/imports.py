"""올리기: a table that was uploaded, what it would change, and its way into the draft."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.corpus.checks import Finding, checks
from faqbot.corpus.diff import Status
from faqbot.corpus.importing import MAX_DROPPED, Preview, problem_csv
from faqbot.errors import FaqbotError
from faqbot.store import Role
from faqbot.web.desk import publish
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.import_choices import COLUMN_WORDS, cleanings_of, clipped, header_choices, mapping_of
from faqbot.web.desk.page import Page
from faqbot.web.desk.uploaded import MAX_UPLOAD, Shown, confirmed, received, shown_of
from faqbot.web.desk.uploads import KEPT, uploads_of
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import download, expected, is_ours_to_tell, status_of

#: Bytes of a form with a choice for each of 256 headers.
_MAX_CHOICES = 256 * 1024
#: Rows on one page of the preview.
ROWS = 50
#: Findings of one kind, and warnings, that are listed.
_LISTED = 20

#: What the tabs are called, in their order.
TABS: Mapping[str, str] = {
    "changed": "바뀜", "new": "새로 생김", "removed": "사라짐", "invalid": "가져올 수 없음", "duplicate": "질문이 겹침", "unchanged": "그대로",
}  # fmt: skip
_DONE = {"chosen": "고른 대로 다시 보여 드려요. 아직 초안에 넣지 않았어요."}


def upload(visit: DeskVisit, _: MultiDict[str, str]) -> ResponseReturnValue:
    """Keep the file that was sent, and lead to what it would change."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return publish.overview(visit, errors={"file": "파일을 골라 주세요."}, status=422)
    try:
        kept = received(visit, sent.read(), sent.filename)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return publish.overview(visit, errors={"file": str(error)}, status=422)
    return see_other("desk_import", upload_id=kept.upload.id)


def show(visit: DeskVisit, upload_id: str) -> ResponseReturnValue:
    """What the upload would change."""
    return _page(visit, shown_of(visit, upload_id))


def choose(visit: DeskVisit, form: MultiDict[str, str], upload_id: str) -> ResponseReturnValue:
    """Keep which header means what, or which cleanings are accepted."""
    shown = shown_of(visit, upload_id)
    kept, accepted, mapping = shown.upload, shown.upload.accepted, dict(shown.upload.mapping)
    is_mapping = form.get("part") == "headers"
    if is_mapping:
        mapping = mapping_of(shown.preview, mapping, form)
    else:
        known = {each.key for each in shown.preview.cleanings}
        accepted = tuple(key for key in form.getlist("accept") if key in known)
    uploads_of(visit).choose(kept, mapping, accepted)
    return see_other("desk_import", done="chosen", upload_id=upload_id, **({} if is_mapping else {"show": "cleaning"}))


def confirm_import(visit: DeskVisit, form: MultiDict[str, str], upload_id: str) -> ResponseReturnValue:
    """Put what was seen into the draft."""
    shown = shown_of(visit, upload_id)
    head = expected(form.get("head", ""))
    if form.get("choices") != shown.upload.choices or head != shown.now.version:
        return _page(visit, shown, {"confirm": "보신 뒤에 초안이나 고른 것이 바뀌었어요. 아래의 새 미리 보기를 확인하고 다시 눌러 주세요."}, 409)
    allow_drop, leave_out = bool(form.get("allow_drop")), bool(form.get("leave_out"))
    try:
        info = confirmed(visit, shown, head, allow_drop=allow_drop, leave_out=leave_out)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return _page(visit, shown, _why_not(shown.preview, error, allow_drop=allow_drop, leave_out=leave_out), status_of(error), form)
    return see_other("desk_publish", done="same" if info.id == head else "imported")


def drop(visit: DeskVisit, _: MultiDict[str, str], upload_id: str) -> ResponseReturnValue:
    """Forget the upload."""
    uploads_of(visit).drop(upload_id)
    return see_other("desk_publish", done="dropped")


def problems(visit: DeskVisit, upload_id: str) -> ResponseReturnValue:
    """The rows that cannot be imported, as a table."""
    shown = shown_of(visit, upload_id)
    return download(problem_csv(shown.preview), f"{shown.upload.name.rpartition('.')[0] or shown.upload.name}-문제", "csv")


def _why_not(found: Preview, error: FaqbotError, *, allow_drop: bool, leave_out: bool) -> dict[str, str]:
    """The refusal beside what would lift it."""
    if found.header_problems:
        return {"headers": "열을 먼저 맞춰 주세요."}
    errors: dict[str, str] = {}
    if found.invalid and not leave_out:
        errors["leave_out"] = f"가져올 수 없는 행이 {len(found.invalid):,}개 있어요. 파일을 고쳐 다시 올리거나, 빼고 가져오겠다고 표시해 주세요."
    if found.entries and found.dropped_share > MAX_DROPPED and not allow_drop:
        removed = found.comparison.counts[Status.REMOVED]
        errors["allow_drop"] = f"지금 있는 FAQ 가운데 {removed:,}건이 사라져요. 정말 지우려면 표시해 주세요."
    return errors or {"confirm": str(error)}


def _page(visit: DeskVisit, shown: Shown, errors: Mapping[str, str] | None = None, status: int = 200, typed: Mapping[str, str] | None = None) -> Response:
    found = shown.preview
    counts = {**{each.value: n for each, n in found.comparison.counts.items()}, "invalid": len(found.invalid)}
    chosen = request.args.get("show", "")
    choices = header_choices(found, shown.upload.mapping)
    first = "headers" if found.header_problems else next((tab for tab in TABS if counts[tab]), "changed")
    tab = chosen if chosen in {*TABS, "cleaning", "lint", "headers"} else first
    rows: Sequence[Any] = found.invalid if tab == "invalid" else [each for each in found.comparison.entries if each.status.value == tab]
    pages = max(1, -(-len(rows) // ROWS))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    groups = cleanings_of(found)
    context: dict[str, Any] = {
        "upload": shown.upload, "found": found, "head": shown.now.version, "counts": counts, "tab": tab, "tabs": TABS, "page": page, "pages": pages,
        "rows": rows[(page - 1) * ROWS : page * ROWS], "choices": choices, "groups": groups, "errors": errors or {}, "typed": typed or {},
        "column_words": COLUMN_WORDS, "listed": _LISTED, "expires": shown.upload.uploaded_at + KEPT, "max_dropped": MAX_DROPPED,
        "findings": _findings(found, visit.services.local_now().date()) if tab == "lint" else {}, "clipped": clipped,
    }  # fmt: skip
    return render("desk/import.html", status=status, done=_DONE, **context)


def _findings(found: Preview, today: date) -> dict[str, list[Finding]]:
    by_kind: dict[str, list[Finding]] = {}
    for each in checks(found.entries, today):
        by_kind.setdefault(each.kind.label, []).append(each)
    return by_kind


PAGES = (
    Page("/admin/publish/upload", "desk_upload", upload, "POST", Role.EDITOR, max_body=MAX_UPLOAD),
    Page("/admin/publish/import/<upload_id>", "desk_import", show, role=Role.EDITOR),
    Page("/admin/publish/import/<upload_id>", "desk_import_choose", choose, "POST", Role.EDITOR, max_body=_MAX_CHOICES),
    Page("/admin/publish/import/<upload_id>/confirm", "desk_import_confirm", confirm_import, "POST", Role.EDITOR, max_body=_MAX_CHOICES),
    Page("/admin/publish/import/<upload_id>/drop", "desk_import_drop", drop, "POST", Role.EDITOR),
    Page("/admin/publish/import/<upload_id>/problems.csv", "desk_import_problems", problems, role=Role.EDITOR),
)
