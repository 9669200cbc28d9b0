"""What a visitor had typed when a request was refused. The error page shows it again, so that nothing is typed twice."""

from dataclasses import dataclass

from flask import Request
from werkzeug.exceptions import HTTPException

from faqbot.web.pages.conversation import Conversation, read_conversation
from faqbot.web.pages.drafts import ENDPOINTS, read_draft
from faqbot.web.pages.opinions import Opinion, read_opinion
from faqbot.web.pages.senders import is_ours
from faqbot.web.pages.sheet import Sheet, blank_sheet
from faqbot.web.visit import Visit


@dataclass(frozen=True)
class Kept:
    """One of them."""

    query: Conversation | None = None
    inquiry: Sheet | None = None
    opinion: Opinion | None = None


def kept(visit: Visit, request: Request) -> Kept | None:
    """What the form of the request at hand held; None where it was no form of ours or too large to be read."""
    try:
        form = request.form
    except HTTPException:
        return None
    if request.method != "POST":
        return None
    if request.endpoint == "ask_page":
        return Kept(query=read_conversation(form))
    if request.endpoint == "feedback_page":
        return Kept(opinion=read_opinion(form))
    if request.endpoint in ENDPOINTS:
        return Kept(inquiry=blank_sheet(visit, read_draft(form, ours=is_ours(request, visit.settings))))
    return None
