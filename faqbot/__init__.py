"""faqbot finds the FAQ entry that answers a Korean query, with a confidence that is a true probability.

>>> from faqbot import FaqEntry
>>> FaqEntry(id="1", question="환불은 며칠 걸리나요?", answer="영업일 3일이요.").questions
('환불은 며칠 걸리나요?',)
"""

from pathlib import Path
from typing import TYPE_CHECKING

from faqbot.domain import Candidate as Candidate
from faqbot.domain import FaqEntry as FaqEntry
from faqbot.domain import Interpretation as Interpretation
from faqbot.domain import LabelledQuery as LabelledQuery
from faqbot.domain import Level as Level
from faqbot.domain import Outcome as Outcome
from faqbot.domain import Reason as Reason
from faqbot.domain import Reply as Reply
from faqbot.errors import FaqbotError as FaqbotError

if TYPE_CHECKING:
    from faqbot.retrieval.bot import Bot as Bot

__version__ = "0.1.0"


def load(models: str | Path = "models/", site: str = "default") -> "Bot":
    """The bot of the published release; a later release needs another call.

    Args:
        models: the folder `faqbot train` wrote to.
        site: the help centre.

    Raises:
        ReleaseError: none is published, or it is damaged or made by another analyzer.
    """
    from faqbot.korean.analyzer import KiwiAnalyzer  # noqa: PLC0415  # numpy and Kiwi load when a bot is wanted, not when faqbot is imported
    from faqbot.retrieval.live import LiveRelease  # noqa: PLC0415

    return LiveRelease(Path(models) / site, KiwiAnalyzer).serving.bot
