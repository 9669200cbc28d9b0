"""What a release made of its labelled queries, kept beside it: other thresholds, and the next release, are judged by it. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from faqbot.domain import Candidate, LabelledQuery, Outcome
from faqbot.evaluation.report import Unlabelled, visible
from faqbot.evaluation.run import Grounds, Prediction, judge
from faqbot.retrieval.decision import Evidence
from faqbot.retrieval.parameters import Thresholds

#: Name of the file in a release; serving never opens it.
FILE = "predictions.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """Labelled queries with one prediction each, in one order, and what was decided on without labels."""

    labelled: tuple[LabelledQuery, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    unlabelled: Unlabelled = Unlabelled()  # noqa: RUF009  # frozen


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the same labelled queries come to at two thresholds: counts, exact.

    Attributes:
        in_scope: queries that an entry answers.
        answered: of them, answered at once.
        right: of those, by the right entry.
        suggested: in scope, candidates shown.
        suggested_right: of those, with the right entry among the three shown.
        to_person: in scope, led to a person.
        out_of_scope: queries that no entry answers.
        caught: of them, not answered at once.
        caught_to_person: of those, led to a person.
    """

    in_scope: int
    answered: int
    right: int
    suggested: int
    suggested_right: int
    to_person: int
    out_of_scope: int
    caught: int
    caught_to_person: int


def what_if(kept: Kept, thresholds: Thresholds) -> WhatIf:
    """Decide on every kept prediction again. All counts are 0 without labelled queries."""
    decided = [(predicted.grounds.outcome(thresholds), judge(label, predicted)) for label, predicted in zip(kept.labelled, kept.predictions, strict=True)]
    inside = [(outcome, judged.rank) for outcome, judged in decided if judged.in_scope]
    outside = [outcome for outcome, judged in decided if not judged.in_scope]
    answers = [rank for outcome, rank in inside if outcome is Outcome.ANSWER]
    suggested = [rank for outcome, rank in inside if outcome is Outcome.SUGGEST]
    return WhatIf(
        in_scope=len(inside),
        answered=len(answers),
        right=sum(rank == 0 for rank in answers),
        suggested=len(suggested),
        suggested_right=sum(rank is not None and rank < 3 for rank in suggested),
        to_person=len(inside) - len(answers) - len(suggested),
        out_of_scope=len(outside),
        caught=sum(outcome is not Outcome.ANSWER for outcome in outside),
        caught_to_person=sum(outcome is Outcome.FALLBACK for outcome in outside),
    )


def to_bytes(kept: Kept) -> bytes:
    """The file."""
    rows = [
        [visible(label.query), sorted(label.faq_ids), label.kind, [candidate.id for candidate in predicted.candidates], *_grounds_row(predicted.grounds)]
        for label, predicted in zip(kept.labelled, kept.predictions, strict=True)
    ]
    without = {name: [_grounds_row(grounds) for grounds in getattr(kept.unlabelled, name)] for name in Unlabelled.__dataclass_fields__}
    return json.dumps({"labelled": rows, "unlabelled": without}, ensure_ascii=True, separators=(",", ":")).encode()


def from_bytes(data: bytes, thresholds: Thresholds) -> Kept:
    """The reverse of to_bytes; outcomes are those of the thresholds. Of candidates only ids are known.

    Raises:
        ValueError, LookupError, TypeError: it is no such file.
    """
    read: Mapping[str, Any] = json.loads(data)
    labelled = tuple(LabelledQuery(query, frozenset(ids), kind) for query, ids, kind, *_ in read["labelled"])
    predictions = tuple(_prediction(query, found, _grounds(row), thresholds) for query, _, _, found, *row in read["labelled"])
    without = {name: tuple(_grounds(row) for row in read["unlabelled"][name]) for name in Unlabelled.__dataclass_fields__}
    return Kept(labelled, predictions, Unlabelled(**without))


def _prediction(query: str, found: Sequence[str], grounds: Grounds, thresholds: Thresholds) -> Prediction:
    candidates = tuple(Candidate(str(i), "", 0.0, 0.0) for i in found)
    return Prediction(query, grounds.outcome(thresholds), grounds.evidence.first, candidates, grounds)


def _grounds_row(grounds: Grounds) -> list[Any]:
    evidence = grounds.evidence
    return [evidence.first, evidence.three, evidence.candidates, evidence.exact, evidence.sharing, int(evidence.covered), list(grounds.category)]


def _grounds(row: Sequence[Any]) -> Grounds:
    first, three, candidates, exact, sharing, covered, category = row
    return Grounds(Evidence(float(first), float(three), int(candidates), int(exact), int(sharing), bool(covered)), tuple(map(str, category)))
