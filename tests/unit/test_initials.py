from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import Outcome
from faqbot.errors import QueryError
from faqbot.korean.initials import Beginnings, begins, initials
from faqbot.korean.keyboard import decompose, to_hangul, to_latin
from faqbot.retrieval.bot import Bot

syllables = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6)
consonants = st.text(st.sampled_from("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅌㅍㅎ "), max_size=6)
QUESTIONS = (
    "환불규정 안내",  # 0
    "환불은 며칠 걸리나요?",  # 1
    "카드 환불 기간",  # 2
    "한 번만 환불할 수 있나요",  # 3
    "배송 조회는 어디서 하나요",  # 4
    "배송조회 방법",  # 5
    "2단계 인증을 끄고 싶어요",  # 6
    "OTP 오류, 화나요!",  # 7
)


@pytest.fixture(scope="module")
def find() -> Callable[[str], list[int]]:
    return Beginnings(enumerate(QUESTIONS)).find


@given(syllables)
def test_a_text_begins_with_each_of_its_beginnings_as_they_are_typed_key_by_key(text: str) -> None:
    keys = to_latin(text)
    for end in range(1, len(keys) + 1):
        assert begins(text, to_hangul(keys[:end]))


@given(syllables)
def test_a_text_begins_with_its_initials(text: str) -> None:
    assert begins(text, initials(text))
    assert all(begins(text, initials(text[:end])) for end in range(1, len(text) + 1))


@given(syllables, syllables)
def test_whole_syllables_begin_a_text_only_where_their_jamo_do(text: str, typed: str) -> None:
    assert begins(text, typed) is decompose(text).startswith(decompose(typed))


@pytest.mark.parametrize("typed", ["", "불", "환불규정안내문", "ㅎㄱ", "ㅏ", "환교"])
def test_a_text_does_not_begin_with_anything_else(typed: str) -> None:
    assert not begins("환불규정안내", typed)


@given(st.text(max_size=8))
def test_initials_of_initials_are_the_same(text: str) -> None:
    assert initials(initials(text)) == initials(text)


@pytest.mark.parametrize(
    ("typed", "owners"),
    [
        ("환불", [0, 1, 2, 3]),
        ("환부", [1, 0, 2, 3]),
        ("환ㅂ", [1, 0, 2, 3]),
        ("환불ㅇ", [1]),
        ("ㅎㅂ", [1, 0, 2, 3]),
        ("ㅎ불", [1, 0, 2, 3]),
        ("배소", [4, 5]),
        ("배송 ㅈ", [5, 4]),
        ("ㅂㅅㅈㅎ", [5, 4]),
        ("배송ㅈㅎ", [5, 4]),
        ("ㅈㅎ", [4]),
        ("2ㄷㄱ", [6]),
        ("otp", [7]),
        ("한번", [3]),
    ],
)
def test_words_are_found_by_their_beginning(find: Callable[[str], list[int]], typed: str, owners: list[int]) -> None:
    assert find(typed) == owners


def test_a_final_consonant_may_still_move_on(find: Callable[[str], list[int]]) -> None:
    assert find("환") == [0, 1, 2, 3, 7]


@pytest.mark.parametrize("typed", ["", " ", "!?", "ㅏ", "불", "환불환", "ㅋㅋ", "x"])
def test_what_begins_no_word_finds_nothing(find: Callable[[str], list[int]], typed: str) -> None:
    assert find(typed) == []


def test_a_letter_that_begins_more_than_can_be_ranked_finds_whole_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faqbot.korean.initials.BROAD", 4)
    beginnings = Beginnings(enumerate(QUESTIONS))
    assert beginnings.find("ㅎ") == [3, 1, 0]
    assert beginnings.find("환불") == [0, 1, 2, 3]


def test_no_texts_find_nothing() -> None:
    assert Beginnings(()).find("환불") == []


@given(st.lists(st.text(st.sampled_from("가각나ㄱ a1!"), max_size=6), max_size=5), st.text(st.sampled_from("가각나ㄱㄴ a1"), min_size=1, max_size=4))
def test_a_text_is_found_when_and_only_when_a_word_of_it_begins_so(texts: list[str], typed: str) -> None:
    key = "".join(c for c in typed if c.isalnum())
    words = [["".join(text.replace("!", " ").split()[i:]) for i in range(len(text.replace("!", " ").split()))] for text in texts]
    expected = {owner for owner, tails in enumerate(words) if key and any(begins(tail, key) for tail in tails)}
    found = Beginnings(enumerate(texts)).find(typed)
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("환부", "refund"),
        ("환ㅂ", "refund"),
        ("ㅎㅂ", "refund"),
        ("ㅎㅂㄱㄱ", "refund"),
        ("배소", "late"),
        ("택ㅂ", "late"),
        ("ㄱㅈㅊㅅ", "cancel"),
        ("결제ㅊㅅ", "cancel"),
        ("취ㅅ", "cancel"),
        ("ㅂㅁㅂㅎ", "password"),
        ("수숫", "fee-buyer"),
        ("ghksqnf", "refund"),
    ],
)
def test_half_typed_words_and_initials_suggest_their_entry_first(bot: Bot, typed: str, entry: str) -> None:
    assert bot.suggest(typed)[0].id == entry


@given(consonants)
def test_initials_suggest_visible_entries_and_are_never_answered(bot: Bot, typed: str) -> None:
    assert set(bot.suggest(typed, limit=20)) <= set(bot.visible())
    try:
        outcome = bot.ask(typed).outcome
    except QueryError:
        return
    assert outcome is not Outcome.ANSWER


def test_initials_of_an_entry_that_is_out_of_date_suggest_nothing(bot: Bot) -> None:
    assert "event" not in [entry.id for entry in bot.suggest("ㅅㅇㅎ", limit=20)]
