"""Releases and publications that machines share."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """Make them. Ids of publications are never used twice: machines compare them to see what is news."""
    op.create_table(
        "shared_releases",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("release", sa.Text, primary_key=True),
        sa.Column("stored_at", _TIME, nullable=False),
    )
    op.create_table(
        "shared_files",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("release", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["site", "release"], ["shared_releases.site", "shared_releases.release"], name="shared_files_release", ondelete="CASCADE"),
    )
    op.create_table(
        "publications",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("published_at", _TIME, nullable=False),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.Column("is_rollback", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("publications_by_site", "publications", ["site", "id"])
