"""The canary: a few of a bot's own questions, which it must answer before it serves and as long as it is said to be ready."""

from faqbot.domain import FaqEntry
from faqbot.errors import QueryError, ReleaseError
from faqbot.retrieval.bot import Bot

#: Questions that are asked, the first that visitors may see today. One that is found is enough: some consist of nothing that can be searched for.
QUESTIONS = 3
_LISTED = 10


def require_answers(bot: Bot) -> None:
    """Ask the bot its own questions.

    Raises:
        ReleaseError: none of the questions leads to its entry. A bot without entries for today has nothing to show.
    """
    asked = bot.visible()[:QUESTIONS]
    if asked and all(_finds(bot, entry) is False for entry in asked):
        raise ReleaseError(f"릴리스 {bot.release}: 자기 질문({asked[0].id})에 답하지 못합니다. faqbot train 으로 다시 학습하세요.")


def _finds(bot: Bot, entry: FaqEntry) -> bool | None:
    """Whether the entry, or one that shares its question, is among the candidates; None where it cannot be asked."""
    try:
        found = bot.ask(entry.question, _LISTED).candidates
    except QueryError:
        return None
    return any(one.id == entry.id or one.question == entry.question for one in found)
