"""The table of operations. Flask's rules and openapi.json are both made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from faqbot.web import api, schema
from faqbot.web.intake import MAX_BODY, MAX_INQUIRY
from faqbot.web.schema import ProblemCode
from faqbot.web.visit import Visit

Input = TypeVar("Input", bound=BaseModel)


@dataclass(frozen=True)
class Operation(Generic[Input]):
    """One method on one path.

    Attributes:
        method: GET reads `input` from path and query, POST from the body.
        path: as OpenAPI writes it; a parameter in braces is a field of `input`.
        output: None where there is nothing to say but that it is done.
        problems: what it may answer with besides `output`, internal_error excepted, which any may.
        status: of a good response.
        max_body: bytes of a body.
    """

    method: str
    path: str
    handler: Callable[[Visit, Input], BaseModel | None]
    input: type[Input]
    output: type[BaseModel] | None
    summary: str
    problems: tuple[ProblemCode, ...] = ()
    status: int = 200
    max_body: int = MAX_BODY

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
_WRITE = (*_BODY, ProblemCode.ORIGIN_NOT_ALLOWED, ProblemCode.RATE_LIMITED)
_STORE = (ProblemCode.NOT_STORED,)
_READ = (ProblemCode.INVALID_REQUEST, ProblemCode.NOT_READY)

OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("POST", "/v1/ask", api.ask, schema.AskRequest, schema.AskResponse, "질문하고 답, 후보, 안내 가운데 하나를 받습니다", (*_WRITE, *_QUERY, *_READY)),
    Operation(
        "POST",
        "/v1/feedback",
        api.feedback,
        schema.FeedbackRequest,
        None,
        "답이 도움이 됐는지 남깁니다",
        (*_WRITE, ProblemCode.INVALID_TOKEN, ProblemCode.NOT_FOUND, *_STORE),
        204,
    ),
    Operation(
        "POST",
        "/v1/choices",
        api.choose,
        schema.ChoiceRequest,
        None,
        "후보 가운데 무엇을 골랐는지 남깁니다",
        (*_WRITE, ProblemCode.INVALID_TOKEN, ProblemCode.NOT_FOUND, *_READY, *_STORE),
        204,
    ),
    Operation(
        "POST",
        "/v1/inquiries",
        api.inquire,
        schema.InquiryRequest,
        schema.Received,
        "1:1 문의를 접수합니다",
        (*_WRITE, ProblemCode.INVALID_TOKEN, *_READY, *_STORE),
        201,
        MAX_INQUIRY,
    ),
    Operation("GET", "/v1/popular", api.popular, schema.NoInput, schema.PopularFaqs, "많이 찾는 항목", _READY),
    Operation("GET", "/v1/notices", api.list_notices, schema.NoInput, schema.Notices, "오늘의 공지", (ProblemCode.NOT_READ,)),
    Operation("GET", "/v1/contact", api.show_contact, schema.ContactParameters, schema.Channels, "사람에게 묻는 길", (ProblemCode.INVALID_REQUEST,)),
    Operation("GET", "/v1/faqs", api.list_faqs, schema.FaqsParameters, schema.FaqList, "오늘 유효한 항목의 목록", _READ),
    Operation("GET", "/v1/faqs/{id}", api.get_faq, schema.FaqParameters, schema.Answer, "항목 하나와 답", (*_READ, ProblemCode.NOT_FOUND)),
    Operation("GET", "/v1/categories", api.list_categories, schema.NoInput, schema.Categories, "분류와 항목 수", _READY),
    Operation("GET", "/v1/suggest", api.suggest, schema.SuggestParameters, schema.Suggestions, "치는 동안 보일 항목", _READ),
    Operation(
        "POST",
        "/v1/suggest",
        api.suggest_unlogged,
        schema.TypedSoFar,
        schema.Suggestions,
        "치는 동안 보일 항목. 친 글이 주소에 남지 않습니다",
        (*_BODY, ProblemCode.ORIGIN_NOT_ALLOWED, *_READY),
    ),
    Operation("GET", "/livez", api.livez, schema.NoInput, schema.Alive, "프로세스가 살아 있는지"),
    Operation("GET", "/readyz", api.readyz, schema.NoInput, schema.Ready, "릴리스가 답하는지", (*_READY, ProblemCode.DRAINING)),
)
