"""Queries that were not answered, or badly, grouped by what they mean, so that a person reads each need once."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from faqbot.evaluation.spam import LONG, MANY, REPEATS, Spam, has_contact, is_gibberish, looks_like_advert, skeleton
from faqbot.evaluation.stars import stars
from faqbot.evaluation.wordings import wordings
from faqbot.korean.reading import Reading
from faqbot.korean.terms import syllables
from faqbot.store import Cluster, QueryRow, ReviewKind, Wording

#: Least cosine with the wording that stands for a cluster. On eight bases, each query in five wordings: 98 of 100 wordings of a cluster mean the same, and
#: 76 of 100 that mean the same are together; at 0.35 and 0.55 it is 95 and 77, 99 and 75.
SIMILAR = 0.45
#: What a meaning is read from, each worth one half: syllables of the content morphemes as typed, and with synonyms replaced.
_SPACES: tuple[Callable[[Reading], str], ...] = (lambda reading: reading.content, lambda reading: reading.canonical_text)

Read = Callable[[str], Reading]


def cluster(queries: Sequence[QueryRow], read: Read) -> tuple[Cluster, ...]:
    """Clusters of queries, most frequent first, ties by the first query; every query that has letters or signs is in exactly one.

    The same queries give the same clusters. What is denied and what is not are never together ("로그인이 돼요", "로그인이 안 돼요"), nor are spam and questions.

    Args:
        queries: that went wrong.
        read: a normalized text as the bot reads it; called once for each wording, 0.1 to 0.4 ms each, which is most of the time this takes.
    """
    said = wordings(queries).values()
    spam = _spam(said)
    readings = {wording.key: read(wording.text) for wording in said if spam[wording.key] != Spam.GIBBERISH}
    blocks: dict[str, list[Wording]] = {}
    for wording in said:
        blocks.setdefault(spam[wording.key], []).append(wording)
    found = []
    for why, members in blocks.items():
        groups = [_by_count(members)] if why == Spam.GIBBERISH else group(members, readings)
        found += [Cluster(ReviewKind.UNANSWERED, "", tuple(each), why) for each in groups]
    return tuple(sorted(found, key=lambda each: (-each.total, min(wording.asked[0] for wording in each.wordings), each.wordings[0].key)))


def group(members: Sequence[Wording], readings: Mapping[str, Reading]) -> list[list[Wording]]:
    """Wordings that mean the same, in each group the one that stands for it first, then the others by how often they were said.

    Args:
        members: wordings.
        readings: by key of the wording.
    """
    sides = ([each for each in members if readings[each.key].negated is negated] for negated in (False, True))
    return [found for side in sides if side for found in _group(side, readings)]


def _group(members: Sequence[Wording], readings: Mapping[str, Reading]) -> list[list[Wording]]:
    same: dict[tuple[str, ...], list[Wording]] = {}
    for wording in members:
        same.setdefault(tuple(_glued(readings[wording.key], space) for space in _SPACES), []).append(wording)
    sets = list(same.values())
    counts = np.array([sum(wording.count for wording in each) for each in sets], dtype=np.float64)
    leaders = stars(_vectors([readings[each[0].key] for each in sets]), counts, SIMILAR).tolist()
    groups: dict[int, list[Wording]] = {}
    for place in sorted(range(len(sets)), key=lambda place: (leaders[place] != place, place)):
        groups.setdefault(leaders[place], []).extend(_by_count(sets[place]))
    return [[each[0], *_by_count(each[1:])] for _, each in sorted(groups.items())]


def _vectors(readings: Sequence[Reading]) -> Any:
    """Rows of length 1, one a reading; shape (readings, terms)."""
    spaces = []
    for space in _SPACES:
        vectorizer = TfidfVectorizer(analyzer=lambda reading, space=space: syllables(_glued(reading, space), 1, 2), dtype=np.float32)
        spaces.append(vectorizer.fit_transform(readings))
    return sparse.hstack(spaces).tocsr() * np.float32(np.sqrt(1 / len(spaces)))


def _glued(reading: Reading, space: Callable[[Reading], str]) -> str:
    """What a space sees of a reading; the letters themselves where it has no content."""
    return space(reading) or reading.raw or reading.text


def _by_count(members: Sequence[Wording]) -> list[Wording]:
    return sorted(members, key=lambda wording: (-wording.count, wording.asked[0], wording.key))


def _spam(said: Collection[Wording]) -> Mapping[str, str]:
    """Why each wording looks like spam, "" where it does not, by key. Templates are seen only where all wordings are."""
    skeletons = Counter(skeleton(wording.text) for wording in said if has_contact(wording.text))
    return {wording.key: _why(wording, skeletons) for wording in said}


def _why(wording: Wording, skeletons: Mapping[str, int]) -> str:
    if is_gibberish(wording.text):
        return Spam.GIBBERISH.value
    if looks_like_advert(wording.text):
        return Spam.ADVERT.value
    is_template = has_contact(wording.text) and skeletons[skeleton(wording.text)] >= REPEATS
    is_repeated = len(wording.text) >= LONG and wording.count >= MANY
    return Spam.REPEATED.value if is_template or is_repeated else ""
