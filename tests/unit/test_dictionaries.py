from pathlib import Path

import pytest

from faqbot.errors import DictionaryError
from faqbot.korean.dictionaries import Dictionaries, parse_user_words, read_dictionaries
from faqbot.korean.synonyms import SynonymGroup

FORM = "'낱말<TAB>품사' 꼴이어야 하고 품사는 NNP, NNG, SL 가운데 하나입니다."


def test_a_user_word_is_word_and_tag() -> None:
    assert parse_user_words("네이버페이\tNNP\nA/S\tNNG\nOTP\tSL", source="예") == (("네이버페이", "NNP"), ("A/S", "NNG"), ("OTP", "SL"))


def test_a_user_word_without_a_tag_is_a_name() -> None:
    assert parse_user_words("스마트스토어", source="예") == (("스마트스토어", "NNP"),)


def test_spaces_around_cells_comments_and_empty_lines_do_not_count() -> None:
    assert parse_user_words("# 설명\n\n 1:1 문의 \t NNG \n   \n", source="예") == (("1:1 문의", "NNG"),)


@pytest.mark.parametrize("line", ["환불\tVV", "환불\tnng", "\tNNG", "환불\tNNG\t더"], ids=["verb", "lower case", "no word", "third cell"])
def test_a_bad_line_is_refused_with_its_number_and_the_form_that_is_wanted(line: str) -> None:
    with pytest.raises(DictionaryError) as refusal:
        parse_user_words(f"네이버페이\n# 설명\n{line}", source="user_words.tsv")
    assert str(refusal.value) == f"user_words.tsv 3행: {FORM} 지금: {line!r}"


def test_without_a_folder_there_is_what_the_package_brings() -> None:
    dictionaries = read_dictionaries(None)
    assert dictionaries.user_words == ()
    assert dictionaries.synonyms


def test_a_folder_without_dictionaries_adds_nothing(tmp_path: Path) -> None:
    assert read_dictionaries(tmp_path) == read_dictionaries(None)


def test_a_folders_dictionaries_come_before_the_general_ones(tmp_path: Path) -> None:
    (tmp_path / "user_words.tsv").write_text("톡톡\n", encoding="utf-8")
    (tmp_path / "synonyms.tsv").write_text("=\tpay\t적립금\t캐시\n", encoding="utf-8")
    own = SynonymGroup("=", "pay", "적립금", ("캐시",))
    assert read_dictionaries(tmp_path) == Dictionaries((("톡톡", "NNP"),), (own, *read_dictionaries(None).synonyms))


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    (tmp_path / "user_words.tsv").write_text("톡톡\tNNP\n", encoding="utf-8-sig")
    assert read_dictionaries(tmp_path).user_words == (("톡톡", "NNP"),)


@pytest.mark.parametrize("name", ["user_words.tsv", "synonyms.tsv"])
def test_a_file_that_is_not_utf8_is_refused_with_the_place(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes("적립금".encode("cp949"))
    with pytest.raises(DictionaryError, match=r": UTF-8이 아닙니다\(\d번째 바이트\)\. UTF-8로 다시 저장하세요\.$") as refusal:
        read_dictionaries(tmp_path)
    assert str(refusal.value).startswith(str(tmp_path / name))


@pytest.mark.parametrize("name", ["user_words.tsv", "synonyms.tsv"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(DictionaryError) as refusal:
        read_dictionaries(tmp_path)
    assert str(refusal.value) == f"{tmp_path / name}: 읽을 수 없습니다. 파일 권한을 확인하세요."


def test_a_bad_line_of_a_folders_file_is_named_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "synonyms.tsv").write_text("환불=환급\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match=r"synonyms\.tsv 1행: ") as refusal:
        read_dictionaries(tmp_path)
    assert str(refusal.value).startswith(str(tmp_path))


def test_a_bad_user_word_of_a_folder_is_named_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "user_words.tsv").write_text("환불\t없는품사\n", encoding="utf-8")
    with pytest.raises(DictionaryError) as refusal:
        read_dictionaries(tmp_path)
    assert str(refusal.value).startswith(f"{tmp_path / 'user_words.tsv'} 1행: ")
