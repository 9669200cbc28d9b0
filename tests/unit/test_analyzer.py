import subprocess
import sys

import pytest

from faqbot.korean import analyzer as module
from faqbot.korean.analyzer import PIECE, KiwiAnalyzer, Token

WORDS = (("네이버", "NNP"), ("네이버페이", "NNP"), ("A/S", "NNG"), ("PAY", "SL"), ("구매 확정", "NNG"))


@pytest.fixture(scope="module")
def with_words() -> KiwiAnalyzer:
    return KiwiAnalyzer(WORDS)


def pairs(tokens: tuple[Token, ...]) -> list[tuple[str, str]]:
    return [(token.form, token.tag) for token in tokens]


def test_a_user_word_is_one_token_with_its_tag_and_place(with_words: KiwiAnalyzer, analyzer: KiwiAnalyzer) -> None:
    assert with_words.tokenize("네이버페이로 결제")[0] == Token("네이버페이", "NNP", 0, 5)
    assert analyzer.tokenize("네이버페이로 결제")[0] == Token("네이버", "NNP", 0, 3)


def test_the_longest_user_word_wins_whatever_their_order() -> None:
    for words in (WORDS[:2], WORDS[1::-1]):
        assert pairs(KiwiAnalyzer(words).tokenize("네이버페이 네이버")) == [("네이버페이", "NNP"), ("네이버", "NNP")]


def test_a_user_word_may_hold_a_space(with_words: KiwiAnalyzer) -> None:
    assert with_words.tokenize("구매 확정")[0] == Token("구매 확정", "NNG", 0, 5)


def test_particles_glued_to_a_user_word_are_split_off(with_words: KiwiAnalyzer) -> None:
    assert pairs(with_words.tokenize("A/S는"))[0] == ("A/S", "NNG")


def test_case_does_not_matter_to_a_user_word(with_words: KiwiAnalyzer) -> None:
    assert pairs(with_words.tokenize("a/s 신청")) == [("a/s", "NNG"), ("신청", "NNG")]


def test_a_user_word_in_full_width_is_found_in_normalized_text() -> None:
    assert pairs(KiwiAnalyzer([("Ａ／Ｓ", "NNG")]).tokenize("A/S")) == [("A/S", "NNG")]


@pytest.mark.parametrize("longer", ["payment", "epay", "prepayed", "pay2", "1pay"])
def test_a_latin_user_word_inside_a_longer_word_is_left_alone(with_words: KiwiAnalyzer, analyzer: KiwiAnalyzer, longer: str) -> None:
    assert with_words.tokenize(longer) == analyzer.tokenize(longer)


def test_a_latin_user_word_beside_hangul_is_found() -> None:
    assert ("pay", "NNP") in pairs(KiwiAnalyzer([("PAY", "NNP")]).tokenize("새pay로 결제"))


def test_signs_of_a_user_word_are_no_pattern() -> None:
    assert KiwiAnalyzer([("C++", "SL")]).tokenize("C++")[0] == Token("C++", "SL", 0, 3)


def test_one_analyzers_user_words_do_not_reach_another(with_words: KiwiAnalyzer, analyzer: KiwiAnalyzer) -> None:
    before = analyzer.tokenize("네이버페이")
    with_words.tokenize("네이버페이")
    assert analyzer.tokenize("네이버페이") == before


@pytest.mark.parametrize("nothing", ["", " "])
def test_no_text_has_no_tokens(analyzer: KiwiAnalyzer, nothing: str) -> None:
    assert analyzer.tokenize(nothing) == ()


@pytest.mark.parametrize(
    ("text", "negation"),
    [
        ("로그인이 안 돼요", ("안", "MAG")),
        ("로그인 못 했어요", ("못", "MAG")),
        ("로그인이 되지 않아요", ("않", "VX")),
        ("환불하지 마세요", ("말", "VX")),
        ("환불 불가", ("불가", "NNG")),
        ("미입금", ("미", "XPN")),
        ("내역이 없어요", ("없", "VA")),
    ],
)
def test_negation_is_a_token_of_its_own(analyzer: KiwiAnalyzer, text: str, negation: tuple[str, str]) -> None:
    assert negation in pairs(analyzer.tokenize(text))


def test_a_laugh_that_begins_inside_the_last_syllable_is_one_token_beside_the_word(analyzer: KiwiAnalyzer) -> None:
    assert pairs(analyzer.tokenize("안됔ㅋㅋ")) == [("안", "MAG"), ("되", "VV"), ("어", "EF"), ("ㅋㅋㅋ", "SW")]


def test_long_text_gives_the_tokens_of_its_sentences_at_their_own_places(analyzer: KiwiAnalyzer) -> None:
    sentence = "배송이 늦어요. "
    text = sentence * 1000
    once, tokens = analyzer.tokenize(sentence), analyzer.tokenize(text)
    shifted = [Token(t.form, t.tag, t.start + i * len(sentence), t.end + i * len(sentence)) for i in range(1000) for t in once]
    assert len(text) > 4 * PIECE
    assert list(tokens) == shifted


