"""How the bot does on labelled bases, with weights that never saw the base, and with weights that did."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from faqbot.corpus import read_labelled_queries
from faqbot.domain import LabelledQuery
from faqbot.evaluation.metrics import by_kind, figures
from faqbot.evaluation.run import judge, predict
from faqbot.korean.reading import Reader
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.parameters import Targets
from faqbot.training.base import Base
from faqbot.training.draws import label_draws
from faqbot.training.prior import Prior, fit_prior
from faqbot.training.sets import far_pool

#: The defaults of settings; figures are for a base of which nothing but the table is known.
TARGETS = Targets(precision=0.90, suggest=0.25)


@dataclass(frozen=True, slots=True)
class Extras:
    """What is measured beside the table alone.

    Attributes:
        pool: utterances that no help centre answers, asked of every set.
        labels: labelled queries of the set that move the prior, 0 for none; the rest is scored.
        draws: of so many labels, seeded.
    """

    pool: tuple[str, ...] = ()
    labels: int = 0
    draws: int = 20


def benchmark(  # noqa: PLR0913  # everything that decides a figure
    sets: Sequence[Base],
    own: Sequence[Base],
    reader: Reader,
    *,
    folders: Sequence[Path],
    out: Path | None,
    extras: Extras = Extras(),
    ranking: Sequence[Base] = (),
) -> Iterator[dict[str, Any]]:
    """One row for each set and each way of fitting: left_out (all sets and own bases but this one) and seen (all).

    Args:
        sets: what is scored.
        own: further bases of the fit. One that is a set as well is not used twice.
        reader: the bases were read with.
        folders: of the sets, for all their queries.
        out: where predictions go, None for nowhere.
        extras: further measurements.
        ranking: bases that only the ranker learns from.
    """
    names = {base.name for base in sets}
    bases = [*sets, *(base for base in own if base.name not in names)]
    seen = fit_prior(bases, ranking)
    for base, folder in zip(sets, folders, strict=True):
        labelled = read_labelled_queries(folder / "queries.csv")
        asked = Bot("", base.entries, base.index, seen.parameters(TARGETS), reader)
        for weights, prior in (("left_out", fit_prior([b for b in bases if b is not base], ranking)), ("seen", seen)):
            bot = asked.with_parameters(prior.parameters(TARGETS))
            row = {"set": base.name, "weights": weights, **_scored(bot, labelled, out / f"{base.name}.{weights}.jsonl" if out else None)}
            if extras.pool:
                row["pool"] = _outcomes(bot, extras.pool)
            if extras.labels:
                row["labels"] = _with_labels(base, prior, extras)
            yield row


def _scored(bot: Bot, labelled: Sequence[LabelledQuery], out: Path | None) -> dict[str, Any]:
    predictions = list(predict(bot, [label.query for label in labelled]))
    judged = [judge(label, prediction) for label, prediction in zip(labelled, predictions, strict=True)]
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(json.dumps(p.to_json(), ensure_ascii=False) + "\n" for p in predictions), encoding="utf-8")
    far = {f"far_{name}": share for name, share in _outcomes(bot, far_pool()).items()}
    right = [j for j in judged if j.in_scope and j.correct and j.outcome == "answer"]
    return {"figures": {**figures(judged), **far, "answered_right": len(right) / max(1, sum(j.in_scope for j in judged))}, "kinds": by_kind(judged)}


def _outcomes(bot: Bot, utterances: Sequence[str]) -> dict[str, float]:
    """Shares of utterances that are answered and that lead to a person."""
    outcomes = [str(p.outcome) for p in predict(bot, utterances)]
    return {outcome: outcomes.count(outcome) / len(outcomes) for outcome in ("answer", "fallback")}


def _with_labels(base: Base, prior: Prior, extras: Extras) -> dict[str, float]:
    """Means over the draws, and the gain of coverage@p90 over the table alone, mean and least."""
    (alone,) = label_draws(base, prior, 0, 1, TARGETS)
    draws = label_draws(base, prior, extras.labels, extras.draws, TARGETS)
    names = ("ece", "ece_excess", "answer_precision", "coverage@p90", "answered", "false_answer")
    means = {name: float(np.mean([draw[name] for draw in draws if draw[name] is not None])) for name in names}
    gains = [float(draw["coverage@p90"] or 0) - float(alone["coverage@p90"] or 0) for draw in draws]
    return {"labels": extras.labels, **means, "gain": float(np.mean(gains)), "least_gain": min(gains)}
