"""An inquiry while it is being written: read from a form, checked, and turned into the request that the API takes."""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict

from faqbot import messages
from faqbot.web import schema
from faqbot.web.pages.conversation import read_conversation

#: Bytes of a form. All fields at their longest, each syllable as %ED%99%98, have half of it: what is too long is shown again, not thrown away.
MAX_FORM = 256 * 1024
#: Endpoints that such a form is sent to.
ENDPOINTS = frozenset({"prefilled_inquiry", "review_inquiry", "send_inquiry"})
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")
_ID = re.compile(r"[0-9]{1,18}")
#: Ids of files that are read: more than ever wait for one inquiry.
_MOST_FILES = 20


@dataclass(frozen=True)
class Draft:
    """What stands in the form.

    Attributes:
        key: made with the form; whatever is sent with it is one inquiry.
        consent_version: of the text that the box was ticked under.
        tokens: of the conversation before.
        files: ids of the files that were picked and wait under the key.
    """

    key: str
    question: str = ""
    category: str = ""
    background: str = ""
    error: str = ""
    tried: str = ""
    email: str = ""
    consent: bool = False
    consent_version: str = ""
    tokens: tuple[str, ...] = ()
    files: tuple[int, ...] = ()


#: Fields that the visitor writes, in the order of the form.
FIELDS = ("category", "question", "background", "error", "tried", "email")


def new_key() -> str:
    """32 characters that nobody guesses: whoever knows the key of an inquiry can read it."""
    return secrets.token_urlsafe(24)


def read_draft(form: MultiDict[str, str], *, ours: bool) -> Draft:
    """The draft that a form holds.

    Args:
        form: as it was sent: our own, or that of a reply or an answer box, which holds `query`, `token` and `category` only.
        ours: whether it comes from a page of ours. Of others only those three are taken: with a key of their own they could read what is sent under it.
    """
    carried = read_conversation(form)
    if not ours:
        return Draft(new_key(), _text(carried.query), _text(form.get("category", "")), tokens=carried.tokens)
    key = form.get("key", "")
    return Draft(
        key if _KEY.fullmatch(key) else new_key(),
        question=_text(form.get("question", carried.query)),
        category=_text(form.get("category", "")),
        background=_text(form.get("background", "")),
        error=_text(form.get("error", "")),
        tried=_text(form.get("tried", "")),
        email=_text(form.get("email", "")),
        consent="consent" in form,
        consent_version=form.get("consent_version", ""),
        tokens=carried.tokens,
        files=tuple(dict.fromkeys(int(each) for each in form.getlist("file")[:_MOST_FILES] if _ID.fullmatch(each))),
    )


def _text(typed: str) -> str:
    """Without blank ends, line breaks as one character; "" where nothing can be seen."""
    text = typed.replace("\r\n", "\n").strip()
    return text if any(unicodedata.category(character)[0] in "LMNPS" for character in text) else ""


def to_request(draft: Draft) -> schema.InquiryRequest:
    """The request, which has no files: those are known by their key.

    Raises:
        ValidationError: a field cannot be sent as it is.
    """
    fields = asdict(draft)
    del fields["files"]
    return schema.InquiryRequest.model_validate(fields)


def errors_in(draft: Draft) -> Mapping[str, str]:
    """Field → what to do about it, in the order of the form; empty where the draft can be sent."""
    found: dict[str, str] = {}
    try:
        to_request(draft)
    except ValidationError as error:
        found = {str(detail["loc"][0]): _sentence(detail, draft) for detail in error.errors(include_url=False)}
    if found.pop("consent_version", None) or draft.consent_version != messages.CONSENT_VERSION:
        found.setdefault("consent", messages.FIELD_ERROR["consent", "changed"])
    return {name: found[name] for name in (*FIELDS, "consent") if name in found}


def _sentence(detail: ErrorDetails, draft: Draft) -> str:
    field = str(detail["loc"][0])
    value = getattr(draft, field)
    kind = "string_too_short" if value == "" else detail["type"]
    sentence = messages.FIELD_TOO_LONG if kind == "string_too_long" else messages.FIELD_ERROR.get((field, kind), messages.FIELD_OTHER)
    return sentence.format(name=messages.FIELD_NAME.get(field, field), length=len(str(value)), **detail.get("ctx", {}))
