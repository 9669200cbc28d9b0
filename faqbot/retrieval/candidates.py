"""The seam between a query and the rows that become candidates: the index's own postings stand behind it, or a search engine."""

from typing import TYPE_CHECKING, NamedTuple, Protocol

from faqbot.retrieval.lexicon import Floats, Ints
from faqbot.retrieval.postings import top

if TYPE_CHECKING:
    from faqbot.retrieval.index import Index, Mask


class Wanted(NamedTuple):
    """What is asked of a source.

    Attributes:
        ids: the query's terms, ascending from channel to channel.
        weights: one a term.
        border: terms before it belong to questions, the others to entries.
        nominated: rows of either kind at most.
        budget: postings of either kind that count, rarest terms first.
        allowed: mask over entries, shape (entries,); None allows all.
    """

    ids: Ints
    weights: Floats
    border: int
    nominated: int
    budget: int
    allowed: "Mask | None"


class CandidateSource(Protocol):
    """Proposes rows. All sources propose the same ones: among equals at the cut the lower row, and never a row without a term of the query."""

    def nominate(self, index: "Index", wanted: Wanted) -> tuple[Ints, Ints]:
        """The best question rows and the best entries by Σ weight · posting, each ascending; empty where nothing matches."""
        ...


class InProcess:
    """The index's own postings."""

    def nominate(self, index: "Index", wanted: Wanted) -> tuple[Ints, Ints]:
        """As the protocol says."""
        ids, weights, border, nominated, budget, allowed = wanted
        of_questions = index.postings.add_up(ids[:border], weights[:border], len(index.question_lengths), budget)
        of_entries = index.postings.add_up(ids[border:], weights[border:], index.n_entries, budget)
        return _allowed_top(of_questions, nominated, index.entry_of, allowed), _allowed_top(of_entries, nominated, None, allowed)


IN_PROCESS = InProcess()


def _allowed_top(scores: Floats, k: int, entry_of: Ints | None, allowed: "Mask | None") -> Ints:
    """The k best rows whose entries are allowed; the mask is laid over all rows only where one of the best is not."""
    best = top(scores, k)
    if allowed is None or allowed[best if entry_of is None else entry_of[best]].all():
        return best
    return top(scores * (allowed if entry_of is None else allowed[entry_of]), k)
