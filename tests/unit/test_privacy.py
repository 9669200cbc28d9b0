"""What is personal never reaches a store; what only looks like it stays legible."""

import sys
import time
import timeit
from collections import Counter
from dataclasses import FrozenInstanceError, dataclass, field
from random import Random
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import faqbot.privacy
from faqbot.privacy import LABELS, Kind, Masked, beside, mask
from faqbot.privacy.view import view_of
from tests.privacy_generator import HARMLESS, PERSONAL, Sample, resident, samples, with_luhn

MASKED = {
    # resident and foreigner registration numbers
    "제 주민번호 9001011234567 이에요": "제 주민번호 [주민등록번호] 이에요",
    "900101-1234567입니다": "[주민등록번호]입니다",
    "900101 - 1234567": "[주민등록번호]",
    "900101ㅡ1234567": "[주민등록번호]",
    "９００１０１－１２３４５６７": "[주민등록번호]",
    "90.01.01-1234567": "[주민등록번호]",
    "900101-1 234567": "[주민등록번호]",
    "9 0 0 1 0 1 1 2 3 4 5 6 7": "[주민등록번호]",
    "구공공일공일 일이삼사오육칠이에요": "[주민등록번호]이에요",
    "구영영일영일-1234567": "[주민등록번호]",
    "900101 뒷자리 1234567": "[주민등록번호]",
    "국민은행 주민번호 9001011234567": "국민은행 주민번호 [주민등록번호]",
    "국민은행 2012111212345": "국민은행 [주민등록번호]",
    "9001\u200b01-12345\u206067": "[주민등록번호]",
    "외국인등록번호 900101-5234567": "외국인등록번호 [주민등록번호]",
    "050229-3234567 없는 날, 040229-3234567 있는 날": "050229-3234567 없는 날, [주민등록번호] 있는 날",
    "(900101-1234567)": "([주민등록번호])",
    "900101-1234567-900202-2345678": "[주민등록번호]-[주민등록번호]",
    "2026-11-27 900101-1234567": "2026-11-27 [주민등록번호]",
    # phones
    "010.1234.5678": "[전화번호]",
    "010 일이삼사 5678": "[전화번호]",
    "01012345678로 연락 주세요": "[전화번호]로 연락 주세요",
    "제 번호는 010 1234 5678인데요": "제 번호는 [전화번호]인데요",
    "공일공 일이삼사 오육칠팔이 맞나요": "[전화번호]이 맞나요",
    "공 일 공 일 이 삼 사 오 육 칠 팔": "[전화번호]",
    "공일공 다시 일이삼사 다시 오육칠팔": "[전화번호]",
    "010에 1234에 5678": "[전화번호]",
    "공1공-1234-5678": "[전화번호]",
    "010 – 1234 — 5678": "[전화번호]",
    "010·1234ㆍ5678": "[전화번호]",
    "010ㅡ1234ㅡ5678": "[전화번호]",
    "０１０－１２３４－５６７８": "[전화번호]",
    "0\u200b10-12\u200d34-56\ufeff78": "[전화번호]",
    "0️⃣1️⃣0️⃣ 1234 5678": "[전화번호]",
    "010-12345678, 01012-345678": "[전화번호], [전화번호]",
    "홍길동01012345678홍길동": "홍길동[전화번호]홍길동",
    "☎010-1234-5678/홍길동": "☎[전화번호]/홍길동",
    "1. 010-1234-5678 2. 010-2222-3333": "1. [전화번호] 2. [전화번호]",
    "011-234-5678 3개 주문": "[전화번호] 3개 주문",
    "+82 10-1234-5678": "[전화번호]",
    "+82(0)10-1234-5678": "[전화번호]",
    "+821012345678": "[전화번호]",
    "0082-10-1234-5678": "[전화번호]",
    "번호 82-10-1234-5678": "번호 [전화번호]",
    "+82-2-123-4567": "[전화번호]",
    "02-123-4567": "[전화번호]",
    "0212345678": "[전화번호]",
    "02)1234-5678, (031)123-4567": "[전화번호], [전화번호]",
    "(010-1234-5678)": "([전화번호])",
    "070-1234-5678, 0507-1234-5678": "[전화번호], [전화번호]",
    "공이 일이삼사 오육칠팔": "[전화번호]",
    "주문번호는 몰라요 010-1234-5678": "주문번호는 몰라요 [전화번호]",
    "주문번호 01012345678": "주문번호 [전화번호]",
    "국민은행 앱에서 010-1234-5678로 인증": "국민은행 앱에서 [전화번호]로 인증",
    # cards
    "카드번호 4111 1111 1111 1111": "카드번호 [카드번호]",
    "4111-1111-1111-1111이에요": "[카드번호]이에요",
    "카드 4111-1111-1111-1112": "카드 [카드번호]",
    "카드번호 3782-822463-10006": "카드번호 [카드번호]",
    "카드 3782-822463-10006": "카드 3782-822463-10006",
    "카드 4111111111111112": "카드 4111111111111112",
    "국민은행 123456-78-90123오": "국민은행 [계좌번호]오",
    "1234-5678901 국민은행": "[계좌번호] 국민은행",
    "국민은행 378282246310005": "국민은행 [카드번호]",
    "국민은행 900101-1234567": "국민은행 [주민등록번호]",
    "4111111111111111": "[카드번호]",
    "４１１１　１１１１　１１１１　１１１１": "[카드번호]",
    "사일일일 일일일일 일일일일 일일일일": "[카드번호]",
    "3782 822463 10005": "[카드번호]",
    "카드번호 4111 1111 1111 1112": "카드번호 [카드번호]",
    "4111-1111-1111-1111 2개": "[카드번호] 2개",
    # accounts
    "국민은행 123456-04-123456 홍길동": "국민은행 [계좌번호] 홍길동",
    "신한 110-123-456789": "신한 [계좌번호]",
    "신한110123456789": "신한[계좌번호]",
    "카카오뱅크 3333 01 1234567": "카카오뱅크 [계좌번호]",
    "계좌번호: 301-1234-5678-31": "계좌번호: [계좌번호]",
    "110-123-456789 (신한은행)": "[계좌번호] (신한은행)",
    "110-123-456789 홍길동 국민은행": "[계좌번호] 홍길동 국민은행",
    "예금주 홍길동 1002-123-456789": "예금주 홍길동 [계좌번호]",
    "2026-11-27 110-123-456789 국민은행": "2026-11-27 [계좌번호] 국민은행",
    "계좌 110-123-456789 30000원": "계좌 [계좌번호] 30000원",
    "계좌 110-123-456789 010-1234-5678": "계좌 [계좌번호] [전화번호]",
    "기업은행 일일공-일이삼-사오육칠팔구": "기업은행 [계좌번호]",
    "우체국 012345-02-123456": "우체국 [계좌번호]",
    # e-mail
    "hong@naver.com으로 보내 주세요": "[이메일]으로 보내 주세요",
    "HONG.gil-dong_1+a@mail.example.co.kr,": "[이메일],",
    "ｈｏｎｇ＠ｎａｖｅｒ．ｃｏｍ": "[이메일]",
    "hong @ naver.com": "[이메일]",
    "hong@naver,com": "[이메일]",
    "hong골뱅이네이버닷컴": "[이메일]",
    "hong(at)gmail.com": "[이메일]",
    "hong@naver 인데요": "[이메일] 인데요",
    "01012345678@naver.com": "[이메일]",
    # documents
    "M12345678이에요": "[여권번호]이에요",
    "M123A4567": "[여권번호]",
    "m123 a4567": "[여권번호]",
    "여권번호 PM1234567": "여권번호 [여권번호]",
    "11-12-345678-90": "[운전면허번호]",
    "28 12 345678 90": "[운전면허번호]",
    "면허번호 111234567890": "면허번호 [운전면허번호]",
    "서울 12-345678-90": "[운전면허번호]",
    "사업자 124-81-00998": "사업자 [사업자번호]",
    "220.81.62517": "[사업자번호]",
    "사업자등록번호 1234567890": "사업자등록번호 [사업자번호]",
    "법인등록번호 110111-1234567": "법인등록번호 [사업자번호]",
    "P123456789012": "[통관고유부호]",
    # a URL keeps its digits, but for a phone in its parameters
    "https://a.kr/9001011234567?tel=01012345678&no=1": "https://a.kr/9001011234567?tel=[전화번호]&no=1",
    "주소는 https://a.kr 번호는 010-1234-5678": "주소는 https://a.kr 번호는 [전화번호]",
}  # fmt: skip

