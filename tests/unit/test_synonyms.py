import re
from pathlib import Path

import pytest

from faqbot.errors import DictionaryError
from faqbot.korean.analyzer import Analyzer, KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.normalize import normalize
from faqbot.korean.synonyms import Item, Rule, SynonymGroup, Synonyms, parse_synonyms
from faqbot.korean.terms import content


def equal(head: str, *members: str) -> SynonymGroup:
    return SynonymGroup("=", "common", head, members)


def one_way(head: str, *members: str) -> SynonymGroup:
    return SynonymGroup(">", "common", head, members)


def items(text: str) -> list[Item]:
    """Words as nouns, or with the tag behind the slash."""
    return [(word.partition("/")[0], word.partition("/")[2] or "NNG") for word in text.split()]


def rule(head: str, *pattern: str) -> Rule:
    """An expression of `form/N` and `form/V`."""
    return Rule(pattern, head, False, f"{' '.join(pattern)}→{head}")


REFUND = Synonyms([rule("환불", "돈/N", "돌려받/V")])


def test_a_group_is_kind_domain_head_and_members() -> None:
    assert parse_synonyms("=\tpay\t환불\t돈 돌려받다|환급", source="예") == (SynonymGroup("=", "pay", "환불", ("돈 돌려받다", "환급")),)


def test_comments_and_empty_lines_are_skipped() -> None:
    assert parse_synonyms("# 설명\n\n  \n>\tpay\t환불\t반품", source="예") == (SynonymGroup(">", "pay", "환불", ("반품",)),)


def test_spaces_around_cells_and_members_do_not_count() -> None:
    assert parse_synonyms("= \t pay \t 환불 \t 환급 | |반환 |", source="예") == (SynonymGroup("=", "pay", "환불", ("환급", "반환")),)


@pytest.mark.parametrize(
    "line",
    [
        "=\tpay\t환불",
        "=\tpay\t환불\t환급\t더",
        "~\tpay\t환불\t환급",
        "\tpay\t환불\t환급",
        "=\tpay\t\t환급",
        "=\tpay\t환불\t",
        "=\tpay\t환불\t||",
        "= pay 환불 환급",
    ],
    ids=["three cells", "five cells", "unknown kind", "no kind", "no head", "no members", "bars alone", "spaces for tabs"],
)
def test_a_bad_line_is_refused_with_its_number_and_the_form_that_is_wanted(line: str) -> None:
    with pytest.raises(DictionaryError) as refusal:
        parse_synonyms(f"# 설명\n=\tpay\t결제\t지불\n{line}", source="synonyms.tsv")
    assert str(refusal.value) == f"synonyms.tsv 3행: '종류<TAB>분야<TAB>대표어<TAB>다른말|다른말' 꼴이어야 하고 종류는 = 또는 > 입니다. 지금: {line!r}"


