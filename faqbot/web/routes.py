"""The table of operations. Flask's rules and openapi.json are both made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from faqbot.web import api, schema
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

Input = TypeVar("Input", bound=BaseModel)


@dataclass(frozen=True)
class Operation(Generic[Input]):
    """One method on one path.

    Attributes:
        method: GET reads `input` from path and query, POST from the body.
        path: as OpenAPI writes it; a parameter in braces is a field of `input`.
        problems: what it may answer with besides `output`, internal_error excepted, which any may.
    """

    method: str
    path: str
    handler: Callable[[Visit, Input], BaseModel]
    input: type[Input]
    output: type[BaseModel]
    summary: str
    problems: tuple[ProblemCode, ...] = ()

    @property
    def name(self) -> str:
        """Endpoint and operationId."""
        return self.handler.__name__

    @property
    def has_body(self) -> bool:
        """Whether the input is the body."""
        return self.method == "POST"

    @property
    def rule(self) -> str:
        """The path as Flask writes it; a parameter may hold slashes, for ids are the operator's."""
        return self.path.replace("{", "<path:").replace("}", ">")


_BODY = (ProblemCode.INVALID_JSON, ProblemCode.TOO_LARGE, ProblemCode.UNSUPPORTED_MEDIA_TYPE, ProblemCode.INVALID_REQUEST)
_QUERY = (ProblemCode.EMPTY, ProblemCode.TOO_LONG, ProblemCode.NOT_TEXT)
_READY = (ProblemCode.NOT_READY,)
_READ = (ProblemCode.INVALID_REQUEST, ProblemCode.NOT_READY)

OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("POST", "/v1/ask", api.ask, schema.AskRequest, schema.AskResponse, "질문하고 답, 후보, 안내 가운데 하나를 받습니다", (*_BODY, *_QUERY, *_READY)),
    Operation("GET", "/v1/faqs", api.list_faqs, schema.FaqsParameters, schema.FaqList, "오늘 유효한 항목의 목록", _READ),
    Operation("GET", "/v1/faqs/{id}", api.get_faq, schema.FaqParameters, schema.Answer, "항목 하나와 답", (*_READ, ProblemCode.NOT_FOUND)),
    Operation("GET", "/v1/categories", api.list_categories, schema.NoInput, schema.Categories, "분류와 항목 수", _READY),
    Operation("GET", "/v1/suggest", api.suggest, schema.SuggestParameters, schema.Suggestions, "치는 동안 보일 항목", _READ),
    Operation("GET", "/livez", api.livez, schema.NoInput, schema.Alive, "프로세스가 살아 있는지"),
    Operation("GET", "/readyz", api.readyz, schema.NoInput, schema.Ready, "릴리스가 답하는지", _READY),
)
