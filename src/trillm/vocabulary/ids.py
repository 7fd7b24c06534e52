"""Identifiers and the present moment."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

_NS_PER_MS = 1_000_000


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562): sorted by time to a quarter of a microsecond, and fit to be a read capability.

    The 12 bits after the millisecond are its fraction (section 6.2, method 3), so ids made one after the other sort so;
    the 62 bits that follow are all random, where a counter would make neighbours easier to guess.
    """
    ms, ns = divmod(time.time_ns(), _NS_PER_MS)
    fraction = (ns << 12) // _NS_PER_MS
    return str(UUID(int=ms << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)))


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
