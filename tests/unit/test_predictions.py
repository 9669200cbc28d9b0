"""Predictions that are kept: other thresholds are counted on them, exactly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faqbot.domain import Candidate, LabelledQuery, Outcome
from faqbot.evaluation.predictions import Kept, WhatIf, from_bytes, to_bytes, what_if
from faqbot.evaluation.report import Unlabelled
from faqbot.evaluation.run import Grounds, Prediction, judge
from faqbot.retrieval.decision import Evidence
from faqbot.retrieval.parameters import Thresholds

PROBABILITIES = st.floats(0, 1)
GROUNDS = st.builds(
    lambda first, three, n, exact, sharing, covered, category: Grounds(Evidence(first, max(first, three), n, exact, sharing, covered), category),
    PROBABILITIES,
    PROBABILITIES,
    st.integers(1, 10),
    st.integers(0, 2),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from([(), ("결제",), ("결제", "환불")]),
) | st.just(Grounds())
ASKED = st.tuples(st.frozensets(st.sampled_from("abc"), max_size=2), st.lists(st.sampled_from("abc"), max_size=3, unique=True), GROUNDS)
THRESHOLDS = st.builds(Thresholds, PROBABILITIES, PROBABILITIES, st.sampled_from([(), (("결제", 0.95),)]))


def kept(asked: list[tuple[frozenset[str], list[str], Grounds]], thresholds: Thresholds) -> Kept:
    labelled = tuple(LabelledQuery(f"질의 {i}", ids, "typo") for i, (ids, _, _) in enumerate(asked))
    predictions = tuple(
        Prediction(f"질의 {i}", grounds.outcome(thresholds), grounds.evidence.first, tuple(Candidate(c, "", 0.0, 0.0) for c in found), grounds)
        for i, (_, found, grounds) in enumerate(asked)
    )
    return Kept(labelled, predictions, Unlabelled(tuple(grounds for _, _, grounds in asked)))


@given(st.lists(ASKED, max_size=5), THRESHOLDS)
def test_predictions_are_the_same_after_they_were_a_file(asked: list, thresholds: Thresholds) -> None:
    before = kept(asked, thresholds)
    assert from_bytes(to_bytes(before), thresholds) == before


@given(st.lists(ASKED, max_size=8), THRESHOLDS, THRESHOLDS)
def test_counts_are_those_of_deciding_anew(asked: list, used: Thresholds, tried: Thresholds) -> None:
    counts = what_if(from_bytes(to_bytes(kept(asked, used)), used), tried)
    anew = kept(asked, tried)
    judged = [judge(label, predicted) for label, predicted in zip(anew.labelled, anew.predictions, strict=True)]
    inside, outside = [j for j in judged if j.in_scope], [j for j in judged if not j.in_scope]
    assert counts == WhatIf(
        in_scope=len(inside),
        answered=sum(j.outcome is Outcome.ANSWER for j in inside),
        right=sum(j.outcome is Outcome.ANSWER and j.correct for j in inside),
        suggested=sum(j.outcome is Outcome.SUGGEST for j in inside),
        suggested_right=sum(j.outcome is Outcome.SUGGEST and j.helped for j in inside),
        to_person=sum(j.outcome is Outcome.FALLBACK for j in inside),
        out_of_scope=len(outside),
        caught=sum(j.outcome is not Outcome.ANSWER for j in outside),
        caught_to_person=sum(j.outcome is Outcome.FALLBACK for j in outside),
    )


def test_without_labelled_queries_all_counts_are_zero() -> None:
    assert what_if(Kept(), Thresholds(0.8, 0.3)) == WhatIf(0, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", json.dumps({"labelled": [[1]], "unlabelled": {}}).encode()])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        from_bytes(data, Thresholds(0.8, 0.3))
