from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.keyboard import decompose
from faqbot.korean.plausibility import log_probability
from faqbot.korean.reading import Reader, Reading
from faqbot.korean.synonyms import SynonymGroup, Synonyms
from faqbot.retrieval.spelling import CONFUSED, LOOSE, MOST, OTHER, SOUND, START, Speller, Words, closed, difference, margin, moved_back
from faqbot.training.base import index_entries

ENTRIES = (
    FaqEntry("refund", "환불은 며칠 걸리나요?", "영업일 3일 안에 환불됩니다."),
    FaqEntry("track", "배송 조회는 어디에서 하나요?", "운송장 번호로 조회하세요."),
    FaqEntry("coupon", "쿠폰 발급 방법을 알려 주세요", "이벤트 페이지에서 받으세요."),
    FaqEntry("free", "무료 배송 기준은 얼마인가요?", "3만원입니다."),
    FaqEntry("pay", "결제 수단 변경", "내 정보에서 바꾸세요."),
    FaqEntry("wallet", "비즈월렛 충전은 어떻게 하나요?", "메뉴에서 하세요."),
    FaqEntry("tax", "세무서에 내는 서류는 무엇인가요?", "확인서입니다."),
    FaqEntry("certificate", "본인 인증이 안 돼요", "고객센터에 문의하세요."),
    FaqEntry("photo", "후기 사진은 어디에 올리나요?", "기간이 지나면 올릴 수 없어요."),
    FaqEntry("late", "신청 기간이 지나면 어떻게 하나요?", "다시 신청하세요."),
)
#: Rows of words of the base and of others, spelt in any way.
typed = st.lists(
    st.one_of(
        st.sampled_from(
            ["환불", "환뷸", "배송", "베송", "죠회", "쿠퐁", "발끕", "무르고", "결재", "ㅋㅋ", "ㅂㅐ송", "배소오옹", "이다이다", "010", "sns", "!"]
        ),
        st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=8),
        st.text(st.characters(min_codepoint=0x3131, max_codepoint=0x3163), min_size=1, max_size=4),
    ),
    max_size=6,
).map(" ".join)


@pytest.fixture(scope="module")
def reader(analyzer: KiwiAnalyzer) -> Reader:
    return Reader(analyzer, Synonyms.compile([SynonymGroup("=", "common", "인증", ("민증",))], analyzer))


@pytest.fixture(scope="module")
def speller(reader: Reader) -> Speller:
    return Speller(index_entries(ENTRIES, reader).index.lexicon, reader)


@pytest.mark.parametrize(
    ("query", "meant", "correction"),
    [
        ("쿠폰 발끕", "쿠폰 발급", ("발끕", "발급")),
        ("쿠폰 밥급", "쿠폰 발급", ("밥급", "발급")),
        ("베송 조회", "배송 조회", ("베송", "배송")),
        ("배숑 조회", "배송 조회", ("배숑", "배송")),
        ("배송 죠회", "배송 조회", ("죠회", "조회")),
        ("배송죠회 어디서", "배송조회 어디서", ("죠회", "조회")),
        ("무료베송 기준", "무료배송 기준", ("베송", "배송")),
        ("환뷸 며칠", "환불 며칠", ("환뷸", "환불")),
        ("카드 걸제", "카드 결제", ("걸제", "결제")),
    ],
)
def test_one_wrong_jamo_in_a_word_of_the_base_is_put_right(speller: Speller, reader: Reader, query: str, meant: str, correction: tuple[str, str]) -> None:
    reading, corrections = speller.respell(reader.query(query))
    assert (reading.text, corrections) == (meant, (correction,))
    assert reading == reader.query(meant)


@pytest.mark.parametrize("piece", ["이다", "지이인짜", "은는이가을를에게서로", "배쇼ㅇ조화", "환뷸 발끕 죠회 ", "되되있를다가 "])
def test_a_text_of_the_greatest_length_is_read_twice_at_most(reader: Reader, monkeypatch: pytest.MonkeyPatch, piece: str) -> None:
    speller, text, read = Speller(index_entries(ENTRIES, reader).index.lexicon, reader), (piece * 300)[:300], []
    reading, query = reader.query(text), Reader.query
    monkeypatch.setattr(Reader, "query", lambda self, asked: read.append(asked) or query(self, asked))
    speller.respell(reading)
    assert len(read) <= 1


def test_what_is_too_long_for_a_word_is_not_doubted(speller: Speller, reader: Reader) -> None:
    assert speller.doubtful(reader.query("이다" * 150)) == []


