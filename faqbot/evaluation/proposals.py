"""Alternate questions that visitors taught: what they typed before they chose an entry among several, or where several were likely."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from faqbot.evaluation.clusters import Read, group
from faqbot.evaluation.spam import is_gibberish, looks_like_advert
from faqbot.evaluation.wordings import Said, said_key
from faqbot.korean.normalize import normalize
from faqbot.store import Cluster, OfferRow, ReviewKind, Wording

#: Queries from which on a near-tie is proposed that nobody chose from.
NEAR_TIES = 3
#: Share of those who chose anything for a wording that must have chosen the entry.
AGREE = 0.5


def proposals(offers: Sequence[OfferRow], questions: Mapping[str, Collection[str]], read: Read) -> tuple[Cluster, ...]:
    """Clusters of wordings for entries, those that most visitors chose first; the first wording of each is the one to propose.

    A wording goes to the entry that at least half of its visitors chose, else, where NEAR_TIES queries of it were near-ties that nobody chose from, to the
    entry that was ranked first. What is a question of the entry already is not proposed, nor is spam.

    Args:
        offers: what was offered for which query.
        questions: of each entry that there is.
        read: a normalized text as the bot reads it.
    """
    known = {entry: {said_key(question) for question in asked} for entry, asked in questions.items()}
    of_entry: dict[str, list[Wording]] = defaultdict(list)
    for key, said in _said(offers).items():
        for entry, wording in _agreed(key, said):
            if entry in known and key not in known[entry] and not is_gibberish(wording.text) and not looks_like_advert(wording.text):
                of_entry[entry].append(wording)
    found = []
    for entry, members in sorted(of_entry.items()):
        readings = {wording.key: read(wording.text) for wording in members}
        groups = (tuple(sorted(each, key=lambda wording: -wording.picked)) for each in group(members, readings))
        found += [Cluster(ReviewKind.ALTERNATE, entry, each) for each in groups if _is_enough(each)]
    return tuple(sorted(found, key=lambda each: (-sum(wording.picked for wording in each.wordings), -each.total, each.subject, each.wordings[0].key)))


def _said(offers: Sequence[OfferRow]) -> Mapping[str, Mapping[str, Said]]:
    """What was said → entry → what is known of it."""
    said: dict[str, dict[str, Said]] = defaultdict(lambda: defaultdict(Said))
    for offer in offers:
        gathered = said[said_key(offer.text)][offer.entry_id]
        gathered.texts[normalize(offer.text)] += 1
        gathered.asked.append(offer.asked_at)
        gathered.picked += offer.picked
    return said


def _agreed(key: str, said: Mapping[str, Said]) -> list[tuple[str, Wording]]:
    """The entries that a wording may belong to."""
    if not key:
        return []
    picks = Counter({entry: gathered.picked for entry, gathered in said.items() if gathered.picked})
    if not picks:
        entry = max(sorted(said), key=lambda each: len(said[each].asked))
        return [(entry, replace(said[entry].wording(key, 0.0), nearest=entry))]
    shares = {entry: count / picks.total() for entry, count in picks.items()}
    return [(entry, replace(said[entry].wording(key, share), nearest=entry)) for entry, share in sorted(shares.items()) if share >= AGREE]


def _is_enough(members: Sequence[Wording]) -> bool:
    return any(wording.picked for wording in members) or sum(wording.count for wording in members) >= NEAR_TIES