HARMLESS_TEXTS = [
    "2026112712345678",
    "4111111111111112",
    "주문번호 4111111111111111",
    "주문번호는 261127-1234567",
    "주문 번호 : 9001011234567",
    "9001011234560 주문 취소해 주세요",
    "송장번호 9001011234567",
    "운송장이 4111 1111 1111 1111",
    "CJ대한통운 0212345678",
    "우체국 6012345678901",
    "한진택배 123456789012 조회",
    "1,234,567원",
    "계좌로 1,234,567원 입금",
    "국민은행에서 1234567890원",
    "26.11.27 1500000원 결제",
    "2026-11-27",
    "2026.11.27",
    "20261127",
    "2026. 11. 27. 14:30",
    "20261127143000 국민은행 입금",
    "2026-11-27 - 2026-12-03에 국민은행으로",
    "오후 2:30~3:45",
    "3개월 12일 1500개",
    "v10.0.19041.1234",
    "192.168.100.100",
    "2026-02-1234567",
    "010-12-3456",
    "1588-1234",
    "080-123-4567",
    "123-45-67890",
    "S20261127",
    "사이즈 M 100",
    "바코드 8801234567890",
    "900101-1******",
    "991301-1234567",
    "smartstore.naver.com/shop/products/9001011234567",
    "www.a.kr/4111111111111111",
    "이사 오는 날이 이일 삼일 사일이에요",
    "일이 이상해요",
    "medium.com/@hong",
    "3개 @ 5000원",
]


