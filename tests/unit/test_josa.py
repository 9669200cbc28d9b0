import pytest

from faqbot.korean.josa import with_josa


@pytest.mark.parametrize(
    ("word", "josa", "expected"),
    [
        ("환불", "을", "환불을"),
        ("결제", "을", "결제를"),
        ("환불", "이", "환불이"),
        ("결제", "이", "결제가"),
        ("환불", "은", "환불은"),
        ("결제", "은", "결제는"),
        ("환불", "과", "환불과"),
        ("결제", "과", "결제와"),
        ("쿠폰", "이라", "쿠폰이라"),
        ("카드", "이라", "카드라"),
        ("쿠폰", "이에요", "쿠폰이에요"),
        ("카드", "이에요", "카드예요"),
    ],
)
def test_a_consonant_and_a_vowel_have_a_form_each(word: str, josa: str, expected: str) -> None:
    assert with_josa(word, josa) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("쿠폰", "쿠폰으로"), ("카드", "카드로"), ("환불", "환불로"), ("서울", "서울로"), ("밖", "밖으로"), ("닭", "닭으로")]
)
def test_a_final_rieul_goes_as_a_vowel_to_ro(word: str, expected: str) -> None:
    assert with_josa(word, "으로") == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("0", "을"),
        ("1", "을"),
        ("2", "를"),
        ("3", "을"),
        ("4", "를"),
        ("5", "를"),
        ("6", "을"),
        ("7", "을"),
        ("8", "을"),
        ("9", "를"),
        ("2026", "을"),
        ("10", "을"),
    ],
)
def test_a_number_goes_as_it_is_read(word: str, expected: str) -> None:
    assert with_josa(word, "을") == word + expected


@pytest.mark.parametrize(("word", "expected"), [("1", "로"), ("7", "로"), ("8", "로"), ("3", "으로"), ("6", "으로"), ("0", "으로"), ("2", "로")])
def test_one_seven_and_eight_end_in_rieul(word: str, expected: str) -> None:
    assert with_josa(word, "으로") == word + expected


@pytest.mark.parametrize(
    ("word", "expected"), [("PC", "는"), ("GMAIL", "은"), ("App Store", "는"), ("ATM", "은"), ("QR", "은"), ("SKT", "는"), ("VPN", "은"), ("pin", "은")]
)
def test_letters_go_as_their_names_are_read(word: str, expected: str) -> None:
    assert with_josa(word, "은") == word + expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("'배송'", "'배송'으로"),
        ("배송(오늘)", "배송(오늘)로"),
        ('"결제"', '"결제"로'),
        ("환불!?", "환불!?로"),
        ("쿠폰 ", "쿠폰 으로"),
        ("[전화번호]", "[전화번호]로"),
    ],
)
def test_signs_behind_a_word_are_passed_over(word: str, expected: str) -> None:
    assert with_josa(word, "으로") == expected


@pytest.mark.parametrize(("word", "expected"), [("", "를"), ("?!", "?!를"), ("ㅋㅋ", "ㅋㅋ를"), ("😀", "😀를"), ("日本", "日本를")])
def test_what_has_no_reading_goes_as_a_vowel(word: str, expected: str) -> None:
    assert with_josa(word, "을") == expected
