"""The learning loop of one site: what went wrong, what was decided on it, votes dealt with, and counts. Each method is one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta, tzinfo

from sqlalchemy import Connection, Engine, and_, delete, insert, select, update

from faqbot.store import figures, inbox, review_queue, review_refresh, review_rows
from faqbot.store.engine import alone, reading
from faqbot.store.records import FeedbackReason, Vote
from faqbot.store.review_records import (
    Cluster,
    DayFigures,
    Decision,
    FeedbackItem,
    Figures,
    Landing,
    OfferRow,
    QueryRow,
    Refreshed,
    ReviewItem,
    ReviewKind,
    ReviewOrder,
    ReviewState,
    StoredWording,
    Undone,
    Usage,
)
from faqbot.store.schema import review_items, review_runs, review_wordings

#: Without news the queue is refreshed all the same after this long: trends are counted back from then.
OLD = timedelta(days=1)
#: Before anything was ever asked.
_FIRST = datetime(1970, 1, 2, tzinfo=UTC)


class Review:
    """The review queue, the feedback inbox and the figures of one site.

    Every method may raise StoreError: the database failed, nothing was stored. No row of another site is seen or changed.
    """

    def __init__(self, engine: Engine, site: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._site = site
        self._clock = clock

    # What the clustering reads

    def troubled(self) -> tuple[QueryRow, ...]:
        """Queries without an answer, with one that was voted against, or with suggestions that were all refused; oldest first."""
        with reading(self._engine) as connection:
            return tuple(review_rows.troubled(connection, self._site))

    def offers(self) -> tuple[OfferRow, ...]:
        """Queries for which a visitor chose among entries, and those where several were likely and nothing was chosen; oldest first."""
        with reading(self._engine) as connection:
            return tuple(review_rows.offers(connection, self._site))

    def has_news(self, release: str) -> bool:
        """Whether a refresh would change anything: something was asked, chosen or voted since the last one or ever, another release serves, or it is OLD."""
        with reading(self._engine) as connection:
            row = connection.execute(select(review_runs).where(review_runs.c.site == self._site)).one_or_none()
            if row is None:
                return review_rows.anything_since(connection, self._site, _FIRST)
            if row.refreshed_at is None or row.release != release or self._clock() - row.refreshed_at >= OLD:
                return True
            return review_rows.anything_since(connection, self._site, row.refreshed_at)

    def refreshed_at(self) -> datetime | None:
        """When the queue was refreshed last; None for never."""
        with reading(self._engine) as connection:
            return connection.execute(select(review_runs.c.refreshed_at).where(review_runs.c.site == self._site)).scalar_one_or_none()

    # The queue

    def refresh(self, clusters: Sequence[Cluster], kinds: Iterable[ReviewKind], release: str, since: datetime) -> Refreshed:
        """Make the queue say what the clusters say. Items keep their ids and whatever was decided; those that nobody decided on and that no query belongs to go.

        Args:
            clusters: all there are of these kinds; no wording is in two clusters of one kind and subject.
            kinds: items of other kinds are left alone.
            release: that serves.
            since: when the queries were read: what comes later is news.
        """
        chosen = [kind.value for kind in kinds]
        while True:
            with reading(self._engine) as connection:
                changes, stored = self._changes(connection), review_refresh.load(connection, self._site)
            todo = review_refresh.plan(stored, clusters, chosen, self._clock())
            with self._alone() as connection:
                if self._changes(connection) == changes:  # else somebody decided meanwhile
                    done = review_refresh.write(connection, self._site, stored, todo)
                    self._note(connection, refreshed_at=since, release=release)
                    return done

    def page(
        self,
        state: ReviewState | None,
        order: ReviewOrder = ReviewOrder.FREQUENT,
        limit: int = 50,
        offset: int = 0,
        *,
        kind: ReviewKind = ReviewKind.UNANSWERED,
    ) -> tuple[ReviewItem, ...]:
        """Items of a state, or all for None. What looks like spam and nobody decided on is among the spam, not among the new."""
        with reading(self._engine) as connection:
            return review_queue.page(connection, self._site, kind, state, order, (limit, offset))

    def items(self, ids: Sequence[int]) -> tuple[ReviewItem, ...]:
        """Those that there are, in the order of the ids."""
        with reading(self._engine) as connection:
            return review_queue.find(connection, self._site, ids)

    def wordings(self, item_id: int, limit: int = 1000) -> tuple[StoredWording, ...]:
        """Distinct texts of an item, most frequent first; none where there is no such item."""
        with reading(self._engine) as connection:
            return review_queue.wordings(connection, self._site, item_id, limit)

    def counts(self, kind: ReviewKind = ReviewKind.UNANSWERED) -> Mapping[ReviewState, int]:
        """How many items each state has, as `page` lists them."""
        with reading(self._engine) as connection:
            return review_queue.counts(connection, self._site, kind)

    def decide(self, ids: Sequence[int], state: ReviewState, actor: str, landing: Landing | None = None, entries: Mapping[int, str] | None = None) -> Decision:
        """Put items into a state, all or none.

        Args:
            ids: of the items.
            state: theirs from now on.
            actor: who.
            landing: what came of it.
            entries: id of an item → the entry where this one landed, where they landed at several.

        Raises:
            MissingRecordError: one of them is not there.
            StoreError: there are none.
        """
        with self._alone() as connection:
            made = review_queue.decide(connection, self._site, ids, (state, landing, entries or {}), (actor, self._clock()))
            self._note(connection)
            return made

    def undo(self, decision_id: int, actor: str) -> Undone:
        """Take a decision back; items that were decided on again stay.

        Raises:
            MissingRecordError: there is no such decision.
            StoreError: it was taken back before (code "conflict").
        """
        with self._alone() as connection:
            done = review_queue.undo(connection, self._site, decision_id, (actor, self._clock()))
            self._note(connection)
            return done

    def decisions(self, limit: int = 50, offset: int = 0) -> tuple[Decision, ...]:
        """The latest first, those taken back too."""
        with reading(self._engine) as connection:
            return review_queue.decisions(connection, self._site, limit, offset)

    def decision(self, decision_id: int) -> Decision | None:
        """The decision of that id; None where there is none."""
        with reading(self._engine) as connection:
            return review_queue.find_decision(connection, self._site, decision_id)

    def forget(self, than: datetime) -> None:
        """Let go of texts whose last query is older than a moment: nothing that a visitor typed is kept longer in the queue than among the queries.

        Of items that were decided on, the decision stays and goes on to hold for these texts.
        """
        old = and_(review_wordings.c.site == self._site, review_wordings.c.last_seen < than)
        is_open = review_wordings.c.item_id.in_(
            select(review_items.c.id).where(review_items.c.site == self._site, review_items.c.state == ReviewState.NEW.value)
        )
        with self._alone() as connection:
            gone = connection.execute(delete(review_wordings).where(old, is_open)).rowcount
            connection.execute(update(review_wordings).where(old, review_wordings.c.text != "").values(text="", count=0, picked=0))
            is_empty = review_items.c.id.not_in(select(review_wordings.c.item_id).where(review_wordings.c.site == self._site))
            is_new = and_(review_items.c.site == self._site, review_items.c.state == ReviewState.NEW.value)
            connection.execute(delete(review_items).where(is_new, is_empty))
            self._note(connection, **({"release": None} if gone else {}))  # figures of items that are left have to be counted anew

    # Feedback

    def feedback_inbox(
        self, vote: Vote | None = None, reason: FeedbackReason | None = None, handled: bool | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[FeedbackItem, ...]:
        """Votes with their queries, those against first, then the latest first; None for any."""
        with reading(self._engine) as connection:
            return inbox.page(connection, self._site, inbox.Wanted(vote, reason, handled), limit, offset)

    def feedback_count(self, vote: Vote | None = None, reason: FeedbackReason | None = None, handled: bool | None = None) -> int:
        """How many the inbox has of them."""
        with reading(self._engine) as connection:
            return inbox.count(connection, self._site, inbox.Wanted(vote, reason, handled))

    def feedback_item(self, feedback_id: int) -> FeedbackItem | None:
        """The vote of that id with its query; None where there is none."""
        with reading(self._engine) as connection:
            return inbox.find(connection, self._site, feedback_id)

    def mark_feedback(self, ids: Sequence[int], actor: str, *, handled: bool = True) -> None:
        """Write down that votes were dealt with, or with `handled=False` that they were not; a vote that a visitor changes later is to be dealt with again.

        Raises:
            MissingRecordError: one of them is not there; nothing is changed.
        """
        with self._alone() as connection:
            inbox.mark(connection, self._site, ids, (actor, self._clock()), handled=handled)

    # Figures

    def figures(self, since: datetime, until: datetime) -> Figures:
        """Counts of what came at `since` or later and before `until`."""
        with reading(self._engine) as connection:
            return figures.figures(connection, self._site, since, until)

    def daily(self, first: date, last: date, zone: tzinfo) -> tuple[DayFigures, ...]:
        """Counts of each day from the first to the last, in the zone; none where the last is before the first."""
        with reading(self._engine) as connection:
            return figures.daily(connection, self._site, (first, last), zone)

    def usage(self, since: datetime, until: datetime) -> Mapping[str, Usage]:
        """What happened to each entry; one that was neither shown, chosen nor voted on is not there."""
        with reading(self._engine) as connection:
            return figures.usage(connection, self._site, since, until)

    def _alone(self) -> AbstractContextManager[Connection]:
        return alone(self._engine, f"review {self._site}")

    def _changes(self, connection: Connection) -> int:
        found = connection.execute(select(review_runs.c.changes).where(review_runs.c.site == self._site)).scalar_one_or_none()
        return found or 0

    def _note(self, connection: Connection, **values: object) -> None:
        """That the queue changed, so that a refresh that was planned before plans anew."""
        changed = update(review_runs).where(review_runs.c.site == self._site).values(changes=review_runs.c.changes + 1, **values)
        if not connection.execute(changed).rowcount:
            connection.execute(insert(review_runs).values(site=self._site, changes=1, **values))
