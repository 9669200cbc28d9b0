"""FAQ table and query files: what is read, and what is refused or warned about with which words."""

import csv
import io
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faqbot.corpus import COLUMNS, LABELLED_COLUMNS, MAX_CELL, MAX_ROWS, parse_faq, read_faq, read_labelled_queries, read_queries, records
from faqbot.corpus.columns import header_key, names_by_key
from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.errors import CorpusError

TODAY = date(2026, 3, 10)


def parse(text, **options):
    return parse_faq(text, source="faq.csv", encoding="UTF-8", **options)


def entries(text):
    return parse(text).entries


def problems(text):
    with pytest.raises(CorpusError) as caught:
        parse(text)
    return caught.value.problems


def warnings(text, today=TODAY):
    return tuple(map(str, parse(text, today=today).warnings))


def cell_problem(column, cell):
    """What is wrong with one optional cell."""
    (problem,) = problems(f'질문,답변,{column}\n가,나,"{cell}"\n')
    return problem


class TestColumns:
    def test_no_two_columns_share_a_header(self):
        for columns in (COLUMNS, LABELLED_COLUMNS):
            spellings = {header_key(spelling) for column in columns for spelling in (column.name, *column.aliases)}
            assert sum(len({header_key(spelling) for spelling in (column.name, *column.aliases)}) for column in columns) == len(spellings)

    def test_every_field_of_an_entry_has_its_column(self):
        assert [column.name for column in COLUMNS if column.required] == ["question", "answer"]
        assert {column.name for column in COLUMNS} == set(FaqEntry.__dataclass_fields__)

    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ("질문", "question"),
            ("카테고리", "category"),
            ("유사질문", "alternate_questions"),
            ("다른 표현", "alternate_questions"),
            ("링크주소", "link_url"),
            ("사용여부", "enabled"),
        ],
    )
    def test_korean_headers_are_known(self, header, name):
        assert names_by_key(COLUMNS)[header_key(header)] == name


