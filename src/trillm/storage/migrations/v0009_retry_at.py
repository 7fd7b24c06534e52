"""From when on a vendor takes questions again. Types are spelt out: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; of failures of before it is not known."""
    op.add_column("llm_responses", sa.Column("retry_at", sa.DateTime(timezone=True)))
