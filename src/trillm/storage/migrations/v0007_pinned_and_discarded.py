"""Queries that are pinned, or thrown away but not deleted yet. Types are spelt out: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_DISCARDED = sa.text("discarded_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns; questions of before are neither."""
    op.add_column("queries", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("queries", sa.Column("discarded_at", sa.DateTime(timezone=True)))
    op.create_index(
        "idx_queries_discarded_at",
        "queries",
        ["discarded_at"],
        postgresql_where=_DISCARDED,
        sqlite_where=_DISCARDED,
    )
