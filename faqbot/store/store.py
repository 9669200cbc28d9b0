"""The store of one site: each method is one transaction, and what it returned is on disk."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Engine, delete, false

from faqbot.errors import StoreError
from faqbot.store import asked, feedback, notices, queries, retention
from faqbot.store.accounts import Accounts
from faqbot.store.asked import AskedQuery, AskedWanted
from faqbot.store.audit import Audit
from faqbot.store.cipher import Cipher
from faqbot.store.drafts import Drafts
from faqbot.store.engine import BUSY_TIMEOUT, empty_wal, make_engine, reading, together, use_wal, writing
from faqbot.store.inquiries import Inquiries, Kind
from faqbot.store.migrations import upgrade
from faqbot.store.records import (
    AttachedFile,
    Attachment,
    Feedback,
    FeedbackReason,
    Inquiry,
    InquiryState,
    Message,
    NewFeedback,
    NewInquiry,
    NewNotice,
    Notice,
    Purged,
    QueryRecord,
    Receipt,
    Retention,
    StoredQuery,
    Vote,
)
from faqbot.store.releases import Releases
from faqbot.store.retention import FEEDBACK, INQUIRIES, QUERIES, UPLOADS, UPLOADS_WAIT, Expiring
from faqbot.store.review import Review
from faqbot.store.schema import notices as notice_table


class Store:
    """What visitors asked, chose, voted and wrote on one site. Usable by several threads, and after a fork by parent and child.

    Every method may raise StoreError: the database failed, nothing was stored. No row of another site is seen or changed.
    Texts of queries and feedback are masked by the caller; inquiries and messages are encrypted here.
    """

    def __init__(self, engine: Engine, inquiries: Inquiries, clock: Callable[[], datetime], *, shares_releases: bool = False) -> None:
        self._engine = engine
        self._site = inquiries.site
        self._inquiries = inquiries
        self._clock = clock
        self.accounts = Accounts(engine, inquiries.site, clock)
        self.audit = Audit(engine, inquiries.site, clock)
        self.drafts = Drafts(engine, inquiries.site, clock)
        self.releases = Releases(engine, self.drafts, self.audit, clock, is_shared=shares_releases)
        self.review = Review(engine, inquiries.site, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back all connections. The store may be used again; it then opens new ones."""
        self._engine.dispose()

    def together(self) -> AbstractContextManager[None]:
        """A block in which everything that is read and written, in this thread, is one transaction; keep it short, for it holds the write lock of SQLite.

        Raises:
            StoreError: the database failed; nothing of the block was stored.
        """
        return together(self._engine)

    def prepare(self) -> None:
        """Bring the tables to the newest version and try to write: what `open_store` does, for a store that could not be reached then.

        Raises:
            StoreError: the database cannot be reached or written, or a newer faqbot made it.
        """
        use_wal(self._engine)
        upgrade(self._engine)
        self.check()

    def beside(self, site: str, clock: Callable[[], datetime] | None = None) -> "Store":
        """The store of another site in the same database, over the same connections; with a clock of its own where it has another zone."""
        return Store(self._engine, Inquiries(site, self._inquiries.cipher), clock or self._clock, shares_releases=self.releases.is_shared)

    def check(self) -> None:
        """Whether something could be stored now.

        Raises:
            StoreError: it could not.
        """
        with writing(self._engine) as connection:
            connection.execute(delete(notice_table).where(false()))

    # Queries and feedback

    def record_query(self, record: QueryRecord) -> int:
        """Keep a query and the decision on it. Its id: random, so that none is used twice."""
        return self.record_queries([record])[0]

    def record_queries(self, records: Sequence[QueryRecord]) -> list[int]:
        """Keep all of them or none. Records whose id is stored already are left as they are, so that a batch can be tried again.

        Returns:
            Their ids, in order.
        """
        with writing(self._engine) as connection:
            return queries.record_queries(connection, self._site, records, self._clock())

    def query(self, query_id: int) -> StoredQuery | None:
        """A query with what was chosen for it; None where it is not kept."""
        with reading(self._engine) as connection:
            return queries.find_query(connection, self._site, query_id)

    def record_choice(self, query_id: int, entry_id: str | None) -> None:
        """Keep which entry the visitor chose, None for none of these; the last choice counts.

        Raises:
            MissingRecordError: the query is not kept.
        """
        with writing(self._engine) as connection:
            queries.record_choice(connection, self._site, query_id, entry_id, self._clock())

    def record_feedback(self, query_id: int, vote: Vote, reason: FeedbackReason | None = None, text: str = "") -> None:
        """Keep a vote on a query; the last one counts.

        Raises:
            MissingRecordError: the query is not kept.
        """
        with writing(self._engine) as connection:
            feedback.record_feedback(connection, self._site, query_id, NewFeedback(vote, reason, text), self._clock())

    def feedback(self, query_id: int) -> Feedback | None:
        """The last vote on a query; None where there is none or the query is not kept."""
        with reading(self._engine) as connection:
            return feedback.find_feedback(connection, self._site, query_id)

    def asked(self, wanted: AskedWanted, limit: int = 50, offset: int = 0) -> tuple[AskedQuery, ...]:
        """Queries with the votes on their replies, the latest first."""
        with reading(self._engine) as connection:
            return asked.page(connection, self._site, wanted, limit, offset)

    def count_asked(self, wanted: AskedWanted) -> int:
        """How many `asked` leads through."""
        with reading(self._engine) as connection:
            return asked.count(connection, self._site, wanted)

    def popular(self, since: datetime, limit: int) -> list[tuple[str, int]]:
        """Entries by the number of queries since then that ended at them: at the chosen one, else at the one answered.

        Returns:
            (entry id, queries), most first, ties by id, `limit` at most.
        """
        with reading(self._engine) as connection:
            return queries.popular(connection, self._site, since, limit)

    # Inquiries

    def submit_inquiry(self, inquiry: NewInquiry, key: str, files: Collection[int] = ()) -> Receipt:
        """Store an inquiry once. The same key, also at the same moment in another process, gives the same receipt; what comes with it then is not looked at.

        Args:
            inquiry: what the visitor wrote; encrypted before it leaves the process.
            key: any text that the sender makes anew for each inquiry and repeats when trying again.
            files: ids that `add_upload` gave under the same key.

        Raises:
            MissingRecordError: one of the files waits no more; nothing was stored.
        """
        with writing(self._engine) as connection:
            return self._inquiries.submit(connection, inquiry, key, self._clock(), files)

    def add_upload(self, key: str, file: AttachedFile) -> int:
        """Keep a file, encrypted, until the inquiry with that key is submitted; a purge deletes it where that has not happened for a day. Its id."""
        with writing(self._engine) as connection:
            return self._inquiries.attachments.add(connection, key, file, self._clock())

    def uploads(self, key: str, ids: Collection[int]) -> tuple[Attachment, ...]:
        """Those of the ids that were added under the key, whether they still wait or went with an inquiry."""
        with reading(self._engine) as connection:
            return self._inquiries.attachments.under_key(connection, key, ids)

    def copy_uploads(self, key: str, ids: Collection[int], other: str) -> tuple[int, ...]:
        """Let the same files wait under another key too. Their new ids; those that are not there any more are left out."""
        with writing(self._engine) as connection:
            return self._inquiries.attachments.copy(connection, key, ids, other, self._clock())

    def attachment(self, number: str, n: int) -> AttachedFile:
        """For staff: the file number `n` of an inquiry, counted from 1. It came from a stranger: hand it on as a download, never as a page.

        Raises:
            MissingRecordError: there is no such inquiry, or no such file in it.
        """
        with reading(self._engine) as connection:
            return self._inquiries.attachment(connection, number, n)

    def receipt(self, number: str) -> Receipt | None:
        """What the sender of an inquiry was given, for a message to them. None where there is no such inquiry."""
        with reading(self._engine) as connection:
            return self._inquiries.receipt(connection, number)

    def inquiry(self, number: str) -> Inquiry | None:
        """For staff, with notes; the number as a person types it, capitals or not. None where there is none."""
        with reading(self._engine) as connection:
            return self._inquiries.find(connection, number)

    def inquiry_by_token(self, token: str) -> Inquiry | None:
        """For the visitor who holds the token: without notes. None where there is none."""
        with reading(self._engine) as connection:
            return self._inquiries.find_by_token(connection, token)

    def inquiries(self, state: InquiryState | None = None, limit: int = 50, offset: int = 0, number: str = "") -> tuple[Inquiry, ...]:
        """Those in a state, or all, with notes, the latest first; `number` is a part of their numbers, as a person types it."""
        with reading(self._engine) as connection:
            return self._inquiries.page(connection, state, limit, offset, number)

    def count_inquiries(self, number: str = "") -> dict[InquiryState, int]:
        """How many are in each state, of those whose number holds that text."""
        with reading(self._engine) as connection:
            return self._inquiries.count(connection, number)

    def reply(self, number: str, text: str, author: str) -> None:
        """Write to the visitor; the inquiry is answered with that.

        Raises:
            MissingRecordError: there is no such inquiry, or it is erased.
        """
        self._write(number, Kind.REPLY, text, author)

    def add_note(self, number: str, text: str, author: str) -> None:
        """Write down something that only staff sees.

        Raises:
            MissingRecordError: there is no such inquiry, or it is erased.
        """
        self._write(number, Kind.NOTE, text, author)

    def set_state(self, number: str, state: InquiryState) -> None:
        """Move an inquiry to a state.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        with writing(self._engine) as connection:
            self._inquiries.set_state(connection, number, state, self._clock())

    def erase(self, number: str) -> None:
        """Overwrite everything that people wrote in an inquiry and delete its files; number, dates and state stay.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        with writing(self._engine) as connection:
            self._inquiries.erase(connection, number, self._clock())
        empty_wal(self._engine)

    def export(self, number: str) -> dict[str, Any]:
        """All that is stored about an inquiry, notes too, as texts, lists and dicts for JSON.

        Raises:
            MissingRecordError: there is no such inquiry.
        """
        with reading(self._engine) as connection:
            return self._inquiries.export(connection, number)

    def reseal(self) -> None:
        """Encrypt all inquiries with the present secret, so that the old ones can be thrown away."""
        last, done = -1, 0
        while last != done:
            last = done
            with writing(self._engine) as connection:
                done = self._inquiries.reseal(connection, last, retention.CHUNK)
        last, done = -1, 0
        while last != done:
            last = done
            with writing(self._engine) as connection:
                done = self._inquiries.attachments.reseal(connection, last)
        empty_wal(self._engine)

    # Notices

    def add_notice(self, notice: NewNotice) -> Notice:
        """Store a notice.

        Raises:
            StoreError: also where `notice_problems` finds something.
        """
        with writing(self._engine) as connection:
            return notices.add_notice(connection, self._site, notice, self._clock())

    def notices(self, on: date) -> tuple[Notice, ...]:
        """Those to be shown on a day, the latest start first."""
        with reading(self._engine) as connection:
            return notices.notices_on(connection, self._site, on)

    def all_notices(self) -> tuple[Notice, ...]:
        """Past and coming ones too, the latest start first."""
        with reading(self._engine) as connection:
            return notices.all_notices(connection, self._site)

    def remove_notice(self, notice_id: int) -> None:
        """Delete a notice.

        Raises:
            MissingRecordError: there is none of that id.
        """
        with writing(self._engine) as connection:
            notices.remove_notice(connection, self._site, notice_id)

    # Retention

    def purge(self, keep: Retention) -> Purged:
        """Delete what is older than the days it is kept, and files that waited for their inquiry for longer than a day; what is exactly as old stays."""
        now = self._clock()
        purged = Purged(
            queries=self._delete_older(QUERIES, now - timedelta(days=keep.queries)),
            feedback=self._delete_older(FEEDBACK, now - timedelta(days=keep.feedback)),
            inquiries=self._delete_older(INQUIRIES, now - timedelta(days=keep.inquiries)),
            uploads=self._delete_older(UPLOADS, now - UPLOADS_WAIT),
        )
        self.review.forget(now - timedelta(days=keep.queries))
        empty_wal(self._engine)
        return purged

    def _delete_older(self, expiring: Expiring, than: datetime) -> int:
        total = 0
        while True:
            with writing(self._engine) as connection:
                deleted = retention.delete_older(connection, self._site, expiring, than, retention.CHUNK)
            total += deleted
            if deleted < retention.CHUNK:
                return total

    def _write(self, number: str, kind: Kind, text: str, author: str) -> None:
        with writing(self._engine) as connection:
            self._inquiries.write(connection, number, kind, Message(self._clock(), author, text))


