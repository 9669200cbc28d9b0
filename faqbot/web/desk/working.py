"""What the pages about the draft have in common: where it is, how it is saved, and what is said when that fails."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response

from faqbot.corpus.draft import DraftTable
from faqbot.corpus.export import to_csv, to_xlsx
from faqbot.corpus.problem import Problem
from faqbot.errors import FaqbotError, ReleaseError, StoreError
from faqbot.retrieval.release import current_id
from faqbot.store import VersionInfo
from faqbot.training.releasing import Working, working
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.problems import MEDIA_TYPE, RequestError, problem
from faqbot.web.schema import ProblemCode

_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def site_of(visit: DeskVisit) -> Path:
    """Where the releases of the site are."""
    return visit.settings.models / visit.settings.site


def current_or_none(visit: DeskVisit) -> str:
    """Id of the release that serves, "" for none."""
    try:
        return current_id(site_of(visit))
    except ReleaseError:
        return ""


def draft_of(visit: DeskVisit) -> Working:
    """What is worked on.

    Raises:
        ReleaseError: there is no draft, and the release that serves cannot be read.
    """
    return working(visit.store.drafts, site_of(visit))


def expected(text: str) -> int | None:
    """The version that a form was made from; None for no draft yet.

    Raises:
        RequestError: no form of ours says that.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise RequestError(ProblemCode.BAD_REQUEST)
    return int(text)


class LogLine(NamedTuple):
    """What the audit log says of a change; see faqbot.store.Audit.write."""

    action: str
    subject: str = "draft"
    before: Any = None
    after: Mapping[str, Any] | None = None


def save(visit: DeskVisit, table: DraftTable, why: str, head: int | None, line: LogLine) -> VersionInfo:
    """Make a version of the draft and write that down. A table that equals the head makes no version and no line.

    Raises:
        StoreError: `conflict`: somebody saved another version meanwhile; nothing was stored.
    """
    info = visit.store.drafts.save(table, visit.actor.name, why, head)
    if info.id != head:
        visit.audit(line.action, line.subject, line.before, {**(line.after or {}), "version": info.id})
    return info


def is_ours_to_tell(error: FaqbotError) -> bool:
    """Whether an error is about what was asked for, so that the page says it. Others are failures of the store, or of a request that no page of ours makes."""
    if isinstance(error, RequestError):
        return False
    return not isinstance(error, StoreError) or error.code in {"conflict", "refused"}


def status_of(error: FaqbotError) -> int:
    """Of the response to a request that was refused with it."""
    return 409 if isinstance(error, StoreError) and error.code == "conflict" else 422


def refused(error: FaqbotError) -> Response:
    """An error for programs, in its own words: operators may read them."""
    code = ProblemCode.CONFLICT if status_of(error) == 409 else ProblemCode.INVALID_REQUEST
    body = problem(code).model_copy(update={"detail": str(error)})
    return Response(body.model_dump_json(), body.status, content_type=MEDIA_TYPE)


def download(data: bytes, name: str, kind: str) -> Response:
    """A file to keep.

    Args:
        data: of the file.
        name: without its ending.
        kind: csv or xlsx.
    """
    response = Response(data, content_type=_TYPES[kind])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.{kind}"
    return response


def table_file(visit: DeskVisit, table: DraftTable, name: str, kind: str) -> Response:
    """The entries of a table as a file.

    Raises:
        RequestError: of no such kind.
    """
    if kind not in _TYPES:
        raise RequestError(ProblemCode.NOT_FOUND)
    data = to_csv(table.entries) if kind == "csv" else to_xlsx(table.entries)
    return download(data, f"{visit.settings.site}-{name}", kind)


def said(found: Problem) -> str:
    """What is wrong with a cell, beside it."""
    return f"{found.what} {found.next_step}"
