"""The dictionaries of the draft: words that are read as one, and words that mean the same. As text, for they come from a spreadsheet and go back to one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from faqbot.errors import DictionaryError, FaqbotError
from faqbot.korean.dictionaries import parse_user_words
from faqbot.korean.synonyms import parse_synonyms
from faqbot.store import Role
from faqbot.web.desk.frame import render, see_other
from faqbot.web.desk.page import Page
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import LogLine, draft_of, expected, is_ours_to_tell, save, status_of
from faqbot.web.problems import RequestError
from faqbot.web.schema import ProblemCode

#: Bytes of the form.
_MAX_FORM = 4 * 1024 * 1024
_DONE = {
    "saved": "초안에 저장했어요. 다시 학습해서 공개하면 쓰여요.",
    "same": "바뀐 것이 없어서 저장하지 않았어요.",
    "undone": "초안을 바로 앞 판으로 되돌렸어요.",
}
_READERS: Mapping[str, tuple[Callable[..., Any], str]] = {"user_words": (parse_user_words, "사용자 사전"), "synonyms": (parse_synonyms, "동의어")}


def words(visit: DeskVisit) -> ResponseReturnValue:
    """Both, as text."""
    now = draft_of(visit)
    return _page(visit, {"user_words": now.table.user_words, "synonyms": now.table.synonyms}, now.version)


def save_words(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
    """Save them, if every line can be read."""
    if not set(_READERS) <= set(form):
        raise RequestError(ProblemCode.BAD_REQUEST)  # a form that was cut short must not empty the dictionaries
    now, head = draft_of(visit), expected(form.get("head", ""))
    typed = {name: form.get(name, "").replace("\r\n", "\n") for name in _READERS}
    if errors := problems(typed):
        return _page(visit, typed, head, errors, 422)
    before = {name: len(getattr(now.table, name).splitlines()) for name in _READERS}
    after = {name: len(text.splitlines()) for name, text in typed.items()}
    try:
        info = save(
            visit,
            replace(now.table, user_words=typed["user_words"], synonyms=typed["synonyms"]),
            "사전 고침",
            head,
            LogLine("draft.dictionary", before=before, after=after),
        )
    except FaqbotError as error:
        if not is_ours_to_tell(error):
            raise
        return _page(visit, typed, draft_of(visit).version, {"conflict": f"{error} 다시 누르면 지금 적은 것으로 바꿔요."}, status_of(error))
    return see_other("desk_words", done="same" if info.id == head else "saved")


def problems(typed: Mapping[str, str]) -> dict[str, str]:
    r"""What is wrong with each text; the first bad line.

    >>> list(problems({"user_words": "네이버페이\tNNP", "synonyms": "환불=돈"}))
    ['synonyms']
    """
    errors: dict[str, str] = {}
    for name, (parse, label) in _READERS.items():
        try:
            parse(typed[name], source=label)
        except DictionaryError as error:
            errors[name] = str(error)
    return errors


def _page(visit: DeskVisit, typed: Mapping[str, str], head: int | None, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    versions = visit.store.drafts.versions(30)
    context = {"typed": typed, "head_id": "" if head is None else head, "head": next((each for each in versions if each.is_head), None), "errors": errors or {}}
    return render("desk/words.html", status=status, done=_DONE, **context)


PAGES = (
    Page("/admin/faqs/words", "desk_words", words),
    Page("/admin/faqs/words", "desk_words_save", save_words, "POST", Role.EDITOR, max_body=_MAX_FORM),
)