def test_long_text_without_a_break_is_covered_from_end_to_end(analyzer: KiwiAnalyzer) -> None:
    text = "환불" * PIECE
    covered = {place for token in analyzer.tokenize(text) for place in range(token.start, token.end)}
    assert covered == set(range(len(text)))


def test_no_call_of_kiwi_gets_more_than_a_piece(analyzer: KiwiAnalyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    piece = KiwiAnalyzer._piece
    monkeypatch.setattr(KiwiAnalyzer, "_piece", lambda self, text, offset: lengths.append(len(text)) or piece(self, text, offset))
    analyzer.tokenize("환불은 언제 되나요 " * 800)
    assert max(lengths) <= PIECE
    assert sum(lengths) == len("환불은 언제 되나요 ") * 800


@pytest.mark.parametrize("texts", [["환불", "취소"], ("환불",), iter(["환불"]), None, b"\xed\x99\x98"], ids=["list", "tuple", "iterator", "nothing", "bytes"])
def test_what_is_no_single_text_is_refused_because_after_a_fork_it_would_hang_for_ever(texts: object) -> None:
    for way in (module.shared_kiwi().tokenize, module.shared_kiwi().analyze):
        with pytest.raises(TypeError, match="one text at a time"):
            way(texts)  # type: ignore[arg-type]


def test_a_list_is_refused_by_the_analyzer_too(analyzer: KiwiAnalyzer, with_words: KiwiAnalyzer) -> None:
    for each in (analyzer, with_words):
        with pytest.raises(TypeError):
            each.tokenize(["환불", "취소"])  # type: ignore[arg-type]


def test_a_forked_process_refuses_a_list_at_once_and_reads_a_text(analyzer: KiwiAnalyzer) -> None:
    script = (
        "import os, sys\nfrom faqbot.korean.analyzer import KiwiAnalyzer\nanalyzer = KiwiAnalyzer()\nanalyzer.warm()\n"
        "if os.fork() == 0:\n    try:\n        analyzer.tokenize(['환불'])\n    except TypeError:\n        os._exit(40 + len(analyzer.tokenize('환불')))\n"
        "    os._exit(1)\nsys.exit(os.waitstatus_to_exitcode(os.wait()[1]))"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=120, check=False).returncode == 41


def test_nothing_of_kiwi_that_takes_many_texts_can_be_reached() -> None:
    names = {name for name in dir(module.shared_kiwi()) if not name.startswith("_")}
    assert names == {"tokenize", "analyze", "join", "morpheme_similarity"}


def test_the_fingerprint_is_the_same_for_the_same_words_in_any_order_and_case() -> None:
    assert KiwiAnalyzer([("네이버페이", "NNP"), ("A/S", "NNG")]).fingerprint == KiwiAnalyzer([("a/s", "NNG"), ("네이버페이", "NNP")]).fingerprint


@pytest.mark.parametrize("words", [[], [("네이버페이", "NNG")], [("네이버페이", "NNP"), ("톡톡", "NNP")]], ids=["none", "other tag", "one more"])
def test_the_fingerprint_changes_with_user_words(words: list[tuple[str, str]]) -> None:
    assert KiwiAnalyzer(words).fingerprint != KiwiAnalyzer([("네이버페이", "NNP")]).fingerprint


@pytest.mark.parametrize("upgraded", ["kiwipiepy", "kiwipiepy_model"])
def test_the_fingerprint_changes_with_an_upgrade_of_kiwi_or_its_model(monkeypatch: pytest.MonkeyPatch, upgraded: str) -> None:
    before, installed = KiwiAnalyzer().fingerprint, module.version
    monkeypatch.setattr(module, "version", lambda name: "99.0" if name == upgraded else installed(name))
    assert KiwiAnalyzer().fingerprint != before


def test_the_fingerprint_does_not_hang_on_other_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    before, installed = KiwiAnalyzer().fingerprint, module.version
    monkeypatch.setattr(module, "version", lambda name: installed(name) if name.startswith("kiwipiepy") else "99.0")
    assert KiwiAnalyzer().fingerprint == before


def test_the_fingerprint_changes_when_the_same_versions_give_other_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    before, tokenize = KiwiAnalyzer().fingerprint, KiwiAnalyzer.tokenize
    monkeypatch.setattr(KiwiAnalyzer, "tokenize", lambda self, text: tokenize(self, text)[:-1])
    assert KiwiAnalyzer().fingerprint != before


def test_the_fingerprint_does_not_hang_on_what_was_analysed_before(analyzer: KiwiAnalyzer) -> None:
    analyzer.tokenize("네이버페이 A/S 신청")
    assert KiwiAnalyzer().fingerprint == analyzer.fingerprint


def test_a_kiwi_for_single_texts_hands_one_text_on() -> None:
    kiwi = module.SingleTexts(module.shared_kiwi()._kiwi)
    assert [token.form for token in kiwi.tokenize("환불")] == ["환불"]
    assert [token.form for token in kiwi.analyze("환불")[0][0]] == ["환불"]
