"""Judged replies → the reliability report of a release, as JSON-able data. Pure; `report_page` makes a page of it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from faqbot.domain import LabelledQuery, Outcome
from faqbot.evaluation.curves import histogram, operating_point, reliability, risk_coverage
from faqbot.evaluation.intervals import clopper_pearson, clopper_pearson_lower
from faqbot.evaluation.metrics import Judged, by_kind, figures, share
from faqbot.evaluation.run import Grounds, Prediction, judge
from faqbot.retrieval.parameters import Thresholds

#: Of the data's shape; counted up when a name changes or goes.
FORMAT = 1
#: Answer thresholds that are tried beside the one in use.
TRIED = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)
#: Failures listed of each sort at most.
FAILURES = 30
#: A wrong reply from this confidence on is a failure worth reading: the bot held it likelier than not.
CONFIDENT = 0.5
#: Labelled queries from which the report's figures are worth their name: a share is then known to within ten points.
RECOMMENDED = 100
#: Characters of a text that a list of failures shows.
_SHOWN = 200
#: The kind of out-of-scope query that no help centre answers; all other out-of-scope queries are near ones.
_FAR = "oos_far"
#: What the shares among the figures are shares of, for their intervals.
_SHARE_OF = {
    **dict.fromkeys(("hit@1", "hit@3", "hit@5", "answered", "helped"), "in_scope"),
    **dict.fromkeys(("false_answer", "fallback_out"), "out_of_scope"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported on.

    Attributes:
        site: name of the help centre.
        release: id.
        created: when the release was made.
        questions: entry id → question of every entry it holds.
        target_precision: what the answer threshold aims at, 0..1.
        thresholds: in use.
        cross_fitted: whether every labelled query was answered by a bot that was calibrated without it.
    """

    site: str
    release: str
    created: datetime
    questions: Mapping[str, str]
    target_precision: float
    thresholds: Thresholds
    cross_fitted: bool = True


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """What is decided on for utterances that need no label; each may be empty.

    Attributes:
        stored: questions of the table, asked as they are.
        removed: the same while their own entry is no candidate: out of scope, and as near as can be.
        far: utterances that no help centre answers.
    """

    stored: Sequence[Grounds] = ()
    removed: Sequence[Grounds] = ()
    far: Sequence[Grounds] = ()


_NOTHING = Unlabelled()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A labelled query with its prediction, judged."""

    label: LabelledQuery
    predicted: Prediction
    judged: Judged

    def outcome(self, thresholds: Thresholds) -> Outcome:
        """What the bot does at these thresholds."""
        return self.predicted.grounds.outcome(thresholds)


def report(subject: Subject, labelled: Sequence[LabelledQuery], predictions: Sequence[Prediction], unlabelled: Unlabelled = _NOTHING) -> dict[str, Any]:
    """Everything the report says, in plain JSON types.

    Args:
        subject: what is reported on.
        labelled: queries with their entries; none needed.
        predictions: one a query, in the same order.
        unlabelled: what can be said without labels.

    Returns:
        Without labelled queries `measured` is False, figures are 0 or None, and the lists made of them are empty. Shares and confidences are 0..1.
    """
    thresholds = subject.thresholds
    asked = [_Asked(label, predicted, judge(label, predicted)) for label, predicted in zip(labelled, predictions, strict=True)]
    judged = [a.judged for a in asked]
    answers = _precision([j.correct for j in judged if j.outcome is Outcome.ANSWER])
    found = figures(judged)
    return {
        "format": FORMAT,
        "site": visible(subject.site),
        "release": visible(subject.release),
        "created": subject.created.astimezone(UTC).isoformat(timespec="seconds"),
        "entries": len(subject.questions),
        "labelled": len(asked),
        "recommended": RECOMMENDED,
        "measured": bool(asked),
        "cross_fitted": subject.cross_fitted,
        "target_precision": subject.target_precision,
        "thresholds": asdict(thresholds) | {"in_category": tuple((visible(name), answer) for name, answer in thresholds.in_category)},
        "verdict": _verdict(answers, subject.target_precision),
        "answers": answers,
        "figures": found,
        "intervals": _intervals(found, answers),
        "kinds": _kinds(judged),
        "reliability": reliability(judged),
        "risk_coverage": {
            **risk_coverage(judged, thresholds.answer),
            "in_use": operating_point(judged, [a.outcome(thresholds) is Outcome.ANSWER for a in asked]),
        },
        "histograms": _histograms(asked, unlabelled, thresholds),
        "what_if": [_what_if(asked, t, thresholds) for t in _tried(thresholds.answer)] if asked else [],
        "what_if_unlabelled": [_what_if_unlabelled(unlabelled, t, thresholds) for t in _tried(thresholds.answer)] if unlabelled != _NOTHING else [],
        "failures": {"wrong": _wrong(asked, subject.questions), "withheld": _withheld(asked, subject.questions)},
    }


def _precision(correct: Sequence[bool]) -> dict[str, Any]:
    """Answers, right ones, their share (None without answers) and its one-sided 95 % lower bound."""
    n, right = len(correct), sum(correct)
    return {"n": n, "right": right, "precision": right / n if n else None, "lower": clopper_pearson_lower(right, n)}


def _verdict(answers: Mapping[str, Any], target: float) -> str:
    """`reached` with 95 % certainty, `likely` where the share does but its lower bound does not, `missed`, or `unknown` without answers."""
    if not answers["n"]:
        return "unknown"
    return "reached" if answers["lower"] >= target else "likely" if answers["precision"] >= target else "missed"


def _intervals(found: Mapping[str, float | int | None], answers: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """The two-sided 95 % interval of every figure that is a share of counted things and has any."""
    sizes = {name: int(found[whole] or 0) for name, whole in _SHARE_OF.items()} | {"answer_precision": int(answers["n"])}
    return {name: clopper_pearson(round(value * n), n) for name, n in sizes.items() if (value := found[name]) is not None}


def _kinds(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Figures of each kind, kinds in alphabetical order, then those of queries without one as kind "" ."""
    rest = [j for j in judged if not j.kind]
    kinds = by_kind(judged) | ({"": figures(rest)} if rest else {})
    return [{"kind": visible(kind), "n": int(found["in_scope"] or 0) + int(found["out_of_scope"] or 0), **found} for kind, found in kinds.items()]


