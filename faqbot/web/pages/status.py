"""How far an inquiry is, for whoever holds its address."""

from dataclasses import dataclass

from flask import Response, make_response

from faqbot.store import Inquiry, InquiryState
from faqbot.web.contact import expected_day
from faqbot.web.hours import day_text
from faqbot.web.pages.frame import render
from faqbot.web.pages.transcripts import as_text
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit


@dataclass(frozen=True)
class Progress:
    """An inquiry as its writer sees it.

    Attributes:
        inquiry: it.
        steps: every state it can be in, in order.
        step: index of the one it is in.
        expected: the day until which an answer was promised, as one says it today; None where none was.
        overdue: whether that day is past and there is no answer.
    """

    inquiry: Inquiry
    steps: tuple[InquiryState, ...]
    step: int
    expected: str | None
    overdue: bool


def inquiry_status(visit: Visit, token: str) -> Response:
    """The page.

    Raises:
        RequestError: nobody was given that token, or what it was for is deleted.
        StoreError: it cannot be read.
    """
    return _private(render("inquiry_status.html", progress=_progress(visit, token), token=token))


def inquiry_text(visit: Visit, token: str) -> Response:
    """The same as a file to keep.

    Raises:
        RequestError: nobody was given that token, or what it was for is deleted.
        StoreError: it cannot be read.
    """
    inquiry = _progress(visit, token).inquiry
    response = make_response(as_text(inquiry, visit.settings))
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="inquiry-{inquiry.number}.txt"'
    response.headers["X-Robots-Tag"] = "noindex"
    return _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _progress(visit: Visit, token: str) -> Progress:
    inquiry = visit.services.store.inquiry_by_token(token)
    if inquiry is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    today, promised = visit.services.local_now().date(), expected_day(visit.settings, inquiry.received_at)
    answered = inquiry.state is InquiryState.ANSWERED
    steps = tuple(InquiryState)
    return Progress(
        inquiry=inquiry,
        steps=steps,
        step=steps.index(inquiry.state),
        expected=day_text(promised, today) if promised else None,
        overdue=promised is not None and promised < today and not answered,
    )
