"""Entries → CSV and XLSX: what Excel sees, and that nothing is lost on the way back."""

import csv
import io
import tempfile
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from faqbot.corpus import COLUMNS, parse_faq, problem_csv, read_faq_bytes, to_csv, to_xlsx
from faqbot.corpus.export import to_cells
from faqbot.corpus.guard import guarded, unguarded
from faqbot.corpus.problem import Problem
from faqbot.corpus.table import Row
from faqbot.domain import FaqEntry

FORMULA_SIGNS = "=+-@＝＋－＠\t\r\n"
DANGEROUS = ["=1+1", "+82 2", "- 첫째", "@SUM(A1)", "＝1", "＋", "－", "＠", "’=1", "’’-", "'=1", "’24년"]

#: What the reader keeps: no sign that parts lists, no space at the ends, no damaged character; control characters and escapes of XLSX too.
PIECE = st.sampled_from([*DANGEROUS, '"', '""', ",", ";", "'", "_x000D_", "_x005F_", "\x0b", "\x1f", "<b>", "&amp;", "가", "환불 되나요?", "\u200b", "\xa0"])
TEXT = st.lists(PIECE | st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffd"), max_size=6), min_size=1, max_size=5).map("".join)


def part(separators):
    """Text that a list with these separators can hold."""
    return TEXT.map(lambda text: "".join(c for c in text if c not in separators).strip()).filter(lambda text: any(c.isalnum() for c in text))


LINE = part("|\r\n")
DAY = st.none() | st.dates()
ENTRY = st.builds(
    FaqEntry,
    id=LINE,
    question=part("\r\n"),
    answer=st.lists(part("\r"), min_size=1, max_size=3).map("\n".join),
    category=st.lists(part(">\r\n"), max_size=2).map(tuple),
    alternate_questions=st.lists(part("|\r\n"), max_size=3).map(tuple),
    keywords=st.lists(part(",|\r\n"), max_size=3).map(tuple),
    short_title=LINE | st.just(""),
    link_url=st.sampled_from(["", "https://pay.example.kr/환불?a=1,2;3", "tel:+82-2-1588", "mailto:a@b.kr"]),
    link_label=LINE | st.just(""),
    valid_from=DAY,
    updated_at=DAY,
    enabled=st.booleans(),
)
ENTRIES = st.lists(ENTRY, min_size=1, max_size=5, unique_by=lambda entry: entry.id)


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def entry(**values):
    return FaqEntry(**{"id": "A", "question": "가", "answer": "나"} | values)


class TestRoundTrip:
    @pytest.mark.parametrize(("write", "name"), [(to_csv, "faq.csv"), (to_xlsx, "faq.xlsx")])
    @settings(max_examples=50, deadline=None)
    @given(written=ENTRIES)
    def test_what_is_exported_is_read_back_and_exported_alike(self, write, name, written):
        data = write(written)
        read = read_faq_bytes(data, name).entries
        assert read == tuple(written)
        assert write(read) == data

    @settings(max_examples=20, deadline=None)
    @given(written=ENTRIES)
    def test_both_formats_hold_the_same(self, written):
        assert read_faq_bytes(to_csv(written), "a").entries == read_faq_bytes(to_xlsx(written), "a").entries

    def test_a_table_of_the_operator_is_read_back_from_its_export(self):
        text = '번호,질문,대체 질문,답변,키워드,시작일,사용\n, 환불? ,가|나,"- 첫째\n- 둘째",다|라,2026.3.1,중지\n'
        read = parse_faq(text, source="faq.csv", encoding="UTF-8").entries
        assert read_faq_bytes(to_csv(read), "faq.csv").entries == read

    def test_no_entries_give_a_header(self):
        assert rows_of(to_csv([])) == [[column.name for column in COLUMNS]]


class TestGuard:
    @given(text=TEXT)
    def test_a_guarded_cell_is_read_as_it_was(self, text):
        assert unguarded(guarded(text)) == text

    @given(text=TEXT)
    def test_no_guarded_cell_begins_as_a_formula_does(self, text):
        assert not guarded(text).lstrip().startswith(tuple(FORMULA_SIGNS))

    @pytest.mark.parametrize("text", ["환불", "'+' 버튼은요?", "’24년 요금", "5-3", "", "‘-’ 표시"])
    def test_text_that_is_no_formula_stays_as_it_is(self, text):
        assert guarded(text) == unguarded(text) == text

    @pytest.mark.parametrize("sign", FORMULA_SIGNS)
    def test_no_cell_of_an_export_begins_with_a_sign_that_spreadsheets_run(self, sign):
        hostile = sign + "cmd|' /C calc'!A0"
        written = [entry(id=hostile, question=hostile, answer=hostile, alternate_questions=(hostile,), short_title=hostile)]
        cells = [cell for row in rows_of(to_csv(written)) for cell in row]
        cells += [cell.value or "" for row in load_workbook(io.BytesIO(to_xlsx(written))).active.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.startswith(tuple(FORMULA_SIGNS))]


class TestFiles:
    def test_csv_opens_right_in_korean_excel(self):
        data = to_csv([entry()])
        assert data.startswith(b"\xef\xbb\xbfid,category,question,")
        assert data.endswith(b"\r\n")
        assert data.count(b"\r\n") == 2

    def test_every_cell_of_a_workbook_is_text(self):
        sheet = load_workbook(io.BytesIO(to_xlsx([entry(id="007", answer="1588", updated_at=date(2026, 3, 1))]))).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
        assert [cell.value for cell in sheet[2] if cell.value] == ["007", "가", "1588", "2026-03-01", "true"]

    def test_cells_yet_to_be_filled_in_are_text_too(self):
        columns = load_workbook(io.BytesIO(to_xlsx([entry()]))).active.column_dimensions
        assert [columns[letter].number_format for letter in "ABCDEFGHIJKLM"] == ["@"] * len(COLUMNS)

    def test_equal_entries_make_equal_bytes(self):
        data = to_xlsx([entry()])
        assert data == to_xlsx([entry()])
        told = load_workbook(io.BytesIO(data)).properties
        assert {told.created.year, told.modified.year, *(part.date_time[0] for part in zipfile.ZipFile(io.BytesIO(data)).infolist())} == {1980}

    def test_cells_stand_in_the_order_of_the_columns(self):
        assert to_cells(entry(category=("결제", "환불"), alternate_questions=("다", "라"), keywords=("마", "바"), valid_to=date(2026, 1, 2), enabled=False)) == (
            "A", "결제>환불", "가", "다|라", "나", "마,바", "", "", "", "", "2026-01-02", "", "false",
        )  # fmt: skip


class TestProblemRows:
    HEADERS = ("질문", "비고", "답변")

    def test_rows_are_as_in_the_upload_with_where_what_and_what_to_do(self):
        row = Row(7, {"question": "", "answer": "나"}, ("", "메모", "나"))
        data = problem_csv(self.HEADERS, [(row, [Problem(7, "question", "비어 있습니다.", "질문을 적어 주세요."), Problem(7, "", "이상합니다.", "보세요.")])])
        assert rows_of(data) == [
            ["질문", "비고", "답변", "문제 위치", "문제", "고칠 방법"],
            ["", "메모", "나", "7행 question(질문)\n7행", "비어 있습니다.\n이상합니다.", "질문을 적어 주세요.\n보세요."],
        ]

    def test_mended_rows_are_read_without_a_word_about_the_reason_columns(self):
        row = Row(2, {}, ("=1+1", "", "나다"))
        table = read_faq_bytes(problem_csv(("질문", "대체 질문", "답변"), [(row, [Problem(2, "answer", "x.", "y.")])]), "faq.csv")
        assert (table.entries[0].question, table.unknown_headers, [each.column for each in table.warnings]) == ("=1+1", (), ["question"])

    def test_hostile_cells_are_guarded_and_guarded_ones_not_twice(self):
        data = problem_csv(("=질문",), [(Row(2, {}, ("=1",)), []), (Row(3, {}, ("’=1",)), [])])
        assert [row[0] for row in rows_of(data)] == ["’=질문", "’=1", "’=1"]


def test_a_workbook_is_written_where_nothing_temporary_can_be(monkeypatch, tmp_path):
    entries = (FaqEntry("a", "환불은 언제 되나요?", "사흘"), FaqEntry("b", "배송은요?", "이틀"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert read_faq_bytes(to_xlsx(entries), "faq.xlsx").entries == entries
