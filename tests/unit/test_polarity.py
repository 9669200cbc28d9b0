import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.korean import opposites
from faqbot.korean.analyzer import KiwiAnalyzer, Token
from faqbot.korean.normalize import normalize
from faqbot.korean.opposites import Side
from faqbot.korean.polarity import MOST, Claims, claims, compare, denies


def of(analyzer: KiwiAnalyzer, text: str) -> Claims:
    return claims(analyzer.tokenize(normalize(text)))


@pytest.mark.parametrize(
    "denial",
    [
        "쿠폰을 못 썼어요", "쿠폰을 쓰지 못했어요", "쿠폰을 쓰지 않았어요", "쿠폰을 안 쓰고", "쿠폰을 쓸 수 없어요", "쿠폰을 쓸 수가 없네요", "쿠폰 사용이 안 돼요",
        "쿠폰사용안됨", "쿠폰 사용이 되질 않네요", "쿠폰 사용 불가", "쿠폰 사용이 불가능한가요", "쿠폰 사용하지 마세요", "쿠폰을 쓰지 말고", "쿠폰 쓰기 싫어요",
        "쿠폰 사용 금지", "쿠폰은 쓰고 싶지 않아요", "쿠폰 안 쓰고 싶어요", "쿠폰을 쓰면 안 돼요", "쿠폰을 쓰면 안 되는 매장", "사용 없이",
    ],
)  # fmt: skip
def test_one_denial_in_all_its_forms_is_one_claim(analyzer: KiwiAnalyzer, denial: str) -> None:
    assert of(analyzer, denial) == {"-쓰"}


@pytest.mark.parametrize(
    "assertion",
    [
        "쿠폰을 썼어요",
        "쿠폰 사용이 돼요",
        "쿠폰을 쓸 수 있나요",
        "쿠폰 사용 가능한가요",
        "쿠폰을 쓰고 싶어요",
        "쿠폰을 쓰면 안 되나요?",
        "쿠폰을 쓰지 않으면 안 되나요",
    ],
)
def test_what_is_said_asked_or_must_be_is_no_denial(analyzer: KiwiAnalyzer, assertion: str) -> None:
    assert of(analyzer, assertion) == {"+쓰"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("주문은 됐는데 결제가 안 됐어요", {"+사", "-결제"}),
        ("결제는 됐는데 주문이 안 됐어요", {"+결제", "-사"}),
        ("사람이 집에 없어요", {"-사람"}),
        ("회원이 아닌 사람", {"-회원"}),
        ("비회원", {"-회원"}),
        ("미입금", {"-입금"}),
        ("카드 말고 계좌", {"-카드"}),
        ("할인을 못 받았어요", {"-할인", "-오"}),
        ("할인을 받지 못했어요", {"-할인", "-오"}),
        ("소리가 안 나요", {"-소리", "-나"}),
        ("카드가 없으면 안 되나요", {"+카드"}),
        ("기기가 켜지지 않아요", {"-켜지"}),
        ("쿠폰을 쓰지 않으시면 안 되나요", {"+쓰"}),
        ("하지 않으면 안 돼요", set()),
        ("안 돼요 문을 열면 안 돼요", {"-", "-열리"}),
        ("네이버를 받았어요", {"+네이버", "+오"}),
    ],
)
def test_the_denial_is_about_its_own_predicate(analyzer: KiwiAnalyzer, text: str, expected: set[str]) -> None:
    assert {claim for claim in of(analyzer, text) if claim[0] in "+-"} == expected


@pytest.mark.parametrize("text", ["로그인이 문제없이 돼요", "로그인이 문제 없이 돼요"])
def test_without_a_problem_denies_nothing(analyzer: KiwiAnalyzer, text: str) -> None:
    assert "+로그인" in of(analyzer, text)
    assert not denies(of(analyzer, text))


@pytest.mark.parametrize(
    "text",
    ["방법이 없나요", "어쩔 수 없이", "사용법을 알고 싶어요", "방법을 모르겠어요", "환불이 어려운 경우", "5천 원이 아니라 만 원", "다음에 무엇을 하나요"],
)
def test_a_figure_of_speech_claims_nothing(analyzer: KiwiAnalyzer, text: str) -> None:
    assert of(analyzer, text) == frozenset()