@pytest.mark.parametrize(
    ("query", "meant", "correction"),
    [
        ("환부우울 며칠", "환불 며칠", ("환부우울", "환불")),
        ("배소옹 조회", "배송 조회", ("배소옹", "배송")),
        ("쿠포온 발급", "쿠폰 발급", ("쿠포온", "쿠폰")),
    ],
)
def test_drawn_out_words_are_closed(speller: Speller, reader: Reader, query: str, meant: str, correction: tuple[str, str]) -> None:
    reading, corrections = speller.respell(reader.query(query))
    assert (reading.text, corrections) == (meant, (correction,))


@pytest.mark.parametrize("query", ["오오 환불", "쿠폰 우우", "유우머 배송"])
def test_drawn_out_words_stay_where_closing_them_makes_no_word_of_the_base(speller: Speller, reader: Reader, query: str) -> None:
    assert speller.respell(reader.query(query))[1] == ()


def test_words_written_as_they_are_spoken_are_parted(speller: Speller, reader: Reader) -> None:
    reading, corrections = speller.respell(reader.query("환불바드려면 며칠"))
    assert (reading.text, corrections) == ("환불받으려면 며칠", (("환불바드려면", "환불받으려면"),))


@pytest.mark.parametrize(("query", "meant"), [("쿠폰ㅇㅣ 안 보여요", "쿠폰이 안 보여요"), ("ㅂㅐ송 조회", "배송 조회"), ("쿠폰 ㅂㅏㄹㄱㅡㅂ", "쿠폰 발급")])
def test_syllables_that_were_left_in_pieces_are_put_together(speller: Speller, reader: Reader, query: str, meant: str) -> None:
    assert speller.respell(reader.query(query))[0].text == meant


@pytest.mark.parametrize("query", ["무르고 싶어요", "세무사 추천", "발굽 관리", "무당 배송", "환율 며칠", "서류 반환"])
def test_a_word_of_a_dictionary_is_taken_at_its_word(speller: Speller, reader: Reader, query: str) -> None:
    assert speller.respell(reader.query(query))[1] == ()


def test_a_word_of_a_dictionary_is_read_as_the_one_of_the_base_that_sounds_the_same(speller: Speller, reader: Reader) -> None:
    assert speller.respell(reader.query("결재 수단"))[1] == (("결재", "결제"),)


def test_a_word_of_the_base_is_never_misspelt(reader: Reader) -> None:
    entries = (*ENTRIES, FaqEntry("approval", "결재 문서 양식", "전자 결재에서 받으세요."))
    speller = Speller(index_entries(entries, reader).index.lexicon, reader)
    assert speller.respell(reader.query("결재 수단"))[1] == ()


def test_a_word_that_a_synonym_explains_is_not_misspelt(reader: Reader, speller: Speller, analyzer: KiwiAnalyzer) -> None:
    assert speller.doubtful(reader.query("민증")) == []
    assert speller.doubtful(Reader(analyzer, Synonyms(())).query("민증")) != []


def test_a_name_in_no_dictionary_is_put_right(speller: Speller, reader: Reader) -> None:
    assert speller.respell(reader.query("비즈월랫 충전"))[1] == (("비즈월랫", "비즈월렛"),)


@pytest.mark.parametrize("query", ["채송 조회", "구폰 발급"])
def test_the_first_jamo_of_a_word_is_trusted(speller: Speller, reader: Reader, query: str) -> None:
    assert speller.respell(reader.query(query))[1] == ()


def test_a_word_that_does_not_end_where_a_word_ends_is_not_read(speller: Speller, reader: Reader) -> None:
    assert speller.respell(reader.query("강아지파 고양이파 어느 쪽?"))[1] == ()


