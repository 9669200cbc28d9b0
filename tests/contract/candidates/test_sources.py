"""What every source of candidates promises; the index's own postings and a real Milvus core give the same rows."""

from dataclasses import replace

import numpy as np
import pytest

from faqbot.corpus.queries import read_queries
from faqbot.korean.analyzer import Analyzer
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader, joined
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval import engine
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.candidates import CandidateSource, Wanted
from faqbot.retrieval.channels import Rows, of
from faqbot.retrieval.index import NOMINATED, Index, Mask
from faqbot.retrieval.lexicon import Ints
from faqbot.training.fit_index import fit_index
from tests.contract.candidates.conftest import SourceOf

WORDS = [
    "환불",
    "배송",
    "결제",
    "취소",
    "비밀번호",
    "쿠폰",
    "적립",
    "회원",
    "탈퇴",
    "주소",
    "변경",
    "기간",
    "방법",
    "수수료",
    "영수증",
    "교환",
    "반품",
    "접수",
    "지연",
    "문의",
]
QUERIES = [" ".join(WORDS[i % 20] for i in (a, a * 3 + 1, a * 7 + 2)) for a in range(20)]
#: More postings than any index here has.
ALL = 10**9


class Base:
    """An index, a reader of queries, and a source."""

    def __init__(self, analyzer: Analyzer, source_of: SourceOf, questions: list[list[str]]) -> None:
        self.reader = Reader(analyzer, Synonyms.compile((), analyzer))
        stored = [[self.reader.stored(normalize(wording)) for wording in wordings] for wordings in questions]
        self.index: Index = fit_index(stored, [joined(group) for group in stored]).index
        self.source: CandidateSource = source_of(self.index)

    def wanted(self, query: str, nominated: int = NOMINATED, budget: int = ALL, allowed: Mask | None = None) -> Wanted:
        weighed = self.index.lexicon.weigh(self.reader.query(normalize(query)))
        border = int(np.searchsorted(weighed.channel_of, len(of(Rows.QUESTIONS))))
        return Wanted(weighed.ids, weighed.weights, border, nominated, budget, allowed)

    def found(self, query: str, **options: object) -> list[list[int]]:
        return [rows.tolist() for rows in self.source.nominate(self.index, self.wanted(query, **options))]

    def best(self, query: str, **options: object) -> list[list[int]]:
        """By sorting all rows."""
        ids, weights, border, nominated, budget, allowed = self.wanted(query, **options)
        return [
            self._sorted(ids[:border], weights[:border], self.index.entry_of, nominated, budget, allowed),
            self._sorted(ids[border:], weights[border:], np.arange(self.index.n_entries), nominated, budget, allowed),
        ]

    def _sorted(self, ids: Ints, weights: np.ndarray, entry_of: Ints, nominated: int, budget: int, allowed: Mask | None) -> list[int]:
        scores = self.index.postings.add_up(ids, weights, len(entry_of), budget)
        rows = [row for row in np.lexsort((np.arange(len(scores)), -scores)).tolist() if scores[row] > 0 and (allowed is None or allowed[entry_of[row]])]
        return sorted(rows[:nominated])


@pytest.fixture(scope="module")
def base(space_analyzer: Analyzer, source_of: SourceOf) -> Base:
    """300 entries of one to three questions with two to five words each."""
    rng = np.random.default_rng(7)
    return Base(space_analyzer, source_of, [[" ".join(rng.choice(WORDS, rng.integers(2, 6))) for _ in range(rng.integers(1, 4))] for _ in range(300)])


@pytest.fixture(scope="module")
def alike(space_analyzer: Analyzer, source_of: SourceOf) -> Base:
    """400 entries with the same question, and one with another."""
    return Base(space_analyzer, source_of, [["환불 기간"]] * 400 + [["배송 지연"]])


@pytest.mark.parametrize("query", QUERIES)
def test_the_best_rows_of_either_kind_are_found(base: Base, query: str) -> None:
    assert base.found(query) == base.best(query)


@pytest.mark.parametrize("query", QUERIES[:5])
def test_terms_beyond_the_budget_do_not_count(base: Base, query: str) -> None:
    assert base.found(query, budget=150) == base.best(query, budget=150)


def test_among_equals_at_the_cut_the_lower_rows_are_found(alike: Base) -> None:
    assert alike.found("환불 기간") == [list(range(NOMINATED))] * 2


@pytest.mark.parametrize("share", [0.9, 0.5, 0.02])
@pytest.mark.parametrize("named", [0, engine.NAMED])
def test_the_best_rows_of_allowed_entries_are_found(base: Base, share: float, named: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "NAMED", named)
    allowed = np.random.default_rng(3).random(base.index.n_entries) < share
    assert [base.found(query, allowed=allowed) for query in QUERIES] == [base.best(query, allowed=allowed) for query in QUERIES]


def test_the_last_of_many_equals_is_found_where_only_it_is_allowed(alike: Base) -> None:
    allowed = np.zeros(alike.index.n_entries, dtype=np.bool_)
    allowed[399] = True
    assert alike.found("환불 기간", allowed=allowed) == [[399], [399]]


def test_nothing_is_found_where_no_entry_is_allowed(base: Base) -> None:
    assert base.found(QUERIES[0], allowed=np.zeros(base.index.n_entries, dtype=np.bool_)) == [[], []]


@pytest.mark.parametrize("query", ["", "?", "웬걸 뭥미"])
def test_nothing_is_found_for_a_query_without_known_terms(base: Base, query: str) -> None:
    assert base.found(query) == [[], []]


def test_a_row_without_a_term_of_the_query_is_not_found_however_many_are_wanted(base: Base) -> None:
    assert base.found("쿠폰", nominated=5_000) == base.best("쿠폰", nominated=5_000)


def test_the_only_entry_is_found(space_analyzer: Analyzer, source_of: SourceOf) -> None:
    assert Base(space_analyzer, source_of, [["환불 기간"]]).found("환불 언제") == [[0], [0]]


def test_replies_are_those_of_the_process_to_the_last_bit(bot: Bot, source_of: SourceOf) -> None:
    other = Bot(bot.release, bot.entries, replace(bot.index, source=source_of(bot.index)), bot.parameters, bot._reader, today=bot._today)
    queries = [*read_queries("data/queries.csv")][:150]
    assert [other.ask(query) for query in queries] == [bot.ask(query) for query in queries]
