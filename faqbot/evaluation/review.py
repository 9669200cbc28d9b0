"""The learning loop: what visitors asked → what a person is asked to decide. Everything it finds goes to the store's review queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from faqbot.errors import QueryError
from faqbot.evaluation.clusters import Read, cluster
from faqbot.evaluation.proposals import proposals
from faqbot.evaluation.synonym_proposals import synonym_proposals
from faqbot.korean.normalize import MAX_NORMALIZED, normalize
from faqbot.korean.reading import Reading
from faqbot.retrieval.bot import Bot
from faqbot.store import Cluster, Refreshed, Review, ReviewKind

#: Clusters whose first wording is asked again, the most frequent first: 3 ms each.
ASKED_AGAIN = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What a refresh did. `queries` went wrong; `unanswered`, `alternates` and `synonyms` are how many clusters there are now of each kind."""

    queries: int
    unanswered: int
    alternates: int
    synonyms: int
    refreshed: Refreshed


def refresh(review: Review, bot: Bot, read: Read, now: datetime) -> Found:
    """Cluster anew all that is kept, and bring the queue up to date.

    Args:
        review: the queue, and what it is made of.
        bot: of the release that serves.
        read: a normalized text as this bot reads it, without putting its spelling right.
        now: the moment; what is asked later is news.
    """
    queries, offers = review.troubled(), review.offers()
    read_once = _remembering(read)
    unanswered = asked_again(cluster(queries, read_once), bot)
    questions = {entry.id: entry.questions for entry in bot.entries}
    alternates = proposals(offers, questions, read_once)
    of_base = [normalize(question) for asked in questions.values() for question in asked]
    lexicon = bot.index.lexicon
    synonyms = synonym_proposals(unanswered, of_base, read_once, lambda term: any(lexicon.knows(channel, term) for channel in ("coverage", "entry_nouns")))
    done = review.refresh([*unanswered, *alternates, *synonyms], tuple(ReviewKind), bot.release, now)
    return Found(len(queries), len(unanswered), len(alternates), len(synonyms), done)


def asked_again(clusters: Sequence[Cluster], bot: Bot) -> tuple[Cluster, ...]:
    """The clusters with what the bot makes now of the wording that stands for each: a query that went wrong last month may be answered today."""
    again, rest = [each for each in clusters if not each.spam][:ASKED_AGAIN], {}
    for each in again:
        first = each.wordings[0]
        try:
            reply = bot.ask(first.text, limit=1)
        except QueryError:  # what is stored may be longer than a query, where labels stand for what was masked
            continue
        nearest = reply.candidates[0].id if reply.candidates else None
        renewed = replace(first, nearest=nearest, closeness=reply.confidence, now=reply.outcome)
        rest[first.key] = replace(each, wordings=(renewed, *each.wordings[1:]))
    return tuple(rest.get(each.wordings[0].key, each) for each in clusters)


def _remembering(read: Read) -> Callable[[str], Reading]:
    """Reads each text once; one that is longer than a query is read from its beginning."""
    readings: dict[str, Reading] = {}

    def remembered(text: str) -> Reading:
        if text not in readings:
            readings[text] = read(text[:MAX_NORMALIZED])
        return readings[text]

    return remembered
