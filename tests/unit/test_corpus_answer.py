"""Answer Markdown → blocks → HTML, text and JSON."""

import json
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faqbot.corpus import (
    Bold,
    BulletList,
    Heading,
    LineBreak,
    Link,
    NumberedList,
    Paragraph,
    Table,
    Text,
    from_json,
    is_safe_link,
    parse_answer,
    to_html,
    to_json,
    to_text,
)
from faqbot.errors import ReleaseError

TAGS = {"p", "h3", "h4", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "a", "br"}
ATTRIBUTES = {"a": {"href", "target"}, "ol": {"start"}}
SHIPPING = """# 배송 안내

**평일** 오후 2시까지 주문하면
그날 보냅니다.

1. [내 주문](https://pay.example.kr/orders)을 엽니다.
2. 배송 조회를 누릅니다.
   - 송장이 없으면 기다립니다.

| 지역 | 기간 |
|---|---|
| 제주 | **3일** |
"""
#: Pieces whose combinations reach every rule of the parser, beside any other character.
MARKDOWN = st.lists(
    st.sampled_from(["**", "*", "~~", "`", "\n", "\n\n", "- ", "1. ", "2026. 3. 1.", "  ", "> ", "# ", "|", "|-|-|\n", "[", "](", ")", "!["])
    | st.sampled_from(
        [
            "https://a.kr",
            "javascript:alert(1)",
            "<",
            ">",
            '"',
            "&#10;",
            "<script>",
            "\n\n# 제목\n",
            "\n\n- 하나\n  1. 둘\n",
            "\n\n|가|나|\n|-|-|\n|다|라|\n",
            "```\n",
            "---\n",
            "환불",
            "7일",
            "a",
            "\\",
        ]
    )
    | st.text(max_size=5),
    max_size=40,
).map("".join)


class Events(HTMLParser):
    """HTML as a list of tags with sorted attributes and joined text."""

    def __init__(self, html):
        super().__init__()
        self.events = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.events.append((tag, sorted(attrs)))

    def handle_endtag(self, tag):
        self.events.append(f"/{tag}")

    def handle_data(self, data):
        if self.events and isinstance(self.events[-1], list):
            self.events[-1].append(data)
        else:
            self.events.append([data])


def paragraph(*spans):
    return (Paragraph(spans),)


def test_a_whole_answer_becomes_its_blocks():
    assert parse_answer(SHIPPING) == (
        Heading(3, (Text("배송 안내"),)),
        Paragraph((Bold("평일"), Text(" 오후 2시까지 주문하면"), LineBreak(), Text("그날 보냅니다."))),
        NumberedList(
            1,
            (
                paragraph(Link("내 주문", "https://pay.example.kr/orders"), Text("을 엽니다.")),
                (Paragraph((Text("배송 조회를 누릅니다."),)), BulletList((paragraph(Text("송장이 없으면 기다립니다.")),))),
            ),
        ),
        Table(((Text("지역"),), (Text("기간"),)), (((Text("제주"),), (Bold("3일"),)),)),
    )


def test_a_whole_answer_as_html():
    link = '<a href="https://pay.example.kr/orders" rel="noopener noreferrer nofollow" target="_blank">내 주문</a>'
    assert to_html(parse_answer(SHIPPING)) == (
        "<h3>배송 안내</h3><p><strong>평일</strong> 오후 2시까지 주문하면<br>그날 보냅니다.</p>"
        f"<ol><li>{link}을 엽니다.</li><li>배송 조회를 누릅니다.<ul><li>송장이 없으면 기다립니다.</li></ul></li></ol>"
        "<table><thead><tr><th>지역</th><th>기간</th></tr></thead><tbody><tr><td>제주</td><td><strong>3일</strong></td></tr></tbody></table>"
    )


def test_a_whole_answer_as_text():
    assert to_text(parse_answer(SHIPPING)) == (
        "배송 안내\n\n평일 오후 2시까지 주문하면\n그날 보냅니다.\n\n"
        "1. 내 주문 (https://pay.example.kr/orders)을 엽니다.\n2. 배송 조회를 누릅니다.\n   - 송장이 없으면 기다립니다.\n\n"
        "지역 · 기간\n제주 · 3일"
    )


