"""Bytes → text: what is recognised, and what is refused with which words."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faqbot.corpus import MAX_BYTES, decode, read_faq
from faqbot.corpus.encoding import read_text
from faqbot.errors import CorpusError

TABLE = "질문,답변\n환불은 언제 되나요?,3일 안에 됩니다.\n"
SAVE_AS = "엑셀에서 '다른 이름으로 저장 > CSV UTF-8(쉼표로 분리)'로 다시 저장해 주세요."


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TABLE.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + TABLE.encode(), "UTF-8(BOM)"),
        (TABLE.encode("cp949"), "CP949"),
        (codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "UTF-16"),
        (TABLE.encode("utf-16-le"), "UTF-16"),
        (TABLE.encode("utf-16-be"), "UTF-16"),
    ],
    ids=["utf-8", "utf-8 with mark", "cp949", "utf-16-le with mark", "utf-16-be with mark", "utf-16-le", "utf-16-be"],
)
def test_text_and_name_of_every_encoding_that_excel_and_notepad_write(data, name):
    assert decode(data, source="faq.csv") == (TABLE, name)


def test_no_bytes_are_no_text():
    assert decode(b"", source="faq.csv") == ("", "UTF-8")


def test_syllables_outside_ks_x_1001_survive_cp949():
    assert decode("질문,답변\n뷁똠방각하,펲시\n".encode("cp949"), source="faq.csv") == ("질문,답변\n뷁똠방각하,펲시\n", "CP949")


def test_a_stray_nul_byte_does_not_make_a_file_utf_16():
    assert decode("질문,\0답변\n가,나\n".encode(), source="faq.csv") == ("질문,\0답변\n가,나\n", "UTF-8")


def test_a_byte_that_fits_no_encoding_is_named_with_line_place_and_remedy():
    data = "질문,답변\n환불,".encode() + b"\xff\n"
    with pytest.raises(CorpusError) as caught:
        decode(data, source="faq.csv")
    assert caught.value.problems == (f"2행: 글자를 읽을 수 없습니다(UTF-8 22번째 바이트, CP949 8번째 바이트에서 실패). {SAVE_AS}",)
    assert str(caught.value).startswith("faq.csv: 문제가 1개 있어 아무것도 가져오지 않았습니다.\n  2행: ")


def test_a_damaged_byte_after_a_byte_order_mark_is_not_tried_as_cp949():
    with pytest.raises(CorpusError, match="UTF-8\\(BOM\\) 7번째 바이트에서 실패"):
        decode(codecs.BOM_UTF8 + "질".encode() + b"\xff", source="faq.csv")


def test_utf_16_that_ends_in_half_a_character_is_refused():
    with pytest.raises(CorpusError, match=f"3행: .*UTF-16 {2 + 2 * len(TABLE) + 1}번째 바이트"):
        decode(codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le") + b"a", source="faq.csv")


@pytest.mark.parametrize("head", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1"], ids=["xlsx", "xls"])
def test_a_renamed_workbook_is_recognised(head):
    with pytest.raises(CorpusError) as caught:
        decode(head + bytes(100), source="faq.csv")
    assert str(caught.value) == f"faq.csv: CSV가 아니라 엑셀 통합 문서입니다. {SAVE_AS}"


def test_a_file_over_the_limit_is_refused_before_it_is_decoded():
    with pytest.raises(CorpusError) as caught:
        decode(b"a" * (MAX_BYTES + 1), source="faq.csv")
    assert str(caught.value) == "faq.csv: 파일이 20 MB보다 큽니다. 파일을 나누어 주세요."


def test_a_file_of_exactly_the_limit_is_decoded():
    assert len(decode(b"a" * MAX_BYTES, source="faq.csv")[0]) == MAX_BYTES


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "없는 파일.csv"
    with pytest.raises(CorpusError) as caught:
        read_faq(path)
    assert str(caught.value) == f"{path}: 파일이 없습니다. 경로를 확인해 주세요."


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(CorpusError, match="파일을 열 수 없습니다"):
        read_faq(tmp_path)


@settings(deadline=None)
@given(body=st.text(st.characters(codec="cp949", exclude_characters="\0"), max_size=200), codec=st.sampled_from(["utf-8-sig", "cp949", "utf-16"]))
def test_what_is_written_is_read_back(tmp_path_factory, body, codec):
    path = tmp_path_factory.mktemp("corpus") / "faq.csv"
    text = f"질문,답변\n환불은 언제 되나요?,{body}"
    path.write_bytes(text.encode(codec))
    assert read_text(path) == (text, {"utf-8-sig": "UTF-8(BOM)", "cp949": "CP949", "utf-16": "UTF-16"}[codec])


@settings(deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_message(data):
    try:
        decode(data, source="faq.csv")
    except CorpusError as error:
        assert str(error).startswith("faq.csv: ")  # noqa: PT017  # most examples raise nothing
