"""Candidates from an engine outside the process: the same rows as the index's own postings would propose, or those where it cannot be trusted in time."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from faqbot.errors import EngineError
from faqbot.retrieval.candidates import IN_PROCESS, Wanted
from faqbot.retrieval.contents import Contents
from faqbot.retrieval.index import NOMINATED, Index, Mask
from faqbot.retrieval.lexicon import Floats, Ints
from faqbot.retrieval.milvus import MOST, Found
from faqbot.retrieval.release import Release

#: Raised with every change of what a collection holds.
FORMAT = 1
#: Seconds that a query waits for the engine, all its searches together.
PATIENCE = 0.3
#: Rows asked for beyond those wanted: the engine adds up in single precision, and rows that tie at the cut have to be seen.
SPARE = 12
#: How many times more are asked for where those did not do.
GROWTH = 8
#: Entries that a filter names at most; where more are allowed, enough of them are among the best.
NAMED = 4_096
#: Relative difference between the engine's scores and ours that single precision explains.
TOLERANCE = 2e-5


@dataclass(frozen=True, slots=True)
class Collection:
    """What the engine has to hold for a release.

    Attributes:
        name: of the collection, by site and release.
        about: digest of the weights, written into it.
        site: whose release it is.
        release: id.
    """

    name: str
    about: str
    site: str
    release: str


class Connection(Protocol):
    """How an engine is reached: `search` as in Milvus; None while it cannot be."""

    def search(
        self, collection: Collection, vectors: Sequence[Mapping[int, float]], limit: int, entries: Sequence[int] | None, timeout: float
    ) -> list[Found] | None:
        """Rows for each vector; None where the index's own postings have to do."""
        ...

    def distrust(self, collection: Collection, error: EngineError) -> None:
        """Ask it no more until the collection was looked at again."""
        ...


def collection_prefix(site: str) -> str:
    """How the names of a site's collections begin; Milvus knows letters, digits and underscores, and names of sites have no underscore."""
    return f"faqbot_{site.replace('-', '_')}_"


def collection_of(site: str, release: Release) -> Collection:
    """The collection of a release."""
    digests = [release.manifest["files"][f"{name}.npy"] for name in ("posting_rows", "posting_weights", "posting_bounds", "question_starts")]
    digest = hashlib.sha256(repr((FORMAT, digests)).encode()).hexdigest()[:16]
    return Collection(f"{collection_prefix(site)}{release.id}", f"faqbot {FORMAT} {digest}", site, release.id)


def with_engine(release: Release, site: str, connection: Connection) -> Release:
    """The same release with candidates from the engine."""
    return replace(release, index=replace(release.index, source=EngineSource(collection_of(site, release), connection)))


@dataclass(frozen=True, slots=True)
class EngineSource:
    """A source that asks an engine and checks what it says: scores are computed anew, and rows are only taken where no other can belong to the best."""

    collection: Collection
    connection: Connection

    def nominate(self, index: Index, wanted: Wanted) -> tuple[Ints, Ints]:
        """As CandidateSource says; from the index's own postings where the engine is down, late, or would need too many rows."""
        return self.ask(index, wanted, PATIENCE) or IN_PROCESS.nominate(index, wanted)

    def ask(self, index: Index, wanted: Wanted, patience: float) -> tuple[Ints, Ints] | None:
        """The engine's rows, None where it could not say in `patience` seconds."""
        ids, weights, border = wanted.ids, wanted.weights, wanted.border
        parts = [_Part.of(index, ids[:border], weights[:border], wanted.budget, of_questions=True)]
        parts.append(_Part.of(index, ids[border:], weights[border:], wanted.budget, of_questions=False))
        best: list[Ints | None] = [None if len(part.ids) else np.empty(0, dtype=np.int64) for part in parts]
        entries = None
        if wanted.allowed is not None and int(wanted.allowed.sum()) <= NAMED:
            entries = np.flatnonzero(wanted.allowed).tolist()
            if not entries:
                return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        limit, until = min(MOST, wanted.nominated + SPARE), time.monotonic() + patience
        while missing := [place for place, rows in enumerate(best) if rows is None]:
            left = until - time.monotonic()
            found = self.connection.search(self.collection, [parts[i].vector for i in missing], limit, entries, left) if left > 0 else None
            if found is None:
                return None
            try:
                for place, (keys, scores) in zip(missing, found, strict=True):
                    best[place] = parts[place].best(keys, scores, limit, wanted)
            except EngineError as error:
                self.connection.distrust(self.collection, error)
                return None
            if limit == MOST and any(rows is None for rows in best):
                return None
            limit = min(MOST, limit * GROWTH)
        return best[0], best[1]  # type: ignore[return-value]  # none is missing