@pytest.mark.parametrize("markdown", ["", " \n\n ", "---", "> ", "![](https://a.kr/b.png)"])
def test_an_empty_answer_has_no_blocks(markdown):
    blocks = parse_answer(markdown)
    assert (blocks, to_html(blocks), to_text(blocks), to_json(blocks)) == ((), "", "", [])


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("*기울인* ~~지운~~ `코드` ![그림 **설명**](https://a.kr/b.png)", "기울인 지운 코드 그림 설명"),
        ("> 인용한 글", "인용한 글"),
        ("```\n첫 줄\n  둘째 줄\n```", "첫 줄\n  둘째 줄"),
        ("    들여 쓴 글", "들여 쓴 글"),
        ("[문의]: 1588-0000", "[문의]: 1588-0000"),
        ("첫 줄&#10;둘째 줄", "첫 줄 둘째 줄"),
    ],
    ids=["inline signs", "quote", "fenced code", "indented line", "line like a link definition", "line feed by reference"],
)
def test_what_has_no_block_of_its_own_leaves_its_text(markdown, text):
    assert to_text(parse_answer(markdown)) == text


@pytest.mark.parametrize("text", ["2026. 3. 1.부터 시행합니다.", "12. 25. 휴무", "30*40*50cm", "홍*동, 김*수", "010-****-1234, 010-****-5678", "ab***과 cd***"])
def test_korean_notations_are_not_taken_for_markdown(text):
    assert parse_answer(text) == paragraph(Text(text))


def test_a_day_after_a_list_does_not_become_its_next_step():
    assert parse_answer("1. 신청\n\n2026. 3. 1.부터") == (NumberedList(1, (paragraph(Text("신청")),)), *paragraph(Text("2026. 3. 1.부터")))


def test_a_step_that_begins_with_a_decimal_stays_a_step():
    assert parse_answer("1. 3.5kg까지") == (NumberedList(1, (paragraph(Text("3.5kg까지")),)),)


@pytest.mark.parametrize(
    ("markdown", "bold"), [("**환불(7일)**은 됩니다.", "환불(7일)"), ("메뉴의 **'내 정보'**에서", "'내 정보'"), ("값은**(주)가나**가", "(주)가나")]
)
def test_bold_works_between_a_bracket_or_quote_and_a_particle(markdown, bold):
    assert Bold(bold) in parse_answer(markdown)[0].spans


def test_headings_start_below_those_of_the_page():
    assert [block.level for block in parse_answer("# 하나\n## 둘\n### 셋\n###### 여섯")] == [3, 4, 4, 4]


def test_a_list_keeps_the_number_it_begins_with():
    blocks = parse_answer("3. 셋\n4. 넷")
    assert to_html(blocks) == '<ol start="3"><li>셋</li><li>넷</li></ol>'
    assert to_text(blocks) == "3. 셋\n4. 넷"


def test_paragraphs_of_one_item_stay_apart():
    blocks = parse_answer("- 하나\n\n  둘\n-")
    assert to_html(blocks) == "<ul><li><p>하나</p><p>둘</p></li><li></li></ul>"
    assert to_text(blocks) == "- 하나\n  둘\n-"


def test_a_table_without_rows_has_only_a_head():
    assert to_html(parse_answer("|가|나|\n|-|-|")) == "<table><thead><tr><th>가</th><th>나</th></tr></thead></table>"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("<https://pay.example.kr>", "https://pay.example.kr"),
        ("<help@example.kr>", "help@example.kr"),
        ("[전화](tel:1588-0000)", "전화 (tel:1588-0000)"),
        ("[](https://pay.example.kr)", "https://pay.example.kr"),
        ("**[신청](https://pay.example.kr)**", "신청 (https://pay.example.kr)"),
        ("[첫 줄\n둘째 줄](https://pay.example.kr)", "첫 줄 둘째 줄 (https://pay.example.kr)"),
    ],
)
def test_a_link_as_text_names_its_address_once(markdown, text):
    assert to_text(parse_answer(markdown)) == text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#x0A;script:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://a.kr",
        "/help",
        "//a.kr",
        "http:///x",
    ],
)
def test_a_link_that_may_not_be_shown_leaves_its_label(url):
    assert parse_answer(f"[여기]({url})를 **누르세요**") == paragraph(Text("여기를 "), Bold("누르세요"))


@pytest.mark.parametrize("url", ["https://a.kr", "HTTP://A.KR/가?b=c#d", "mailto:a@b.kr", "tel:+82-2-123"])
def test_links_that_open_a_page_a_mail_or_a_call_are_safe(url):
    assert is_safe_link(url)


@pytest.mark.parametrize(
    "url", ["", "https://", "tel:", "https://a.kr/\n", "https://a.kr/ b", 'https://a.kr/"', "https://a.kr/\u202egnp.exe", " https://a.kr", "x:https://a.kr"]
)
def test_links_that_hide_something_are_not_safe(url):
    assert not is_safe_link(url)


def test_html_in_an_answer_is_shown_and_not_run():
    html = to_html(parse_answer('<script>alert(1)</script>\n\n<img src=x onerror="alert(1)"> &lt;b&gt;'))
    assert html == ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><p>&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &lt;b&gt;</p>")


