"""FAQ: the entries of the draft. Each can be looked for, read, mended, added, put out of use and deleted; nothing reaches visitors before it is published."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.corpus.categories import category_name
from faqbot.corpus.columns import COLUMNS
from faqbot.corpus.diff import Change, compare
from faqbot.corpus.draft import DraftTable, changes
from faqbot.corpus.entry_json import entry_to_json
from faqbot.corpus.export import to_cells, to_rows
from faqbot.corpus.read import read_rows, warnings_of, with_ids
from faqbot.corpus.table import Row
from faqbot.domain import FaqEntry
from faqbot.errors import FaqbotError, MissingRecordError, ReleaseError
from faqbot.korean.normalize import normalize
from faqbot.store import Role, Usage
from faqbot.training.source import published_table
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import LogLine, draft_of, expected, is_ours_to_tell, said, save, site_of, status_of
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Bytes of the form: a cell of 20,000 characters, escaped, in each of the long columns.
_MAX_FORM = 1024 * 1024
#: Entries on one page.
ROWS = 50
#: Days that usage is counted over.
USAGE_DAYS = 90
#: What may be listed.
SHOW: Mapping[str, str] = {
    "": "모두", "edited": "공개된 것과 다른 것", "incomplete": "빠진 것이 있는 것", "unseen": f"{USAGE_DAYS}일 동안 안 보인 것", "down": "도움이 안 됐다는 것", "off": "사용 안 함",
}  # fmt: skip
_DONE = {
    "saved": "초안에 저장했어요. 손님에게는 공개한 뒤에 보여요.",
    "same": "바뀐 것이 없어서 저장하지 않았어요.",
    "added": "초안에 새 FAQ를 넣었어요. 손님에게는 공개한 뒤에 보여요.",
    "off": "초안에서 사용하지 않게 했어요.",
    "on": "초안에서 다시 사용하게 했어요.",
    "removed": "초안에서 지웠어요.",
    "undone": "초안을 바로 앞 판으로 되돌렸어요.",
}


class Listed(NamedTuple):
    """A line of the list.

    Attributes:
        entry: of the draft.
        category: as the table writes it.
        parts: what it has and lacks, in words.
        lacks: whether something should be added.
        usage: of the last days; None where it was never shown.
        state: "new" where nothing of it is published, "edited" where another text of it is, else "".
    """

    entry: FaqEntry
    category: str
    parts: str
    lacks: bool
    usage: Usage | None
    state: str


class Moved(NamedTuple):
    """What became of an entry while somebody else saved: `is_gone`, or the columns that differ from what the form was made from."""

    text: str
    is_gone: bool
    changes: tuple[Change, ...]


def faqs(visit: DeskVisit) -> ResponseReturnValue:
    """All entries, or those that are looked for."""
    now = draft_of(visit)
    published = _published(visit)
    different = changes(published.entries, now.table.entries) if published else None
    new = set(different.added) if different else set()
    edited = set(different.changed) if different else set()
    usage = _usage(visit)
    listed = [listed_entry(entry, usage.get(entry.id), "new" if entry.id in new else "edited" if entry.id in edited else "") for entry in now.table.entries]
    q, category, show = (request.args.get(name, "").strip() for name in ("q", "category", "show"))
    found = [each for each in listed if is_meant(each, q, category, show if show in SHOW else "")]
    pages = max(1, -(-len(found) // ROWS))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    names = sorted({category_name(entry.category[:n]) for entry in now.table.entries for n in range(1, len(entry.category) + 1)})
    context: dict[str, Any] = {
        "now": now, "head": _head(visit), "found": len(found), "listed": found[(page - 1) * ROWS : page * ROWS], "total": len(listed), "page": page,
        "pages": pages, "q": q, "category": category, "show": show, "shows": SHOW, "days": USAGE_DAYS,
        "category_options": [("", "모든 분류"), *((name, name) for name in names)],
    }  # fmt: skip
    return render("desk/faqs.html", done=_DONE, **context)


def listed_entry(entry: FaqEntry, usage: Usage | None, state: str) -> Listed:
    """An entry as a line of the list.

    >>> listed_entry(FaqEntry("a", "환불되나요?", "네", alternate_questions=("환불",)), None, "").parts
    '질문 2 · 답변 · 분류 없음'
    """
    has = (("답변", bool(entry.answer.strip())), ("분류", bool(entry.category)))
    parts = " · ".join((f"질문 {len(entry.questions)}", *(name if there else f"{name} 없음" for name, there in has)))
    return Listed(entry, category_name(entry.category), parts, not all(there for _, there in has), usage, state)


def is_meant(line: Listed, q: str, category: str, show: str) -> bool:
    """Whether a line belongs to what is looked for: all words of `q` in it, below the category, and of that kind."""
    entry = line.entry
    if category and line.category != category and not line.category.startswith(f"{category}>"):
        return False
    by_kind = {
        "": True,
        "edited": bool(line.state),
        "incomplete": line.lacks,
        "unseen": line.usage is None and entry.enabled and line.state != "new",
        "down": bool(line.usage and line.usage.down),
        "off": not entry.enabled,
    }
    if not by_kind[show]:
        return False
    text = normalize(" ".join((entry.id, *entry.questions, entry.answer, *entry.keywords, line.category, entry.short_title))).casefold() if q else ""
    return all(word in text for word in normalize(q).casefold().split())


def edit(visit: DeskVisit) -> ResponseReturnValue:
    """The form of one entry."""
    now = draft_of(visit)
    entry = _existing(now.table, request.args.get("id", ""))
    return _form(visit, entry, _typed(entry), now.version)


def new(visit: DeskVisit) -> ResponseReturnValue:
    """The form, empty."""
    now = draft_of(visit)
    return _form(visit, None, _typed(FaqEntry("", "", "")), now.version)


def update(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Save an entry in its place."""
    now, head = draft_of(visit), expected(form.get("head", ""))
    typed, entry_id = _typed_in(form), form.get("entry", "")
    old = now.table.entry(entry_id)
    entry, errors = read(typed | {"id": entry_id}, ())
    if old is None and head == now.version:
        raise RequestError(ProblemCode.NOT_FOUND)
    if errors:
        return _form(visit, old or entry, typed, now.version if old is None else head, errors, status=422)
    try:
        line = LogLine("faq.edit", entry.id, entry_to_json(old) if old else None, entry_to_json(entry))
        info = save(visit, now.table.with_entries([entry]), f"고침: {_short(entry)}", head, line)
    except FaqbotError as error:
        return _conflict(visit, error, old or entry, typed, head)
    return see_other("desk_faq", id=entry.id, done="same" if info.id == head else "saved")


