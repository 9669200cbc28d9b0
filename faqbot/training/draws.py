"""How much labels help: random draws of a base's labelled queries move the prior, and the rest is scored."""

import random
from dataclasses import dataclass, replace

from faqbot.evaluation.metrics import Judged, figures
from faqbot.evaluation.run import LISTED, Grounds
from faqbot.retrieval.decision import Evidence
from faqbot.retrieval.lexicon import Floats
from faqbot.retrieval.parameters import Parameters, Targets
from faqbot.training.base import Base, Search
from faqbot.training.prior import Example, Prior, example, examples, ranked
from faqbot.training.refit import calibrate


@dataclass(frozen=True, slots=True)
class RankedQuery:
    """A labelled query ordered by a ranker, to be judged by any calibration and thresholds.

    Attributes:
        example: what the calibration learns from it; None without candidates.
        grounds: of the decision, but for the two probabilities.
        rank: 0-based, of the first right candidate among LISTED; None when there is none.
        in_scope: whether any entry answers it.
    """

    example: Example | None
    grounds: Grounds
    rank: int | None
    in_scope: bool

    def judged(self, parameters: Parameters) -> Judged:
        """What calibration and thresholds make of it, as in the bot; the ranker is not asked again."""
        first, three = (model.probability(self.example.features) if self.example else 0.0 for model in (parameters.first, parameters.three))
        evidence = replace(self.grounds.evidence, first=first, three=max(first, three))
        return Judged(first, self.rank, self.in_scope, replace(self.grounds, evidence=evidence).outcome(parameters.thresholds))


def rank_queries(base: Base, weights: Floats) -> list[RankedQuery]:
    """The labelled queries of a base in their order, each ranked once.

    What the bot does to questions as such is left out: one that is typed to the letter, and one that several entries share, are judged as any other.
    """
    return [_ranked(search, base, weights) for search in base.searches]


def _ranked(search: Search, base: Base, weights: Floats) -> RankedQuery:
    ranking = ranked(search, weights)
    order = ranking.entries[:LISTED].tolist()
    evidence = Evidence(first=0.0, three=0.0, candidates=len(ranking), exact=0, sharing=1, covered=ranking.covered)
    grounds = Grounds(evidence, base.entries[order[0]].category if order else ())
    return RankedQuery(example(search, ranking), grounds, next((i for i, entry in enumerate(order) if entry in search.right), None), bool(search.right))


def label_draws(base: Base, prior: Prior, labels: int, draws: int, targets: Targets) -> list[dict[str, float | int | None]]:
    """Figures of the queries that were not drawn, one dict a draw; see `evaluation.metrics.figures`.

    Args:
        base: with labelled searches, more than `labels` of them.
        prior: fitted without the base, where the figures are to hold for a new one.
        labels: drawn in each draw, in and out of scope as they come; 0 scores the prior alone.
        draws: seeded, so the same at every call.
        targets: of the thresholds.
    """
    queries, far = rank_queries(base, prior.ranker), examples(base.far, prior.ranker)
    found = []
    for draw in range(draws):
        order = random.Random(draw).sample(range(len(queries)), len(queries))  # noqa: S311  # a draw, not a secret
        drawn, rest = sorted(order[:labels]), sorted(order[labels:])
        parameters = calibrate(prior, [learned for i in drawn if (learned := queries[i].example) is not None], targets, far)
        found.append(figures([queries[i].judged(parameters) for i in rest]))
    return found