@pytest.mark.parametrize("text", ["안 돼요", "등록했는데 안 돼요"])
def test_a_denial_of_what_is_not_named_is_a_denial(analyzer: KiwiAnalyzer, text: str) -> None:
    assert "-" in of(analyzer, text)
    assert denies(of(analyzer, text))


def test_what_is_denied_and_then_said_is_neither(analyzer: KiwiAnalyzer) -> None:
    assert not of(analyzer, "환불이 안 되는 상품과 환불이 되는 상품") & {"+환불", "-환불"}


def test_what_is_tried_and_then_denied_is_denied(analyzer: KiwiAnalyzer) -> None:
    assert of(analyzer, "결제하려는데 결제가 안 돼요") == {"-결제"}


@pytest.mark.parametrize(("misspelt", "denied"), [("연결이 않되요", "-연결"), ("연결이 않돼요", "-연결"), ("문자가 않와요", "-오")])
def test_a_misspelt_negation_denies(analyzer: KiwiAnalyzer, misspelt: str, denied: str) -> None:
    assert denied in of(analyzer, misspelt)


def test_not_sent_is_not_received_but_sent_is_not_received_either(analyzer: KiwiAnalyzer) -> None:
    assert of(analyzer, "안 보냈어요") == of(analyzer, "안 왔어요")
    assert of(analyzer, "보냈어요") != of(analyzer, "왔어요")


def sides(made: Claims) -> set[str]:
    return {claim for claim in made if claim[0] in "<>"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("알림을 켜 주세요", "알림을 꺼 주세요"),
        ("알림을 켤 수 있나요", "알림을 끌 수 있나요"),
        ("몇 시에 열어요", "몇 시에 닫아요"),
        ("문을 여는 시간", "문을 닫는 시간"),
        ("가입하고 싶어요", "해지하고 싶어요"),
        ("연결하려고요", "끊으려고요"),
        ("잠금을 걸고 싶어요", "잠금을 풀고 싶어요"),
        ("신청하고 싶어요", "신청한 것을 취소하고 싶어요"),
        ("구매자 수수료", "판매자 수수료"),
        ("한도를 늘려 주세요", "한도를 줄여 주세요"),
        ("국내로 보내면", "해외로 보내면"),
        ("유료 회원", "유료 말고 무료 회원"),
        ("7일 전에", "7일 후에"),
        ("인증에 성공했어요", "인증에 성공하지 못했어요"),
        ("비밀번호를 알아요", "비밀번호를 몰라요"),
        ("100만 원 이상", "100만 원 미만"),
        ("100만 원 넘게", "100만 원 넘지 않게"),
        ("14세가 넘었어요", "14세가 안 됐어요"),
        ("5만 원 이상", "5만 원 안 되게"),
        ("두 시간이 지났어요", "두 시간이 안 됐어요"),
    ],
)
def test_opposites_name_the_two_sides_of_one_thing(analyzer: KiwiAnalyzer, one: str, other: str) -> None:
    (this,), (that,) = sides(of(analyzer, one)), sides(of(analyzer, other))
    assert {this[0], that[0]} == {"<", ">"}
    assert this[1:] == that[1:]


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("차단을 해제하려면", "차단은 어떻게 풀어요"),
        ("가입을 취소해 주세요", "가입 취소 신청이요"),
        ("7일이 넘은 주문", "7일 이상 된 주문"),
        ("오전에 시키면", "아침에 시키면"),
    ],
)
def test_words_of_one_side_are_alike(analyzer: KiwiAnalyzer, one: str, same: str) -> None:
    assert sides(of(analyzer, one)) == sides(of(analyzer, same)) != set()


@pytest.mark.parametrize("text", ["국내에서 해외로", "뒤로 가기", "이상한 글", "화면을 넘기고 싶어요", "주소를 이전하다", "글자가 안 커요", "알아서 해 주세요"])
def test_both_sides_or_another_sense_name_no_side(analyzer: KiwiAnalyzer, text: str) -> None:
    assert sides(of(analyzer, text)) == set()


