"""Clusters of queries and what was decided on them."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """Make them."""
    op.create_table(
        "review_runs",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("changes", _ID, nullable=False),
        sa.Column("refreshed_at", _TIME),
        sa.Column("release", sa.Text),
    )
    op.create_table(
        "review_items",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("leader", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("recent", sa.Integer, nullable=False),
        sa.Column("before", sa.Integer, nullable=False),
        sa.Column("fresh", sa.Integer, nullable=False),
        sa.Column("picked", sa.Integer, nullable=False),
        sa.Column("troubles", sa.JSON, nullable=False),
        sa.Column("nearest", sa.Text),
        sa.Column("closeness", sa.Float, nullable=False),
        sa.Column("now", sa.Text),
        sa.Column("spam", sa.Text, nullable=False),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("last_seen", _TIME, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", _TIME),
        sa.Column("decision", _ID),
        sa.Column("landing", sa.JSON),
        sqlite_autoincrement=True,
    )
    op.create_index("review_items_by_total", "review_items", ["site", "kind", "state", "total"])
    op.create_table(
        "review_wordings",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("item_id", _ID, sa.ForeignKey("review_items.id", name="review_wordings_item", ondelete="CASCADE"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("picked", sa.Integer, nullable=False),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("last_seen", _TIME, nullable=False),
    )
    op.create_index("review_wordings_by_item", "review_wordings", ["item_id", "place"])
    op.create_table(
        "review_decisions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("landing", sa.JSON),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", _TIME, nullable=False),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", _TIME),
        sqlite_autoincrement=True,
    )
    op.create_index("review_decisions_by_site", "review_decisions", ["site", "id"])
    op.create_table(
        "feedback_marks",
        sa.Column("feedback_id", _ID, sa.ForeignKey("feedback.id", name="feedback_marks_feedback", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("handled_by", sa.Text, nullable=False),
        sa.Column("handled_at", _TIME, nullable=False),
    )
