"""The columns of the FAQ table and of query files: names, other spellings of a header, and what belongs in a cell."""

from dataclasses import dataclass

from faqbot.korean.normalize import normalize

_IGNORED_IN_HEADERS = str.maketrans("", "", " _-")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: canonical name, the one used in code, JSON and messages.
        aliases: other headers that mean it; the first is its Korean name.
        help: what belongs in a cell, in Korean, for people who fill in the table.
        required: whether a header must name it.
        essential: whether a row that ends before it is damaged; after the last such column Excel leaves out empty cells.
    """

    name: str
    aliases: tuple[str, ...]
    help: str
    required: bool = False
    essential: bool = False

    @property
    def label(self) -> str:
        """Both names, as messages show them.

        >>> Column("answer", ("답변", "대답"), "답변").label
        'answer(답변)'
        """
        return f"{self.name}({self.aliases[0]})"


COLUMNS = (
    Column("id", ("번호", "아이디", "FAQ 번호", "faq_id"), "항목을 가리키는 변하지 않는 이름. 비우면 질문에서 만듭니다."),
    Column("category", ("분류", "카테고리", "구분"), "큰 분류부터 `>`로 잇습니다. 예: `배송>배송 조회`"),
    Column("question", ("질문", "대표 질문", "제목", "Q"), "고객에게 보이는 대표 질문.", required=True, essential=True),
    Column(
        "alternate_questions",
        ("대체 질문", "유사 질문", "다른 표현", "비슷한 질문", "alternate question", "alternates"),
        "같은 뜻의 다른 질문. `|`나 줄바꿈으로 나눕니다.",
    ),
    Column("answer", ("답변", "대답", "내용", "A"), "답변. 마크다운(굵게, 목록, 표, 링크)을 쓸 수 있습니다.", required=True, essential=True),
    Column("keywords", ("키워드", "검색어", "태그", "keyword", "tags"), "질문에 없는 검색어. `,`나 `|`로 나눕니다."),
    Column("short_title", ("짧은 제목", "단축 제목", "버튼 이름"), "버튼에 넣을 제목. 14자까지가 잘 보입니다."),
    Column("link_url", ("링크", "링크 주소", "URL", "link"), "바로 갈 주소. `https://`, `http://`, `mailto:`, `tel:`로 시작합니다."),
    Column("link_label", ("링크 이름", "링크 제목", "바로가기 이름"), "링크 버튼에 쓸 글."),
    Column("valid_from", ("시작일", "게시 시작일", "적용일"), "이날부터 답합니다. 예: `2026-03-01`"),
    Column("valid_to", ("종료일", "게시 종료일", "만료일"), "이날까지 답합니다. 예: `2026-03-31`"),
    Column("updated_at", ("수정일", "최종 수정일", "갱신일"), "마지막으로 고친 날. 예: `2026-03-01`"),
    Column("enabled", ("사용", "사용 여부", "게시 여부", "노출 여부", "active"), "`예`나 `아니오`. 비우면 `예`입니다."),
)

_QUERY = Column("query", ("질의", "고객 질문", "입력", "질문"), "고객이 친 그대로의 글.", required=True, essential=True)

#: Of a file with queries to try.
QUERY_COLUMNS = (_QUERY,)

#: Of a file that says which entries answer which query.
LABELLED_COLUMNS = (
    _QUERY,
    Column("faq_id", ("정답", "정답 번호", "FAQ 번호", "id"), "답이 되는 항목의 id. 여럿이면 `|`로 잇고, 답이 없으면 비웁니다.", required=True),
    Column("kind", ("종류", "유형"), "질의의 종류. 지표를 나누어 볼 때 씁니다."),
)

#: Columns that a table of problem rows has besides the operator's own; whoever mends it may upload it as it is.
REASON_HEADERS = ("문제 위치", "문제", "고칠 방법")

_LABELS = {column.name: column.label for column in (*COLUMNS, *LABELLED_COLUMNS)}


def label(name: str) -> str:
    """Canonical name and Korean name of a column, as messages show it.

    >>> label("answer")
    'answer(답변)'
    """
    return _LABELS[name]


def header_key(header: str) -> str:
    """A header without what people vary: case, spaces, underscores, hyphens, full width, invisible characters.

    >>> header_key("\ufeffＱｕｅｓｔｉｏｎ "), header_key("Short Title"), header_key(" 대체질문")
    ('question', 'shorttitle', '대체질문')
    """
    return normalize(header).casefold().translate(_IGNORED_IN_HEADERS)


def names_by_key(columns: tuple[Column, ...]) -> dict[str, str]:
    """Header key of every spelling → canonical name.

    >>> names_by_key(COLUMNS)["카테고리"]
    'category'
    """
    return {header_key(spelling): column.name for column in columns for spelling in (column.name, *column.aliases)}
