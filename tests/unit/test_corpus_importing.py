"""An upload in two steps: the preview shows everything, and confirming refuses what nobody said."""

import csv
import io
from dataclasses import replace

import pytest
from openpyxl import Workbook

from faqbot.corpus.diff import Status
from faqbot.corpus.export import to_csv, to_xlsx
from faqbot.corpus.importing import confirm, preview, problem_csv
from faqbot.domain import FaqEntry
from faqbot.errors import CorpusError

CURRENT = tuple(FaqEntry(f"q{number}", f"{number}번 질문인가요?", f"{number}번 답변") for number in range(10))


def table(*rows, header="id,question,answer"):
    return "\n".join([header, *rows, ""]).encode()


def upload(entries):
    return to_csv(entries)


def show(data, current=CURRENT, **options):
    return preview(data, "faq.csv", current, **options)


def counts(shown):
    return {status.value: count for status, count in shown.comparison.counts.items() if count}


class TestPreview:
    def test_the_same_table_changes_nothing(self):
        for data in (to_csv(CURRENT), to_xlsx(CURRENT)):
            shown = show(data)
            assert (shown.comparison.is_empty, shown.invalid, shown.cleanings, confirm(shown)) == (True, (), (), CURRENT)

    def test_new_changed_removed_and_unchanged_entries_are_counted(self):
        new = [replace(CURRENT[0], answer="다른 답"), *CURRENT[1:9], FaqEntry("n", "새 질문", "새 답변")]
        assert counts(show(upload(new))) == {"changed": 1, "unchanged": 8, "new": 1, "removed": 1}

    def test_rows_without_an_id_keep_that_of_the_entry_with_their_question(self):
        shown = show("질문,답변\n0번  질문인가요?,새 답\n새 질문,답\n".encode())
        assert shown.entries[0].id == "q0"
        assert shown.entries[1].id.startswith("q-")

    def test_an_id_that_the_file_gives_to_another_row_is_not_taken(self):
        shown = show(table(",0번 질문인가요?,가", "q0,새 질문,나"))
        assert [entry.id for entry in shown.entries][1] == "q0"
        assert shown.entries[0].id.startswith("q-")

    def test_rows_with_mistakes_do_not_hide_the_others(self):
        shown = show(table("q0,0번 질문인가요?,0번 답변", "q1,,답", "q2,2번 질문인가요?,고친 답", "n,환불, 되나요?,네"))
        assert [(each.row.line, [problem.column for problem in each.problems]) for each in shown.invalid] == [(3, ["question"]), (5, [""])]
        assert [entry.id for entry in shown.entries] == ["q0", "q1", "q2"]

    def test_a_row_with_a_mistake_leaves_the_present_entry_as_it_is(self):
        shown = show(table(*(f"q{n},{n}번 질문인가요?,{n}번 답변" for n in range(9)), "q9,9번 질문인가요?,"))
        assert [(each.kept and each.kept.id) for each in shown.invalid] == ["q9"]
        assert (counts(shown), confirm(shown, leave_out_invalid=True)) == ({"unchanged": 10}, CURRENT)

    def test_of_two_rows_with_one_id_the_first_counts(self):
        shown = show(table("q0,0번 질문인가요?,가", "q0,다른 질문,나"))
        assert ([entry.answer for entry in shown.entries], shown.invalid[0].kept) == (["가"], None)

    def test_headers_nobody_knows_are_offered_even_if_nothing_can_be_read(self):
        shown = show("물음,설명\n가,나\n".encode())
        assert (shown.unknown_headers, [problem.column for problem in shown.header_problems]) == (("물음", "설명"), ["question", "answer"])
        mapped = show("물음,설명\n가,나\n".encode(), mapping={"물음": "question", "설명": "answer"})
        assert [(entry.question, entry.answer) for entry in mapped.entries] == [("가", "나")]

    def test_cleanings_are_proposed_and_applied_only_when_accepted(self):
        data = table("q0,Q. 0번 질문인가요?,0번 답변\u200b")
        assert [each.rule.value for each in show(data).cleanings] == ["invisible", "prefix"]
        assert show(data).entries[0].question == "Q. 0번 질문인가요?"
        shown = show(data, accepted={"invisible", "prefix"})
        assert (shown.entries[0], shown.accepted) == (CURRENT[0], {"invisible", "prefix"})

    def test_a_duplicate_inside_the_upload_is_shown(self):
        shown = show(upload([*CURRENT, FaqEntry("n", "0번 질문인가요?", "또")]))
        assert [each.duplicate_of for each in shown.comparison.entries if each.status is Status.DUPLICATE] == ["q0"]

    def test_a_formula_without_a_result_and_cells_beside_the_table_spoil_their_rows_only(self):
        book, buffer = Workbook(), io.BytesIO()
        for row in [["question", "answer"], ["가", "나"], ["다", "=1+1"], ["라", "마", "바"]]:
            book.active.append(row)
        book.save(buffer)
        shown = preview(buffer.getvalue(), "faq.xlsx", ())
        assert ([entry.question for entry in shown.entries], [each.row.line for each in shown.invalid]) == (["가"], [3, 4])

    def test_a_file_that_cannot_be_read_at_all_is_refused(self):
        with pytest.raises(CorpusError, match="글자를 읽을 수 없습니다"):
            show(b"\xff\xff,\xff")

    def test_thousands_of_wrong_rows_are_shown_quickly(self):
        current = [FaqEntry(f"q{n}", f"{n}번", "답") for n in range(20_000)]
        shown = show(table(*(f"q{n},{n}번," for n in range(20_000))), current)
        assert (len(shown.invalid), shown.dropped_share) == (20_000, 0)


