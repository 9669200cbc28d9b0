"""The tables as queries see them. Migrations make them; a test holds both equal."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Timezone-aware on both sides. SQLite knows no zones, so UTC is written there without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no zone."""
        if value is None:
            return None
        moment = to_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the signature is the library's
        """What came from SQLite is UTC; what came from PostgreSQL is in the zone of the session."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: it has no time zone, so it could be any of many moments.
    """
    if moment.utcoffset() is None:
        raise ValueError("a datetime without time zone cannot be stored")
    return moment.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text that both databases can hold: NUL and halves of surrogate pairs become U+FFFD, everything else stays as it is."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # the signature is the library's
        """Also for what is looked up, so that strange text finds nothing instead of failing."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    r"""The text with U+FFFD for NUL and lone surrogates.

    >>> storable("환\ud83d불\x00")
    '환�불�'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")


_ID = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()


def is_id(number: int) -> bool:
    """Whether the databases can look such an id up; larger numbers make them fail."""
    return 0 < number < 2**63


queries = Table(
    "queries",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("site", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("text", Words, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("release", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("answered", Words),
    Column("chosen", Words),
    Column("chose_at", UtcDateTime),
    Index("queries_by_time", "site", "asked_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("query_id", _ID, ForeignKey("queries.id", name="feedback_query", ondelete="SET NULL")),
    Column("entry_id", Words),
    Column("release", Text, nullable=False),
    Column("vote", SmallInteger, nullable=False),
    Column("reason", Text),
    Column("text", Words, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    UniqueConstraint("query_id", name="feedback_once"),
    CheckConstraint("vote IN (-1, 1)", name="feedback_vote"),
    Index("feedback_by_time", "site", "given_at"),
)

inquiries = Table(
    "inquiries",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("number", Words, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("erased_at", UtcDateTime),
    Column("sealed", LargeBinary),
    UniqueConstraint("site", "number", name="inquiries_number"),
    UniqueConstraint("site", "key_hash", name="inquiries_key"),
    UniqueConstraint("token_hash", name="inquiries_token"),
    Index("inquiries_by_state", "site", "state", "received_at"),
    Index("inquiries_by_change", "site", "changed_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("inquiry_id", _ID, ForeignKey("inquiries.id", name="messages_inquiry", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("sealed", LargeBinary),
    Index("messages_by_inquiry", "inquiry_id", "id"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("title", Words, nullable=False),
    Column("body_markdown", Words, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date),
    Column("created_at", UtcDateTime, nullable=False),
    Index("notices_by_start", "site", "starts"),
)
