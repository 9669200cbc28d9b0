"""The HTTP contract: every request, response and problem. It validates, serializes and becomes openapi.json."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

from faqbot.domain import Level, Outcome, Reason
from faqbot.korean.normalize import MAX_NORMALIZED, MAX_RAW
from faqbot.store import FeedbackReason, Via
from faqbot.web.contact import Contact

#: What is left of a query after normalization must hold one such character, or the query is `empty`.
VISIBLE = r"[\p{L}\p{M}\p{N}\p{P}\p{S}]"


class ProblemCode(StrEnum):
    """What went wrong, as a stable word for programs."""

    BAD_REQUEST = "bad_request"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    FOREIGN_REQUEST = "foreign_request"
    CONFLICT = "conflict"
    INVALID_JSON = "invalid_json"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    INVALID_REQUEST = "invalid_request"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    INVALID_TOKEN = "invalid_token"  # noqa: S105  # the name of a problem
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    RATE_LIMITED = "rate_limited"
    NOT_STORED = "not_stored"
    NOT_READ = "not_read"
    INTERNAL_ERROR = "internal_error"
    NOT_READY = "not_ready"
    DRAINING = "draining"


def _from_digits(value: object) -> object:
    """A number from a URL; what is not plain digits stays text and is refused as such."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value


def _from_whole(value: object) -> object:
    """3 from 3.0: JSON Schema knows one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _only(kind: type[int]) -> Callable[[object], object]:
    """Tells true from 1, which Python holds for equal; what is of the other kind is refused."""
    return lambda value: value if isinstance(value, bool) is (kind is bool) else None


def _member_of(kind: type[StrEnum]) -> Callable[[object], object]:
    """The member that a text names; anything else is left to be refused."""
    members = {member.value: member for member in kind}
    return lambda value: members.get(value, value) if isinstance(value, str) else value


UrlNumber = Annotated[int, BeforeValidator(_from_digits)]
JsonNumber = Annotated[int, BeforeValidator(_from_whole)]
Token = Annotated[str, Field(min_length=1, max_length=500, description="`feedback_token`으로 받은 값.")]
#: Blanks and control characters, one by one: whether U+0085 and U+FEFF are in \s, every reader of patterns says otherwise.
_BLANK = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_EMAIL = rf"^[^@{_BLANK}]+@[^@{_BLANK}]+\.[^@{_BLANK}]+$"
Email = Annotated[str, Field(max_length=254, pattern=_EMAIL, description="연락받을 주소. 답은 `status_url`에서 봅니다.", examples=["gildong@example.kr"])]
ViaWord = Annotated[Via, BeforeValidator(_member_of(Via))]
LanguageTag = Annotated[
    str,
    Field(
        max_length=35,
        description="`contact`의 `open_text`와 `expected`를 쓸 언어. `en`이면 영어이고, 그 밖은 한국어입니다.",
        examples=["en"],
    ),
]
ReasonWord = Annotated[FeedbackReason, BeforeValidator(_member_of(FeedbackReason))]
CategoryPath = Annotated[
    str, Field(max_length=200, description="분류. 큰 분류부터 `>`로 잇습니다. 비우면 모든 분류입니다.", examples=["배송", "배송>배송 조회"])
]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Response(BaseModel):
    model_config = ConfigDict(frozen=True)


class NoInput(BaseModel):
    """For operations that read nothing: a query string is none of their business."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class AskRequest(_Request):
    """A query."""

    query: str = Field(
        description=f"고객이 친 그대로의 글. {MAX_RAW:,}자까지 받고, 빈칸과 되풀이된 글자를 줄인 뒤 {MAX_NORMALIZED}자를 넘으면 `too_long`입니다.",
        examples=["환불은 며칠 걸리나요?"],
        json_schema_extra={"pattern": VISIBLE},
    )
    limit: JsonNumber = Field(3, ge=1, le=10, description="돌려줄 후보 수. 고객에게 보여야 할 후보는 이보다 많아도 모두 옵니다.")
    category: CategoryPath = ""
    via: ViaWord = Field(Via.TYPED, description="질문이 어디에서 왔는지. 통계에만 씁니다.")
    literal: bool = Field(False, description="친 그대로 읽습니다. 한/영 키와 오타를 고쳐 읽지 않습니다.")
    lang: LanguageTag = "ko"


