"""The 1:1 inquiry: written, looked over, sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from faqbot import messages
from faqbot.errors import MissingRecordError, ReleaseError, StoreError
from faqbot.store import Inquiry
from faqbot.web import inquiring, schema
from faqbot.web.pages import uploads
from faqbot.web.pages.drafts import FIELDS, Draft, errors_in, new_key, read_draft, to_request
from faqbot.web.pages.frame import render
from faqbot.web.pages.senders import is_ours
from faqbot.web.pages.sheet import Sheet, sheet_of, with_files
from faqbot.web.visit import Visit

#: A form on a page that sends no referrer would send `Origin: null`, and older browsers have nothing else to show where it comes from.
_REFERRER = "same-origin"


def inquiry_form(visit: Visit) -> Response:
    """The empty form."""
    return _form(sheet_of(visit, Draft(new_key())))


def prefilled_inquiry(visit: Visit, form: MultiDict[str, str]) -> Response:
    """The form with what is known already: the query of a reply or an answer box, or a draft that is being mended.

    Raises:
        StoreError: its files cannot be read.
    """
    return _form(*_with_kept_files(visit, sheet_of(visit, _draft(visit, form))))


def review_inquiry(visit: Visit, form: MultiDict[str, str]) -> Response:
    """Everything once more before it is sent, or the form again with what is to be mended. Good files are kept either way: nobody picks one twice.

    Raises:
        StoreError: a file was not stored.
    """
    sheet, wrong = _with_picked_files(visit, sheet_of(visit, _draft(visit, form)))
    errors = {**errors_in(sheet.draft), **wrong}
    return _form(sheet, errors) if errors else _page("inquiry_review.html", sheet)


def send_inquiry(visit: Visit, form: MultiDict[str, str]) -> AnyResponse:
    """Store the inquiry and show its status.

    Raises:
        StoreError: it was not stored.
    """
    sheet = sheet_of(visit, _draft(visit, form))
    errors = errors_in(sheet.draft)
    if not is_ours(request, visit.settings):
        return _page("inquiry_form.html", sheet, status=403, notice=messages.FOREIGN)
    if too_many := uploads.too_many(len(sheet.draft.files), visit.settings):
        errors = {**errors, "files": too_many}
    if errors:
        return _form(with_files(visit, sheet), errors)
    try:
        token = _submitted(visit, sheet.draft).status_url.rpartition("/")[2]
    except MissingRecordError:
        return _form(with_files(visit, sheet), {"files": messages.FILES_LOST})
    stored = _stored(visit, token)
    if stored and not stored.erased_at and _differs(stored, sheet.draft):
        again = _under_new_key(visit, sheet)
        return _page("inquiry_sent_before.html", again, status=409, number=stored.number, token=token)
    return redirect(url_for("inquiry_status", token=token), 303)


def to_form(_: Visit) -> AnyResponse:
    """Whoever opens an address that forms are only sent to begins anew."""
    return redirect(url_for("inquiry_form"), 303)


def _draft(visit: Visit, form: MultiDict[str, str]) -> Draft:
    return read_draft(form, ours=is_ours(request, visit.settings))


def _form(sheet: Sheet, errors: Mapping[str, str] | None = None) -> Response:
    """The form, with what is to be mended."""
    ordered = {name: errors[name] for name in (*FIELDS, "files", "consent") if name in errors} if errors else {}
    return _page("inquiry_form.html", replace(sheet, errors=ordered), status=422 if errors else 200)


def _with_kept_files(visit: Visit, sheet: Sheet) -> tuple[Sheet, Mapping[str, str]]:
    """The sheet with files that were picked before, and what is wrong with them by field."""
    kept = with_files(visit, sheet)
    return kept, {"files": messages.FILES_LOST} if len(kept.files) < len(sheet.draft.files) else {}


def _with_picked_files(visit: Visit, sheet: Sheet) -> tuple[Sheet, Mapping[str, str]]:
    """The sheet with files that were picked before or now, and what is wrong with them by field."""
    kept, wrong = _with_kept_files(visit, sheet)
    if not visit.settings.attachments or not is_ours(request, visit.settings):
        return kept, wrong
    taken = uploads.take(visit.services.store, kept.draft.key, uploads.picked(request), visit.settings, len(kept.files))
    if taken.ids:
        kept = with_files(visit, replace(kept, draft=replace(kept.draft, files=(*kept.draft.files, *taken.ids))))
    sentences = [*wrong.values(), *taken.errors, uploads.too_many(len(kept.files), visit.settings)]
    return kept, {"files": " ".join(filter(None, sentences))} if any(sentences) else {}


def _under_new_key(visit: Visit, sheet: Sheet) -> Sheet:
    """The same as an inquiry of its own, with copies of the files."""
    key, draft = new_key(), sheet.draft
    files = visit.services.store.copy_uploads(draft.key, draft.files, key) if draft.files else ()
    return with_files(visit, replace(sheet, draft=replace(draft, key=key, files=files)))


def _page(template: str, sheet: Sheet, status: int = 200, **context: Any) -> Response:
    response = render(template, status=status, sheet=sheet, **context)
    response.headers["Referrer-Policy"] = _REFERRER
    return response


def _submitted(visit: Visit, draft: Draft) -> schema.Received:
    """Store it; while no release serves, without the conversation before, whose entries have no names then."""
    try:
        return inquiring.submit(visit, to_request(draft), draft.files)
    except ReleaseError:
        return inquiring.submit(visit, to_request(replace(draft, tokens=())), draft.files)


def _stored(visit: Visit, token: str) -> Inquiry | None:
    """What is stored under a token; None where it cannot be read just now, which changes nothing about that it is stored."""
    try:
        return visit.services.store.inquiry_by_token(token)
    except StoreError:
        return None


def _differs(stored: Inquiry, draft: Draft) -> bool:
    """Whether something else was sent under the same key before."""
    content = stored.content
    sent = (draft.category, draft.question, draft.background, draft.error, draft.tried, draft.email)
    files = sorted(each.id for each in stored.attachments)
    return (sent, sorted(draft.files)) != ((content.category, content.question, content.background, content.error, content.tried, content.contact), files)
