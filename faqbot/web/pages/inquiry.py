"""The 1:1 inquiry: written, looked over, sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from faqbot import messages
from faqbot.errors import ReleaseError, StoreError
from faqbot.store import Inquiry
from faqbot.web import inquiring, schema
from faqbot.web.pages.drafts import Draft, errors_in, new_key, read_draft, to_request
from faqbot.web.pages.frame import render
from faqbot.web.pages.senders import is_ours
from faqbot.web.pages.sheet import Sheet, sheet_of
from faqbot.web.visit import Visit

#: A form on a page that sends no referrer would send `Origin: null`, and older browsers have nothing else to show where it comes from.
_REFERRER = "same-origin"


def inquiry_form(visit: Visit) -> Response:
    """The empty form."""
    return _form(sheet_of(visit, Draft(new_key())))


def prefilled_inquiry(visit: Visit, form: MultiDict[str, str]) -> Response:
    """The form with what is known already: the query of a reply or an answer box, or a draft that is being mended."""
    return _form(sheet_of(visit, _draft(visit, form)))


def review_inquiry(visit: Visit, form: MultiDict[str, str]) -> Response:
    """Everything once more before it is sent, or the form again with what is to be mended."""
    sheet = sheet_of(visit, _draft(visit, form))
    errors = errors_in(sheet.draft)
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
    if errors:
        return _form(sheet, errors)
    token = _submitted(visit, sheet.draft).status_url.rpartition("/")[2]
    stored = _stored(visit, token)
    if stored and not stored.erased_at and _differs(stored, sheet.draft):
        again = replace(sheet, draft=replace(sheet.draft, key=new_key()))
        return _page("inquiry_sent_before.html", again, status=409, number=stored.number, token=token)
    return redirect(url_for("inquiry_status", token=token), 303)


def to_form(_: Visit) -> AnyResponse:
    """Whoever opens an address that forms are only sent to begins anew."""
    return redirect(url_for("inquiry_form"), 303)


def _draft(visit: Visit, form: MultiDict[str, str]) -> Draft:
    return read_draft(form, ours=is_ours(request, visit.settings))


def _form(sheet: Sheet, errors: Mapping[str, str] | None = None) -> Response:
    """The form, with what is to be mended."""
    return _page("inquiry_form.html", replace(sheet, errors=errors or {}), status=422 if errors else 200)


def _page(template: str, sheet: Sheet, status: int = 200, **context: Any) -> Response:
    response = render(template, status=status, sheet=sheet, **context)
    response.headers["Referrer-Policy"] = _REFERRER
    return response


def _submitted(visit: Visit, draft: Draft) -> schema.Received:
    """Store it; while no release serves, without the conversation before, whose entries have no names then."""
    try:
        return inquiring.submit(visit, to_request(draft))
    except ReleaseError:
        return inquiring.submit(visit, to_request(replace(draft, tokens=())))


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
    return sent != (content.category, content.question, content.background, content.error, content.tried, content.contact)
