"""Every number of the search, beside scikit-learn and beside formulas that fit on a page."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel

from faqbot.domain import FaqEntry
from faqbot.korean.analyzer import Analyzer, KiwiAnalyzer
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader, Reading, joined
from faqbot.korean.synonyms import SynonymGroup, Synonyms
from faqbot.retrieval.channels import CHANNELS, Channel, Rows, Weighting
from faqbot.retrieval.index import Index, Matches
from faqbot.retrieval.postings import Postings, top
from faqbot.training.fit_index import fit_index

GROUPS = (SynonymGroup("=", "common", "환불", ("반환", "돈 돌려받다")), SynonymGroup(">", "common", "배송", ("택배",)))
QUERIES = (
    "환불은 며칠 걸리나요?",
    "돈을 언제 돌려받나요",
    "택배가 안 왔어요",
    "비밀번호 찾기",
    "수수료 수수료 얼마",
    "카드 결제 취소 방법이 궁금해요",
    "우주 여행은요?",
    "설 연휴",
)

Entries = Sequence[tuple[Sequence[str], str]]
Formula = Callable[[list[list[str]], list[str]], Sequence[float]]


def tfidf(rows: list[list[str]], query: list[str]) -> Sequence[float]:
    """The oracle: scikit-learn on the same terms."""
    if not any(rows):
        return [0.0] * len(rows)
    vectorizer = TfidfVectorizer(analyzer=list)
    indexed = vectorizer.fit_transform(rows)
    return linear_kernel(vectorizer.transform([query]), indexed)[0]


def bm25(rows: list[list[str]], query: list[str]) -> Sequence[float]:
    """Okapi BM25 with k1 = 1.2 and b = .75, over what a row would reach that repeats every term of the query for ever."""
    mean = sum(map(len, rows)) / len(rows) or 1.0
    holders = {term: sum(term in row for row in rows) for term in set(query)}
    idf = {term: math.log(1 + (len(rows) - df + 0.5) / (df + 0.5)) for term, df in holders.items()}

    def score(row: list[str]) -> float:
        norm = 1.2 * (0.25 + 0.75 * len(row) / mean)
        return sum(idf[term] * row.count(term) / (row.count(term) + norm) for term in idf if term in row)

    return [score(row) / sum(idf.values()) if idf else 0.0 for row in rows]


def smooth_idf(rows: list[list[str]], term: str) -> float:
    return math.log((1 + len(rows)) / (1 + sum(term in row for row in rows))) + 1


#: What a term counts in the channels that say how much of a query a row holds.
WORTH: dict[Weighting, Callable[[list[list[str]], str], float]] = {Weighting.OVERLAP: smooth_idf, Weighting.SHARE: lambda *_: 1.0}


def held(weighting: Weighting, rows: list[list[str]], query: list[str]) -> Sequence[float]:
    """The share of the query that each row holds."""
    worth = {term: WORTH[weighting](rows, term) for term in set(query)}
    return [sum(worth[term] for term in worth if term in row) / sum(worth.values()) if worth else 0.0 for row in rows]


def held_by_query(weighting: Weighting, rows: list[list[str]], query: list[str]) -> Sequence[float]:
    """The share of each row that the query holds."""
    worth = {term: WORTH[weighting](rows, term) for row in rows for term in row}
    return [sum(worth[term] for term in set(row) & set(query)) / max(sum(worth[term] for term in set(row)), 1e-9) for row in rows]


FORMULAS: dict[Weighting, Formula] = {Weighting.TFIDF: tfidf, Weighting.BM25: bm25, **{weighting: partial(held, weighting) for weighting in WORTH}}


@dataclass(frozen=True)
class Base:
    """An index beside the readings it was built from."""

    reader: Reader
    questions: list[list[Reading]]
    entries: list[Reading]
    index: Index

    def search(self, query: str, **options: object) -> Matches:
        return self.index.search(self.reader.query(normalize(query)), **options)

    def terms(self, channel: Channel) -> list[list[str]]:
        readings = [reading for group in self.questions for reading in group] if channel.rows is Rows.QUESTIONS else self.entries
        return [channel.terms(reading) for reading in readings]

    def rows(self, channel: Channel, query: str, formula: Formula | None = None) -> Sequence[float]:
        """What the formula gives each row."""
        return (formula or FORMULAS[channel.weighting])(self.terms(channel), channel.terms(self.reader.query(normalize(query))))

    def best(self, channel: Channel, query: str, formula: Formula | None = None) -> np.ndarray:
        """What the formula gives the best row of each entry."""
        rows = iter(self.rows(channel, query, formula))
        sizes = [len(group) for group in self.questions] if channel.rows is Rows.QUESTIONS else [1] * len(self.entries)
        return np.array([max(next(rows) for _ in range(size)) for size in sizes])


def build(analyzer: Analyzer, entries: Entries) -> Base:
    reader = Reader(analyzer, Synonyms.compile(GROUPS, analyzer))
    questions = [[reader.stored(normalize(wording)) for wording in wordings] for wordings, _ in entries]
    whole = [joined([*group, reader.stored(normalize(answer))]) for group, (_, answer) in zip(questions, entries, strict=True)]
    return Base(reader, questions, whole, fit_index(questions, whole).index)


def close(found: np.ndarray, expected: np.ndarray, what: str = "") -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7, err_msg=what)


def assert_exact(base: Base, query: str, found: Matches) -> None:
    """Every score of every candidate is what its formula says."""
    for place, channel in enumerate(CHANNELS):
        close(found.scores[place], base.best(channel, query)[found.entries], channel.name)


#: Every example fits an index.
some, few = settings(max_examples=50), settings(max_examples=20)
word = st.sampled_from(["환불", "반환", "배송", "결제", "취소", "쿠폰", "카드", "돈"])
phrase = st.lists(word, min_size=1, max_size=4).map(" ".join)
any_entries = st.lists(st.tuples(st.lists(phrase, min_size=1, max_size=3), st.one_of(st.just(""), phrase)), min_size=1, max_size=7)
any_query = st.lists(st.one_of(word, st.sampled_from(["우주", "zz", "택배"])), max_size=5).map(" ".join)


@pytest.fixture(scope="module")
def base(analyzer: KiwiAnalyzer, small_table: tuple[FaqEntry, ...]) -> Base:
    """The small table as Kiwi reads it."""
    return build(analyzer, [(entry.questions, entry.answer) for entry in small_table])


def channels(*weightings: Weighting) -> pytest.MarkDecorator:
    found = [channel for channel in CHANNELS if channel.weighting in weightings]
    return pytest.mark.parametrize("channel", found, ids=[channel.name for channel in found])


@channels(Weighting.TFIDF)
@pytest.mark.parametrize("query", QUERIES)
def test_tfidf_channels_score_as_scikit_learn_does(base: Base, channel: Channel, query: str) -> None:
    found = base.search(query)
    close(found.scores[CHANNELS.index(channel)], base.best(channel, query)[found.entries])


@channels(Weighting.BM25)
@pytest.mark.parametrize("query", QUERIES)
def test_bm25_channels_score_as_okapi_over_its_highest_value(base: Base, channel: Channel, query: str) -> None:
    found = base.search(query)
    close(found.scores[CHANNELS.index(channel)], base.best(channel, query)[found.entries])


@channels(*WORTH)
@pytest.mark.parametrize("query", QUERIES)
def test_coverage_channels_score_the_share_of_the_query_that_a_row_holds(base: Base, channel: Channel, query: str) -> None:
    found = base.search(query)
    close(found.scores[CHANNELS.index(channel)], base.best(channel, query)[found.entries])


@some
@given(any_entries, any_query)
def test_every_channel_keeps_to_its_formula_on_any_base(space_analyzer: Analyzer, entries: Entries, query: str) -> None:
    base = build(space_analyzer, entries)
    assert_exact(base, query, base.search(query))


@some
@given(any_entries, any_query)
def test_stored_coverage_is_the_share_of_a_question_that_the_query_holds(space_analyzer: Analyzer, entries: Entries, query: str) -> None:
    base = build(space_analyzer, entries)
    found = base.search(query)
    covering = [channel for channel in CHANNELS if channel.weighting in WORTH and channel.rows is Rows.QUESTIONS]
    for place, channel in enumerate(covering):
        close(found.stored_coverage[place], base.best(channel, query, partial(held_by_query, channel.weighting))[found.entries], channel.name)


@channels(*WORTH)
def test_known_is_the_share_of_the_query_that_is_indexed(base: Base, channel: Channel) -> None:
    query, rows = "우주 여행 환불", base.terms(channel)
    worth = {term: WORTH[channel.weighting](rows, term) for term in channel.terms(base.reader.query(query))}
    known = sum(worth[term] for term in worth if any(term in row for row in rows))
    assert 0 < known < sum(worth.values())
    assert base.search(query).known[CHANNELS.index(channel)] == pytest.approx(known / sum(worth.values()))


def test_all_of_a_stored_question_is_known_everywhere(base: Base) -> None:
    close(base.search("배송이 늦어요").known, np.ones(len(CHANNELS)))


def test_over_the_budget_the_rarest_term_alone_nominates(space_analyzer: Analyzer) -> None:
    base = build(space_analyzer, [(["환불 쿠폰"], ""), *[(["환불"], "")] * 4])
    assert base.search("환불 쿠폰").entries.tolist() == [0, 1, 2, 3, 4]
    assert base.search("환불 쿠폰", budget=1).entries.tolist() == [0]


@pytest.mark.parametrize("budget", [1, 12])
@few
@given(any_entries, any_query)
def test_scores_are_exact_whatever_the_budget_leaves_out(space_analyzer: Analyzer, budget: int, entries: Entries, query: str) -> None:
    base = build(space_analyzer, entries)
    assert_exact(base, query, base.search(query, budget=budget))


@pytest.mark.parametrize("budget", [1, 12])
@pytest.mark.parametrize("query", QUERIES)
def test_scores_of_the_small_table_are_exact_whatever_the_budget_leaves_out(base: Base, budget: int, query: str) -> None:
    assert_exact(base, query, base.search(query, budget=budget))


def test_two_threads_that_search_at_once_find_what_each_finds_alone(base: Base) -> None:
    alone = [base.search(query).scores for query in QUERIES]
    with ThreadPoolExecutor(4) as pool:
        for found, expected in zip(pool.map(lambda query: base.search(query).scores, QUERIES * 20), alone * 20, strict=True):
            np.testing.assert_array_equal(found, expected)


@some
@given(any_entries, any_query, st.integers(1, 4))
def test_candidates_are_the_best_rows_by_the_sum_of_the_nominating_channels(space_analyzer: Analyzer, entries: Entries, query: str, nominated: int) -> None:
    base = build(space_analyzer, entries)
    entry_of = np.repeat(np.arange(len(entries)), [len(wordings) for wordings, _ in entries])
    must, may = set(), set()  # ties within rounding may fall either way
    for rows, owners in ((Rows.QUESTIONS, entry_of), (Rows.ENTRIES, np.arange(len(entries)))):
        scores = np.sum([base.rows(channel, query) for channel in CHANNELS if channel.nominates and channel.rows is rows], axis=0)
        last = np.sort(scores)[::-1][:nominated][-1]
        must |= set(owners[(scores > last + 1e-6) & (scores > 1e-6)].tolist())
        may |= set(owners[(scores > last - 1e-6) & (scores > 1e-6)].tolist())
    found = base.search(query, nominated=nominated).entries.tolist()
    assert must <= set(found) <= may
    assert found == sorted(set(found))


def test_the_best_alternate_of_an_entry_wins(space_analyzer: Analyzer) -> None:
    base = build(space_analyzer, [(["배송 지연", "환불 기간", "결제"], ""), (["환불 방법 안내"], "")])
    found = base.search("환불 기간")
    alone = build(space_analyzer, [(["배송 지연"], ""), (["환불 기간"], ""), (["결제"], ""), (["환불 방법 안내"], "")]).search("환불 기간")
    assert found.questions.tolist() == [1, 3]
    content = next(place for place, channel in enumerate(CHANNELS) if channel.name == "content")
    close(found.scores[content], alone.scores[content])


def test_alternates_that_match_alike_give_the_first(space_analyzer: Analyzer) -> None:
    base = build(space_analyzer, [(["배송"], ""), (["결제", "환불 기간", "환불 기간"], "")])
    assert base.search("환불 기간").questions.tolist() == [2]


@some
@given(any_entries, any_query)
def test_the_matched_question_has_the_highest_sum_over_the_question_channels(space_analyzer: Analyzer, entries: Entries, query: str) -> None:
    base = build(space_analyzer, entries)
    sums = np.sum([base.rows(channel, query) for channel in CHANNELS if channel.rows is Rows.QUESTIONS], axis=0)
    starts = np.cumsum([0, *(len(wordings) for wordings, _ in entries)])
    found = base.search(query)
    for entry, question in zip(found.entries.tolist(), found.questions.tolist(), strict=True):
        assert starts[entry] <= question < starts[entry + 1]
        assert sums[question] == pytest.approx(sums[starts[entry] : starts[entry + 1]].max(), abs=1e-6)


@some
@given(any_entries, any_query, st.data())
def test_only_allowed_entries_are_candidates(space_analyzer: Analyzer, entries: Entries, query: str, data: st.DataObject) -> None:
    base = build(space_analyzer, entries)
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(entries), max_size=len(entries))))
    found = base.search(query, allowed=allowed)
    assert found.entries.tolist() == [entry for entry in base.search(query).entries.tolist() if allowed[entry]]
    assert_exact(base, query, found)


def test_entries_that_are_not_allowed_take_no_nomination_from_others(space_analyzer: Analyzer) -> None:
    base = build(space_analyzer, [(["환불 기간"], "환불 기간"), (["환불"], "배송")])
    assert base.search("환불 기간", nominated=1).entries.tolist() == [0]
    assert base.search("환불 기간", allowed=np.array([False, True]), nominated=1).entries.tolist() == [1]


def test_where_nothing_is_allowed_nothing_is_found(base: Base, small_table: tuple[FaqEntry, ...]) -> None:
    assert base.search("환불", allowed=np.zeros(len(small_table), dtype=np.bool_)).entries.tolist() == []


@some
@given(any_entries, any_query, st.data())
def test_required_entries_are_candidates_whatever_the_channels_say(space_analyzer: Analyzer, entries: Entries, query: str, data: st.DataObject) -> None:
    base = build(space_analyzer, entries)
    required = data.draw(st.sets(st.integers(0, len(entries) - 1)))
    found = base.search(query, required=np.array(sorted(required), dtype=np.int64))
    assert found.entries.tolist() == sorted({*base.search(query).entries.tolist(), *required})
    assert_exact(base, query, found)


def test_a_required_entry_that_is_not_allowed_is_no_candidate(space_analyzer: Analyzer) -> None:
    base = build(space_analyzer, [(["환불"], ""), (["배송"], ""), (["결제"], "")])
    found = base.search("환불", allowed=np.array([True, False, True]), required=np.array([1, 2]))
    assert found.entries.tolist() == [0, 2]


def test_equal_entries_are_nominated_in_entry_order(space_analyzer: Analyzer) -> None:
    base = build(space_analyzer, [(["배송"], ""), *[(["환불 기간"], "삼 일")] * 5])
    assert base.search("환불 기간", nominated=2).entries.tolist() == [1, 2]


@pytest.mark.parametrize("query", ["우주", "zz top", "뷁 뚫 꿿"])
def test_unknown_words_find_nothing(space_analyzer: Analyzer, query: str) -> None:
    found = build(space_analyzer, [(["환불 기간", "배송"], "삼 일")]).search(query)
    assert found.entries.tolist() == []
    assert found.scores.shape == (len(CHANNELS), 0)
    assert found.known.tolist() == [0.0] * len(CHANNELS)


def test_a_text_without_terms_finds_nothing_and_lacks_nothing(space_analyzer: Analyzer) -> None:
    found = build(space_analyzer, [(["환불 기간"], "삼 일")]).search("")
    assert found.entries.tolist() == []
    assert found.known.tolist() == [1.0] * len(CHANNELS)


@pytest.mark.parametrize("wordings", [["환불 기간"], ["환불 기간", "돈 언제"]], ids=["one question", "two questions"])
def test_an_index_of_one_entry_finds_it(space_analyzer: Analyzer, wordings: list[str]) -> None:
    base = build(space_analyzer, [(wordings, "삼 일")])
    found = base.search("환불 언제")
    assert found.entries.tolist() == [0]
    assert_exact(base, "환불 언제", found)


def test_a_question_without_content_is_found_by_its_characters(analyzer: KiwiAnalyzer) -> None:
    base = build(analyzer, [(["???"], ""), (["!!"], "")])
    found = base.search("?")
    assert found.entries.tolist() == [0]
    assert_exact(base, "?", found)


def test_an_entry_may_lack_an_answer_that_others_have(analyzer: KiwiAnalyzer) -> None:
    base = build(analyzer, [(["환불"], ""), (["배송"], "환불 기간은 사흘입니다.")])
    found = base.search("환불 기간")
    assert found.entries.tolist() == [0, 1]
    assert_exact(base, "환불 기간", found)


score = st.one_of(st.just(0.0), st.sampled_from([0.25, 0.5, 1.0]), st.floats(0, 1))


@given(st.lists(score, max_size=60).map(np.array), st.integers(1, 20))
def test_top_is_what_sorting_everything_gives(scores: np.ndarray, k: int) -> None:
    best = sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:k]
    assert top(scores, k).tolist() == sorted(row for row in best if scores[row] > 0)


def test_top_prefers_the_lower_of_equal_rows() -> None:
    assert top(np.array([0.2, 0.9, 0.5, 0.5, 0.5]), 3).tolist() == [1, 2, 3]


@pytest.mark.parametrize("least", [5e-324, 1e-323, 2e-323, 1e-310])
def test_top_gives_no_row_of_score_zero_where_the_best_is_next_to_it(least: float) -> None:
    assert top(np.array([0.0, least, 0.0]), 2).tolist() == [1]


def test_top_of_nothing_is_nothing() -> None:
    assert top(np.array([]), 3).tolist() == []
    assert top(np.zeros(4), 3).tolist() == []


#: Lists of 3, 0, 1, 2 and 2 rows.
POSTINGS = Postings(np.array([0, 3, 3, 4, 6, 8]), np.array([0, 1, 2, 2, 0, 1, 1, 2]), np.ones(8, dtype=np.float32))


@pytest.mark.parametrize(
    ("budget", "taken"),
    [(100, [0, 2, 3, 4]), (8, [0, 2, 3, 4]), (7, [2, 3, 4]), (5, [2, 3, 4]), (4, [2, 3]), (3, [2, 3]), (2, [2]), (1, [2]), (0, [2])],
)
def test_the_shortest_lists_that_fit_the_budget_count_and_at_least_one(budget: int, taken: list[int]) -> None:
    assert POSTINGS.within(np.arange(5), budget).tolist() == taken


def test_positions_are_those_of_the_terms_that_are_asked_for() -> None:
    assert POSTINGS.within(np.array([1, 3, 0]), 2).tolist() == [1]


@pytest.mark.parametrize(("budget", "sums"), [(100, [1.0 + 5.0, 1.0 + 5.0, 1.0 + 3.0]), (4, [5.0, 5.0, 3.0]), (1, [0.0, 0.0, 3.0])])
def test_what_counts_is_added_up_with_its_own_weight(budget: int, sums: list[float]) -> None:
    assert POSTINGS.add_up(np.array([0, 2, 3]), np.array([1.0, 3.0, 5.0]), 3, budget).tolist() == sums
