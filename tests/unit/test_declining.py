"""What is to be left undone is not what is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import KiwiAnalyzer, Token
from faqbot.korean.declining import declined
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import DECLINED, Reader, Reading
from faqbot.korean.synonyms import SynonymGroup, Synonyms
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.parameters import Targets
from faqbot.training.base import index_entries
from faqbot.training.prior import shipped_prior

GROUPS = (
    SynonymGroup("=", "return", "반품 철회", ("반품 안 하다",)),
    SynonymGroup("=", "return", "환불 거절", ("환불을 안 해 주다",)),
)
ENTRIES = (
    FaqEntry("leave", "멤버십 탈퇴 방법", "내 정보에서 탈퇴를 누르고 비밀번호를 넣으세요."),
    FaqEntry("rest", "멤버십을 잠시 쉬는 방법", "내 정보에서 쉬어 가기를 누르면 석 달 동안 요금이 나가지 않아요."),
    FaqEntry("cancel", "예약을 취소하려면 어떻게 하나요?", "예약 목록에서 취소를 누르세요. 하루 전까지는 위약금이 없어요."),
    FaqEntry("move", "예약 날짜를 바꾸려면 어떻게 하나요?", "예약 목록에서 날짜 변경을 누르세요."),
    FaqEntry("refuse", "가게에서 환불을 안 해 줘요", "가게와 이야기가 되지 않으면 상담원에게 알려 주세요."),
    FaqEntry("keep", "번호를 해지하지 않고 맡겨 두는 방법", "지점에서 번호 보관을 신청하세요."),
    FaqEntry("end", "번호 해지는 어디에서 하나요?", "지점에서 해지를 신청하세요."),
    FaqEntry("hours", "지점은 몇 시까지 여나요?", "평일 아침 아홉 시부터 저녁 여섯 시까지 열어요."),
    FaqEntry("points", "포인트는 언제까지 쓸 수 있나요?", "받은 날부터 일 년 동안 쓸 수 있어요."),
    FaqEntry("parking", "주차할 곳이 있나요?", "지점 뒤에 열 대를 세울 수 있어요."),
)


@pytest.fixture(scope="module")
def reader(analyzer: KiwiAnalyzer) -> Reader:
    return Reader(analyzer, Synonyms.compile(GROUPS, analyzer))


@pytest.fixture(scope="module")
def bot(reader: Reader) -> Bot:
    return Bot("", ENTRIES, index_entries(ENTRIES, reader).index, shipped_prior().parameters(Targets(precision=0.9, suggest=0.25)), reader)


def asked(reader: Reader, text: str, stored: str = "") -> Reading:
    return reader.asked(reader.query(normalize(text)), stored)


@pytest.mark.parametrize(
    "text",
    [
        "탈퇴 안 하려면", "탈퇴는 안 하려고요", "탈퇴안할래요", "탈퇴를 안 하고 싶어요", "탈퇴 안 하는 방법", "탈퇴하지 않으려면", "탈퇴하지는 않으려고 해요", "탈퇴하기 싫어요",
        "탈퇴하고 싶지 않아요", "탈퇴 안 하고 쉬려면", "탈퇴하지 않고 쉬고 싶어요", "탈퇴하지 말고 쉴래요", "탈퇴 안 하고 잠깐 쉬는 법",
    ],
)  # fmt: skip
def test_an_undoing_that_the_asker_does_not_want_is_declined(analyzer: KiwiAnalyzer, text: str) -> None:
    tokens = analyzer.tokenize(normalize(text))
    ((start, end),) = declined(tokens)
    assert tokens[start].form == "탈퇴"
    assert tokens[end - 1].form in {"하", "않", "말", "싫"}


@pytest.mark.parametrize(
    "text",
    [
        "탈퇴하려면", "탈퇴가 안 돼요", "탈퇴를 못 하겠어요", "탈퇴 안 하면 어떻게 되나요", "탈퇴하지 마세요", "탈퇴 안 했어요", "탈퇴 안 하고 넘겼어요", "탈퇴를 안 해 주려고 해요",
        "자동 충전 안 하려면", "알림을 안 받으려면", "",
    ],
)  # fmt: skip
def test_what_fails_was_not_done_or_undoes_nothing_is_not_declined(analyzer: KiwiAnalyzer, text: str) -> None:
    assert declined(analyzer.tokenize(normalize(text))) == ()


def test_two_acts_are_declined_each_by_itself(analyzer: KiwiAnalyzer) -> None:
    assert declined(analyzer.tokenize("취소 안 하고 반품 안 하려면")) == ((0, 3), (4, 7))


FORMS = st.sampled_from(["취소", "탈퇴", "안", "하", "지", "않", "고", "싶", "려면", "는", "방법", "배송 조회", "a/b", ""])
TAGS = st.sampled_from(["NNG", "MAG", "VV", "XSV", "EC", "VX", "ETM", "JX"])


@given(st.lists(st.builds(Token, FORMS, TAGS, st.just(0), st.just(1)), max_size=14).map(tuple))
def test_ranges_are_in_order_and_begin_with_what_is_declined(tokens: tuple[Token, ...]) -> None:
    ends = [0]
    for start, end in declined(tokens):
        assert ends[-1] <= start < end <= len(tokens)
        assert tokens[start].form in {"취소", "탈퇴"}
        ends.append(end)


def test_what_is_declined_is_a_word_that_no_question_holds(reader: Reader) -> None:
    reading = asked(reader, "예약 취소 안 하고 날짜만 바꾸려면")
    assert [form for form, _ in reading.items] == ["예약", DECLINED, "날짜", "바꾸"]
    assert reading.canonical == ["예약", DECLINED, "날짜", "바꾸"]
    assert reading.raw == f"예약{DECLINED}고날짜만바꾸려면"
    assert "-취소" in reading.claims


@pytest.mark.parametrize(("text", "stored"), [("해지 안 하려면", "번호해지않맡기"), ("해지하지 않으려면", "번호해지안하맡기")])
def test_a_query_is_read_whole_where_a_question_declines_the_same(reader: Reader, text: str, stored: str) -> None:
    assert asked(reader, text, f"환불방법\n{stored}") == reader.query(text)
    assert asked(reader, text, ("번호해지",)) != reader.query(text)


def test_a_query_is_read_whole_where_a_synonym_names_the_declining(reader: Reader) -> None:
    assert asked(reader, "반품 안 하고 싶어요") == reader.query("반품 안 하고 싶어요")


def test_a_synonym_for_what_another_refuses_does_not_name_the_declining(reader: Reader) -> None:
    assert asked(reader, "환불 안 하고 싶어요", ("가게환불안하",)).declined == ((0, 6),)


@pytest.mark.parametrize(
    ("query", "entry"),
    [("멤버십 탈퇴 안 하고 잠시 쉬려면", "rest"), ("예약을 취소하지 않고 날짜만 바꾸고 싶어요", "move"), ("번호 해지 안 하고 맡기려면", "keep")],
)
def test_what_is_asked_instead_comes_first(bot: Bot, query: str, entry: str) -> None:
    assert bot.ask(query).candidates[0].id == entry


@pytest.mark.parametrize(("query", "undoing"), [("멤버십 탈퇴 안 하려면", "leave"), ("예약 취소 안 할래요", "cancel"), ("환불 안 하고 싶어요", "refuse")])
def test_how_to_do_it_is_no_answer_to_who_declines_it(bot: Bot, query: str, undoing: str) -> None:
    asking = bot.ask(query)
    assert (asking.outcome, asking.candidates[0].id) != ("answer", undoing)
    assert asking.confidence < 0.1


@pytest.mark.parametrize(("query", "entry"), [("멤버십 탈퇴하려면", "leave"), ("예약 취소가 안 돼요", "cancel"), ("환불을 안 해 주려고 해요", "refuse")])
def test_who_does_not_decline_is_answered_as_before(bot: Bot, query: str, entry: str) -> None:
    assert bot.ask(query).candidates[0].id == entry


def test_a_query_that_is_meant_literally_is_read_whole(bot: Bot) -> None:
    assert bot.read("예약 취소 안 하려면", literal=True)[1].declined == ()
    assert bot.read("예약 취소 안 하려면")[1].declined != ()


def test_a_stored_question_is_answered_whatever_it_declines(reader: Reader) -> None:
    entries = (*ENTRIES, FaqEntry("calm", "멤버십 탈퇴 안 하고 싶어요", "고맙습니다. 그대로 두시면 됩니다."))
    calm = Bot("", entries, index_entries(entries, reader).index, shipped_prior().parameters(Targets(precision=0.9, suggest=0.25)), reader)
    reply = calm.ask("멤버십 탈퇴 안 하고 싶어요!")
    assert (reply.outcome, reply.candidates[0].id) == ("answer", "calm")
