import unicodedata
from typing import Literal

import pytest

from faqbot.domain import FaqEntry, Outcome
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.keyboard import to_latin
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.interpretation import Interpreter
from faqbot.training.base import index_entries

ENTRIES = (
    FaqEntry("refund", "환불은 며칠 걸리나요?", "영업일 3일 안에 환불됩니다."),
    FaqEntry("track", "배송 조회는 어디에서 하나요?", "운송장 번호로 조회하세요. 나는 눈이 와서 늦어요."),
    FaqEntry("coupon", "쿠폰 발급 방법", "이벤트 페이지에서 받으세요. 재가입하면 다시 드려요."),
    FaqEntry("gs", "GS 편의점에서 반품할 수 있나요?", "Naver 로그인으로 신청하세요."),
)
BRAND = FaqEntry("brand", "tkrwp 요금제는 무엇인가요?", "rkawk 포인트를 드려요.")


@pytest.fixture(scope="module")
def reader(analyzer: KiwiAnalyzer) -> Reader:
    return Reader(analyzer, Synonyms(()))


def interpreter(entries: tuple[FaqEntry, ...], reader: Reader) -> Interpreter:
    index = index_entries(entries, reader).index
    return Interpreter(index.lexicon, reader, index.question_contents)


@pytest.fixture(scope="module")
def read(reader: Reader) -> Interpreter:
    return interpreter(ENTRIES, reader)


@pytest.mark.parametrize("meant", ["환불 며칠 걸려요?", "배송 조회", "쿠폰 발급", "배송조회", "환불 어디에서"])
def test_a_query_on_the_wrong_layout_is_read_on_the_right_one(read: Interpreter, meant: str) -> None:
    interpretation, reading = read.read(to_latin(meant))
    assert interpretation.normalized == reading.text == meant
    assert [corrected for _, corrected in interpretation.corrections] == meant.rstrip("?").split()


@pytest.mark.parametrize(("typed", "meant"), [("환불 auclf", "환불 며칠"), ("배송whghl", "배송조회"), ("5dlf 환불", "5dlf 환불")])
def test_one_word_on_the_wrong_layout_needs_two_syllables_of_the_base(read: Interpreter, typed: str, meant: str) -> None:
    assert read.read(typed)[0].normalized == meant


@pytest.mark.parametrize("word", ["sms", "sk", "sns", "dm", "so", "work", "10gb", "1tb", "google", "apple"])
@pytest.mark.parametrize("query", ["{}", "{} 환불", "배송 {} 조회"])
def test_latin_words_stay_latin(read: Interpreter, word: str, query: str) -> None:
    typed = query.format(word)
    assert read.read(typed)[0].normalized == typed


def test_several_latin_words_of_one_syllable_are_no_sentence(read: Interpreter) -> None:
    assert read.read("dna rna sms")[0].corrections == ()


@pytest.mark.parametrize(
    "code",
    [
        "A1B2-33",
        "SKU12",
        "iphone15",
        "https://shop.example/qothd",
        "shop.example/qothd",
        "qothd@shop.example",
        "qothd.com",
        "qothd-01",
        "qothd_whghl",
        "qothd2",
    ],
)
@pytest.mark.parametrize("query", ["{}", "{} 환불", "환불 {} rkawk"])
def test_links_addresses_codes_and_ids_are_never_converted(reader: Reader, code: str, query: str) -> None:
    typed = query.format(code)
    assert code in interpreter(ENTRIES, reader).read(typed)[0].normalized


def test_a_full_stop_makes_no_link(read: Interpreter) -> None:
    assert read.read("whghl qothd.")[0].normalized == "조회 배송."


@pytest.mark.parametrize("word", ["tkrwp", "rkawk"])
def test_a_latin_word_of_the_base_wins_over_what_its_keys_say(reader: Reader, word: str) -> None:
    others = (*ENTRIES, FaqEntry("other", "감자 삭제", "감자를 삭제하세요."))
    assert interpreter(others, reader).read(f"{word} 환불")[0].normalized != f"{word} 환불"
    assert interpreter((*others, BRAND), reader).read(f"{word} 환불")[0].normalized == f"{word} 환불"


@pytest.mark.parametrize(("typed", "meant"), [("ㅜㅁㅍㄷㄱ 로그인", "naver 로그인"), ("ㅎㄴ 반품", "gs 반품")])
def test_hangul_becomes_latin_where_that_is_a_word_of_the_base(read: Interpreter, typed: str, meant: str) -> None:
    assert read.read(typed)[0].normalized == meant


@pytest.mark.parametrize("typed", ["ㅎㄴ", "ㅎ ㄴ", "ㅎㅂ", "ㅂㅅㅈㅎ"])
def test_a_query_of_initials_stays_as_it_is(read: Interpreter, typed: str) -> None:
    assert read.read(typed)[0].normalized == typed


@pytest.mark.parametrize("typed", ["환불ㅋㅋ", "환불 ㅠㅠ", "환불 ㅎㅎ ^^", "환불ㅡㅡ;;", "ㅋㅋ 환불", "환불ㅇㅇ"])
def test_laughter_and_tears_weigh_nothing(read: Interpreter, reader: Reader, typed: str) -> None:
    interpretation, reading = read.read(typed)
    assert interpretation.corrections == ()
    assert reading.morphemes == reader.query("환불").morphemes


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_composed_or_not_is_one_query(read: Interpreter, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    assert read.read(normalize(unicodedata.normalize(form, "환불 며칠")))[1].morphemes == ["환불/NNG", "며칠/NNG"]


def test_full_width_letters_are_keys_too(read: Interpreter) -> None:
    assert read.read(normalize("ｇｈｋｓｑｎｆ　며칠"))[0].normalized == "환불 며칠"


def test_a_word_on_the_wrong_layout_may_be_misspelt(read: Interpreter) -> None:
    interpretation, reading = read.read("qothd 죠회")
    assert interpretation.normalized == reading.text == "배송 조회"
    assert interpretation.corrections == (("qothd", "배송"), ("죠회", "조회"))


def test_what_is_known_is_read_as_it_is(read: Interpreter, reader: Reader) -> None:
    interpretation, reading = read.read("쿠폰 발급 방법")
    assert (interpretation.normalized, interpretation.corrections) == ("쿠폰 발급 방법", ())
    assert reading == reader.query("쿠폰 발급 방법")


@pytest.mark.parametrize("typed", ["ㅎㅂ", "ㄱㅈㅊㅅ", "ㅂㅅ", "ㅎ", "ㅅㅅㄹ"])
def test_initials_alone_are_never_answered(bot: Bot, typed: str) -> None:
    assert bot.ask(typed).outcome is not Outcome.ANSWER
