"""An honest backend with scripted failures, for tests of whoever uses the socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from trillm.cache.memory import MemoryCache
from trillm.vocabulary.errors import Unavailable

Operation = Literal["get", "put", "delete"]


class FakeCache(MemoryCache):
    """A memory cache that is out of reach when told so; `calls` records every operation with its key."""

    def __init__(self, max_entries: int = 10_000, *, clock: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__(max_entries, clock=clock)
        self.calls: list[tuple[Operation, str]] = []
        self._failing: set[Operation] = set()

    def fail(self, *operations: Operation) -> None:
        """Make these operations fail from now on; none of them: all work again."""
        self._failing = set(operations)

    async def get(self, key: str) -> str | None:
        """Return the value, or fail as scripted."""
        self._play("get", key)
        return await super().get(key)

    async def put(self, key: str, value: str, ttl_seconds: float) -> None:
        """Keep the value, or fail as scripted."""
        self._play("put", key)
        await super().put(key, value, ttl_seconds)

    async def delete(self, key: str) -> None:
        """Forget the value, or fail as scripted."""
        self._play("delete", key)
        await super().delete(key)

    def _play(self, operation: Operation, key: str) -> None:
        self.calls.append((operation, key))
        if operation in self._failing:
            raise Unavailable("The cache is out of reach.")
