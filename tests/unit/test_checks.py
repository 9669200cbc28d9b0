"""Findings over a whole table, from its text alone."""

import json
from datetime import date
from itertools import permutations

import pytest

from faqbot.corpus.checks import Finding, Kind, Severity, checks
from faqbot.domain import FaqEntry

TODAY = date(2026, 3, 2)

#: Entries that nothing is wrong with, so that words have weights.
OTHERS = tuple(
    FaqEntry(f"other-{i}", question, answer, (category,))
    for i, (question, answer, category) in enumerate(
        (
            ("쿠폰은 어디서 보나요?", "내 쿠폰함에서 볼 수 있어요.", "혜택"),
            ("적립금은 언제 쌓이나요?", "구매확정 다음 날 쌓여요.", "혜택"),
            ("비밀번호를 바꾸고 싶어요", "설정에서 바꿔 주세요.", "계정"),
            ("회원 탈퇴는 어떻게 하나요?", "내 정보에서 탈퇴를 누르세요.", "계정"),
            ("영수증을 받고 싶어요", "주문 상세에서 내려받으세요.", "결제"),
            ("선물 포장이 되나요?", "장바구니에서 고르세요.", "결제"),
        )
    )
)

Told = tuple[str, str, str]


def found(*entries: FaqEntry) -> tuple[Finding, ...]:
    return checks((*OTHERS, *entries), TODAY)


def kinds(*entries: FaqEntry) -> list[Kind]:
    return [finding.kind for finding in found(*entries)]


def answered(answer: str, **fields: object) -> FaqEntry:
    return FaqEntry("a", "배송은 언제 오나요?", answer, **fields)  # type: ignore[arg-type]


def two(one: Told, other: Told) -> list[Kind]:
    """Kinds of two entries, each as (question, answer, category)."""
    return kinds(*(FaqEntry(name, question, answer, (category,)) for name, (question, answer, category) in zip("ab", (one, other), strict=True)))


def test_an_empty_table_has_no_findings() -> None:
    assert checks((), TODAY) == ()


