"""Answers that messengers cannot show whole."""

from collections.abc import Iterable, Iterator

from faqbot.corpus.answer import parse_answer
from faqbot.corpus.checks.finding import Finding, Kind, Severity, row_of
from faqbot.corpus.render import to_text
from faqbot.domain import FaqEntry

#: Characters of a text message of KakaoTalk, and of the description of a TalkTalk card. What is longer is refused.
MESSAGE = 1000
#: Characters of a KakaoTalk card with buttons. What is longer is cut on the screen.
CARD = 400


def long_answers(entries: Iterable[FaqEntry]) -> Iterator[Finding]:
    """Answers longer than a message, as warnings, and longer than a card, as hints; counted as messengers would show them, in plain text."""
    for entry in entries:
        if len(entry.answer) <= CARD and not entry.answer.startswith("|"):  # plain text is seldom longer than its Markdown
            continue
        length = len(to_text(parse_answer(entry.answer)))
        if length > MESSAGE:
            what = f"답변이 {length:,}자라 카카오톡과 톡톡의 메시지 하나({MESSAGE:,}자)에 들어가지 않습니다."
            yield Finding(Kind.LONG_ANSWER, Severity.WARNING, (row_of(entry),), what, "핵심만 남기고 나머지는 링크로 안내하거나 항목을 나누어 주세요.")
        elif length > CARD:
            what = f"답변이 {length:,}자라 카카오톡 카드({CARD}자)에서는 뒤가 잘려 보입니다."
            yield Finding(Kind.LONG_ANSWER, Severity.HINT, (row_of(entry),), what, "중요한 내용을 앞에 두거나 줄여 주세요.")
