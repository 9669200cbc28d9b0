"""Unanswered queries come together by what they mean."""

import csv
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faqbot.evaluation.clusters import cluster
from faqbot.evaluation.spam import Spam
from faqbot.korean.analyzer import KiwiAnalyzer
from faqbot.korean.dictionaries import read_dictionaries
from faqbot.korean.reading import Reader, Reading
from faqbot.korean.synonyms import Synonyms
from faqbot.store import Cluster, QueryRow, Trouble

NOW = datetime(2026, 11, 27, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "data"

Read = Callable[[str], Reading]


@pytest.fixture(scope="module")
def read(analyzer: KiwiAnalyzer) -> Read:
    return Reader(analyzer, Synonyms.compile(read_dictionaries(None).synonyms, analyzer)).query


def rows(texts: Iterable[str], trouble: Trouble = Trouble.FALLBACK) -> list[QueryRow]:
    """One a minute, the first at NOW."""
    return [QueryRow(place + 1, text, NOW + timedelta(minutes=place), trouble, "refund", place / 1000) for place, text in enumerate(texts)]


def groups(found: Sequence[Cluster]) -> list[set[str]]:
    return [{wording.text for wording in each.wordings} for each in found]


def test_the_same_need_in_other_words_is_one_cluster(read: Read) -> None:
    same = {"영수증 재발행 되나요", "영수증재발행해주세요", "안녕하세요 영수증을 재발행하고 싶어요", "혹시 영수증 재발행은 어떻게 하나요?"}
    other = {"부모님 집으로 보내고 싶어요", "부모님 집으로 보내려고 합니다"}
    assert groups(cluster(rows([*same, *other]), read)) == [same, other]


def test_what_synonyms_make_the_same_comes_together(read: Read) -> None:
    assert len(cluster(rows(["환불 기간 알려 주세요", "돈 돌려받는 기간 알려 주세요"]), read)) == 1


def test_what_is_denied_is_another_need(read: Read) -> None:
    found = cluster(rows(["앱에서 로그인이 돼요", "앱에서 로그인이 안 돼요", "앱에서 로그인되나요"]), read)
    assert groups(found) == [{"앱에서 로그인이 돼요", "앱에서 로그인되나요"}, {"앱에서 로그인이 안 돼요"}]


def test_spaces_signs_and_courtesy_make_no_new_wording(read: Read) -> None:
    (found,) = cluster(rows(["단골 할인 되나요?", "단골할인되나요", "안녕하세요 단골 할인 되나요??", "단골 할인 되나요?"]), read)
    (wording,) = found.wordings
    assert (wording.text, wording.count, wording.asked[0], wording.asked[-1]) == ("단골 할인 되나요?", 4, NOW, NOW + timedelta(minutes=3))


def test_a_wording_knows_what_went_wrong_and_what_was_near_at_last(read: Read) -> None:
    first, second = rows(["단골 할인 되나요"], Trouble.DISLIKED)[0], QueryRow(9, "단골 할인 되나요", NOW + timedelta(days=1), Trouble.FALLBACK, "late", 0.4)
    (found,) = cluster([second, first], read)
    assert found.wordings[0].troubles == {Trouble.DISLIKED: 1, Trouble.FALLBACK: 1}
    assert (found.wordings[0].nearest, found.wordings[0].closeness) == ("late", 0.4)


def test_the_most_frequent_come_first_and_stand_for_their_cluster(read: Read) -> None:
    found = cluster(rows(["배송지 변경", *["영수증 재발행 되나요"] * 2, *["영수증 재발행하려면"] * 3]), read)
    assert [each.total for each in found] == [5, 1]
    assert found[0].representative == "영수증 재발행하려면"


def test_every_query_is_in_one_cluster_and_the_order_of_rows_changes_nothing(read: Read) -> None:
    texts = [row["query"] for row in csv.DictReader((DATA / "queries.csv").read_text(encoding="utf-8-sig").splitlines())][:200]
    asked = rows(texts)
    found = cluster(asked, read)
    assert sum(each.total for each in found) == len(asked)
    keys = [wording.key for each in found for wording in each.wordings]
    assert len(keys) == len(set(keys))
    shuffled = asked.copy()
    random.Random(7).shuffle(shuffled)  # noqa: S311  # no secret
    assert {frozenset(group) for group in groups(cluster(shuffled, read))} == {frozenset(group) for group in groups(found)}


def test_nothing_asked_gives_nothing(read: Read) -> None:
    assert cluster([], read) == ()
    assert [each.spam for each in cluster(rows(["?!", "ㅋㅋ"]), read)] == [Spam.GIBBERISH]


def test_texts_without_content_words_are_told_apart(read: Read) -> None:
    found = cluster(rows(["어떻게 해요", "그게 뭐예요", "어떻게해요"]), read)
    assert sum(each.total for each in found) == 3
    assert groups(found) == [{"어떻게 해요"}, {"그게 뭐예요"}]


def test_spam_is_kept_apart_with_its_reason(read: Read) -> None:
    template = [f"{word} 상품 안내 배너 보세요 https://go{number}.example.com" for number, word in enumerate(["특가"] * 6)]
    found = cluster(rows(["신규가입 꽁머니 3만 바카라 추천", "ㅁㄴㅇㄹ", "asdfgh", "배송 조회", *template]), read)
    assert {each.spam: {wording.text for wording in each.wordings} for each in found} == {
        Spam.ADVERT: {"신규가입 꽁머니 3만 바카라 추천"},
        Spam.GIBBERISH: {"ㅁㄴㅇㄹ", "asdfgh"},
        Spam.REPEATED: set(template),
        "": {"배송 조회"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "https://pay.example.kr 접속이 안 돼요", "[전화번호]에서 대출 문자가 왔는데 맞나요?", "카톡 상담 되나요", "광고 문자 그만 받고 싶어요", "판매 대행 수수료 얼마예요?",
        "대출 이자는 얼마인가요", "A/S", "1+1", "ㅠㅠ 환불해 주세요", "dkssud", "텔레그램으로 알림 받을 수 있나요", "투자 상품 가입 시 필요한 서류",
    ],
)  # fmt: skip
def test_a_question_is_no_spam(read: Read, text: str) -> None:
    assert [each.spam for each in cluster(rows([text]), read)] == [""]


@pytest.mark.parametrize("text", ["당일 대출 친절 상담 카톡: money77", "출장마사지 24시", "카지노 첫충 30% 텔레그램 @abcde", "팔로워 늘리기 최저가 t.me/abc"])
def test_an_advert_is_spam(read: Read, text: str) -> None:
    assert [each.spam for each in cluster(rows([text]), read)] == [Spam.ADVERT]


@pytest.mark.slow
def test_wordings_of_a_query_come_together_and_strangers_do_not(read: Read, analyzer: KiwiAnalyzer) -> None:
    """Every query of a base as people type it: nearly all that is together belongs together, and three in four that belong together are."""
    from faqbot.evaluation.perturbations import PERTURBATIONS  # noqa: PLC0415
    from faqbot.korean.normalize import normalize  # noqa: PLC0415

    meant: dict[str, str] = {}
    for row in csv.DictReader((DATA / "bases" / "mall" / "queries.csv").read_text(encoding="utf-8-sig").splitlines()):
        text = normalize(row["query"])
        tokens, rng = analyzer.tokenize(text), random.Random(text)  # noqa: S311  # no secret
        for perturbation in rng.sample([each for each in PERTURBATIONS if each.kind != "keyboard"], 4):
            meant.setdefault(normalize(perturbation.apply(text, tokens, analyzer)) or text, row["faq_id"] or text)
    found = cluster(rows(meant), read)
    together = [[meant[wording.text] for wording in each.wordings] for each in found if not each.spam]
    sizes: dict[str, int] = {}
    for members in together:
        for need in members:
            sizes[need] = sizes.get(need, 0) + 1
    n = sum(map(len, together))
    precision = sum(members.count(need) / len(members) for members in together for need in members) / n
    recall = sum(members.count(need) / sizes[need] for members in together for need in members) / n
    assert precision > 0.95
    assert recall > 0.7
