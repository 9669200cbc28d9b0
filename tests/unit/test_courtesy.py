"""Politeness is no need: it goes, and nothing else goes with it."""

import re
import time
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import Outcome, Reason
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.courtesy import _not_behind, is_courtesy, without_courtesy
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.korean.terms import question_key
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.decision import Evidence, decide
from faqbot.retrieval.parameters import Thresholds

STRIPPED = {
    "안녕하세요, 환불은 언제 되나요?": "환불은 언제 되나요?",
    "안녕하십니까 환불 기간 알려주세요": "환불 기간",
    "안녕, 환불 언제 돼": "환불 언제 돼",
    "저기요 환불 언제 돼요": "환불 언제 돼요",
    "있잖아요 환불 언제 돼요": "환불 언제 돼요",
    "혹시 환불되나요?": "환불되나요?",
    "혹시나, 환불되나요": "환불되나요",
    "죄송한데 환불되나요": "환불되나요",
    "실례지만 환불되나요": "환불되나요",
    "수고하십니다 배송 언제 오나요": "배송 언제 오나요",
    "수고 많으십니다. 배송 언제 오나요": "배송 언제 오나요",
    "바쁘신데 죄송하지만 배송 언제 오나요": "배송 언제 오나요",
    "다름이 아니라 결제가 안 돼요": "결제가 안 돼요",
    "문의드립니다. 배송이 안 와요": "배송이 안 와요",
    "질문 하나 할게요 배송이 안 와요": "배송이 안 와요",
    "하나만 여쭤볼게요. 쿠폰 어디서 써요?": "쿠폰 어디서 써요?",
    "궁금한 게 있는데요 쿠폰 어디서 써요": "쿠폰 어디서 써요",
    "환불 방법 알려주세요": "환불 방법",
    "환불 방법 좀 알려줘": "환불 방법",
    "환불 방법 알려 줘ㅠㅠ": "환불 방법",
    "환불 방법 자세히 설명해 주실 수 있나요?": "환불 방법",
    "환불 방법이 궁금합니다": "환불 방법이",
    "환불되는지 궁금해요": "환불되는지",
    "환불 방법을 알고 싶어요": "환불 방법",
    "OTP를 알고 싶어요": "OTP",
    "환불 문의드립니다": "환불",
    "환불되는지 문의 남깁니다": "환불되는지",
    "환불 안내 부탁드립니다": "환불",
    "환불 빠른 답변 부탁드려요": "환불",
    "로그인이 안 돼요 도움 부탁드려요": "로그인이 안 돼요",
    "입금했어요 확인 부탁드립니다": "입금했어요",
    "입금됐는지 확인 좀 부탁드려요": "입금됐는지",
    "취소 좀 부탁드립니다": "취소",
    "물어볼 게 있어요 쿠폰 어디 있어요": "쿠폰 어디 있어요",
    "혹시나 해서 여쭤봐요, 환불되나요": "환불되나요",
    "환불이 안 와요 빠른 답변 부탁드려요": "환불이 안 와요",
    "배송이 안 왔어요 확인 부탁드립니다": "배송이 안 왔어요",
    "환불 언제 되나요 감사합니다~": "환불 언제 되나요",
    "환불 언제 되나요 수고하세요": "환불 언제 되나요",
    "환불 언제 ㅋㅋ": "환불 언제",
    "환불 언제?ㅋㅋㅋ": "환불 언제?",
    "환불 언제 되나요 ㅠ.ㅠ": "환불 언제 되나요",
    "배송이 안 와요ㅠㅠ 도와주세요": "배송이 안 와요",
    "배송 언제 와요 ㅎㅎ 감사합니다^^": "배송 언제 와요",
    "안녕하세요 수고 많으십니다 혹시 환불 방법 좀 알려 주세요 부탁드립니다 감사합니다!": "환불 방법",
}

KEPT = (
    "환불해 주세요",
    "환불해줘",
    "영수증 주세요",
    "1:1 문의",
    "1:1 문의 방법",
    "1:1 문의 답변은 언제 오나요",
    "1:1 문의합니다",
    "1:1문의 드립니다",
    "일대일 문의드립니다",
    "상품 문의 합니다",
    "제휴 문의드려요",
    "전화로 문의드립니다",
    "재문의합니다",
    "자주 묻는 질문 있어요?",
    "상품평 문의 있어요?",
    "카톡으로 답 주세요",
    "문의 방법",
    "문의 내역",
    "문의하기",
    "상품 문의는 어디서 해요",
    "답변은 어디서 확인하나요",
    "비밀번호 확인 안내",
    "안녕 캠페인",
    "이름이 안녕이에요",
    "감사 이벤트",
    "수고비가 뭔가요",
    "저기압이 뭔가요",
    "궁금해요 게시판",
    "답변 부탁드립니다 라는 메시지가 떠요",
    "결제가 안 돼요",
    "안 알려줬어요",
    "상담원이 안 알려줘요",
    "왜 못 도와줘요",
    "정답 주세요",
    "환불...",
    "ㅠㅠ 환불",
)

