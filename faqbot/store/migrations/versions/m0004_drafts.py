"""Versions of the draft, releases, jobs."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade(op: Operations) -> None:
    """Make them. Ids are never used twice: a release remembers the version it came from."""
    op.create_table(
        "draft_versions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("parent", _ID),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("queries", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("draft_versions_by_site", "draft_versions", ["site", "id"])
    op.create_table(
        "draft_heads",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("version_id", _ID, nullable=False),
    )
    op.create_table(
        "release_log",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("version_id", _ID),
        sa.Column("origin", sa.Text),
        sa.Column("trained_at", _TIME, nullable=False),
        sa.Column("trained_by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("gate", sa.JSON),
        sa.Column("published_at", _TIME),
        sa.Column("published_by", sa.Text),
        sa.Column("published_why", sa.Text),
        sa.UniqueConstraint("site", "release", name="release_log_release"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "jobs",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version_id", _ID),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("beat_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer),
        sa.Column("result", sa.JSON),
        sa.Column("error", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_by_state", "jobs", ["site", "state"])