class TestReading:
    def test_every_column_reaches_its_field(self):
        text = (
            "번호,분류,질문,대체 질문,답변,키워드,짧은 제목,링크,링크 이름,시작일,종료일,수정일,사용\n"
            'pay-1,결제>환불, 환불은 언제 되나요? ,"돈 돌려받기 | 환불 기간\n환불 언제","**3일** 안에\r\n됩니다.","환급, 취소|반환",환불 기간,'
            "https://pay.example.kr,환불 신청,2026-01-01,2026-12-31,2026-03-01,예\n"
        )
        assert entries(text) == (
            FaqEntry(
                id="pay-1",
                question="환불은 언제 되나요?",
                answer="**3일** 안에\n됩니다.",
                category=("결제", "환불"),
                alternate_questions=("돈 돌려받기", "환불 기간", "환불 언제"),
                keywords=("환급", "취소", "반환"),
                short_title="환불 기간",
                link_url="https://pay.example.kr",
                link_label="환불 신청",
                valid_from=date(2026, 1, 1),
                valid_to=date(2026, 12, 31),
                updated_at=date(2026, 3, 1),
                enabled=True,
            ),
        )

    def test_headers_may_vary_in_case_space_width_and_mark(self):
        assert entries("\ufeff ＱＵＥＳＴＩＯＮ ,An swer,Short-Title\n가,나,다\n")[0].short_title == "다"

    def test_a_quoted_header_after_a_byte_order_mark_is_read(self):
        assert entries('\ufeff"질문","답변"\n가,나\n')[0].question == "가"

    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_the_delimiter_follows_from_the_header(self, delimiter):
        table = parse(f"질문{delimiter}답변\n가{delimiter}나\n")
        assert (table.delimiter, table.entries[0].answer) == (delimiter, "나")

    def test_the_delimiter_is_the_one_that_finds_columns_and_not_the_most_frequent(self):
        assert parse("질문;답변;메모(a,b,c,d)\n가;나;다\n").delimiter == ";"

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_lines_may_end_as_on_any_system(self, end):
        assert [entry.question for entry in entries(end.join(["질문,답변", "가,나", "다,라"]))] == ["가", "다"]

    def test_lines_of_one_file_may_end_in_different_ways(self):
        assert [entry.question for entry in entries('질문,답변\r\n가,"나\n나"\n다,라\r마,바')] == ["가", "다", "마"]

    def test_blank_lines_and_rows_of_empty_cells_are_skipped(self):
        assert len(entries("\n , \n질문,답변\n\n가,나\n,\n , \n다,라\n\n")) == 2

    def test_trailing_cells_that_excel_leaves_out_are_empty(self):
        assert entries("질문,답변,키워드,링크\n가,나\n")[0].keywords == ()

    def test_empty_cells_beyond_the_header_are_no_cells(self):
        assert entries("질문,답변\n가,나,, \n")[0].answer == "나"

    def test_a_quote_inside_a_word_is_text(self):
        assert entries('질문,답변\n5" 화면,나 "다"\n')[0].question == '5" 화면'

    def test_a_multi_line_answer_in_a_short_row_is_one_cell(self):
        assert entries('번호,질문,답변,분류\n1,가,"사과\n감, 귤, 밤, 잣"\n')[0].answer == "사과\n감, 귤, 밤, 잣"

    def test_the_table_says_where_it_comes_from(self, tmp_path):
        path = tmp_path / "faq.csv"
        path.write_bytes("질문;답변\n가;나다\n".encode("cp949"))
        table = read_faq(path)
        assert (table.encoding, table.delimiter, table.source, table.warnings) == ("CP949", ";", str(path), ())

    @pytest.mark.parametrize("text", ["2026-03-01", "2026.03.01", "2026/3/1", "20260301", "2026. 3. 1.", "2026. 3. 1", "２０２６-03-01"])
    def test_days_are_read_as_people_write_them(self, text):
        assert entries(f"질문,답변,시작일\n가,나,{text}\n")[0].valid_from == date(2026, 3, 1)

    @pytest.mark.parametrize("text", ["", "true", "TRUE", "1", "y", "예", "사용", "o", "O", "Ｏ"])
    def test_words_for_yes(self, text):
        assert entries(f"질문,답변,사용\n가,나,{text}\n")[0].enabled is True

    @pytest.mark.parametrize("text", ["false", "0", "N", "아니오", "아니요", "중지", "사용 안 함", "미사용", "x"])
    def test_words_for_no(self, text):
        assert entries(f"질문,답변,사용\n가,나,{text}\n")[0].enabled is False


class TestIds:
    def test_a_missing_id_follows_from_the_question_and_not_from_its_place(self):
        first = entries("질문,답변\n환불은 언제 되나요?,3일\n배송은 언제 오나요?,2일\n")
        moved = entries("질문,답변\n배송은  언제 오나요? ,다른 답변\n환불은 언제 되나요?,3일\n")
        assert {entry.id for entry in first} == {entry.id for entry in moved}
        assert first[1].id == "q-5015d13fbd"

    def test_repeated_questions_get_a_counter(self):
        assert [entry.id for entry in entries("질문,답변\n가,하나\n가,둘\n가,셋\n")] == ["q-64ee5293d3", "q-64ee5293d3-2", "q-64ee5293d3-3"]

    def test_a_derived_id_gives_way_to_a_written_one(self):
        assert [entry.id for entry in entries("번호,질문,답변\n,가,하나\nq-64ee5293d3,나,둘\n")] == ["q-64ee5293d3-2", "q-64ee5293d3"]