#: Nouns that look as if a particle or a courtesy were glued to them, with the request behind that goes.
PARTS_OF_NOUNS = {
    "할인가 궁금해요": "할인가",
    "판매가 궁금합니다": "판매가",
    "정가 궁금해요": "정가",
    "최저가 궁금해요": "최저가",
    "회원가 궁금한데요": "회원가",
    "휴가 궁금합니다": "휴가",
    "차이 궁금해요": "차이",
    "길이 궁금해요": "길이",
    "어린이 궁금해요": "어린이",
    "순은 궁금합니다": "순은",
    "마을 알고 싶어요": "마을",
    "노을을 알고 싶어요": "노을",
    "길안내 부탁드려요": "길안내",
    "이용 안내 부탁드려요": "이용 안내",
    "문자 안내 부탁드립니다": "문자 안내",
    "본인 확인 부탁드립니다": "본인 확인",
    "입금확인 부탁드려요": "입금확인",
    "문의 답변 부탁드립니다": "문의 답변",
}

#: Nothing would be left of them.
NOTHING_ELSE = (
    "안녕하세요",
    "안녕",
    "혹시",
    "감사합니다",
    "문의드립니다",
    "질문 있습니다",
    "알려주세요",
    "부탁드립니다",
    "수고하세요",
    "답변 부탁드려요",
    "빠른 답변 부탁드립니다",
    "확인 부탁드립니다",
    "도움 주세요",
    "안녕하세요 문의드립니다",
    "",
    "?",
    "ㅠㅠ",
)

leading = st.sampled_from(("안녕하세요", "저기요", "죄송한데", "수고하십니다", "다름이 아니라", "문의드립니다", "실례합니다"))
trailing = st.sampled_from(("알려주세요", "좀 알려줘", "궁금해요", "알고 싶습니다", "문의드립니다", "부탁드립니다", "감사합니다", "수고하세요"))
needs = st.sampled_from(("환불 방법", "배송이 안 와요", "비밀번호를 잊었어요", "1:1 문의", "쿠폰은 어디서 쓰나요"))
signs = st.sampled_from((" ", ", ", ". ", "! ", "~ ", "ㅠㅠ "))


@pytest.mark.parametrize(("typed", "meant"), STRIPPED.items())
def test_politeness_is_taken_off(typed: str, meant: str) -> None:
    assert without_courtesy(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), PARTS_OF_NOUNS.items())
def test_no_part_of_a_noun_goes_with_the_politeness(typed: str, meant: str) -> None:
    assert without_courtesy(typed) == meant


@pytest.mark.parametrize("typed", KEPT)
def test_what_only_looks_polite_stays(typed: str) -> None:
    assert without_courtesy(typed) == typed


@pytest.mark.parametrize("typed", NOTHING_ELSE)
def test_politeness_alone_stays_as_it_is(typed: str) -> None:
    assert without_courtesy(typed) == typed


@given(st.lists(st.tuples(leading, signs), max_size=3), needs, st.lists(st.tuples(signs, trailing), max_size=3))
def test_a_need_is_found_under_any_heap_of_politeness(before: list[tuple[str, str]], need: str, behind: list[tuple[str, str]]) -> None:
    text = "".join(map("".join, before)) + need + "".join(map("".join, behind))
    assert without_courtesy(text).rstrip(" ,.!~ㅠ") == need


@given(st.text(st.sampled_from("안녕하세요혹시문의드립니다환불알려주 감사합궁금해,.?!ㅠ1:\n"), max_size=40))
def test_what_is_left_is_a_part_of_the_text_that_says_something_or_all_of_it(text: str) -> None:
    kept = without_courtesy(text)
    assert kept in text
    assert kept == text or sum(c.isalnum() for c in kept) > 1


@given(st.text(max_size=60))
def test_any_text_is_read_the_same_at_every_call(text: str) -> None:
    assert without_courtesy(text) == without_courtesy(text)


@pytest.mark.parametrize("repeated", ["궁금해 ", "알고 싶어 ", "확인 부탁해 ", "감사합니다 ", "혹시 ", "빠른 답변 부탁해요 ", "문의드립니다 ", "ㅠㅠ "])
def test_politeness_without_end_comes_to_an_end(repeated: str) -> None:
    assert without_courtesy(f"환불 {repeated * 40}x").endswith("x")


@pytest.mark.parametrize("repeated", ["궁금해 ", "감사합니다 ", "확인 부탁해 ", "혹시 ", "문의드립니다 ", "빠른 답변 부탁해요 "])
def test_four_times_the_politeness_takes_four_times_the_time_and_not_sixteen(repeated: str) -> None:
    def seconds(times: int) -> float:
        text = f"환불 {repeated * times}"
        return min(timeit.repeat(lambda: without_courtesy(text), timer=time.process_time, number=1, repeat=3))

    assert seconds(2000) < 8 * max(seconds(500), 0.001)