def test_a_sound_table_has_no_findings() -> None:
    assert found() == ()


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (
            Kind.PERIODS_DISAGREE,
            ("배송은 얼마나 걸리나요?", "배송은 보통 2~3일 걸립니다.", "배송"),
            ("주문하면 언제 오나요?", "배송은 보통 4~5일 걸립니다.", "배송"),
        ),
        (
            Kind.PERIODS_DISAGREE,
            ("반품 기한은 언제까지인가요?", "상품을 받은 날부터 7일 이내에 반품할 수 있습니다.", "반품"),
            ("반품은 언제까지 되나요?", "상품을 받은 날부터 14일 이내에 반품할 수 있어요.", "반품"),
        ),
        (
            Kind.PHONES_DISAGREE,
            ("전화로 물어볼 수 있나요?", "고객센터(1588-1234)로 전화해 주세요.", "상담"),
            ("배송이 안 와요", "고객센터(1588-4321)로 알려 주세요.", "배송"),
        ),
        (
            Kind.HOURS_DISAGREE,
            ("상담 시간은 언제인가요?", "상담 시간은 평일 09:00~18:00입니다.", "상담"),
            ("주말에도 상담하나요?", "상담 시간은 평일 오전 10시부터 오후 6시까지이고 주말은 쉽니다.", "상담"),
        ),
        (
            Kind.AMOUNTS_DISAGREE,
            ("반품 배송비는 얼마예요?", "단순 변심은 왕복 배송비 6,000원을 내셔야 합니다.", "반품"),
            ("마음이 바뀌어서 반품하면 배송비를 내나요?", "단순 변심이면 왕복 배송비 5천 원이 듭니다.", "반품"),
        ),
        (
            Kind.AMOUNTS_DISAGREE,
            ("취소 수수료가 있나요?", "출발 3일 전까지는 취소 수수료가 10%입니다.", "취소"),
            ("여행을 취소하면 얼마를 돌려받나요?", "출발 3일 전까지는 취소 수수료가 20%입니다.", "취소"),
        ),
    ],
)
def test_one_thing_with_two_figures_is_found_whichever_stands_first(kind: Kind, one: Told, other: Told) -> None:
    assert [two(*pair) for pair in permutations((one, other))] == [[kind], [kind]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("국내 배송은 얼마나 걸리나요?", "국내 배송은 2~3일 걸립니다.", "배송"), ("해외 배송은 얼마나 걸리나요?", "해외 배송은 7~14일 걸립니다.", "배송")),
        (("배송은 얼마나 걸리나요?", "배송은 보통 2~3일 걸립니다.", "배송"), ("주문하면 언제 오나요?", "배송은 보통 3일 걸립니다.", "배송")),
        (("무료배송 기준", "3만 원 이상이면 무료배송입니다.", "배송"), ("무료배송이 되나요?", "30,000원 이상이면 무료배송입니다.", "배송")),
        (("등본 수수료", "수수료는 400원입니다.", "민원"), ("인감 수수료", "수수료는 600원입니다.", "민원")),
        (("실버 등급 혜택", "구매 금액의 1%를 적립합니다.", "등급"), ("골드 등급 혜택", "구매 금액의 3%를 적립합니다.", "등급")),
        (("팩스 번호", "팩스(02-111-2222)로 보내 주세요.", "상담"), ("전화 번호", "고객센터(02-111-3333)로 전화 주세요.", "상담")),
        (("카드 환불", "예) 카드 결제는 영업일 3일 안에 환불됩니다.", "환불"), ("환불은 언제?", "카드 결제는 영업일 5일 안에 환불됩니다.", "환불")),
    ],
    ids=["two things", "within the range", "two notations", "two certificates", "two grades", "fax and phone", "an example"],
)
def test_figures_of_two_things_are_no_disagreement(one: Told, other: Told) -> None:
    assert two(one, other) == []


def test_a_price_that_follows_another_in_time_is_no_disagreement() -> None:
    old = FaqEntry("old", "배송비는 얼마인가요?", "배송비는 2,500원입니다.", ("배송",), valid_to=date(2026, 12, 31))
    new = FaqEntry("new", "배송비는 얼마인가요?", "배송비는 3,000원입니다.", ("배송",), valid_from=date(2027, 1, 1))
    assert kinds(old, new) == []


def test_a_disagreement_names_thing_values_and_entries() -> None:
    one = FaqEntry("a", "배송비는 얼마인가요?", "배송비는 3,000원입니다.", ("배송",))
    other = FaqEntry("b", "배송비가 궁금해요", "기본 배송비는 2,500원입니다.", ("배송",))
    third = FaqEntry("c", "배송비 안내", "배송비는 2,500원입니다.", ("배송",))
    (finding,) = found(one, third)
    assert finding.reason == "'배송비'에 대해 적힌 값이 서로 다릅니다: 3,000원, 2,500원."
    assert [(row.id, row.text) for row in finding.rows] == [("a", "3,000원 · '배송비는 3,000원입니다.'"), ("c", "2,500원 · '배송비는 2,500원입니다.'")]
    assert kinds(one, other) == []  # "기본" is another condition


@pytest.mark.parametrize(
    "answer",
    [
        "[신청하기]()에서 하세요.",
        "[신청하기](#)에서 하세요.",
        "[신청하기](www.shop.kr)에서 하세요.",
        "[신청하기](/help)에서 하세요.",
        "[신청하기](javascript:alert(1))에서 하세요.",
        "[신청하기](https://shop.kr/my page)에서 하세요.",
        "[신청하기](http//shop.kr)에서 하세요.",
        "[신청하기](https://example.com/a)에서 하세요.",
        "[신청하기](http://localhost:8000)에서 하세요.",
        "[신청하기](https://주소를여기에)에서 하세요.",
    ],
)
def test_a_link_that_opens_nothing_is_an_error(answer: str) -> None:
    assert [(finding.kind, finding.severity) for finding in found(answered(answer))] == [(Kind.BAD_LINK, Severity.ERROR)]


