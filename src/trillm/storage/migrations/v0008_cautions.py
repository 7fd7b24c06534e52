"""Why a verdict is to be taken with care, as data. Types are spelt out: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the column; judgements of before have words only."""
    op.add_column("judgements", sa.Column("cautions", _DOCUMENT))
