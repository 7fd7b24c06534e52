"""What was made of a query's answers. Types are spelt out: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

_ID = sa.String(36).with_variant(sa.Uuid(as_uuid=False), "postgresql")
_REAL: sa.types.TypeEngine[float] = sa.Double()
_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the table; before, nothing was merged."""
    op.create_table(
        "syntheses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("llm_provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("response_text", sa.Text(), nullable=False),
        sa.Column("made_of", _DOCUMENT, nullable=False),
        sa.Column("sentences", _DOCUMENT, nullable=False),
        sa.Column("input_tokens", sa.Integer()),
        sa.Column("output_tokens", sa.Integer()),
        sa.Column("response_time_ms", _REAL),
        sa.Column("first_token_ms", _REAL),
        sa.Column("cost_usd", sa.Numeric(10, 6)),
        sa.Column("error_type", sa.Text()),
        sa.Column("error_detail", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_syntheses"),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], "fk_syntheses_query_id", ondelete="CASCADE"),
    )
    op.create_index("idx_syntheses_query_id", "syntheses", ["query_id"])
    op.create_index("idx_syntheses_created_at", "syntheses", ["created_at"])
