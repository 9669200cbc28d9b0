"""The general synonyms read a need where it is said, and none into what anybody says about anything."""

import pytest

from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms

#: What was said, and the head that must not be read into it.
NOT_MEANT = {
    "가입하려면 뭐부터 해야 하나요": "혜택",
    "예전에는 이렇게 하면 됐어요": "원상 복구",
    "처음 하는데 어렵네요": "원상 복구",
    "처음인데 어디를 눌러야 하나요": "메뉴 위치",
    "무인발급기는 어디에 있나요": "메뉴 위치",
    "배송비는 어떻게 되나요": "처리 현황",
    "바꾸기를 하고 싶어요": "교환 신청",
    "메일 보낸 지 이틀 됐어요": "광고 이메일 수신 거부",
    "비밀번호 자리 수가 몇이에요": "좌석",
    "신용점수 조회": "성적",
    "문자 수신이 안 돼요": "수강 신청",
    "내일 비가 와요": "천재지변",
    "보일러는 돌아가는데 물이 안 나와요": "사망 신고",
    "엄마한테 상품권을 보내고 싶어요": "법정대리인",
    "강마루는 몇 년 쓰나요": "약정",
    "몇 년 만에 들어왔어요": "주기",
    "회신은 며칠 걸리나요": "배송 기간",
    "전화도 했는데 답이 없어요": "전화 신청",
    "선물 보냈는데 상대가 안 받아요": "수취 거부",
    "문 닫기 30분 전에 와요": "폐업",
    "수익은 언제 들어와요": "로그인 기록",
    "책 사고 싶어요": "희망 도서 신청",
    "이 카드를 쓰려고요": "선물 메시지 카드",
    "결제 버튼을 눌렀는데 멈춰요": "사용 방법",
    "이 번호로 인증해 주세요": "부재중 전화",
    "내 계좌로 보내 주세요": "가상 계좌",
    "주문 취소": "판매자 직접 취소",
    "개인사업자 대출": "사업자 전환",
    "쓰지도 않는 요금": "정보 부족",
    "안 쓰는 카드": "음식물 쓰레기 종량기",
    "심심한데 끝말잇기 하자": "이어서 작성",
    "아이디 몇 개 만들 수 있나요": "구매 수량 제한",
    "몇 번 틀렸어요": "횟수 제한",
    "이거 하면 하루 걸려요": "금지 사항",
    "분실 시 바꾸는 방법": "지역 변경",
    "아 진짜 짜증 나네": "불만 접수",
}

#: What was said, and the head that must be read into it, though a shorter way to say it is gone.
MEANT = {
    "옷이 안 맞아요": "사이즈 불만족",
    "이자가 밀렸어요": "연체",
    "택배를 못 받았어요": "미수령",
    "물건이 다시 들어오면 사려고요": "재입고",
    "며칠 걸리나요": "소요 기간",
    "실크벽지의 좋은 점": "장점",
    "실크벽지의 안 좋은 점": "단점",
    "주소를 바꾸고 싶어요": "배송지 변경",
}


@pytest.fixture(scope="module")
def reader(analyzer: KiwiAnalyzer) -> Reader:
    """Reads as for a site without dictionaries of its own."""
    return Reader(analyzer, Synonyms.compile(read_dictionaries(None).synonyms, analyzer))


def heads(reader: Reader, text: str) -> set[str]:
    """What was read into a query."""
    return {label.rpartition("→")[2] for label in reader.synonyms.explain(reader.query(text).items)}


@pytest.mark.parametrize(("text", "head"), NOT_MEANT.items())
def test_what_is_said_about_anything_is_no_need(reader: Reader, text: str, head: str) -> None:
    assert head not in heads(reader, text)


@pytest.mark.parametrize(("text", "head"), MEANT.items())
def test_a_need_that_is_said_in_other_words_is_read(reader: Reader, text: str, head: str) -> None:
    assert head in heads(reader, text)
