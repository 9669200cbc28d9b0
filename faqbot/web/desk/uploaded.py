"""An upload against the draft as it stands, for the page and for programs."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from faqbot.corpus.diff import Status
from faqbot.corpus.encoding import MAX_BYTES
from faqbot.corpus.importing import Preview, confirm, preview
from faqbot.corpus.problem import refusal
from faqbot.errors import FaqbotError
from faqbot.store import VersionInfo
from faqbot.training.releasing import Working
from faqbot.web.desk.uploads import Upload, uploads_of
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import LogLine, current_or_none, draft_of, save
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Bytes of a request with a file: the largest table, and what a form adds to it.
MAX_UPLOAD = MAX_BYTES + 64 * 1024
#: Previews kept for the next look at them; each costs seconds for a large table.
_KEPT_PREVIEWS = 3


class Shown(NamedTuple):
    """An upload against the draft as it stands."""

    upload: Upload
    preview: Preview
    now: Working


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


def received(visit: DeskVisit, data: bytes, name: str, mapping: Mapping[str, str] | None = None, accepted: tuple[str, ...] = ()) -> Shown:
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


def shown_of(visit: DeskVisit, upload_id: str) -> Shown:
    """An upload that is kept, against the draft.

    Raises:
        RequestError: there is none of that id (404).
    """
    found = uploads_of(visit).get(upload_id)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return _previewed(visit, *found)


def _previewed(visit: DeskVisit, kept: Upload, data: bytes) -> Shown:
    now, today = draft_of(visit), visit.services.local_now().date()
    key = (kept.id, kept.choices, now.version, "" if now.version else current_or_none(visit), today)
    return Shown(kept, _previews.get(key, lambda: preview(data, kept.name, now.table.entries, mapping=kept.mapping, accepted=kept.accepted, today=today)), now)


def confirmed(visit: DeskVisit, shown: Shown, head: int | None, *, allow_drop: bool, leave_out: bool) -> VersionInfo:
    """Put an upload into the draft, with a line in the log, and forget it.

    Args:
        visit: whose.
        shown: the upload.
        head: the version of the draft that was seen; None for none.
        allow_drop: whether more than `MAX_DROPPED` of the entries may go.
        leave_out: whether rows that cannot be imported are left out.

    Raises:
        FaqbotError: why not; nothing changed.
    """
    entries = confirm(shown.preview, allow_drop=allow_drop, leave_out_invalid=leave_out)
    counts = shown.preview.comparison.counts
    new, changed, removed = counts[Status.NEW] + counts[Status.DUPLICATE], counts[Status.CHANGED], counts[Status.REMOVED]
    why = f"{shown.upload.name} 올림: 새로 {new:,} · 고침 {changed:,} · 뺌 {removed:,}"
    after = {"file": shown.upload.name, "new": new, "changed": changed, "removed": removed, "left_out": len(shown.preview.invalid)}
    before = {"version": shown.now.version, "entries": len(shown.now.table.entries)}
    info = save(visit, replace(shown.now.table, entries=entries), why, head, LogLine("draft.import", before=before, after=after))
    uploads_of(visit).drop(shown.upload.id)
    return info
