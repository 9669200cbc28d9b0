"""What came over the wire → a validated request."""

import json
import math
from collections.abc import Mapping
from io import BytesIO
from typing import NoReturn, TypeVar

from flask import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from faqbot.web.problems import RequestError
from faqbot.web.schema import FieldError, ProblemCode

#: Bytes of a body. The longest query that is read, 1,200 characters as \uXXXX, has half of it.
MAX_BODY = 16 * 1024
#: Bytes of an inquiry. All fields at their longest, 11,454 characters as two \uXXXX each, and ten tokens have less.
MAX_INQUIRY = 160 * 1024

Model = TypeVar("Model", bound=BaseModel)
#: text/plain too: a page of another origin may send that without asking first.
_JSON_TYPES = frozenset({"application/json", "text/plain"})

#: pydantic's error type → what to say; names in braces are our own bounds.
_WORDS = {
    "missing": "꼭 있어야 합니다.",
    "string_type": "글자여야 합니다.",
    "int_type": "정수여야 합니다.",
    "greater_than_equal": "{ge} 이상이어야 합니다.",
    "less_than_equal": "{le} 이하여야 합니다.",
    "string_too_long": "{max_length}자 이내여야 합니다.",
    "string_too_short": "{min_length}자 이상이어야 합니다.",
    "too_long": "{max_length}개까지입니다.",
    "literal_error": "{expected} 가운데 하나여야 합니다.",
    "extra_forbidden": "모르는 항목이 있습니다. openapi.json에 있는 이름만 쓸 수 있습니다.",
    "model_type": "이름과 값으로 된 JSON 객체여야 합니다.",
}
_OTHER = "쓸 수 없는 값입니다."


class InMemory(Request):
    """A request that needs no folder for temporary files, which may be full or read-only: bodies are capped, and their files are read into memory anyway."""

    def _get_file_stream(self, *_: object, **__: object) -> BytesIO:
        return BytesIO()


def read_body(request: Request, model: type[Model], limit: int = MAX_BODY) -> Model:
    """The JSON object in the body.

    Raises:
        RequestError: not declared as JSON, compressed, above the limit in bytes, not JSON, or against the schema.
        RequestEntityTooLarge: Werkzeug's, where the declared length is above its own limit.
    """
    if request.mimetype not in _JSON_TYPES or request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise RequestError(ProblemCode.UNSUPPORTED_MEDIA_TYPE)
    request.max_content_length = limit + 1  # Werkzeug cuts a body without a length off there, and the one byte more tells
    body = request.get_data(cache=False)
    if len(body) > limit:
        raise RequestError(ProblemCode.TOO_LARGE)
    return _validated(model, parse_json(body))


def read_parameters(request: Request, model: type[Model]) -> Model:
    """Path and query parameters; one that is given twice is no text and refused as such.

    Raises:
        RequestError: against the schema.
    """
    query = {name: values[0] if len(values) == 1 else values for name, values in request.args.to_dict(flat=False).items()}
    return _validated(model, {**query, **(request.view_args or {})})


def parse_json(body: bytes) -> object:
    r"""JSON in strict UTF-8, without what parsers disagree about: NaN, infinities, repeated names, lone surrogates, a byte order mark.

    Raises:
        RequestError: none of that, or nested too deep.

    >>> parse_json(b'{"query": "\xed\x99\x98\xeb\xb6\x88"}')
    {'query': '환불'}
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_without_repeats)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # only a lone surrogate fails here
    except (ValueError, RecursionError) as error:
        raise RequestError(ProblemCode.INVALID_JSON) from error
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise ValueError(digits)
    return value


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is repeated")
    return members


def _validated(model: type[Model], data: object) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise RequestError(ProblemCode.INVALID_REQUEST, [_field_error(detail, model.model_fields) for detail in details]) from error


def _field_error(detail: ErrorDetails, known: Mapping[str, object]) -> FieldError:
    """Names the field only where the name is ours: an unknown one was sent."""
    field = str(detail["loc"][0]) if detail["loc"] else ""
    return FieldError(field=field if field in known else "", message=_WORDS.get(detail["type"], _OTHER).format(**detail.get("ctx", {})))
