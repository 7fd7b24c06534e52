"""The table of shares."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, text

from trillm.history.tables import queries
from trillm.storage.base import metadata
from trillm.storage.types import KeptText, Moment, identifier

_ENDS = text("expires_at IS NOT NULL")

shares = Table(
    "shares",
    metadata,
    Column("id", String(22), primary_key=True),
    # Whoever owns the query owns its shares; with the query they go.
    Column("query_id", identifier(), ForeignKey(queries.c.id, ondelete="CASCADE"), nullable=False),
    Column("created_at", Moment, nullable=False),
    # NULL: when it is revoked, and not before.
    Column("expires_at", Moment),
    # JSON as text: it is only ever given back, byte for byte as it was frozen.
    Column("snapshot", KeptText, nullable=False),
    Index(None, "query_id"),
    Index(None, "expires_at", postgresql_where=_ENDS, sqlite_where=_ENDS),
)
