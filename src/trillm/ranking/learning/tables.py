"""What was learned, as kept."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from trillm.storage.base import metadata
from trillm.storage.types import Moment, document, identifier

ranker_fits = Table(
    "ranker_fits",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("created_at", Moment, nullable=False),
    # The queries with a label that it was made of, and the newest of these labels.
    Column("labels", Integer, nullable=False),
    Column("last_at", Moment),
    Column("last_id", identifier()),
    Column("numbers", document(), nullable=False),
)
