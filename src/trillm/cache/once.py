"""Doing a thing once under a caller's Idempotency-Key, however often it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

from trillm.cache.backend import CacheBackend

KEY_SECONDS = 86_400.0
"""How long a key is remembered."""

T = TypeVar("T")


async def once(
    cache: CacheBackend, sent: tuple[str, ...], key: str | None, done: T, change: Callable[[], Awaitable[T]]
) -> T:
    """Return what `change` makes, or `done` where it was made within a day for the same `sent` (whose, what) and key.

    What fails may be sent again. Without a key it is made each time.
    """
    if key is None:
        return await change()
    name = f"{sent[0]}:" + sha256(" ".join([*sent[1:], key]).encode()).hexdigest()
    if await cache.get(name) is not None:
        return done
    await cache.put(name, sent[-1], KEY_SECONDS)
    try:
        return await change()
    except BaseException:
        await cache.delete(name)
        raise
