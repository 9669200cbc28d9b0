"""Workbooks, JSON and saved pages: what is read, what is recognised by its content, and what is refused before it costs anything."""

import io
import json
import re
import time
import zipfile
from datetime import date, datetime
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from faqbot.corpus import MAX_BYTES, MAX_ROWS, read_faq, read_faq_bytes
from faqbot.corpus.markdown import MAX_HTML, to_markdown
from faqbot.corpus.source import Format, read_source
from faqbot.corpus.webpage import page_questions
from faqbot.corpus.workbook_scan import MAX_UNPACKED
from faqbot.domain import FaqEntry
from faqbot.errors import CorpusError

TABLE = [["번호", "질문", "답변"], ["A", "환불 되나요?", "3일 안에"], ["B", "배송은요?", "이틀"]]


def workbook(rows, title="FAQ", **others):
    """XLSX bytes of one sheet, and of others by title."""
    book = Workbook()
    book.active.title = title
    for name, cells in {title: rows, **others}.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    return saved(book)


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(data, changes):
    """The workbook with some of its parts written anew, each by a function of its bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        assert set(changes) <= set(old.namelist())
        for name in old.namelist():
            new.writestr(name, changes.get(name, lambda part: part)(old.read(name)))
    return buffer.getvalue()


def sheet_of(xml):
    """A workbook whose only sheet is this XML."""
    begin = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return repacked(workbook(TABLE), {"xl/worksheets/sheet1.xml": lambda _: f"{begin}{xml}</sheetData></worksheet>".encode()})


def with_shared_strings(strings, xml):
    """A workbook as Excel writes it: its only sheet is this XML, and its texts stand in a part of their own."""
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    data = repacked(sheet_of(xml), {"[Content_Types].xml": lambda part: part.replace(b"</Types>", override)})
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>')
    return buffer.getvalue()


def inline(text):
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{inline("질문")}{inline("답변")}</row>'


def read(data, name="faq.xlsx", **options):
    return read_faq_bytes(data, name, **options)


def problems(data, name="faq.xlsx", **options):
    with pytest.raises(CorpusError) as caught:
        read(data, name, **options)
    return caught.value.problems


def refused(data, name="faq.xlsx"):
    with pytest.raises(CorpusError) as caught:
        read(data, name)
    return str(caught.value)


def warnings(data, name="faq.xlsx"):
    return tuple(map(str, read(data, name).warnings))


class TestWorkbooks:
    def test_a_workbook_is_read_like_its_table(self):
        table = read(workbook(TABLE))
        assert [(entry.id, entry.question, entry.answer) for entry in table.entries] == [("A", "환불 되나요?", "3일 안에"), ("B", "배송은요?", "이틀")]
        assert (table.encoding, table.delimiter, table.warnings) == ("XLSX", "", ())

    @pytest.mark.parametrize("name", ["faq.csv", "faq.xlsx", "faq.json", "faq"])
    def test_a_renamed_file_is_recognised_by_its_content(self, name):
        assert read_source(workbook(TABLE), name).format is Format.XLSX
        assert read_source("질문,답변\n가,나\n".encode(), name.replace(".json", "")).format is Format.CSV
        assert read_source('[{"질문": "가", "답변": "나"}]'.encode(), name).format is Format.JSON

    def test_days_numbers_and_booleans_are_read_as_excel_shows_them(self):
        data = workbook([["번호", "질문", "답변", "시작일", "수정일", "사용"], [7, "가", 3.0, date(2026, 3, 1), datetime(2026, 3, 2, 9, 30), False]])  # noqa: DTZ001
        (entry,) = read(data).entries
        assert entry == FaqEntry("7", "가", "3", valid_from=date(2026, 3, 1), updated_at=date(2026, 3, 2), enabled=False)

    def test_an_id_keeps_the_zeros_that_its_format_shows(self):
        book = Workbook()
        for row in [["번호", "질문", "답변"], [7, "가", "나"]]:
            book.active.append(row)
        book.active["A2"].number_format = "0000"
        assert read(saved(book)).entries[0].id == "0007"

    def test_line_breaks_and_characters_that_xml_cannot_hold_are_read(self):
        assert read(workbook([["질문", "답변"], ["가", "첫 줄\n둘째_x000D_\n셋째_x0041_"]])).entries[0].answer == "첫 줄\n둘째\n셋째_x0041_"

    def test_shared_texts_with_runs_of_different_looks_are_read(self):
        strings = "<si><t>질문</t></si><si><t>답변</t></si><si><r><t>환불 </t></r><r><rPr><b/></rPr><t>되나요?</t></r></si>"
        shared = "".join(f'<c t="s"><v>{index}</v></c>' for index in (2, 1))
        data = with_shared_strings(strings, f'<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row r="2">{shared}</row>')
        assert [(entry.question, entry.answer) for entry in read(data).entries] == [("환불 되나요?", "답변")]

    def test_the_number_in_a_problem_is_the_row_of_the_sheet(self):
        data = workbook([["질문", "답변"], ["가", "나"], [None, None], ["", "라"]])
        assert problems(data) == ("4행 question(질문): 비어 있습니다. 질문을 적어 주세요.",)

    def test_a_formula_counts_with_the_result_that_excel_stored(self):
        data = sheet_of(f'{HEAD}<row r="2">{inline("가")}<c t="str"><f>1+1</f><v>둘</v></c></row>')
        assert read(data).entries[0].answer == "둘"

    def test_a_formula_without_a_result_is_named_and_never_computed(self):
        data = workbook([["질문", "답변"], ["가", "나"], ["다", "=1+1"]])
        assert problems(data) == ("3행 answer(답변): B3 칸의 수식에 계산된 값이 없습니다. 엑셀에서 열어 저장하거나 값으로 붙여 넣은 뒤 다시 올려 주세요.",)

    def test_a_formula_whose_result_is_no_text_is_an_empty_cell(self):
        data = sheet_of(
            f'<row r="1">{inline("질문")}{inline("답변")}{inline("키워드")}</row><row r="2">{inline("가")}{inline("나다")}<c t="str"><f>""</f><v/></c></row>'
        )
        assert read(data).entries[0].keywords == ()

    def test_the_sheet_that_names_the_columns_is_read_and_the_others_are_named(self):
        data = workbook([["안내문"]], "표지", 자료=TABLE)
        assert len(read(data).entries) == 2
        assert warnings(data) == ("1행: '표지' 시트는 읽지 않았습니다. '자료' 시트만 읽습니다.",)

    def test_a_title_above_the_header_is_skipped_and_said(self):
        data = workbook([["2026년 FAQ 목록"], *TABLE])
        assert len(read(data).entries) == 2
        assert warnings(data) == ("1행: 머리글 위에 있어 읽지 않았습니다. FAQ이면 머리글 아래로 옮겨 주세요.",)

    def test_merged_cells_are_said_because_only_the_first_has_a_value(self):
        book = Workbook()
        for row in [["분류", "질문", "답변"], ["결제", "가", "나다"], [None, "라", "마바"]]:
            book.active.append(row)
        book.active.merge_cells("A2:A3")
        assert warnings(saved(book)) == ("2행 category(분류): A2:A3 칸이 합쳐져 있어 첫 칸에만 값이 있습니다. 병합을 풀고 칸마다 값을 적어 주세요.",)

    def test_a_cell_beside_the_table_is_named(self):
        assert problems(workbook([["질문", "답변"], ["가", "나", None, "메모"]])) == (
            "2행: D2 칸에 내용이 있는데 머리글이 없습니다. 머리글을 적거나 그 칸을 지워 주세요.",
        )

    def test_an_empty_workbook(self):
        assert problems(workbook([])) == ("1행: 파일이 비어 있습니다. 첫 행에 머리글(question,answer)을 적고 다음 행부터 내용을 적어 주세요.",)

    def test_an_old_or_locked_workbook_says_what_to_do(self):
        assert "암호 없이 .xlsx" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(100))

    def test_an_archive_that_is_no_workbook(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("faq.csv", "질문,답변\n가,나\n")
        assert "압축을 풀어" in refused(buffer.getvalue())


class TestHostileWorkbooks:
    def test_a_zip_bomb_is_refused_by_what_it_says_about_its_size(self):
        data = repacked(workbook(TABLE), {"xl/styles.xml": lambda part: part + b" " * (MAX_UNPACKED + 1)})
        assert len(data) < MAX_BYTES / 100
        assert "MB가 됩니다" in refused(data)

    def test_a_million_columns_are_refused(self):
        started = time.process_time()
        assert "열이 256개를 넘습니다." in refused(sheet_of(HEAD + '<row r="2">' + "<c><v>1</v></c>" * 1_000_000 + "</row>"))
        assert time.process_time() - started < 20

    def test_millions_of_empty_cells_are_refused(self):
        assert "칸이 2,000,000개를 넘습니다." in refused(sheet_of(HEAD + '<row r="2">' + "<c/>" * 2_000_001 + "</row>"))

    def test_more_shared_texts_than_any_table_has_are_refused(self):
        assert "서로 다른 글이 1,000,000개를 넘습니다." in refused(with_shared_strings("<si/>" * 1_000_001, HEAD))

    def test_a_text_that_is_not_there_is_refused(self):
        assert "엑셀 통합 문서로 읽을 수 없습니다" in refused(with_shared_strings("<si><t>가</t></si>", HEAD + '<row r="2"><c t="s"><v>7</v></c></row>'))

    @pytest.mark.parametrize("size", [b"A1:XFD1048576", b"A1:B2", b"A1"])
    def test_what_a_sheet_says_about_its_size_does_not_matter(self, size):
        data = repacked(workbook(TABLE), {"xl/worksheets/sheet1.xml": lambda part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + size + b'"', part)})
        assert [entry.id for entry in read(data).entries] == ["A", "B"]

    @pytest.mark.parametrize("row", ["99999999", "1048577", "0", "-1", "1e9", "x", "1"])
    def test_rows_that_are_not_counted_upwards_are_refused(self, row):
        assert "행 번호가 차례대로가 아닙니다." in refused(sheet_of(f'{HEAD}<row r="{row}">{inline("가")}{inline("나")}</row>'))

    def test_rows_over_the_limit(self):
        row = "<row><c><v>1</v></c><c><v>2</v></c></row>"
        assert problems(sheet_of(HEAD + row * (MAX_ROWS + 1))) == (f"{MAX_ROWS + 2}행: 행이 50,000개를 넘습니다. 파일을 나누거나 쓰지 않는 행을 지워 주세요.",)
        assert "행이 50,000개를 넘습니다." in refused(sheet_of(HEAD + row * (MAX_ROWS + 200)))

    def test_the_looks_of_a_million_rows_below_the_table_cost_nothing(self):
        looks = "".join(f'<row r="{line}" s="1"/>' for line in range(3, 20_000)) + '<row r="1048576" s="1"><c/></row>'
        started = time.process_time()
        assert len(read(sheet_of(f'{HEAD}<row r="2">{inline("가")}{inline("나")}</row>{looks}')).entries) == 1
        assert time.process_time() - started < 20

    def test_an_entry_in_the_last_row_of_all_is_read(self):
        assert len(read(sheet_of(f'{HEAD}<row r="1048576">{inline("가")}{inline("나")}</row>')).entries) == 1

    def test_empty_rows_without_end_are_refused(self):
        data = workbook(TABLE, b=TABLE, c=TABLE, d=TABLE)
        last = {f"xl/worksheets/sheet{number}.xml": lambda part: part.replace(b'r="3"', b'r="1048576"') for number in range(1, 5)}
        assert "비어 있는 행이 너무 많습니다." in refused(repacked(data, last))

    def test_a_sheet_that_is_there_many_times_is_refused(self):
        twice = {"xl/workbook.xml": lambda part: re.sub(rb"(<sheet .*?/>)", rb"\1\1", part)}
        assert "시트 하나가 여러 번" in refused(repacked(workbook(TABLE), twice))

    @pytest.mark.parametrize("long", ["<!--{}-->", '<row a="{}"/>', "<?a {}?>", "<{}/>"])
    def test_a_tag_that_does_not_end_is_refused(self, long):
        started = time.process_time()
        assert "너무 긴 꼬리표" in refused(sheet_of(HEAD + long.format("a" * 40_000_000)))
        assert time.process_time() - started < 10

    def test_a_cell_that_is_longer_than_any_is_a_problem_of_its_row(self):
        assert "2행 answer" in problems(sheet_of(f'{HEAD}<row r="2">{inline("가")}{inline("나" * 500_000)}</row>'))[0]

    def test_rows_of_what_is_no_sheet_are_not_read(self):
        other = b'<x xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><row r="99999999999"><c><v>1</v></c></row></x>'
        assert "파일이 비어 있습니다" in problems(repacked(workbook(TABLE), {"xl/worksheets/sheet1.xml": lambda _: other}))[0]

    def test_entities_that_multiply_are_refused_in_every_part(self):
        laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "haha">]><x>&a;</x>'
        for part in ("xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "docProps/core.xml"):
            assert "DOCTYPE" in refused(repacked(workbook(TABLE), {part: lambda _: laughs})), part

    def test_parts_that_nest_without_end_are_refused(self):
        assert "너무 깊습니다" in refused(repacked(workbook(TABLE), {"xl/styles.xml": lambda _: b"<a>" * 100_000}))

    def test_a_workbook_that_is_cut_off_is_refused(self):
        data = workbook(TABLE)
        for length in (5, 100, len(data) // 2, len(data) - 30):
            assert "faq.xlsx: " in refused(data[:length])

    @settings(max_examples=60, deadline=None)
    @given(
        place=st.floats(0, 1),
        byte=st.integers(0, 255),
        part=st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", ""]),
    )
    def test_a_damaged_workbook_is_read_or_refused_with_a_message(self, place, byte, part):
        def damaged(data):
            index = int(place * (len(data) - 1))
            return data[:index] + bytes([byte]) + data[index + 1 :]

        data = repacked(workbook(TABLE), {part: damaged}) if part else damaged(workbook(TABLE))
        try:
            read(data, "faq.xlsx")
        except CorpusError as error:
            assert str(error).startswith("faq.xlsx: ")  # noqa: PT017  # some examples raise nothing


class TestMapping:
    TEXT = "물음,설명,비고\n가,나,다\n".encode()

    def test_headers_nobody_knows_are_listed(self):
        assert read("질문,답변,비고,메모,비고\n가,나,다,라,마\n".encode(), "a.csv").unknown_headers == ("비고", "메모")

    def test_a_mapping_says_what_headers_mean(self):
        table = read(self.TEXT, "faq.csv", mapping={" 물음": "question", "설명": "answer"})
        assert [(entry.question, entry.answer) for entry in table.entries] == [("가", "나")]
        assert table.unknown_headers == ("비고",)

    def test_a_mapping_may_leave_a_header_out_without_a_warning(self):
        table = read(self.TEXT, "faq.csv", mapping={"물음": "question", "설명": "answer", "비고": ""})
        assert (table.unknown_headers, [str(each) for each in table.warnings if "비고" in str(each)]) == ((), [])

    def test_a_mapping_outranks_what_is_recognised(self):
        text = "제목,질문,답변\n가,나,다라\n".encode()
        assert read(text, "faq.csv", mapping={"제목": "short_title"}).entries[0].short_title == "가"

    def test_a_mapping_works_in_every_format(self):
        mapping = {"물음": "question", "설명": "answer"}
        assert read(workbook([["물음", "설명"], ["가", "나"]]), mapping=mapping).entries[0].answer == "나"
        assert read('[{"물음": "가", "설명": "나"}]'.encode(), "faq.json", mapping=mapping).entries[0].answer == "나"

    def test_a_mapping_to_no_column_is_refused(self):
        with pytest.raises(CorpusError, match="'title': 이런 열은 없습니다"):
            read(self.TEXT, "faq.csv", mapping={"물음": "title"})

    def test_a_file_is_read_by_path_like_its_bytes(self, tmp_path):
        path = tmp_path / "faq.xlsx"
        path.write_bytes(workbook(TABLE))
        assert read_faq(path).entries == read(workbook(TABLE)).entries


class TestJson:
    ENTRY = FaqEntry(
        "A",
        "환불 되나요?",
        "네",
        ("결제", "환불"),
        ("돈 돌려줘", "환급"),
        ("취소", "반환"),
        valid_from=date(2026, 3, 1),
        updated_at=date(2026, 3, 2),
        enabled=False,
    )
    OBJECT: ClassVar = {
        "id": "A", "question": "환불 되나요?", "answer": "네", "category": ["결제", "환불"], "대체 질문": ["돈 돌려줘", "환급"], "keywords": "취소,반환",
        "valid_from": "2026-03-01", "updated_at": "2026-03-02T10:20:30+09:00", "enabled": False, "link_url": None,
    }  # fmt: skip

    @pytest.mark.parametrize("wrap", [lambda each: [each], lambda each: {"faqs": [each]}, lambda each: {"version": 1, "entries": [each]}, lambda each: each])
    def test_lists_and_objects_that_hold_one_are_read(self, wrap):
        assert read(json.dumps(wrap(self.OBJECT)).encode(), "faq.json").entries == (self.ENTRY,)

    @pytest.mark.parametrize("name", ["faq.jsonl", "faq.ndjson", "faq.json", "faq.txt"])
    def test_json_lines_are_read(self, name):
        text = f"{json.dumps(self.OBJECT, ensure_ascii=False)}\r\n\n{json.dumps({'질문': '가', '답변': '나'}, ensure_ascii=False)}\n"
        assert read(text.encode("cp949"), name).entries[0] == self.ENTRY
        assert len(read(text.encode(), name).entries) == 2

    def test_numbers_stay_as_they_were_written(self):
        assert read(b'[{"id": 12345678901234567890, "question": 1.50, "answer": NaN}]', "a.json").entries[0] == FaqEntry("12345678901234567890", "1.50", "NaN")

    def test_all_problems_come_at_once_and_count_objects(self):
        text = '[{"질문": "가", "답변": "나"}, 7, {"질문": "", "답변": {"b": 1}}, {"질문": "다", "대체 질문": ["라|마"]}]'
        assert problems(text.encode(), "faq.json") == (
            '2번째 항목: 이름과 값의 묶음이 아닙니다. {"question": …, "answer": …} 처럼 적어 주세요.',
            "3번째 항목 answer(답변): 글이 아니라 목록이나 묶음입니다. 글 하나로 적어 주세요.",
            "3번째 항목 question(질문): 비어 있습니다. 질문을 적어 주세요.",
            "4번째 항목 alternate_questions(대체 질문): 목록의 값에 값을 나누는 글자가 있습니다('라|마'). | 와 줄바꿈을 빼 주세요.",
            "4번째 항목 answer(답변): 비어 있습니다. 답변을 적어 주세요.",
        )

    def test_broken_json_is_refused_with_its_place(self):
        assert problems('[{"질문": "가",\n"답변": "나",}]'.encode(), "faq.json") == (
            "2행: 11번째 글자부터 JSON이 아닙니다. 따옴표, 쉼표, 괄호가 맞는지 확인해 주세요.",
        )

    def test_every_broken_line_of_json_lines_is_named(self):
        text = '{"질문": "가", "답변": "나"}\n{"질문": }\n\n{"질문": "가", "질문": "나"}\n'
        assert [each.split(":")[0] for each in problems(text.encode(), "faq.jsonl")] == ["2행", "4행"]

    def test_a_name_twice_in_one_object(self):
        assert problems('[{"질문": "가", "질문": "나", "답변": "다"}]'.encode(), "faq.json") == (
            "1행: '질문': 한 항목에 같은 이름이 두 번 있습니다. 하나만 남겨 주세요.",
        )

    @pytest.mark.parametrize("text", ["[" * 500_000, '{"a":' * 500_000, '[{"질문":' + "[" * 500_000, '{"@type":"FAQPage","mainEntity":' + "[" * 100_000])
    def test_brackets_without_end_are_refused(self, text):
        assert problems(text.encode(), "faq.json")

    @pytest.mark.parametrize("text", ["[]", "{}", '"가"', "7", "[[]]", "[{}]", '{"faqs": 7}', ""])
    def test_json_without_entries_is_refused(self, text):
        assert problems(text.encode(), "faq.json")

    def test_objects_that_all_have_names_of_their_own_are_refused(self):
        data = json.dumps([{"question": "가", "answer": "나", f"x{number}": 1} for number in range(300)]).encode()
        assert "열이 256개를 넘습니다(302개)." in refused(data, "a.json")

    def test_nul_is_found_in_json_and_workbooks_alike(self):
        assert problems(b'[{"question": "a\\u0000", "answer": "b"}]', "a.json") == (
            "1번째 항목 question(질문): 2번째에 NUL 문자가 있습니다. 보이지 않는 문자를 지우고 다시 저장해 주세요.",
        )

    def test_a_file_in_two_encodings_is_refused(self):
        assert "글자를 읽을 수 없습니다" in refused('[{"질문": "가'.encode() + '나"}]'.encode("cp949"), "faq.json")


FAQ_PAGE = {
    "@context": "https://schema.org",
    "@type": "FAQPage",
    "mainEntity": [
        {
            "@type": "Question",
            "name": "환불은 <b>언제</b> 되나요?",
            "acceptedAnswer": {"@type": "Answer", "text": "<p>카드는 <b>3일</b></p><ul><li>앱</li><li>웹</li></ul>"},
        },
        {
            "@type": "Question",
            "name": "배송은요?",
            "acceptedAnswer": [{"@type": "Answer", "text": "이틀\n걸려요 &amp; 끝"}],
            "dateModified": "2026-03-01T09:00:00Z",
        },
    ],
}
READ_PAGE = [("환불은 언제 되나요?", "카드는 **3일**\n\n- 앱\n- 웹", None), ("배송은요?", "이틀\n걸려요 & 끝", date(2026, 3, 1))]


class TestPages:
    def read(self, text, name="help.html"):
        return [(entry.question, entry.answer, entry.updated_at) for entry in read(text.encode(), name).entries]

    @pytest.mark.parametrize(
        "value", [FAQ_PAGE, [FAQ_PAGE], {"@graph": [{"@type": "WebPage"}, FAQ_PAGE]}, {**FAQ_PAGE, "@type": ["WebPage", "https://schema.org/FAQPage"]}]
    )
    def test_json_ld_is_read_wherever_the_faq_page_stands(self, value):
        assert self.read(json.dumps(value), "faq.jsonld") == READ_PAGE
        assert self.read(f"<html><script type='application/ld+json'>{json.dumps(value)}</script>") == READ_PAGE

    def test_pages_in_cp949_are_read(self):
        page = f'<!doctype html><meta charset="euc-kr"><script type="application/ld+json">{json.dumps(FAQ_PAGE, ensure_ascii=False)}</script>'
        assert len(read(page.encode("cp949"), "help.htm").entries) == 2

    def test_what_is_commented_out_is_no_entry_and_other_scripts_are_no_data(self):
        data = json.dumps(FAQ_PAGE)
        hidden = f'<!-- <script type="application/ld+json">{data}</script> --><script>var a = "<!-- {{";</script>'
        assert page_questions(hidden) == []
        assert len(page_questions(f'{hidden}<SCRIPT TYPE="application/ld+json">\n{data}\n</SCRIPT>')) == 2

    def test_microdata_is_read(self):
        page = """<html><body itemscope itemtype="https://schema.org/FAQPage"><div itemprop="mainEntity" itemscope itemtype="https://schema.org/Question">
        <h3 itemprop="name">환불은 &lt;언제&gt; 되나요?</h3><div itemprop="acceptedAnswer" itemscope itemtype="https://schema.org/Answer">
        <div itemprop="text"><p>3일 <strong>안에</strong></p><script>steal()</script></div></div></div></body></html>"""
        assert self.read(page) == [("환불은 <언제> 되나요?", "3일 **안에**", None)]

    def test_a_page_without_such_data_says_what_to_do(self):
        assert problems(b"<html><h1>FAQ</h1></html>", "help.html") == (
            "1행: 이 웹 페이지에는 FAQ 데이터(schema.org FAQPage)가 없습니다. 질문과 답변을 표에 옮겨 CSV나 엑셀 파일로 올려 주세요.",
        )

    def test_a_question_without_an_answer_is_a_problem_of_its_number(self):
        page = {"@type": "FAQPage", "mainEntity": [FAQ_PAGE["mainEntity"][0], {"@type": "Question", "name": "가"}]}
        assert problems(json.dumps(page).encode(), "a.json") == ("2번째 항목 answer(답변): 비어 있습니다. 답변을 적어 주세요.",)

    def test_scripts_styles_and_what_a_page_does_are_dropped(self):
        html = (
            '<style>p{}</style><p onclick="x()">환불</p><script>alert(1)</script><iframe src="x">틀</iframe><button>닫기</button><svg><text>그림</text></svg>'
        )
        assert to_markdown(html) == "환불"

    @pytest.mark.parametrize(
        ("html", "markdown"),
        [
            ("<p>가</p><p>나</p>", "가\n\n나"),
            ("가<br>나<br/>다", "가\n나\n다"),
            ('<a href="https://a.kr/x_y">링크</a>', "[링크](https://a.kr/x_y)"),
            ("<ol><li>하나<ul><li>가</li></ul></li><li>둘</li></ol>", "1. 하나\n   - 가\n2. 둘"),
            ("<table><tr><th>가</th><th>나</th></tr><tr><td>1</td><td>2</td></tr></table>", "| 가 | 나 |\n| --- | --- |\n| 1 | 2 |"),
            ("첫 줄\n\n<b>둘째</b> 줄", "첫 줄\n\n**둘째** 줄"),
            ("5 < 7 이고 <b>7</b>", "5 < 7 이고 **7**"),
            ("A&amp;B", "A&B"),
            ("<환불> 버튼", "<환불> 버튼"),
        ],
    )
    def test_html_becomes_markdown(self, html, markdown):
        assert to_markdown(html) == markdown

    @pytest.mark.parametrize("html", ["<div>", "<b>", "<!--", "<![", '<a href="', "<p " + 'a="', "&", "<", "<li>", "<p> ", "<table>"])
    def test_hostile_html_costs_no_more_than_seconds(self, html):
        started = time.process_time()
        to_markdown("<p>" + html * (MAX_HTML // len(html) - 1))
        page_questions(html * 200_000)
        assert time.process_time() - started < 10
