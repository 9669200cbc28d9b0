"""The operations of the API: a visit and a request in, a response out. Flask is not needed to call them."""

from dataclasses import replace

from faqbot.web import entries, schema
from faqbot.web.problems import RequestError, log_failure
from faqbot.web.replies import ask_response
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

#: The most that `Reply.shown` can be.
_MOST_SHOWN = 4
#: What readiness is tried with; any reply will do.
_CANARY = "환불은 어떻게 하나요?"


def ask(visit: Visit, request: schema.AskRequest) -> schema.AskResponse:
    """Decide on a query.

    Raises:
        QueryError: empty, too long or not text.
    """
    reply = visit.catalogue.bot.ask(request.query, max(request.limit, _MOST_SHOWN), entries.split_category(request.category))
    listed = reply.candidates[: max(request.limit, reply.shown)]
    return ask_response(replace(reply, candidates=listed), visit)


def list_faqs(visit: Visit, parameters: schema.FaqsParameters) -> schema.FaqList:
    """A part of the entries; none for an unknown category."""
    found = visit.catalogue.visible(entries.split_category(parameters.category))
    part = found[parameters.offset : parameters.offset + parameters.limit]
    return schema.FaqList(items=tuple(entries.faq_item(entry) for entry in part), total=len(found))


def get_faq(visit: Visit, parameters: schema.FaqParameters) -> schema.Answer:
    """One entry with its answer.

    Raises:
        RequestError: unknown, or not valid today.
    """
    found = visit.catalogue.find(parameters.id)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return entries.answer(*found)


def list_categories(visit: Visit, _: schema.NoInput) -> schema.Categories:
    """The tree of categories."""
    return entries.categories(visit.catalogue.visible())


def suggest(visit: Visit, parameters: schema.SuggestParameters) -> schema.Suggestions:
    """Entries for what is typed so far; none for nothing."""
    return schema.Suggestions(items=tuple(entries.suggestion(entry) for entry in visit.catalogue.bot.suggest(parameters.q, parameters.limit)))


def livez(_visit: Visit, _: schema.NoInput) -> schema.Alive:
    """The process answers; a release is not needed."""
    return schema.Alive(status="ok")


def readyz(visit: Visit, _: schema.NoInput) -> schema.Ready:
    """A release is loaded and answers.

    Raises:
        ReleaseError: nothing usable is published.
        RequestError: the release fails to answer.
    """
    bot = visit.catalogue.bot
    try:
        bot.ask(_CANARY)
    except Exception as error:
        log_failure(error)
        raise RequestError(ProblemCode.NOT_READY) from error
    return schema.Ready(status="ready", release=bot.release)
