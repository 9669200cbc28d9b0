import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faqbot.errors import QueryError
from faqbot.korean.normalize import MAX_NORMALIZED, MAX_RAW, normalize, normalize_query


def test_decomposed_hangul_is_composed() -> None:
    typed_on_a_mac = unicodedata.normalize("NFD", "환불")
    assert len(typed_on_a_mac) == 6
    assert normalize(typed_on_a_mac) == "환불"


def test_letters_that_a_hidden_character_kept_apart_are_composed() -> None:
    assert normalize("\u1112\u200b\u116a\u11ab") == "환"


def test_full_width_ascii_and_space_are_folded() -> None:
    assert normalize("５만원　Ａ／Ｓ！") == "5만원 A/S!"


@pytest.mark.parametrize("laugh", ["ㅋㅋ", "ㅠㅠ", "ㅎㅎ", "ㄱㅅ", "ㅋ"])
def test_jamo_of_a_laugh_keep_their_code_points(laugh: str) -> None:
    assert normalize(laugh) == laugh


@pytest.mark.parametrize("hidden", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\ue000"])
def test_invisible_characters_vanish(hidden: str) -> None:
    assert normalize(f"환{hidden}불") == "환불"


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\t", "\n", "\r\n"])
def test_control_characters_become_one_space(control: str) -> None:
    assert normalize(f"환불{control}취소") == "환불 취소"


@pytest.mark.parametrize("space", ["  ", "\u00a0", "\u3000", "\u2028", "\u2003"])
def test_spaces_of_every_kind_become_one(space: str) -> None:
    assert normalize(f" 환불{space}취소 ") == "환불 취소"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ㅋㅋㅋㅋㅋ", "ㅋㅋ"),
        ("환불!!!!", "환불!!"),
        ("아아아아 제발", "아아 제발"),
        ("왜애애애", "왜애애"),
        ("......", ".."),
        ("😭😭😭😭", "😭😭"),
        ("ㅋ\u200bㅋㅋ", "ㅋㅋ"),
    ],
)
def test_three_or_more_of_one_letter_or_sign_become_two(typed: str, read: str) -> None:
    assert normalize(typed) == read


@pytest.mark.parametrize("twice", ["쓱쓱", "네네!!", "ㅠㅠ"])
def test_a_pair_stays_a_pair(twice: str) -> None:
    assert normalize(twice) == twice


@pytest.mark.parametrize("number", ["100000원", "010-1111-2222", "2000000", "１０００"])
def test_repeated_digits_are_amounts_and_stay(number: str) -> None:
    assert normalize(number) == unicodedata.normalize("NFKC", number)


def test_upper_case_stays() -> None:
    assert normalize("OTP 오류") == "OTP 오류"


#: Characters that the rules are about, more often than chance would bring them.
TRICKY = st.text(st.sampled_from("ㅋㅠ가각아하ᄒ\u116a\u11ab!?.１１11Ａ　 \t\x00\u200b\ufeff\u0301\u0327é😭") | st.characters(exclude_categories=["Cs"]))


@given(TRICKY)
@example("ᄒ\u200b\u116a\u11ab" * 3)
@example("Ａ\u0301\u0301\u0301\u0301")
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(TRICKY)
def test_what_is_left_is_trimmed_composed_and_free_of_control_characters(text: str) -> None:
    read = normalize(text)
    assert read == read.strip()
    assert unicodedata.is_normalized("NFC", read)
    assert not [c for c in read if unicodedata.category(c) in {"Cc", "Cf"}]


def test_a_query_is_normalized() -> None:
    assert normalize_query(" 환불　언제 돼요？？？？ ") == "환불 언제 돼요??"


def test_a_query_of_the_longest_length_is_read() -> None:
    assert len(normalize_query("가나" * (MAX_NORMALIZED // 2))) == MAX_NORMALIZED


def test_a_query_that_is_short_only_after_normalization_is_read() -> None:
    assert normalize_query("ㅋ" * MAX_RAW) == "ㅋㅋ"


def test_a_query_above_the_normalized_cap_is_refused() -> None:
    with pytest.raises(QueryError, match=r"^질문이 너무 깁니다\(302자\). 300자 이내로 줄여 주세요.$") as refusal:
        normalize_query("가나" * 151)
    assert refusal.value.code == "too_long"


def test_a_query_above_the_raw_cap_is_refused_even_when_little_of_it_would_be_left() -> None:
    with pytest.raises(QueryError, match=r"^질문이 너무 깁니다\(1,201자\). 300자 이내로 줄여 주세요.$") as refusal:
        normalize_query("ㅋ" * (MAX_RAW + 1))
    assert refusal.value.code == "too_long"


def test_the_raw_cap_comes_before_any_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: str) -> str:
        raise AssertionError(f"normalized {len(text)} characters")

    monkeypatch.setattr("faqbot.korean.normalize.normalize", never)
    with pytest.raises(QueryError, match="1,201자"):
        normalize_query("\ud800" * (MAX_RAW + 1))


@pytest.mark.parametrize("surrogate", [0xD800, 0xDBFF, 0xDC00, 0xDFFF], ids=hex)
def test_a_lone_surrogate_is_refused(surrogate: int) -> None:
    with pytest.raises(QueryError, match=r"^질문에 깨진 글자가 있습니다. 다시 입력해 주세요.$") as refusal:
        normalize_query("환불" + chr(surrogate))
    assert refusal.value.code == "not_text"


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b\ufeff", "\x00\x00", "　"])
def test_a_query_with_nothing_in_it_is_refused(nothing: str) -> None:
    with pytest.raises(QueryError, match=r"^질문이 비어 있습니다. 궁금한 점을 적어 주세요.$") as refusal:
        normalize_query(nothing)
    assert refusal.value.code == "empty"
