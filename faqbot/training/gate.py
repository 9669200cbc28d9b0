"""The checks a release must pass to be published: it loads, its digests hold, and it answers its own questions."""

from pathlib import Path

from faqbot.domain import Outcome
from faqbot.errors import GateError, QueryError
from faqbot.korean.analyzer import Analyzer
from faqbot.retrieval.bot import Bot
from faqbot.retrieval.release import load_release

#: Questions asked of a new release, spread over the table.
CANARIES = 100


def check(folder: Path, analyzer: Analyzer) -> Bot:
    """Open a release as serving would and ask it its own questions.

    Raises:
        ReleaseError: it does not load.
        GateError: a stored question typed exactly does not lead to its entry.
    """
    release = load_release(folder)
    bot = release.bot(analyzer)
    visible = [entry for entry in bot.visible() if entry.questions]
    step = max(1, len(visible) // CANARIES)
    for entry in visible[::step]:
        try:
            explanation = bot.explain(entry.question)
        except QueryError:
            continue  # a question longer than a query may be can only be reached by other words
        found = [bot.entries[position].id for position in explanation.ranking.entries.tolist()]
        if explanation.reply.outcome is Outcome.FALLBACK or entry.id not in found:
            raise GateError(
                f"릴리스 {release.id}: 저장된 질문 {entry.question!r}을(를) 그대로 물어도 {entry.id} 답을 찾지 못합니다. 공개하지 않았습니다. 문제를 알려 주세요."
            )
    return bot
