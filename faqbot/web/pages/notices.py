"""Notices of the help centre."""

import logging

from flask import Response, url_for

from faqbot.errors import StoreError
from faqbot.web import api, schema
from faqbot.web.pages.frame import canonical, render
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

_log = logging.getLogger(__name__)


def notice_list(visit: Visit) -> Response:
    """The notices of today.

    Raises:
        StoreError: they cannot be read.
    """
    notices = api.list_notices(visit, schema.NoInput()).items
    return render("notices.html", indexable=True, canonical=canonical(visit.settings, url_for("notice_list")), notices=notices)


def notice(visit: Visit, notice_id: int) -> Response:
    """One of them.

    Raises:
        RequestError: there is none of that id today.
        StoreError: it cannot be read.
    """
    found = next((each for each in api.list_notices(visit, schema.NoInput()).items if each.id == notice_id), None)
    if found is None:
        raise RequestError(ProblemCode.NOT_FOUND)
    return render("notice.html", indexable=True, canonical=canonical(visit.settings, url_for("notice", notice_id=notice_id)), notice=found)


def todays_notices(visit: Visit) -> tuple[schema.SiteNotice, ...]:
    """The notices of today on pages that are about something else: none while the store is down."""
    try:
        return api.list_notices(visit, schema.NoInput()).items
    except StoreError as error:
        _log.warning("notices were not read: %s", error)
        return ()