@pytest.mark.parametrize("typed", ["안녕하세요 환불 방법 좀 알려 주세요", "환불 방법을 알고 싶습니다", "혹시 환불 방법 알고 싶어요 감사합니다"])
def test_a_reading_is_of_the_need_alone(analyzer: KiwiAnalyzer, typed: str) -> None:
    reader = Reader(analyzer, Synonyms(()))
    for read in (reader.query, reader.stored):
        assert read(typed).items == read("환불 방법").items
        assert read(typed).raw == "환불방법"
        assert read(typed).text == typed


@pytest.mark.parametrize("noun", ["환불 방법이", "유효기간이", "배송비가", "적립 기준은", "환불 여부가", "수수료는"])
def test_a_particle_that_is_left_is_no_content(analyzer: KiwiAnalyzer, noun: str) -> None:
    reader = Reader(analyzer, Synonyms(()))
    assert reader.query(f"{noun} 궁금합니다").items == reader.query(noun[:-1]).items


@pytest.mark.parametrize("word", ["좀", "혹시"])
def test_a_softener_in_the_middle_is_no_content(analyzer: KiwiAnalyzer, word: str) -> None:
    reader = Reader(analyzer, Synonyms(()))
    assert reader.query(f"배송 {word} 언제 와요").items == reader.query("배송 언제 와요").items


@pytest.mark.parametrize("typed", ["환불ㅠㅠ", "환불ㅋㅋㅋ", "ㅎㅎ 환불", "환ㅜ불"])
def test_laughter_and_tears_make_no_other_question(typed: str) -> None:
    assert question_key(typed) == question_key("환불")


@pytest.mark.parametrize("typed", ["ㅠㅠ", "ㅋㅋ", "ㅎ ㅎ"])
def test_laughter_and_tears_alone_are_their_own_question(typed: str) -> None:
    assert question_key(typed) == typed.replace(" ", "")


@pytest.mark.parametrize(
    ("plain", "polite"),
    [
        ("배송이 늦어요", "안녕하세요 배송이 너무 늦어요 확인 부탁드립니다"),
        ("환불 며칠 걸려요", "수고하십니다. 환불 며칠 걸려요 알려 주세요"),
        ("비밀번호 잊음", "죄송한데 비밀번호 잊음 ㅠㅠ"),
    ],
)
def test_a_bot_answers_the_polite_as_the_plain(bot: Bot, plain: str, polite: str) -> None:
    assert bot.ask(polite).candidates[0].id == bot.ask(plain).candidates[0].id


def test_a_polite_query_is_as_sure_as_a_plain_one(bot: Bot) -> None:
    plain, polite = (bot.ask(query) for query in ("환불 며칠 걸려요", "안녕하세요 환불 며칠 걸려요 감사합니다"))
    assert plain.reason is polite.reason is Reason.CONFIDENT
    assert polite.confidence == plain.confidence


@pytest.mark.parametrize(
    "typed",
    [
        "안녕하세요", "안녕", "안녕하세요~ 반갑습니다^^", "고마워요", "네 감사합니다 ㅎㅎ", "ㅎㅇ", "정말 감사합니다", "문의드립니다", "저기요", "궁금한 게 있어요", "안녕하세요 문의드립니다 답변 부탁드립니다",
        "알겠습니다", "좋은 하루 되세요", "거기 누구 있나요?", "Hello!", "도와주세요ㅠㅠ", "수고하세요",
    ],
)  # fmt: skip
def test_a_greeting_or_thanks_alone_asks_for_nothing(bot: Bot, typed: str) -> None:
    reply = bot.ask(typed)
    assert (reply.outcome, reply.reason, reply.shown) == (Outcome.FALLBACK, Reason.NOTHING_ASKED, 0)


@pytest.mark.parametrize(
    "typed",
    [
        "1:1 문의", "환불", "안녕하세요 환불", "환불해 주셔서 감사합니다", "감사 포인트", "네이버", "네이버페이", "예약", "예치금", "아이디", "오류", "안녕히 가세요 쿠폰", "하이패스", "좋은 상품", "감사쿠폰",
        "상담원 연결", "전화번호 알려 주세요", "정말 짜증나요", "문의 답변 언제 와요", "질문이요 배송", "오늘",
    ],
)  # fmt: skip
def test_what_asks_for_something_is_no_courtesy(typed: str) -> None:
    assert not is_courtesy(typed)


def test_a_stored_question_is_answered_though_it_is_a_greeting() -> None:
    seen = Evidence(first=0.99, three=0.99, candidates=1, exact=1, sharing=1, asks=False)
    assert decide(seen, Thresholds(answer=0.8, suggest=0.3)) == (Outcome.ANSWER, Reason.EXACT)


@pytest.mark.parametrize(
    ("text", "found"), [("문의", True), ("상품문의", False), ("상품 문의", False), ("1:1 문의", False), ("상품  문의", True), ("상 문의", True)]
)
def test_an_inquiry_is_none_behind_a_word_that_names_its_kind(text: str, *, found: bool) -> None:
    assert bool(re.search(f"{_not_behind(('상품', '1:1'))}문의", text)) is found


def test_a_word_that_names_a_kind_is_meant_literally() -> None:
    assert re.search(f"{_not_behind(('1.1',))}문의", "1:1문의")