class FeedbackRequest(_Request):
    """A vote on a reply; the last one counts."""

    token: Token
    vote: Annotated[Literal[1, -1], BeforeValidator(_only(int))] = Field(description="1은 도움이 됐다, -1은 아니다.")
    reason: ReasonWord | None = Field(None, description="도움이 되지 않은 까닭.")
    text: str = Field("", max_length=1000, description="덧붙이는 말. 개인정보는 가리고 저장합니다.")


class ChoiceRequest(_Request):
    """Which candidate a visitor chose."""

    token: Token
    id: str | None = Field(max_length=200, description="고른 항목. `null`은 찾는 것이 없다는 뜻입니다.")


class InquiryRequest(_Request):
    """A 1:1 inquiry."""

    key: str = Field(min_length=16, max_length=100, description="보내는 쪽이 문의마다 새로 만드는 글. 같은 값으로 다시 보내면 같은 접수증이 옵니다.")
    email: Email
    question: str = Field(min_length=1, max_length=2000, pattern=VISIBLE)
    category: CategoryPath = ""
    background: str = Field("", max_length=3000, description="언제 어디에서 무엇을 하려던 중이었는지.")
    error: str = Field("", max_length=3000, description="화면에 나온 오류 문구.")
    tried: str = Field("", max_length=3000, description="이미 해 본 것.")
    consent: Annotated[Literal[True], BeforeValidator(_only(bool))] = Field(description="개인정보 수집·이용에 동의함.")
    consent_version: str = Field(min_length=1, max_length=40, description="동의한 글의 판. `GET /v1/contact`에 있습니다.")
    tokens: Annotated[tuple[Token, ...], Strict(strict=False)] = Field(
        (), max_length=10, description="문의 전에 받은 `feedback_token`들. 나눈 대화가 문의에 함께 붙습니다."
    )


class ContactParameters(_Request):
    """For whom the ways to a person are described."""

    lang: LanguageTag = "ko"


class FaqsParameters(_Request):
    """Which entries to list."""

    category: CategoryPath = ""
    limit: UrlNumber = Field(20, ge=1, le=100, description="한 번에 받을 수.")
    offset: UrlNumber = Field(0, ge=0, le=1_000_000, description="건너뛸 수.")


class FaqParameters(_Request):
    """Which entry to show."""

    id: str = Field(description="항목의 id.")


class SuggestParameters(_Request):
    """What is typed so far."""

    q: str = Field("", max_length=100, description="지금까지 친 글.", examples=["환불"])
    limit: UrlNumber = Field(5, ge=1, le=10, description="받을 수.")


class TypedSoFar(_Request):
    """The same in a body: an address stands in the logs of whatever is in front of us."""

    q: str = Field("", max_length=100, description="지금까지 친 글.", examples=["환불"])
    limit: JsonNumber = Field(5, ge=1, le=10, description="받을 수.")


class Link(_Response):
    """Where an answer leads."""

    url: str
    label: str


class Answer(_Response):
    """An entry with its answer."""

    id: str
    question: str
    answer_html: str = Field(description="정해진 태그만 든 안전한 HTML.")
    answer_text: str = Field(description="같은 답의 글.")
    blocks: tuple[dict[str, Any], ...] = Field(description="같은 답의 나무: 문단, 제목, 목록, 표. HTML을 쓸 수 없는 곳에서 그립니다.")
    category: str = Field(description="큰 분류부터 `>`로 이은 것. 없으면 빈 글입니다.")
    link: Link | None
    updated_at: date | None


class Candidate(_Response):
    """An entry that may answer."""

    id: str
    question: str = Field(description="질의와 가장 잘 맞은 질문.")
    short_title: str = Field(description="버튼에 넣을 제목. 짧은 제목이 없으면 대표 질문입니다.")
    category: str = Field(description="큰 분류부터 `>`로 이은 것. 없으면 빈 글입니다.")
    confidence: float = Field(ge=0, le=1, description="이 항목이 답일 확률.")


class Fallback(_Response):
    """The way to a person."""

    reason: Reason
    message: str
    inquiry_url: str | None = Field(description="1:1 문의 페이지.")
    phone: str | None
    hours: str | None


