"""Counters by address, bounded in number: a moving window, and a count that starts again each day."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from typing import NamedTuple


class Standing(NamedTuple):
    """Where a caller stands: how many more may come now, and in how many seconds one more is allowed than now."""

    remaining: int
    reset: float


class MovingWindow:
    """At most `limit` hits a key within any `seconds`. Keeps the `max_keys` keys that asked last.

    The memory storage of the library `limits` walks over all of its keys after every hit, each in a thread hop of its
    own (0.45 s of CPU a hit with 5,000 addresses), and has no bound; hence this one.
    """

    def __init__(self, limit: int, seconds: float, max_keys: int) -> None:
        self.limit = limit
        self.seconds = seconds
        self._max_keys = max_keys
        self._hits: OrderedDict[str, list[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._hits)

    def standing(self, key: str, at: float) -> Standing:
        """Return where the key stands at this moment, without counting anything."""
        hits = self._hits.get(key)
        if hits is None:
            return Standing(self.limit, 0.0)
        self._hits.move_to_end(key)  # who is refused and asks on is not forgotten for it
        del hits[: bisect_right(hits, at - self.seconds)]
        return Standing(self.limit - len(hits), hits[0] + self.seconds - at if hits else 0.0)

    def hit(self, key: str, at: float) -> None:
        """Count one hit; the caller has looked at the standing before."""
        self._hits.setdefault(key, []).append(at)
        self._hits.move_to_end(key)
        if len(self._hits) > self._max_keys:
            self._hits.popitem(last=False)


class DailyCount:
    """At most `limit` hits a key in a day. Keeps the `max_keys` keys that asked last."""

    def __init__(self, limit: int, max_keys: int) -> None:
        self.limit = limit
        self._max_keys = max_keys
        self._counts: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def remaining(self, key: str) -> int:
        """Return how many hits the key has left today."""
        count = self._counts.get(key, 0)
        if count:
            self._counts.move_to_end(key)
        return self.limit - count

    def hit(self, key: str) -> None:
        """Count one hit; the caller has looked at what remains before."""
        self._counts[key] = self._counts.get(key, 0) + 1
        self._counts.move_to_end(key)
        if len(self._counts) > self._max_keys:
            self._counts.popitem(last=False)

    def start_day(self) -> None:
        """Forget the day before."""
        self._counts.clear()
