import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.korean.analyzer import KiwiAnalyzer, Token
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import SynonymGroup, Synonyms
from faqbot.korean.terms import content, morphemes, question_key, syllables


def word(form: str, tag: str) -> Token:
    return Token(form, tag, 0, len(form))


@pytest.mark.parametrize("tag", ["NNG", "NNP", "NNB", "NR", "NP", "VV", "VA", "VCN", "MM", "MAG", "XR", "XPN", "XSN", "SL", "SH", "SN", "W_URL"])
def test_what_carries_meaning_is_content(tag: str) -> None:
    assert content([word("말", tag)]) == [("말", tag)]


@pytest.mark.parametrize("tag", ["JKS", "JX", "EP", "EF", "EC", "ETM", "VCP", "XSV", "SF", "SP", "SW", "IC"])
def test_endings_particles_and_signs_are_no_content(tag: str) -> None:
    assert content([word("은", tag)]) == []


@pytest.mark.parametrize("form", ["않", "못하", "말"])
def test_auxiliaries_that_negate_are_content(form: str) -> None:
    assert content([word(form, "VX")]) == [(form, "VX")]


@pytest.mark.parametrize("form", ["주", "있", "보", "버리"])
def test_other_auxiliaries_are_no_content(form: str) -> None:
    assert content([word(form, "VX")]) == []


def test_content_keeps_the_order_of_the_text() -> None:
    assert content([word("환불", "NNG"), word("은", "JX"), word("언제", "MAG")]) == [("환불", "NNG"), ("언제", "MAG")]


def test_latin_content_is_in_lower_case() -> None:
    assert content([word("OTP", "SL")]) == [("otp", "SL")]


def test_regular_and_irregular_verbs_have_one_tag() -> None:
    assert content([word("받", "VV-R"), word("돕", "VV-I")]) == [("받", "VV"), ("돕", "VV")]


def test_a_morpheme_is_form_and_tag() -> None:
    assert morphemes([("배송", "NNG"), ("안", "MAG")]) == ["배송/NNG", "안/MAG"]


def test_syllables_are_all_substrings_of_the_lengths_short_ones_first() -> None:
    assert syllables("배송조", 1, 2) == ["배", "송", "조", "배송", "송조"]


def test_a_text_shorter_than_the_shortest_length_has_no_syllables() -> None:
    assert syllables("배", 2, 3) == []


@given(st.text(max_size=12), st.integers(1, 3))
def test_every_syllable_is_in_the_text(text: str, high: int) -> None:
    found = syllables(text, 1, high)
    assert all(part in text and 1 <= len(part) <= high for part in found)
    assert found[: len(text)] == list(text)


@pytest.mark.parametrize("other", ["환불은 어떻게 하나요", "환불은어떻게하나요?", "환불은  어떻게 하나요?!", "「환불은 어떻게 하나요」"])
def test_questions_that_differ_in_spaces_and_signs_are_one_question(other: str) -> None:
    assert question_key(other) == question_key("환불은 어떻게 하나요?")


def test_questions_that_differ_in_case_are_one_question() -> None:
    assert question_key("OTP 오류") == question_key("otp 오류")


@pytest.mark.parametrize(("one", "other"), [("환불 3일", "환불 5일"), ("로그인이 돼요", "로그인이 안 돼요"), ("환불은", "환불을")])
def test_questions_that_differ_in_a_letter_or_digit_are_two(one: str, other: str) -> None:
    assert question_key(one) != question_key(other)


def test_a_question_of_signs_alone_keeps_its_signs() -> None:
    assert question_key("? !…") == "?!…"


@pytest.fixture(scope="module")
def reader(analyzer: KiwiAnalyzer) -> Reader:
    groups = (SynonymGroup("=", "common", "환불", ("돈 돌려받다",)), SynonymGroup(">", "common", "배송", ("송장",)))
    return Reader(analyzer, Synonyms.compile(groups, analyzer))


def test_the_views_of_a_reading(reader: Reader) -> None:
    reading = reader.query("OTP로 돈을 돌려받았어요")
    assert reading.raw == "otp로돈을돌려받았어요"
    assert reading.items == [("otp", "SL"), ("돈", "NNG"), ("돌려받", "VV")]
    assert reading.content == "otp돈돌려받"
    assert reading.morphemes == ["otp/SL", "돈/NNG", "돌려받/VV"]
    assert list(reading.canonical) == ["otp", "환불"]
    assert reading.canonical_text == "otp환불"


def test_a_text_without_content_has_empty_views(reader: Reader) -> None:
    reading = reader.query("?!")
    assert not any((reading.items, reading.content, reading.canonical, reading.canonical_text, reading.morphemes, reading.negated))


def test_two_way_synonyms_are_read_on_both_sides(reader: Reader) -> None:
    assert list(reader.stored("돈 돌려받았어요").canonical) == ["환불"]
    assert list(reader.query("돈 돌려받았어요").canonical) == ["환불"]


def test_one_way_synonyms_are_read_in_queries_only(reader: Reader) -> None:
    assert list(reader.stored("송장").canonical) == ["송장"]
    assert list(reader.query("송장").canonical) == ["송장", "배송"]


@pytest.mark.parametrize(
    "denial",
    ["로그인이 안 돼요", "로그인이 되지 않아요", "로그인을 못해요", "로그인 못 했어요", "로그인 불가", "미입금", "로그인 기록이 없어요", "로그인하지 마세요"],
)
def test_a_denial_is_negated(reader: Reader, denial: str) -> None:
    assert reader.query(denial).negated


@pytest.mark.parametrize("assertion", ["로그인이 돼요", "로그인하고 싶어요", "안내 문자", "못자리", "미국 배송"])
def test_an_assertion_is_not_negated(reader: Reader, assertion: str) -> None:
    assert not reader.query(assertion).negated


def test_negation_makes_another_query(reader: Reader) -> None:
    works, fails = reader.query("로그인이 돼요"), reader.query("로그인이 안 돼요")
    assert works.morphemes != fails.morphemes
    assert works.content != fails.content
    assert works.canonical != fails.canonical


@pytest.mark.parametrize(("glued", "spaced"), [("배송조회", "배송 조회"), ("환불해주세요", "환불 해 주세요"), ("결제취소하고싶어요", "결제 취소하고 싶어요")])
def test_spacing_makes_no_difference(reader: Reader, glued: str, spaced: str) -> None:
    assert reader.query(glued).morphemes == reader.query(spaced).morphemes
    assert reader.query(glued).canonical == reader.query(spaced).canonical


@pytest.mark.parametrize("text", ["밥을", "밥이", "밥"])
def test_words_of_one_syllable_are_kept_whatever_particle_follows(reader: Reader, text: str) -> None:
    assert reader.query(text).morphemes == ["밥/NNG"]


def test_full_width_digits_read_as_digits(reader: Reader) -> None:
    assert reader.query(normalize("５만원")).morphemes == reader.query("5만원").morphemes
