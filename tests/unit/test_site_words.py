"""The user words of the shipped site: what the analyzer would split before some predicates stays one word, and nothing else is torn apart for it."""

from pathlib import Path

import pytest

from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Reads with the dictionaries of data/ and the package."""
    dictionaries = read_dictionaries(DATA)
    analyzer = KiwiAnalyzer(dictionaries.user_words)
    return Reader(analyzer, Synonyms.compile(dictionaries.synonyms, analyzer))


@pytest.mark.parametrize(
    "text",
    [
        "알림 안 와요", "알림 꺼 줘", "알림꺼주세요", "알림 켜는 법", "알림 받고 싶어요", "알림 지워 주세요", "알림 어디서 꺼요", "알림 소리 바꾸기",
        "환불 완료를 알림으로 받나요", "알림이 안 울려요",
    ],
)  # fmt: skip
def test_a_notification_is_a_thing_before_any_predicate(reader: Reader, text: str) -> None:
    items = reader.query(text).items
    assert ("알림", "NNG") in items
    assert "알리" not in {form for form, _ in items}


@pytest.mark.parametrize("text", ["주소 바뀐 걸 알리고 싶어요", "판매자에게 알립니다", "사고를 알렸어요", "미리 알릴 수 있나요", "결과 알려줌"])
def test_to_notify_stays_a_verb(reader: Reader, text: str) -> None:
    assert ("알리", "VV") in reader.query(text).items


def test_a_longer_word_for_a_message_is_not_torn_apart(reader: Reader) -> None:
    assert reader.query("알림톡 안 와요").items[0] == ("알림톡", "NNG")


@pytest.mark.parametrize(
    "text",
    [
        "네페 결제", "네페로 결제했어요", "네페 안 돼요", "네페 비번", "네페결제취소", "네페 포인트", "네페머니 충전", "네페는 어디서", "네페가 뭐예요",
        "지금 네페 터졌어",
    ],
)  # fmt: skip
def test_a_nickname_is_read_as_the_service_it_names(reader: Reader, text: str) -> None:
    assert any(word.startswith("네이버페이") for word in reader.query(text).canonical)


@pytest.mark.parametrize(
    ("text", "noun"), [("기한도 지났어요", "기한"), ("제한도 풀어 주세요", "제한"), ("권한도 없어요", "권한"), ("네 페이지 안 열려요", "페이지")]
)
def test_a_noun_with_a_particle_is_not_torn_apart(reader: Reader, text: str, noun: str) -> None:
    """As it would be by 한도, which is a part of them."""
    assert noun in {form for form, _ in reader.query(text).items}