class TestConfirm:
    def test_wrong_rows_are_refused_unless_left_out_on_purpose(self):
        shown = show(table(*(f"q{n},{n}번 질문인가요?,{n}번 답변" for n in range(10)), "n,,답"))
        with pytest.raises(CorpusError) as caught:
            confirm(shown)
        assert caught.value.problems == ("12행 question(질문): 비어 있습니다. 질문을 적어 주세요.",)
        assert confirm(shown, leave_out_invalid=True) == CURRENT

    def test_more_than_a_fifth_is_not_dropped_without_being_told(self):
        assert len(confirm(show(upload(CURRENT[:8])))) == 8
        shown = show(upload(CURRENT[:7]))
        with pytest.raises(CorpusError) as caught:
            confirm(shown)
        assert str(caught.value) == "faq.csv: 지금 있는 FAQ의 30%(3건)가 사라집니다. 20%가 넘어 가져오지 않았습니다. 정말 지우려면 지우기를 허용해 주세요."
        assert len(confirm(shown, allow_drop=True)) == 7

    def test_a_first_upload_drops_nothing(self):
        assert confirm(show(upload(CURRENT), ())) == CURRENT

    def test_a_header_that_names_no_question_is_refused_whatever_is_allowed(self):
        with pytest.raises(CorpusError, match="머리글에 이 열이 없습니다"):
            confirm(show(b"a,b\n1,2\n"), allow_drop=True, leave_out_invalid=True)

    def test_a_table_of_which_nothing_is_left_is_refused(self):
        with pytest.raises(CorpusError, match="가져올 수 있는 행이 없습니다"):
            confirm(show(table("n,,나")), allow_drop=True, leave_out_invalid=True)


class TestProblemRows:
    def rows(self, shown):
        return list(csv.reader(io.StringIO(problem_csv(shown).decode("utf-8-sig"), newline="")))

    def test_wrong_rows_come_as_in_the_upload_with_reasons(self):
        shown = show("번호,비고,질문,답변,시작일\nA,메모,가,나,어제\nB,,다,라,\nC,x,마,바,,,사\n".encode())
        assert self.rows(shown) == [
            ["번호", "비고", "질문", "답변", "시작일", "문제 위치", "문제", "고칠 방법"],
            ["A", "메모", "가", "나", "어제", "2행 valid_from(시작일)", "날짜로 읽을 수 없습니다('어제').", "2026-03-01처럼 적어 주세요."],
            ["C,x,마,바,,,사", "", "", "", "", "4행", "칸이 7개인데 머리글은 5개입니다.", '칸을 나누는 글자가 든 셀은 큰따옴표(")로 감싸 주세요.'],
        ]

    def test_mended_rows_can_be_uploaded_as_they_are(self):
        shown = show(table("n,질문,"))
        mended = problem_csv(shown).replace("n,질문,,".encode(), "n,질문,답,".encode())
        assert [entry.answer for entry in show(mended).entries] == ["답"]

    def test_without_wrong_rows_there_is_a_header_alone(self):
        assert len(self.rows(show(upload(CURRENT)))) == 1
