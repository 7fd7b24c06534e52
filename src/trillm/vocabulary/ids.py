"""Identifiers and the present moment."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

_NS_PER_MS = 1_000_000
_VARIANT = 0b10 << 62
_RANDOM = (1 << 62) - 1


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562): sorted by time to a quarter of a microsecond, and fit to be a read capability.

    The 12 bits after the millisecond are its fraction (section 6.2, method 3), so ids made one after the other sort so;
    the 62 bits that follow are all random, where a counter would make neighbours easier to guess.
    """
    ms, ns = divmod(time.time_ns(), _NS_PER_MS)
    fraction = (ns << 12) // _NS_PER_MS
    chance = int.from_bytes(os.urandom(8), "big") & _RANDOM  # the system's, as `secrets` has it
    time_and_version, rest = f"{ms:012x}7{fraction:03x}", f"{_VARIANT | chance:016x}"
    # Written out: UUID and its text would take twice as long.
    return f"{time_and_version[:8]}-{time_and_version[8:12]}-{time_and_version[12:]}-{rest[:4]}-{rest[4:]}"


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """Return the moment in RFC 3339, UTC, milliseconds, with a Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
