"""What stands beside an answer: its neighbours, after what may be the answer too."""

from collections.abc import Sequence

import pytest

from faqbot.domain import Candidate
from faqbot.korean.analyzer import Analyzer
from faqbot.web.catalogue import Catalogue
from faqbot.web.related import LIKELY, MOST, related
from tests.contract.conftest import ENTRIES, serve


@pytest.fixture(scope="module")
def catalogue(space_analyzer: Analyzer) -> Catalogue:
    return Catalogue(serve(ENTRIES, space_analyzer))


def candidates(**confidences: float) -> list[Candidate]:
    return [Candidate(entry_id, "", 0.0, confidence) for entry_id, confidence in confidences.items()]


def ids(catalogue: Catalogue, entry_id: str, found: Sequence[Candidate] = (), shown: frozenset[str] = frozenset()) -> list[str]:
    return [item.id for item in related(catalogue, entry_id, found, shown)]


def test_neighbours_begin_behind_the_entry_so_that_each_leads_to_others(catalogue: Catalogue) -> None:
    assert [ids(catalogue, entry_id) for entry_id in ("refund", "cancel", "fee/a")] == [["cancel", "fee/a"], ["fee/a", "refund"], ["refund", "cancel"]]


def test_an_unlikely_candidate_comes_behind_the_neighbours(catalogue: Catalogue) -> None:
    assert ids(catalogue, "refund", candidates(refund=0.95, late=LIKELY - 0.01)) == ["cancel", "fee/a", "late"]


def test_a_likely_candidate_comes_before_them(catalogue: Catalogue) -> None:
    assert ids(catalogue, "refund", candidates(refund=0.6, late=LIKELY, cancel=0.01)) == ["late", "cancel", "fee/a"]


def test_an_entry_without_neighbours_has_its_candidates(catalogue: Catalogue) -> None:
    assert ids(catalogue, "late") == []
    assert ids(catalogue, "late", candidates(late=0.95, refund=0.01)) == ["refund"]


def test_what_stands_there_already_is_not_shown_twice(catalogue: Catalogue) -> None:
    assert ids(catalogue, "refund", shown=frozenset({"cancel"})) == ["fee/a"]


def test_there_are_only_so_many(catalogue: Catalogue) -> None:
    many = candidates(**{entry.id: 0.01 for entry in ENTRIES if entry.id not in {"old", "soon"}})
    assert len(ids(catalogue, "refund", many)) == MOST
