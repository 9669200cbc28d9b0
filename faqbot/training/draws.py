"""How much labels help: random draws of a base's labelled queries move the prior, and the rest is scored."""

import random
from collections.abc import Sequence

from faqbot.evaluation.metrics import Judged, figures
from faqbot.evaluation.run import LISTED
from faqbot.retrieval.confidence import confidence_features
from faqbot.retrieval.decision import Evidence, decide
from faqbot.retrieval.parameters import Parameters, Targets
from faqbot.training.base import Base, Search
from faqbot.training.prior import Prior, ranked
from faqbot.training.refit import refit


def label_draws(base: Base, prior: Prior, labels: int, draws: int, targets: Targets) -> list[dict[str, float | int | None]]:
    """Figures of the queries that were not drawn, one dict a draw; see `evaluation.metrics.figures`.

    Args:
        base: with labelled searches, more than `labels` of them.
        prior: fitted without the base, where the figures are to hold for a new one.
        labels: drawn in each draw, in and out of scope as they come; 0 scores the prior alone.
        draws: seeded, so the same at every call.
        targets: of the thresholds.
    """
    found = []
    for draw in range(draws):
        order = random.Random(draw).sample(range(len(base.searches)), len(base.searches))  # noqa: S311  # a draw, not a secret
        drawn, rest = sorted(order[:labels]), sorted(order[labels:])
        parameters = refit(prior, [base.searches[i] for i in drawn], targets, base.far)
        found.append(figures(judge_searches([base.searches[i] for i in rest], parameters)))
    return found


def judge_searches(searches: Sequence[Search], parameters: Parameters) -> list[Judged]:
    """What confidence and thresholds make of searched queries; stored questions typed to the letter are not treated apart."""
    judged = []
    for search in searches:
        ranking = ranked(search, parameters.ranker)
        order = ranking.entries[:LISTED].tolist()
        features = confidence_features(ranking, search.index) if order else None
        first, three = (model.probability(features) if features is not None else 0.0 for model in (parameters.first, parameters.three))
        outcome, _ = decide(Evidence(first, three, len(ranking), exact=0, sharing=1, covered=ranking.covered), parameters.thresholds)
        judged.append(Judged(first, next((i for i, entry in enumerate(order) if entry in search.right), None), bool(search.right), outcome))
    return judged
