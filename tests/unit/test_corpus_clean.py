"""What a scraped table has too much of: what is proposed, what is left alone, and that nothing changes unless someone accepts it."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.corpus.clean import Rule, apply, propose
from faqbot.corpus.export import to_rows
from faqbot.corpus.table import Row
from faqbot.corpus.tails import tails
from faqbot.domain import FaqEntry

FOOTER = "위 도움말이 도움이 되었나요? 별점1점 별점2점 소중한 의견을 남겨주시면 보완하도록 노력하겠습니다. 보내기"


def row(line=2, **cells):
    return Row(line, {"question": "환불 되나요?", "answer": "네, 3일 안에요."} | cells)


def cleaned(rule, column="answer", **cells):
    """The cell after one rule, alone."""
    return apply([row(**cells)], {rule})[0].cells[column]


def answers(texts):
    return [row(line, answer=text) for line, text in enumerate(texts, start=2)]


def kinds(rows):
    return {each.rule for each in propose(rows)}


class TestNothingByItself:
    MESSY = row(question="[Q] Q1: 환불\u200b", answer="A. <b>네</b>&nbsp;")

    def test_without_consent_nothing_changes(self):
        assert apply([self.MESSY], ()) == (self.MESSY,)

    def test_a_proposal_shows_where_what_and_why(self):
        (found,) = propose([row(answer="네\u200b")])
        assert (found.row, found.column, found.before, found.after, found.rule, found.key) == (2, "answer", "네\u200b", "네", Rule.INVISIBLE, "invisible")

    def test_a_clean_table_gets_no_proposal(self, small_table):
        assert propose(to_rows(small_table)) == ()

    def test_each_rule_has_a_korean_label(self):
        assert len({rule.label for rule in Rule}) == len(Rule)

    def test_only_accepted_rules_are_applied_and_later_ones_see_their_effect(self):
        rows = [row(answer="<p>A. 네\u200b</p>")]
        assert apply(rows, {"html"})[0].cells["answer"] == "A. 네\u200b"
        assert apply(rows, {"html", "prefix"})[0].cells["answer"] == "네\u200b"
        assert apply(rows, {"prefix"})[0].cells["answer"] == "<p>A. 네\u200b</p>"
        assert {each.after for each in propose(rows, {"html"}) if each.rule is Rule.PREFIX} == {"네\u200b"}

    def test_the_fields_of_the_file_stay_for_the_table_of_problems(self):
        before = Row(2, {"question": "Q. 가", "answer": "나"}, ("Q. 가", "나"))
        assert apply([before], set(Rule))[0].fields == before.fields

    @given(st.lists(st.text(st.sampled_from("가나 .?!\n[]Q1:A<b>/&;\xa0\u200b"), max_size=40), max_size=8))
    def test_any_table_is_cleaned_and_clean_afterwards_of_what_cannot_be_seen(self, texts):
        rows = apply([row(line, question=text, answer=text) for line, text in enumerate(texts, start=2)], set(Rule))
        assert not any(each.rule is Rule.INVISIBLE for each in propose(rows))


class TestInvisible:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("가\xa0나", "가 나"),
            ("\ufeff가\u200b나\u2060", "가나"),
            ("가\u2028나", "가\n나"),
            (unicodedata.normalize("NFD", "환불 한글"), "환불 한글"),
            ("가\u200d나", "가나"),
            ("가\x07나", "가나"),
        ],
    )
    def test_what_is_not_seen_goes(self, before, after):
        assert cleaned("invisible", answer=before) == after

    @pytest.mark.parametrize("text", ["👨‍👩‍👧 가족", "☎️ 1588", "첫 줄\n\t둘째  줄", "金 한자 Å", "ㅋㅋ ㄱㄴ", "　전각 공백"])
    def test_what_is_seen_stays(self, text):
        assert cleaned("invisible", answer=text) == text

    def test_every_text_column_is_looked_at(self):
        assert {each.column for each in propose([row(question="가\u200b", keywords="나\u200b", category="다\u200b")])} == {"question", "keywords", "category"}


class TestPrefixes:
    @pytest.mark.parametrize("prefix", ["Q1: ", "Q. ", "Q.", "q1) ", "질문. ", "질문: ", "질문 3. ", "[질문] ", "[Q] ", "Q : "])
    def test_prefixes_of_questions_go(self, prefix):
        assert cleaned("prefix", "question", question=f"{prefix}환불 되나요?") == "환불 되나요?"

    @pytest.mark.parametrize("prefix", ["A. ", "A: ", "답변: ", "답변. ", "[답변] ", "A."])
    def test_prefixes_of_answers_go(self, prefix):
        assert cleaned("prefix", answer=f"{prefix}네, 됩니다.") == "네, 됩니다."

    def test_a_numbered_answer_goes_with_its_question_only(self):
        assert cleaned("prefix", question="Q4: 크기는요?", answer="A4: 큽니다.") == "큽니다."
        assert cleaned("prefix", question="종이는요?", answer="A4: 210mm") == "A4: 210mm"

    @pytest.mark.parametrize(
        "text",
        ["A.S. 센터로 오세요.", "A/S 됩니다.", "A. 신용카드\nB. 계좌이체", "A. 카드 B. 계좌", "ABC: 가", "답변을 드립니다.", "A 등급", "Q&A를 보세요.", "A."],
    )
    def test_answers_that_only_look_like_it_stay(self, text):
        assert cleaned("prefix", answer=text) == text

    @pytest.mark.parametrize("text", ["Q.A 부서는요?", "Q1 매출은요?", "QR: 어떻게 찍나요?", "질문은 어디에 하나요?", "Q", "1. 환불"])
    def test_questions_that_only_look_like_it_stay(self, text):
        assert cleaned("prefix", "question", question=text) == text


class TestCategories:
    def rows(self, *questions, **cells):
        return [row(line, question=question, **cells) for line, question in enumerate(questions, start=2)]

    def after(self, rows):
        return [(each.cells["question"], each.cells.get("category", "")) for each in apply(rows, {"category"})]

    def test_a_label_that_several_questions_have_becomes_their_category(self):
        rows = self.rows("[배송] 언제 오나요?", "[배송]어디쯤인가요?", "[배송] [해외] 되나요?", "환불은요?")
        assert self.after(rows) == [("언제 오나요?", "배송"), ("어디쯤인가요?", "배송"), ("[해외] 되나요?", "배송"), ("환불은요?", "")]

    def test_a_label_goes_below_the_category_that_a_row_has(self):
        assert self.after(self.rows("[반품] 가", "[반품] 나", "[반품] 다", category="배송"))[0] == ("가", "배송>반품")
        assert self.after(self.rows("[배송] 가", category="고객>배송"))[0] == ("가", "고객>배송")

    def test_a_label_of_one_question_is_none_unless_the_table_knows_it(self):
        assert self.after(self.rows("[배송] 가", "나"))[0] == ("[배송] 가", "")
        assert self.after([*self.rows("[배송] 가"), row(9, question="나", category="배송")])[0] == ("가", "배송")

    @pytest.mark.parametrize("question", ["[가입하기] 버튼이 안 보여요", "[필독] 가", "[배송]을 누르면요?", "[] 가", "[배송]", "[중요] 나", "[가>나] 다"])
    def test_what_is_no_category_stays(self, question):
        assert self.after(self.rows(*[question] * 5))[0] == (question, "")


class TestBoilerplate:
    def test_an_end_that_many_answers_share_goes(self):
        texts = [f"{day}일 걸립니다.{FOOTER}" for day in range(6)]
        assert [each.cells["answer"] for each in apply(answers(texts), {"boilerplate"})] == [f"{day}일 걸립니다." for day in range(6)]

    def test_an_end_with_names_behind_it_goes_whole(self):
        texts = [f"{day}일 걸립니다. {FOOTER} 관련 도움말 {'가나다라마바'[day]} 안내 닫기" for day in range(6)]
        assert {each.cells["answer"] for each in apply(answers(texts), {"boilerplate"})} == {f"{day}일 걸립니다." for day in range(6)}

    def test_an_end_without_a_sentence_before_it_goes_where_others_have_one(self):
        texts = [*(f"{day}일 걸립니다. {FOOTER}" for day in range(9)), f"3~5일 소요{FOOTER}"]
        assert apply(answers(texts), {"boilerplate"})[-1].cells["answer"] == "3~5일 소요"

    def test_one_text_can_be_accepted_and_another_not(self):
        other = "이 글은 고객센터 운영 시간에 작성되었습니다."
        rows = answers([*(f"{day}일 걸립니다. {FOOTER}" for day in range(6)), *(f"{day}번 오세요. {other}" for day in range(6))])
        keys = {each.detail: each.key for each in propose(rows)}
        assert set(keys) == {FOOTER, other}
        assert [each.cells["answer"].endswith(other) for each in apply(rows, {keys[FOOTER]})] == [False] * 6 + [True] * 6

    def test_what_four_answers_share_or_one_in_thirty_stays(self):
        assert propose(answers([f"{day}일 걸립니다. {FOOTER}" for day in range(4)])) == ()
        assert propose(answers([*(f"{day}일 걸립니다. {FOOTER}" for day in range(6)), *(f"{day}원입니다." for day in range(180))])) == ()

    def test_a_phrase_that_ends_many_sentences_stays(self):
        assert propose(answers([f"{thing} 메뉴에서 자세히 확인하실 수 있습니다." for thing in ("주문", "배송", "환불", "쿠폰", "적립", "회원", "결제")])) == ()

    def test_a_short_closing_sentence_stays(self):
        assert propose(answers([f"{day}일 걸립니다. 감사합니다." for day in range(9)])) == ()

    def test_a_sentence_of_few_before_the_end_of_all_stays(self):
        texts = [f"{day}일 걸립니다.{' 자세한 내용은 고객센터로 문의해 주세요.' if day < 6 else ''} {FOOTER}" for day in range(30)]
        after = apply(answers(texts), {"boilerplate"})
        assert after[0].cells["answer"] == "0일 걸립니다. 자세한 내용은 고객센터로 문의해 주세요."

    def test_an_answer_that_many_questions_share_is_no_boilerplate(self):
        assert propose(answers(["자세한 내용은 고객센터로 문의해 주세요."] * 20)) == ()
        assert tails([FOOTER, *(f"{day}일 걸립니다. {FOOTER}" for day in range(8))])[0] is None

    def test_no_answers_have_no_ends(self):
        assert tails([]) == ()

    def test_a_table_of_thousands_is_read_in_seconds(self):
        texts = [f"{' '.join(f'낱말{(line * step) % 97}' for step in range(200))}합니다. {FOOTER}" for line in range(2700)]
        started = time.process_time()
        assert sum(tail is not None for tail in tails(texts)) == 2700
        assert time.process_time() - started < 20


class TestHtml:
    def test_html_becomes_markdown_in_answers_and_words_elsewhere(self):
        rows = [row(question="<b>환불</b> 되나요?", answer="<p>네</p><p><b>3일</b></p>")]
        after = apply(rows, {"html"})[0].cells
        assert (after["question"], after["answer"]) == ("환불 되나요?", "네\n\n**3일**")

    @pytest.mark.parametrize("text", ["<환불> 버튼", "5 < 7 > 3", "<img> 태그를 쓰세요", "A & B", "a<b"])
    def test_what_is_no_html_stays(self, text):
        assert Rule.HTML not in kinds([row(answer=text)])

    def test_html_that_one_answer_in_many_quotes_stays(self):
        rows = answers([*(f"{day}일 걸립니다" for day in range(200)), '<a href="/a">코드</a>를 넣으세요'])
        assert Rule.HTML not in kinds(rows)


def test_entries_can_be_cleaned_as_rows():
    rows = to_rows([FaqEntry("a", "Q. 가", "나\u200b"), FaqEntry("b", "다", "라")])
    assert [(each.row, each.column) for each in propose(rows)] == [(2, "answer"), (2, "question")]
