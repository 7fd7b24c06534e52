"""SOCKET backend: where the cache keeps its entries. Implementations pass tests/contracts/test_cache_backend.py."""

from __future__ import annotations

from typing import Protocol


class CacheBackend(Protocol):
    """Keeps short strings (query ids) under fingerprints for a time.

    An entry may be gone before its time, never be there after it. What was put is what is got. A backend that cannot be
    reached raises Unavailable and nothing else; the caller then asks as if nothing were cached.
    """

    async def get(self, key: str) -> str | None:
        """Return the value, or None when there is none or its time is over."""
        ...

    async def put(self, key: str, value: str, ttl_seconds: float) -> None:
        """Keep the value for so many seconds, in place of an earlier one; 0 or less keeps nothing under the key."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the value, if there is one."""
        ...
