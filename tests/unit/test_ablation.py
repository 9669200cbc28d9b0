from dataclasses import replace

import pytest

from faqbot.domain import FaqEntry, LabelledQuery
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.reading import Reader
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.channels import CHANNELS
from faqbot.retrieval.features import CANDIDATE_FEATURES
from faqbot.training.ablation import Effect, Group, ablate, effects, groups, hit, left_out_ranks
from faqbot.training.base import Base, index_entries, search_all

SHOP = {"refund": "환불 기간 안내", "cancel": "결제 취소 방법", "late": "배송 지연 사유", "coupon": "쿠폰 사용 방법", "points": "포인트 적립 기간"}
BANK = {"loan": "대출 금리 안내", "card": "카드 분실 신고", "limit": "이체 한도 변경", "close": "계좌 해지 방법", "otp": "인증서 발급 방법"}


def read_toy(name: str, questions: dict[str, str], reader: Reader) -> Base:
    """A base that is asked parts of its questions, and one thing that it does not answer."""
    entries = tuple(FaqEntry(i, question, "문의 하기") for i, question in questions.items())
    index = index_entries(entries, reader).index
    asked = [LabelledQuery(" ".join(question.split()[a:b]), frozenset({i})) for i, question in questions.items() for a, b in ((0, 2), (1, 3), (2, 3))]
    positions = {entry.id: position for position, entry in enumerate(entries)}
    return Base(name, entries, index, search_all(index, positions, [*asked, LabelledQuery("날씨 안내")], reader), ())


@pytest.fixture
def toys(space_analyzer: Analyzer) -> list[Base]:
    reader = Reader(space_analyzer, Synonyms(()))
    return [read_toy("shop", SHOP, reader), read_toy("bank", BANK, reader)]


def named(name: str) -> set[str]:
    """Names of the columns of a group."""
    return {CANDIDATE_FEATURES[column] for group in groups() if group.name == name for column in group.columns}


def test_every_feature_is_in_a_group_and_no_two_channels_share_one() -> None:
    alone = [column for group in groups() if group.name in {channel.name for channel in CHANNELS} for column in group.columns]
    assert len(alone) == len(set(alone))
    assert {column for group in groups() for column in group.columns} == set(range(len(CANDIDATE_FEATURES)))


def test_group_names_are_distinct_and_no_group_is_empty() -> None:
    assert len({group.name for group in groups()}) == len(groups())
    assert all(group.columns for group in groups())


def test_the_groups_of_several_channels_hold_what_their_names_say() -> None:
    assert {"canonical.value", "canonical_coverage", "stored_canonical_coverage", "entry_words_bm25.rank"} <= named("유의어 채널 모두")
    assert named("유의어 채널 모두").isdisjoint({"content.value", "characters_bm25.value", "nouns", "coverage"})
    assert {"entry_bm25.value", "entry_nouns"} <= named("항목 글 채널 모두")
    assert "canonical.value" not in named("항목 글 채널 모두")
    assert {"coverage", "stored_coverage", "entry_nouns"} <= named("포함 비율 모두")
    assert named("negation_differs") == {"negation_differs"}


def test_only_queries_in_scope_are_ranked(toys: list[Base]) -> None:
    assert [len(ranks) for ranks in left_out_ranks(toys)] == [15, 15]


def test_leaving_out_nothing_changes_nothing(toys: list[Base]) -> None:
    for effect in ablate(toys, [Group("nothing", ())]):
        assert effect.complete == effect.reduced
        assert (effect.gain(1), effect.won, effect.lost) == (0.0, 0, 0)


def test_without_any_feature_candidates_stay_in_entry_order(toys: list[Base]) -> None:
    blind = list(ablate(toys, [Group("everything", tuple(range(len(CANDIDATE_FEATURES))))]))
    for base, effect in zip(toys, blind, strict=True):
        right = [(search.matches.entries.tolist(), search.right) for search in base.searches if search.right]
        assert effect.reduced == tuple(next((i for i, entry in enumerate(entries) if entry in answers), None) for entries, answers in right)
        assert effect.gain(1) > 0


def taught_the_contrary(base: Base) -> Base:
    """The base with every label moved to another candidate."""
    moved = [replace(search, right=frozenset(search.matches.entries.tolist()) - search.right) for search in base.searches if search.right]
    return replace(base, searches=tuple(moved))


def test_a_base_is_ranked_by_what_the_others_taught(toys: list[Base]) -> None:
    shop, bank = toys
    assert hit(left_out_ranks([shop, bank])[0], 1) > 0.8
    assert hit(left_out_ranks([shop, taught_the_contrary(bank)])[0], 1) < 0.5


def test_the_bases_themselves_stay_as_they_are(toys: list[Base]) -> None:
    before = [search.features.copy() for base in toys for search in base.searches]
    list(ablate(toys, groups()[:1]))
    assert all((a == search.features).all() for a, search in zip(before, (search for base in toys for search in base.searches), strict=True))


def test_every_group_has_one_effect_on_every_base(toys: list[Base]) -> None:
    some = groups()[:2]
    assert [(effect.group, effect.base) for effect in ablate(toys, some)] == [(group.name, base.name) for group in some for base in toys]


def test_gain_counts_the_queries_that_only_one_of_the_two_gets_right() -> None:
    effect = Effect("synonyms", "shop", (0, 0, 2, None), (0, 1, 0, None))
    assert (effect.won, effect.lost) == (1, 1)
    assert (effect.gain(1), effect.gain(2), effect.gain(3)) == (0.0, -0.25, 0.0)


def test_without_queries_nothing_is_gained() -> None:
    assert Effect("synonyms", "empty", (), ()).gain(1) == hit((), 3) == 0.0


def test_results_over_other_queries_cannot_be_compared(toys: list[Base]) -> None:
    effect = effects("other", toys[:1], [(0, 1)], [(0,)])[0]
    with pytest.raises(ValueError, match="shorter"):
        effect.won  # noqa: B018  # counts
