"""올리기: a table that was uploaded, what it would change, and its way into the draft."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict
from werkzeug.datastructures import MultiDict

from faqbot.corpus.checks import Finding, checks
from faqbot.corpus.clean import Cleaning, Rule
from faqbot.corpus.columns import COLUMNS, header_key, names_by_key
from faqbot.corpus.diff import EntryChange, Segment, Status, word_diff
from faqbot.corpus.encoding import MAX_BYTES
from faqbot.corpus.importing import MAX_DROPPED, Preview, confirm, preview, problem_csv
from faqbot.corpus.problem import Problem, refusal
from faqbot.errors import CorpusError, FaqbotError
from faqbot.store import Role, VersionInfo
from faqbot.training.releasing import Working
from faqbot.web.desk import publish
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Api, Page
from faqbot.web.desk.uploads import KEPT, Upload, uploads_of
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import LogLine, current_or_none, download, draft_of, expected, is_ours_to_tell, refused, save, status_of
from faqbot.web.intake import parse_json
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Bytes of a request with a file: the largest table, and what a form adds to it.
MAX_UPLOAD = MAX_BYTES + 64 * 1024
#: Bytes of a form with a choice for each of 256 headers.
_MAX_CHOICES = 256 * 1024
#: Rows on one page of the preview.
ROWS = 50
#: Changes shown of one cleaning.
_SAMPLES = 3
#: Characters of a text shown on either side of what changes in it.
_AROUND = 60
#: Findings of one kind, and warnings, that are listed.
_LISTED = 20
#: Previews kept for the next look at them; each costs seconds for a large table.
_KEPT_PREVIEWS = 3

#: What the tabs are called, in their order.
TABS: Mapping[str, str] = {
    "changed": "바뀜", "new": "새로 생김", "removed": "사라짐", "invalid": "가져올 수 없음", "duplicate": "질문이 겹침", "unchanged": "그대로",
}  # fmt: skip
_LEFT_OUT, _BY_ITSELF = "", "auto"
_DONE = {"chosen": "고른 대로 다시 보여 드려요. 아직 초안에 넣지 않았어요."}


class Shown(NamedTuple):
    """An upload against the draft as it stands."""

    upload: Upload
    preview: Preview
    now: Working


class CleaningGroup(NamedTuple):
    """What is accepted with one tick.

    Attributes:
        key: of the cleanings.
        label: what the rule does.
        detail: the text in question, "" where the rule says it all.
        cells: how many.
        rows: how many.
        samples: (line, word-level difference) of the first.
        is_accepted: whether it is ticked.
    """

    key: str
    label: str
    detail: str
    cells: int
    rows: int
    samples: tuple[tuple[int, tuple[Segment, ...]], ...]
    is_accepted: bool


class HeaderChoice(NamedTuple):
    """What a header of the upload means: `value` is a column, "" for left out, or `auto` for what is recognised."""

    place: int
    header: str
    options: tuple[tuple[str, str], ...]
    value: str


class _Previews:
    """The last few previews of this process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Preview] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...], make: Callable[[], Preview]) -> Preview:
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = make()
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT_PREVIEWS:
                self._kept.popitem(last=False)
        return found


_previews = _Previews()


