"""Days that are over."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from faqbot.corpus.checks.finding import Finding, Kind, Severity, row_of
from faqbot.corpus.checks.text import statements
from faqbot.corpus.problem import quoted
from faqbot.domain import FaqEntry

_DAY_OF_WEEK = r"(?:\s{0,3}\([월화수목금토일](?:요일)?\))?"
_YEAR = r"(20\d\d)(?:\s{0,3}년|\s{0,3}[.\-/])"
#: Spaces between the parts of a day; any number of them would let a long run be divided in every way.
_GAP = r"\s{0,3}"
#: A day, a month or a year with `까지` behind it.
_UNTIL = re.compile(
    rf"{_YEAR}{_GAP}(?:(\d{{1,2}})(?:{_GAP}월|{_GAP}[.\-/]|(?={_GAP}까지)){_GAP}(?:(\d{{1,2}}){_GAP}[일.]?{_DAY_OF_WEEK})?)?{_GAP}(?:말|밤|자정|\d{{1,2}}(?:시|:\d\d))?{_GAP}까지(?!의|였|{_GAP}이전)"
)
#: The end of a range of days; its year may be that of the beginning.
_RANGE = re.compile(
    rf"{_YEAR}{_GAP}(\d{{1,2}}){_GAP}[월.\-/]{_GAP}(\d{{1,2}}){_GAP}[일.]?{_DAY_OF_WEEK}{_GAP}(?:~|–|부터|-){_GAP}(?:{_YEAR}{_GAP})?(\d{{1,2}}){_GAP}[월.\-/]{_GAP}(\d{{1,2}}){_GAP}[일.]?"
)
#: What ends, so that a range of days is more than a span that some figures were taken from.
_ENDS = re.compile(r"이벤트|행사|프로모션|기간\s*(?:한정|동안|중|내|:)|할인|접수|모집|신청|응모|혜택|무료|면제|지원|운영|휴무|휴가|중단|점검|유효")
#: Sentences about one case or about what was.
_PAST = re.compile(
    r"이라면|인\s*경우|경우,|조회|집계|기여|산정|(?:었|았|했|됐|였|졌)(?:습니다|어요|으며|고|던|지만|는데)|구매확정|발생\s*건|발생하는|까지는\s|기준"
)


def expired(entries: Iterable[FaqEntry], today: date) -> Iterator[Finding]:
    """Enabled entries whose valid days are over, and answers with a deadline that is over."""
    for entry in entries:
        if not entry.enabled:
            continue
        if entry.valid_to and entry.valid_to < today:
            what = f"종료일({entry.valid_to})이 지나 더는 답하지 않습니다."
            yield Finding(Kind.EXPIRED, Severity.WARNING, (row_of(entry),), what, "계속 쓰려면 종료일을 고치고, 아니면 항목을 지워 주세요.")
            continue
        over = [sentence for sentence in statements(entry.answer) if any(day < today for day in deadlines(sentence))]
        if over:
            what = "답변에 적힌 날짜가 지났습니다."
            yield Finding(Kind.EXPIRED, Severity.WARNING, (row_of(entry, quoted(_around(over[0]))),), what, "지금도 맞는 내용인지 확인하고 고쳐 주세요.")


def deadlines(sentence: str) -> Iterator[date]:
    """Last days that a sentence sets; none where it tells what was.

    >>> list(deadlines("할인은 2024.12.31까지입니다.")), list(deadlines("2024년까지는 무료였습니다."))
    ([datetime.date(2024, 12, 31)], [])
    """
    if _PAST.search(sentence):
        return
    for year, month, day in _UNTIL.findall(sentence):
        yield from _last_day(int(year), int(month or 12), int(day or 0))
    if _ENDS.search(sentence):
        for first_year, _, _, year, month, day in _RANGE.findall(sentence):
            yield from _last_day(int(year or first_year), int(month), int(day))


def _last_day(year: int, month: int, day: int) -> Iterator[date]:
    """The day, or the last of the month for day 0; nothing for a day that no calendar has."""
    try:
        yield date(year, month, day) if day else date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return


def _around(sentence: str) -> str:
    """The sentence from shortly before its year on, so that a quotation shows the date."""
    year = re.search(r"20\d\d", sentence)
    return sentence[max(0, year.start() - 10) :] if year else sentence
