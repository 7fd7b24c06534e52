"""The cache of one process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class MemoryCache:
    """Keeps the `max_entries` entries that were used last, about 350 bytes each; the history knows older answers.

    `cachetools` was considered: its TTLCache has one time for all entries, its TLRUCache sorts a heap for what a look
    at the clock does here, and neither is typed.
    """

    def __init__(self, max_entries: int = 2_000, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._entries: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    async def get(self, key: str) -> str | None:
        """Return the value, or None when there is none or its time is over."""
        value, ends = self._entries.get(key, (None, 0.0))
        if value is None:
            return None
        if ends <= self._clock():
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    async def put(self, key: str, value: str, ttl_seconds: float) -> None:
        """Keep the value for so many seconds, in place of an earlier one; 0 or less keeps nothing under the key."""
        self._entries.pop(key, None)
        if ttl_seconds <= 0:
            return
        self._entries[key] = (value, self._clock() + ttl_seconds)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    async def delete(self, key: str) -> None:
        """Forget the value, if there is one."""
        self._entries.pop(key, None)