def upload(visit: DeskVisit, _: MultiDict[str, str]) -> ResponseReturnValue:
    """Keep the file that was sent, and lead to what it would change."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return publish.overview(visit, errors={"file": "파일을 골라 주세요."}, status=422)
    try:
        kept = _received(visit, sent.read(), sent.filename)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return publish.overview(visit, errors={"file": str(error)}, status=422)
    return see_other("desk_import", upload_id=kept.upload.id)


def show(visit: DeskVisit, upload_id: str) -> ResponseReturnValue:
    """What the upload would change."""
    return _page(visit, _shown(visit, upload_id))


def choose(visit: DeskVisit, form: MultiDict[str, str], upload_id: str) -> ResponseReturnValue:
    """Keep which header means what, or which cleanings are accepted."""
    shown = _shown(visit, upload_id)
    kept, accepted, mapping = shown.upload, shown.upload.accepted, dict(shown.upload.mapping)
    is_mapping = form.get("part") == "headers"
    if is_mapping:
        mapping = _mapping(shown.preview, mapping, form)
    else:
        known = {each.key for each in shown.preview.cleanings}
        accepted = tuple(key for key in form.getlist("accept") if key in known)
    uploads_of(visit).choose(kept, mapping, accepted)
    return see_other("desk_import", done="chosen", upload_id=upload_id, **({} if is_mapping else {"show": "cleaning"}))


def confirm_import(visit: DeskVisit, form: MultiDict[str, str], upload_id: str) -> ResponseReturnValue:
    """Put what was seen into the draft."""
    shown = _shown(visit, upload_id)
    head = expected(form.get("head", ""))
    if form.get("choices") != shown.upload.choices or head != shown.now.version:
        return _page(visit, shown, {"confirm": "보신 뒤에 초안이나 고른 것이 바뀌었어요. 아래의 새 미리 보기를 확인하고 다시 눌러 주세요."}, 409)
    allow_drop, leave_out = bool(form.get("allow_drop")), bool(form.get("leave_out"))
    try:
        info = _confirmed(visit, shown, head, allow_drop=allow_drop, leave_out=leave_out)
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
    shown = _shown(visit, upload_id)
    return download(problem_csv(shown.preview), f"{shown.upload.name.rpartition('.')[0] or shown.upload.name}-문제", "csv")


def cleanings_of(found: Preview) -> tuple[CleaningGroup, ...]:
    """Cleanings by what is accepted with one tick, in the order in which they are applied."""
    groups: dict[str, list[Cleaning]] = {}
    for each in found.cleanings:
        groups.setdefault(each.key, []).append(each)
    return tuple(_group(key, each, found.accepted) for key, each in groups.items())


def clipped(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """A difference with long parts that stay the same cut, so that the change is seen.

    >>> same, *changed = clipped(word_diff("가 " * 100 + "끝", "가 " * 100 + "새 끝"))
    >>> len(same.text), [each.text for each in changed]
    (61, ['새 ', '끝'])
    """
    found = list(segments)
    for place, segment in enumerate(found):
        text, first, last = segment.text, place == 0, place == len(found) - 1
        if segment.kind.value == "same" and len(text) > 2 * _AROUND and len(found) > 1:
            head = "" if first else text[:_AROUND]
            tail = "" if last else text[-_AROUND:]
            found[place] = Segment(segment.kind, f"{head}…{tail}")
    return tuple(found)


def header_choices(found: Preview, mapping: Mapping[str, str]) -> tuple[HeaderChoice, ...]:
    """What can be said of each header; those that are recognised only where the header cannot be used as it is."""
    names, chosen = names_by_key(COLUMNS), {header_key(header): column for header, column in mapping.items()}
    choices = []
    for index, header in enumerate(found.headers):
        key = header_key(header)
        known, is_unknown = names.get(key, ""), header in found.unknown_headers
        if not header.strip() or not (is_unknown or key in chosen or found.header_problems):
            continue
        by_itself = (_BY_ITSELF, f"저절로 알아본 대로: {_COLUMN_WORDS[known]}") if known else (_BY_ITSELF, "가져오지 않기")
        others = ((_LEFT_OUT, "가져오지 않기"),) if known else ()
        value = chosen.get(key, _BY_ITSELF)
        if value == _LEFT_OUT and not known:
            value = _BY_ITSELF
        choices.append(HeaderChoice(index, header, (by_itself, *others, *_COLUMN_WORDS.items()), value))
    return tuple(choices)


_COLUMN_WORDS = {column.name: column.aliases[0] for column in COLUMNS}


# Programs


class ConfirmInput(BaseModel):
    """What a program says about an upload.

    Attributes:
        head: version of the draft that the preview named; null for none.
        allow_drop: whether more than a fifth of the entries may go.
        leave_out_invalid: whether rows that cannot be imported are left out.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    head: int | None
    allow_drop: bool = False
    leave_out_invalid: bool = False