def open_store(  # noqa: PLR0913  # what a store is made of
    url: str,
    secret: bytes,
    site: str,
    clock: Callable[[], datetime],
    *,
    old_secrets: tuple[bytes, ...] = (),
    busy_timeout: float = BUSY_TIMEOUT,
    shares_releases: bool = False,
    may_be_down: bool = False,
) -> Store:
    """The store of a site, with tables of the newest version.

    Args:
        url: `sqlite:///folder/file.db`, made where it is missing, or `postgresql://user:password@host/database`.
        secret: 32 bytes or more that only the operator has; who has them can read inquiries.
        site: whose rows.
        clock: tells the time, with a time zone: receipt numbers begin with the day in that zone.
        old_secrets: secrets that were in use before, newest first.
        busy_timeout: seconds that a lock held by somebody else is waited for.
        shares_releases: whether machines share releases through this database, which must be PostgreSQL then.
        may_be_down: return the store although the database cannot be reached now; whoever asks for that calls `prepare` when it can.

    Raises:
        StoreError: the address or the secret cannot be used, the database cannot be reached or written, or a newer faqbot made it.
    """
    inquiries = Inquiries(site, Cipher(secret, old_secrets))
    engine = make_engine(url, busy_timeout)
    if shares_releases and engine.dialect.name != "postgresql":
        raise StoreError("릴리스를 여러 대가 함께 쓰려면 PostgreSQL이어야 합니다. 데이터베이스 주소를 postgresql://… 로 적으세요.", code="address")
    store = Store(engine, inquiries, clock, shares_releases=shares_releases)
    try:
        use_wal(engine, busy_timeout)
        upgrade(engine)
        store.check()
    except StoreError as error:
        if not (may_be_down and error.code in {"unreachable", "busy"}):
            raise
    finally:
        store.close()  # so that a fork after this shares no connection
    return store
