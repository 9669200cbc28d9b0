"""Takes an opinion on an answer and says thanks."""

from dataclasses import replace

from flask import Response, request
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from faqbot import messages
from faqbot.domain import Outcome, Reason
from faqbot.privacy import mask
from faqbot.retrieval.bot import EXACT
from faqbot.store import QueryRecord, Via
from faqbot.web import api, schema
from faqbot.web.pages.frame import render
from faqbot.web.pages.opinions import Opinion, read_opinion
from faqbot.web.pages.senders import is_ours
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit


def feedback(visit: Visit, form: MultiDict[str, str]) -> Response:
    """Keep an opinion.

    Raises:
        RequestError: the form is not one of ours, or too old.
        StoreError: it was not stored.
    """
    opinion = read_opinion(form)
    try:
        sent = _to_request(visit, opinion)
    except ValidationError as error:
        return _refused(opinion, error)
    api.feedback(visit, sent)
    return render("feedback.html", opinion=opinion if opinion.conversation.token else replace(opinion, read_as=sent.token))


def _to_request(visit: Visit, opinion: Opinion) -> schema.FeedbackRequest:
    """The request.

    Raises:
        ValidationError: a field cannot be sent as it is.
        RequestError: it is on no reply and no entry.
    """
    checked = {"vote": opinion.vote, "reason": opinion.reason or None, "text": opinion.text}
    schema.FeedbackRequest.model_validate({"token": "-", **checked})  # before a query is made up for it
    token = opinion.conversation.token or opinion.read_as or _token_of(visit, opinion.entry_id)
    return schema.FeedbackRequest.model_validate({"token": token, **checked})


def _token_of(visit: Visit, entry_id: str) -> str:
    """The token of a query that stands for reading an entry without having asked."""
    found = visit.catalogue.find(entry_id)
    if found is None or not is_ours(request, visit.settings):
        raise RequestError(ProblemCode.NOT_FOUND)
    record = QueryRecord(
        text=mask(found[0].question).text,
        outcome=Outcome.ANSWER,
        reason=Reason.EXACT,
        confidence=EXACT,
        candidates=(entry_id,),
        release=visit.catalogue.bot.release,
        via=Via.CATEGORY,
        answered=entry_id,
    )
    return visit.services.tokens.sign(visit.services.store.record_query(record))


def _refused(opinion: Opinion, error: ValidationError) -> Response:
    """The form again where the text is too long; whatever else is wrong, a browser cannot have sent.

    Raises:
        RequestError: that.
    """
    details = error.errors(include_url=False)
    if [detail["loc"][0] for detail in details] != ["text"]:
        raise RequestError(ProblemCode.BAD_REQUEST) from error
    said = messages.FEEDBACK_TOO_LONG.format(length=len(opinion.text), **details[0]["ctx"])
    return render("feedback.html", status=422, opinion=replace(opinion, error=said))