def api_upload(visit: DeskVisit) -> Any:
    """Preview of a file: a multipart form with `file`, or the file as the body with its name as `?name=`.

    Beside the file: `mapping`, a JSON object of header → column, and `accept`, keys of cleanings; as fields of the form or in the query.
    """
    sent = request.files.get("file")
    data, name = (sent.read(), sent.filename or "faq") if sent else (request.get_data(cache=False), request.args.get("name", "faq"))
    if not data:
        return refused(CorpusError("파일이 비어 있습니다. 'file' 이라는 이름으로, 또는 본문으로 보내 주세요."))
    values = request.values
    try:
        mapping = parse_json((values.get("mapping") or "{}").encode("utf-8", "surrogatepass"))
        if not isinstance(mapping, dict) or not all(isinstance(each, str) for each in mapping.values()):
            raise RequestError(ProblemCode.INVALID_REQUEST)
        shown = _received(visit, data, name, mapping, tuple(values.getlist("accept")))
    except ValueError as error:
        raise RequestError(ProblemCode.INVALID_REQUEST) from error
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return refused(error)
    return to_json(shown)


def api_confirm(visit: DeskVisit, input: ConfirmInput, upload_id: str) -> Any:  # noqa: A002  # the name that the table gives it
    """Put an upload into the draft."""
    shown = _shown(visit, upload_id)
    try:
        info = _confirmed(visit, shown, input.head, allow_drop=input.allow_drop, leave_out=input.leave_out_invalid)
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return refused(error)
    return {"version": info.id, "entries": info.entries, "changed": info.id != input.head}


def to_json(shown: Shown) -> dict[str, Any]:
    """A preview for programs; rows that stay as they are only counted."""
    found = shown.preview
    return {
        "id": shown.upload.id,
        "head": shown.now.version,
        "expires_at": (shown.upload.uploaded_at + KEPT).isoformat(timespec="seconds"),
        "source": found.source,
        "format": str(found.format.value),
        "encoding": found.encoding,
        "counts": {**{status.value: n for status, n in found.comparison.counts.items()}, "invalid": len(found.invalid)},
        "dropped_share": found.dropped_share,
        "max_dropped_share": MAX_DROPPED,
        "header_problems": [_problem_json(each) for each in found.header_problems],
        "unknown_headers": list(found.unknown_headers),
        "invalid": [{"line": each.row.line, "problems": [_problem_json(one) for one in each.problems]} for each in found.invalid],
        "cleanings": [{"key": each.key, "label": each.label, "detail": each.detail, "cells": each.cells, "accepted": each.is_accepted} for each in cleanings_of(found)],
        "warnings": [_problem_json(each) for each in found.warnings],
        "rows": [_change_json(each) for each in found.comparison.entries if each.status is not Status.UNCHANGED],
    }  # fmt: skip


# Parts


def _received(visit: DeskVisit, data: bytes, name: str, mapping: Mapping[str, str] | None = None, accepted: tuple[str, ...] = ()) -> Shown:
    """Keep a file that can be read.

    Raises:
        FaqbotError: it cannot be read, or not be kept; nothing is.
    """
    uploads = uploads_of(visit)
    kept = uploads.add(data, name, visit.actor.name)
    try:
        if mapping or accepted:
            kept = uploads.choose(kept, mapping or {}, accepted)
        shown = _previewed(visit, kept, data)
        if shown.preview.header_problems and not any(header.strip() for header in shown.preview.headers):
            raise refusal(kept.name, shown.preview.header_problems)
    except FaqbotError:
        uploads.drop(kept.id)
        raise
    return shown


def _shown(visit: DeskVisit, upload_id: str) -> Shown:
    found = uploads_of(visit).get(upload_id)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return _previewed(visit, *found)


def _previewed(visit: DeskVisit, kept: Upload, data: bytes) -> Shown:
    now, today = draft_of(visit), visit.services.local_now().date()
    key = (kept.id, kept.choices, now.version, "" if now.version else current_or_none(visit), today)
    return Shown(kept, _previews.get(key, lambda: preview(data, kept.name, now.table.entries, mapping=kept.mapping, accepted=kept.accepted, today=today)), now)


