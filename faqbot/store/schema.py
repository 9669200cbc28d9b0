"""The tables as queries see them. Migrations make them; a test holds both equal."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
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
    Index("queries_by_outcome", "site", "outcome", "asked_at", "id", "chose_at", "chosen"),
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

operators = Table(
    "operators",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("name", Words, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("password_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    UniqueConstraint("site", "name", name="operators_name"),
)

operator_sessions = Table(
    "operator_sessions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("operator_id", _ID, ForeignKey("operators.id", name="operator_sessions_operator", ondelete="CASCADE"), nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    UniqueConstraint("token_hash", name="operator_sessions_token"),
    Index("operator_sessions_by_operator", "operator_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("prefix", Words, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("name", Words, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    UniqueConstraint("site", "prefix", name="api_keys_prefix"),
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("name_hash", Text, nullable=False),
    Column("address_hash", Text, nullable=False),
    Column("tried_at", UtcDateTime, nullable=False),
    Index("login_attempts_by_name", "site", "name_hash", "tried_at"),
    Index("login_attempts_by_address", "site", "address_hash", "tried_at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index("audit_log_by_action", "site", "action", "id"),
)

draft_versions = Table(
    "draft_versions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("parent", _ID),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("queries", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
    Index("draft_versions_by_site", "site", "id"),
)

draft_heads = Table(
    "draft_heads",
    metadata,
    Column("site", Text, primary_key=True),
    Column("version_id", _ID, nullable=False),
)

release_log = Table(
    "release_log",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("release", Text, nullable=False),
    Column("version_id", _ID),
    Column("origin", Text),
    Column("trained_at", UtcDateTime, nullable=False),
    Column("trained_by", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("gate", JSON(none_as_null=True)),
    Column("published_at", UtcDateTime),
    Column("published_by", Words),
    Column("published_why", Words),
    UniqueConstraint("site", "release", name="release_log_release"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version_id", _ID),
    Column("started_by", Words, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("progress", Float, nullable=False),
    Column("step", Words, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer),
    Column("result", JSON(none_as_null=True)),
    Column("error", Words, nullable=False),
    Index("jobs_by_state", "site", "state"),
)

shared_releases = Table(
    "shared_releases",
    metadata,
    Column("site", Text, primary_key=True),
    Column("release", Text, primary_key=True),
    Column("stored_at", UtcDateTime, nullable=False),
)

shared_files = Table(
    "shared_files",
    metadata,
    Column("site", Text, primary_key=True),
    Column("release", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    ForeignKeyConstraint(["site", "release"], ["shared_releases.site", "shared_releases.release"], name="shared_files_release", ondelete="CASCADE"),
)

publications = Table(
    "publications",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("release", Text, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("published_by", Words, nullable=False),
    Column("is_rollback", Boolean, nullable=False),
    Index("publications_by_site", "site", "id"),
)

review_runs = Table(
    "review_runs",
    metadata,
    Column("site", Text, primary_key=True),
    Column("changes", _ID, nullable=False),
    Column("refreshed_at", UtcDateTime),
    Column("release", Text),
)

review_items = Table(
    "review_items",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("state", Text, nullable=False),
    Column("leader", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("recent", Integer, nullable=False),
    Column("before", Integer, nullable=False),
    Column("fresh", Integer, nullable=False),
    Column("picked", Integer, nullable=False),
    Column("troubles", JSON, nullable=False),
    Column("nearest", Words),
    Column("closeness", Float, nullable=False),
    Column("now", Text),
    Column("spam", Text, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("decided_by", Words),
    Column("decided_at", UtcDateTime),
    Column("decision", _ID),
    Column("landing", JSON(none_as_null=True)),
    Index("review_items_by_total", "site", "kind", "state", "total"),
)

review_wordings = Table(
    "review_wordings",
    metadata,
    Column("site", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("item_id", _ID, ForeignKey("review_items.id", name="review_wordings_item", ondelete="CASCADE"), nullable=False),
    Column("text", Words, nullable=False),
    Column("place", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("picked", Integer, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Index("review_wordings_by_item", "item_id", "place"),
)

review_decisions = Table(
    "review_decisions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("landing", JSON(none_as_null=True)),
    Column("before", JSON, nullable=False),
    Column("decided_by", Words, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("undone_by", Words),
    Column("undone_at", UtcDateTime),
    Index("review_decisions_by_site", "site", "id"),
)

feedback_marks = Table(
    "feedback_marks",
    metadata,
    Column("feedback_id", _ID, ForeignKey("feedback.id", name="feedback_marks_feedback", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("site", Text, nullable=False),
    Column("handled_by", Words, nullable=False),
    Column("handled_at", UtcDateTime, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("site", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("inquiry_id", _ID, ForeignKey("inquiries.id", name="attachments_inquiry", ondelete="CASCADE")),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sealed_about", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("attachments_by_inquiry", "inquiry_id", "id"),
    Index("attachments_by_key", "site", "key_hash"),
)