def test_an_address_cannot_leave_its_attribute():
    assert to_html(parse_answer('[가](<https://a.kr/"onmouseover=alert(1)>)')) == (
        '<p><a href="https://a.kr/%22onmouseover=alert(1)" rel="noopener noreferrer nofollow" target="_blank">가</a></p>'
    )


def test_an_address_is_escaped_whoever_made_the_block():
    assert 'href="https://a.kr/?b=1&amp;c=&quot;2"' in to_html(paragraph(Link("가", 'https://a.kr/?b=1&c="2')))


@pytest.mark.parametrize("piece", [">", "> ", "[", "![", "*", "**a ", "_a", "`a ", "- ", "1. ", "[a](", "<", "|", "~~a", "\\", "&", "> - ", "*a **a "])
def test_ten_thousand_signs_are_parsed_without_recursion_and_without_loss(piece):
    markdown = piece * (10_000 // len(piece)) + "끝"
    blocks = parse_answer(markdown)
    assert to_text(blocks).endswith("끝")
    assert from_json(to_json(blocks)) == blocks


def test_what_is_nested_too_deeply_is_shown_as_typed():
    markdown = f"{'>' * 30}가\n나\n\n다"
    assert parse_answer(markdown) == (Paragraph((Text(f"{'>' * 30}가"), LineBreak(), Text("나"))), *paragraph(Text("다")))


def test_ten_lists_inside_one_another_are_lists():
    text = to_text(parse_answer("\n".join("  " * depth + f"- {depth}" for depth in range(9))))
    assert text.splitlines()[-1] == f"{'  ' * 8}- 8"


@settings(deadline=None)
@given(markdown=MARKDOWN)
def test_html_holds_nothing_that_an_independent_sanitizer_would_change(markdown):
    html = to_html(parse_answer(markdown))
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener noreferrer nofollow")
    assert Events(clean).events == Events(html).events


def test_a_whole_answer_as_json():
    data = to_json(parse_answer(SHIPPING))
    assert [block["type"] for block in data] == ["heading", "paragraph", "numbered_list", "table"]
    assert data[0] == {"type": "heading", "level": 3, "spans": [{"type": "text", "text": "배송 안내"}]}
    assert data[2]["items"][0][0]["spans"][0] == {"type": "link", "label": "내 주문", "url": "https://pay.example.kr/orders"}
    assert data[3]["rows"] == [[[{"type": "text", "text": "제주"}], [{"type": "bold", "text": "3일"}]]]
    assert from_json(data) == parse_answer(SHIPPING)


@settings(deadline=None)
@given(markdown=MARKDOWN)
def test_json_round_trip_loses_nothing(markdown):
    blocks = parse_answer(markdown)
    assert from_json(json.loads(json.dumps(to_json(blocks)))) == blocks


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        "글",
        [None],
        [[]],
        [{}],
        [{"type": "script", "spans": []}],
        [{"type": "paragraph"}],
        [{"type": "paragraph", "spans": [], "style": "x"}],
        [{"type": "paragraph", "spans": "글"}],
        [{"type": "paragraph", "spans": ["글"]}],
        [{"type": "paragraph", "spans": [{"type": "text", "text": 1}]}],
        [{"type": "paragraph", "spans": [{"type": "html", "text": "<b>"}]}],
        [{"type": "paragraph", "spans": [{"type": "line_break", "x": 1}]}],
        [{"type": "paragraph", "spans": [{"type": "link", "label": "가", "url": "javascript:alert(1)"}]}],
        [{"type": "paragraph", "spans": [{"type": "link", "label": " ", "url": "https://a.kr"}]}],
        [{"type": "heading", "level": 1, "spans": []}],
        [{"type": "heading", "level": 3.0, "spans": []}],
        [{"type": "heading", "level": "3", "spans": []}],
        [{"type": "numbered_list", "start": True, "items": []}],
        [{"type": "numbered_list", "start": -1, "items": []}],
        [{"type": "numbered_list", "start": 10**9, "items": []}],
        [{"type": "bullet_list", "items": [{"type": "paragraph", "spans": []}]}],
        [{"type": "table", "header": [], "rows": []}],
        [{"type": "table", "header": [[]], "rows": [[[], []]]}],
    ],
    ids=repr,
)
def test_foreign_json_is_refused(data):
    with pytest.raises(ReleaseError, match=r"^답변 데이터에 faqbot이 만들지 않은 것이 있습니다\(.+\)\. faqbot train 으로 다시 학습해 주세요\.$"):
        from_json(data)


def test_json_nested_without_end_is_refused():
    data = []
    for _ in range(5_000):
        data = [{"type": "bullet_list", "items": [data]}]
    with pytest.raises(ReleaseError, match="너무 깊이 겹친 목록"):
        from_json(data)
