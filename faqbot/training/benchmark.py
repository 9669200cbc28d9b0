"""How the bot does on labelled bases, with weights that never saw the base, and with weights that did."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from faqbot.corpus import read_labelled_queries
from faqbot.domain import LabelledQuery
from faqbot.evaluation.metrics import by_kind, figures
from faqbot.evaluation.run import judge, predict
from faqbot.korean.reading import Reader
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.parameters import Targets
from faqbot.training.base import Base
from faqbot.training.prior import fit_prior
from faqbot.training.sets import far_pool

#: The defaults of settings; figures are for a base of which nothing but the table is known.
TARGETS = Targets(precision=0.90, suggest=0.30)


def benchmark(sets: Sequence[Base], own: Sequence[Base], reader: Reader, *, folders: Sequence[Path], out: Path | None) -> Iterator[dict[str, Any]]:
    """One row for each set and each way of fitting: left_out (all sets and own bases but this one) and seen (all).

    Args:
        sets: what is scored.
        own: further bases of the fit. One that is a set as well is not used twice.
        reader: the bases were read with.
        folders: of the sets, for all their queries.
        out: where predictions go, None for nowhere.
    """
    names = {base.name for base in sets}
    bases = [*sets, *(base for base in own if base.name not in names)]
    seen = fit_prior(bases)
    for base, folder in zip(sets, folders, strict=True):
        labelled = read_labelled_queries(folder / "queries.csv")
        for weights, prior in (("left_out", fit_prior([b for b in bases if b is not base])), ("seen", seen)):
            bot = Bot("", base.entries, base.index, prior.parameters(TARGETS), reader)
            yield {"set": base.name, "weights": weights, **_scored(bot, labelled, out / f"{base.name}.{weights}.jsonl" if out else None)}


def _scored(bot: Bot, labelled: Sequence[LabelledQuery], out: Path | None) -> dict[str, Any]:
    predictions = list(predict(bot, [label.query for label in labelled]))
    judged = [judge(label, prediction) for label, prediction in zip(labelled, predictions, strict=True)]
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("".join(json.dumps(p.to_json(), ensure_ascii=False) + "\n" for p in predictions), encoding="utf-8")
    far = [str(p.outcome) for p in predict(bot, far_pool())]
    shares = {"far_answer": far.count("answer") / len(far), "far_fallback": far.count("fallback") / len(far)}
    return {"figures": figures(judged) | shares, "kinds": by_kind(judged)}
