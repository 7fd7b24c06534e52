"""Shares that end by themselves. Types are spelt out: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ENDS = sa.text("expires_at IS NOT NULL")


def upgrade() -> None:
    """Add the column; shares of before live until they are revoked."""
    op.add_column("shares", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.create_index("idx_shares_expires_at", "shares", ["expires_at"], postgresql_where=_ENDS, sqlite_where=_ENDS)
