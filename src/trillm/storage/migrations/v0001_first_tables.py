"""Queries, their responses, feedback. Types are spelt out here: a step means the same for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_ID = sa.String(36).with_variant(sa.Uuid(as_uuid=False), "postgresql")
_MOMENT = sa.DateTime(timezone=True)
_REAL: sa.types.TypeEngine[float] = sa.Double()
_ADDRESS = sa.String(45).with_variant(postgresql.INET(), "postgresql")
_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    _create_queries()
    _create_responses()
    _create_feedback()


def _create_queries() -> None:
    op.create_table(
        "queries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("ip_address", _ADDRESS),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("options", _DOCUMENT, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("request_hash", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", _MOMENT),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.BigInteger()),
        sa.Column("cached_at", _MOMENT),
        sa.Column("elapsed_ms", _REAL),
        sa.Column("confidence", _REAL),
        sa.Column("too_close", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("why", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_queries"),
        sa.UniqueConstraint("session_id", "idempotency_key", name="uq_queries_session_id_idempotency_key"),
    )
    for columns in (
        ["created_at"],
        ["session_id", "created_at"],
        ["fingerprint", "created_at"],
        ["status", "lease_until"],
    ):
        op.create_index("_".join(["idx_queries", *columns]), "queries", columns)


def _create_responses() -> None:
    op.create_table(
        "llm_responses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("llm_provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("response_text", sa.Text(), nullable=False),
        sa.Column("tokens_used", sa.Integer()),
        sa.Column("input_tokens", sa.Integer()),
        sa.Column("output_tokens", sa.Integer()),
        sa.Column("cached_input_tokens", sa.Integer(), nullable=False),
        sa.Column("reasoning_tokens", sa.Integer(), nullable=False),
        sa.Column("response_time_ms", _REAL),
        sa.Column("first_token_ms", _REAL),
        sa.Column("cost_usd", sa.Numeric(10, 6)),
        sa.Column("scores", _DOCUMENT),
        sa.Column("rank", sa.Integer()),
        sa.Column("probability", _REAL),
        sa.Column("is_best", sa.Boolean(), nullable=False),
        sa.Column("error_type", sa.Text()),
        sa.Column("error_detail", sa.Text()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_llm_responses"),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], "fk_llm_responses_query_id", ondelete="CASCADE"),
    )
    op.create_index("idx_llm_responses_query_id", "llm_responses", ["query_id"])
    op.create_index("idx_llm_responses_is_best", "llm_responses", ["is_best"])


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", _ID, nullable=False),
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("response_id", _ID, nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("better", _ID),
        sa.Column("comment", sa.Text()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["query_id"], ["queries.id"], "fk_feedback_query_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["response_id"], ["llm_responses.id"], "fk_feedback_response_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["better"], ["llm_responses.id"], "fk_feedback_better", ondelete="SET NULL"),
        sa.UniqueConstraint("response_id", name="uq_feedback_response_id"),
        sa.CheckConstraint("rating IN (-1, 1)", name="ck_feedback_rating"),
    )
    op.create_index("idx_feedback_query_id", "feedback", ["query_id"])
