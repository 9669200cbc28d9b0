"""The way to the queries that ended in one way, latest first."""

from alembic.operations import Operations

revision = "0006"
down_revision = "0005"


def upgrade(op: Operations) -> None:
    """Make it."""
    op.create_index("queries_by_outcome", "queries", ["site", "outcome", "asked_at", "id", "chose_at", "chosen"])
