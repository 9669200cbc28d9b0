"""The canary: a few of a bot's own questions, which it must answer before it serves and as long as it is said to be ready."""

import math

from faqbot.domain import FaqEntry
from faqbot.errors import QueryError, ReleaseError
from faqbot.retrieval.bot import Bot

#: Questions that are asked, the first that visitors may see today. One that is found is enough: some consist of nothing that can be searched for.
QUESTIONS = 3
_LISTED = 10
#: Makes another query of a question: what was learned plays no part in the confidence of one that is met to the letter.
_OTHERWISE = " 궁금해요"


def require_answers(bot: Bot) -> None:
    """Ask the bot its own questions.

    Raises:
        ReleaseError: a confidence is no probability, or none of the questions leads to its entry. A bot without entries for today has nothing to show.
    """
    asked = bot.visible()[:QUESTIONS]
    if asked and all(_finds(bot, entry) is False for entry in asked):
        raise ReleaseError(f"릴리스 {bot.release}: 자기 질문({asked[0].id})에 답하지 못합니다. faqbot train 으로 다시 학습하세요.")


def _finds(bot: Bot, entry: FaqEntry) -> bool | None:
    """Whether the entry is among the candidates of its question, or could not be because so many share it; None where it cannot be asked.

    Raises:
        ReleaseError: a confidence is no probability.
    """
    try:
        reply, asked = bot.ask(entry.question, _LISTED), bot.ask(entry.question + _OTHERWISE, _LISTED)
    except QueryError:
        return None
    if not all(math.isfinite(number) and 0 <= number <= 1 for one in (reply, asked) for number in (one.confidence, *(c.confidence for c in one.candidates))):
        raise ReleaseError(f"릴리스 {bot.release}: 신뢰도가 확률이 아닙니다. faqbot train 으로 다시 학습하세요.")
    return any(one.id == entry.id for one in reply.candidates) or len(reply.candidates) == _LISTED
