"""What a bot makes of texts that need no label: its own questions, the same without their entries, and utterances that no help centre answers."""

import numpy as np

from faqbot.errors import QueryError
from faqbot.evaluation.report import Unlabelled
from faqbot.evaluation.run import Grounds, grounds, predict, prediction
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.index import Mask
from faqbot.retrieval.ranking import rank
from faqbot.training.sets import FAR, far_pool, sample

#: Stored questions asked at most.
MOST = 500


def unlabelled(bot: Bot) -> Unlabelled:
    """What the reliability report says without labels; seeded samples, so the same at every call on one day.

    Only entries that are valid today are asked about, and only they are candidates.
    """
    visible = {entry.id for entry in bot.visible()}
    valid = np.array([entry.id in visible for entry in bot.entries])
    stored, removed = [], []
    for i in sample(tuple(np.flatnonzero(valid).tolist()), MOST):
        entry, without = bot.entries[i], valid.copy()
        without[np.concatenate([bot.holding(question) for question in entry.questions])] = False
        try:
            stored.append(prediction(bot, entry.question).grounds)
            removed.append(_grounds_among(bot, entry.question, without))
        except QueryError:
            continue
    return Unlabelled(stored, removed, [p.grounds for p in predict(bot, sample(far_pool(), FAR))])


def _grounds_among(bot: Bot, query: str, allowed: Mask) -> Grounds:
    """What is decided on where only some entries may be candidates, shape (entries,), and none for being the query to the letter."""
    ranking = rank(bot.read(query)[1], bot.index, bot.parameters.ranker, allowed)
    return grounds(bot, ranking, *bot.confidences(ranking))