def add(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Save an entry behind the others."""
    now, head = draft_of(visit), expected(form.get("head", ""))
    typed = _typed_in(form)
    entry, errors = read(typed, now.table.ids)
    if errors:
        return _form(visit, None, typed, head, errors, status=422)
    entry = with_ids([*now.table.entries, entry])[-1]
    try:
        save(visit, now.table.with_entries([entry]), f"새 FAQ: {_short(entry)}", head, LogLine("faq.add", entry.id, after=entry_to_json(entry)))
    except FaqbotError as error:
        return _conflict(visit, error, None, typed, head)
    return see_other("desk_faq", id=entry.id, done="added")


def switch(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Put an entry out of use, or into use again."""
    now, head, is_on = draft_of(visit), expected(form.get("head", "")), form.get("enabled") == "true"
    old = _existing(now.table, form.get("entry", ""))
    if is_on and not old.answer.strip():
        return _form(visit, old, _typed(old), now.version, {"answer": "답변이 있어야 사용할 수 있어요. 답변을 적어 주세요."}, status=422)
    entry = replace(old, enabled=is_on)
    why = f"{'다시 사용' if is_on else '사용 안 함'}: {_short(entry)}"
    try:
        save(visit, now.table.with_entries([entry]), why, head, LogLine("faq.enabled", entry.id, {"enabled": old.enabled}, {"enabled": is_on}))
    except FaqbotError as error:
        return _conflict(visit, error, old, _typed(old), head)
    return see_other("desk_faq", id=entry.id, done="on" if is_on else "off")


def ask_to_remove(visit: DeskVisit) -> ResponseReturnValue:
    """Whether it shall go."""
    now = draft_of(visit)
    return render("desk/faq_remove.html", entry=_existing(now.table, request.args.get("id", "")), now=now)


def remove(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """It goes."""
    now, head = draft_of(visit), expected(form.get("head", ""))
    old = _existing(now.table, form.get("entry", ""))
    try:
        save(visit, now.table.without([old.id]), f"지움: {_short(old)}", head, LogLine("faq.remove", old.id, before=entry_to_json(old)))
    except FaqbotError as error:
        return _conflict(visit, error, old, _typed(old), head)
    return see_other("desk_faqs", done="removed")


def read(typed: Mapping[str, str], taken: Collection[str]) -> tuple[FaqEntry, dict[str, str]]:
    """The entry of a form as the reader of tables takes it, and what is wrong with it by column.

    Args:
        typed: cells by column, as in a table.
        taken: ids that it must not have.

    >>> read({"question": " ", "answer": "네"}, ())[1]
    {'question': '비어 있습니다. 질문을 적어 주세요.'}
    """
    (found,) = read_rows([Row(1, dict(typed), tuple(typed.values()))])
    errors: dict[str, str] = {}
    for problem in found.problems:
        errors.setdefault(problem.column, said(problem))
    if found.entry.id in taken:
        errors.setdefault("id", "이미 있는 id예요. 다른 이름을 적거나 비워 두세요.")
    return found.entry, errors


# Parts


def _form(  # noqa: PLR0913  # what is shown, and what is said of it
    visit: DeskVisit,
    entry: FaqEntry | None,
    typed: Mapping[str, str],
    head: int | None,
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    moved: Moved | None = None,
) -> Response:
    today = visit.services.local_now().date()
    warnings = warnings_of(read_rows(to_rows([entry])), today) if entry and not errors and not moved else ()
    usage = _usage(visit).get(entry.id) if entry else None
    published = _published(visit)
    old = published.entry(entry.id) if published and entry else None
    changed = compare([old], [entry]).entries[0].changes if old and entry else ()
    context: dict[str, Any] = {
        "entry": entry, "typed": typed, "head_id": "" if head is None else head, "head": _head(visit), "errors": errors or {}, "moved": moved,
        "warnings": [said(each) for each in warnings], "usage": usage, "days": USAGE_DAYS, "changed": changed, "is_published": old is not None,
        "columns": {column.name: column for column in COLUMNS}, "column_words": {column.name: column.aliases[0] for column in COLUMNS},
    }  # fmt: skip
    return render("desk/faq.html", status=status, done=_DONE, **context)


def _conflict(visit: DeskVisit, error: FaqbotError, entry: FaqEntry | None, typed: Mapping[str, str], head: int | None) -> Response:
    """The form with what was typed, and what became of the entry meanwhile; sent again it goes on top of that.

    Raises:
        FaqbotError: the error, where it is no conflict.
    """
    if not is_ours_to_tell(error):
        raise error
    now = draft_of(visit)
    return _form(visit, entry, typed, now.version, status=status_of(error), moved=_moved(visit, str(error), entry, now.table, head))


def _moved(visit: DeskVisit, text: str, entry: FaqEntry | None, table: DraftTable, head: int | None) -> Moved:
    if entry is None:
        return Moved(text, is_gone=False, changes=())
    present = table.entry(entry.id)
    try:
        base = DraftTable.from_json(visit.store.drafts.version(head).table).entry(entry.id) if head else None
    except MissingRecordError:
        base = None
    found = compare([base], [present]).entries[0].changes if base and present else ()
    return Moved(text, present is None, found)


def _published(visit: DeskVisit) -> DraftTable | None:
    try:
        return published_table(site_of(visit))
    except ReleaseError:
        return None


def _usage(visit: DeskVisit) -> Mapping[str, Usage]:
    now = visit.services.clock()
    return visit.store.review.usage(now - timedelta(days=USAGE_DAYS), now + timedelta(minutes=1))


def _head(visit: DeskVisit) -> Any:
    """The version that is worked on, without its table; None for none."""
    return next((each for each in visit.store.drafts.versions(30) if each.is_head), None)


def _existing(table: DraftTable, entry_id: str) -> FaqEntry:
    entry = table.entry(entry_id)
    if entry is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return entry


def _typed(entry: FaqEntry) -> dict[str, str]:
    """The cells of an entry; what is listed has a line each."""
    cells = dict(zip((column.name for column in COLUMNS), to_cells(entry), strict=True))
    return cells | {"alternate_questions": "\n".join(entry.alternate_questions)}


def _typed_in(form: MultiDict[str, str]) -> dict[str, str]:
    cells = {column.name: form.get(column.name, "").replace("\r\n", "\n") for column in COLUMNS if column.name != "enabled"}
    return cells | {"enabled": "true" if form.get("enabled") else "false"}


def _short(entry: FaqEntry) -> str:
    return entry.question if len(entry.question) <= 40 else f"{entry.question[:40]}…"


PAGES = (
    Page("/admin/faqs", "desk_faqs", faqs, menu="FAQ"),
    Page("/admin/faqs/edit", "desk_faq", edit),
    Page("/admin/faqs/edit", "desk_faq_update", update, "POST", Role.EDITOR, max_body=_MAX_FORM),
    Page("/admin/faqs/new", "desk_faq_new", new, role=Role.EDITOR),
    Page("/admin/faqs/new", "desk_faq_add", add, "POST", Role.EDITOR, max_body=_MAX_FORM),
    Page("/admin/faqs/enabled", "desk_faq_switch", switch, "POST", Role.EDITOR),
    Page("/admin/faqs/remove", "desk_faq_ask_to_remove", ask_to_remove, role=Role.EDITOR),
    Page("/admin/faqs/remove", "desk_faq_remove", remove, "POST", Role.EDITOR),
)
