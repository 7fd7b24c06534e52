"""Judgements, blind votes, and what the ranker learned. Types are spelt out: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_ID = sa.String(36).with_variant(sa.Uuid(as_uuid=False), "postgresql")
_MOMENT = sa.DateTime(timezone=True)
_REAL: sa.types.TypeEngine[float] = sa.Double()
_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables; votes of before were given with names and pick in sight."""
    op.add_column("feedback", sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("idx_feedback_created_at", "feedback", ["created_at"])
    _create_judgements()
    _create_fits()


def _create_judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", _ID, nullable=False),
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("llm_provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("asked_because", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("better", _ID),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("caution", sa.Text(), nullable=False),
        sa.Column("scores", _DOCUMENT, nullable=False),
        sa.Column("input_tokens", sa.Integer()),
        sa.Column("output_tokens", sa.Integer()),
        sa.Column("cost_usd", sa.Numeric(10, 6)),
        sa.Column("response_time_ms", _REAL),
        sa.Column("error_type", sa.Text()),
        sa.Column("error_detail", sa.Text()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], "fk_judgements_query_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["better"], ["llm_responses.id"], "fk_judgements_better", ondelete="SET NULL"),
    )
    op.create_index("idx_judgements_query_id", "judgements", ["query_id"])
    op.create_index("idx_judgements_created_at", "judgements", ["created_at"])


def _create_fits() -> None:
    op.create_table(
        "ranker_fits",
        sa.Column("id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT),
        sa.Column("last_id", _ID),
        sa.Column("numbers", _DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ranker_fits"),
    )
