"""What a bot makes of texts that need no label: its own questions, the same without their entries, and utterances that no help centre answers."""

import numpy as np

from faqbot.errors import QueryError
from faqbot.evaluation.report import Unlabelled
from faqbot.evaluation.run import predict
from faqbot.retrieval.bot import Bot
from faqbot.training.sets import FAR, far_pool, sample

#: Stored questions asked at most.
MOST = 500


def unlabelled(bot: Bot) -> Unlabelled:
    """Confidences for the reliability report; seeded samples, so the same at every call."""
    entries = sample(tuple(range(len(bot.entries))), MOST)
    stored, removed = [], []
    for i in entries:
        entry, without = bot.entries[i], np.ones(len(bot.entries), dtype=np.bool_)
        without[np.concatenate([bot.holding(question) for question in entry.questions])] = False
        try:
            stored.append(bot.ask(entry.question).confidence)
            removed.append(bot.confidence_among(entry.question, without))
        except QueryError:
            continue
    return Unlabelled(stored, removed, [p.confidence for p in predict(bot, sample(far_pool(), FAR))])