@pytest.mark.parametrize(
    "answer",
    [
        "[신청하기](https://shop.kr/신청?a=1)에서 하세요.",
        "[전화](tel:1588-1234)나 [메일](mailto:help@shop.kr)로 알려 주세요.",
        "[내 정보 > 설정]에서 바꾸세요.",
        "[웹사이트] (2024년 이후 제공)",
        "주소는 https://example.com 처럼 적어 주세요.",
        "문자로 받은 링크를 눌러 주세요.",
    ],
)
def test_good_links_and_names_of_menus_are_no_findings(answer: str) -> None:
    assert kinds(answered(answer)) == []


def test_words_that_markdown_would_swallow_are_a_warning() -> None:
    (finding,) = found(answered("[판매](+배송) 화면에서 보세요."))
    assert (finding.kind, finding.severity) == (Kind.BAD_LINK, Severity.WARNING)
    assert "괄호 안의 말이 보이지 않습니다" in finding.reason


@pytest.mark.parametrize("answer", ["아래 링크에서 신청하세요.", "자세한 내용은 여기를 클릭하세요.", "이용약관 바로가기》"])
def test_words_that_point_at_no_link_are_found_unless_the_entry_has_one(answer: str) -> None:
    assert kinds(answered(answer)) == [Kind.MISSING_LINK]
    assert kinds(answered(answer, link_url="https://shop.kr/help")) == []


def test_a_name_without_address_is_found() -> None:
    assert kinds(answered("내일 옵니다.", link_label="배송 보기")) == [Kind.MISSING_LINK]


@pytest.mark.parametrize(
    "answer",
    [
        "무료 반품은 ~ 2024.12.31까지입니다.",
        "이벤트는 2026년 3월 1일(일)까지 합니다.",
        "신청은 2026년 2월까지 받습니다.",
        "이벤트 기간: 2025.11.01 ~ 12.31",
    ],
)
def test_a_deadline_that_is_over_is_found(answer: str) -> None:
    assert kinds(answered(answer)) == [Kind.EXPIRED]


@pytest.mark.parametrize(
    "answer",
    [
        "이벤트는 2026년 3월 2일까지 합니다.",
        "신청은 2026년 3월까지 받습니다.",
        "2024년까지는 유료였습니다.",
        "2019년 7월 31일부터 제공됩니다.",
        "예) 2024년 5월 3일까지 발송",
        "2024년 13월 40일까지",
    ],
)
def test_deadlines_to_come_and_days_of_the_past_are_no_findings(answer: str) -> None:
    assert kinds(answered(answer)) == []


def test_an_entry_whose_days_are_over_is_found_from_the_day_after() -> None:
    assert kinds(answered("내일 옵니다.", valid_to=date(2026, 3, 1))) == [Kind.EXPIRED]
    assert kinds(answered("내일 옵니다.", valid_to=TODAY)) == []


@pytest.mark.parametrize("answer", ["지금 바로 다양한 혜택을 만나 보세요!", "(광고) 봄맞이 세일", "파격 할인, 놓치지 마세요!", "★★ 회원 모집 ★★"])
def test_a_line_that_sells_is_found(answer: str) -> None:
    assert kinds(answered(f"내일 옵니다.\n{answer}")) == [Kind.ADVERT]


@pytest.mark.parametrize("answer", ["할인 쿠폰은 결제할 때 고르세요.", "제목 앞에 '(광고)'가 붙습니다.", "진행 중인 이벤트는 공지사항에서 볼 수 있어요."])
def test_answers_about_discounts_and_events_are_no_adverts(answer: str) -> None:
    assert kinds(answered(answer)) == []


