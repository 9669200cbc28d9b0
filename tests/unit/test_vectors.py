"""An index as a search engine stores it: a vector a row with the terms and weights of the postings that nominate."""

from dataclasses import dataclass

import pytest

from faqbot.korean.analyzer import Analyzer
from faqbot.korean.normalize import normalize
from faqbot.korean.reading import Reader, joined
from faqbot.korean.synonyms import Synonyms
from faqbot.retrieval.index import Index
from faqbot.retrieval.vectors import Vector, count_vectors, vectors
from faqbot.training.fit_index import fit_index

#: Questions and an answer of each entry; the second question of the second entry has no term.
ENTRIES = ((("환불 기간", "돈 언제"), "영업일 사흘"), (("배송 지연", ""), "이틀"), (("회원 탈퇴",), "탈퇴 신청"))
QUESTIONS = 5


@dataclass(frozen=True)
class Stored:
    """An index and its vectors by key."""

    index: Index
    vectors: dict[int, Vector]


@pytest.fixture(scope="module")
def stored(space_analyzer: Analyzer) -> Stored:
    reader = Reader(space_analyzer, Synonyms(()))
    questions = [[reader.stored(normalize(text)) for text in texts] for texts, _ in ENTRIES]
    whole = [joined([*group, reader.stored(normalize(answer))]) for group, (_, answer) in zip(questions, ENTRIES, strict=True)]
    index = fit_index(questions, whole).index
    return Stored(index, {vector.key: vector for vector in vectors(index)})


def test_vectors_come_in_the_order_of_their_keys(stored: Stored) -> None:
    assert list(stored.vectors) == sorted(stored.vectors)


def test_a_row_without_a_term_of_a_channel_that_nominates_has_no_vector(stored: Stored) -> None:
    assert set(stored.vectors) == set(range(QUESTIONS + len(ENTRIES))) - {3}


def test_vectors_are_counted_without_being_made(stored: Stored) -> None:
    assert count_vectors(stored.index) == len(stored.vectors)


def test_a_vector_of_a_question_belongs_to_the_entry_of_its_question(stored: Stored) -> None:
    assert [stored.vectors[key].entry for key in (0, 1, 2, 4)] == [0, 0, 1, 2]


def test_a_vector_behind_the_questions_belongs_to_the_entry_it_is_of(stored: Stored) -> None:
    assert [stored.vectors[QUESTIONS + entry].entry for entry in range(len(ENTRIES))] == [0, 1, 2]


def test_a_vector_holds_the_weights_of_the_postings_to_the_last_bit(stored: Stored) -> None:
    postings, border = stored.index.postings, min(term for key in range(QUESTIONS, QUESTIONS + len(ENTRIES)) for term in stored.vectors[key].terms)
    expected: dict[int, dict[int, float]] = {}
    for term in range(len(postings.indptr) - 1):
        for place in range(postings.indptr[term], postings.indptr[term + 1]):
            key = int(postings.rows[place]) + (QUESTIONS if term >= border else 0)
            expected.setdefault(key, {})[term] = float(postings.weights[place])
    assert {key: vector.terms for key, vector in stored.vectors.items()} == expected


def test_terms_of_questions_come_before_terms_of_entries(stored: Stored) -> None:
    of_questions = {term for key in (0, 1, 2, 4) for term in stored.vectors[key].terms}
    of_entries = {term for entry in range(len(ENTRIES)) for term in stored.vectors[QUESTIONS + entry].terms}
    assert max(of_questions) < min(of_entries)
