"""What of the draft waits for a training, and what the last one made of it: said where questions are accepted."""

from typing import NamedTuple

from faqbot.corpus.draft import Additions, DraftTable, additions
from faqbot.errors import ReleaseError
from faqbot.evaluation.gate import GateReport, Won
from faqbot.store import Job
from faqbot.training.jobs import log_file, running
from faqbot.training.source import published_table
from faqbot.web.desk.visit import DeskVisit
from faqbot.web.desk.working import current_or_none, draft_of, site_of

#: Releases that are looked through for the one of the draft.
_RELEASES = 20


class Waiting(NamedTuple):
    """What waits.

    Attributes:
        words: what was added, "" for nothing.
        job: what runs now, None for nothing.
        release: id of the release that was trained from the draft as it stands, "" for none.
        won: what that makes of the accepted queries, None where it was not asked.
    """

    words: str
    job: Job | None
    release: str
    won: Won | None


def waiting(visit: DeskVisit) -> Waiting | None:
    """What the draft holds beyond the release that serves; None where there is no draft, nothing was added, or nothing serves that can be read."""
    drafts = visit.store.drafts
    head = next((each for each in drafts.versions(1) if each.is_head), None) or drafts.head()
    if head is None:
        return None
    try:
        words = said(additions(published_table(site_of(visit)) or DraftTable(), draft_of(visit).table))
    except ReleaseError:
        return None
    if not words:
        return None
    current = current_or_none(visit)
    trained = next((each for each in drafts.releases(_RELEASES) if each.made.version_id == head.id and each.release != current), None)
    report = GateReport.from_json(trained.made.gate) if trained and trained.made.gate else None
    return Waiting(words, running(drafts, log_file(visit.settings)), trained.release if trained else "", report.accepted if report else None)


def said(found: Additions) -> str:
    """What was added, in words; "" for nothing.

    >>> said(Additions(12, 0, 1, 0))
    '다른 질문 12개, 시험 질문 1개'
    """
    counts = (("다른 질문", found.questions), ("새 FAQ", found.entries), ("시험 질문", found.queries), ("유의어", found.synonyms))
    return ", ".join(f"{name} {count:,}개" for name, count in counts if count)