def test_once_a_text_may_not_be_read_again_nothing_of_it_is_judged(speller: Speller, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, done = reader.query(("베송 죠회 환뷸 발끕 쿠퐁 " * 20)[:300]), list[str]()
    monkeypatch.setattr("faqbot.retrieval.spelling.log_probability", lambda text: done.append("judged") or log_probability(text))
    monkeypatch.setattr(speller, "_reader", SimpleNamespace(query=lambda text: done.append("read") or reader.query(text)))
    assert len(speller.respell(reading)[1]) == 1
    assert done.count("read") == 1
    assert done[-1] == "read"


def test_a_spelling_that_leaves_as_much_unknown_is_not_read(speller: Speller, reader: Reader) -> None:
    assert speller.respell(reader.query("여사친 남사친 가능하다고 봐?"))[1] == ()


def test_politeness_around_a_misspelt_word_stays(speller: Speller, reader: Reader) -> None:
    reading, corrections = speller.respell(reader.query("안녕하세요, 쿠폰 발끕 부탁드려요"))
    assert (reading.text, corrections) == ("안녕하세요, 쿠폰 발급 부탁드려요", (("발끕", "발급"),))


def test_so_many_words_are_put_right_and_no_more(speller: Speller, reader: Reader) -> None:
    reading, corrections = speller.respell(reader.query("베송 죠회 환뷸 발끕"))
    assert len(corrections) == MOST == 3
    assert reading.text == "배송 조회 환불 발끕"


@pytest.mark.parametrize("query", ["환불은 며칠 걸리나요?", "배송 조회", "쿠폰 발급ㅋㅋ", "", "?!", "ㅎㅂ"])
def test_known_words_cost_neither_a_judgement_nor_an_analysis(speller: Speller, reader: Reader, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    def never(text: str) -> float:
        raise AssertionError(text)

    reading = reader.query(query)
    monkeypatch.setattr("faqbot.retrieval.spelling.log_probability", never)
    monkeypatch.setattr(speller, "_reader", None)
    assert speller.respell(reading) == (reading, ())


def texts(reading: Reading, corrections: tuple[tuple[str, str], ...]) -> tuple[str, int]:
    return reading.text, len(corrections)


@given(typed)
def test_the_same_query_is_read_the_same_way(speller: Speller, reader: Reader, query: str) -> None:
    query = query.strip()
    assert texts(*speller.respell(reader.query(query))) == texts(*speller.respell(reader.query(query)))


@given(typed)
def test_what_is_read_is_better_known_than_what_was_typed(speller: Speller, reader: Reader, query: str) -> None:
    before = reader.query(query.strip())
    after, corrections = speller.respell(before)
    assert len(speller.doubtful(after)) <= len(speller.doubtful(before)) - len(corrections)
    assert (after == before) is (corrections == ())


JAMO = "ㄱㅅㅏ"


def one_away(jamo: str) -> set[str]:
    """Every row of jamo at most one change away."""
    parts = [(jamo[:i], jamo[i:]) for i in range(len(jamo) + 1)]
    return {jamo, *(a + b[1:] for a, b in parts), *(a + c + b for a, b in parts for c in JAMO), *(a + c + b[1:] for a, b in parts for c in JAMO)}


@given(st.text(st.sampled_from(JAMO), max_size=6), st.text(st.sampled_from(JAMO), max_size=6))
def test_a_difference_turns_one_row_of_jamo_into_the_other(one: str, other: str) -> None:
    found = difference(one, other)
    assert (found is not None) is (other in one_away(one))
    if found is not None:
        place, gone, come = found
        assert one[place : place + len(gone)] == gone
        assert one[:place] + come + one[place + len(gone) :] == other


@given(st.sampled_from(["배송", "조회", "발급", "비즈월렛", "세무서"]), st.integers(0, 12), st.sampled_from(["", *"ㅂㅅㅇㅏㅔㅗ"]), st.booleans())
def test_every_word_one_jamo_away_is_found(speller: Speller, word: str, place: int, jamo: str, inserted: bool) -> None:
    right = decompose(word)
    wrong = right[:place] + jamo + right[place + (not inserted) :]
    found = dict(map(reversed, Words(speller._lexicon).near(wrong)))
    assert found.get(word) == right


@pytest.mark.parametrize(
    ("wrong", "word", "nats"),
    [
        ("베송", "배송", SOUND),
        ("게시", "계시", SOUND),
        ("ㅂ배송", "배송", LOOSE),
        ("배숑", "배송", CONFUSED),
        ("하불", "화불", CONFUSED),
        ("환불ㄹ", "환불", LOOSE),
        ("조긔", "조기", CONFUSED),
        ("사릿", "사릭", OTHER),
        ("배소", "배송", OTHER),
        ("재송", "배송", START),
    ],
)
def test_likely_confusions_must_gain_less(wrong: str, word: str, nats: float) -> None:
    assert margin(wrong, decompose(wrong), word, decompose(word)) == nats


@pytest.mark.parametrize("text", ["환불", "며칠", "유아", "오류", "ㅇㅇ", "", "abc", "2단계"])
def test_what_is_not_drawn_out_stays(text: str) -> None:
    assert closed(text) == text


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("차자", ["찾아"]),
        ("드러", ["들어"]),
        ("한국", []),
        ("하하", []),
        ("아어", []),
        ("이써", ["있어"]),
        ("바드려", ["받으려", "바들여"]),
        ("a바드", ["a받으"]),
    ],
)
def test_an_initial_goes_back_where_it_can_have_come_from(text: str, spellings: list[str]) -> None:
    assert list(moved_back(text)) == spellings


@pytest.mark.parametrize(
    ("text", "shut"), [("가아", "가"), ("가아아", "가"), ("환부우울", "환불"), ("a아", "a아"), ("각아", "각아"), ("가어", "가어"), ("히이힣", "히힣")]
)
def test_a_syllable_that_repeats_the_vowel_before_it_is_closed(text: str, shut: str) -> None:
    assert closed(text) == shut
