"""Files that come with inquiries."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """Make them. A file without an inquiry waits for the one that is being written under its key."""
    op.create_table(
        "attachments",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("inquiry_id", _ID, sa.ForeignKey("inquiries.id", name="attachments_inquiry", ondelete="CASCADE")),
        sa.Column("uploaded_at", _TIME, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sealed_about", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("attachments_by_inquiry", "attachments", ["inquiry_id", "id"])
    op.create_index("attachments_by_key", "attachments", ["site", "key_hash"])
