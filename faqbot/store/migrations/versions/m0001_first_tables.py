"""Queries, feedback, inquiries with their messages, notices."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0001"
down_revision = None

#: Ids of queries are random. The others are never used twice, not even after deletion: what names one must not find another; SQLite calls that autoincrement.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """Make them."""
    op.create_table(
        "queries",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("candidates", sa.JSON, nullable=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("answered", sa.Text),
        sa.Column("chosen", sa.Text),
        sa.Column("chose_at", _TIME),
    )
    op.create_index("queries_by_time", "queries", ["site", "asked_at"])
    op.create_table(
        "feedback",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("query_id", _ID, sa.ForeignKey("queries.id", name="feedback_query", ondelete="SET NULL")),
        sa.Column("entry_id", sa.Text),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("vote", sa.SmallInteger, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.UniqueConstraint("query_id", name="feedback_once"),
        sa.CheckConstraint("vote IN (-1, 1)", name="feedback_vote"),
        sqlite_autoincrement=True,
    )
    op.create_index("feedback_by_time", "feedback", ["site", "given_at"])
    op.create_table(
        "inquiries",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("answered_at", _TIME),
        sa.Column("erased_at", _TIME),
        sa.Column("sealed", sa.LargeBinary),
        sa.UniqueConstraint("site", "number", name="inquiries_number"),
        sa.UniqueConstraint("site", "key_hash", name="inquiries_key"),
        sa.UniqueConstraint("token_hash", name="inquiries_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("inquiries_by_state", "inquiries", ["site", "state", "received_at"])
    op.create_index("inquiries_by_change", "inquiries", ["site", "changed_at"])
    op.create_table(
        "messages",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("inquiry_id", _ID, sa.ForeignKey("inquiries.id", name="messages_inquiry", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("written_at", _TIME, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sqlite_autoincrement=True,
    )
    op.create_index("messages_by_inquiry", "messages", ["inquiry_id", "id"])
    op.create_table(
        "notices",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body_markdown", sa.Text, nullable=False),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("ends", sa.Date),
        sa.Column("created_at", _TIME, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("notices_by_start", "notices", ["site", "starts"])