@pytest.mark.parametrize(("text", "masked"), MASKED.items())
def test_what_is_personal_is_replaced_and_all_else_stays(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize("text", HARMLESS_TEXTS)
def test_what_only_looks_personal_stays_as_typed(text: str) -> None:
    assert mask(text) == Masked(text, ())


@pytest.mark.parametrize(
    "text", ["홍길동", "서울특별시 종로구 세종대로 1, 101동 202호", "1990년 1월 1일생", "12가3456", "110123456789", "010-1234-56789", "O1O-1234-5678"]
)
def test_what_the_package_says_it_cannot_find_is_not_found(text: str) -> None:
    assert mask(text).kinds == ()


def test_the_package_says_that_names_and_addresses_are_not_found() -> None:
    assert "Not found, so that no text is free of personal data because it went through here: names, addresses" in str(faqbot.privacy.__doc__)


def test_kinds_stand_once_each_in_the_order_of_the_enum() -> None:
    text = "hong@naver.com 010-1234-5678 4111-1111-1111-1111 010-2222-3333"
    assert mask(text).kinds == (Kind.CARD, Kind.PHONE, Kind.EMAIL)


def test_each_kind_has_a_label_of_its_own() -> None:
    assert set(LABELS) == set(Kind)
    assert len(set(LABELS.values())) == len(Kind)


def test_what_was_masked_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        mask("").text = "010-1234-5678"  # type: ignore[misc]


def test_a_label_is_no_word_beside_a_number() -> None:
    assert mask("[계좌번호] 1234567890").kinds == ()
    assert mask("계좌 1234567890").kinds == (Kind.ACCOUNT,)


def test_what_a_label_frees_of_its_neighbour_is_looked_at_again() -> None:
    assert mask("01012345678/9001011234567") == Masked("[전화번호]/[주민등록번호]", (Kind.RESIDENT_NUMBER, Kind.PHONE))


def test_the_nearest_word_decides() -> None:
    assert mask("주민번호 말고 주문번호 2611271234567").kinds == ()
    assert mask("주문번호 말고 주민번호 2611271234567").kinds == (Kind.RESIDENT_NUMBER,)


def test_decomposed_hangul_is_read_like_composed() -> None:
    typed_on_a_mac = "\u1100\u1169\u11bc\u110b\u1175\u11af\u1100\u1169\u11bc 1234 5678"
    assert mask(typed_on_a_mac).text == "[전화번호]"


def test_a_check_digit_decides_where_the_form_of_a_resident_number_is_doubtful() -> None:
    draw = Random(1)  # noqa: S311  # no secret depends on it
    old = [number for number in (resident(draw) for _ in range(400)) if checked(number)]
    assert len(old) > 100
    for number in old:
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert [mask(f"{each[:4]}-{each[4:9]}-{each[9:]}").kinds for each in (number, wrong)] == [(Kind.RESIDENT_NUMBER,), ()]


def checked(number: str) -> bool:
    """By the rule in words: eleven, of a foreigner thirteen, less the weighted sum's rest of eleven, of which the last digit counts."""
    rest = sum(int(digit) * weight for digit, weight in zip(number, [*range(2, 10), *range(2, 6)], strict=False)) % 11
    return f"{(13 if number[6] in '5678' else 11) - rest}"[-1] == number[12]


# --- texts as customers type them ---


@dataclass
class Figures:
    """What became of the samples of one family. `right`: nothing but the number went, under its own label."""

    right: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[str, str]] = field(default_factory=list)