def _histograms(asked: Sequence[_Asked], unlabelled: Unlabelled, thresholds: Thresholds) -> list[dict[str, Any]]:
    """Those that hold anything: in scope right and wrong, stored questions, near out of scope, removed, far out of scope."""
    outside = [a for a in asked if not a.judged.in_scope]
    groups = {
        "right": [a.predicted.grounds for a in asked if a.judged.in_scope and a.judged.correct],
        "wrong": [a.predicted.grounds for a in asked if a.judged.in_scope and not a.judged.correct],
        "stored": unlabelled.stored,
        "near": [a.predicted.grounds for a in outside if a.judged.kind != _FAR],
        "removed": unlabelled.removed,
        "far": [*(a.predicted.grounds for a in outside if a.judged.kind == _FAR), *unlabelled.far],
    }
    return [
        {"name": name, "n": len(members), "counts": histogram([member.evidence.first for member in members]), "answered": _answered(members, thresholds)}
        for name, members in groups.items()
        if members
    ]


def _answered(members: Sequence[Grounds], thresholds: Thresholds) -> float | None:
    """Share that is answered, None of none."""
    return _share_of(Outcome.ANSWER, [member.outcome(thresholds) for member in members])


def _tried(in_use: float) -> list[float]:
    return sorted({*TRIED, in_use})


def _what_if(asked: Sequence[_Asked], threshold: float, in_use: Thresholds) -> dict[str, Any]:
    """What the same queries would come to at another general answer threshold, while categories with one of their own keep it.

    Shares of in-scope, out-of-scope or all queries, None without any.
    """
    outcomes = [a.outcome(replace(in_use, answer=threshold)) for a in asked]
    inside = [outcome for a, outcome in zip(asked, outcomes, strict=True) if a.label.in_scope]
    outside = [outcome for a, outcome in zip(asked, outcomes, strict=True) if not a.label.in_scope]
    return {
        "threshold": threshold,
        "in_use": threshold == in_use.answer,
        "answers": _precision([a.judged.correct for a, outcome in zip(asked, outcomes, strict=True) if outcome is Outcome.ANSWER]),
        "answered": _share_of(Outcome.ANSWER, inside),
        "suggested": _share_of(Outcome.SUGGEST, inside),
        "false_answer": _share_of(Outcome.ANSWER, outside),
        "to_person": _share_of(Outcome.FALLBACK, outcomes),
        "to_person_in_scope": _share_of(Outcome.FALLBACK, inside),
    }


def _share_of(outcome: Outcome, outcomes: Sequence[Outcome]) -> float | None:
    return share([found is outcome for found in outcomes])


def _what_if_unlabelled(unlabelled: Unlabelled, threshold: float, in_use: Thresholds) -> dict[str, Any]:
    """Share of each sort that another general answer threshold would answer, None without any; categories as in `_what_if`."""
    groups = {"stored": unlabelled.stored, "removed": unlabelled.removed, "far": unlabelled.far}
    shares = {name: _answered(members, replace(in_use, answer=threshold)) for name, members in groups.items()}
    return {"threshold": threshold, "in_use": threshold == in_use.answer, **shares}


def _wrong(asked: Sequence[_Asked], questions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Wrong ones that were answered or held likelier than not, most confident first."""
    failed = [a for a in asked if not a.judged.correct and (a.judged.outcome is Outcome.ANSWER or a.judged.confidence >= CONFIDENT)]
    return [_failure(a, questions) for a in sorted(failed, key=lambda a: -a.judged.confidence)[:FAILURES]]


def _withheld(asked: Sequence[_Asked], questions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Right ones among the first three that led to a person all the same: right first ones before others, then most confident first."""
    failed = [(a.judged.rank, a) for a in asked if a.judged.outcome is Outcome.FALLBACK and a.judged.rank is not None and a.judged.rank < 3]
    return [_failure(a, questions) for _, a in sorted(failed, key=lambda found: (found[0], -found[1].judged.confidence))[:FAILURES]]


def _failure(asked: _Asked, questions: Mapping[str, str]) -> dict[str, Any]:
    first = next(iter(asked.predicted.candidates), None)
    return {
        "query": visible(asked.label.query),
        "kind": visible(asked.label.kind),
        "in_scope": asked.label.in_scope,
        "expected": [_entry(i, questions.get(i, "")) for i in sorted(asked.label.faq_ids)],
        "given": _entry(first.id, questions.get(first.id, first.question)) if first else None,
        "rank": asked.judged.rank,
        "confidence": round(asked.judged.confidence, 4),
        "outcome": str(asked.judged.outcome),
    }


def _entry(entry_id: str, question: str) -> dict[str, str]:
    return {"id": visible(entry_id), "question": visible(question)}


def visible(text: str) -> str:
    r"""The text as a list can show it: at most _SHOWN characters, with a sign for each that no file may hold (control characters, halves of a pair).

    >>> visible("환불\x00은요?")
    '환불�은요?'
    """
    shown = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text[: _SHOWN + 1])
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