def test_an_empty_text_claims_nothing() -> None:
    assert claims(()) == frozenset()


WORDS = sorted({*opposites.SIDES, "안", "못", "않", "없", "하", "되", "수", "면", "나요", "결제", "가능", "불", "말", "고", "이", "었", "는데", "100"})
TAGS = ["NNG", "NNB", "VV", "VV-R", "VA", "VX", "MAG", "XPN", "XSV", "XSA", "VCN", "JKS", "JKB", "EP", "EC", "EF", "ETM", "SN", "NR", "NP", "MM", "SF"]
TOKENS = st.lists(st.builds(Token, st.sampled_from(WORDS), st.sampled_from(TAGS), st.just(0), st.just(1)), max_size=12).map(tuple)


@given(TOKENS)
def test_no_tokens_claim_a_thing_and_its_contrary(tokens: tuple[Token, ...]) -> None:
    made = claims(tokens)
    assert all(re.fullmatch(r"-|[-+<>].+", claim) for claim in made)
    assert not made & {opposites.CONTRARY[claim[0]] + claim[1:] for claim in made}


CLAIMS = st.frozensets(st.builds("".join, st.tuples(st.sampled_from("+-<>"), st.sampled_from(["환불", "배송", "설정"]))))


@given(CLAIMS, CLAIMS)
def test_comparing_is_symmetric_and_stays_within_its_range(one: Claims, other: Claims) -> None:
    assert compare(one, [other]) == compare(other, [one])
    assert all(0 <= count <= MOST for count in compare(one, [other])[0])


@pytest.mark.parametrize(
    ("query", "stored", "expected"),
    [
        ("반품 안 되는 상품", "반품할 수 있는 상품", (1, 0, 0, 0)),
        ("반품 안 되는 상품", "반품할 수 없는 상품", (0, 1, 0, 0)),
        ("반품 되는 상품", "반품할 수 있는 상품", (0, 0, 1, 0)),
        ("국내 배송", "국내 택배", (0, 0, 0, 1)),
        ("국내 배송", "해외 택배", (1, 0, 0, 0)),
        ("반품 안 되는 상품", "교환할 수 있는 상품", (0, 0, 0, 0)),
        ("", "반품할 수 있는 상품", (0, 0, 0, 0)),
    ],
)
def test_counts_of_contradiction_and_likeness(analyzer: KiwiAnalyzer, query: str, stored: str, expected: tuple[int, int, int, int]) -> None:
    assert compare(of(analyzer, query), [of(analyzer, stored)]) == [expected]


def test_one_comparison_for_each_stored_text() -> None:
    assert compare(frozenset({"+환불"}), []) == []
    assert len(compare(frozenset(), [frozenset(), frozenset({"+환불"})])) == 2


def test_every_word_is_on_one_side_of_its_opposite() -> None:
    for form, named in opposites.SIDES.items():
        assert len({side.name for side in named}) == len(named), form
        assert all(side.kind in "=>:" and side.tag in "NVM" for side in named), form


def test_one_name_stands_for_itself() -> None:
    assert all(opposites.ONE_NAME[name] == name for name in opposites.ONE_NAME.values())


@pytest.mark.parametrize(
    ("form", "sides"),
    [
        ("구매자", (Side("N", ":", "구매자", "<", False),)),
        ("팔", (Side("V", ":", "구매자", ">", False),)),
        ("이내", (Side("N", "=", "이상", ">", False),)),
        ("신청", (Side("N", ">", "설정", "<", True),)),
        ("그만두", (Side("V", ">", "설정", ">", False),)),
        ("빌리", (Side("V", ":", "빌리", "<", False),)),
        ("그것", ()),
    ],
)  # fmt: skip
def test_a_side_is_read_from_its_place_in_its_line(form: str, sides: tuple[Side, ...]) -> None:
    assert opposites._sides().get(form, ()) == sides


def test_every_word_of_every_line_is_a_side() -> None:
    assert len(opposites._sides()) == sum(len(line[2:].replace("|", "").split()) for line in opposites._OPPOSITES.strip().splitlines())
