"""Queries, responses and feedback as kept: the specification's tables, columns and indexes, and ours beside them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from trillm.storage.base import metadata
from trillm.storage.types import Address, KeptText, Moment, document, dollars, identifier, real

queries = Table(
    "queries",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("question", KeptText, nullable=False),
    Column("category", KeptText),
    Column("session_id", KeptText, nullable=False),
    Column("ip_address", Address),
    Column("created_at", Moment, nullable=False),
    Column("status", KeptText, nullable=False),
    Column("options", document(), nullable=False),
    Column("fingerprint", KeptText, nullable=False),
    Column("idempotency_key", KeptText),
    Column("request_hash", KeptText),
    Column("owner", KeptText),
    Column("lease_until", Moment),
    Column("epoch", Integer, nullable=False),
    Column("event_id", BigInteger),
    Column("cached_at", Moment),
    Column("elapsed_ms", real()),
    # The ranking; order, probabilities, scores and the best are with the responses.
    Column("confidence", real()),
    Column("too_close", Boolean, nullable=False),
    Column("decided_by", KeptText),
    Column("why", KeptText),
    UniqueConstraint("session_id", "idempotency_key"),
    Index(None, "created_at"),
    Index(None, "session_id", "created_at"),
    Index(None, "fingerprint", "created_at"),
    Index(None, "status", "lease_until"),
)

llm_responses = Table(
    "llm_responses",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("query_id", identifier(), ForeignKey("queries.id", ondelete="CASCADE"), nullable=False),
    Column("llm_provider", KeptText, nullable=False),
    Column("model", KeptText, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", KeptText, nullable=False),
    Column("response_text", KeptText, nullable=False),
    Column("tokens_used", Integer),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cached_input_tokens", Integer, nullable=False),
    Column("reasoning_tokens", Integer, nullable=False),
    Column("response_time_ms", real()),
    Column("first_token_ms", real()),
    Column("cost_usd", dollars()),
    Column("scores", document()),
    Column("rank", Integer),
    Column("probability", real()),
    Column("is_best", Boolean, nullable=False),
    Column("error_type", KeptText),
    Column("error_detail", KeptText),
    Column("created_at", Moment, nullable=False),
    Index(None, "query_id"),
    Index(None, "is_best"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("query_id", identifier(), ForeignKey("queries.id", ondelete="CASCADE"), nullable=False),
    Column("response_id", identifier(), ForeignKey("llm_responses.id", ondelete="CASCADE"), nullable=False),
    Column("rating", Integer, nullable=False),
    Column("better", identifier(), ForeignKey("llm_responses.id", ondelete="SET NULL")),
    Column("comment", KeptText),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("rating IN (-1, 1)", name="rating"),
    # A changed mind replaces the vote; it is not a second one.
    UniqueConstraint("response_id"),
    Index(None, "query_id"),
)