class Correction(_Response):
    """What was typed and what it was read as."""

    typed: str
    read: str


class ReplyNotice(_Response):
    """Something about the query that its writer should know."""

    type: Literal["layout", "spelling", "personal_data"]
    typed: str | None = None
    read: str | None = None
    message: str


class Interpretation(_Response):
    """How the query was read."""

    normalized: str
    corrections: tuple[Correction, ...]


class FaqItem(_Response):
    """An entry in a list or on a button."""

    id: str
    question: str
    short_title: str = Field(description="버튼에 넣을 제목. 짧은 제목이 없으면 대표 질문입니다.")
    category: str = Field(description="큰 분류부터 `>`로 이은 것. 없으면 빈 글입니다.")


class Category(_Response):
    """A category and those below it."""

    name: str
    category: str = Field(description="`category`로 다시 보낼 값.")
    count: int = Field(ge=1, description="이 분류와 그 아래에 있는 항목 수.")
    children: "tuple[Category, ...]"


class AskResponse(_Response):
    """The bot's decision on a query."""

    request_id: str
    release: str
    outcome: Outcome
    confidence: float = Field(ge=0, le=1, description="첫 후보가 답일 확률. 후보가 없으면 0입니다.")
    level: Level
    reason: Reason
    answer: Answer | None = Field(description="`outcome`이 `answer`일 때만 있습니다.")
    candidates: tuple[Candidate, ...] = Field(
        description="가능성이 높은 순서. `suggest`이면 앞의 둘에서 넷을 고객에게 보이고, `fallback`이면 아무것도 보이지 않습니다."
    )
    fallback: Fallback | None = Field(description="`outcome`이 `fallback`일 때만 있습니다.")
    shown: int = Field(ge=0, le=4, description="고객에게 보일 후보 수.")
    related: tuple[FaqItem, ...] = Field(description="`answer`일 때 함께 볼 항목.")
    categories: tuple[Category, ...] = Field(description="`fallback`일 때 둘러볼 큰 분류.")
    interpretation: Interpretation
    notices: tuple[ReplyNotice, ...]
    message: str | None = Field(description="고객에게 보일 말. `answer`이면 없습니다.")
    contact: Contact
    feedback_token: str = Field(description="피드백, 선택, 문의에 다시 보낼 값.")


class Suggestions(_Response):
    """Entries for what is typed so far, best first."""

    items: tuple[FaqItem, ...]


class FaqList(_Response):
    """A part of the entries that are valid today, in the order of the table."""

    items: tuple[FaqItem, ...]
    total: int = Field(ge=0, description="나누기 전의 수.")


class Categories(_Response):
    """The categories of the entries that are valid today, in the order of the table."""

    items: tuple[Category, ...]


class PopularFaqs(_Response):
    """What others ask most, before any is known what the table begins with."""

    items: tuple[FaqItem, ...]


class SiteNotice(_Response):
    """A notice of the help centre."""

    id: int
    title: str
    body_html: str = Field(description="정해진 태그만 든 안전한 HTML.")
    blocks: tuple[dict[str, Any], ...]
    starts: date
    ends: date | None


class Notices(_Response):
    """The notices of today, the newest first."""

    items: tuple[SiteNotice, ...]


class Channels(Contact):
    """The ways to a person, and the consent an inquiry needs."""

    consent_version: str
    consent_text: str


class Received(_Response):
    """Proof that an inquiry is stored."""

    number: str = Field(description="접수 번호.")
    status_url: str = Field(description="진행 상황을 보는 주소. 아는 사람만 볼 수 있습니다.")
    expected: str | None = Field(description="언제까지 답하는지.")


class Alive(_Response):
    """The process answers."""

    status: Literal["ok"]


class Ready(_Response):
    """A release answers."""

    status: Literal["ready"]
    release: str


class FieldError(_Response):
    """What is wrong with one field; `field` is empty where it is no known one."""

    field: str
    message: str


class Problem(_Response):
    """An error as RFC 9457 has it, in words that never repeat what was sent."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    code: ProblemCode
    request_id: str = Field(description="이 요청의 번호. 서버 기록에서 같은 번호로 찾습니다.")
    errors: tuple[FieldError, ...] = Field((), exclude_if=lambda errors: not errors)