class TestErrors:
    @pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", " \t,,;\r\n"])
    def test_an_empty_file(self, text):
        assert problems(text) == ("1행: 파일이 비어 있습니다. 첫 행에 머리글(question,answer)을 적고 다음 행부터 내용을 적어 주세요.",)

    def test_a_header_of_more_columns_than_any_table_has(self):
        assert problems("질문,답변" + "," * 300 + "\n가,나\n") == ("1행: 열이 256개를 넘습니다(302개). 쓰지 않는 열을 지워 주세요.",)

    def test_a_question_that_every_row_asks_costs_no_more_than_others(self):
        started = time.process_time()
        assert len({entry.id for entry in entries("질문,답변\n" + "가,나\n" * 10_000)}) == 10_000
        assert time.process_time() - started < 6

    def test_a_header_without_rows(self):
        assert problems("질문,답변\n\n,\n") == ("1행: 머리글만 있고 내용이 없습니다. 다음 행부터 내용을 적어 주세요.",)

    def test_a_missing_header_names_what_was_found(self):
        assert problems("질문,Body\n,나\n") == (
            "1행 answer(답변): 머리글에 이 열이 없습니다(찾은 머리글: '질문', 'Body'). 머리글 행에 'answer' 또는 '답변' 열을 넣어 주세요.",
            "2행 question(질문): 비어 있습니다. 질문을 적어 주세요.",
        )

    def test_a_file_without_any_header_has_no_further_problems(self):
        assert [problem.split(":")[0] for problem in problems("가,나\n다,라,마\n")] == ["1행 question(질문)", "1행 answer(답변)"]

    def test_two_spellings_of_one_column(self):
        assert problems("질문,답변,Question\n가,나,다\n") == ("1행 question(질문): 같은 열이 2번 있습니다('질문', 'Question'). 하나만 남겨 주세요.",)

    @pytest.mark.parametrize("empty", ["", "  ", "\u200b\ufeff", '"\n"'])
    def test_an_empty_question_or_answer(self, empty):
        assert problems(f"질문,답변\n{empty},나\n")[0] == "2행 question(질문): 비어 있습니다. 질문을 적어 주세요."
        assert problems(f"질문,답변\n가,{empty}\n") == ("2행 answer(답변): 비어 있습니다. 답변을 적어 주세요.",)

    def test_a_doubled_id_names_both_lines(self):
        text = '번호,질문,답변\nA,가,"하나\n둘"\nB,다,라\nA,마,바\n'
        assert problems(text) == ("5행(엑셀 4행) id(번호): 2행에도 있는 id입니다('A'). 둘 중 하나를 바꿔 주세요.",)

    def test_an_id_with_the_sign_that_parts_ids(self):
        assert cell_problem("번호", "a|b") == "2행 id(번호): 쓸 수 없는 글자가 있습니다('a|b'). `|`와 줄바꿈을 빼 주세요."

    def test_more_cells_than_the_header(self):
        assert problems("질문,답변\n환불, 되나요?,네\n") == ('2행: 칸이 3개인데 머리글은 2개입니다. 칸을 나누는 글자가 든 셀은 큰따옴표(")로 감싸 주세요.',)

    def test_fewer_cells_than_a_row_needs(self):
        assert problems("번호,질문,답변,분류\n1,가\n") == (
            "2행: 칸이 2개인데 머리글은 4개입니다. 빠진 칸을 채우거나, 앞 행에서 끊어진 것이 아닌지 확인해 주세요.",
        )

    def test_a_cell_over_the_limit(self):
        assert problems(f"질문,답변\n가,{'나' * (MAX_CELL + 1)}\n") == (
            "2행 answer(답변): 20,001자로 너무 깁니다. 20,000자 이내로 줄이거나 행을 나누어 주세요.",
        )
        assert len(entries(f"질문,답변\n가,{'나' * MAX_CELL}\n")) == 1

    @pytest.mark.parametrize("cell", ["나" * 140_000, f'"{"나" * 140_000}"', "나" * 600_000])
    def test_a_cell_over_the_limit_of_csv_does_not_hide_the_next_row(self, cell):
        assert problems(f"질문,답변\n가,{cell}\n,라\n") == (
            "2행: 행이나 셀이 너무 깁니다. 내용을 여러 행으로 나누어 주세요.",
            "3행 question(질문): 비어 있습니다. 질문을 적어 주세요.",
        )

    def test_a_row_longer_than_any_should_be_is_not_taken_apart(self):
        assert problems(f"질문,답변\n가,나{',다' * 300_000}\n") == ("2행: 행이나 셀이 너무 깁니다. 내용을 여러 행으로 나누어 주세요.",)

    def test_rows_over_the_limit(self):
        assert problems("질문,답변\n" + "가,나\n" * (MAX_ROWS + 1)) == ("50002행: 행이 50,000개를 넘습니다. 파일을 나누거나 쓰지 않는 행을 지워 주세요.",)

    @pytest.mark.parametrize("cell", ["2026-02-30", "20261301"])
    def test_a_day_that_does_not_exist(self, cell):
        assert cell_problem("종료일", cell) == f"2행 valid_to(종료일): 달력에 없는 날입니다('{cell}'). 날짜를 고쳐 주세요."

    @pytest.mark.parametrize("cell", ["내일", "26-3-1", "2026-3/1", "46082", "2026년 3월 1일"])
    def test_a_day_in_another_notation(self, cell):
        assert cell_problem("수정일", cell) == f"2행 updated_at(수정일): 날짜로 읽을 수 없습니다('{cell}'). 2026-03-01처럼 적어 주세요."

    def test_an_end_before_the_beginning(self):
        assert problems("질문,답변,시작일,종료일\n가,나,2026-03-02,2026-03-01\n다,라,2026-03-01,2026-03-01\n") == (
            "2행 valid_to(종료일): 종료일(2026-03-01)이 시작일(2026-03-02)보다 앞입니다. 두 날짜를 확인해 주세요.",
        )

    def test_a_word_that_is_neither_yes_nor_no(self):
        assert cell_problem("사용", "글쎄") == "2행 enabled(사용): 예나 아니오로 읽을 수 없습니다('글쎄'). '예'나 '아니오'로 적어 주세요."

    @pytest.mark.parametrize("cell", ["javascript:alert(1)", "data:text/html,x", "ftp://a.kr", "www.a.kr", "/help", "https://a.kr/ b"])
    def test_a_link_that_may_not_be_shown(self, cell):
        assert cell_problem("링크", cell) == (
            f"2행 link_url(링크): 쓸 수 없는 주소입니다('{cell}'). https://, http://, mailto:, tel: 가운데 하나로 시작하는 전체 주소를 적어 주세요."
        )

    def test_nul_and_lost_characters(self):
        assert problems("질문,답변\n가\0,나\n다,라\ufffd\n마,바\ud800\n") == (
            "2행 question(질문): 2번째에 NUL 문자가 있습니다. 보이지 않는 문자를 지우고 다시 저장해 주세요.",
            "3행 answer(답변): 2번째 글자가 깨져 있습니다. 원래 글자로 고쳐 주세요.",
            "4행 answer(답변): 2번째 글자가 깨져 있습니다. 원래 글자로 고쳐 주세요.",
        )

    def test_all_problems_come_at_once_in_file_order(self):
        text = "번호,질문,답변,시작일\nA,,나,어제\nB,다,라,\n,마,,\nB,사,아,\n자,차\n"
        assert [problem.split(":")[0] for problem in problems(text)] == [
            "2행 question(질문)", "2행 valid_from(시작일)", "4행 answer(답변)", "5행 id(번호)", "6행",
        ]  # fmt: skip

    def test_the_message_lists_twenty_problems_and_counts_the_others(self):
        with pytest.raises(CorpusError) as caught:
            parse("질문,답변\n" + ",나\n" * 23)
        lines = str(caught.value).splitlines()
        assert lines[0] == "faq.csv: 문제가 23개 있어 아무것도 가져오지 않았습니다."
        assert lines[1] == "  2행 question(질문): 비어 있습니다. 질문을 적어 주세요."
        assert lines[-1] == "  그 밖에 3개가 더 있습니다."
        assert (len(lines), len(caught.value.problems)) == (22, 23)

    def test_every_problem_is_one_line_even_if_the_cell_is_not(self):
        assert cell_problem("시작일", "2026\n03\n01") == "2행 valid_from(시작일): 날짜로 읽을 수 없습니다('2026 03 01'). 2026-03-01처럼 적어 주세요."