def _confirmed(visit: DeskVisit, shown: Shown, head: int | None, *, allow_drop: bool, leave_out: bool) -> VersionInfo:
    entries = confirm(shown.preview, allow_drop=allow_drop, leave_out_invalid=leave_out)
    counts = shown.preview.comparison.counts
    new, changed, removed = counts[Status.NEW] + counts[Status.DUPLICATE], counts[Status.CHANGED], counts[Status.REMOVED]
    why = f"{shown.upload.name} 올림: 새로 {new:,} · 고침 {changed:,} · 뺌 {removed:,}"
    after = {"file": shown.upload.name, "new": new, "changed": changed, "removed": removed, "left_out": len(shown.preview.invalid)}
    before = {"version": shown.now.version, "entries": len(shown.now.table.entries)}
    info = save(visit, replace(shown.now.table, entries=entries), why, head, LogLine("draft.import", before=before, after=after))
    uploads_of(visit).drop(shown.upload.id)
    return info


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
        "column_words": _COLUMN_WORDS, "listed": _LISTED, "expires": shown.upload.uploaded_at + KEPT, "max_dropped": MAX_DROPPED,
        "findings": _findings(found, visit.services.local_now().date()) if tab == "lint" else {}, "clipped": clipped,
    }  # fmt: skip
    return render("desk/import.html", status=status, done=_DONE, **context)


def _findings(found: Preview, today: date) -> dict[str, list[Finding]]:
    by_kind: dict[str, list[Finding]] = {}
    for each in checks(found.entries, today):
        by_kind.setdefault(each.kind.label, []).append(each)
    return by_kind


def _group(key: str, found: Sequence[Cleaning], accepted: frozenset[str]) -> CleaningGroup:
    samples = tuple((each.row, clipped(word_diff(each.before, each.after))) for each in found[:_SAMPLES])
    rule: Rule = found[0].rule
    detail = found[0].detail if ":" in key else ""
    return CleaningGroup(key, rule.label, detail, len(found), len({each.row for each in found}), samples, bool(accepted & {key, rule.value}))


def _mapping(found: Preview, present: Mapping[str, str], form: MultiDict[str, str]) -> dict[str, str]:
    """What somebody says of the headers; headers that were not asked about keep what was said."""
    chosen = dict(present)
    for index, header in enumerate(found.headers):
        value = form.get(f"map-{index}")
        if value is None:
            continue
        if value == _BY_ITSELF:
            chosen.pop(header, None)
        elif value == _LEFT_OUT or value in _COLUMN_WORDS:
            chosen[header] = value
    return chosen


def _problem_json(found: Problem) -> dict[str, Any]:
    return {"line": found.line, "column": found.column, "what": found.what, "next_step": found.next_step}


def _change_json(found: EntryChange) -> dict[str, Any]:
    return {
        "status": found.status.value,
        "id": found.entry.id,
        "question": found.entry.question,
        "duplicate_of": found.duplicate_of,
        "changes": [{"column": each.column, "before": each.before, "after": each.after} for each in found.changes],
    }


PAGES = (
    Page("/admin/publish/upload", "desk_upload", upload, "POST", Role.EDITOR, max_body=MAX_UPLOAD),
    Page("/admin/publish/import/<upload_id>", "desk_import", show, role=Role.EDITOR),
    Page("/admin/publish/import/<upload_id>", "desk_import_choose", choose, "POST", Role.EDITOR, max_body=_MAX_CHOICES),
    Page("/admin/publish/import/<upload_id>/confirm", "desk_import_confirm", confirm_import, "POST", Role.EDITOR, max_body=_MAX_CHOICES),
    Page("/admin/publish/import/<upload_id>/drop", "desk_import_drop", drop, "POST", Role.EDITOR),
    Page("/admin/publish/import/<upload_id>/problems.csv", "desk_import_problems", problems, role=Role.EDITOR),
)
APIS = (
    Api("/v1/admin/imports", "desk_api_import", api_upload, "POST", Role.EDITOR, max_body=MAX_UPLOAD),
    Api("/v1/admin/imports/<upload_id>/confirm", "desk_api_import_confirm", api_confirm, "POST", Role.EDITOR, ConfirmInput),
)