@dataclass(frozen=True, slots=True)
class _Part:
    """The half of a query over one kind of rows.

    Attributes:
        ids: terms within the budget, in the order of the query.
        weights: one a term.
        contents: of the rows.
        first: key of row 0.
        entry_of: entry of each row; None where rows are entries.
    """

    ids: Ints
    weights: Floats
    contents: Contents
    first: int
    entry_of: Ints | None

    @classmethod
    def of(cls, index: Index, ids: Ints, weights: Floats, budget: int, *, of_questions: bool) -> "_Part":
        """The terms that the index's own postings would add up."""
        taken = index.postings.within(ids, budget)
        if of_questions:
            return cls(ids[taken], weights[taken], index.in_questions, 0, index.entry_of)
        return cls(ids[taken], weights[taken], index.in_entries, len(index.question_lengths), None)

    @property
    def vector(self) -> dict[int, float]:
        """For the engine."""
        return dict(zip(self.ids.tolist(), self.weights.tolist(), strict=True))

    def best(self, keys: Ints, scores: Floats, limit: int, wanted: Wanted) -> Ints | None:
        """The best rows, ascending; None where a row that the engine did not name may be as good.

        Args:
            keys: as the engine found them.
            scores: its own.
            limit: how many it was asked for; fewer are all that there are.
            wanted: how many are wanted, and of which entries.

        Raises:
            EngineError: `differs`: the engine holds other rows or weights than this release.
        """
        rows = keys - self.first
        if len(rows) and not 0 <= rows.min() <= rows.max() < self.contents.n_rows:
            raise _differs()
        exact = self.sums(rows)
        if (np.abs(exact - scores) > TOLERANCE * exact).any():
            raise _differs()
        floor = float(scores.min(initial=np.inf)) * (1 + 2 * TOLERANCE) if len(rows) >= limit else 0.0
        keep = exact > 0.0
        if wanted.allowed is not None:
            keep &= _allowed(wanted.allowed, rows, self.entry_of)
        rows, exact = rows[keep], exact[keep]
        order = np.lexsort((rows, -exact))[: wanted.nominated]
        if floor and (len(order) < wanted.nominated or exact[order[-1]] <= floor):
            return None
        return np.sort(rows[order])

    def sums(self, rows: Ints) -> Floats:
        """Σ weight · posting of each row, added up in the order of the query's terms: equal to the last bit to what the index's own give."""
        n = self.contents.n_channels
        starts, ends = self.contents.bounds[rows * n], self.contents.bounds[(rows + 1) * n]
        if not len(rows):
            return np.zeros(0)
        held = np.concatenate([np.arange(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        terms, weights = self.contents.terms[held], self.contents.weights[held]
        sorter = np.argsort(self.ids)
        places = sorter[np.minimum(np.searchsorted(self.ids, terms, sorter=sorter), len(self.ids) - 1)]
        asked = (self.ids[places] == terms).nonzero()[0]
        asked = asked[np.argsort(places[asked], kind="stable")]
        row = np.repeat(np.arange(len(rows)), ends - starts)[asked]
        return np.asarray(np.bincount(row, weights[asked] * self.weights[places[asked]], minlength=len(rows)), dtype=np.float64)


def _allowed(allowed: Mask, rows: Ints, entry_of: Ints | None) -> Any:
    return allowed[rows if entry_of is None else entry_of[rows]]


def _differs() -> EngineError:
    return EngineError("후보 엔진의 점수가 이 릴리스의 것과 다릅니다. faqbot engine 으로 다시 올리세요.", code="differs")


def different_rows(index: Index, source: EngineSource, patience: float, probes: int = 40) -> int:
    """How many of the stored questions, taken evenly, do not find the same rows by the engine as by the index's own postings.

    Raises:
        EngineError: `differs`: the engine could not say.
    """
    different = 0
    for row in np.unique(np.linspace(0, len(index.question_lengths) - 1, probes).astype(np.int64)).tolist():
        wanted = _stored(index, row)
        found = source.ask(index, wanted, patience)
        if found is None:
            raise _differs()
        different += any((a.tolist() != b.tolist()) for a, b in zip(found, IN_PROCESS.nominate(index, wanted), strict=True))
    return different


def _stored(index: Index, row: int) -> Wanted:
    """A stored question and its entry as a query, with every posting counted."""
    parts = []
    for contents, place in ((index.in_questions, row), (index.in_entries, int(index.entry_of[row]))):
        n = contents.n_channels
        terms = contents.terms[contents.bounds[place * n] : contents.bounds[(place + 1) * n]].astype(np.int64)
        parts.append(terms[index.postings.indptr[terms + 1] > index.postings.indptr[terms]])
    ids = np.concatenate(parts)
    return Wanted(ids, 1.0 / np.arange(2, len(ids) + 2), len(parts[0]), NOMINATED, len(index.postings.rows), None)
