"""What a figure draws of judged replies: reliability, risk against coverage, histograms. Pure, JSON-able."""

from collections.abc import Sequence
from typing import Any

from faqbot.evaluation.intervals import clopper_pearson
from faqbot.evaluation.metrics import BINS, Judged

#: Bars of a histogram, each 1 / BARS wide.
BARS = 20
#: Points of the risk–coverage curve at most; more are not to be told apart on paper.
POINTS = 100


def reliability(judged: Sequence[Judged]) -> list[dict[str, float | int]]:
    """Up to BINS bins of equal count by rising confidence, each with its mean confidence and the share that was right within its 95 % interval.

    Replies of one confidence stay in one bin, so bins may differ in size and some may be missing; no replies, no bins.
    """
    ordered = sorted(judged, key=lambda j: j.confidence)
    bins, start = [], 0
    for b in range(BINS):
        end = (b + 1) * len(ordered) // BINS
        while start < end < len(ordered) and ordered[end].confidence == ordered[end - 1].confidence:
            end += 1
        if end > start:
            bins.append(_bin(ordered[start:end]))
            start = end
    return bins


def _bin(part: Sequence[Judged]) -> dict[str, float | int]:
    n, right = len(part), sum(j.correct for j in part)
    lower, upper = clopper_pearson(right, n)
    return {
        "from": part[0].confidence,
        "to": part[-1].confidence,
        "confidence": min(1.0, sum(j.confidence for j in part) / n),
        "n": n,
        "right": right,
        "accuracy": right / n,
        "lower": lower,
        "upper": upper,
    }


def risk_coverage(judged: Sequence[Judged], answer: float) -> dict[str, Any]:
    """What answering everything from a confidence on would lead to, for falling confidences.

    Returns:
        points: at most POINTS, each with the lowest confidence answered, the share of all queries answered, the risk (share of wrong ones among the
        answers) and the share of in-scope queries answered rightly (None without any). in_use: the same down to the threshold `answer`; None where
        no confidence reaches it. Where not all queries have the same threshold, `operating_point` tells where the bot is.
    """
    ordered = sorted(judged, key=lambda j: -j.confidence)
    in_scope = sum(j.in_scope for j in ordered)
    points, right = [], 0
    for n, j in enumerate(ordered, 1):
        right += j.correct
        if n == len(ordered) or ordered[n].confidence != j.confidence:
            share = right / in_scope if in_scope else None
            points.append({"confidence": j.confidence, "answered": n / len(ordered), "risk": 1 - right / n, "right_in_scope": share})
    last = len(points) - 1
    kept = sorted({round(i * last / (POINTS - 1)) for i in range(POINTS)}) if points else []
    return {"points": [points[i] for i in kept], "in_use": operating_point(judged, [j.confidence >= answer for j in judged])}


def operating_point(judged: Sequence[Judged], answered: Sequence[bool]) -> dict[str, float | None] | None:
    """A point as on the risk–coverage curve, for the queries that are answered, whichever they are; beside the curve where those are not the most confident.

    Args:
        judged: all replies.
        answered: whether each is answered, in the same order.

    Returns:
        None where nothing is answered.
    """
    answers = [j for j, is_answered in zip(judged, answered, strict=True) if is_answered]
    if not answers:
        return None
    right, in_scope = sum(j.correct for j in answers), sum(j.in_scope for j in judged)
    return {
        "confidence": min(j.confidence for j in answers),
        "answered": len(answers) / len(judged),
        "risk": 1 - right / len(answers),
        "right_in_scope": right / in_scope if in_scope else None,
    }


def histogram(confidences: Sequence[float]) -> list[int]:
    """How many fall into each of BARS equal parts of 0..1; the last holds 1 itself.

    >>> histogram([0.0, 0.04, 0.05, 1.0])[:3]
    [2, 1, 0]
    """
    counts = [0] * BARS
    for confidence in confidences:
        counts[min(int(confidence * BARS), BARS - 1)] += 1
    return counts