def test_a_member_becomes_its_head_on_both_sides(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([equal("환불", "환급")], space_analyzer)
    assert synonyms.stored(items("환급 언제")) == synonyms.query(items("환급 언제")) == ["환불", "언제"]


def test_a_one_way_member_stands_beside_its_head_in_a_query_only(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([one_way("배송", "송장 번호")], space_analyzer)
    assert synonyms.query(items("송장 번호 조회")) == ["송장", "번호", "배송", "조회"]
    assert synonyms.stored(items("송장 번호 조회")) == ["송장", "번호", "조회"]


def test_a_head_is_never_read_as_its_members(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([equal("환불", "환급"), one_way("배송", "송장")], space_analyzer)
    assert synonyms.query(items("환불 배송")) == ["환불", "배송"]


def test_a_head_of_several_words_is_one_canonical_word(space_analyzer: Analyzer) -> None:
    assert Synonyms.compile([equal("회원 탈퇴", "해지")], space_analyzer).query(items("해지 방법")) == ["회원탈퇴", "방법"]


def test_the_longest_expression_wins_whatever_the_order_of_groups(space_analyzer: Analyzer) -> None:
    groups = [equal("환불", "대금"), equal("정산", "대금 언제 들어오다")]
    for ordered in (groups, groups[::-1]):
        assert Synonyms.compile(ordered, space_analyzer).query(items("대금 언제 들어오다")) == ["정산"]


def test_the_first_group_that_claims_an_expression_keeps_it(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([equal("환불", "반환"), equal("반납", "반환")], space_analyzer)
    assert synonyms.query(items("반환")) == ["환불"]


def test_a_sites_own_group_wins_over_the_general_one(tmp_path: Path, space_analyzer: Analyzer) -> None:
    general = next(group for group in read_dictionaries(None).synonyms if group.kind == "=" and " " not in group.members[0])
    (tmp_path / "synonyms.tsv").write_text(f"=\tcommon\t우리말\t{general.members[0]}\n", encoding="utf-8")
    synonyms = Synonyms.compile(read_dictionaries(tmp_path).synonyms, space_analyzer)
    assert synonyms.query(items(general.members[0])) == ["우리말"]


def test_one_other_word_may_stand_between_a_noun_and_its_verb() -> None:
    assert REFUND.query(items("돈 언제/MAG 돌려받/VV")) == REFUND.stored(items("돈 언제/MAG 돌려받/VV")) == ["환불", "언제"]


def test_two_other_words_part_an_expression() -> None:
    assert REFUND.query(items("돈 언제/MAG 다/MAG 돌려받/VV")) == ["돈", "언제", "다", "돌려받"]


def test_nothing_may_stand_between_two_nouns_of_an_expression(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([equal("적립금", "포인트 결제")], space_analyzer)
    assert synonyms.query(items("포인트 결제")) == ["적립금"]
    assert synonyms.query(items("포인트 적립 결제")) == ["포인트", "적립", "결제"]
    assert synonyms.query(items("포인트 바로/MAG 결제")) == ["포인트", "바로", "결제"]


def test_a_gap_before_the_verb_is_no_gap_between_the_nouns_before_it() -> None:
    synonyms = Synonyms([rule("적립금사용", "포인트/N", "결제/N", "하/V")])
    assert synonyms.query(items("포인트 결제 바로/MAG 하/VV")) == ["적립금사용", "바로"]
    assert synonyms.query(items("포인트 바로/MAG 결제 하/VV")) == ["포인트", "바로", "결제", "하"]


@pytest.mark.parametrize("denial", ["안/MAG", "못/MAG", "않/VX", "못하/VX", "말/VX", "없/VA", "아니/VCN"])
def test_a_denial_is_never_passed_over(denial: str) -> None:
    form = denial.partition("/")[0]
    assert REFUND.query(items(f"돈 {denial} 돌려받/VV")) == REFUND.stored(items(f"돈 {denial} 돌려받/VV")) == ["돈", form, "돌려받"]
    assert REFUND.query(items(f"돈 돌려받/VV {denial}")) == ["환불", form]


def test_a_denial_that_is_part_of_the_expression_is_read_with_it() -> None:
    assert Synonyms([rule("미배송", "물건/N", "안/M", "오/V")]).query(items("물건 안/MAG 오/VV")) == ["미배송"]


@pytest.mark.parametrize(("typed", "is_refund"), [("돈을 언제 돌려받아요", True), ("돈을 안 돌려받아요", False), ("돈을 못 돌려받았어요", False)])
def test_gaps_and_denials_are_those_of_real_sentences(analyzer: KiwiAnalyzer, typed: str, is_refund: bool) -> None:
    synonyms = Synonyms.compile([equal("환불", "돈 돌려받다")], analyzer)
    assert ("환불" in synonyms.query(content(analyzer.tokenize(typed)))) is is_refund


def test_the_parts_of_an_expression_keep_their_order(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([equal("환불", "돈 돌려받다")], space_analyzer)
    assert synonyms.query(items("돌려받다 돈")) == ["돌려받다", "돈"]


def test_a_word_is_used_by_one_expression_only() -> None:
    synonyms = Synonyms([rule("가", "ㄱ/N", "ㄷ/V"), rule("나", "ㄴ/N", "ㄷ/V")])
    assert synonyms.query(items("ㄱ ㄴ ㄷ/VV")) == ["가", "ㄴ"]


def test_every_place_of_an_expression_is_rewritten(space_analyzer: Analyzer) -> None:
    assert Synonyms.compile([equal("환불", "환급")], space_analyzer).query(items("환급 또 환급")) == ["환불", "또", "환불"]


def test_a_noun_is_no_verb_of_the_same_form(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([equal("환불", "무르기")], space_analyzer)
    assert synonyms.query([("무르기", "VV")]) == ["무르기"]
    assert synonyms.query([("무르기", "NNP")]) == ["환불"]


def test_nothing_is_rewritten_without_groups() -> None:
    assert Synonyms(()).query(items("환불 언제")) == ["환불", "언제"]


def test_no_items_give_no_words(space_analyzer: Analyzer) -> None:
    assert Synonyms.compile([equal("환불", "환급")], space_analyzer).query([]) == []


def test_expressions_are_normalized_before_they_are_analysed(space_analyzer: Analyzer) -> None:
    assert Synonyms.compile([equal("환불", "Ｒｅｆｕｎｄ 요청")], space_analyzer).query(items("refund 요청")) == ["환불"]


def test_an_expression_that_reads_like_its_head_makes_no_rule(space_analyzer: Analyzer) -> None:
    assert Synonyms.compile([equal("환불", "환불")], space_analyzer).rules == ()


def test_an_expression_without_content_makes_no_rule(analyzer: KiwiAnalyzer) -> None:
    assert Synonyms.compile([equal("환불", "!!", "?"), equal("…", "환급")], analyzer).rules == ()


@pytest.mark.parametrize("member", ["줌", "번", "달"])
def test_an_expression_of_which_too_little_is_left_makes_no_rule(analyzer: KiwiAnalyzer, member: str) -> None:
    assert Synonyms.compile([equal("배송", member)], analyzer).rules == ()


@pytest.mark.parametrize("member", ["환급", "돌려받다", "OTP"])
def test_an_expression_of_one_whole_word_makes_a_rule(analyzer: KiwiAnalyzer, member: str) -> None:
    assert [rule.label for rule in Synonyms.compile([equal("환불", member)], analyzer).rules] == [f"{member}→환불"]


def test_inflected_expressions_match_other_inflections(analyzer: KiwiAnalyzer) -> None:
    synonyms = Synonyms.compile([equal("환불", "돈 돌려받다")], analyzer)
    assert synonyms.query(content(analyzer.tokenize("돈을 언제 돌려받을 수 있어요?")))[:2] == ["환불", "언제"]


def test_explain_names_each_reading_once_in_order(space_analyzer: Analyzer) -> None:
    synonyms = Synonyms.compile([equal("환불", "돈 돌려받다"), one_way("배송", "송장")], space_analyzer)
    assert synonyms.explain(items("송장 돈 돌려받다 송장 언제")) == ("송장→배송", "돈 돌려받다→환불")


def test_explain_is_empty_where_nothing_was_rewritten(space_analyzer: Analyzer) -> None:
    assert Synonyms.compile([equal("환불", "환급")], space_analyzer).explain(items("환불 언제")) == ()


@pytest.fixture(scope="module")
def shipped() -> tuple[SynonymGroup, ...]:
    return read_dictionaries(None).synonyms


def test_the_shipped_file_covers_general_customer_service(shipped: tuple[SynonymGroup, ...]) -> None:
    assert len(shipped) >= 6900
    assert {group.kind for group in shipped} == {"=", ">"}


def test_every_shipped_expression_is_normalized_text(shipped: tuple[SynonymGroup, ...]) -> None:
    expressions = {text for group in shipped for text in (group.head, *group.members)}
    assert [text for text in sorted(expressions) if not text or normalize(text) != text] == []


def test_every_shipped_group_has_a_domain_and_no_member_twice(shipped: tuple[SynonymGroup, ...]) -> None:
    assert [group for group in shipped if not re.fullmatch("[a-z]+", group.domain) or len(set(group.members)) < len(group.members) or not group.members] == []


def test_no_shipped_member_is_written_like_its_head(shipped: tuple[SynonymGroup, ...]) -> None:
    assert [(group.head, member) for group in shipped for member in group.members if member == group.head] == []


def test_every_shipped_head_has_content(shipped: tuple[SynonymGroup, ...], analyzer: KiwiAnalyzer) -> None:
    assert [group.head for group in shipped if not content(analyzer.tokenize(group.head))] == []