def is_hidden(sample: Sample, text: str) -> bool:
    """Whether a label stands for the whole number; a spelled digit behind it, which may be a particle, may have gone too."""
    rests = [sample.behind[at:] for at in range(3) if set(sample.behind[:at]) <= set(" 공일이삼사오육칠팔구")]
    return any(text == sample.before + label + rest for label in LABELS.values() for rest in rests)


@pytest.fixture(scope="module")
def figures() -> Figures:
    figures = Figures()
    for sample in samples():
        masked = mask(sample.text)
        expected = sample.text if sample.kind is None else sample.before + LABELS[Kind(sample.kind)] + sample.behind
        hidden = masked.text == expected or (sample.kind is not None and is_hidden(sample, masked.text))
        figures.all[sample.family] += 1
        figures.right[sample.family] += masked.text == expected
        figures.hidden[sample.family] += hidden
        figures.failed += [] if hidden else [(sample.text, masked.text)]
    return figures


def test_there_are_samples_of_every_kind_and_more_than_five_thousand(figures: Figures) -> None:
    assert figures.all.total() >= 5000
    assert set(figures.all) == {*PERSONAL, *HARMLESS}
    assert {kind for kind, _, _ in PERSONAL.values()} == set(Kind) - {Kind.NUMBER}


def test_of_a_thousand_resident_numbers_at_most_one_is_missed(figures: Figures) -> None:
    assert figures.hidden["resident"] >= 0.999 * figures.all["resident"]
    assert figures.right["resident"] >= 0.999 * figures.all["resident"]


@pytest.mark.parametrize("family", sorted(set(PERSONAL) - {"resident"}))
def test_of_a_hundred_other_numbers_at_most_one_is_missed(figures: Figures, family: str) -> None:
    assert figures.hidden[family] >= 0.99 * figures.all[family], figures.failed
    assert figures.right[family] >= 0.97 * figures.all[family]


@pytest.mark.parametrize("family", sorted(HARMLESS))
def test_of_a_thousand_harmless_numbers_at_most_five_are_masked(figures: Figures, family: str) -> None:
    assert figures.right[family] >= 0.995 * figures.all[family], figures.failed


def test_no_digit_of_a_planted_number_is_left(figures: Figures) -> None:
    assert figures.failed == []


def test_the_generator_knows_the_check_digit_of_cards() -> None:
    assert with_luhn("7992739871") == "79927398713"
    assert with_luhn("37828224631000") == "378282246310005"


# --- any text at all ---

PIECES = [
    "0", "1", "9", "01", "010", "1234", "5678", "900101", "1234567", "9001011234567", "4111111111111111", "4111", "1111", "123-45-67891", "11-12-345678-90", "123456-04-123456", "20261127", "2026-11-27",
    "-", " ", ".", ",", "/", "(", ")", "·", "\n", "\u200b", "공", "일", "이", "삼사", "공일공", "에", "다시", "뒤", "국민은행", "우리", "계좌", "주문번호", "송장", "카드번호", "주민번호", "면허", "사업자", "법인", "여권",
    "M", "P", "123A4567", "12345678", "02", "031", "+82", "82", "@", "naver.com", "a", "골뱅이", "[전화번호]", "[계좌번호]", "[", "]", "원", "https://a.kr/", "www.", "=",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.text(max_size=60),
    st.tuples(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), st.integers(2, 12)).map(lambda both: both[0] * both[1]),
)
#: Each number that is masked shows the next, from the right or from the left.
CHAINS = ["900101( 1234공일공" * 40, "M01082공일공" * 40]


@settings(max_examples=400)
@given(TEXTS)
@example("02-123-4567-010-1234-5678")
@example("계좌 1234567890 1234567890 1234567890")
@example("https://a.kr/?e=a@b.kr&id=9001011234567")
@example("\ud800010-1234-5678")
@example(CHAINS[0])
@example(CHAINS[1])
def test_masking_what_is_masked_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == Masked(once.text, ())


