"""What looks wrong in a FAQ table as a whole, from its text alone."""

from collections.abc import Iterable
from datetime import date
from itertools import chain

from faqbot.corpus.checks.adverts import adverts
from faqbot.corpus.checks.disagreements import disagreements
from faqbot.corpus.checks.expired import expired
from faqbot.corpus.checks.finding import Finding as Finding
from faqbot.corpus.checks.finding import Kind as Kind
from faqbot.corpus.checks.finding import Row as Row
from faqbot.corpus.checks.finding import Severity as Severity
from faqbot.corpus.checks.finding import in_order as in_order
from faqbot.corpus.checks.finding import row_of as row_of
from faqbot.corpus.checks.lengths import long_answers
from faqbot.corpus.checks.links import links
from faqbot.corpus.checks.lone_categories import lone_categories
from faqbot.corpus.checks.same_answers import same_answers
from faqbot.domain import FaqEntry


def checks(entries: Iterable[FaqEntry], today: date) -> tuple[Finding, ...]:
    """All findings that need no index, by kind and then in table order; none for an empty table.

    Args:
        entries: the table. Of disabled entries only what they would do once enabled again is left out.
        today: the day that dates are compared with.

    >>> entry = FaqEntry("a", "환불은요?", "[신청]() 하세요.")
    >>> [(finding.kind.value, finding.severity.value) for finding in checks([entry], date(2026, 3, 2))]
    [('bad_link', 'error')]
    """
    table = tuple(entry for entry in entries if entry.enabled)
    found = chain(links(table), disagreements(table), expired(table, today), adverts(table), long_answers(table), same_answers(table), lone_categories(table))
    return in_order(found, table)
