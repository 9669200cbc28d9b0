import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.korean.analyzer import Analyzer, KiwiAnalyzer, Token
from faqbot.training.analysis import FILE, RememberingAnalyzer, remembered

TEXTS = ("환불은 며칠 걸리나요?", "배송이 늦어요", "")


class Counting:
    """Counts the texts it has to work on."""

    fingerprint = "counting"

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.texts: list[str] = []

    def tokenize(self, text: str) -> tuple[Token, ...]:
        self.texts.append(text)
        return self._analyzer.tokenize(text)


@pytest.fixture
def counting(space_analyzer: Analyzer) -> Counting:
    return Counting(space_analyzer)


def leave_behind(folder: Path, analyzer: Analyzer, *texts: str) -> Path:
    """A release folder whose training used these texts."""
    remembering = RememberingAnalyzer(analyzer)
    for text in texts:
        remembering.tokenize(text)
    (folder / FILE).write_bytes(remembering.dump())
    return folder


@given(st.lists(st.text(max_size=20), max_size=8))
def test_it_equals_the_analyzer_that_it_wraps(space_analyzer: Analyzer, texts: list[str]) -> None:
    remembering = RememberingAnalyzer(space_analyzer)
    for text in [*texts, *texts]:
        assert remembering.tokenize(text) == space_analyzer.tokenize(text)


def test_it_has_the_fingerprint_of_the_analyzer_that_it_wraps(space_analyzer: Analyzer) -> None:
    assert RememberingAnalyzer(space_analyzer).fingerprint == space_analyzer.fingerprint


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_analysed_once(counting: Counting, text: str) -> None:
    remembering = RememberingAnalyzer(counting)
    for _ in range(3):
        remembering.tokenize(text)
    assert counting.texts == [text]
    assert remembering.analysed == 1


def test_a_text_of_the_last_training_is_not_analysed_again(counting: Counting, tmp_path: Path) -> None:
    remembering = RememberingAnalyzer(counting, remembered(leave_behind(tmp_path, counting, *TEXTS), counting.fingerprint))
    counting.texts.clear()
    for text in (*TEXTS, "새 글"):
        remembering.tokenize(text)
    assert counting.texts == ["새 글"]
    assert remembering.analysed == 1


def test_tokens_of_kiwi_are_remembered_as_they_were(analyzer: KiwiAnalyzer, tmp_path: Path) -> None:
    known = remembered(leave_behind(tmp_path, analyzer, *TEXTS), analyzer.fingerprint)
    assert known == {text: analyzer.tokenize(text) for text in TEXTS}


def test_a_text_that_was_not_used_is_forgotten(counting: Counting, tmp_path: Path) -> None:
    remembering = RememberingAnalyzer(counting, remembered(leave_behind(tmp_path, counting, "옛 글", "새 글"), counting.fingerprint))
    remembering.tokenize("새 글")
    (tmp_path / FILE).write_bytes(remembering.dump())
    assert list(remembered(tmp_path, counting.fingerprint)) == ["새 글"]


@given(st.permutations(["환불", "배송 조회", "결제", "취소 방법"]))
def test_the_order_of_the_texts_does_not_change_the_file(space_analyzer: Analyzer, texts: list[str]) -> None:
    one, other = RememberingAnalyzer(space_analyzer), RememberingAnalyzer(space_analyzer)
    for text in sorted(texts):
        one.tokenize(text)
    for text in [*texts, *texts]:
        other.tokenize(text)
    assert one.dump() == other.dump()


def test_remembered_and_analysed_texts_give_the_same_file(counting: Counting, tmp_path: Path) -> None:
    leave_behind(tmp_path, counting, *TEXTS)
    remembering = RememberingAnalyzer(counting, remembered(tmp_path, counting.fingerprint))
    for text in TEXTS:
        remembering.tokenize(text)
    assert remembering.dump() == (tmp_path / FILE).read_bytes()


def test_tokens_of_another_analyzer_are_not_taken(counting: Counting, tmp_path: Path) -> None:
    assert remembered(leave_behind(tmp_path, counting, *TEXTS), "another") == {}


def test_the_first_training_of_a_site_remembers_nothing() -> None:
    assert remembered(None, "counting") == {}


def test_a_release_without_the_file_remembers_nothing(tmp_path: Path) -> None:
    assert remembered(tmp_path, "counting") == {}


DAMAGE = {
    "empty": b"",
    "no gzip": b"{}",
    "no JSON": gzip.compress(b"{"),
    "no UTF-8": gzip.compress(b"\xff\xfe{"),
    "other JSON": gzip.compress(b"[]"),
    "no tokens": gzip.compress(b'{"fingerprint": "counting"}'),
    "tokens of another shape": gzip.compress(json.dumps({"fingerprint": "counting", "tokens": {"환불": [["환불", "NNG"]]}}).encode()),
    "a list of tokens": gzip.compress(b'{"fingerprint": "counting", "tokens": []}'),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_remembers_nothing(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE).write_bytes(damage)
    assert remembered(tmp_path, "counting") == {}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_file_remembers_nothing(counting: Counting, tmp_path: Path, share: float) -> None:
    whole = (leave_behind(tmp_path, counting, *TEXTS) / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[: int(len(whole) * share)])
    assert remembered(tmp_path, counting.fingerprint) == {}


def test_a_flipped_bit_is_noticed(counting: Counting, tmp_path: Path) -> None:
    whole = bytearray((leave_behind(tmp_path, counting, *TEXTS) / FILE).read_bytes())
    whole[len(whole) // 2] ^= 1
    (tmp_path / FILE).write_bytes(whole)
    assert remembered(tmp_path, counting.fingerprint) == {}