@given(TEXTS)
def test_a_text_in_which_nothing_is_found_is_returned_as_it_is(text: str) -> None:
    masked = mask(text)
    assert (masked.text == text) == (masked.kinds == ())
    assert all(LABELS[kind] in masked.text for kind in masked.kinds)


@given(st.text(st.characters(categories=["L", "P", "Z", "C", "S"], exclude_characters="@＠골영일이삼사오육륙칠팔구공"), max_size=80))
def test_a_text_without_digits_and_addresses_has_nothing_personal_to_find(text: str) -> None:
    assert mask(text) == Masked(text, ())


@pytest.mark.parametrize("text", CHAINS)
def test_a_text_that_shows_a_new_number_for_each_masked_one_loses_all_of_them(text: str) -> None:
    masked = mask(text)
    assert Kind.NUMBER in masked.kinds
    assert not any(char.isdigit() for char in masked.text)


# --- time ---

HOSTILE = [
    "1", "1 ", "0 1 ", "4 ", "9 0 ", "1-", "1    ", "일", "일 이 ", "010-", "010-1234-", "010-1234-5678 ", "010-1234-5678", "02-123-4567-", "+82", "(02)", "900101-1234567 ", "900230-1234567 ", "9001011234567-",
    "4111 1111 1111 1112 ", "4111 ", "국민은행 1 ", "국민은행 12 ", "123456-04-123456 국민은행", "계좌1", "@", "a@", "a@a.", "a.a.a.a@", "(at)", "a.", "a-a.", "https://a.kr/1?", "주문번호 9001011234567 ", "주문은는이가을를1",
    "0\u200b1\u200b", "\u1109\u1161", "\u200b", "[전화번호]", "[전화번호]010-1234-5678", "[", "M1", "P123456789012 ", "11-12-345678-90 ", "123-45-67891 ", "1다시", "1에", "26.11.27 1500000원 ", *CHAINS,
]  # fmt: skip


def of_length(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def steps(text: str) -> int:
    """Calls of functions while the text is masked; the same on every machine."""
    calls = 0

    def count(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        mask(text)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_times_the_text_takes_ten_times_the_steps(piece: str) -> None:
    assert steps(of_length(piece, 10_000)) <= 15 * max(steps(of_length(piece, 1_000)), 100)


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_times_the_text_takes_ten_times_the_time_and_not_a_hundred(piece: str) -> None:
    def seconds(length: int) -> float:
        text = of_length(piece, length)
        return min(timeit.repeat(lambda: mask(text), timer=time.process_time, number=1, repeat=2))

    assert seconds(30_000) < 30 * max(seconds(3_000), 0.001)


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        ("은행 ", True), ("은행에서 보낸 ", True), ("NH ", True), ("은행" + "가" * 14, True), ("은행" + "가" * 15, False),
        ("은행 1 ", False), ("은행 \x01", False), ("은행 주문 ", False), ("주문 은행 ", True), ("은행 말고", True), ("다른 말 ", False),
    ],
)  # fmt: skip
def test_a_word_is_said_of_a_number_unless_much_or_another_number_lies_between(lead: str, *, said: bool) -> None:
    assert bool(beside._said("은행|nh", "주문").search(lead)) is said


@pytest.mark.parametrize(("lead", "said"), [("카드", True), ("카드 번호는 ", True), ("CARD: ", True), ("카드가 아닌 ", False), ("카드 사용 ", False)])
def test_a_word_stands_right_before_a_number_with_particles_at_most(lead: str, *, said: bool) -> None:
    assert bool(beside._right_before("카드|card").search(lead)) is said


def test_how_much_may_lie_between_can_be_said() -> None:
    assert [bool(beside._said("은행", "주문", within=2).search(f"은행{'가' * n}")) for n in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12  34", "12 34"),
        ("12 - 34", "12-34"),
        ("12) 34", "12)34"),
        ("12 (34", "12(34"),
        ("12./34", "12/34"),
        ("12..34", "12.34"),
        ("12다시34", "12-34"),
        ("12에34", "12-34"),
    ],
)
def test_of_several_signs_between_digits_the_one_that_says_most_is_read(typed: str, read: str) -> None:
    assert view_of(typed).chars == read
