"""The answer that a question continues. Types are spelt out: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.String(36).with_variant(sa.Uuid(as_uuid=False), "postgresql")


def upgrade() -> None:
    """Add the columns; questions of before continue nothing."""
    op.add_column("queries", sa.Column("follows_query_id", _ID))
    op.add_column("queries", sa.Column("follows_response_id", _ID))
