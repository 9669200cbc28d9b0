"""How a query ended, as conditions on its row: each list and count means the same by the same word."""

from sqlalchemy import and_

from faqbot.domain import Outcome, Reason
from faqbot.store.schema import queries

#: A greeting or thanks alone: nothing was asked, so nothing was missed.
NOTHING_ASKED = queries.c.reason == Reason.NOTHING_ASKED.value
#: Something was asked, and nothing was shown.
UNANSWERED = and_(queries.c.outcome == Outcome.FALLBACK.value, queries.c.reason != Reason.NOTHING_ASKED.value)
#: Suggestions of which the visitor wanted none.
REFUSED = and_(queries.c.outcome == Outcome.SUGGEST.value, queries.c.chose_at.is_not(None), queries.c.chosen.is_(None))
