"""Identifiers and the present moment."""

from __future__ import annotations

from datetime import UTC, datetime

from uuid_utils import uuid7


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562): random enough to be a read capability, and sorted by time."""
    return str(uuid7())


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
