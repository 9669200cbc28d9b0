"""Lines that sell instead of answering."""

import re
from collections.abc import Iterable, Iterator

from faqbot.corpus.checks.finding import Finding, Kind, Severity, row_of
from faqbot.corpus.checks.text import sentences
from faqbot.corpus.problem import quoted
from faqbot.domain import FaqEntry

#: What no answer says unless it sells.
_PLAIN = re.compile(
    r"놓치지\s*마|서두르세요|(?:업계|국내|전국)\s*최(?:저가|고\s*(?:혜택|수준|의\s*(?:혜택|서비스)))|최저가\s*보장|마감\s*임박|선착순\s*마감\s*임박|파격(?:\s|적인?\s)*(?:할인|혜택|특가)|역대급|단\s*하루"
    r"|지금\s*바로\s*[^.!?]{0,24}(?:만나\s*보세요|경험해\s*보세요|누려\s*보세요|받아\s*가세요|상담\s*받으세요|문의\s*주세요|구독하세요)"
    r"|(?:풍성한|다양한|특별한|놀라운)\s*(?:혜택|이벤트|할인)[^.!?]{0,16}(?:만나|누려|누리|받아)\s*(?:보세요|가세요|세요)"
    r"|(?:좋아요|구독)[^.!?]{0,10}(?:구독|좋아요|알림\s*설정)[^.!?]{0,12}(?:눌러|부탁|꾹)|무료\s*상담\s*(?:받|신청하)(?:으)?세요|100%\s*(?:만족|환불)\s*보장"
    r"|^\s*[\[(]\s*광고\s*[\])]|(?:쿠팡|제휴)\s*파트너스\s*활동"
)
#: Signs that shout; one of them beside a number to call is an advert.
_SHOUT = re.compile(r"[★☆♥❤🔥💥🎉🎁👉]{2,}|!{3,}|[★☆🔥💥🎉🎁]\s*[^.!?]{0,40}(?:특가|할인|세일|SALE|sale|혜택)")


def adverts(entries: Iterable[FaqEntry]) -> Iterator[Finding]:
    """Sentences of answers that are worded like an advert, one finding an entry."""
    for entry in entries:
        found = [sentence for sentence in sentences(entry.answer) if _PLAIN.search(sentence) or _SHOUT.search(sentence)]
        if found:
            yield Finding(
                Kind.ADVERT,
                Severity.WARNING,
                (row_of(entry, " / ".join(map(quoted, found))),),
                "광고처럼 보이는 문장이 있습니다.",
                "질문에 답하는 데 필요하지 않으면 지워 주세요.",
            )