class TestQuotes:
    UNCLOSED = '여기서 열린 큰따옴표(")가 닫히지 않았습니다. 셀 끝에 "를 붙이고, 글자로 쓴 "는 ""로 적어 주세요.'
    EMPTY = "비어 있습니다. 질문을 적어 주세요."

    def test_a_quote_that_is_never_closed_hides_no_later_problem(self):
        assert problems('질문,답변\n가,"나\n다,라\n,마\n') == (f"2행: {self.UNCLOSED}", f"4행 question(질문): {self.EMPTY}")

    def test_a_lone_quote_at_the_end_of_the_file(self):
        assert problems('질문,답변\n가,나\n"') == (f"3행: {self.UNCLOSED}",)

    @pytest.mark.parametrize("header", ['질문,"답변', '"질문,답변', '질문;"답변', '질문\t"답변'])
    def test_a_lone_quote_in_the_header(self, header):
        assert problems(f"{header}\n가,나\n") == (f"1행: {self.UNCLOSED}",)

    def test_the_line_is_that_of_the_quote_and_not_of_its_record(self):
        assert problems('번호,질문,답변\n1,"가\n나","다\n라\n2,마,바\n') == (f"3행: {self.UNCLOSED}",)

    def test_a_quote_closed_by_one_of_a_later_row_is_found_by_the_text_behind_it(self):
        text = '번호,질문,답변\n1,"가,나\n2,다,라\n3,,마\n4,"바",사\n4,아,자\n'
        assert problems(text) == (
            '2행: 여기서 열린 큰따옴표(")가 5행에서 닫히고 그 뒤에 글자가 이어집니다. 2행의 셀 끝에 "가 빠지지 않았는지 확인해 주세요.',
            f"4행 question(질문): {self.EMPTY}",
            "6행 id(번호): 5행에도 있는 id입니다('4'). 둘 중 하나를 바꿔 주세요.",
        )

    def test_a_quote_closed_by_one_of_a_later_row_is_found_by_the_number_of_cells(self):
        assert problems('번호,질문,답변,분류\n1,"가,나,하나\n2,,라,둘\n3,마,바",셋,넷,다섯\n') == (
            '2행: 칸이 5개인데 머리글은 4개입니다. 큰따옴표로 열린 셀이 4행까지 이어집니다. "가 제자리에서 닫혔는지 확인해 주세요.',
            f"3행 question(질문): {self.EMPTY}",
            '4행: 칸이 6개인데 머리글은 4개입니다. 칸을 나누는 글자가 든 셀은 큰따옴표(")로 감싸 주세요.',
        )

    def test_a_quote_that_swallows_whole_rows_is_found_although_excel_leaves_out_cells(self):
        assert problems('번호,질문,답변,분류\n1,가,"나,하나\n2,다,라,둘"\n3,,마,셋\n') == (
            '2행: 칸이 3개인데 머리글은 4개입니다. 큰따옴표로 열린 셀이 3행까지 이어집니다. "가 제자리에서 닫혔는지 확인해 주세요.',
            f"4행 question(질문): {self.EMPTY}",
        )

    def test_text_behind_a_closing_quote(self):
        assert problems('질문,답변\n"가" 나,다\n,라\n') == (
            '2행: 닫는 큰따옴표(") 뒤에 글자가 이어집니다. 셀 전체를 "로 감싸고, 글자로 쓴 "는 ""로 적어 주세요.',
            f"3행 question(질문): {self.EMPTY}",
        )

    def test_the_rest_of_a_broken_multi_line_cell_is_not_reported_line_by_line(self):
        assert problems('질문,답변,분류\n가,"나\n\n둘째 줄\n셋째, 줄\n다,라,마\n') == (f"2행: {self.UNCLOSED}",)

    @pytest.mark.parametrize("row", ['a","\n', 'a,"b\n', '"\n', '""",\n', 'a,"""\n', ',\n"', "a,b\n\"'"])
    def test_a_file_full_of_stray_quotes_is_not_read_again_and_again(self, row, monkeypatch):
        windows = []
        read_fields = records.read_fields

        def counted(lines, start, delimiter):
            windows.append(start)  # stays there where the attempt fails
            fields, used = read_fields(lines, start, delimiter)
            windows.pop()
            return fields, used

        monkeypatch.setattr(records, "read_fields", counted)
        assert problems("질문,답변\n" + row * (600_000 // len(row)) + '"')
        assert len(windows) <= 51

    @settings(deadline=None)
    @given(text=st.text(st.sampled_from('가"",;\t\r\n\0 '), max_size=60))
    def test_any_text_is_imported_or_refused_with_lines(self, text):
        try:
            assert parse(f"질문,답변\n{text}").entries
        except CorpusError as error:
            assert all(problem[0].isdigit() for problem in error.problems)  # noqa: PT017  # some examples raise nothing


class TestWarnings:
    def test_a_table_without_doubt_has_none(self):
        assert warnings("질문,답변,수정일,종료일\n가,나다,2026-03-10,2026-03-10\n") == ()

    def test_one_question_with_two_answers(self):
        assert warnings("질문,답변\n환불 되나요?,3일 안에\n환불  되나요?,안 됩니다\n") == (
            "3행 question(질문): '환불 되나요?': 2행과 질문이 같은데 답변이 다릅니다. 하나로 합치거나 질문을 구별해 주세요.",
        )

    def test_one_question_with_one_answer_twice(self):
        assert warnings("질문,답변\n환불 되나요?,3일 안에\n환불 되나요?,3일  안에\n") == (
            "3행 question(질문): '환불 되나요?': 질문과 답변이 2행과 같습니다. 둘 중 하나를 지워 주세요.",
        )

    def test_an_alternate_question_that_another_entry_asks(self):
        assert warnings("질문,대체 질문,답변\n가,나|나|가,하나\n다,나,하나둘\n") == (
            "3행 alternate_questions(대체 질문): '나': 2행과 질문이 같은데 답변이 다릅니다. 하나로 합치거나 질문을 구별해 주세요.",
        )

    def test_entries_that_are_switched_off_conflict_with_none(self):
        assert warnings("질문,답변,사용\n가,옛날 답변,중지\n가,새 답변,예\n") == ()

    def test_unknown_columns_are_ignored(self):
        assert warnings("질문,비고,답변,,\n가,메모,나다,라,\n") == (
            "1행: '비고' 열은 모르는 열이라 가져오지 않았습니다. 쓰려던 열이면 머리글을 고쳐 주세요.",
            "1행: 4번째 열은 머리글이 비어 있어 가져오지 않았습니다. 쓰려던 열이면 머리글을 적어 주세요.",
        )

    def test_days_are_compared_with_today(self):
        text = "질문,답변,수정일,종료일,사용\n가,나다,2026-03-11,2026-03-09,예\n라,마바,,2026-03-09,아니오\n"
        assert warnings(text) == (
            "2행 updated_at(수정일): 수정일(2026-03-11)이 오늘보다 뒤입니다. 날짜를 확인해 주세요.",
            "2행 valid_to(종료일): 종료일(2026-03-09)이 지나 더는 답하지 않습니다. 계속 쓰려면 종료일을 고쳐 주세요.",
        )

    def test_no_day_is_doubtful_without_today(self):
        assert warnings("질문,답변,수정일,종료일\n가,나다,2099-01-01,2001-01-01\n", today=None) == ()

    def test_a_short_title_that_a_button_cuts(self):
        assert warnings(f"질문,답변,짧은 제목\n가,나다,{'라' * 15}\n마,바사,{'아' * 14}\n") == (
            "2행 short_title(짧은 제목): 15자입니다. 버튼에서 잘리지 않게 14자 이내로 줄여 주세요.",
        )

    def test_an_answer_of_one_character(self):
        assert warnings("질문,답변\n가,네\n") == ("2행 answer(답변): 답변이 한 글자입니다. 빠진 내용이 없는지 확인해 주세요.",)

    def test_what_a_spreadsheet_leaves_behind(self):
        assert warnings("질문,답변,키워드\n#NAME?,=A1&B1,#REF!\n") == (
            "2행 question(질문): 엑셀 오류 값(#NAME?)입니다. 수식을 고치거나 글자로 적어 주세요.",
            "2행 answer(답변): 수식처럼 '='로 시작합니다('=A1&B1'). 수식이 아니라 보여 줄 글자를 적어 주세요.",
            "2행 keywords(키워드): 엑셀 오류 값(#REF!)입니다. 수식을 고치거나 글자로 적어 주세요.",
        )


LINE = st.text(st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="\ufffd|>,\u2028\u2029"), min_size=1, max_size=12).map(str.strip)
WORD = LINE.filter(lambda text: any(c.isalnum() for c in text))
ANSWER = (
    st.lists(WORD | st.sampled_from(['"', '""', ",", ";", "\t", "'", '"가",']), min_size=1, max_size=4)
    .map("\n".join)
    .map(str.strip)
    .filter(lambda text: any(c.isalnum() for c in text))
)
DAY = st.none() | st.dates(date(1000, 1, 1))
ENTRY = st.builds(
    FaqEntry,
    id=WORD,
    question=WORD,
    answer=ANSWER,
    category=st.lists(WORD, max_size=2).map(tuple),
    alternate_questions=st.lists(WORD, max_size=3).map(tuple),
    keywords=st.lists(WORD, max_size=3).map(tuple),
    short_title=LINE,
    link_url=st.sampled_from(["", "https://pay.example.kr/환불?a=1,2;3"]),
    link_label=LINE,
    valid_from=DAY,
    updated_at=DAY,
    enabled=st.booleans(),
)


def as_row(entry):
    day = lambda value: value.isoformat() if value else ""  # noqa: E731
    return [
        entry.id, ">".join(entry.category), entry.question, "|".join(entry.alternate_questions), entry.answer, ",".join(entry.keywords), entry.short_title,
        entry.link_url, entry.link_label, day(entry.valid_from), day(entry.valid_to), day(entry.updated_at), "예" if entry.enabled else "아니오",
    ]  # fmt: skip


@settings(deadline=None)
@given(
    written=st.lists(ENTRY, min_size=1, max_size=6, unique_by=lambda entry: entry.id),
    delimiter=st.sampled_from(",\t;"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_csv_writes_is_read_back(tmp_path_factory, written, delimiter, end, quoting, codec):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(as_row(entry) for entry in written)
    path = tmp_path_factory.mktemp("corpus") / "faq.csv"
    path.write_bytes(buffer.getvalue().encode(codec))
    assert read_faq(path).entries == tuple(written)


@settings(deadline=None)
@given(written=st.lists(ENTRY, min_size=1, max_size=6), seed=st.randoms())
def test_derived_ids_do_not_depend_on_the_order_of_different_questions(written, seed):
    rows = [replace(entry, id="") for entry in {entry.question: entry for entry in written}.values()]

    def ids(order):
        buffer = io.StringIO()
        csv.writer(buffer).writerows([[column.name for column in COLUMNS], *map(as_row, order)])
        return {entry.question: entry.id for entry in parse(buffer.getvalue()).entries}

    assert ids(rows) == ids(sorted(rows, key=lambda _: seed.random()))


class TestQueries:
    @pytest.fixture
    def file(self, tmp_path):
        def write(text):
            path = tmp_path / "queries.csv"
            path.write_text(text, encoding="utf-8", newline="")
            return path

        return write

    def test_queries_are_kept_exactly_as_typed(self, file):
        path = file('query\n 환불ㅋㅋㅋ \n""\n"=1+1"\n"첫 줄\r\n둘째 ""줄"""\n\n  \n')
        assert read_queries(path) == (" 환불ㅋㅋㅋ ", "", "=1+1", '첫 줄\r\n둘째 "줄"', "  ")

    def test_other_columns_of_a_query_file_do_not_matter(self, file):
        assert read_queries(file("faq_id,query,note\nA,환불,x\n,,\n")) == ("환불", "")

    @settings(deadline=None)
    @given(queries=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20), min_size=1, max_size=8))
    def test_queries_that_csv_writes_are_read_back(self, tmp_path_factory, queries):
        path = tmp_path_factory.mktemp("corpus") / "queries.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["query"], *([query] for query in queries)])
        assert read_queries(path) == tuple(queries)

    def test_labelled_queries_with_one_several_and_no_answers(self, file):
        path = file("query,faq_id,kind\n 환불 ,A,typo\n배송,A | B|,\n날씨\n,,\n")
        assert read_labelled_queries(path) == (
            LabelledQuery(" 환불 ", frozenset({"A"}), "typo"),
            LabelledQuery("배송", frozenset({"A", "B"})),
            LabelledQuery("날씨"),
        )

    def test_a_labelled_file_without_labels_is_refused(self, file):
        path = file("query\n환불\n")
        with pytest.raises(CorpusError) as caught:
            read_labelled_queries(path)
        assert caught.value.problems == (
            "1행 faq_id(정답): 머리글에 이 열이 없습니다(찾은 머리글: 'query'). 머리글 행에 'faq_id' 또는 '정답' 열을 넣어 주세요.",
        )
        assert str(caught.value).startswith(f"{path}: ")

    def test_all_problems_of_a_labelled_file_come_at_once(self, file):
        with pytest.raises(CorpusError) as caught:
            read_labelled_queries(file("query,faq_id\n ,A\n환\0불,A\n환불, 되나요,A\n"))
        assert caught.value.problems == (
            "2행 query(질의): 비어 있는데 정답이 있습니다. 질의를 적거나 행을 지워 주세요.",
            "3행 query(질의): 2번째에 NUL 문자가 있습니다. 보이지 않는 문자를 지우고 다시 저장해 주세요.",
            '4행: 칸이 3개인데 머리글은 2개입니다. 칸을 나누는 글자가 든 셀은 큰따옴표(")로 감싸 주세요.',
        )

    def test_a_quote_that_went_astray_in_a_query_file(self, file):
        with pytest.raises(CorpusError, match='2행: 여기서 열린 큰따옴표\\("\\)가 닫히지 않았습니다'):
            read_queries(file('query\n"환불\n배송\n'))


class TestRowsOfASpreadsheet:
    """A CSV file has a line for each line break within a cell; whoever opens it in Excel sees rows."""

    def test_without_such_breaks_there_is_one_number(self):
        assert problems("question,answer\n배송,\n") == ("2행 answer(답변): 비어 있습니다. 답변을 적어 주세요.",)

    def test_after_a_cell_with_line_breaks_both_numbers_are_given(self):
        assert problems('question,answer\n배송,"언제\n와요\n네"\n\n환불,\n') == ("6행(엑셀 4행) answer(답변): 비어 있습니다. 답변을 적어 주세요.",)

    def test_a_header_with_line_breaks_counts_too(self):
        assert problems('question,answer,"메\n모"\n배송,,\n') == ("3행(엑셀 2행) answer(답변): 비어 있습니다. 답변을 적어 주세요.",)

    def test_a_row_with_too_many_cells_is_found_by_both(self):
        assert problems('question,answer\n배송,"언제\n와요"\n환불,되,나요\n')[0].startswith("4행(엑셀 3행): 칸이 3개인데")

    def test_behind_a_quote_that_went_astray_nobody_knows_the_rows(self):
        found = problems('question,answer\n배송,"언제\n와요"\n교환,"안 닫힘\n환불,\n')
        assert [problem.partition(":")[0] for problem in found] == ["4행(엑셀 3행)", "5행 answer(답변)"]

    def test_a_warning_has_both_numbers(self):
        assert any(warning.startswith("4행(엑셀 3행)") for warning in warnings('question,answer\n배송,"언제\n와요"\n환불,네\n'))