@pytest.mark.parametrize(("length", "severities"), [(400, []), (401, [Severity.HINT]), (1000, [Severity.HINT]), (1001, [Severity.WARNING])])
def test_an_answer_is_long_from_one_character_above_what_messengers_show(length: int, severities: list[Severity]) -> None:
    assert [finding.severity for finding in found(answered("가" * length))] == severities


def test_addresses_of_links_count_as_messengers_would_show_them() -> None:
    text = "가" * 380
    assert kinds(answered(f"**{text}**")) == []
    assert kinds(answered(f"{text} [여기](https://shop.kr/help/delivery)")) == [Kind.LONG_ANSWER]


def test_the_same_answer_twice_is_a_hint_to_merge_but_short_ones_are_not() -> None:
    one, other = (FaqEntry(name, f"질문 {name}", "주문 상세에서 취소를 누르시면 됩니다. 바로 처리돼요.") for name in "ab")
    (finding,) = found(one, other)
    assert (finding.kind, finding.severity, [row.id for row in finding.rows]) == (Kind.DUPLICATE, Severity.HINT, ["a", "b"])
    assert kinds(FaqEntry("a", "전화 되나요?", "준비 중입니다."), FaqEntry("b", "방문 되나요?", "준비 중입니다.")) == []


def test_a_category_of_one_is_named_at_its_broadest() -> None:
    many = tuple(FaqEntry(f"m{i}", f"질문 {i}", f"답 {i}", ("배송", "국내")) for i in range(20))
    lone = FaqEntry("lone", "선물 포장 되나요?", "됩니다.", ("선물", "포장"))
    findings = checks((*many, lone), TODAY)
    assert [(finding.kind, finding.reason) for finding in findings] == [(Kind.LONE_CATEGORY, "'선물' 분류에 항목이 하나뿐입니다.")]


def test_disabled_entries_are_left_out() -> None:
    assert kinds(answered("[신청하기]()에서 하세요.", enabled=False)) == []


def test_findings_come_by_kind_and_then_in_table_order_whatever_the_run() -> None:
    entries = (
        FaqEntry("x", "언제 하나요?", "2024.12.31까지 합니다."),
        FaqEntry("y", "어디서 하나요?", "[신청]()에서 하세요."),
        FaqEntry("z", "또 어디서 하나요?", "[문의]()에서 하세요. 2024.12.31까지 합니다."),
    )
    findings = found(*entries)
    assert [(finding.kind, finding.rows[0].id) for finding in findings] == [
        (Kind.BAD_LINK, "y"),
        (Kind.BAD_LINK, "z"),
        (Kind.EXPIRED, "x"),
        (Kind.EXPIRED, "z"),
    ]
    assert found(*entries) == findings


def test_a_finding_goes_through_json() -> None:
    (finding,) = found(answered("[신청]()에서 하세요."))
    assert json.loads(json.dumps(finding.to_json())) == {
        "kind": "bad_link",
        "label": "열리지 않는 링크",
        "severity": "error",
        "rows": [{"id": "a", "question": "배송은 언제 오나요?", "text": "'[신청]()'"}],
        "reason": "링크의 주소가 비어 있습니다.",
        "next_step": "주소를 적거나 링크를 지워 주세요.",
    }


def test_every_kind_has_a_name_for_people() -> None:
    assert all(kind.label for kind in Kind)


def test_hostile_text_takes_no_time() -> None:
    """Patterns that backtrack would take minutes."""
    hostile = ("[" * 2000 + "](" * 2000, "2024." * 3000, "1,000" * 3000, "3~" * 4000, "지금 바로 " * 2000, "| " * 4000 + "1일", "가고 " * 5000 + "3일")
    assert isinstance(found(*(FaqEntry(str(i), f"질문 {i}", text[:20_000]) for i, text in enumerate(hostile))), tuple)
