"""올리기 for programs: a table that was sent, what it would change, and its way into the draft."""

from typing import Any

from flask import request
from pydantic import BaseModel, ConfigDict

from faqbot.corpus.diff import EntryChange, Status
from faqbot.corpus.importing import MAX_DROPPED
from faqbot.corpus.problem import Problem
from faqbot.errors import CorpusError, FaqbotError
from faqbot.store import Role
from faqbot.web.desk.import_choices import cleanings_of
from faqbot.web.desk.page import Api
from faqbot.web.desk.uploaded import MAX_UPLOAD, Shown, confirmed, received, shown_of
from faqbot.web.desk.uploads import KEPT
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import is_ours_to_tell, refused
from faqbot.web.intake import parse_json
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode


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
        shown = received(visit, data, name, mapping, tuple(values.getlist("accept")))
    except ValueError as error:
        raise RequestError(ProblemCode.INVALID_REQUEST) from error
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return refused(error)
    return to_json(shown)


def api_confirm(visit: DeskVisit, input: ConfirmInput, upload_id: str) -> Any:  # noqa: A002  # the name that the table gives it
    """Put an upload into the draft."""
    shown = shown_of(visit, upload_id)
    try:
        info = confirmed(visit, shown, input.head, allow_drop=input.allow_drop, leave_out=input.leave_out_invalid)
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


APIS = (
    Api("/v1/admin/imports", "desk_api_import", api_upload, "POST", Role.EDITOR, max_body=MAX_UPLOAD),
    Api("/v1/admin/imports/<upload_id>/confirm", "desk_api_import_confirm", api_confirm, "POST", Role.EDITOR, ConfirmInput),
)
