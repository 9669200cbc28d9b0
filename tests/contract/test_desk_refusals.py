"""What a page of the desk tells somebody, and what it leaves to the pages of errors."""

import pytest

from faqbot.errors import DictionaryError, MissingRecordError, QueryError, StoreError
from faqbot.store import Role
from faqbot.web.desk.working import is_ours_to_tell
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode
from tests.contract.desk import as_operator, send


@pytest.mark.parametrize(
    ("error", "is_ours"),
    [
        (DictionaryError("1행"), True),
        (QueryError("비어 있음", code="empty"), True),
        (StoreError("그사이 바뀜", code="conflict"), True),
        (StoreError("안 됨", code="refused"), True),
        (MissingRecordError("없음"), False),
        (StoreError("잠김", code="busy"), False),
        (RequestError(ProblemCode.BAD_REQUEST), False),
    ],
)
def test_a_page_tells_what_is_about_its_form_and_no_failure_and_no_foreign_request(error, is_ours):
    assert is_ours_to_tell(error) == is_ours


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/admin/cases/undo", {"version": "x"}),
        ("/admin/cases/new", {"text": "환불", "must": "not", "vote": "x"}),
        ("/admin/feedback/undo", {"version": "x"}),
        ("/admin/questions/decide", {"do": "x", "id": "1"}),
        ("/admin/questions/decide", {"do": "nearest", "id": "x"}),
        ("/admin/faqs/words", {"head": "x"}),
    ],
)
def test_a_form_that_no_page_of_ours_sends_is_a_bad_request(app, store, path, form):
    assert send(as_operator(app, store, Role.EDITOR), path, **form).status_code == 400
