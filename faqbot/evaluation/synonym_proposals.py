"""Words of unanswered queries that no entry knows, and words of the base that may mean the same. Only ever proposed: most of them are wrong."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from faqbot.evaluation.clusters import Read
from faqbot.evaluation.wordings import hashed
from faqbot.korean.neighbours import Item, nearness
from faqbot.store import Cluster, ReviewKind, Wording

#: Words of the base proposed for one word, and queries from which on a word is looked at.
MOST, QUERIES = 2, 2
#: How much nearer than their neighbours two words must be to each other. With made-up words of two bases, half of what is above is worth a look.
NEARER = 0.04
#: Neighbours that a word is compared with: rare words are near to everything in this model, and say nothing by it.
NEIGHBOURS = 10

_NOUNS = frozenset({"NNG", "NNP"})
Floats = npt.NDArray[np.float64]


def synonym_proposals(clusters: Iterable[Cluster], questions: Iterable[str], read: Read, knows: Callable[[str], bool]) -> tuple[Cluster, ...]:
    """Clusters of one wording: the word of the base; the subject is the word that visitors said. Those asked for most first.

    Args:
        clusters: of unanswered queries.
        questions: of the entries, normalized.
        read: a normalized text as the bot reads it.
        knows: whether an entry holds a term (`패스워드/NNG`), in a question or in its answer.
    """
    asked = _unknown(clusters, read, knows)
    base = sorted({item for question in questions for item in read(question).items if _is_word(item)})
    if not asked or len(base) <= NEIGHBOURS:
        return ()
    hubs: dict[int, float] = {}

    def hub(place: int) -> float:
        """How near a word of the base is to the words around it."""
        if place not in hubs:
            hubs[place] = _around(_near(base[place], [item for item in base if item != base[place]]))
        return hubs[place]

    found = []
    for word, moments in asked.items():
        near = _near(word, base)
        around = _around(near)
        nearer = {place: float(2 * near[place] - around - hub(place)) for place in np.argsort(-near, kind="stable")[: 2 * NEIGHBOURS].tolist()}
        best = sorted((place for place in nearer if nearer[place] >= NEARER), key=lambda place: (-nearer[place], place))[:MOST]
        found += [_cluster(word[0], base[place][0], moments, float(near[place])) for place in best]
    return tuple(sorted(found, key=lambda each: (-each.total, each.subject, -each.wordings[0].closeness)))


def _unknown(clusters: Iterable[Cluster], read: Read, knows: Callable[[str], bool]) -> dict[Item, Sequence[datetime]]:
    """Nouns that no entry knows, that no synonym stands in for and that the model knows, with when they were asked for."""
    asked: dict[Item, list[datetime]] = defaultdict(list)
    for wording in (wording for cluster in clusters if not cluster.spam for wording in cluster.wordings):
        reading = read(wording.text)
        for item in {item for item in reading.items if _is_word(item) and item[0] in reading.canonical}:
            if not knows("/".join(item)):
                asked[item] += wording.asked
    return {item: sorted(moments) for item, moments in asked.items() if len(moments) >= QUERIES}


def _is_word(item: Item) -> bool:
    form, tag = item
    return tag in _NOUNS and len(form) > 1 and nearness(item, item) is not None


def _near(word: Item, others: Sequence[Item]) -> Floats:
    return np.array([nearness(word, other) or 0.0 for other in others])


def _around(near: Floats) -> float:
    return float(np.sort(near)[-NEIGHBOURS:].mean())


def _cluster(said: str, known: str, moments: Sequence[datetime], closeness: float) -> Cluster:
    return Cluster(ReviewKind.SYNONYM, said, (Wording(hashed(known), known, tuple(moments), closeness=closeness),))
